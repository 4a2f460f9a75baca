/**
 * Time as a site lives it: instants in, wall-clock words out.
 *
 * Charts run along real time, so a clock-change day is 23 or 25 hours wide. Only the words come from the
 * site's zone. An hour that happens twice is told apart by "A" and "B"; an hour that never happens leaves
 * a mark. All offsets in use are whole quarter-hours, so a quarter-hour grid finds every edge.
 */

import { textWidthPx } from "./text";

export const QUARTER_MS = 900_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** A wall-clock reading at a site. */
export interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const partFormats = new Map<string, Intl.DateTimeFormat>();

function partFormat(zone: string): Intl.DateTimeFormat {
  const known = partFormats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  partFormats.set(zone, made);
  return made;
}

/** Read the wall clock of a zone at an instant. */
export function wallAt(atMs: number, zone: string): Wall {
  const found: Record<string, number> = {};
  for (const part of partFormat(zone).formatToParts(atMs)) found[part.type] = Number(part.value);
  return {
    year: found.year ?? 0,
    month: found.month ?? 0,
    day: found.day ?? 0,
    hour: found.hour ?? 0,
    minute: found.minute ?? 0,
  };
}

/** How far the zone's wall clock runs ahead of UTC at an instant. [ms] */
export function offsetMs(atMs: number, zone: string): number {
  const wall = wallAt(atMs, zone);
  const minuteMs = Math.floor(atMs / 60_000) * 60_000;
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute) - minuteMs;
}

/** The zone's clock changes in a range: when, and by how much the wall clock jumps (negative: falls back). */
export function clockChanges(fromMs: number, toMs: number, zone: string): { atMs: number; byMs: number }[] {
  const changes: { atMs: number; byMs: number }[] = [];
  let low = fromMs;
  let lowOffset = offsetMs(low, zone);
  for (let next = fromMs + HOUR_MS * 6; low < toMs; next += HOUR_MS * 6) {
    const high = Math.min(next, toMs);
    const highOffset = offsetMs(high, zone);
    if (highOffset !== lowOffset) changes.push({ atMs: edgeBetween(low, high, zone), byMs: highOffset - lowOffset });
    low = high;
    lowOffset = highOffset;
  }
  return changes;
}

function edgeBetween(lowMs: number, highMs: number, zone: string): number {
  const before = offsetMs(lowMs, zone);
  let low = lowMs;
  let high = highMs;
  while (high - low > 60_000) {
    const middle = Math.floor((low + high) / 120_000) * 60_000;
    if (middle <= low) break;
    if (offsetMs(middle, zone) === before) low = middle;
    else high = middle;
  }
  return Math.round(high / 60_000) * 60_000;
}

/** Which of two equal wall-clock readings this instant is: "A" the first, "B" the second, "" where there is one only. */
export function twinLetter(atMs: number, zone: string): "" | "A" | "B" {
  const offset = offsetMs(atMs, zone);
  const later = offsetMs(atMs + 3 * HOUR_MS, zone);
  if (later < offset && offsetMs(atMs + offset - later, zone) === later) return "A";
  const earlier = offsetMs(atMs - 3 * HOUR_MS, zone);
  if (earlier > offset && offsetMs(atMs - (earlier - offset), zone) === earlier) return "B";
  return "";
}

const two = (value: number): string => String(value).padStart(2, "0");

/** "02:00", or "02:00 A" and "02:00 B" where the hour happens twice. */
export function clock(atMs: number, zone: string): string {
  const wall = wallAt(atMs, zone);
  const letter = twinLetter(atMs, zone);
  return `${two(wall.hour)}:${two(wall.minute)}${letter ? ` ${letter}` : ""}`;
}

/** "Fri 15 May" in the reader's language. */
export function dayWords(atMs: number, zone: string, locale: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, weekday: "short", day: "numeric", month: "short" });
  return parts.format(atMs).replace(",", "");
}

/** The weekday alone, "Friday" or "Freitag". */
export function weekday(atMs: number, zone: string, locale: string, style: "long" | "short" = "long"): string {
  return new Intl.DateTimeFormat(locale, { timeZone: zone, weekday: style }).format(atMs);
}

/** The first instant of the local day that holds this instant; a day that starts at 01:00 is served too. */
export function dayStart(atMs: number, zone: string): number {
  const wall = wallAt(atMs, zone);
  const guess = Date.UTC(wall.year, wall.month - 1, wall.day);
  let start = guess - offsetMs(guess - offsetMs(guess, zone), zone);
  if (wallAt(start, zone).day !== wall.day) start += HOUR_MS;
  return start;
}

/** The next local midnight after this instant: 23, 24 or 25 hours after the last one. */
export function nextDayStart(atMs: number, zone: string): number {
  return dayStart(dayStart(atMs, zone) + 30 * HOUR_MS, zone);
}

