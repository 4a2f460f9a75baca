/** Power in stacked steps: used above zero, stored and sold hatched below. The past carries the old plan as dots. */
import type { Frame, Place } from "./frame";
import { fill, line, SOURCE_ROLE } from "./paint";
import type { PlanModel } from "./planModel";
import { linear, roundTicks, type Scale } from "./scale";
import { runPath, stackReach, stackRuns } from "./stack";
import { wrapped } from "./text";
import type { ChartWords } from "./words";

interface Props {
  readonly model: PlanModel;
  readonly frame: Frame;
  readonly place: Place;
  readonly words: ChartWords;
  readonly id: string;
}

/** The power axis: room for the tallest stack, zero inside, never less than a kilowatt. */
export function powerScale(model: PlanModel, place: Place): Scale {
  const reach = stackReach(model.sources);
  const up = Math.max(1000, reach.upW * 1.06);
  const down = Math.max(up * 0.12, reach.downW * 1.1);
  return linear([-down, up], [place.y + place.height, place.y]);
}

export function PowerPanel({ model, frame, place, words, id }: Props) {
  const y = powerScale(model, place);
  const ticks = roundTicks(0, y.domain[1] / 1000, 3);
  return (
    <g>
      {!frame.isNarrow && (
        <>
          <text x={0} y={place.y + 14} className="c-label">{words.power}</text>
          <text x={0} y={place.y + 30} className="c-sub">{words.kw}</text>
          <text x={0} y={y(0) - 10} className="c-sub">{words.used}</text>
          {wrapped(words.storedSold, frame.left - 22, 12).map((part, k) => <text key={part} x={0} y={y(0) + 20 + k * 14} className="c-sub">{part}</text>)}
        </>
      )}
      {ticks.map((kw) => (
        <g key={kw}>
          <line x1={frame.left} x2={frame.right} y1={y(kw * 1000)} y2={y(kw * 1000)} className={kw === 0 ? "c-axis" : "c-grid"} />
          <text x={frame.left - 6} y={y(kw * 1000) + 4} textAnchor="end" className="c-tick">{words.number(kw)}</text>
        </g>
      ))}
      {stackRuns(model.startMs, model.stepMs, model.sources).map((run) => {
        const path = runPath(run, (atMs) => frame.x(Math.min(Math.max(atMs, model.fromMs), model.toMs)), y);
        const role = SOURCE_ROLE[run.key];
        const isBelow = run.key === "stored" || run.key === "sold";
        return (
          <g key={`${run.key}-${run.steps[0]?.startMs}`}>
            <path d={path} data-fill="" style={{ fill: fill(role), stroke: line(role) }} strokeWidth={0.8} />
            {isBelow && <path d={path} fill={`url(#${id}-hatch)`} />}
          </g>
        );
      })}
      <PlannedGrid model={model} frame={frame} y={y} />
    </g>
  );
}

/** What the plan had foreseen at the meter, for the time that is measured by now. */
function PlannedGrid({ model, frame, y }: { readonly model: PlanModel; readonly frame: Frame; readonly y: Scale }) {
  let path = "";
  let isDown = false;
  model.plannedGridW.forEach((power, k) => {
    const at = model.startMs[k] ?? 0;
    if (power === null) {
      isDown = false;
      return;
    }
    const level = y(Math.min(Math.max(power, y.domain[0]), y.domain[1])).toFixed(1);
    path += `${isDown ? "L" : "M"}${frame.x(Math.max(at, model.fromMs)).toFixed(1)},${level}H${frame.x(at + model.stepMs).toFixed(1)}`;
    isDown = true;
  });
  return path === "" ? null : <path d={path} className="c-planned" />;
}
