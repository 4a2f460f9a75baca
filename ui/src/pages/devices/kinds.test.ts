import { expect, test } from "vitest";

import type { LiveNode } from "../../api/shapes";
import { directionKey, kindOf, servedNodes } from "./kinds";

test("direction is told by words, and a trickle is none", () => {
  expect(directionKey("grid", 240)).toBe("devices.dir.grid.taken");
  expect(directionKey("grid", -1200)).toBe("devices.dir.grid.given");
  expect(directionKey("battery", 4)).toBe("devices.dir.battery.none");
  expect(directionKey("pv", -2440)).toBe("devices.dir.pv");
});

test("the connection is a meter, whatever else the site has", () => {
  expect(kindOf("grid", [])).toBe("grid");
  expect(kindOf("roof", [{ id: "roof", kind: "pv" }])).toBe("pv");
  expect(kindOf("gone", [])).toBe("device");
});

test("a hybrid shows sun, battery and grid, and nothing of other devices", () => {
  const node = (id: string, kind: LiveNode["kind"]): LiveNode => ({ id, kind, name: id, power_w: 0, read_at: null });
  const found = servedNodes({ meter: "grid", battery: "battery", pv: "roof" }, [node("grid", "grid"), node("car", "car"), node("battery", "battery"), node("roof", "pv")]);
  expect(found.map((each) => each.id)).toEqual(["roof", "battery", "grid"]);
});