/** Every local midnight inside a range, both ends left out. */
export function midnights(fromMs: number, toMs: number, zone: string): number[] {
  const found: number[] = [];
  for (let at = nextDayStart(fromMs, zone); at < toMs; at = nextDayStart(at, zone)) found.push(at);
  return found;
}

/** One mark on the time axis. `jump`: the wall clock skipped ahead here. */
export interface Tick {
  readonly atMs: number;
  readonly label: string;
  readonly kind: "hour" | "midnight" | "twin" | "jump";
}

/** Axis marks on whole local hours, every `everyHours`; hours that happen twice and jumps always get theirs. */
export function timeTicks(fromMs: number, toMs: number, zone: string, everyHours: number): Tick[] {
  const jumps = new Map(clockChanges(fromMs, toMs, zone).map((change) => [change.atMs, change.byMs]));
  const ticks: Tick[] = [];
  for (let at = Math.ceil(fromMs / QUARTER_MS) * QUARTER_MS; at <= toMs; at += QUARTER_MS) {
    const wall = wallAt(at, zone);
    const isJump = (jumps.get(at) ?? 0) > 0;
    if (wall.minute !== 0 && !isJump) continue;
    const isTwin = twinLetter(at, zone) !== "";
    if (wall.hour % everyHours !== 0 && !isTwin && !isJump) continue;
    const kind = isJump ? "jump" : isTwin ? "twin" : wall.hour === 0 ? "midnight" : "hour";
    ticks.push({ atMs: at, label: clock(at, zone), kind });
  }
  return ticks;
}

/** A mark with room for its words: where they stand, and to which side they run. */
export interface PlacedTick extends Tick {
  readonly x: number;
  readonly textX: number;
  readonly anchor: "start" | "middle" | "end";
}

const TICK_PX = 12;
const TICK_GAP_PX = 8;

/**
 * Find room for the words of marks between two edges; words that would touch others are left out.
 *
 * Marks of a clock change come first and are never dropped for others: the two readings of one hour stand
 * back to back. `taken` are stretches that something else covers already.
 */
export function placeTicks(
  ticks: readonly Tick[],
  x: (atMs: number) => number,
  leftPx: number,
  rightPx: number,
  taken: readonly (readonly [number, number])[] = [],
): PlacedTick[] {
  const rank = { jump: 0, twin: 0, midnight: 1, hour: 2 } as const;
  const used = [...taken];
  const placed: PlacedTick[] = [];
  const twins = ticks.filter((tick) => tick.kind === "twin");
  for (const tick of [...ticks].sort((a, b) => rank[a.kind] - rank[b.kind] || a.atMs - b.atMs)) {
    const one = tick.kind === "twin" ? placeTwin(tick, twins, x) : placeInside(tick, x, leftPx, rightPx);
    const extent = extentOf(one);
    if (!used.every(([from, to]) => extent[1] + TICK_GAP_PX <= from || to + TICK_GAP_PX <= extent[0]) && tick.kind !== "twin") continue;
    used.push(extent);
    placed.push(one);
  }
  return placed.sort((a, b) => a.atMs - b.atMs);
}

function placeTwin(tick: Tick, twins: readonly Tick[], x: (atMs: number) => number): PlacedTick {
  const at = x(tick.atMs);
  const other = twins.find((twin) => twin.atMs !== tick.atMs && twin.label.slice(0, 5) === tick.label.slice(0, 5));
  const room = textWidthPx(tick.label, TICK_PX) + TICK_GAP_PX;
  if (!other || Math.abs(x(other.atMs) - at) >= room) return { ...tick, x: at, textX: at, anchor: "middle" };
  const middle = (at + x(other.atMs)) / 2;
  const isFirst = tick.atMs < other.atMs;
  return { ...tick, x: at, textX: middle + (isFirst ? -TICK_GAP_PX : TICK_GAP_PX) / 2, anchor: isFirst ? "end" : "start" };
}

function placeInside(tick: Tick, x: (atMs: number) => number, leftPx: number, rightPx: number): PlacedTick {
  const at = x(tick.atMs);
  const half = textWidthPx(tick.label, TICK_PX) / 2;
  if (at - half < leftPx) return { ...tick, x: at, textX: at, anchor: "start" };
  if (at + half > rightPx) return { ...tick, x: at, textX: at, anchor: "end" };
  return { ...tick, x: at, textX: at, anchor: "middle" };
}

function extentOf(tick: PlacedTick): [number, number] {
  const width = textWidthPx(tick.label, TICK_PX);
  const start = tick.anchor === "start" ? tick.textX : tick.anchor === "end" ? tick.textX - width : tick.textX - width / 2;
  return [start, start + width];
}

/** The widest reading grid that still has about one mark per `gapPx`. */
export function hoursPerTick(fromMs: number, toMs: number, widthPx: number, gapPx: number): number {
  const hours = (toMs - fromMs) / HOUR_MS;
  for (const every of [1, 2, 3, 6, 12]) if ((widthPx / hours) * every >= gapPx) return every;
  return 24;
}
