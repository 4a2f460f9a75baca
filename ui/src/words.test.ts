import { compileMessage } from "@lingui/message-utils/compileMessage";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ROOT = new URL("./", import.meta.url);
const FOLDER = new URL("locales/", ROOT);
const PARTS = readdirSync(FOLDER).filter((name) => name.endsWith(".en.json")).map((name) => name.replace(".en.json", ""));

// Catalogues are read as files: the build's own step would compile them.
const catalogue = (part: string, language: string): Record<string, string> => JSON.parse(readFileSync(new URL(`${part}.${language}.json`, FOLDER), "utf8"));

/** Names of the values a message is filled with, also within its plural and select forms. */
function filledIn(text: string): string[] {
  const names = new Set<string>();
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    const [name, , forms] = part as [string, string?, Record<string, unknown>?];
    names.add(name);
    for (const form of Object.values(forms ?? {})) for (const each of Array.isArray(form) ? form : []) walk(each);
  };
  const compiled = compileMessage(text) as unknown;
  for (const part of Array.isArray(compiled) ? compiled : []) walk(part);
  return [...names].sort();
}

test.each(PARTS)("%s says everything in both languages, with the same values filled in", (part) => {
  const [en, de] = [catalogue(part, "en"), catalogue(part, "de")];
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  for (const key of Object.keys(en)) expect([key, filledIn(de[key] ?? "")]).toEqual([key, filledIn(en[key] ?? "")]);
});

test("no text is empty and no key stands in two parts", () => {
  const all = PARTS.flatMap((part) => Object.entries(catalogue(part, "en")));
  expect(all.filter(([, text]) => text.trim() === "")).toEqual([]);
  expect(new Set(all.map(([key]) => key)).size).toBe(all.length);
});

test("every key that the page names has a text", () => {
  const known = new Set(PARTS.flatMap((part) => Object.keys(catalogue(part, "en"))));
  const sources = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."));
  const named = sources.flatMap((name) => [...readFileSync(new URL(name, ROOT), "utf8").matchAll(/\bsay\("([\w.-]+)"/g)].map((each) => each[1] ?? ""));
  expect(named.filter((key) => !known.has(key))).toEqual([]);
});
