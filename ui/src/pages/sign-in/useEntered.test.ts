import { expect, test } from "vitest";

import { ownPage } from "./useEntered";

test("after signing in one lands on a page of our own, and nowhere else", () => {
  expect(ownPage("/plan?site=home&block=b1")).toBe("/plan?site=home&block=b1");
  for (const foreign of [undefined, "", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/sign-in?to=/sign-in"]) expect(ownPage(foreign)).toBe("/");
});
