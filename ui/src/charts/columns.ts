/**
 * Dense lines as pixel columns.
 *
 * Where many readings share a pixel, a stroked line is thousands of joined strokes, and a browser without a
 * graphics card spends its time on their corners. The same picture as upright rectangles, one per pixel from
 * the smallest to the largest reading, is painted many times faster and hides no peak.
 */

/** One rectangle: left edge, upper and lower edge. [px] */
export type Column = readonly [x: number, top: number, bottom: number];

/** Readings per pixel from which on columns are drawn. */
export const DENSE = 2;

/**
 * Turn readings into columns.
 *
 * @param from first index, `to` last index, both drawn
 * @param x pixel column of a time, `y` pixel of a value; larger values lie higher, so their y is smaller
 * @returns columns in order; a gap leaves none, and neighbours touch so that a line stays one line
 */
export function columnsOf(
  atS: ArrayLike<number>,
  values: ArrayLike<number | null | undefined>,
  from: number,
  to: number,
  x: (at: number) => number,
  y: (value: number) => number,
): Column[] {
  const found: Column[] = [];
  let column = Number.NaN;
  let top = 0;
  let bottom = 0;
  let last: number | null = null;
  const close = (): void => {
    if (!Number.isNaN(column)) found.push([column, top, bottom]);
    column = Number.NaN;
  };
  for (let k = from; k <= to; k++) {
    const value = values[k];
    if (value === undefined) continue;
    if (value === null || !Number.isFinite(value)) {
      close();
      last = null;
      continue;
    }
    const px = Math.floor(x(atS[k] ?? 0));
    const at = y(value);
    if (px !== column) {
      close();
      column = px;
      top = last === null ? at : Math.min(at, last);
      bottom = last === null ? at : Math.max(at, last);
    } else if (at < top) top = at;
    else if (at > bottom) bottom = at;
    last = at;
  }
  close();
  return found;
}
