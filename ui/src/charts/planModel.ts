/**
 * A plan made ready to draw: one row of steps from the measured past to the end of the plan.
 *
 * The past is measured, the future is planned; both run along the same real time. Pure, so that it can be
 * tested without a page.
 */
import type { LaneBlock } from "./lanes";
import type { LevelPoint } from "./level";
import { known } from "./scale";
import type { Block, Lane, LevelBand, Plan } from "./shapes";
import { measuredSources, type SourceKey } from "./stack";
import { HOUR_MS, wallAt } from "./time";
import { type ModelWarmth, warmthOf } from "./warmth";

const PAST_SHOWN_MS = 4 * HOUR_MS;

/** A lane block that remembers the block it came from. */
export interface ModelBlock extends LaneBlock {
  readonly block: Block;
}

export interface ModelLane {
  readonly asset: string;
  readonly kind: string;
  readonly name: string;
  readonly blocks: readonly ModelBlock[];
}

export interface ModelLevel {
  readonly asset: string;
  readonly name: string;
  readonly past: readonly LevelPoint[];
  readonly line: readonly LevelPoint[];
  readonly edgesMs: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly reserveRatio: number;
}

/** Everything a plan chart draws. Arrays run along `startMs`; prices in EUR/kWh, power in W. */
export interface PlanModel {
  readonly zone: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly stepMs: number;
  readonly startMs: readonly number[];
  readonly price: readonly (number | null)[];
  readonly sells: readonly (number | null)[];
  readonly published: readonly boolean[];
  readonly sources: Readonly<Record<SourceKey, readonly (number | null)[]>>;
  readonly plannedGridW: readonly (number | null)[];
  readonly levels: readonly ModelLevel[];
  readonly warmths: readonly ModelWarmth[];
  readonly lanes: readonly ModelLane[];
}

type Language = "en" | "de";

/** The language of the two the plan is written in that serves a locale. */
export function saidIn(locale: string): Language {
  return locale.startsWith("de") ? "de" : "en";
}

/** Where a chart starts and ends; null: with the first measured step, with the last planned one. */
export interface Window {
  readonly fromMs?: number | null;
  readonly toMs?: number | null;
}

/** Join past and plan of a plan into one model. `nowMs` is the site's time now. */
export function planModel(plan: Plan, nowMs: number, locale: string, window: Window = {}): PlanModel {
  const stepMs = plan.step_s * 1000;
  const planMs = plan.start_utc.map((at) => Date.parse(at));
  const pastMs = plan.past.start_utc.map((at) => Date.parse(at));
  const measuredTo = pastMs.length ? (pastMs[pastMs.length - 1] ?? 0) + stepMs : Number.NEGATIVE_INFINITY;
  const firstMs = Math.min(pastMs[0] ?? Number.POSITIVE_INFINITY, planMs[0] ?? Number.POSITIVE_INFINITY);
  const fromMs = Math.max(window.fromMs ?? firstMs, Math.min(firstMs, nowMs));
  const toMs = Math.min(window.toMs ?? Number.POSITIVE_INFINITY, (planMs[planMs.length - 1] ?? nowMs) + stepMs);
  const pastAt = new Map(pastMs.map((atMs, k) => [atMs, k]));
  const planAt = new Map(planMs.map((atMs, k) => [atMs, k]));
  const all = [...new Set([...pastMs, ...planMs])].sort((a, b) => a - b);
  const startMs = all.filter((atMs) => atMs + stepMs > fromMs && atMs < toMs);
  const kinds = new Map(plan.lanes.map((lane) => [lane.asset, lane.kind]));
  const rows = startMs.map((atMs) => {
    const past = pastAt.get(atMs);
    const step = planAt.get(atMs);
    const measured = past === undefined ? null : pastSources(plan, past, kinds);
    const useMeasured = measured !== null && (step === undefined || measured.grid !== null);
    return {
      price: step === undefined ? known(plan.past.import_eur_per_kwh?.[past ?? -1]) : known(plan.price.import_eur_per_kwh[step]),
      sells: step === undefined ? known(plan.past.export_eur_per_kwh?.[past ?? -1]) : known(plan.price.export_eur_per_kwh[step]),
      published: step === undefined ? true : (plan.price.published[step] ?? true),
      sources: useMeasured ? measured : step === undefined ? NOTHING : plannedSources(plan, step),
      planned: past === undefined ? null : known(plan.past.planned_grid_w[past]),
    };
  });
  const column = (key: SourceKey): (number | null)[] => rows.map((row) => row.sources[key]);
  return {
    zone: plan.timezone,
    fromMs,
    toMs,
    nowMs,
    stepMs,
    startMs,
    price: rows.map((row) => row.price),
    sells: rows.map((row) => row.sells),
    published: rows.map((row) => row.published),
    sources: { solar: column("solar"), battery: column("battery"), grid: column("grid"), stored: column("stored"), sold: column("sold") },
    plannedGridW: rows.map((row) => row.planned),
    levels: plan.level.map((band) => levelOf(plan, band, planMs, pastMs, stepMs, Math.max(measuredTo, fromMs))),
    warmths: warmthOf(plan),
    lanes: plan.lanes.filter(isTold).map((lane) => laneOf(lane, saidIn(locale))),
  };
}

