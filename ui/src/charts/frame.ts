/** The common ground of all panels of a chart: one time axis, one left column, one now. */
import { linear, type Scale } from "./scale";
import { textWidthPx } from "./text";

/** Below this width a chart drops its word column. [px] */
export const NARROW_PX = 520;

/** Where panels start and end, and how time becomes pixels. */
export interface Frame {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly isNarrow: boolean;
  readonly x: Scale;
  readonly stepPx: number;
}

/** Lay out a frame for a stretch of time; `names` are the lane names that need room in the word column. */
export function frameOf(fromMs: number, toMs: number, stepMs: number, width: number, names: readonly string[]): Frame {
  const isNarrow = width < NARROW_PX;
  const wanted = Math.max(84, ...names.map((name) => 24 + textWidthPx(name, 13) + 8));
  const left = isNarrow ? 34 : Math.min(128, Math.ceil(wanted));
  const right = width - (isNarrow ? 8 : 14);
  const x = linear([fromMs, toMs], [left, right]);
  return { width, left, right, isNarrow, x, stepPx: x(fromMs + stepMs) - x(fromMs) };
}

/** Words cut with an ellipsis to fit a room. */
export function clipped(words: string, roomPx: number, sizePx: number): string {
  if (textWidthPx(words, sizePx) <= roomPx) return words;
  let cut = words;
  while (cut.length > 1 && textWidthPx(`${cut}…`, sizePx) > roomPx) cut = cut.slice(0, -1);
  return `${cut.trimEnd()}…`;
}

/** A panel's place on the page. */
export interface Place {
  readonly y: number;
  readonly height: number;
}

export type PanelKind = "price" | "power" | "level" | "warmth" | "lanes";

/** One panel to draw: `index` tells several levels, or temperatures, apart. */
export interface Panel extends Place {
  readonly kind: PanelKind;
  readonly index: number;
}

export const TOP_PX = 18;
const GAP_PX = 22;
const HEIGHTS: Readonly<Record<PanelKind, readonly [wide: number, narrow: number]>> = {
  price: [92, 64],
  power: [228, 132],
  level: [92, 70],
  warmth: [92, 70],
  lanes: [38, 34],
};
const COMPACT_PX = { price: [72, 64], lanes: [36, 34] } as const;

/** Stack panels from the top; lanes need one row each. Returns where the axis goes as well. */
export function stackPanels(
  kinds: readonly PanelKind[],
  isNarrow: boolean,
  laneCount: number,
  levelCount: number,
  isCompact = false,
  warmthCount = 0,
): { panels: Panel[]; endY: number; height: number } {
  const panels: Panel[] = [];
  let y = TOP_PX;
  const rowOf = (kind: PanelKind): number => {
    const sizes = isCompact && (kind === "price" || kind === "lanes") ? COMPACT_PX[kind] : HEIGHTS[kind];
    return sizes[isNarrow ? 1 : 0];
  };
  for (const kind of kinds) {
    const count = kind === "level" ? levelCount : kind === "warmth" ? warmthCount : 1;
    for (let index = 0; index < count; index++) {
      const height = kind === "lanes" ? rowOf(kind) * laneCount : rowOf(kind);
      if (height === 0) continue;
      panels.push({ kind, index, y, height });
      y += height + GAP_PX;
    }
  }
  const endY = y - GAP_PX;
  return { panels, endY, height: endY + 28 };
}
