/** Price by height and depth of grey; the dearest and the cheapest in numbers, the selling price as a dotted line. */
import type { Frame, Place } from "./frame";
import type { PlanModel } from "./planModel";
import { depth, priceBars, type PriceBar, tellingBars } from "./price";
import { highest, linear, lowest, type Scale } from "./scale";
import { textWidthPx } from "./text";
import type { ChartWords } from "./words";

interface Props {
  readonly model: PlanModel;
  readonly frame: Frame;
  readonly place: Place;
  readonly words: ChartWords;
  readonly id: string;
}

const HEADROOM = 1.12;

export function PricePanel({ model, frame, place, words, id }: Props) {
  const bars = priceBars({ startMs: model.startMs, stepMs: model.stepMs, price: model.price, published: model.published }, model.zone, frame.stepPx);
  const told = bars.filter((bar) => bar.isPublished).map((bar) => bar.price);
  const low = lowest(told, 0);
  const high = highest(told, highest(model.price, 0.3));
  const top = Math.max(high, highest(model.sells, 0), 0.01) * HEADROOM;
  const y = linear([Math.min(0, low, lowest(model.sells, 0)), top], [place.y + place.height, place.y]);
  const past = lowest(bars.filter((bar) => bar.price !== null).map((bar) => bar.startMs), model.fromMs);
  return (
    <g>
      {!frame.isNarrow && (
        <>
          <text x={0} y={place.y + 14} className="c-label">{words.price}</text>
          <text x={0} y={place.y + 30} className="c-sub">{words.perKwh}</text>
        </>
      )}
      {bars.map((bar) => (
        <Bar key={bar.startMs} bar={bar} frame={frame} y={y} depth={bar.price === null ? 0 : bar.endMs <= model.nowMs ? 0.28 : depth(bar.price, low, high)} isKnownPast={bar.endMs <= past} id={id} from={model.fromMs} to={model.toMs} />
      ))}
      <Sells model={model} frame={frame} y={y} place={place} words={words} />
      <line x1={frame.left} x2={frame.right} y1={y(0)} y2={y(0)} className="c-axis" />
      <Telling bars={bars} frame={frame} y={y} words={words} nowMs={model.nowMs} />
      <NotPublished bars={bars} frame={frame} place={place} words={words} />
    </g>
  );
}

interface BarProps {
  readonly bar: PriceBar;
  readonly frame: Frame;
  readonly y: Scale;
  readonly depth: number;
  readonly isKnownPast: boolean;
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

function Bar({ bar, frame, y, depth: shade, isKnownPast, id, from, to }: BarProps) {
  const left = frame.x(Math.max(from, bar.startMs)) + 0.7;
  const width = Math.max(0.6, frame.x(Math.min(to, bar.endMs)) - left - 0.7);
  if (bar.price === null && (bar.isPublished || isKnownPast)) return null;
  if (bar.price === null || !bar.isPublished) {
    const top = Math.min(y(0) - 1, y(bar.price ?? y.domain[1] * 0.42));
    return (
      <>
        <rect x={left} y={top} width={width} height={y(0) - top} rx={2} className="c-bar-open" />
        <rect x={left} y={top} width={width} height={y(0) - top} rx={2} fill={`url(#${id}-gap)`} />
      </>
    );
  }
  const top = Math.min(y(bar.price), y(0));
  return <rect x={left} y={top} width={width} height={Math.max(1, Math.abs(y(bar.price) - y(0)))} rx={2} className="c-bar" fillOpacity={shade} />;
}

function Sells({ model, frame, y, place, words }: Omit<Props, "id"> & { readonly y: Scale }) {
  let path = "";
  let before: number | null = null;
  model.sells.forEach((price, k) => {
    const at = model.startMs[k] ?? 0;
    if (price !== null) {
      const from = `${frame.x(Math.max(at, model.fromMs)).toFixed(1)},${y(price).toFixed(1)}`;
      path += `${before === null ? "M" : "L"}${from}H${frame.x(Math.min(at + model.stepMs, model.toMs)).toFixed(1)}`;
    }
    before = price;
  });
  if (path === "") return null;
  const first = model.sells.find((price) => price !== null) ?? null;
  const isFlat = model.sells.every((price) => price === null || price === first);
  return (
    <>
      <path d={path} className="c-sells" />
      {!frame.isNarrow && (
        <>
          <line x1={0} x2={10} y1={place.y + place.height - 8} y2={place.y + place.height - 8} className="c-sells" />
          <text x={15} y={place.y + place.height - 4} className="c-sells-text">{isFlat && first !== null ? words.sellsAt(first) : words.sells}</text>
        </>
      )}
    </>
  );
}

function Telling({ bars, frame, y, words, nowMs }: { readonly bars: readonly PriceBar[]; readonly frame: Frame; readonly y: Scale; readonly words: ChartWords; readonly nowMs: number }) {
  const ahead = bars.filter((bar) => bar.endMs > nowMs && bar.isPublished);
  const taken: [number, number][] = [];
  return tellingBars(ahead).map((k) => {
    const bar = ahead[k];
    if (!bar || bar.price === null) return null;
    const label = words.ct(bar.price);
    const half = textWidthPx(label, 12) / 2;
    const middle = Math.min(Math.max((frame.x(bar.startMs) + frame.x(bar.endMs)) / 2, frame.left + half), frame.right - half);
    if (taken.some(([from, to]) => middle + half + 8 > from && to + 8 > middle - half)) return null;
    taken.push([middle - half, middle + half]);
    return (
      <text key={bar.startMs} x={middle} y={Math.min(y(bar.price), y(0)) - 6} textAnchor="middle" className="c-value c-halo">
        {label}
      </text>
    );
  });
}

function NotPublished({ bars, frame, place, words }: { readonly bars: readonly PriceBar[]; readonly frame: Frame; readonly place: Place; readonly words: ChartWords }) {
  const open = bars.filter((bar) => !bar.isPublished);
  const first = open[0];
  const last = open[open.length - 1];
  if (!first || !last) return null;
  const from = frame.x(first.startMs);
  const room = frame.x(last.endMs) - from - 8;
  const label = words.notPublished.find((one) => textWidthPx(one, 12) <= room);
  if (!label) return null;
  return (
    <text x={from + room / 2 + 4} y={place.y + 12} textAnchor="middle" className="c-sub c-halo">
      {label}
    </text>
  );
}
