import { expect, test } from "vitest";

import { atOf, details, linesCsv, matching } from "./lines";
import type { AuditLine } from "./shapes";

const line = (change: Partial<AuditLine>): AuditLine => ({ seq: 1, at: "2026-05-14T14:40:00.000Z", kind: "change", subject: "p-1", who: "p-2", who_name: "Jörg", payload: {}, ...change });

test("lines are found by every word, wherever it stands", () => {
  const lines = [line({ payload: { do: "override", until: "20:00" } }), line({ seq: 2, kind: "sign-in", who_name: "Mia" })];
  expect(matching(lines, "joerg override").map((each) => each.seq)).toEqual([1]);
  expect(matching(lines, "joerg sign-in")).toEqual([]);
  expect(matching(lines, " ")).toHaveLength(2);
});

test("empty details are left out, and what a person wrote cannot become a formula", () => {
  expect(details({ a: 1, b: null, c: "", d: { e: 2 } })).toBe('a: 1, d: {"e":2}');
  expect(linesCsv([line({ who_name: "=cmd()" })]).split("\r\n")[1]).toBe("1,2026-05-14T14:40:00.000Z,'=cmd(),change,p-1,");
});

test("a time without a zone is UTC", () => {
  expect(atOf({ at: "2026-05-14T14:40:00.000" })).toBe("2026-05-14T14:40:00.000Z");
  expect(atOf({ at: "2026-05-14T14:40:00Z" })).toBe("2026-05-14T14:40:00Z");
});
