/** Names and numbers of what devices measure. A quantity ends in its unit, so any of them can be written. */
import { energy, percent, power, text, UNKNOWN } from "../../formats/numbers";
import { localeOf } from "../../formats/numbers";
import type { Language, Say } from "../../words";
import { has } from "../shared/has";
import type { Value } from "./shapes";

const UNITS: Readonly<Record<string, string>> = { v: "V", a: "A", hz: "Hz", degc: "°C", var: "var", va: "VA", s: "s", ohm: "Ω" };
const DIGITS: Readonly<Record<string, number>> = { v: 1, a: 1, hz: 2, degc: 1 };
const CELLS = /^cell_voltage_/;

/** The name of a quantity; one that has no name in the catalogue is shown as it is called. */
export function quantityName(quantity: string, say: Say): string {
  const key = `devices.q.${quantity}`;
  return has(key) ? say(key) : quantity.replaceAll("_", " ");
}

/** A value with its unit, in the words of a home where there are some. Powers carry a word for their direction. */
export function measured(value: Pick<Value, "quantity" | "value">, say: Say, language: Language): string {
  const { quantity, value: number } = value;
  if (number === null || !Number.isFinite(number)) return UNKNOWN;
  const unit = quantity.slice(quantity.lastIndexOf("_") + 1);
  if (quantity.startsWith("is_")) return say(`devices.q.is_closed.${number ? "yes" : "no"}`);
  if (unit === "w") return power(number, language).number === "0" ? text(power(0, language)) : say(`devices.${number > 0 ? "taken" : "given"}`, { power: text(power(number, language)) });
  if (unit === "wh") return text(energy(number / 1000, language));
  if (unit === "ratio") return percent(number, language);
  if (unit === "code") return String(number);
  if (unit === "ohm" && number >= 1000) return `${written(number / 1000, 0, language)} kΩ`;
  const digits = CELLS.test(quantity) ? 3 : (DIGITS[unit] ?? 1);
  return `${written(number, digits, language)} ${UNITS[unit] ?? ""}`.trimEnd();
}

function written(number: number, digits: number, language: Language): string {
  return new Intl.NumberFormat(localeOf(language), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(number);
}

const FIRST: readonly string[] = ["power_w", "soc_ratio", "energy_wh", "temperature_degc", "available_power_w", "frequency_hz", "soh_ratio", "is_closed"];

/** What people ask for first comes first; the rest keeps its order. */
export function byImportance(values: readonly Value[]): readonly Value[] {
  const rank = (value: Value) => (FIRST.includes(value.quantity) ? FIRST.indexOf(value.quantity) : FIRST.length);
  return [...values].sort((a, b) => rank(a) - rank(b));
}
