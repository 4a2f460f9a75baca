/** Times as the site's clock shows them, wherever the reader is. */
import type { Language } from "../words";
import { localeOf } from "./numbers";

const MINUTE_MS = 60_000;

export function clock(at: string | number | Date, zone: string, language: Language): string {
  return new Intl.DateTimeFormat(localeOf(language), { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
}

/** "Thu 14 May, 16:40", and the zone where the reader lives in another. */
export function dayAndClock(at: string | number | Date, zone: string, language: Language): string {
  const day = new Intl.DateTimeFormat(localeOf(language), { timeZone: zone, weekday: "short", day: "numeric", month: "short" }).format(new Date(at));
  return `${day}, ${clock(at, zone, language)}${isElsewhere(zone, new Date(at)) ? ` ${placeOf(zone)}` : ""}`;
}

export function weekday(at: string | number | Date, zone: string, language: Language): string {
  return new Intl.DateTimeFormat(localeOf(language), { timeZone: zone, weekday: "long" }).format(new Date(at));
}

/** The local day of an instant, "2026-05-14". */
export function dayOf(at: string | number | Date, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at));
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
  if (dayOf(at, zone) === dayOf(nowMs, zone)) return clock(at, zone, language);
  return dayAndClock(at, zone, language);
}

/** Age in whole units: "14 s", "3 min", "2 h". */
export function age(ageS: number): string {
  if (ageS < 60) return `${Math.max(0, Math.round(ageS))}\u202fs`;
  if (ageS < 3600) return `${Math.round(ageS / 60)}\u202fmin`;
  return `${Math.round(ageS / 3600)}\u202fh`;
}
