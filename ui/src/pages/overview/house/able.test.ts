import { expect, test } from "vitest";

import { mayMove } from "./able";

const able = { hasWebGl: true, isReduced: false, isStill: false, isSaving: false };

test("any one reason for rest is enough", () => {
  expect(mayMove(able)).toBe(true);
  for (const one of [{ hasWebGl: false }, { isReduced: true }, { isStill: true }, { isSaving: true }]) expect(mayMove({ ...able, ...one })).toBe(false);
});
