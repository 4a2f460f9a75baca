/**
 * Long measurements on a canvas: a year at five minutes in four lines, drawn at once and moved smoothly.
 *
 * uPlot draws; time marks, words and colours are ours. Two measures are left for whoever looks:
 * `long-chart-first-draw`, and one `long-chart-draw` for each repaint.
 */
import uPlot from "uplot";

import { columnsOf, DENSE } from "./columns";
import { longTicks } from "./longTicks";
import type { Role } from "./paint";
import { roundTicks } from "./scale";

/** One line of a long chart. `values` run along the times; null is a gap and stays one, undefined is only another line's moment. */
export interface LongLine {
  readonly key: string;
  readonly label: string;
  readonly role: Role;
  readonly values: ArrayLike<number | null | undefined>;
}

/** What a long chart draws: times in seconds since 1970, ascending. */
export interface LongData {
  readonly atS: ArrayLike<number>;
  readonly lines: readonly LongLine[];
}

export interface LongLook {
  readonly width: number;
  readonly height: number;
  readonly zone: string;
  readonly locale: string;
  readonly unit: string;
  readonly write: (value: number) => string;
}

/** What the chart tells its owner. */
export interface LongEvents {
  readonly onCursor: (index: number | null, px: number) => void;
  readonly onRange: (fromS: number, toS: number) => void;
}

const LINE_PX = 1.4;
const DASHES: readonly number[][] = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** Colours as the page wears them now; forced colours leave lines, told apart by dashes. */
function painter(): { of: (token: string) => string; isForced: boolean } {
  const style = getComputedStyle(document.documentElement);
  const isForced = matchMedia("(forced-colors: active)").matches;
  return { of: (token) => (isForced ? "CanvasText" : style.getPropertyValue(token).trim()), isForced };
}

const straight = uPlot.paths.linear?.() as uPlot.Series.PathBuilder;

/** Whether readings crowd, so that a line would only be corners. */
function isDense(plot: uPlot): boolean {
  const { min = 0, max = 0 } = plot.scales.x ?? {};
  const times = plot.data[0];
  const step = ((times[times.length - 1] ?? 0) - (times[0] ?? 0)) / Math.max(1, times.length - 1);
  return step > 0 && ((max ?? 0) - (min ?? 0)) / step > DENSE * plot.bbox.width;
}

/** Paint every line as columns; rectangles on whole pixels cost next to nothing. */
function paintColumns(plot: uPlot, colors: readonly string[]): void {
  const { ctx, bbox, data } = plot;
  const thick = Math.max(1, Math.round(LINE_PX * devicePixelRatio));
  const { min = 0, max = 0 } = plot.scales.x ?? {};
  const from = Math.max(0, plot.valToIdx(min ?? 0));
  const to = plot.valToIdx(max ?? 0);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  colors.forEach((color, k) => {
    ctx.fillStyle = color;
    const columns = columnsOf(data[0], data[k + 1] ?? [], from, to, (at) => plot.valToPos(at, "x", true), (value) => plot.valToPos(value, "y", true));
    for (const [x, top, bottom] of columns) ctx.fillRect(x, Math.round(top), 1, Math.max(thick, Math.round(bottom - top)));
  });
  ctx.restore();
}

/** Columns as uPlot takes them; typed arrays pass without a copy. */
export function plotColumns(data: LongData): uPlot.AlignedData {
  return [data.atS, ...data.lines.map((line) => line.values)] as unknown as uPlot.AlignedData;
}

/** Make the plot inside a box. Call `destroy` on what comes back. */
export function longPlot(box: HTMLElement, data: LongData, look: LongLook, events: LongEvents): uPlot {
  const started = performance.now();
  let drawStart = started;
  let isFirst = true;
  const paint = painter();
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis: uPlot.Axis = { stroke: paint.of("--ink-3"), font, grid: { stroke: paint.of("--hair"), width: 1 }, ticks: { show: false } };
  const lines = data.lines.map((line, k): uPlot.Series => ({
    label: line.label,
    stroke: paint.of(`--${line.role}-line`),
    width: LINE_PX,
    paths: (plot, k, from, to) => (!paint.isForced && isDense(plot) ? null : straight(plot, k, from, to)),
    dash: paint.isForced ? (DASHES[k % DASHES.length] ?? []) : [],
    points: { show: false },
    spanGaps: false,
  }));
  return new uPlot(
    {
      width: look.width,
      height: look.height,
      padding: [10, 10, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
      scales: { x: { time: true }, y: { range: (_plot, low, high) => [Math.min(0, low ?? 0), Math.max(0, high ?? 1) * 1.05 || 1] } },
      series: [{}, ...lines],
      axes: [
        {
          ...axis,
          size: 30,
          splits: (plot, _axis, from, to) => longTicks(from * 1000, to * 1000, plot.bbox.width / devicePixelRatio, look.zone, look.locale).map((tick) => tick.atMs / 1000),
          values: (plot) => {
            const { min = 0, max = 1 } = plot.scales.x ?? {};
            return longTicks((min ?? 0) * 1000, (max ?? 1) * 1000, plot.bbox.width / devicePixelRatio, look.zone, look.locale).map((tick) => tick.label);
          },
        },
        { ...axis, size: 46, splits: (_plot, _axis, low, high) => roundTicks(low, high, 4), values: (_plot, splits) => splits.map((value) => look.write(value)) },
      ],
      hooks: {
        drawClear: [() => void (drawStart = isFirst ? started : performance.now())],
        draw: [
          (plot) => {
            if (!paint.isForced && isDense(plot)) paintColumns(plot, data.lines.map((line) => paint.of(`--${line.role}-line`)));
            performance.measure(isFirst ? "long-chart-first-draw" : "long-chart-draw", { start: drawStart, end: performance.now() });
            isFirst = false;
          },
        ],
        setCursor: [(plot) => events.onCursor(plot.cursor.idx ?? null, (plot.cursor.left ?? 0) + plot.bbox.left / devicePixelRatio)],
        setScale: [
          (plot, key) => {
            const { min, max } = plot.scales.x ?? {};
            if (key === "x" && min != null && max != null) events.onRange(min, max);
          },
        ],
      },
    },
    plotColumns(data),
    box,
  );
}

/** Move or stretch the shown range, kept inside the limits and never under an hour. */
export function movedRange(fromS: number, toS: number, byS: number, factor: number, limits: readonly [number, number]): [number, number] {
  const span = Math.min(Math.max(3600, (toS - fromS) * factor), limits[1] - limits[0]);
  const middle = (fromS + toS) / 2 + byS;
  const from = Math.min(Math.max(limits[0], middle - span / 2), limits[1] - span);
  return [from, from + span];
}
