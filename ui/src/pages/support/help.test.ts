import { expect, test } from "vitest";

import { found, plain } from "./help";

const entries = [
  { id: "silent", question: "Ein Gerät antwortet nicht", answer: "Prüfen Sie das Kabel.", words: "offline stumm" },
  { id: "cable", question: "Welches Kabel?", answer: "Ein Netzwerkkabel zum Gerät.", words: "" },
];

test("marks and spellings do not matter", () => {
  expect(plain("Gerät Größe")).toBe("geraet groesse");
  expect(found(entries, "geraet").map((each) => each.id)).toEqual(["silent", "cable"]);
});

test("every word must be there, and the question counts most", () => {
  expect(found(entries, "kabel").map((each) => each.id)).toEqual(["cable", "silent"]);
  expect(found(entries, "kabel stumm").map((each) => each.id)).toEqual(["silent"]);
  expect(found(entries, "batterie")).toEqual([]);
});

test("nothing typed shows everything", () => {
  expect(found(entries, "  ")).toEqual(entries);
});
