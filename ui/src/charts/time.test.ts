import { describe, expect, it } from "vitest";

import {
  clock,
  clockChanges,
  DAY_MS,
  dayStart,
  dayWords,
  HOUR_MS,
  hoursPerTick,
  midnights,
  nextDayStart,
  offsetMs,
  placeTicks,
  timeTicks,
  twinLetter,
} from "./time";

const berlin = "Europe/Berlin";
const autumn = Date.UTC(2026, 9, 24, 22); // local midnight of Sunday 25 October 2026
const spring = Date.UTC(2026, 2, 28, 23); // local midnight of Sunday 29 March 2026

describe("a day with 25 hours", () => {
  it("is 25 hours long", () => expect((nextDayStart(autumn, berlin) - autumn) / HOUR_MS).toBe(25));
  it("prints 02:00 twice, as A and as B", () => {
    const labels = timeTicks(autumn, autumn + 25 * HOUR_MS, berlin, 3).map((tick) => tick.label);
    expect(labels).toContain("02:00 A");
    expect(labels).toContain("02:00 B");
    expect(labels).toHaveLength(11);
  });
  it("tells the two apart and leaves the others alone", () => {
    expect(twinLetter(Date.UTC(2026, 9, 25, 0, 30), berlin)).toBe("A");
    expect(twinLetter(Date.UTC(2026, 9, 25, 1, 30), berlin)).toBe("B");
    expect(clock(Date.UTC(2026, 9, 25, 2), berlin)).toBe("03:00");
    expect(clock(Date.UTC(2026, 9, 24, 23), berlin)).toBe("01:00");
  });
  it("keeps both marks back to back where there is little room, and none touches another", () => {
    const ticks = timeTicks(autumn, autumn + 25 * HOUR_MS, berlin, 3);
    const placed = placeTicks(ticks, (atMs) => ((atMs - autumn) / HOUR_MS) * 8, 0, 200);
    const [a, b] = placed.filter((tick) => tick.kind === "twin");
    expect([a?.label, a?.anchor, b?.label, b?.anchor]).toEqual(["02:00 A", "end", "02:00 B", "start"]);
    expect(placed.map((tick) => tick.label)).not.toContain("03:00");
  });
  it("leaves room for what is there already", () => {
    const ticks = timeTicks(autumn, autumn + 25 * HOUR_MS, berlin, 6);
    const placed = placeTicks(ticks, (atMs) => ((atMs - autumn) / HOUR_MS) * 20, 0, 500, [[130, 160]]);
    expect(placed.map((tick) => tick.label)).not.toContain("06:00");
    expect(placed.map((tick) => tick.label)).toContain("18:00");
  });
});

describe("a day with 23 hours", () => {
  it("is 23 hours long", () => expect((nextDayStart(spring, berlin) - spring) / HOUR_MS).toBe(23));
  it("leaves a mark where 02:00 is missing", () => {
    const jump = timeTicks(spring, spring + DAY_MS, berlin, 6).find((tick) => tick.kind === "jump");
    expect(jump).toEqual({ atMs: Date.UTC(2026, 2, 29, 1), label: "03:00", kind: "jump" });
  });
  it("is found as one change", () => {
    expect(clockChanges(spring, spring + DAY_MS, berlin)).toEqual([{ atMs: Date.UTC(2026, 2, 29, 1), byMs: HOUR_MS }]);
  });
});

describe("zones off the hour", () => {
  it("puts marks on local hours in Kolkata and Kathmandu", () => {
    const from = Date.UTC(2026, 4, 14, 12);
    const minutes = (zone: string): Set<number> => new Set(timeTicks(from, from + DAY_MS, zone, 3).map((tick) => (tick.atMs / 60_000) % 60));
    expect(minutes("Asia/Kolkata")).toEqual(new Set([30]));
    expect(minutes("Asia/Kathmandu")).toEqual(new Set([15]));
  });
  it("finds local midnight between the hours", () => {
    const [midnight] = midnights(Date.UTC(2026, 4, 14, 12), Date.UTC(2026, 4, 15, 12), "Asia/Kolkata");
    expect(midnight).toBe(Date.UTC(2026, 4, 14, 18, 30));
  });
  it("knows a half-hour clock change (Lord Howe)", () => {
    const changes = clockChanges(Date.UTC(2026, 3, 4), Date.UTC(2026, 3, 5), "Australia/Lord_Howe");
    expect(changes.map((change) => change.byMs)).toEqual([-HOUR_MS / 2]);
  });
  it("starts a day whose midnight was skipped at its first instant", () => {
    const start = dayStart(Date.UTC(2026, 3, 24, 12), "Africa/Cairo");
    expect(clock(start, "Africa/Cairo")).toBe("01:00");
  });
  it("knows the offset", () => expect(offsetMs(autumn, "Asia/Kolkata")).toBe(5.5 * HOUR_MS));
});

describe("words and room", () => {
  it("writes the day in the reader's language", () => {
    expect(dayWords(Date.UTC(2026, 4, 15), berlin, "en-GB")).toBe("Fri 15 May");
    expect(dayWords(Date.UTC(2026, 4, 15), berlin, "de-DE")).toMatch(/^Fr\.? 15\. Mai$/);
  });
  it("widens the grid until words have room", () => {
    expect(hoursPerTick(0, 30 * HOUR_MS, 510, 46)).toBe(3);
    expect(hoursPerTick(0, 30 * HOUR_MS, 200, 38)).toBe(6);
  });
});
