import { expect, test } from "vitest";

import { endOf } from "./when";

const BERLIN = "Europe/Berlin";
const utc = (text: string) => Date.parse(`${text}Z`);
const ends = (end: Parameters<typeof endOf>[0], time: string, now: string, zone = BERLIN) => {
  const found = endOf(end, time, utc(now), zone);
  return found === null ? null : new Date(found).toISOString().slice(0, 16);
};

test("hours are hours, midnight is the site's", () => {
  expect(ends("2", "", "2026-05-14T14:40:00")).toBe("2026-05-14T16:40");
  expect(ends("midnight", "", "2026-05-14T14:40:00")).toBe("2026-05-14T22:00");
  expect(ends("midnight", "", "2026-05-14T14:40:00", "Asia/Kolkata")).toBe("2026-05-14T18:30");
});

test("a clock time that has passed is tomorrow's", () => {
  expect(ends("time", "20:15", "2026-05-14T14:40:00")).toBe("2026-05-14T18:15");
  expect(ends("time", "07:00", "2026-05-14T14:40:00")).toBe("2026-05-15T05:00");
  expect(ends("time", "7 pm", "2026-05-14T14:40:00")).toBeNull();
});

test("on days that change the clock, the wall clock counts", () => {
  expect(ends("time", "20:00", "2026-03-29T00:30:00")).toBe("2026-03-29T18:00");
  expect(ends("midnight", "", "2026-03-29T00:30:00")).toBe("2026-03-29T22:00");
  expect(ends("time", "20:00", "2026-10-25T00:30:00")).toBe("2026-10-25T19:00");
});
