import { expect, test } from "vitest";

import { judge } from "./strength";

test("length comes first, and says how much is missing", () => {
  expect(judge("short")).toEqual({ is: 0, hint: "short", missing: 7 });
  expect(judge("").is).toBe(0);
});

test("what is guessed first is weak, and says why", () => {
  expect(judge("aaaaaaaaaaaaaaa").hint).toBe("same");
  expect(judge("qwertzuiop1234").hint).toMatch(/row|common/);
  expect(judge("abcdefgh0123456").hint).toBe("row");
  expect(judge("passwort123456").hint).toBe("common");
  expect(judge("mia-lindner-1990", ["Mia Lindner", "mia.lindner@example.org"]).hint).toBe("known");
});

test("words that do not belong together are good", () => {
  expect(judge("kettle moss orbit").is).toBe(3);
  expect(judge("kettle moss orbit violin").is).toBe(4);
  expect(judge("Zebra-4-Kiste").is).toBe(2);
});
