/** Numbers to pixels and back, and round numbers to write on an axis. */

/** A straight map from a domain to pixels. */
export interface Scale {
  (value: number): number;
  readonly invert: (px: number) => number;
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
}

/** Build a straight scale; an empty domain maps everything to the start. */
export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const span = domain[1] - domain[0];
  const stretch = span === 0 ? 0 : (range[1] - range[0]) / span;
  const scale = (value: number): number => range[0] + (value - domain[0]) * stretch;
  const invert = (px: number): number => (stretch === 0 ? domain[0] : domain[0] + (px - range[0]) / stretch);
  return Object.assign(scale, { invert, domain, range });
}

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below the value. */
export function niceStep(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const factor of [1, 2, 2.5, 5, 10]) if (factor * power >= value * 0.999_999) return factor * power;
  return 10 * power;
}

/** Round numbers inside [low, high], about `count` of them, zero among them where it lies inside. */
export function roundTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const step = niceStep((high - low) / Math.max(1, count));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)) + 0);
}

/** A finite number or null; NaN, infinities, null and gaps in an array all mean "not known". */
export function known(value: number | null | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Largest known value, or the fallback where nothing is known. */
export function highest(values: readonly (number | null | undefined)[], fallback: number): number {
  let best = Number.NEGATIVE_INFINITY;
  for (const value of values) if (typeof value === "number" && value > best) best = value;
  return Number.isFinite(best) ? best : fallback;
}

/** Smallest known value, or the fallback where nothing is known. */
export function lowest(values: readonly (number | null | undefined)[], fallback: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (const value of values) if (typeof value === "number" && value < best) best = value;
  return Number.isFinite(best) ? best : fallback;
}
