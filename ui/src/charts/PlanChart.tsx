/** A plan on one time axis: price, power by source, battery level, temperatures, device lanes. */
import { useId, useMemo } from "react";

import { blockAt } from "./lanes";
import { ChartFrame, type ChartTable, type Readout } from "./ChartFrame";
import { type Cursor, stepAt } from "./cursor";
import { type Frame, frameOf, type Panel, type PanelKind, stackPanels, TOP_PX } from "./frame";
import { LanesPanel } from "./LanesPanel";
import { levelAt } from "./level";
import { LevelPanel } from "./LevelPanel";
import { roleOf } from "./paint";
import { Patterns } from "./Patterns";
import type { ModelBlock, PlanModel } from "./planModel";
import { PowerPanel } from "./PowerPanel";
import { PricePanel } from "./PricePanel";
import { highest, lowest } from "./scale";
import { ABOVE, BELOW, type SourceKey } from "./stack";
import { clock, dayWords, midnights } from "./time";
import { AxisBack, AxisFront, Lit } from "./TimeAxis";
import { degcAt } from "./warmth";
import { WarmthPanel } from "./WarmthPanel";
import { type ChartWords, useChartWords } from "./words";

interface Props {
  readonly model: PlanModel;
  readonly width: number;
  readonly panels: readonly PanelKind[];
  readonly isCompact?: boolean;
  readonly selectedId?: string | null;
  readonly onOpen?: ((blockId: string) => void) | undefined;
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
}

/** One line a reader can walk to with the up and down keys. */
interface Series {
  readonly label: string;
  readonly lane: number | null;
  readonly valueAt: (step: number) => string | null;
}

export function PlanChart({ model, width, panels, isCompact = false, selectedId = null, onOpen, isTable, onTable }: Props) {
  const words = useChartWords();
  const id = useId().replaceAll(":", "");
  const frame = frameOf(model.fromMs, model.toMs, model.stepMs, width, model.lanes.map((lane) => lane.name));
  const stacked = stackPanels(panels, frame.isNarrow, model.lanes.length, model.levels.length, isCompact, model.warmths.length);
  const series = useMemo(() => seriesOf(model, panels, words), [model, panels, words]);
  const selected = findBlock(model, selectedId);
  const axis = { frame, fromMs: model.fromMs, toMs: model.toMs, nowMs: model.nowMs, zone: model.zone, locale: words.locale, endY: stacked.endY };
  const readout = (cursor: Cursor): Readout | null => readoutAt(model, frame, series, cursor, words);
  const open = (cursor: Cursor): void => {
    const found = blockUnder(model, series[cursor.series]?.lane ?? null, model.startMs[cursor.step] ?? model.nowMs);
    if (found) onOpen?.(found.id);
  };
  return (
    <ChartFrame
      sentence={sentenceOf(model, words)}
      width={width}
      height={stacked.height}
      steps={model.startMs.length}
      series={series.length}
      startStep={stepAt(model.startMs, model.nowMs)}
      readout={readout}
      stepOf={(px) => (px < frame.left || px > frame.right ? null : stepAt(model.startMs, frame.x.invert(px)))}
      onOpen={onOpen ? open : undefined}
      table={() => planTable(model, words)}
      isTable={isTable}
      onTable={onTable}
    >
      {(cursor) => (
        <>
          <Patterns id={id} />
          {selected && <Lit frame={frame} startMs={selected.block.startMs} endMs={selected.block.endMs} role={roleOf(selected.kind)} endY={stacked.endY} />}
          <AxisBack {...axis} />
          {stacked.panels.map((panel) => (
            <PanelOf key={`${panel.kind}-${panel.index}`} panel={panel} model={model} frame={frame} words={words} id={id} selectedId={selectedId} onOpen={onOpen} />
          ))}
          <AxisFront {...axis} />
          {cursor && <CursorLine frame={frame} atMs={(model.startMs[cursor.step] ?? 0) + model.stepMs / 2} endY={stacked.endY} />}
        </>
      )}
    </ChartFrame>
  );
}

interface PanelProps {
  readonly panel: Panel;
  readonly model: PlanModel;
  readonly frame: Frame;
  readonly words: ChartWords;
  readonly id: string;
  readonly selectedId: string | null;
  readonly onOpen: ((id: string) => void) | undefined;
}

function PanelOf({ panel, model, frame, words, id, selectedId, onOpen }: PanelProps) {
  const common = { model, frame, place: panel, words, id };
  const level = model.levels[panel.index];
  const warmth = model.warmths[panel.index];
  switch (panel.kind) {
    case "price":
      return <PricePanel {...common} />;
    case "power":
      return <PowerPanel {...common} />;
    case "level":
      return level ? <LevelPanel {...common} level={level} /> : null;
    case "warmth":
      return warmth ? <WarmthPanel {...common} warmth={warmth} /> : null;
    case "lanes":
      return <LanesPanel {...common} selectedId={selectedId} onOpen={onOpen} />;
  }
}

function CursorLine({ frame, atMs, endY }: { readonly frame: Frame; readonly atMs: number; readonly endY: number }) {
  const x = Math.min(Math.max(frame.left, frame.x(atMs)), frame.right);
  return <line x1={x} x2={x} y1={TOP_PX - 6} y2={endY} className="c-cursor" />;
}

