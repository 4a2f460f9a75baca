/**
 * Price bars: neutral grey, told by height and depth, dear and cheap named in numbers.
 *
 * Steps with one price inside one market hour are one bar. Bars too thin to see become hours. A bar never
 * crosses local midnight, so zones with 30 or 45 minutes get it cut there.
 */
import { known } from "./scale";
import { HOUR_MS, midnights } from "./time";

/** What the bars are drawn from; arrays run along `startMs`. */
export interface PriceSteps {
  readonly startMs: readonly number[];
  readonly stepMs: number;
  readonly price: readonly (number | null)[];
  readonly published: readonly boolean[];
}

/** One bar: [startMs, endMs) at one (mean) price; null where no price is known yet. */
export interface PriceBar {
  readonly startMs: number;
  readonly endMs: number;
  readonly price: number | null;
  readonly isPublished: boolean;
}

/** Bars for a price row, thin steps drawn together to hours when a step is narrower than `thinPx`. */
export function priceBars(steps: PriceSteps, zone: string, stepPx: number, thinPx = 6.5): PriceBar[] {
  const first = steps.startMs[0];
  const last = steps.startMs[steps.startMs.length - 1];
  if (first === undefined || last === undefined) return [];
  const cuts = new Set(midnights(first, last + steps.stepMs, zone));
  const isThin = stepPx < thinPx;
  const groups: number[][] = [];
  steps.startMs.forEach((atMs, k) => {
    const group = groups[groups.length - 1];
    const before = group?.[group.length - 1];
    if (group && before !== undefined && !cuts.has(atMs) && isOneBar(steps, before, k, isThin)) group.push(k);
    else groups.push([k]);
  });
  return groups.map((group) => barOf(steps, group));
}

function isOneBar(steps: PriceSteps, before: number, k: number, isThin: boolean): boolean {
  const a = steps.startMs[before] ?? 0;
  const b = steps.startMs[k] ?? 0;
  const isNext = b - a === steps.stepMs;
  const isSameHour = Math.floor(a / HOUR_MS) === Math.floor(b / HOUR_MS);
  const isSameKind = steps.published[before] === steps.published[k] && (known(steps.price[before]) === null) === (known(steps.price[k]) === null);
  return isNext && isSameHour && isSameKind && (isThin || steps.price[before] === steps.price[k]);
}

function barOf(steps: PriceSteps, group: readonly number[]): PriceBar {
  const firstStep = group[0] ?? 0;
  const startMs = steps.startMs[firstStep] ?? 0;
  const values = group.map((k) => known(steps.price[k])).filter((value) => value !== null);
  const mean = values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  return { startMs, endMs: startMs + group.length * steps.stepMs, price: mean, isPublished: steps.published[firstStep] ?? true };
}

/** How dark a bar is, 0.22 at the cheapest to 0.94 at the dearest. */
export function depth(price: number, low: number, high: number): number {
  const share = high > low ? (price - low) / (high - low) : 0.5;
  return 0.22 + 0.72 * Math.min(1, Math.max(0, share));
}

/** Bars that deserve their number: the dearest, the cheapest, and other clear valleys, most telling first. */
export function tellingBars(bars: readonly PriceBar[], most = 4): number[] {
  const prices = bars.map((bar) => bar.price);
  const order = prices.map((price, k) => ({ price, k })).filter((one): one is { price: number; k: number } => one.price !== null);
  if (order.length === 0) return [];
  const dearest = order.reduce((best, one) => (one.price > best.price ? one : best));
  const cheapest = order.reduce((best, one) => (one.price < best.price ? one : best));
  const span = dearest.price - cheapest.price;
  if (span <= 0) return [dearest.k];
  const valleys = order.filter((one) => one.k !== cheapest.k && valleyDepth(prices, one.k) > span * 0.25);
  valleys.sort((a, b) => valleyDepth(prices, b.k) - valleyDepth(prices, a.k));
  return [dearest.k, cheapest.k, ...valleys.map((one) => one.k)].slice(0, most);
}

/** How far prices rise on the flatter side before something cheaper comes. */
function valleyDepth(prices: readonly (number | null)[], k: number): number {
  const floor = prices[k];
  if (floor === null || floor === undefined) return 0;
  const climb = (direction: 1 | -1): number => {
    let top = floor;
    for (let j = k + direction; j >= 0 && j < prices.length; j += direction) {
      const price: number = prices[j] ?? floor;
      if (price < floor || (price === floor && direction === -1)) break;
      top = Math.max(top, price);
    }
    return top - floor;
  };
  return Math.min(climb(1), climb(-1));
}
