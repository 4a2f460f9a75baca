import { describe, expect, it } from "vitest";

import { savingsMonth } from "../charts/fixtures/savingsMonth";
import { formatsOf, type Speech } from "../charts/say";
import { DAY_MS } from "../charts/time";
import { loadedRange, longLines } from "./SavingsLines";
import { barLabel, barTitle, daysOf, headline, isAhead, isRunning, moved, periodKey, periodName, periodOf, slotsOf } from "./SavingsText";

const berlin = "Europe/Berlin";
const now = Date.parse("2026-05-14T14:40:00Z");
const speech: Speech = { say: (key, values) => `${key} ${Object.values(values ?? {}).join("|")}`.trim(), language: "en", locale: "en-GB", formats: formatsOf("en") };
const may = { kind: "month", year: 2026, month: 5 } as const;

describe("periods", () => {
  it("reads the address and falls back to the site's month", () => {
    expect(periodOf("2025-11", null, now, berlin)).toEqual({ kind: "month", year: 2025, month: 11 });
    expect(periodOf("2025-11", "2024", now, berlin)).toEqual({ kind: "year", year: 2024 });
    expect(periodOf("2025-13", "x", now, berlin)).toEqual(may);
  });
  it("takes the site's month, not the reader's", () => {
    const eve = Date.parse("2026-05-31T22:30:00Z");
    expect(periodKey(periodOf(null, null, eve, berlin))).toBe("2026-06");
    expect(periodKey(periodOf(null, null, eve, "America/New_York"))).toBe("2026-05");
  });
  it("moves over the turn of the year and names its days, the last one included", () => {
    expect(periodKey(moved({ kind: "month", year: 2026, month: 1 }, -1))).toBe("2025-12");
    expect(daysOf({ kind: "month", year: 2028, month: 2 })).toEqual({ from: "2028-02-01", to: "2028-02-29" });
    expect(daysOf({ kind: "year", year: 2026 })).toEqual({ from: "2026-01-01", to: "2026-12-31" });
  });
  it("knows what runs and what lies ahead", () => {
    expect([isRunning(may, now, berlin), isAhead(moved(may, 1), now, berlin), isAhead(may, now, berlin)]).toEqual([true, true, false]);
    expect([periodName(may, now, berlin, "de-DE"), periodName(moved(may, -12), now, berlin, "en-GB")]).toEqual(["Mai", "May 2025"]);
  });
});

describe("sentences", () => {
  const savings = savingsMonth();
  it("names the month, the money and what it is measured against", () => {
    expect(headline(savings, may, now, berlin, speech)).toBe("savings.title May|€30.57");
    expect(headline(savings, moved(may, -1), now, berlin, speech)).toMatch(/^savings\.titleDone April/);
  });
  it("says plainly when planning cost more", () => {
    const lost = { ...savings, baselines: savings.baselines.map((base) => ({ ...base, saved_eur: -2 })) };
    expect(headline(lost, may, now, berlin, speech)).toBe("savings.titleLossSoFar May|€2.00");
  });
  it("says when nothing is measured", () => {
    expect(headline({ ...savings, bars: [] }, may, now, berlin, speech)).toBe("savings.titleNone May");
  });
  it("names bars", () => {
    expect([barLabel("2026-05-04", "day", "en-GB"), barTitle("2026-05-04", "day", "en-GB"), barTitle("2026-05", "month", "de-DE")]).toEqual(["4", "Mon 4 May", "Mai 2026"]);
    expect([slotsOf(savings), slotsOf(savingsMonth({ year: "2026" }))]).toEqual([31, 12]);
  });
});

describe("all measurements", () => {
  it("shows the meter and at most three devices", () => {
    const assets = ["load", "pv", "battery", "heat", "car"].map((kind) => ({ id: kind, kind, name: kind, is_controllable: true }) as never);
    expect(longLines({ assets }, "Grid").map((line) => line.key)).toEqual(["grid.power_w", "pv.power_w", "battery.power_w", "heat.power_w"]);
  });
  it("loads the same again on both sides, inside what there is", () => {
    const day = DAY_MS / 1000;
    expect(loadedRange(100 * day, 101 * day, [0, 400 * day])).toEqual([99 * day, 102 * day]);
    expect(loadedRange(0, 366 * day, [0, 366 * day])).toEqual([0, 366 * day]);
  });
});
