/** Temperatures of one machine: a line for each zone, and the least and most that is wished for as thin steps. */
import { clipped, type Frame, type Place } from "./frame";
import { ink, line } from "./paint";
import type { PlanModel } from "./planModel";
import { linear, roundTicks } from "./scale";
import { DASHES, edgePath, type ModelWarmth, type ModelZone } from "./warmth";
import type { ChartWords } from "./words";

interface Props {
  readonly model: PlanModel;
  readonly warmth: ModelWarmth;
  readonly frame: Frame;
  readonly place: Place;
  readonly words: ChartWords;
}

export function WarmthPanel({ model, warmth, frame, place, words }: Props) {
  const y = linear(warmth.domain, [place.y + place.height, place.y]);
  const shown = warmth.edgesMs.map((atMs, k) => ({ atMs, k })).filter(({ atMs }) => atMs >= model.fromMs && atMs <= model.toMs);
  const edges = shown.map(({ atMs }) => atMs);
  const path = (values: readonly (number | null)[]): string => edgePath(edges, shown.map(({ k }) => values[k] ?? null), frame.x, y);
  return (
    <g>
      {!frame.isNarrow && (
        <>
          <text x={0} y={place.y + 14} className="c-label">{clipped(warmth.name, frame.left - 30, 13)}</text>
          <text x={0} y={place.y + 30} className="c-sub">{words.degrees}</text>
        </>
      )}
      {roundTicks(warmth.domain[0], warmth.domain[1], 3).map((degc) => (
        <g key={degc}>
          <line x1={frame.left} x2={frame.right} y1={y(degc)} y2={y(degc)} className="c-grid" />
          <text x={frame.left - 6} y={y(degc) + 4} textAnchor="end" className="c-tick">{words.number(degc)}</text>
        </g>
      ))}
      {warmth.zones.map((zone, k) => (
        <Zone key={zone.zone} zone={zone} dash={DASHES[k % DASHES.length]} path={path} />
      ))}
      {warmth.zones.length > 1 && warmth.zones.map((zone, k) => <Name key={zone.zone} zone={zone} at={shown.at(-1)?.k ?? 0} rank={k} right={frame.right} y={y} />)}
    </g>
  );
}

function Zone({ zone, dash, path }: { readonly zone: ModelZone; readonly dash: string | undefined; readonly path: (values: readonly (number | null)[]) => string }) {
  return (
    <>
      {[zone.low, zone.high].map((edge, k) => (
        <path key={k === 0 ? "low" : "high"} d={path(edge)} fill="none" style={{ stroke: line("heat") }} strokeOpacity={0.35} strokeWidth={1.2} strokeDasharray={dash} />
      ))}
      <path data-zone={zone.zone} d={path(zone.degc)} fill="none" style={{ stroke: line("heat") }} strokeWidth={2.4} strokeLinejoin="round" strokeDasharray={dash} />
    </>
  );
}

function Name({ zone, at, rank, right, y }: { readonly zone: ModelZone; readonly at: number; readonly rank: number; readonly right: number; readonly y: (degc: number) => number }) {
  const degc = zone.degc.slice(0, at + 1).findLast((value) => value !== null);
  if (degc === undefined || degc === null) return null;
  return <text x={right - 2} y={y(degc) + (rank % 2 === 0 ? -6 : 14)} textAnchor="end" className="c-sub c-halo" style={{ fill: ink("heat") }}>{zone.name}</text>;
}
