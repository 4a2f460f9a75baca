/** Lines with times of their own on one common axis. */

/** Columns on common times. `null` is a gap that was measured as one; `undefined` only means "not at this moment". */
export interface Joined {
  readonly atS: number[];
  readonly values: (number | null | undefined)[][];
}

/**
 * Put lines on the union of their times.
 *
 * The server keeps the smallest and largest reading of each stretch at its own moment, so lines do not share
 * times. A line is drawn across moments that are only another line's, and never across a gap of its own.
 */
export function joined(times: readonly (readonly number[])[], values: readonly (readonly (number | null)[])[]): Joined {
  const first = times[0] ?? [];
  if (times.every((one) => one === first || isSame(one, first))) return { atS: [...first], values: values.map((one) => [...one]) };
  const atS = [...new Set(times.flat())].sort((a, b) => a - b);
  const placeOf = new Map(atS.map((at, k) => [at, k]));
  const columns = times.map((own, line) => {
    const column = new Array<number | null | undefined>(atS.length).fill(undefined);
    own.forEach((at, k) => (column[placeOf.get(at) ?? 0] = values[line]?.[k] ?? null));
    return column;
  });
  return { atS, values: columns };
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, k) => value === b[k]);
}

/** The value a line has at an index: its own, else its last one before; null in a gap or before its first. */
export function valueAt(column: ArrayLike<number | null | undefined>, index: number): number | null {
  for (let k = index; k >= 0 && index - k < 64; k--) {
    const value = column[k];
    if (value === null) return null;
    if (value !== undefined) return Number.isFinite(value) ? value : null;
  }
  return null;
}
