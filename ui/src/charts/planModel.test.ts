import { describe, expect, it } from "vitest";

import { planDay } from "./fixtures/planDay";
import { nextHours, planModel, planWindow, saidIn } from "./planModel";
import { clock, HOUR_MS, wallAt } from "./time";

const now = Date.parse("2026-05-14T14:40:00Z");

describe("a plan made ready to draw", () => {
  const model = planModel(planDay(), now, "en-GB");

  it("runs from the first measured step to the end of the plan", () => {
    expect(clock(model.fromMs, model.zone)).toBe("12:00");
    expect((model.toMs - model.fromMs) / HOUR_MS).toBe(30);
    expect(model.startMs).toHaveLength(120);
  });
  it("shows measured power in the past and planned power after it", () => {
    expect(model.sources.solar[0]).toBeGreaterThan(2000);
    expect(model.plannedGridW.slice(0, 18).every((value) => value !== null)).toBe(true);
    expect(model.plannedGridW.slice(18).every((value) => value === null)).toBe(true);
    expect(model.sources.grid[57]).toBeGreaterThan(8000);
  });
  it("joins the level line where the past ends", () => {
    const level = model.levels[0];
    expect(level?.past.at(-1)?.atMs).toBe(level?.line[0]?.atMs);
    expect(level?.low).toHaveLength(level?.edgesMs.length ?? -1);
  });
  it("speaks the reader's language", () => {
    expect(planModel(planDay(), now, "de-DE").lanes[1]?.blocks[1]?.words[0]).toBe("Angesteckt, wartet");
    expect(saidIn("fr")).toBe("en");
  });
  it("opens with a few measured hours, begun on a round one", () => {
    const { fromMs } = planModel(planDay(), now, "en-GB", planWindow(now, "Europe/Berlin"));
    expect(clock(fromMs, "Europe/Berlin")).toBe("12:00");
  });
  it("cuts to the next hours", () => {
    const next = planModel(planDay(), now, "en-GB", nextHours(now, 24));
    expect(next.fromMs).toBe(now);
    expect((next.toMs - next.fromMs) / HOUR_MS).toBe(24);
  });
  it("keeps apart what stands in for a price that is not published", () => {
    const open = planModel(planDay({ unpublishedFromHour: 24 }), now, "en-GB");
    expect(open.price.at(-1)).not.toBeNull();
    expect(open.published.at(-1)).toBe(false);
  });
  it("leaves a roof that only produces out of the lanes", () => {
    const plan = planDay();
    const roof = { asset: "roof", kind: "pv", name: "Roof", blocks: [{ ...plan.lanes[0]!.blocks[0]!, deed: "produces" as const }] };
    expect(planModel({ ...plan, lanes: [...plan.lanes, roof] }, now, "en").lanes).toHaveLength(3);
  });
  it("works before there is any past", () => {
    const fresh = { ...planDay(), past: { start_utc: [], power_w: {}, soc_ratio: {}, planned_grid_w: [] } };
    expect(planModel(fresh, now, "en").startMs).toHaveLength(102);
  });
});

describe("on a clock-change day and in a half-hour zone", () => {
  it("keeps real quarter-hours through a doubled hour", () => {
    const model = planModel(planDay({ day: "2026-10-24T10:00:00Z" }), Date.parse("2026-10-24T14:40:00Z"), "en");
    const hours = model.startMs.map((atMs) => wallAt(atMs, model.zone).hour);
    expect(hours.filter((hour) => hour === 2)).toHaveLength(8);
  });
  it("starts at local noon between two UTC hours", () => {
    const model = planModel(planDay({ zone: "Asia/Kolkata" }), Date.parse("2026-05-14T11:10:00Z"), "en");
    expect(new Date(model.fromMs).getUTCMinutes()).toBe(30);
  });
});
