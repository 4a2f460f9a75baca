import { describe, expect, it } from "vitest";

import { labelled, moneyScale, moneyTicks, placeMoney } from "./moneyBars";
import { grainFor, longTicks } from "./longTicks";
import { movedRange } from "./longPlot";
import { DAY_MS, HOUR_MS } from "./time";

const bar = (paidEur: number | null, savedEur: number | null) => ({ day: "2026-05-01", paidEur, savedEur });

describe("money bars", () => {
  it("stands savings on top of what was paid", () => {
    const bars = [bar(2, 1)];
    const y = moneyScale(bars, 0, 100);
    const [placed] = placeMoney(bars, 0, 10, y);
    expect(placed?.paid?.[0]).toBeCloseTo(placed?.saved?.[1] ?? -1);
    expect(placed?.saved?.[0]).toBeCloseTo(placed?.withoutY ?? -1);
  });
  it("draws no saving where planning cost more, and keeps the mark of the other way", () => {
    const bars = [bar(2, -0.5)];
    const [placed] = placeMoney(bars, 0, 10, moneyScale(bars, 0, 100));
    expect(placed?.saved).toBeNull();
    expect(placed?.withoutY).toBeGreaterThan(placed?.paid?.[0] ?? Number.POSITIVE_INFINITY);
  });
  it("goes below zero on days that earn, and saves up from there", () => {
    const bars = [bar(-1, 3)];
    const y = moneyScale(bars, 0, 100);
    const [placed] = placeMoney(bars, 0, 10, y);
    expect(placed?.paid?.[1]).toBeGreaterThan(y(0));
    expect(placed?.saved?.[0]).toBeCloseTo(y(2));
  });
  it("leaves a gap as a gap and survives an empty month", () => {
    expect(placeMoney([bar(null, null)], 0, 10, moneyScale([bar(null, null)], 0, 100))[0]).toMatchObject({ paid: null, saved: null, withoutY: null });
    expect(placeMoney([], 0, 10, moneyScale([], 0, 100))).toEqual([]);
  });
  it("writes words that never touch", () => {
    expect(labelled(31, 30, 16)).toHaveLength(31);
    expect(labelled(12, 20, 24)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(labelled(31, 9, 16).map((k) => k + 1)).toEqual([1, 5, 10, 15, 20, 25, 30]);
  });
  it("puts zero on the axis", () => expect(moneyTicks(moneyScale([bar(-1, 3)], 0, 100))).toContain(0));
});

describe("long stretches", () => {
  const berlin = "Europe/Berlin";
  it("chooses months for a year and hours for a day", () => {
    const from = Date.UTC(2025, 4, 13, 22);
    expect(grainFor(from, from + 365 * DAY_MS, 1000).kind).toBe("months");
    expect(grainFor(from, from + DAY_MS, 1000).kind).toBe("hours");
    expect(longTicks(from, from + 365 * DAY_MS, 1000, berlin, "en-GB").map((tick) => tick.label)).toContain("2026");
  });
  it("keeps months on local midnight through both clock changes", () => {
    const ticks = longTicks(Date.UTC(2026, 0, 1), Date.UTC(2026, 11, 31), 1000, berlin, "en-GB");
    const hours = new Set(ticks.map((tick) => new Date(tick.atMs).getUTCHours()));
    expect(hours).toEqual(new Set([22, 23]));
  });
  it("prints the doubled hour of a clock-change day", () => {
    const labels = longTicks(Date.UTC(2026, 9, 24, 22), Date.UTC(2026, 9, 25, 23), 2000, berlin, "en-GB").map((tick) => tick.label);
    expect(labels).toEqual(expect.arrayContaining(["02:00 A", "02:00 B"]));
  });
  it("moves and stretches inside the limits", () => {
    expect(movedRange(0, 7200, -9999, 1, [0, 86400])).toEqual([0, 7200]);
    expect(movedRange(0, 7200, 0, 0.01, [0, 86400])[1]).toBe(5400);
    expect(movedRange(0, 7200, 0, 99, [0, 86400])).toEqual([0, 86400]);
    expect(HOUR_MS).toBe(3_600_000);
  });
});
