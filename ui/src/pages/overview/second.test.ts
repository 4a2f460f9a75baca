import { expect, test } from "vitest";

import type { LiveNode } from "../../api/shapes";
import { balance } from "./flows";
import { second } from "./second";

const node = (kind: LiveNode["kind"], power_w: number): LiveNode => ({ id: kind, kind, name: kind, power_w, read_at: null });
const told = (sunW: number, batteryW: number, gridW: number) => second(balance([node("pv", -sunW), node("battery", batteryW), node("grid", gridW), node("load", sunW + gridW - batteryW)]));

test.each([
  [4400, 1100, -1860, "stored-and-sold"],
  [3000, 1500, 0, "stored"],
  [0, 2000, 2600, "stored-from-grid"],
  [3000, 0, -1000, "sold"],
  [2440, -1350, 240, "sun-and-battery"],
  [0, -900, 50, "battery"],
  [0, 0, 700, "grid"],
  [500, 0, 700, "sun-and-grid"],
  [900, 0, 0, "sun"],
])("sun %i W, battery %i W, grid %i W: %s", (sunW, batteryW, gridW, key) => {
  expect(told(sunW, batteryW, gridW)?.key).toBe(key);
});

test("nothing is said of next to nothing", () => {
  expect(told(20, 0, 30)).toBeNull();
});
