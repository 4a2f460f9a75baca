import { expect, test } from "vitest";

import { endOn, momentOf } from "./moments";

test("today a moment has seconds, before that its day; the site's day counts", () => {
  const now = Date.parse("2026-05-14T21:30:00Z");
  expect(momentOf("2026-05-14T14:40:12Z", now, "Europe/Berlin", "en")).toBe("16:40:12");
  expect(momentOf("2026-05-13T21:59:00Z", now, "Europe/Berlin", "en")).toMatch(/^Wed,? 13 May/);
  expect(momentOf("2026-05-14T18:00:00Z", now, "Asia/Kolkata", "en")).toMatch(/^Thu,? 14 May/);
});

test("an end today is a clock time, later it has its day", () => {
  const now = Date.parse("2026-05-14T14:40:00Z");
  expect(endOn("2026-05-14T18:15:00Z", now, "Europe/Berlin", "en")).toBe("20:15");
  expect(endOn("2026-05-14T22:00:00Z", now, "Europe/Berlin", "en")).toMatch(/^Fri,? 15 May, 00:00/);
});
