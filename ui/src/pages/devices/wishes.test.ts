import { expect, test } from "vitest";

import { deedsOf, powerOf, signedW } from "./wishes";

test("only what can be moved can be asked", () => {
  expect(deedsOf({ kind: "battery", is_controllable: true })).toContain("fill");
  expect(deedsOf({ kind: "heat", is_controllable: true })).toEqual(["on", "off"]);
  expect(deedsOf({ kind: "battery", is_controllable: false })).toEqual([]);
  expect(deedsOf({ kind: "grid", is_controllable: true })).toEqual([]);
});

test("a power is a size in kW within the limit, with comma or point", () => {
  expect(powerOf("2,5", 5000)).toBe(2500);
  expect(powerOf(" 5 ", 5000)).toBe(5000);
  expect(powerOf("5.1", 5000)).toBeNull();
  expect(powerOf("-1", 5000)).toBeNull();
  expect(powerOf("a lot", null)).toBeNull();
  expect(powerOf("", null)).toBeNull();
});

test("the server counts what goes into the asset as positive", () => {
  expect(signedW("charge", 2000)).toBe(2000);
  expect(signedW("discharge", 2000)).toBe(-2000);
  expect(signedW("hold", 3000)).toBe(-3000);
  expect(signedW("fill", null)).toBeNull();
});
