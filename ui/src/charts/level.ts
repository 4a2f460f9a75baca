/** Battery level: a line for what is expected, a band for what is likely, a dashed line for the reserve. */

/** Points of a level line; `null` breaks it. */
export interface LevelPoint {
  readonly atMs: number;
  readonly ratio: number | null;
}

/** SVG path of a line that breaks where the level is not known. */
export function linePath(points: readonly LevelPoint[], x: (atMs: number) => number, y: (ratio: number) => number): string {
  let path = "";
  let isDown = false;
  for (const point of points) {
    if (point.ratio === null) {
      isDown = false;
      continue;
    }
    path += `${isDown ? "L" : "M"}${x(point.atMs).toFixed(1)},${y(point.ratio).toFixed(1)}`;
    isDown = true;
  }
  return path;
}

/** SVG path of the closed band between two rows of edges; empty where there is no band. */
export function bandPath(
  edgesMs: readonly number[],
  low: readonly number[],
  high: readonly number[],
  x: (atMs: number) => number,
  y: (ratio: number) => number,
): string {
  const count = Math.min(edgesMs.length, low.length, high.length);
  if (count < 2) return "";
  const point = (k: number, ratio: number): string => `${x(edgesMs[k] ?? 0).toFixed(1)},${y(Math.min(1, Math.max(0, ratio))).toFixed(1)}`;
  const over = Array.from({ length: count }, (_, k) => point(k, high[k] ?? 0));
  const under = Array.from({ length: count }, (_, k) => point(count - 1 - k, low[count - 1 - k] ?? 0));
  return `M${over.join("L")}L${under.join("L")}Z`;
}

/** Level at an instant, straight between the two edges around it; null outside. */
export function levelAt(points: readonly LevelPoint[], atMs: number): number | null {
  for (let k = 1; k < points.length; k++) {
    const a = points[k - 1];
    const b = points[k];
    if (!a || !b || atMs < a.atMs || atMs > b.atMs) continue;
    if (a.ratio === null || b.ratio === null) return null;
    const share = b.atMs > a.atMs ? (atMs - a.atMs) / (b.atMs - a.atMs) : 0;
    return a.ratio + (b.ratio - a.ratio) * share;
  }
  return null;
}
