import { expect, test } from "vitest";

import type { LiveNode } from "../../api/shapes";
import { balance } from "./flows";

const node = (id: string, kind: LiveNode["kind"], power_w: number | null): LiveNode => ({ id, kind, name: id, power_w, read_at: null });

test("the sun serves the home first, the battery the rest, the grid what is missing", () => {
  const found = balance([node("grid", "grid", 240), node("roof", "pv", -2440), node("battery", "battery", -1350), node("home", "load", 2690), node("heat", "heat", 1340)]);
  expect(found.used_w).toBe(4030);
  expect(found.own_ratio).toBeCloseTo(1 - 240 / 4030);
  expect(found.flows).toContainEqual({ from: "grid", to: "heat", size_w: 240 });
  const given = (id: string) => found.flows.filter((each) => each.from === id).reduce((sum, each) => sum + each.size_w, 0);
  expect(given("roof")).toBeCloseTo(2440);
  expect(given("battery")).toBeCloseTo(1350);
});

test("what is stored and sold changes side and is not used", () => {
  const found = balance([node("grid", "grid", -1200), node("roof", "pv", -3000), node("battery", "battery", 800), node("home", "load", 1000)]);
  expect(found.uses.map((each) => each.node.id)).toEqual(["home", "battery", "grid"]);
  expect(found.used_w).toBe(1000);
  expect(found.own_ratio).toBe(1);
});

test("unknown nodes are told and small flows are not drawn", () => {
  const found = balance([node("grid", "grid", 15), node("home", "load", 15), node("battery", "battery", null)]);
  expect(found.flows).toEqual([]);
  expect(found.unknown.map((each) => each.id)).toEqual(["battery"]);
  expect(balance([node("home", "load", 500)]).own_ratio).toBeNull();
});
