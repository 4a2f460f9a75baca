import { expect, test } from "vitest";

import { codeAsShown, isWholeCode, mayGo, rightsOf } from "./rights";

const name = (site: string) => site.toUpperCase();

test("a right holds where the person has it, and is told where it does not", () => {
  const permissions = { home: ["see", "stop", "control"], barn: ["see", "stop"], "*": ["see"] };
  expect(rightsOf(["see", "control", "stop", "manage", "openid"], permissions, name)).toEqual([
    { scope: "see", where: "everywhere" },
    { scope: "control", where: ["HOME"] },
    { scope: "stop", where: ["HOME", "BARN"] },
    { scope: "manage", where: "nowhere" },
    { scope: "openid", where: "self" },
  ]);
});

test("a code reads as the box shows it, however it was typed", () => {
  for (const typed of ["bcdfghjk", "BCDF-GHJK", " bcdf ghjk ", "bcdf–ghjk-x"]) expect(codeAsShown(typed)).toBe("BCDF-GHJK");
  expect(codeAsShown("bcdf")).toBe("BCDF");
  expect(codeAsShown("aeiou 123")).toBe("");
  expect(isWholeCode("bcdf ghjk")).toBe(true);
  for (const part of ["", "bcdf", "bcdf-ghj"]) expect(isWholeCode(part)).toBe(false);
});

test("a browser goes on to pages and apps, and runs nothing", () => {
  for (const fine of ["https://app.example/back?code=1", "http://localhost:9000/", "org.example.app:/back?code=1"]) expect(mayGo(fine)).toBe(true);
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "/plan", ""]) expect(mayGo(bad)).toBe(false);
});
