/** Numbers as people read them: one unit for a size, no minus in the home view, "–" for what is unknown. */
import type { Language } from "../words";

export const UNKNOWN = "–";
const THIN = "\u202f";
const UP_W = 1000;
const DOWN_W = 950;

/** A number and its unit, apart because they are drawn apart. */
export interface Amount {
  readonly number: string;
  readonly unit: string;
}

export const UNKNOWN_AMOUNT: Amount = { number: UNKNOWN, unit: "" };

const LOCALE: Record<Language, string> = { en: "en-GB", de: "de-DE" };

export function localeOf(language: Language): string {
  return LOCALE[language];
}

/** Making one costs more than using it a hundred times. */
const formats = new Map<string, Intl.NumberFormat>();

function digits(value: number, count: number, language: Language): string {
  const key = language + String(count);
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(LOCALE[language], { minimumFractionDigits: count, maximumFractionDigits: count })));
  return format.format(value);
}

/** Power as a size. `before` is the unit shown until now: it changes up at 1000 W and down at 950 W, so it does not flicker. */
export function power(powerW: number | null | undefined, language: Language, before?: string): Amount {
  if (powerW === null || powerW === undefined || !Number.isFinite(powerW)) return UNKNOWN_AMOUNT;
  const size = Math.abs(powerW);
  if (size < (before === "kW" ? DOWN_W : UP_W - 0.5)) return { number: digits(size, 0, language), unit: "W" };
  const kw = size / 1000;
  if (kw >= 10_000) return { number: digits(kw / 1000, 1, language), unit: "MW" };
  return { number: digits(kw, kw < 9.995 ? 2 : kw < 99.95 ? 1 : 0, language), unit: "kW" };
}

export function energy(energyKwh: number | null | undefined, language: Language): Amount {
  if (energyKwh === null || energyKwh === undefined || !Number.isFinite(energyKwh)) return UNKNOWN_AMOUNT;
  const size = Math.abs(energyKwh);
  if (size >= 10_000) return { number: digits(size / 1000, 1, language), unit: "MWh" };
  if (size > 0 && size < 0.0995) return { number: digits(size * 1000, 0, language), unit: "Wh" };
  return { number: digits(size, size < 99.95 ? 1 : 0, language), unit: "kWh" };
}

export function money(amount: number | null | undefined, language: Language, currency = "EUR"): string {
  if (amount === null || amount === undefined || !Number.isFinite(amount)) return UNKNOWN;
  const written = Math.abs(amount) < 0.005 ? 0 : amount;
  return new Intl.NumberFormat(LOCALE[language], { style: "currency", currency }).format(written);
}

/** Price in the minor unit: "27.9 ct/kWh". */
export function price(eurPerKwh: number | null | undefined, language: Language): string {
  if (eurPerKwh === null || eurPerKwh === undefined || !Number.isFinite(eurPerKwh)) return UNKNOWN;
  return `${digits(eurPerKwh * 100, 1, language)}${THIN}ct/kWh`;
}

/** A share as number and unit, for big numbers. */
export function share(ratio: number | null | undefined, language: Language): Amount {
  if (ratio === null || ratio === undefined || !Number.isFinite(ratio)) return UNKNOWN_AMOUNT;
  return { number: digits(ratio * 100, 0, language), unit: "%" };
}

export function percent(ratio: number | null | undefined, language: Language): string {
  return text(share(ratio, language));
}

/** An amount as one text: "2.44 kW". */
export function text(amount: Amount): string {
  return amount.unit ? `${amount.number}${THIN}${amount.unit}` : amount.number;
}

export function mass(kg: number | null | undefined, language: Language): Amount {
  if (kg === null || kg === undefined || !Number.isFinite(kg)) return UNKNOWN_AMOUNT;
  return { number: digits(kg, Math.abs(kg) < 99.95 ? 1 : 0, language), unit: "kg" };
}
