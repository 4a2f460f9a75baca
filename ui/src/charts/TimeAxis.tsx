/** The shared time axis: hours, midnight with its date, the shaded past, now, and the lit time. */
import { type Frame, TOP_PX } from "./frame";
import { textWidthPx } from "./text";
import { clock, dayWords, hoursPerTick, midnights, placeTicks, timeTicks } from "./time";

interface Props {
  readonly frame: Frame;
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly zone: string;
  readonly locale: string;
  readonly endY: number;
}

const RISE_PX = 6;
const TOP_Y = TOP_PX - RISE_PX;

/** What lies behind the panels: the past, hour lines, midnights. */
export function AxisBack({ frame, fromMs, toMs, nowMs, zone, locale, endY }: Props) {
  const every = hoursPerTick(fromMs, toMs, frame.right - frame.left, frame.isNarrow ? 38 : 46);
  const days = midnights(fromMs, toMs, zone);
  const shaded = Math.min(frame.right, frame.x(nowMs)) - frame.left;
  return (
    <g>
      {shaded > 2 && <rect x={frame.left} y={TOP_Y} width={shaded} height={endY - TOP_Y} className="c-past" />}
      {timeTicks(fromMs, toMs, zone, every).map((tick) => (
        <line key={tick.atMs} x1={frame.x(tick.atMs)} x2={frame.x(tick.atMs)} y1={TOP_Y} y2={endY} className={tick.kind === "hour" ? "c-grid" : tick.kind === "midnight" ? "c-midnight" : "c-grid"} />
      ))}
      {days.map((atMs) => {
        const label = dayWords(atMs, zone, locale);
        const isLate = frame.x(atMs) + 6 + textWidthPx(label, 12) > frame.right;
        return (
          <g key={atMs}>
            <line x1={frame.x(atMs)} x2={frame.x(atMs)} y1={TOP_Y} y2={endY} className="c-midnight" />
            <text x={frame.x(atMs) + (isLate ? -6 : 6)} y={TOP_PX - 8} textAnchor={isLate ? "end" : "start"} className="c-tick">{label}</text>
          </g>
        );
      })}
    </g>
  );
}

/** What lies over the panels: now, and the words of the axis. */
export function AxisFront({ frame, fromMs, toMs, nowMs, zone, endY }: Props) {
  const every = hoursPerTick(fromMs, toMs, frame.right - frame.left, frame.isNarrow ? 38 : 46);
  const hasNow = nowMs >= fromMs - 1000 && nowMs < toMs;
  const label = clock(nowMs, zone);
  const width = textWidthPx(label, 12) + 14;
  const boxX = Math.min(Math.max(frame.left, frame.x(nowMs) - width / 2), frame.right - width);
  const ticks = placeTicks(timeTicks(fromMs, toMs, zone, every), frame.x, frame.left, frame.right, hasNow ? [[boxX, boxX + width]] : []);
  return (
    <g>
      {ticks.map((tick) => (
        <g key={tick.atMs}>
          {tick.kind === "jump" && <path d={`M${tick.x - 4},${endY + 5}l4,-8m0,8l4,-8`} className="c-now" />}
          <text x={tick.textX} y={endY + 18} textAnchor={tick.anchor} className={tick.kind === "twin" || tick.kind === "jump" ? "c-tick c-value" : "c-tick"}>{tick.label}</text>
        </g>
      ))}
      {hasNow && (
        <>
          <line x1={frame.x(nowMs)} x2={frame.x(nowMs)} y1={TOP_Y} y2={endY + 4} className="c-now" />
          <rect x={boxX} y={endY + 5} width={width} height={19} rx={6} className="c-now-box" />
          <text x={boxX + width / 2} y={endY + 18.8} textAnchor="middle" className="c-now-text">{label}</text>
        </>
      )}
    </g>
  );
}

/** The selected time, lit through all panels in the colour of its device. */
export function Lit({ frame, startMs, endMs, role, endY }: { readonly frame: Frame; readonly startMs: number; readonly endMs: number; readonly role: string; readonly endY: number }) {
  const from = Math.max(frame.left, frame.x(startMs));
  const to = Math.min(frame.right, frame.x(endMs));
  if (to <= from) return null;
  return <rect x={from} y={TOP_Y} width={to - from} height={endY - TOP_Y} style={{ fill: `var(--${role})` }} fillOpacity={0.13} />;
}
