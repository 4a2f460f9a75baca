/** Walking a chart by keyboard: along time, and from one series to the next. */

/** Where the reader is: a step along time, and a series. */
export interface Cursor {
  readonly step: number;
  readonly series: number;
}

/** What a key does in a chart. */
export type Move = { readonly kind: "move"; readonly cursor: Cursor } | { readonly kind: "table" } | { readonly kind: "open" } | { readonly kind: "leave" } | null;

/** Turn a key into a move; null for a key that is not the chart's. A page of time is `pageSteps`. */
export function keyMove(key: string, at: Cursor, steps: number, series: number, pageSteps = 4): Move {
  const go = (step: number, line: number): Move => ({
    kind: "move",
    cursor: { step: Math.min(Math.max(0, step), Math.max(0, steps - 1)), series: (line + series) % Math.max(1, series) },
  });
  switch (key) {
    case "ArrowRight":
      return go(at.step + 1, at.series);
    case "ArrowLeft":
      return go(at.step - 1, at.series);
    case "PageDown":
      return go(at.step + pageSteps, at.series);
    case "PageUp":
      return go(at.step - pageSteps, at.series);
    case "Home":
      return go(0, at.series);
    case "End":
      return go(steps - 1, at.series);
    case "ArrowDown":
      return go(at.step, at.series + 1);
    case "ArrowUp":
      return go(at.step, at.series - 1);
    case "t":
    case "T":
      return { kind: "table" };
    case "Enter":
    case " ":
      return { kind: "open" };
    case "Escape":
      return { kind: "leave" };
    default:
      return null;
  }
}

/** The step that holds an instant, clamped to the chart. */
export function stepAt(startMs: readonly number[], atMs: number): number {
  let low = 0;
  let high = startMs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((startMs[middle] ?? 0) <= atMs) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
