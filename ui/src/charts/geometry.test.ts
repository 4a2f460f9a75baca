import { describe, expect, it } from "vitest";

import { toCsv } from "./csv";
import { keyMove, stepAt } from "./cursor";
import { blockAt, kindMark, placeBlocks } from "./lanes";
import { bandPath, levelAt, linePath } from "./level";
import { depth, priceBars, tellingBars } from "./price";
import { linear, niceStep, roundTicks } from "./scale";
import { DRAWN_FROM_W, measuredSources, runPath, stackReach, stackRuns } from "./stack";
import { fitting, textWidthPx, wrapped } from "./text";
import { HOUR_MS, QUARTER_MS } from "./time";

const noon = Date.UTC(2026, 4, 14, 10);
const quarters = (count: number, from = noon): number[] => Array.from({ length: count }, (_, k) => from + k * QUARTER_MS);

describe("scales", () => {
  it("maps there and back", () => {
    const y = linear([0, 40], [100, 0]);
    expect(y(10)).toBe(75);
    expect(y.invert(75)).toBe(10);
  });
  it("survives an empty domain", () => expect(linear([3, 3], [0, 10])(3)).toBe(0));
  it("writes round numbers, zero among them", () => {
    expect(roundTicks(-3.2, 11, 3)).toEqual([0, 5, 10]);
    expect(roundTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(niceStep(3)).toBe(5);
  });
});

describe("price bars", () => {
  const hourly = (prices: (number | null)[]) => ({
    startMs: quarters(prices.length * 4),
    stepMs: QUARTER_MS,
    price: prices.flatMap((price) => [price, price, price, price]),
    published: prices.flatMap((price) => [price !== null, price !== null, price !== null, price !== null]),
  });
  it("draws one bar per market hour with one price", () => {
    expect(priceBars(hourly([20, 20, 22]), "Europe/Berlin", 10).map((bar) => bar.price)).toEqual([20, 20, 22]);
  });
  it("keeps quarter-hours apart where there is room and joins them where there is none", () => {
    const steps = { startMs: quarters(4), stepMs: QUARTER_MS, price: [10, 20, 30, 40], published: [true, true, true, true] };
    expect(priceBars(steps, "Europe/Berlin", 8)).toHaveLength(4);
    expect(priceBars(steps, "Europe/Berlin", 2)).toEqual([{ startMs: noon, endMs: noon + HOUR_MS, price: 25, isPublished: true }]);
  });
  it("cuts a bar at local midnight in a half-hour zone", () => {
    const from = Date.UTC(2026, 4, 14, 18);
    const steps = { startMs: quarters(4, from), stepMs: QUARTER_MS, price: [5, 5, 5, 5], published: [true, true, true, true] };
    const bars = priceBars(steps, "Asia/Kolkata", 20);
    expect(bars.map((bar) => (bar.endMs - bar.startMs) / 60_000)).toEqual([30, 30]);
  });
  it("keeps unpublished hours as bars without a price", () => {
    const bars = priceBars(hourly([20, null]), "Europe/Berlin", 10);
    expect(bars[1]).toMatchObject({ price: null, isPublished: false });
  });
  it("names the dearest, the cheapest and the other clear valley", () => {
    const prices = [27.9, 32.6, 35.8, 34.9, 31.2, 19.6, 12.9, 11.8, 11.9, 17.7, 28.4, 22.6, 9.6, 7.8, 8.2, 20.4, 28.8];
    const bars = priceBars(hourly(prices), "Europe/Berlin", 10);
    expect(tellingBars(bars).map((k) => bars[k]?.price)).toEqual([35.8, 7.8, 11.8]);
  });
  it("names one number where the price never changes", () => {
    expect(tellingBars(priceBars(hourly([25, 25, 25]), "Europe/Berlin", 10))).toHaveLength(1);
  });
  it("darkens with the price, negative prices too", () => {
    expect(depth(-5, -5, 30)).toBeCloseTo(0.22);
    expect(depth(30, -5, 30)).toBeCloseTo(0.94);
  });
});

describe("stacked steps", () => {
  const zero = [0, 0, 0];
  it("stacks above and below zero and breaks a run where nothing flows", () => {
    const sources = { solar: [1000, 0, 1000], battery: [500, 500, 0], grid: zero, stored: [0, 300, 300], sold: [0, 0, 200] };
    const runs = stackRuns(quarters(3), QUARTER_MS, sources);
    expect(runs.map((run) => [run.key, run.steps.length])).toEqual([["solar", 1], ["solar", 1], ["battery", 2], ["stored", 2], ["sold", 1]]);
    expect(runs[2]?.steps.map((step) => [step.baseW, step.topW])).toEqual([[1000, 1500], [0, 500]]);
    expect(runs[4]?.steps[0]).toMatchObject({ baseW: -300, topW: -500 });
    expect(stackReach(sources)).toEqual({ upW: 1500, downW: 500 });
  });
  it("breaks a run at a hole in time", () => {
    const at = [noon, noon + QUARTER_MS, noon + 5 * QUARTER_MS];
    const sources = { solar: [900, 900, 900], battery: zero, grid: zero, stored: zero, sold: zero };
    expect(stackRuns(at, QUARTER_MS, sources)).toHaveLength(2);
  });
  it("leaves out what is too small to see", () => {
    const sources = { solar: [DRAWN_FROM_W - 1, 0, 0], battery: zero, grid: zero, stored: zero, sold: zero };
    expect(stackRuns(quarters(3), QUARTER_MS, sources)).toHaveLength(0);
  });
  it("draws a closed outline", () => {
    const run = { key: "solar", steps: [{ startMs: 0, endMs: 1, baseW: 0, topW: 10 }] } as const;
    expect(runPath(run, (ms) => ms, (w) => -w)).toBe("M0,-10L1,-10L1,0L0,0Z");
  });
  it("splits measured power the way the plan does", () => {
    expect(measuredSources(-2440, -1350, 240)).toEqual({ solar: 2440, battery: 1350, grid: 240, stored: 0, sold: 0 });
    expect(measuredSources(-4000, 2000, -1000)).toEqual({ solar: 1000, battery: 0, grid: 0, stored: 2000, sold: 1000 });
    expect(measuredSources(null, null, null).grid).toBeNull();
  });
});

describe("level", () => {
  const points = [{ atMs: 0, ratio: 0.2 }, { atMs: 10, ratio: 0.6 }, { atMs: 20, ratio: null }, { atMs: 30, ratio: 0.5 }];
  it("breaks the line at a gap", () => expect(linePath(points, (ms) => ms, (r) => r * 10).match(/M/g)).toHaveLength(2));
  it("reads between edges and not across a gap", () => {
    expect(levelAt(points, 5)).toBeCloseTo(0.4);
    expect(levelAt(points, 15)).toBeNull();
    expect(levelAt(points, 99)).toBeNull();
  });
  it("keeps the band inside empty and full", () => {
    expect(bandPath([0, 1], [-0.5, 0.1], [0.9, 1.5], (ms) => ms, (r) => r)).toBe("M0.0,0.9L1.0,1.0L1.0,0.1L0.0,0.0Z");
  });
});

describe("lanes", () => {
  const block = { id: "a", startMs: 0, endMs: 100, level: "strong" as const, words: ["Fills from sun", "Fills"] };
  it("picks the longest words that fit", () => {
    expect(placeBlocks([block], 0, 100, (ms) => ms * 2, 0)[0]?.words).toBe("Fills from sun");
    expect(placeBlocks([block], 0, 100, (ms) => ms * 0.5, 0)[0]?.words).toBe("Fills");
    expect(placeBlocks([block], 0, 100, (ms) => ms * 0.1, 0)[0]?.words).toBe("");
  });
  it("clips to the range, drops what lies outside, marks the past", () => {
    expect(placeBlocks([block], 50, 200, (ms) => ms, 120)[0]).toMatchObject({ x: 51.2, isPast: true });
    expect(placeBlocks([block], 100, 200, (ms) => ms, 0)).toEqual([]);
  });
  it("finds a block by time, its end left out", () => {
    expect(blockAt([block], 99)?.id).toBe("a");
    expect(blockAt([block], 100)).toBeNull();
  });
  it("gives the second device of a kind dots and the third stripes", () => {
    expect(["car", "battery", "car", "car"].map((_, k, kinds) => kindMark(kinds, k))).toEqual(["plain", "plain", "dots", "stripes"]);
  });
  it("measures words on the wide side", () => {
    expect(textWidthPx("Waits at reserve", 12)).toBeGreaterThan(80);
    expect(fitting(["long words", "no"], 20, 12)).toBe("no");
    expect(wrapped("gespeichert, verkauft", 80, 12)).toEqual(["gespeichert,", "verkauft"]);
  });
});

describe("keys", () => {
  it("walks, wraps series, stops at the ends", () => {
    expect(keyMove("ArrowRight", { step: 9, series: 0 }, 10, 3)).toEqual({ kind: "move", cursor: { step: 9, series: 0 } });
    expect(keyMove("ArrowUp", { step: 2, series: 0 }, 10, 3)).toEqual({ kind: "move", cursor: { step: 2, series: 2 } });
    expect(keyMove("End", { step: 2, series: 1 }, 10, 3)).toEqual({ kind: "move", cursor: { step: 9, series: 1 } });
    expect(keyMove("t", { step: 0, series: 0 }, 10, 3)).toEqual({ kind: "table" });
    expect(keyMove("x", { step: 0, series: 0 }, 10, 3)).toBeNull();
  });
  it("finds the step that holds an instant", () => {
    expect(stepAt([0, 10, 20], 15)).toBe(1);
    expect(stepAt([0, 10, 20], -5)).toBe(0);
    expect(stepAt([], 5)).toBe(0);
  });
});

describe("csv", () => {
  it("quotes, keeps unknown empty, and disarms formulas", () => {
    expect(toCsv(["a", "b"], [["x,y", 1.5], ["=1+1", null]])).toBe('a,b\r\n"x,y",1.5\r\n\'=1+1,\r\n');
  });
});
