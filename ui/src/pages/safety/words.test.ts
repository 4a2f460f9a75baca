import { expect, test } from "vitest";

import type { Stop, Watchdog } from "./shapes";
import { causeWords, isTestDue, lastTest, sentence, slowestMs } from "./words";

const watchdog = (holds: boolean | null): Watchdog => ({ id: "w", kind: "device", timeout_s: 5, holds, last_test_at: null });
const stop = (at: string, is_test: boolean): Stop => ({ at, cause: "", who: "", is_test, acked_ms: {}, missing: [], rest_s: null });
const say = (key: string) => key;

test("it says that every watchdog holds only when every one of them does", () => {
  expect(sentence({ state: "running", watchdogs: [watchdog(true)] }).key).toBe("safety.title.running");
  expect(sentence({ state: "running", watchdogs: [watchdog(true), watchdog(null)] }).key).toBe("safety.title.runningOpen");
  expect(sentence({ state: "running", watchdogs: [] }).key).toBe("safety.title.runningOpen");
  expect(sentence({ state: "running", watchdogs: [watchdog(false), watchdog(false)] })).toEqual({ key: "safety.title.runningGap", count: 2 });
  expect(sentence({ state: "silent", watchdogs: [watchdog(true)] }).key).toBe("safety.title.silent");
});

test("causes of the door are translated, those of people stay as written", () => {
  expect(causeWords("the door was held up for 2.1 s", say)).toBe("safety.cause.door_held");
  expect(causeWords("smoke in the cellar", say)).toBe("smoke in the cellar");
});

test("the slowest device counts, and a test is due after a month", () => {
  expect(slowestMs({ acked_ms: { battery: 12, car: 840 } })).toBe(840);
  expect(slowestMs({ acked_ms: {} })).toBeNull();
  const stops = [stop("2026-05-01T00:00:00Z", false), stop("2026-04-02T00:00:00Z", true), stop("2026-03-02T00:00:00Z", true)];
  expect(lastTest(stops)?.at).toBe("2026-04-02T00:00:00Z");
  expect(isTestDue(stops, Date.parse("2026-05-02T00:00:00Z"))).toBe(false);
  expect(isTestDue(stops, Date.parse("2026-05-04T00:00:00Z"))).toBe(true);
  expect(isTestDue([], 0)).toBe(true);
});
