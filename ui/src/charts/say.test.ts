import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { formatsOf } from "./say";

const catalogue = (part: string, language: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`../locales/${part}.${language}.json`, import.meta.url), "utf8")) as Record<string, string>;
const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map((match) => match[1] ?? ""))].sort();

describe("number formats", () => {
  it("follow the language", () => {
    expect(formatsOf("de").ct(0.279)).toBe("27,9");
    expect(formatsOf("en").moneySize(-0.49)).toBe("€0.49");
    expect(formatsOf("en").percentAmount(0.584)).toEqual({ number: "58", unit: "%" });
  });
});

describe.each(["charts", "plan", "savings"])("the catalogue of %s", (part) => {
  it("has every sentence in both languages, with the same values", () => {
    const en = catalogue(part, "en");
    const de = catalogue(part, "de");
    expect(Object.keys(de)).toEqual(Object.keys(en));
    for (const [key, text] of Object.entries(en)) expect([key, placeholders(de[key] ?? "")]).toEqual([key, placeholders(text)]);
  });
});
