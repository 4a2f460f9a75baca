/** Battery level: measured and expected as one line, likely range as a band, the reserve dashed. */
import { clipped, type Frame, type Place } from "./frame";
import { bandPath, linePath } from "./level";
import type { ModelLevel, PlanModel } from "./planModel";
import { linear } from "./scale";
import type { ChartWords } from "./words";

interface Props {
  readonly model: PlanModel;
  readonly level: ModelLevel;
  readonly frame: Frame;
  readonly place: Place;
  readonly words: ChartWords;
}

export function LevelPanel({ model, level, frame, place, words }: Props) {
  const y = linear([0, 1], [place.y + place.height, place.y]);
  const inside = (atMs: number): boolean => atMs >= model.fromMs && atMs <= model.toMs;
  const shown = level.edgesMs.map((atMs, k) => ({ atMs, k })).filter(({ atMs }) => inside(atMs));
  const pick = (values: readonly number[]): number[] => shown.map(({ k }) => values[k] ?? 0);
  const edges = shown.map(({ atMs }) => atMs);
  return (
    <g>
      {!frame.isNarrow && (
        <>
          <text x={0} y={place.y + 14} className="c-label">{clipped(level.name, frame.left - 30, 13)}</text>
          <text x={0} y={place.y + 30} className="c-sub">{words.full}</text>
        </>
      )}
      {[0, 0.5, 1].map((ratio) => (
        <g key={ratio}>
          <line x1={frame.left} x2={frame.right} y1={y(ratio)} y2={y(ratio)} className={ratio === 0 ? "c-axis" : "c-grid"} />
          {ratio > 0 && <text x={frame.left - 6} y={y(ratio) + 4} textAnchor="end" className="c-tick">{ratio * 100}</text>}
        </g>
      ))}
      <path data-fill="" d={bandPath(edges, pick(level.low), pick(level.high), frame.x, y)} style={{ fill: "var(--battery)" }} fillOpacity={0.2} />
      {[level.past, level.line].map((points, k) => (
        <path
          key={k === 0 ? "past" : "line"}
          d={linePath(points.filter((point) => inside(point.atMs)), frame.x, y)}
          fill="none"
          style={{ stroke: "var(--battery-line)" }}
          strokeWidth={2.4}
          strokeLinejoin="round"
        />
      ))}
      <line x1={frame.left} x2={frame.right} y1={y(level.reserveRatio)} y2={y(level.reserveRatio)} className="c-reserve" />
      <text x={frame.right - 2} y={y(level.reserveRatio) - 5} textAnchor="end" className="c-sub c-halo">{words.reserve(level.reserveRatio)}</text>
    </g>
  );
}
