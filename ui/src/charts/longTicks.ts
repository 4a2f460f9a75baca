/** Axis marks for long stretches: hours, days, weeks, months or years, always on the site's calendar. */
import { clock, DAY_MS, dayStart, HOUR_MS, nextDayStart, timeTicks, wallAt } from "./time";

export interface LongTick {
  readonly atMs: number;
  readonly label: string;
}

type Grain = { readonly kind: "hours" | "days" | "months"; readonly every: number; readonly spanMs: number };

const GRAINS: readonly Grain[] = [
  ...[1, 3, 6, 12].map((every): Grain => ({ kind: "hours", every, spanMs: every * HOUR_MS })),
  ...[1, 2, 7, 14].map((every): Grain => ({ kind: "days", every, spanMs: every * DAY_MS })),
  ...[1, 3, 6, 12, 24, 60].map((every): Grain => ({ kind: "months", every, spanMs: every * 30 * DAY_MS })),
];

/** The finest grain whose marks stand at least `gapPx` apart. */
export function grainFor(fromMs: number, toMs: number, widthPx: number, gapPx = 64): Grain {
  const pxPerMs = widthPx / Math.max(1, toMs - fromMs);
  return GRAINS.find((grain) => grain.spanMs * pxPerMs >= gapPx) ?? (GRAINS[GRAINS.length - 1] as Grain);
}

/** Marks between two instants for a width. */
export function longTicks(fromMs: number, toMs: number, widthPx: number, zone: string, locale: string): LongTick[] {
  const grain = grainFor(fromMs, toMs, widthPx);
  if (grain.kind === "hours") return hourTicks(fromMs, toMs, zone, locale, grain.every);
  return grain.kind === "days" ? dayTicks(fromMs, toMs, zone, locale, grain.every) : monthTicks(fromMs, toMs, zone, locale, grain.every);
}

const dayMonth = (atMs: number, zone: string, locale: string): string => new Intl.DateTimeFormat(locale, { timeZone: zone, day: "numeric", month: "short" }).format(atMs);

function hourTicks(fromMs: number, toMs: number, zone: string, locale: string, every: number): LongTick[] {
  return timeTicks(fromMs, toMs, zone, every).map((tick) => {
    const isMidnight = dayStart(tick.atMs, zone) === tick.atMs;
    return { atMs: tick.atMs, label: isMidnight ? dayMonth(tick.atMs, zone, locale) : clock(tick.atMs, zone) };
  });
}

function dayTicks(fromMs: number, toMs: number, zone: string, locale: string, every: number): LongTick[] {
  const found: LongTick[] = [];
  const first = dayStart(fromMs, zone) === fromMs ? fromMs : nextDayStart(fromMs, zone);
  for (let at = first; at <= toMs; at = nextDayStart(at, zone)) {
    const { year, month, day } = wallAt(at, zone);
    const count = Math.floor(Date.UTC(year, month - 1, day) / DAY_MS);
    if ((count + 3) % every === 0) found.push({ atMs: at, label: dayMonth(at, zone, locale) });
  }
  return found;
}

function monthTicks(fromMs: number, toMs: number, zone: string, locale: string, every: number): LongTick[] {
  const found: LongTick[] = [];
  const { year, month } = wallAt(fromMs, zone);
  const name = new Intl.DateTimeFormat(locale, { timeZone: "UTC", month: "short" });
  for (let count = year * 12 + month - 1; ; count++) {
    const noon = Date.UTC(Math.floor(count / 12), count % 12, 1, 12);
    const at = dayStart(noon, zone);
    if (at > toMs) return found;
    const isJanuary = count % 12 === 0;
    if (at >= fromMs && count % every === 0) found.push({ atMs: at, label: isJanuary ? String(Math.floor(count / 12)) : name.format(noon) });
  }
}
