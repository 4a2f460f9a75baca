import { describe, expect, it } from "vitest";

import { planDay } from "./fixtures/planDay";
import { planModel } from "./planModel";
import type { Warmth } from "./shapes";
import { degcAt, edgePath, warmthOf } from "./warmth";

const count = planDay().start_utc.length;
const zone = (name: string, degc: number, low: number | null): Warmth => ({
  zone: name,
  name: name.toUpperCase(),
  degc: Array.from({ length: count + 1 }, (_, k) => degc + k / count),
  low_degc: Array.from({ length: count }, () => low),
  high_degc: Array.from({ length: count }, () => 23),
});
const plan = planDay();
const heated = { ...plan, lanes: [{ ...plan.lanes[0]!, warmth: [zone("ground", 20, 19.5), zone("upper", 17, null)] }, ...plan.lanes.slice(1)] };

describe("temperatures of a plan", () => {
  it("has a scale of whole degrees that holds all zones and their bands", () => {
    const [warmth] = warmthOf(heated);
    expect(warmth?.domain).toEqual([16, 24]);
    expect(warmth?.zones.map((one) => one.name)).toEqual(["GROUND", "UPPER"]);
    expect(warmth?.edgesMs).toHaveLength(count + 1);
  });
  it("leaves a band open that nobody minds", () => {
    const upper = warmthOf(heated)[0]!.zones[1]!;
    expect(upper.low.every((value) => value === null)).toBe(true);
    expect(edgePath([0, 1], upper.low, (atMs) => atMs, (degc) => degc)).toBe("");
  });
  it("reads a temperature between two edges and none outside", () => {
    const warmth = warmthOf(heated)[0]!;
    const ground = warmth.zones[0]!;
    const [first, second] = [warmth.edgesMs[0]!, warmth.edgesMs[1]!];
    expect(degcAt(warmth, ground, first)).toBe(20);
    expect(degcAt(warmth, ground, (first + second) / 2)).toBeCloseTo(20 + 0.5 / count, 9);
    expect(degcAt(warmth, ground, first - 1)).toBeNull();
  });
  it("is nothing where no lane has any, and part of the model where one has", () => {
    const now = Date.parse("2026-05-14T14:40:00Z");
    expect(planModel(planDay(), now, "en").warmths).toEqual([]);
    expect(planModel(heated, now, "en").warmths).toHaveLength(1);
  });
  it("breaks a line where nothing is known", () => {
    expect(edgePath([0, 1, 2, 3], [1, null, 2, 3], (atMs) => atMs, (degc) => degc)).toBe("M0.0,1.0M2.0,2.0L3.0,3.0");
  });
});
