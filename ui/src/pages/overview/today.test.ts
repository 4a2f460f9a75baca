import { expect, test } from "vitest";

import { ownParts } from "./Today";

test("the bar of own power says the same as its number", () => {
  expect(ownParts({ own_power_ratio: 0.9, sources_kwh: { solar: 8, battery: 1, grid: 1 } })).toEqual({ solar: 0.8, battery: expect.closeTo(0.1), grid: expect.closeTo(0.1) });
  expect(ownParts({ own_power_ratio: 0, sources_kwh: { solar: 3, battery: 2, grid: 10 } })).toEqual({ solar: 0, battery: 0, grid: 1 });
  expect(ownParts({ own_power_ratio: null, sources_kwh: { solar: 0, battery: 0, grid: 0 } })).toEqual({ solar: 0, battery: 0, grid: 1 });
});
