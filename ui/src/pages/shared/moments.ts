/** A moment as short as it can be told: with seconds today, with its day before that. */
import { localeOf } from "../../formats/numbers";
import { clock, dayAndClock, dayOf } from "../../formats/times";
import type { Language } from "../../words";

export function momentOf(at: string, nowMs: number, zone: string, language: Language): string {
  if (dayOf(at, zone) !== dayOf(nowMs, zone)) return dayAndClock(at, zone, language);
  return new Intl.DateTimeFormat(localeOf(language), { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(new Date(at));
}

/** A day with its year, for what lies far off. */
export function dayAndYear(at: string, zone: string, language: Language): string {
  return new Intl.DateTimeFormat(localeOf(language), { timeZone: zone, day: "numeric", month: "short", year: "numeric" }).format(new Date(at));
}

/** When something ends: the clock, and its day where that is not today. */
export function endOn(at: string, nowMs: number, zone: string, language: Language): string {
  return dayOf(at, zone) === dayOf(nowMs, zone) ? clock(at, zone, language) : dayAndClock(at, zone, language);
}
