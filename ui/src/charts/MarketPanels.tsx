/** The two panels of the market chart. Money is neutral in colour; energy that crosses the connection is the grid's. */
import type { Row } from "./marketModel";
import type { Frame, Place } from "./frame";
import type { MarketWords } from "./MarketChart";
import { highest, linear, lowest, roundTicks, type Scale } from "./scale";
import { textWidthPx } from "./text";

interface Props {
  readonly rows: readonly Row[];
  readonly frame: Frame;
  readonly place: Place;
  readonly words: MarketWords;
  readonly id: string;
  readonly nowMs: number;
}

const HEADROOM = 1.14;
const LEAST_KWH = 0.2;
/** Under the name and unit of a panel. */
const HEAD_PX = 50;

const isDeal = (row: Row): boolean => row.price !== null && (row.boughtKwh > 0 || row.soldKwh > 0);
const limitOf = (row: Row): number | null => row.buyLimit ?? row.sellLimit;

export function MarketPrice({ rows, frame, place, words }: Props) {
  const all = rows.flatMap((row) => [row.price, row.market, row.tariffBuy, row.tariffSell, row.stage === "offered" ? limitOf(row) : null]);
  const y = linear([Math.min(0, lowest(all, 0)), Math.max(highest(all, 0.3), 0.05) * HEADROOM], [place.y + place.height, place.y]);
  return (
    <g>
      {!frame.isNarrow && (
        <>
          <text x={0} y={place.y + 14} className="c-label">{words.price}</text>
          <text x={0} y={place.y + 30} className="c-sub">{words.perKwh}</text>
          <line x1={0} x2={12} y1={place.y + place.height - 26} y2={place.y + place.height - 26} className="m-asks" />
          <text x={17} y={place.y + place.height - 22} className="c-sub">{words.asks}</text>
          <line x1={0} x2={12} y1={place.y + place.height - 6} y2={place.y + place.height - 6} className="c-sells" />
          <text x={17} y={place.y + place.height - 2} className="c-sells-text">{words.gives}</text>
        </>
      )}
      {roundTicks(0, y.domain[1] * 100, 3).map((cents) => (
        <g key={cents}>
          <line x1={frame.left} x2={frame.right} y1={y(cents / 100)} y2={y(cents / 100)} className={cents === 0 ? "c-axis" : "c-grid"} />
          <text x={frame.left - 6} y={y(cents / 100) + 4} textAnchor="end" className="c-tick">{words.number(cents)}</text>
        </g>
      ))}
      {rows.map((row) => <PriceBar key={row.startMs} row={row} frame={frame} y={y} />)}
      <path d={steps(rows, (row) => row.tariffSell, frame, y)} className="c-sells" />
      <path d={steps(rows, (row) => row.tariffBuy, frame, y)} className="m-asks" />
      <Telling rows={rows} frame={frame} y={y} words={words} />
    </g>
  );
}

function PriceBar({ row, frame, y }: { readonly row: Row; readonly frame: Frame; readonly y: Scale }) {
  const { x, width } = spanOf(row, frame);
  const limit = row.stage === "offered" ? limitOf(row) : null;
  if (limit !== null) return <rect {...upTo(limit, y)} x={x} width={width} rx={1.5} className="m-offer" />;
  const price = isDeal(row) ? row.price : row.market;
  if (price === null) return null;
  return <rect {...upTo(price, y)} x={x} width={width} rx={1.5} className={isDeal(row) ? "m-deal" : "c-bar-open"} />;
}

function upTo(value: number, y: Scale): { y: number; height: number } {
  return { y: Math.min(y(value), y(0)), height: Math.max(1, Math.abs(y(value) - y(0))) };
}

/** The cheapest and the dearest own deal in numbers. */
function Telling({ rows, frame, y, words }: { readonly rows: readonly Row[]; readonly frame: Frame; readonly y: Scale; readonly words: MarketWords }) {
  const deals = rows.filter(isDeal);
  const cheapest = deals.reduce<Row | null>((best, row) => (best === null || (row.price ?? 0) < (best.price ?? 0) ? row : best), null);
  const dearest = deals.reduce<Row | null>((best, row) => (best === null || (row.price ?? 0) > (best.price ?? 0) ? row : best), null);
  const taken: [number, number][] = [];
  return [cheapest, cheapest?.price === dearest?.price ? null : dearest].map((row) => {
    if (row === null || row.price === null) return null;
    const label = words.ct(row.price);
    const half = textWidthPx(label, 12) / 2;
    const x = Math.min(Math.max((frame.x(row.startMs) + frame.x(row.endMs)) / 2, frame.left + half), frame.right - half);
    if (taken.some(([from, to]) => x + half + 6 > from && to + 6 > x - half)) return null;
    taken.push([x - half, x + half]);
    return <text key={row.startMs} x={x} y={y(row.price) - 6} textAnchor="middle" className="c-value c-halo">{label}</text>;
  });
}

