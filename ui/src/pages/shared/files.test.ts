import { expect, test } from "vitest";

import { csvRow, fileSize } from "./files";

test("cells with commas, quotes and breaks are quoted, formulas are made plain", () => {
  expect(csvRow(["a,b", 'say "no"', 2.5, null, "=1+1"])).toBe('"a,b","say ""no""",2.5,,\'=1+1');
});

test("sizes are told in the unit that fits", () => {
  expect(fileSize(740, "en-GB")).toContain("740");
  expect(fileSize(4_230_000, "en-GB")).toBe("4.2 MB");
});
