import { describe, expect, it } from "vitest";

import { columnsOf } from "./columns";

const draw = (at: number[], values: (number | null | undefined)[]) => columnsOf(at, values, 0, at.length - 1, (t) => t / 10, (v) => -v);

describe("dense lines", () => {
  it("span the smallest to the largest reading of a pixel", () => {
    expect(draw([0, 3, 6], [1, 9, 4])).toEqual([[0, -9, -1]]);
  });
  it("touch their neighbour, so that a step is not torn", () => {
    expect(draw([0, 10], [1, 5])).toEqual([[0, -1, -1], [1, -5, -1]]);
  });
  it("leave a gap empty and do not reach across it", () => {
    expect(draw([0, 10, 20], [1, null, 5])).toEqual([[0, -1, -1], [2, -5, -5]]);
  });
  it("pass over moments that belong to other lines", () => {
    expect(draw([0, 3, 10], [1, undefined, 2])).toEqual([[0, -1, -1], [1, -2, -1]]);
  });
});