export function MarketEnergy({ rows, frame, place, words, id }: Props) {
  const up = Math.max(LEAST_KWH, highest(rows.map((row) => Math.max(row.boughtKwh, row.offerBuyKwh)), 0));
  const down = highest(rows.map((row) => Math.max(row.soldKwh, row.offerSellKwh)), 0);
  const y = linear([down > 0 ? -Math.max(down * 1.08, up * 0.12) : 0, up * 1.08], [place.y + place.height, place.y]);
  return (
    <g>
      {!frame.isNarrow && (
        <>
          <text x={0} y={place.y + 14} className="c-label">{words.energy}</text>
          <text x={0} y={place.y + 30} className="c-sub">{words.kwh}</text>
          {y(0) - 8 > place.y + HEAD_PX && <text x={0} y={y(0) - 8} className="c-sub">{words.bought}</text>}
          {down > 0 && <text x={0} y={Math.max(y(0) + 16, place.y + HEAD_PX)} className="c-sub">{words.sold}</text>}
        </>
      )}
      {roundTicks(y.domain[0], y.domain[1], 3).map((kwh) => (
        <g key={kwh}>
          <line x1={frame.left} x2={frame.right} y1={y(kwh)} y2={y(kwh)} className={kwh === 0 ? "c-axis" : "c-grid"} />
          <text x={frame.left - 6} y={y(kwh) + 4} textAnchor="end" className="c-tick">{words.number(Math.abs(kwh))}</text>
        </g>
      ))}
      {rows.map((row) => (
        <g key={row.startMs}>
          <Bar row={row} kwh={row.boughtKwh} offerKwh={row.offerBuyKwh} sign={1} frame={frame} y={y} id={id} />
          <Bar row={row} kwh={row.soldKwh} offerKwh={row.offerSellKwh} sign={-1} frame={frame} y={y} id={id} />
        </g>
      ))}
    </g>
  );
}

interface BarProps {
  readonly row: Row;
  readonly kwh: number;
  readonly offerKwh: number;
  readonly sign: 1 | -1;
  readonly frame: Frame;
  readonly y: Scale;
  readonly id: string;
}

/** What was offered as an outline, what was dealt as a fill: the further it has come, the fuller. */
function Bar({ row, kwh, offerKwh, sign, frame, y, id }: BarProps) {
  const { x, width } = spanOf(row, frame);
  const offer = offerKwh > kwh ? upTo(sign * offerKwh, y) : null;
  return (
    <>
      {offer && <rect {...offer} x={x} width={width} rx={1.5} className={row.stage === "offered" ? "m-offer" : "m-left"} />}
      {kwh > 0 && <rect {...upTo(sign * kwh, y)} x={x} width={width} rx={1.5} className="m-energy" data-stage={row.stage} />}
      {kwh > 0 && sign < 0 && <rect {...upTo(sign * kwh, y)} x={x} width={width} rx={1.5} fill={`url(#${id}-hatch)`} />}
    </>
  );
}

function spanOf(row: Row, frame: Frame): { x: number; width: number } {
  const gap = Math.min(1.4, frame.stepPx * 0.2);
  return { x: frame.x(row.startMs) + gap / 2, width: Math.max(1, frame.x(row.endMs) - frame.x(row.startMs) - gap) };
}

/** A line in steps; where a value is unknown it breaks. */
function steps(rows: readonly Row[], valueOf: (row: Row) => number | null, frame: Frame, y: Scale): string {
  let path = "";
  let before: number | null = null;
  for (const row of rows) {
    const value = valueOf(row);
    if (value !== null) path += `${before === null ? "M" : "L"}${frame.x(row.startMs).toFixed(1)},${y(value).toFixed(1)}H${frame.x(row.endMs).toFixed(1)}`;
    before = value;
  }
  return path;
}
