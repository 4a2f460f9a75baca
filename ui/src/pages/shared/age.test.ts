import { expect, test } from "vitest";

import type { Live } from "../../api/shapes";
import { ageOf } from "./age";

const heard = (at: string, receivedMs: number) => ({ live: { at } as Live, receivedMs });

test("a value ages by the server's clock, whatever the browser's says", () => {
  const state = heard("2026-05-14T14:40:00.000Z", 5_000);
  expect(ageOf("2026-05-14T14:39:58.000Z", state, 5_000)).toEqual({ is: "fresh", seconds: 2 });
  expect(ageOf("2026-05-14T14:39:58.000Z", state, 17_000)).toEqual({ is: "aging", seconds: 14 });
});

test("after a minute there is no number any more", () => {
  const state = heard("2026-05-14T14:40:00.000Z", 0);
  expect(ageOf("2026-05-14T14:39:00.000Z", state, 0).is).toBe("aging");
  expect(ageOf("2026-05-14T14:38:59.000Z", state, 0).is).toBe("old");
  expect(ageOf(null, state, 0)).toEqual({ is: "never", seconds: Infinity });
});

test("a clock that runs behind makes nothing younger than it is", () => {
  const state = heard("2026-05-14T14:40:00.000Z", 9_000);
  expect(ageOf("2026-05-14T14:39:55.000Z", state, 1_000).seconds).toBe(5);
});
