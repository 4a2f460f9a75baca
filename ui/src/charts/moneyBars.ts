/** Money per day or month: what was paid stands solid, what was saved stands hatched on top of it. */
import { linear, roundTicks, type Scale } from "./scale";

/** One day or month; null where nothing was measured. */
export interface MoneyBar {
  readonly day: string;
  readonly paidEur: number | null;
  readonly savedEur: number | null;
}

/** A bar on screen: all edges in pixels. */
export interface PlacedBar {
  readonly day: string;
  readonly x: number;
  readonly width: number;
  readonly paid: readonly [top: number, bottom: number] | null;
  readonly saved: readonly [top: number, bottom: number] | null;
  readonly withoutY: number | null;
}

/** The money axis: both what was paid and what would have been paid fit, zero inside. */
export function moneyScale(bars: readonly MoneyBar[], y0: number, y1: number): Scale {
  const values = bars.flatMap((bar) => (bar.paidEur === null ? [] : [bar.paidEur, bar.paidEur + (bar.savedEur ?? 0)]));
  const high = Math.max(0, ...values);
  const low = Math.min(0, ...values);
  const room = (high - low || 1) * 0.06;
  return linear([low < 0 ? low - room : 0, high > 0 ? high + room : low < 0 ? 0 : 1], [y1, y0]);
}

/** Place bars side by side; a gap stays a gap. `slots` leaves room for days that are still to come. */
export function placeMoney(bars: readonly MoneyBar[], left: number, right: number, y: Scale, slots = bars.length): PlacedBar[] {
  const slot = (right - left) / Math.max(1, slots);
  const gap = Math.min(6, slot * 0.22);
  const span = (a: number, b: number): readonly [number, number] => [Math.min(y(a), y(b)), Math.max(y(a), y(b))];
  return bars.map((bar, k) => {
    const { paidEur, savedEur } = bar;
    const without = paidEur === null || savedEur === null ? null : paidEur + savedEur;
    return {
      day: bar.day,
      x: left + k * slot + gap / 2,
      width: Math.max(1, slot - gap),
      paid: paidEur === null ? null : span(0, paidEur),
      saved: paidEur === null || without === null || without <= paidEur ? null : span(paidEur, without),
      withoutY: without === null ? null : y(without),
    };
  });
}

/** Which bars carry a word below them, so that words never touch. */
export function labelled(count: number, slotPx: number, wordPx: number): number[] {
  const every = [1, 2, 5, 7, 10, 14].find((step) => step * slotPx >= wordPx + 8) ?? 31;
  return Array.from({ length: count }, (_, k) => k).filter((k) => (every % 5 === 0 ? k === 0 || (k + 1) % every === 0 : k % every === 0));
}

/** Round sums for the axis. */
export function moneyTicks(y: Scale): number[] {
  return roundTicks(y.domain[0], y.domain[1], 4);
}
