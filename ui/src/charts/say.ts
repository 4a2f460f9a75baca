/** The reader's language and the ways numbers are written in it, in one hand. */
import { useMemo } from "react";

import { type Amount, energy, localeOf, mass, money, percent, power, text } from "../formats/numbers";
import { type Language, type Say, useLanguage, useSay as useSpoken } from "../words";

/** How numbers are written. Money may be told without its sign, because words tell the direction. */
export interface Formats {
  readonly ct: (eurPerKwh: number) => string;
  readonly number: (value: number) => string;
  readonly percent: (ratio: number | null) => string;
  readonly power: (powerW: number | null) => string;
  readonly energy: (energyKwh: number | null) => string;
  readonly energyAmount: (energyKwh: number | null) => Amount;
  readonly mass: (kg: number | null) => string;
  readonly massAmount: (kg: number | null) => Amount;
  readonly money: (eur: number | null) => string;
  /** Money as a size: a plan that earns says so in words. */
  readonly moneySize: (eur: number | null) => string;
  /** Money on an axis: cents only where the sum has some. */
  readonly moneyRound: (eur: number) => string;
  readonly percentAmount: (ratio: number | null) => Amount;
}

/** All number formats of a language. */
export function formatsOf(language: Language, currency = "EUR"): Formats {
  const one = new Intl.NumberFormat(localeOf(language), { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const plain = new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 2 });
  const size = (value: number | null): number | null => (value === null ? null : Math.abs(value));
  return {
    ct: (price) => one.format(price * 100),
    number: (value) => plain.format(value),
    percent: (ratio) => percent(ratio, language),
    power: (powerW) => text(power(powerW, language)),
    energy: (energyKwh) => text(energy(energyKwh, language)),
    energyAmount: (energyKwh) => energy(energyKwh, language),
    mass: (kg) => text(mass(kg, language)),
    massAmount: (kg) => mass(kg, language),
    money: (eur) => money(eur, language, currency),
    moneyRound: (eur) => new Intl.NumberFormat(localeOf(language), { style: "currency", currency, minimumFractionDigits: Number.isInteger(eur) ? 0 : 2 }).format(eur),
    moneySize: (eur) => money(size(eur), language, currency),
    percentAmount: (ratio) => (ratio === null ? { number: "–", unit: "" } : { number: plain.format(Math.round(ratio * 100)), unit: "%" }),
  };
}

export interface Speech {
  readonly say: Say;
  readonly language: Language;
  readonly locale: string;
  readonly formats: Formats;
}

/** Words, language and number formats for a component. */
export function useSpeech(): Speech {
  const say = useSpoken();
  const language = useLanguage();
  return useMemo(() => ({ say, language, locale: localeOf(language), formats: formatsOf(language) }), [say, language]);
}

/** Words for a code of the server, or the code itself where the catalogue has none. */
export function named(speech: Speech, prefix: string, code: string): string {
  const key = `${prefix}.${code}`;
  const found = speech.say(key);
  return found === key ? code : found;
}
