/** Languages: catalogues by part of the page, numbers and dates by the browser's own rules. */
import { i18n } from "@lingui/core";
import { I18nProvider, useLingui } from "@lingui/react";
import { type ReactNode, useCallback, useEffect, useState } from "react";

import type { Said } from "./api/shapes";

export type Language = "en" | "de";
export const LANGUAGES: readonly Language[] = ["en", "de"];
const KEPT = "enerwise.language";
type Catalogue = Record<string, never>;

const found = {
  en: import.meta.glob<{ default: Catalogue }>("./locales/*.en.json"),
  de: import.meta.glob<{ default: Catalogue }>("./locales/*.de.json"),
};

/** The language kept in this browser, else the browser's, else English. */
export function preferred(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === "de") return kept;
  return navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
}

/** Parts of the page whose texts are spoken so far; the first view's from the start. */
const wanted = new Set<string>(["shell", "overview"]);

/** Load the catalogues of some parts in a language. */
async function learn(language: Language, parts: Iterable<string>): Promise<void> {
  const loaded = await Promise.all([...parts].map((part) => found[language][`./locales/${part}.${language}.json`]?.()));
  const messages = Object.assign({}, ...loaded.map((each) => each?.default)) as Record<string, string>;
  i18n.load(language, isPseudo() ? lengthened(messages) : messages);
}

/** Speak a language. `?pseudo` lengthens all texts by 40 %, to see what breaks; `?rtl` turns the page. */
export async function speak(language: Language): Promise<void> {
  await learn(language, wanted);
  i18n.activate(language);
  document.documentElement.lang = language;
  document.documentElement.dir = new URLSearchParams(location.search).has("rtl") ? "rtl" : "ltr";
  localStorage.setItem(KEPT, language);
}

/** Load something together with the texts of the parts it needs. */
export function withWords<T>(parts: readonly string[], load: () => Promise<T>): () => Promise<T> {
  return async () => {
    const isNew = parts.filter((part) => !wanted.has(part));
    for (const part of isNew) wanted.add(part);
    const [loaded] = await Promise.all([load(), isNew.length > 0 ? learn((i18n.locale || preferred()) as Language, isNew) : null]);
    return loaded;
  };
}

function isPseudo(): boolean {
  return new URLSearchParams(location.search).has("pseudo");
}

/** Lengthen the plain text of compiled messages; parts that are filled in stay. */
function lengthened(messages: Record<string, unknown>): Record<string, string> {
  const longer = (part: unknown): unknown => (typeof part === "string" && part.trim() ? `${part}${"~".repeat(Math.ceil(part.length * 0.4))}` : part);
  return Object.fromEntries(Object.entries(messages).map(([key, text]) => [key, Array.isArray(text) ? text.map(longer) : longer(text)])) as Record<string, string>;
}

export function Words({ children }: { readonly children: ReactNode }) {
  const [isReady, setReady] = useState(false);
  useEffect(() => void speak(preferred()).then(() => setReady(true)), []);
  return isReady ? <I18nProvider i18n={i18n}>{children}</I18nProvider> : null;
}

export type Say = (key: string, values?: Record<string, unknown>) => string;

/** `say("overview.title", { share })`: a whole sentence of the catalogue. */
export function useSay(): Say {
  const { i18n: spoken } = useLingui();
  return useCallback((key: string, values?: Record<string, unknown>) => spoken._(key, values), [spoken, spoken.locale]); // eslint-disable-line
}

export function useLanguage(): Language {
  return useLingui().i18n.locale as Language;
}

/** The sentence that the server has written, in the reader's language. */
export function useSaid(): (said: Said) => string {
  const language = useLanguage();
  return useCallback((said: Said) => said[language] || said.en, [language]);
}
