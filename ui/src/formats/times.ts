/** Times as the site's clock shows them, wherever the reader is. */
import type { Language } from "../words";
import { localeOf } from "./numbers";

const MINUTE_MS = 60_000;

const HOUR_MS = 60 * MINUTE_MS;
/** Making a format costs more than using it a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: number, zone: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  const key = [zone, locale, ...Object.entries(options).flat()].join();
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options })));
  return made.format(at);
}

function ms(at: string | number | Date): number {
  return new Date(at).getTime();
}

/** Site time, "16:40". The hour that clocks show twice is told apart: "02:30 A", then "02:30 B". */
export function clock(at: string | number | Date, zone: string, language: Language): string {
  const shown = (when: number): string => format(when, zone, localeOf(language), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const now = shown(ms(at));
  // Clocks go back by an hour, in few places by half of one.
  const isAgain = (byMs: number): boolean => shown(ms(at) + byMs) === now;
  if (isAgain(HOUR_MS) || isAgain(HOUR_MS / 2)) return `${now} A`;
  return isAgain(-HOUR_MS) || isAgain(-HOUR_MS / 2) ? `${now} B` : now;
}

/** "Thu 14 May, 16:40", and the zone where the reader lives in another. */
export function dayAndClock(at: string | number | Date, zone: string, language: Language): string {
  const day = format(ms(at), zone, localeOf(language), { weekday: "short", day: "numeric", month: "short" });
  return `${day}, ${clock(at, zone, language)}${isElsewhere(zone, new Date(at)) ? ` ${placeOf(zone)}` : ""}`;
}

export function weekday(at: string | number | Date, zone: string, language: Language): string {
  return format(ms(at), zone, localeOf(language), { weekday: "long" });
}

/** The local day of an instant, "2026-05-14". */
export function dayOf(at: string | number | Date, zone: string): string {
  return format(ms(at), zone, "en-CA", { year: "numeric", month: "2-digit", day: "2-digit" });
}

/** "Berlin" of "Europe/Berlin". */
export function placeOf(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/** Whether the reader's clock shows another time than the site's. */
export function isElsewhere(zone: string, at: Date): boolean {
  const shown = (timeZone?: string) => new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", day: "2-digit" }).format(at);
  return shown(zone) !== shown();
}

/** Minutes from now, in words up to an hour: "in 20 min"; else the clock, else the day too. */
export function soon(at: string, nowMs: number, zone: string, language: Language): string {
  const ahead = Math.round((Date.parse(at) - nowMs) / MINUTE_MS);
  if (Math.abs(ahead) <= 60) return new Intl.RelativeTimeFormat(localeOf(language), { style: "short" }).format(ahead, "minute");
  const time = clock(at, zone, language);
  if (dayOf(at, zone) === dayOf(nowMs, zone)) return time;
  for (const days of [1, -1]) {
    if (dayOf(at, zone) === dayOf(nowMs + days * 24 * HOUR_MS, zone)) return `${new Intl.RelativeTimeFormat(localeOf(language), { numeric: "auto" }).format(days, "day")} ${time}`;
  }
  return dayAndClock(at, zone, language);
}

/** When a change for now ends: at the site's next midnight, but not within two hours. [ms] */
export function endOfChange(nowMs: number, zone: string): number {
  const least = nowMs + 2 * HOUR_MS;
  const today = dayOf(nowMs, zone);
  const quarterMs = 15 * MINUTE_MS;
  // Midnights of all zones lie on a quarter of an hour; a day has at most 25 of them four times.
  for (let at = Math.ceil(nowMs / quarterMs) * quarterMs; at <= nowMs + 26 * HOUR_MS; at += quarterMs) {
    if (dayOf(at, zone) !== today) return Math.max(at, least);
  }
  return least;
}

/** Age in whole units: "14 s", "3 min", "2 h". */
export function age(ageS: number): string {
  if (ageS < 60) return `${Math.max(0, Math.round(ageS))}\u202fs`;
  if (ageS < 3600) return `${Math.round(ageS / 60)}\u202fmin`;
  return `${Math.round(ageS / 3600)}\u202fh`;
}
