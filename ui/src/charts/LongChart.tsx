/** A long chart on the page: buttons and keys to move and stretch, the value under the cursor, a table, a file. */
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { type ChartTable, Tip, type Readout, TableView } from "./ChartFrame";
import { keyMove } from "./cursor";
import { valueAt } from "./joined";
import { longPlot, type LongData, movedRange, plotColumns } from "./longPlot";
import { clock, dayWords } from "./time";
import { useThemeMark } from "./useThemeMark";
import { useWidth } from "./useWidth";
import { useChartWords } from "./words";

interface Props {
  readonly data: LongData;
  readonly zone: string;
  readonly sentence: string;
  readonly unit: string;
  readonly height: number;
  readonly limitsS: readonly [number, number];
  readonly rangeS: readonly [number, number];
  readonly onRange: (fromS: number, toS: number) => void;
  readonly write: (value: number) => string;
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
}

const TABLE_ROWS = 500;

export default function LongChart(props: Props) {
  const { data, zone, height, limitsS, rangeS, isTable, onTable } = props;
  const words = useChartWords();
  const theme = useThemeMark();
  const [box, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const grab = useRef<{ x: number; from: number; to: number } | null>(null);
  const [at, setAt] = useState<{ index: number; px: number } | null>(null);
  const [series, setSeries] = useState(0);
  const [spoken, setSpoken] = useState("");
  const hint = useId();
  const latest = useRef(props);
  latest.current = props;
  const byKey = useRef(false);
  const isReady = width > 0 && !isTable;
  const turn = (toTable: boolean): void => {
    byKey.current = true;
    onTable(toTable);
  };
  useEffect(() => {
    if (byKey.current && !isTable) canvas.current?.focus({ preventScroll: true });
    byKey.current = false;
  }, [isTable]);

  useLayoutEffect(() => {
    if (!isReady || !canvas.current) return;
    const now = latest.current;
    const look = { width, height, zone, locale: words.locale, unit: now.unit, write: now.write };
    const made = longPlot(canvas.current, now.data, look, {
      onCursor: (index, px) => grab.current === null && setAt(index === null ? null : { index, px }),
      onRange: () => undefined,
    });
    made.setScale("x", { min: now.rangeS[0], max: now.rangeS[1] });
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [isReady, width, height, zone, words.locale, theme, data.lines.length]);

  useEffect(() => {
    plot.current?.setData(plotColumns(data), false);
    plot.current?.redraw(true, true);
  }, [data]);
  useEffect(() => plot.current?.setScale("x", { min: rangeS[0], max: rangeS[1] }), [rangeS]);

  const move = (byS: number, factor: number): void => props.onRange(...movedRange(rangeS[0], rangeS[1], byS, factor, limitsS));
  const point = (index: number, line: number): void => {
    const moment = data.atS[index];
    const made = plot.current;
    if (moment === undefined || !made) return;
    if (moment < rangeS[0] || moment > rangeS[1]) move(moment - (rangeS[0] + rangeS[1]) / 2, 1);
    const px = made.valToPos(moment, "x");
    setAt({ index, px: px + made.bbox.left / devicePixelRatio });
    setSeries(line);
    const readout = readoutAt(data, index, line, px, zone, words.locale, props.write, props.unit);
    setSpoken(readout?.spoken ?? "");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const spanS = rangeS[1] - rangeS[0];
    if (event.key === "+" || event.key === "-") return move(0, event.key === "+" ? 0.5 : 2);
    const first = indexAt(data.atS, rangeS[0]);
    const count = Math.max(1, indexAt(data.atS, rangeS[1]) - first);
    const step = Math.max(1, Math.round(count / 200));
    const here = at?.index ?? first;
    const done = keyMove(event.key, { step: Math.round((here - first) / step), series }, Math.ceil(count / step), data.lines.length, 10);
    if (!done || done.kind === "leave") return setAt(null);
    event.preventDefault();
    event.stopPropagation();
    if (done.kind === "table") return turn(true);
    if (event.key === "PageUp" || event.key === "PageDown") return move((event.key === "PageUp" ? -0.5 : 0.5) * spanS, 1);
    if (done.kind === "move") point(Math.min(first + done.cursor.step * step, data.atS.length - 1), done.cursor.series);
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    grab.current = { x: event.clientX, from: rangeS[0], to: rangeS[1] };
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (!grab.current || !plot.current) return;
    const { x, from, to } = grab.current;
    const widthPx = plot.current.bbox.width / devicePixelRatio;
    const [low, high] = movedRange(from, to, ((x - event.clientX) / widthPx) * (to - from), 1, limitsS);
    plot.current.setScale("x", { min: low, max: high });
  };
  const onPointerUp = (): void => {
    const scale = plot.current?.scales.x;
    if (grab.current && scale?.min != null && scale.max != null) props.onRange(scale.min, scale.max);
    grab.current = null;
  };

  const readout = at ? readoutAt(data, at.index, series, at.px, zone, words.locale, props.write, props.unit) : null;
  return (
    <div ref={box} className="chart-box">
      {isTable ? (
        <TableView table={longTable(data, rangeS, zone, words.locale, props.write, words.time)} label={props.sentence} isFocused={byKey.current} onBack={() => turn(false)} />
      ) : (
        <>
          <div
            ref={canvas}
            className="chart-long"
            style={{ height }}
            role="img"
            aria-label={props.sentence}
            aria-describedby={hint}
            tabIndex={0}
            onKeyDown={onKeyDown}
            onPointerDown={onPointerDown}
            onPointerMove={onPointerMove}
            onPointerUp={onPointerUp}
            onPointerCancel={onPointerUp}
            onPointerLeave={() => setAt(null)}
            onBlur={() => setAt(null)}
          />
          <p id={hint} className="vh">{words.longKeys}</p>
          <p className="vh" role="status" aria-live="polite">{spoken}</p>
          {readout && <Tip readout={readout} width={width} />}
          <div className="chart-moves">
            <button type="button" className="btn" onClick={() => move(-(rangeS[1] - rangeS[0]) / 2, 1)}>{words.earlier}</button>
            <button type="button" className="btn" onClick={() => move((rangeS[1] - rangeS[0]) / 2, 1)}>{words.later}</button>
            <button type="button" className="btn" onClick={() => move(0, 0.5)}>{words.closer}</button>
            <button type="button" className="btn" onClick={() => move(0, 2)}>{words.wider}</button>
          </div>
        </>
      )}
    </div>
  );
}

/** First index at or after a moment. */
export function indexAt(atS: ArrayLike<number>, moment: number): number {
  let low = 0;
  let high = atS.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((atS[middle] ?? 0) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

function readoutAt(data: LongData, index: number, series: number, px: number, zone: string, locale: string, write: (value: number) => string, unit: string): Readout | null {
  const moment = data.atS[index];
  if (moment === undefined) return null;
  const title = `${dayWords(moment * 1000, zone, locale)}, ${clock(moment * 1000, zone)}`;
  const lines = data.lines.map((line, k) => {
    const value = valueAt(line.values, index);
    return { label: line.label, value: value === null ? "–" : `${write(value)} ${unit}`, isAt: k === series };
  });
  const here = lines[series];
  return { x: px, title, lines, spoken: here ? `${title}: ${here.label} ${here.value}` : title };
}

/** The shown range in numbers, thinned to what a person can read; the file has every row. */
function longTable(data: LongData, rangeS: readonly [number, number], zone: string, locale: string, write: (value: number) => string, time: string): ChartTable {
  const from = indexAt(data.atS, rangeS[0]);
  const to = indexAt(data.atS, rangeS[1]);
  const step = Math.max(1, Math.ceil((to - from) / TABLE_ROWS));
  const rows = [];
  for (let k = from; k < to; k += step) {
    const moment = (data.atS[k] ?? 0) * 1000;
    const cells = data.lines.map((line) => {
      const value = valueAt(line.values, k);
      return value === null ? null : write(value);
    });
    rows.push([`${dayWords(moment, zone, locale)}, ${clock(moment, zone)}`, ...cells]);
  }
  return { head: [{ label: time }, ...data.lines.map((line) => ({ label: line.label, isNumber: true }))], rows };
}