const NOTHING: Record<SourceKey, number | null> = { solar: null, battery: null, grid: null, stored: null, sold: null };

function plannedSources(plan: Plan, k: number): Record<SourceKey, number | null> {
  const { solar_w, battery_w, grid_w, stored_w, sold_w } = plan.sources;
  return { solar: known(solar_w[k]), battery: known(battery_w[k]), grid: known(grid_w[k]), stored: known(stored_w[k]), sold: known(sold_w[k]) };
}

function pastSources(plan: Plan, k: number, kinds: ReadonlyMap<string, string>): Record<SourceKey, number | null> {
  const isBattery = (asset: string): boolean => kinds.get(asset) === "battery" || plan.level.some((band) => band.asset === asset && !kinds.has(asset));
  const isSolar = (asset: string, values: readonly (number | null)[]): boolean =>
    kinds.get(asset) === "pv" || (!kinds.has(asset) && !isBattery(asset) && asset !== "grid" && asset !== "load" && values.every((value) => (value ?? 0) <= 0));
  const sum = (pick: (asset: string, values: readonly (number | null)[]) => boolean): number | null => {
    const found = Object.entries(plan.past.power_w).filter(([asset, values]) => pick(asset, values));
    const values = found.map(([, column]) => known(column[k])).filter((value) => value !== null);
    return values.length ? values.reduce((total, value) => total + value, 0) : null;
  };
  return measuredSources(sum(isSolar), sum(isBattery), known(plan.past.power_w.grid?.[k]));
}

function levelOf(plan: Plan, band: LevelBand, planMs: readonly number[], pastMs: readonly number[], stepMs: number, nowMs: number): ModelLevel {
  const last = planMs[planMs.length - 1];
  const edgesMs = last === undefined ? [] : [...planMs, last + stepMs];
  const from = Math.max(0, edgesMs.findLastIndex((atMs) => atMs <= nowMs));
  const past = (plan.past.soc_ratio[band.asset] ?? []).map((ratio, k) => ({ atMs: pastMs[k] ?? 0, ratio: known(ratio) }));
  const line = edgesMs.slice(from).map((atMs, k) => ({ atMs, ratio: known(band.soc_ratio[from + k]) }));
  // Measured levels stand at the beginning of a step; the plan carries the last one on.
  const joined = past.length && line[0] ? [...past.filter((point) => point.atMs < (line[0]?.atMs ?? 0)), line[0]] : past;
  return {
    asset: band.asset,
    name: plan.lanes.find((lane) => lane.asset === band.asset)?.name ?? band.asset,
    past: joined,
    line,
    edgesMs: edgesMs.slice(from),
    low: band.low_ratio.slice(from),
    high: band.high_ratio.slice(from),
    reserveRatio: band.reserve_ratio,
  };
}

/** A roof that only produces has nothing to tell in a lane. */
export function isTold(lane: Lane): boolean {
  return lane.blocks.some((block) => block.deed !== "produces");
}

function laneOf(lane: Lane, language: Language): ModelLane {
  const blocks = lane.blocks.map((block): ModelBlock => ({
    id: block.id,
    startMs: Date.parse(block.start),
    endMs: Date.parse(block.end),
    level: block.level,
    words: block.words[language].filter((words) => words !== ""),
    block,
  }));
  return { asset: lane.asset, kind: lane.kind, name: lane.name, blocks };
}

/** The window a plan opens with: some measured hours, begun on a round one, and all that is planned. */
export function planWindow(nowMs: number, zone: string): Window {
  const back = nowMs - PAST_SHOWN_MS;
  const wall = wallAt(back, zone);
  return { fromMs: back - ((wall.hour % 3) * HOUR_MS + wall.minute * 60_000), toMs: null };
}

/** A window of the next hours, starting now. */
export function nextHours(nowMs: number, hours: number): Window {
  return { fromMs: nowMs, toMs: nowMs + hours * HOUR_MS };
}
