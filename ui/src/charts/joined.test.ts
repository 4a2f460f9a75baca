import { describe, expect, it } from "vitest";

import { joined, valueAt } from "./joined";

describe("lines with times of their own", () => {
  it("share the union of their times; gaps stay gaps, other moments stay open", () => {
    const { atS, values } = joined([[10, 20], [10, 15, 20]], [[1, null], [5, 6, 7]]);
    expect(atS).toEqual([10, 15, 20]);
    expect(values).toEqual([[1, undefined, null], [5, 6, 7]]);
  });
  it("are left alone where times are the same", () => {
    expect(joined([[1, 2], [1, 2]], [[3, 4], [5, 6]])).toEqual({ atS: [1, 2], values: [[3, 4], [5, 6]] });
    expect(joined([], [])).toEqual({ atS: [], values: [] });
  });
  it("are read back to their last value, not across a gap", () => {
    expect([valueAt([1, undefined, undefined], 2), valueAt([1, null, undefined], 2), valueAt([undefined], 0)]).toEqual([1, null, null]);
  });
});
