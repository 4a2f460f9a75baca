import { expect, test } from "vitest";

import { isServed, ownPage } from "./useEntered";

test("after signing in one lands on a page of our own, and nowhere else", () => {
  const app = "/oauth/authorize?client_id=a&redirect_uri=https%3A%2F%2Fapp.example%2Fback&scope=see%20openid";
  for (const own of ["/plan?site=home&block=b1", "/device?user_code=BCDF-GHJK", "/café", app]) expect(ownPage(own)).toBe(own);
  for (const foreign of [undefined, "", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "https://evil.example", "javascript:alert(1)", "/sign-in?to=/sign-in"]) expect(ownPage(foreign)).toBe("/");
});

test("what the server answers itself is not looked for among the pages", () => {
  expect(isServed("/oauth/authorize?client_id=a")).toBe(true);
  for (const page of ["/", "/device?user_code=BCDF-GHJK", "/consent?request=ask-1", "/plan?from=/oauth/"]) expect(isServed(page)).toBe(false);
});