function findBlock(model: PlanModel, id: string | null): { block: ModelBlock; kind: string } | null {
  for (const lane of model.lanes) {
    const block = lane.blocks.find((one) => one.id === id);
    if (block) return { block, kind: lane.kind };
  }
  return null;
}

/** The block under the cursor: of its lane, else the most telling one at that time. */
function blockUnder(model: PlanModel, lane: number | null, atMs: number): ModelBlock | null {
  if (lane !== null) return blockAt(model.lanes[lane]?.blocks ?? [], atMs);
  const here = model.lanes.map((one) => blockAt(one.blocks, atMs)).filter((block) => block !== null);
  return here.find((block) => block.level === "strong") ?? here.find((block) => block.level === "soft") ?? here[0] ?? null;
}

function seriesOf(model: PlanModel, panels: readonly PanelKind[], words: ChartWords): Series[] {
  const priced = (values: readonly (number | null)[]) => (k: number): string | null => textOf(values[k], words.priceText);
  const flow = (key: SourceKey): Series => ({ label: words.source[key], lane: null, valueAt: (k) => textOf(model.sources[key][k], words.powerText) });
  const all: Series[] = [];
  if (panels.includes("price")) all.push({ label: words.price, lane: null, valueAt: (k) => (model.published[k] === false ? words.standIn(model.price[k] ?? null) : priced(model.price)(k)) }, { label: words.sells, lane: null, valueAt: priced(model.sells) });
  if (panels.includes("power")) {
    all.push(...[...ABOVE, ...BELOW].map(flow));
    if (model.plannedGridW.some((value) => value !== null)) all.push({ label: words.planned, lane: null, valueAt: (k) => textOf(model.plannedGridW[k], words.powerText) });
  }
  if (panels.includes("level")) {
    for (const level of model.levels) {
      const points = [...level.past.slice(0, -1), ...level.line];
      all.push({ label: `${level.name}, ${words.full}`, lane: null, valueAt: (k) => textOf(levelAt(points, (model.startMs[k] ?? 0) + model.stepMs / 2), words.percent) });
    }
  }
  if (panels.includes("warmth")) {
    for (const warmth of model.warmths) {
      for (const zone of warmth.zones) {
        all.push({ label: `${zone.name}, ${words.degrees}`, lane: null, valueAt: (k) => textOf(degcAt(warmth, zone, (model.startMs[k] ?? 0) + model.stepMs / 2), words.number) });
      }
    }
  }
  if (panels.includes("lanes")) {
    model.lanes.forEach((lane, k) => all.push({ label: lane.name, lane: k, valueAt: (step) => blockAt(lane.blocks, model.startMs[step] ?? 0)?.words[0] ?? null }));
  }
  return all;
}

const textOf = (value: number | null | undefined, write: (value: number) => string): string | null => (value === null || value === undefined ? null : write(value));

function readoutAt(model: PlanModel, frame: Frame, series: readonly Series[], cursor: Cursor, words: ChartWords): Readout | null {
  const atMs = model.startMs[cursor.step];
  if (atMs === undefined) return null;
  const title = `${dayWords(atMs, model.zone, words.locale)}, ${clock(atMs, model.zone)}`;
  const lines = series.map((one, k) => ({ label: one.label, value: one.valueAt(cursor.step) ?? words.unknown, isAt: k === cursor.series, lane: one.lane }));
  const shown = lines.filter((one) => one.isAt || (one.value !== words.unknown && !(one.value === words.powerText(0))));
  const at = lines[cursor.series];
  return { x: frame.x(atMs + model.stepMs / 2), title, lines: shown, spoken: at ? `${title}: ${at.label} ${at.value}` : title };
}

function sentenceOf(model: PlanModel, words: ChartWords): string {
  const day = (atMs: number): string => `${dayWords(atMs, model.zone, words.locale)}, ${clock(atMs, model.zone)}`;
  const told = model.price.map((price, k) => (model.published[k] === false ? null : price));
  const dear = highest(told, Number.NaN);
  const cheap = lowest(told, Number.NaN);
  const at = (price: number): string | null => (Number.isNaN(price) ? null : words.at(words.priceText(price), day(model.startMs[told.indexOf(price)] ?? 0)));
  return words.planSentence(day(model.fromMs), day(model.toMs), at(dear), at(cheap));
}

/** Every quarter-hour of the plan in numbers. */
export function planTable(model: PlanModel, words: ChartWords): ChartTable {
  const series = seriesOf(model, ["price", "power", "level", "warmth", "lanes"], words);
  const days = new Set([model.startMs[0], ...midnights(model.fromMs, model.toMs, model.zone)]);
  return {
    head: [{ label: words.time }, ...series.map((one) => ({ label: one.label, isNumber: one.lane === null }))],
    rows: model.startMs.map((atMs, k) => [
      `${days.has(atMs) ? `${dayWords(atMs, model.zone, words.locale)}, ` : ""}${clock(atMs, model.zone)}`,
      ...series.map((one) => one.valueAt(k)),
    ]),
    fileRows: model.startMs.map((atMs, k) => [new Date(atMs).toISOString(), ...series.map((one) => one.valueAt(k))]),
  };
}
