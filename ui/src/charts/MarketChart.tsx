/** Own offers and deals on one time axis: price against the grid tariff above, energy by how far it has come below. */
import { useId } from "react";

import type { Row } from "./marketModel";
import { ChartFrame, type ChartTable, type Readout } from "./ChartFrame";
import { type Cursor, stepAt } from "./cursor";
import { type Frame, frameOf, type Place, TOP_PX } from "./frame";
import { MarketEnergy, MarketPrice } from "./MarketPanels";
import { Patterns } from "./Patterns";
import { clock, dayWords } from "./time";
import { AxisBack, AxisFront, Lit } from "./TimeAxis";

/** One value of a slot that can be read by key or pointer. */
export interface SlotValue {
  readonly label: string;
  readonly value: string;
}

/** Everything the chart says. */
export interface MarketWords {
  readonly locale: string;
  readonly price: string;
  readonly perKwh: string;
  readonly asks: string;
  readonly gives: string;
  readonly energy: string;
  readonly kwh: string;
  readonly bought: string;
  readonly sold: string;
  readonly ct: (eurPerKwh: number) => string;
  readonly number: (value: number) => string;
}

interface Props {
  readonly rows: readonly Row[];
  readonly valuesOf: (row: Row) => readonly SlotValue[];
  readonly nowMs: number;
  readonly zone: string;
  readonly width: number;
  readonly words: MarketWords;
  readonly sentence: string;
  readonly selectedMs: number | null;
  readonly onOpen: (startMs: number) => void;
  readonly table: () => ChartTable;
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
}

const GAP_PX = 26;
const FOOT_PX = 30;
const HEIGHTS = { price: [168, 112], energy: [150, 104] } as const;

export function MarketChart(props: Props) {
  const { rows, nowMs, zone, width, words, selectedMs } = props;
  const id = useId().replaceAll(":", "");
  const fromMs = rows[0]?.startMs ?? nowMs;
  const toMs = rows[rows.length - 1]?.endMs ?? nowMs;
  const stepMs = (rows[0]?.endMs ?? 0) - fromMs;
  const frame = frameOf(fromMs, toMs, stepMs, width, [words.asks, words.gives]);
  const narrow = frame.isNarrow ? 1 : 0;
  const price: Place = { y: TOP_PX, height: HEIGHTS.price[narrow] };
  const energy: Place = { y: TOP_PX + price.height + GAP_PX, height: HEIGHTS.energy[narrow] };
  const endY = energy.y + energy.height + 8;
  const axis = { frame, fromMs, toMs, nowMs, zone, locale: words.locale, endY };
  const panel = { rows, frame, words, id, nowMs };
  const selected = rows.find((row) => row.startMs === selectedMs);
  const stepOf = (px: number): number | null => (px < frame.left || px > frame.right ? null : stepAt(rows.map((row) => row.startMs), frame.x.invert(px)));
  return (
    <ChartFrame
      sentence={props.sentence}
      width={width}
      height={endY + FOOT_PX}
      steps={rows.length}
      series={rows[0] ? props.valuesOf(rows[0]).length : 1}
      startStep={stepAt(rows.map((row) => row.startMs), nowMs)}
      readout={(cursor) => readoutAt(props, frame, cursor)}
      stepOf={stepOf}
      onOpen={({ step }) => rows[step] && props.onOpen(rows[step].startMs)}
      table={props.table}
      isTable={props.isTable}
      onTable={props.onTable}
    >
      {(cursor) => (
        <g onClick={(event) => openAt(event, stepOf, props)} style={{ cursor: "pointer" }}>
          <Patterns id={id} />
          <rect x={frame.left} y={TOP_PX - 6} width={Math.max(0, frame.right - frame.left)} height={endY - TOP_PX + 6} fill="transparent" />
          {selected && <Lit frame={frame} startMs={selected.startMs} endMs={selected.endMs} role="grid" endY={endY} />}
          <AxisBack {...axis} />
          <MarketPrice {...panel} place={price} />
          <MarketEnergy {...panel} place={energy} />
          <AxisFront {...axis} />
          {cursor && rows[cursor.step] && <CursorLine frame={frame} row={rows[cursor.step] as Row} endY={endY} />}
        </g>
      )}
    </ChartFrame>
  );
}

function openAt(event: React.MouseEvent<SVGGElement>, stepOf: (px: number) => number | null, { rows, onOpen }: Props): void {
  const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
  const step = box ? stepOf(event.clientX - box.left) : null;
  const row = step === null ? undefined : rows[step];
  if (row) onOpen(row.startMs);
}

function CursorLine({ frame, row, endY }: { readonly frame: Frame; readonly row: Row; readonly endY: number }) {
  const x = frame.x((row.startMs + row.endMs) / 2);
  return <line x1={x} x2={x} y1={TOP_PX - 6} y2={endY} className="c-cursor" />;
}

function readoutAt({ rows, valuesOf, zone, words }: Props, frame: Frame, cursor: Cursor): Readout | null {
  const row = rows[cursor.step];
  if (!row) return null;
  const title = `${dayWords(row.startMs, zone, words.locale)}, ${clock(row.startMs, zone)}`;
  const values = valuesOf(row);
  const at = values[cursor.series];
  const lines = values.map((one, k) => ({ ...one, isAt: k === cursor.series })).filter((one) => one.isAt || one.value !== "–");
  return { x: frame.x((row.startMs + row.endMs) / 2), title, lines, spoken: at ? `${title}: ${at.label} ${at.value}` : title };
}
