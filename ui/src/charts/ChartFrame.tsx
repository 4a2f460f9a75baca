/**
 * The frame every chart stands in: a picture with a sentence, keys along time, the value under the cursor,
 * a table behind it and a file to take away.
 */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

import { type Cell, saveFile, toCsv } from "./csv";
import { type Cursor, keyMove } from "./cursor";
import "./charts.css";
import { useChartWords } from "./words";

/** The numbers behind a chart. Columns marked `isNumber` stand right. */
export interface ChartTable {
  readonly head: readonly { readonly label: string; readonly isNumber?: boolean }[];
  readonly rows: readonly (readonly Cell[])[];
  /** The same rows with plain numbers, for the file. */
  readonly fileRows?: readonly (readonly Cell[])[];
}

/** What the cursor points at: words for the eye, and one sentence for the ear. */
export interface Readout {
  readonly x: number;
  readonly title: string;
  readonly lines: readonly { readonly label: string; readonly value: string; readonly isAt: boolean }[];
  readonly spoken: string;
}

interface Props {
  /** One sentence that says what the chart shows. */
  readonly sentence: string;
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  readonly series: number;
  /** Where the cursor starts when the chart is entered by keyboard. */
  readonly startStep?: number;
  readonly readout: (cursor: Cursor) => Readout | null;
  readonly stepOf: (px: number) => number | null;
  readonly onOpen?: ((cursor: Cursor) => void) | undefined;
  readonly table: () => ChartTable;
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
  readonly keysKind?: "plan" | "bars";
  readonly children: (cursor: Cursor | null) => ReactNode;
}

/** Draw a chart, or its table, and serve keys and pointer. */
export function ChartFrame(props: Props) {
  const { width, height, isTable, onTable, onOpen } = props;
  const words = useChartWords();
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const [spoken, setSpoken] = useState("");
  const hint = useId();
  const svg = useRef<SVGSVGElement>(null);
  const byKey = useRef(false);
  const home = { step: props.startStep ?? 0, series: 0 };

  // Whoever turns the chart by key stays in it; whoever presses the button stays on the button.
  const turn = (toTable: boolean): void => {
    byKey.current = true;
    onTable(toTable);
  };
  useEffect(() => {
    if (byKey.current && !isTable) svg.current?.focus({ preventScroll: true });
    byKey.current = false;
  }, [isTable]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = keyMove(event.key, cursor ?? home, props.steps, props.series);
    if (!move) return;
    if (move.kind === "leave") return setCursor(null);
    event.preventDefault();
    event.stopPropagation();
    if (move.kind === "table") return turn(true);
    if (move.kind === "open") return onOpen?.(cursor ?? home);
    const next = cursor === null ? { ...home, series: move.cursor.series } : move.cursor;
    setCursor(next);
    setSpoken(props.readout(next)?.spoken ?? "");
  };
  const onPointer = (event: PointerEvent): void => {
    const box = svg.current?.getBoundingClientRect();
    if (!box) return;
    const step = props.stepOf(event.clientX - box.left);
    setCursor(step === null ? null : { step, series: cursor?.series ?? 0 });
  };

  if (isTable) return <TableView table={props.table()} label={props.sentence} isFocused={byKey.current} onBack={() => turn(false)} />;
  const readout = cursor ? props.readout(cursor) : null;
  return (
    <div className="chart-box">
      <svg
        ref={svg}
        className="chart-svg"
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={props.sentence}
        aria-describedby={hint}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(null)}
        onPointerMove={onPointer}
        onPointerLeave={() => setCursor(null)}
      >
        {props.children(cursor)}
      </svg>
      <p id={hint} className="vh">{props.keysKind === "bars" ? words.barKeys : words.keys}</p>
      <p className="vh" role="status" aria-live="polite">{spoken}</p>
      {readout && <Tip readout={readout} width={width} />}
    </div>
  );
}

export function Tip({ readout, width }: { readonly readout: Readout; readonly width: number }) {
  const isLate = readout.x > width * 0.55;
  const style = isLate ? { right: Math.max(0, width - readout.x + 12), top: 20 } : { left: readout.x + 12, top: 20 };
  return (
    <div className="chart-tip" style={style} aria-hidden="true">
      <strong>{readout.title}</strong>
      <dl>
        {readout.lines.map((one, k) => (
          <div key={k} style={{ display: "contents" }} className={one.isAt ? "is-at" : undefined}>
            <dt className={one.isAt ? "is-at" : undefined}>{one.label}</dt>
            <dd>{one.value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

interface TableProps {
  readonly table: ChartTable;
  readonly label: string;
  readonly isFocused: boolean;
  readonly onBack: () => void;
}

/** The table behind a chart; `t` leads back to the picture. */
export function TableView({ table, label, isFocused, onBack }: TableProps) {
  const box = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(isFocused);
  useEffect(() => {
    if (wantsFocus.current) box.current?.focus({ preventScroll: true });
    wantsFocus.current = false;
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== "t" || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    onBack();
  };
  return (
    <div className="chart-table" tabIndex={0} role="group" aria-label={label} onKeyDown={onKeyDown} ref={box}>
      <table>
        <thead>
          <tr>{table.head.map((one, k) => <th key={k} scope="col" className={one.isNumber ? "num" : undefined}>{one.label}</th>)}</tr>
        </thead>
        <tbody>
          {table.rows.map((row, k) => (
            <tr key={k}>{row.map((value, j) => <td key={j} className={table.head[j]?.isNumber ? "num" : undefined}>{value ?? "–"}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ToolsProps {
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
  readonly table: () => ChartTable;
  readonly fileName: string;
}

/** The two buttons every chart has: show as table, and the file. */
export function ChartTools({ isTable, onTable, table, fileName }: ToolsProps) {
  const words = useChartWords();
  const save = (): void => {
    const { head, rows, fileRows } = table();
    saveFile(fileName, toCsv(head.map((one) => one.label), fileRows ?? rows));
  };
  return (
    <span className="chart-tools">
      <button type="button" className="link" aria-pressed={isTable} onClick={() => onTable(!isTable)}>{isTable ? words.showChart : words.showTable}</button>
      <button type="button" className="link" onClick={save}>{words.csv}</button>
    </span>
  );
}
