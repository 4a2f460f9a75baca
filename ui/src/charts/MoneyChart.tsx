/** Savings day by day or month by month. Money is neutral in colour: solid is paid, hatched is saved. */
import { useId } from "react";

import { ChartFrame, type ChartTable, type Readout } from "./ChartFrame";
import { labelled, type MoneyBar, moneyScale, moneyTicks, placeMoney } from "./moneyBars";
import { Patterns } from "./Patterns";
import { textWidthPx } from "./text";

/** One value of a bar that can be read by key or pointer. */
export interface BarValue {
  readonly label: string;
  readonly value: string;
}

interface Props {
  readonly bars: readonly (MoneyBar & { readonly title: string; readonly values: readonly BarValue[] })[];
  /** Days or months of the whole span, those to come among them. */
  readonly slots: number;
  readonly labelOf: (slot: number) => string;
  readonly width: number;
  readonly height: number;
  readonly sentence: string;
  readonly write: (eur: number) => string;
  readonly table: () => ChartTable;
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
  readonly onOpen?: (day: string) => void;
}

/** A day that is still to come has nothing to read. */
function stepAtSlot(slot: number, count: number): number | null {
  return slot < count ? slot : null;
}

const TOP = 10;
const FOOT = 26;

export function MoneyChart({ bars, slots, labelOf, width, height, sentence, write, table, isTable, onTable, onOpen }: Props) {
  const id = useId().replaceAll(":", "");
  const bottom = height - FOOT;
  const y = moneyScale(bars, TOP, bottom);
  const ticks = moneyTicks(y);
  const left = Math.ceil(Math.max(...ticks.map((tick) => textWidthPx(write(tick), 12)))) + 8;
  const right = width - 4;
  const placed = placeMoney(bars, left, right, y, slots);
  const slot = (right - left) / Math.max(1, slots);
  const labels = Array.from({ length: slots }, (_, k) => labelOf(k));
  const words = labelled(slots, slot, Math.max(0, ...labels.map((label) => textWidthPx(label, 12))));
  const readout = ({ step, series }: { step: number; series: number }): Readout | null => {
    const bar = bars[step];
    if (!bar) return null;
    const lines = bar.values.map((one, k) => ({ ...one, isAt: k === series }));
    const here = bar.values[series];
    return { x: left + (step + 0.5) * slot, title: bar.title, lines, spoken: here ? `${bar.title}: ${here.label} ${here.value}` : bar.title };
  };
  return (
    <ChartFrame
      sentence={sentence}
      width={width}
      height={height}
      steps={bars.length}
      series={bars[0]?.values.length ?? 1}
      readout={readout}
      stepOf={(px) => (px < left || px > right ? null : stepAtSlot(Math.floor((px - left) / slot), bars.length))}
      onOpen={onOpen ? ({ step }) => bars[step] && onOpen(bars[step].day) : undefined}
      table={table}
      isTable={isTable}
      onTable={onTable}
      keysKind="bars"
    >
      {(cursor) => (
        <>
          <Patterns id={id} />
          {ticks.map((tick) => (
            <g key={tick}>
              <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} className={tick === 0 ? "c-axis" : "c-grid"} />
              <text x={left - 8} y={y(tick) + 4} textAnchor="end" className="c-tick">{write(tick)}</text>
            </g>
          ))}
          {cursor && <rect x={left + cursor.step * slot} y={TOP} width={slot} height={bottom - TOP} className="c-past" />}
          {words.map((k) => <text key={k} x={left + (k + 0.5) * slot} y={bottom + 18} textAnchor="middle" className="c-tick">{labels[k]}</text>)}
          {placed.map((bar) => (
            <g key={bar.day} onClick={onOpen ? () => onOpen(bar.day) : undefined} style={onOpen ? { cursor: "pointer" } : undefined}>
              {bar.paid === null && <rect x={bar.x} y={TOP} width={bar.width} height={bottom - TOP} fill={`url(#${id}-gap)`} />}
              {bar.saved && (
                <>
                  <rect x={bar.x} y={bar.saved[0]} width={bar.width} height={bar.saved[1] - bar.saved[0]} rx={2} className="c-saved" />
                  <rect x={bar.x} y={bar.saved[0]} width={bar.width} height={bar.saved[1] - bar.saved[0]} rx={2} fill={`url(#${id}-hatch)`} />
                </>
              )}
              {bar.paid && <rect x={bar.x} y={bar.paid[0]} width={bar.width} height={Math.max(1, bar.paid[1] - bar.paid[0])} rx={2} className="c-paid" />}
              {bar.withoutY !== null && <line x1={bar.x - 1} x2={bar.x + bar.width + 1} y1={bar.withoutY} y2={bar.withoutY} className="c-without" />}
              <rect x={bar.x} y={TOP} width={bar.width} height={bottom - TOP} fill="transparent" />
            </g>
          ))}
        </>
      )}
    </ChartFrame>
  );
}
