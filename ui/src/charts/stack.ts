/**
 * Stacked steps: what feeds the house above zero, what is stored or sold below it.
 *
 * Each series becomes a few closed outlines, one per unbroken run, so that lines and forced colours show its
 * true shape. Direction is position and pattern, never another colour.
 */

export type SourceKey = "solar" | "battery" | "grid" | "stored" | "sold";

/** Sizes of one power picture, all at or above zero. [W], arrays run along the steps */
export type Sources = Readonly<Record<SourceKey, readonly (number | null)[]>>;

export const ABOVE: readonly SourceKey[] = ["solar", "battery", "grid"];
export const BELOW: readonly SourceKey[] = ["stored", "sold"];

/** Power that is too small to draw. [W] */
export const DRAWN_FROM_W = 20;

/** One step of a run: left and right edge in ms, lower and upper edge in W (below zero: negative). */
export interface StackStep {
  readonly startMs: number;
  readonly endMs: number;
  readonly baseW: number;
  readonly topW: number;
}

export interface StackRun {
  readonly key: SourceKey;
  readonly steps: readonly StackStep[];
}

/** Unbroken runs of every source, stacked in the order they are drawn. */
export function stackRuns(startMs: readonly number[], stepMs: number, sources: Sources): StackRun[] {
  return [...side(startMs, stepMs, sources, ABOVE, 1), ...side(startMs, stepMs, sources, BELOW, -1)];
}

function side(startMs: readonly number[], stepMs: number, sources: Sources, keys: readonly SourceKey[], sign: 1 | -1): StackRun[] {
  const base = startMs.map(() => 0);
  const runs: StackRun[] = [];
  for (const key of keys) {
    let open: StackStep[] = [];
    const close = (): void => {
      if (open.length) runs.push({ key, steps: open });
      open = [];
    };
    startMs.forEach((atMs, k) => {
      const size = Math.max(0, sources[key][k] ?? 0);
      const from = base[k] ?? 0;
      const before = open[open.length - 1];
      if (before && before.endMs !== atMs) close();
      if (size < DRAWN_FROM_W) close();
      else open.push({ startMs: atMs, endMs: atMs + stepMs, baseW: sign * from, topW: sign * (from + size) });
      base[k] = from + size;
    });
    close();
  }
  return runs;
}

/** The closed outline of a run as an SVG path. */
export function runPath(run: StackRun, x: (atMs: number) => number, y: (powerW: number) => number): string {
  const point = (atMs: number, powerW: number): string => `${round(x(atMs))},${round(y(powerW))}`;
  const over = run.steps.flatMap((step) => [point(step.startMs, step.topW), point(step.endMs, step.topW)]);
  const under = [...run.steps].reverse().flatMap((step) => [point(step.endMs, step.baseW), point(step.startMs, step.baseW)]);
  return `M${[...over, ...under].join("L")}Z`;
}

const round = (px: number): number => Math.round(px * 10) / 10;

/** Room the stack needs above and below zero. [W] */
export function stackReach(sources: Sources): { upW: number; downW: number } {
  const reach = (keys: readonly SourceKey[]): number => {
    let best = 0;
    const length = Math.max(...keys.map((key) => sources[key].length), 0);
    for (let k = 0; k < length; k++) best = Math.max(best, keys.reduce((sum, key) => sum + Math.max(0, sources[key][k] ?? 0), 0));
    return best;
  };
  return { upW: reach(ABOVE), downW: reach(BELOW) };
}

/**
 * The power picture of measured values, positive is taken.
 *
 * Solar that is used at once is what the house takes, at most; the rest of it was stored or sold.
 */
export function measuredSources(solarW: number | null, batteryW: number | null, gridW: number | null): Record<SourceKey, number | null> {
  if (gridW === null && solarW === null && batteryW === null) return { solar: null, battery: null, grid: null, stored: null, sold: null };
  const made = Math.max(0, -(solarW ?? 0));
  const battery = batteryW ?? 0;
  const grid = gridW ?? 0;
  const taken = Math.max(0, made - battery + grid);
  return {
    solar: Math.min(made, taken),
    battery: Math.max(0, -battery),
    grid: Math.max(0, grid),
    stored: Math.max(0, battery),
    sold: Math.max(0, -grid),
  };
}
