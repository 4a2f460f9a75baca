import { describe, expect, it } from "vitest";

import { planDay } from "../charts/fixtures/planDay";
import { formatsOf, type Speech } from "../charts/say";
import type { Block, Lane } from "../charts/shapes";
import { clock, HOUR_MS } from "../charts/time";
import { askedAction, blockPowerW, blockTime, blockTitle, dayName, findBlock, firstBlock, firstUnpublished, lengthWords, levelAfter, moveStarts, planEnd, rangeWords, restAction, toldReasons, toldRows } from "./PlanText";

const berlin = "Europe/Berlin";
const now = Date.parse("2026-05-14T14:40:00Z");
const speech: Speech = { say: (key, values) => `${key} ${Object.values(values ?? {}).join("|")}`.trim(), language: "en", locale: "en-GB", formats: formatsOf("en") };
const plan = planDay();
const car = findBlock(plan, "car-26")!;

describe("times in words", () => {
  it("names today, tonight, tomorrow and other days", () => {
    const at = (text: string): string => dayName(Date.parse(text), now, berlin, speech);
    expect(at("2026-05-14T10:00:00Z")).toBe("plan.day.today");
    expect(at("2026-05-14T18:00:00Z")).toBe("plan.day.tonight");
    expect(at("2026-05-15T00:00:00Z")).toBe("plan.day.tonight");
    expect(at("2026-05-15T10:00:00Z")).toBe("plan.day.tomorrow");
    expect(at("2026-05-17T10:00:00Z")).toBe("Sun 17 May");
  });
  it("writes a block with both its hours on a clock-change night", () => {
    const block = { ...car.block, start: "2026-10-25T00:30:00Z", end: "2026-10-25T01:30:00Z" };
    expect(blockTime(block, Date.parse("2026-10-24T14:00:00Z"), berlin, speech)).toBe("plan.pick.until plan.day.tonight|02:30 A|02:30 B");
  });
  it("writes lengths", () => {
    expect(lengthWords(1.75 * HOUR_MS)).toBe("1\u202fh 45\u202fmin");
    expect(lengthWords(2 * HOUR_MS)).toBe("2\u202fh");
    expect(lengthWords(0)).toBe("0\u202fmin");
  });
});

describe("what it may cost", () => {
  const range = (low: number, high: number): string => rangeWords({ cost_low_eur: low, cost_high_eur: high }, speech);
  it("goes from the smaller to the larger amount, of costs or of earnings", () => {
    expect(range(1.2, 2.4)).toBe("plan.range €1.20|€2.40");
    expect(range(-2.4, -1.2)).toBe("plan.range €1.20|€2.40");
    expect(range(-2.4, 0.001)).toBe("plan.range €0.00|€2.40");
    expect(range(-0.001, 2.4)).toBe("plan.range €0.00|€2.40");
  });
  it("names both ends where it may earn or cost", () => {
    expect(range(-1.2, 0.8)).toBe("plan.range.across €1.20|€0.80");
  });
});

describe("blocks", () => {
  it("titles a charge with its power and a quiet block without", () => {
    expect(blockTitle(car.block, car.lane, speech)).toBe("plan.at Car|plan.deed.car_fills_grid|7.20\u202fkW");
    expect(blockTitle(findBlock(plan, "car-18")!.block, car.lane, speech)).toBe("plan.just Car|plan.deed.waits");
    expect(blockPowerW({ ...car.block, end: car.block.start })).toBeNull();
  });
  it("opens with the block that costs most to do otherwise", () => expect(firstBlock(plan, now)?.block.id).toBe("car-26"));
  it("opens with nothing when everything is over", () => expect(firstBlock(plan, now + 100 * HOUR_MS)).toBeNull());
  it("tells a battery's level when a block ends", () => {
    const fill = findBlock(plan, "battery-32")!.block;
    expect(levelAfter(plan, fill)).toBeGreaterThan(0.9);
    expect(levelAfter(plan, car.block)).toBeNull();
  });
  it("tells what the alternative costs once", () => {
    expect(toldReasons(car.block, "en")).toHaveLength(4);
    const silent = { ...car.block, reasons: [] };
    expect(toldReasons(silent, "de")).toEqual(["Jetzt zu laden kostet 2,60 € mehr."]);
  });
  it("asks of each kind what its device understands", () => {
    const battery = plan.lanes[0] as Lane;
    expect(askedAction({ ...car.block, deed: "fills_grid" } as Block, battery.kind)).toBe("charge");
    expect(askedAction(car.block, "car")).toBe("on");
    expect([restAction("battery"), restAction("heat")]).toEqual(["rest", "off"]);
  });
});

describe("moving", () => {
  it("offers every start from now that still ends inside the plan", () => {
    const starts = moveStarts(plan, car.block, now);
    expect(clock(starts[0]!, berlin)).toBe("16:30");
    expect(starts.at(-1)! + 1.75 * HOUR_MS).toBe(planEnd(plan));
  });
  it("offers both 02:00 on the long night", () => {
    const long = planDay({ day: "2026-10-24T10:00:00Z" });
    const labels = moveStarts(long, findBlock(long, "car-26")!.block, Date.parse("2026-10-24T14:40:00Z")).map((atMs) => clock(atMs, berlin));
    expect(labels).toEqual(expect.arrayContaining(["02:00 A", "02:00 B"]));
  });
});

describe("the plan in words", () => {
  it("starts with the row that holds now and puts what matters first", () => {
    const told = toldRows(plan, now);
    expect(told).toHaveLength(6);
    expect(told[3]?.main.lane.name).toBe("Car");
  });
  it("drops rows that are over", () => expect(toldRows(plan, now + 4 * HOUR_MS)).toHaveLength(5));
});

it("knows when the first price is missing", () => {
  expect(firstUnpublished(plan)).toBeNull();
  expect(clock(firstUnpublished(planDay({ unpublishedFromHour: 24 }))!, berlin)).toBe("00:00");
});
