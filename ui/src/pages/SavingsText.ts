/** Months and sentences of the savings page: pure, so that every one can be tested. */
import type { Speech } from "../charts/say";
import type { Savings } from "../charts/shapes";
import { DAY_MS, wallAt } from "../charts/time";

/** What is on screen: one month in days, or one year in months. */
export type Period = { readonly kind: "month"; readonly year: number; readonly month: number } | { readonly kind: "year"; readonly year: number };

const two = (value: number): string => String(value).padStart(2, "0");

/** The period of an address, `month=2026-05` or `year=2026`; else the site's month now. */
export function periodOf(month: string | null, year: string | null, nowMs: number, zone: string): Period {
  if (year !== null && /^\d{4}$/.test(year)) return { kind: "year", year: Number(year) };
  const found = month?.match(/^(\d{4})-(0[1-9]|1[0-2])$/);
  if (found) return { kind: "month", year: Number(found[1]), month: Number(found[2]) };
  const wall = wallAt(nowMs, zone);
  return { kind: "month", year: wall.year, month: wall.month };
}

/** "2026-05" or "2026". */
export function periodKey(period: Period): string {
  return period.kind === "year" ? String(period.year) : `${period.year}-${two(period.month)}`;
}

/** The period before or after. */
export function moved(period: Period, by: number): Period {
  if (period.kind === "year") return { kind: "year", year: period.year + by };
  const count = period.year * 12 + period.month - 1 + by;
  return { kind: "month", year: Math.floor(count / 12), month: (count % 12) + 1 };
}

/** First and last local day of the period. */
export function daysOf(period: Period): { from: string; to: string } {
  if (period.kind === "year") return { from: `${period.year}-01-01`, to: `${period.year}-12-31` };
  const last = new Date(Date.UTC(period.year, period.month, 0)).getUTCDate();
  const month = periodKey(period);
  return { from: `${month}-01`, to: `${month}-${two(last)}` };
}

/** Whether the site's time is inside the period, or before it. */
export function isRunning(period: Period, nowMs: number, zone: string): boolean {
  const wall = wallAt(nowMs, zone);
  return period.year === wall.year && (period.kind === "year" || period.month === wall.month);
}

/** Whether a period lies wholly ahead. */
export function isAhead(period: Period, nowMs: number, zone: string): boolean {
  const wall = wallAt(nowMs, zone);
  return period.kind === "year" ? period.year > wall.year : period.year * 12 + period.month > wall.year * 12 + wall.month;
}

/** "May" this year, "May 2025" another, "2026" for a year. */
export function periodName(period: Period, nowMs: number, zone: string, locale: string): string {
  if (period.kind === "year") return String(period.year);
  const isThisYear = period.year === wallAt(nowMs, zone).year;
  return new Intl.DateTimeFormat(locale, { month: "long", ...(isThisYear ? {} : { year: "numeric" }), timeZone: "UTC" }).format(Date.UTC(period.year, period.month - 1, 15));
}

/** The comparison that the headline names. */
export function noPlanning(savings: Savings): Savings["baselines"][number] | undefined {
  return savings.baselines.find((base) => base.name === "no_planning");
}

/** "May so far: €31.20 saved against no planning". */
export function headline(savings: Savings, period: Period, nowMs: number, zone: string, { say, formats, locale }: Speech): string {
  const month = periodName(period, nowMs, zone, locale);
  const base = noPlanning(savings);
  if (!base || savings.bars.every((bar) => bar.paid_eur === null)) return say("savings.titleNone", { month });
  const isLoss = base.saved_eur < -0.004;
  const running = isRunning(period, nowMs, zone);
  const key = isLoss ? (running ? "savings.titleLossSoFar" : "savings.titleLoss") : running ? "savings.title" : "savings.titleDone";
  return say(key, { month, money: formats.moneySize(base.saved_eur) });
}

/** A local day "2026-05-14", or a month "2026-05" by its first, as noon UTC, for naming it. */
export function dayMs(day: string): number {
  return Date.parse(`${day.length === 7 ? `${day}-01` : day.slice(0, 10)}T12:00:00Z`);
}

/** Days of the month, or months of the year, those to come among them. */
export function slotsOf(savings: Pick<Savings, "from" | "to" | "bucket">): number {
  if (savings.bucket === "month") return 12;
  return Math.round((dayMs(savings.to) - dayMs(savings.from)) / DAY_MS) + 1;
}

/** Word below a bar: the day of the month, or the month. */
export function barLabel(day: string, bucket: Savings["bucket"], locale: string): string {
  if (bucket === "day") return String(Number(day.slice(8, 10)));
  return new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" }).format(dayMs(day));
}

/** Full name of a bar: "Thu 14 May", or "May 2026". */
export function barTitle(day: string, bucket: Savings["bucket"], locale: string): string {
  const options: Intl.DateTimeFormatOptions = bucket === "day" ? { weekday: "short", day: "numeric", month: "short" } : { month: "long", year: "numeric" };
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(dayMs(day)).replace(",", "");
}

/** Months to choose from, newest first. */
export function monthsBack(nowMs: number, zone: string, count: number): Period[] {
  const { year, month } = wallAt(nowMs, zone);
  return Array.from({ length: count }, (_, k) => moved({ kind: "month", year, month }, -k));
}
