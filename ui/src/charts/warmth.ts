/** Temperatures a plan expects: one line for each zone, its band as wished for at the end of each step. */
import { known } from "./scale";
import type { Lane, Plan } from "./shapes";

/** One zone; arrays run along `edgesMs`. A band that nobody minds is open, as null. */
export interface ModelZone {
  readonly zone: string;
  readonly name: string;
  readonly degc: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** All zones of one lane, on one scale of whole degrees. */
export interface ModelWarmth {
  readonly asset: string;
  readonly name: string;
  readonly edgesMs: readonly number[];
  readonly zones: readonly ModelZone[];
  readonly domain: readonly [low: number, high: number];
}

/** How lines of several zones are told apart. */
export const DASHES: readonly (string | undefined)[] = [undefined, "7 4", "2 3", "9 3 2 3"];

/** Warmth of every lane that has any, in the order of the lanes. */
export function warmthOf(plan: Plan): ModelWarmth[] {
  const stepMs = plan.step_s * 1000;
  const starts = plan.start_utc.map((at) => Date.parse(at));
  const last = starts[starts.length - 1];
  const edgesMs = last === undefined ? [] : [...starts, last + stepMs];
  return plan.lanes.filter((lane) => lane.warmth?.length).map((lane) => ofLane(lane, edgesMs));
}

function ofLane(lane: Lane, edgesMs: readonly number[]): ModelWarmth {
  const zones = (lane.warmth ?? []).map((one): ModelZone => ({
    zone: one.zone,
    name: one.name,
    degc: one.degc.map(known),
    // What is wished for at the end of a step is drawn to hold from its beginning.
    low: [known(one.low_degc[0]), ...one.low_degc.map(known)],
    high: [known(one.high_degc[0]), ...one.high_degc.map(known)],
  }));
  const all = zones.flatMap((zone) => [...zone.degc, ...zone.low, ...zone.high]).filter((value) => value !== null);
  const domain: [number, number] = all.length ? [Math.floor(Math.min(...all)) - 1, Math.ceil(Math.max(...all)) + 1] : [0, 1];
  return { asset: lane.asset, name: lane.name, edgesMs, zones, domain };
}

/** SVG path of a line through edges; it breaks where nothing is known. */
export function edgePath(edgesMs: readonly number[], values: readonly (number | null)[], x: (atMs: number) => number, y: (degc: number) => number): string {
  let path = "";
  let isDown = false;
  edgesMs.forEach((atMs, k) => {
    const value = values[k] ?? null;
    if (value !== null) path += `${isDown ? "L" : "M"}${x(atMs).toFixed(1)},${y(value).toFixed(1)}`;
    isDown = value !== null;
  });
  return path;
}

/** Temperature at an instant, straight between the edges around it; null outside. */
export function degcAt(warmth: ModelWarmth, zone: ModelZone, atMs: number): number | null {
  const after = warmth.edgesMs.findIndex((edgeMs) => edgeMs >= atMs);
  if (after < 1) return after === 0 && warmth.edgesMs[0] === atMs ? (zone.degc[0] ?? null) : null;
  const [fromMs, toMs] = [warmth.edgesMs[after - 1] ?? 0, warmth.edgesMs[after] ?? 0];
  const [from, to] = [zone.degc[after - 1] ?? null, zone.degc[after] ?? null];
  return from === null || to === null ? null : from + ((to - from) * (atMs - fromMs)) / (toMs - fromMs);
}
