/** Quarter by quarter: offers and deals drawn, with the table and the file behind them. */
import { useMemo, useState } from "react";

import { type ChartTable, ChartTools } from "../../charts/ChartFrame";
import { MarketChart, type MarketWords, type SlotValue } from "../../charts/MarketChart";
import type { Row } from "../../charts/marketModel";
import { type Speech, useSpeech } from "../../charts/say";
import { clock, dayWords, midnights } from "../../charts/time";
import { useWidth } from "../../charts/useWidth";
import { Card } from "../../components/parts";
import { price, UNKNOWN } from "../../formats/numbers";
import { useSite } from "../../hooks/session";

interface Props {
  readonly rows: readonly Row[];
  readonly nowMs: number;
  readonly selectedMs: number | null;
  readonly onPick: (startMs: number) => void;
}

const LEGEND = ["price", "over", "offered", "matched", "delivered", "settled"] as const;

export function SlotsCard({ rows, nowMs, selectedMs, onPick }: Props) {
  const speech = useSpeech();
  const { say } = speech;
  const { timezone } = useSite();
  const [box, width] = useWidth<HTMLDivElement>();
  const [isTable, setTable] = useState(false);
  const words = useMemo(() => wordsOf(speech), [speech]);
  const table = (): ChartTable => tableOf(rows, timezone, speech);
  const isEmpty = rows.every((row) => row.stage === "none" && row.market === null);
  return (
    <Card id="slots" title={say("market.slots")} end={isEmpty ? undefined : <ChartTools isTable={isTable} onTable={setTable} table={table} fileName="market.csv" />}>
      {isEmpty ? (
        <p className="quiet">{say("market.slots.none")}</p>
      ) : (
        <>
          <div ref={box} className="market-chart">
            {width > 0 && <MarketChart rows={rows} valuesOf={(row) => valuesOf(row, speech)} nowMs={nowMs} zone={timezone} width={width} words={words} sentence={sentenceOf(rows, timezone, speech)} selectedMs={selectedMs} onOpen={onPick} table={table} isTable={isTable} onTable={setTable} />}
          </div>
          <div className="chart-legend">
            {LEGEND.map((each) => <span key={each}><i className={`m-${each}`} />{say(`market.legend.${each}`)}</span>)}
            <span><i className="m-asks-line" />{say("market.legend.asks")}</span>
            <span><i className="m-gives-line" />{say("market.legend.gives")}</span>
          </div>
        </>
      )}
    </Card>
  );
}

function wordsOf({ say, locale, formats }: Speech): MarketWords {
  return {
    locale,
    price: say("charts.price"),
    perKwh: say("charts.perKwh"),
    asks: say("market.chart.asks"),
    gives: say("market.chart.gives"),
    energy: say("market.chart.energy"),
    kwh: say("market.chart.kwh"),
    bought: say("market.chart.bought"),
    sold: say("market.chart.sold"),
    ct: formats.ct,
    number: formats.number,
  };
}

/** Every value of a slot, in the sequence of keys and of the table. */
export function valuesOf(row: Row, { say, language, formats }: Speech): SlotValue[] {
  const ct = (eur: number | null): string => price(eur, language);
  const energy = (kwh: number): string => (kwh > 0 ? formats.energy(kwh) : UNKNOWN);
  const money = row.stage === "none" || row.stage === "offered" || row.stage === "unmatched" ? UNKNOWN : say(row.moneyEur < 0 ? "market.earns" : "market.pays", { money: formats.moneySize(row.moneyEur) });
  return [
    { label: say("market.col.stage"), value: row.stage === "none" ? UNKNOWN : say(`market.stage.${row.stage}`) },
    { label: say("market.col.price"), value: ct(row.price) },
    { label: say("market.col.asks"), value: ct(row.tariffBuy) },
    { label: say("market.col.gives"), value: ct(row.tariffSell) },
    { label: say("market.col.market"), value: ct(row.market) },
    { label: say("market.col.offerBuy"), value: energy(row.offerBuyKwh) },
    { label: say("market.col.offerSell"), value: energy(row.offerSellKwh) },
    { label: say("market.col.bought"), value: energy(row.boughtKwh) },
    { label: say("market.col.sold"), value: energy(row.soldKwh) },
    { label: say("market.col.money"), value: money },
    { label: say("market.col.gain"), value: row.gainEur === null ? UNKNOWN : gainText(row.gainEur, { say, formats }) },
  ];
}

/** Better or worse than the supplier, in words and never by a bare sign. */
export function gainText(eur: number, { say, formats }: Pick<Speech, "say" | "formats">): string {
  if (Math.abs(eur) < 0.005) return say("market.gain.none");
  return say(eur > 0 ? "market.gain.saved" : "market.gain.more", { money: formats.moneySize(eur) });
}

function tableOf(rows: readonly Row[], zone: string, speech: Speech): ChartTable {
  const labels = rows[0] ? valuesOf(rows[0], speech).map((one) => one.label) : [];
  const days = new Set([rows[0]?.startMs, ...midnights(rows[0]?.startMs ?? 0, rows[rows.length - 1]?.endMs ?? 0, zone)]);
  const when = (atMs: number): string => `${days.has(atMs) ? `${dayWords(atMs, zone, speech.locale)}, ` : ""}${clock(atMs, zone)}`;
  return {
    head: [{ label: speech.say("charts.time") }, ...labels.map((label, k) => ({ label, isNumber: k > 0 }))],
    rows: rows.map((row) => [when(row.startMs), ...valuesOf(row, speech).map((one) => one.value)]),
    fileRows: rows.map((row) => [
      new Date(row.startMs).toISOString(),
      row.stage,
      row.price,
      row.tariffBuy,
      row.tariffSell,
      row.market,
      row.offerBuyKwh,
      row.offerSellKwh,
      row.boughtKwh,
      row.soldKwh,
      row.stage === "none" || row.stage === "offered" || row.stage === "unmatched" ? null : row.moneyEur,
      row.gainEur,
    ]),
  };
}

function sentenceOf(rows: readonly Row[], zone: string, { say, locale, formats }: Speech): string {
  const at = (ms: number): string => `${dayWords(ms, zone, locale)}, ${clock(ms, zone)}`;
  const sum = (pick: (row: Row) => number): string => formats.energy(rows.reduce((total, row) => total + pick(row), 0));
  return say("market.sentence", { from: at(rows[0]?.startMs ?? 0), to: at(rows[rows.length - 1]?.endMs ?? 0), bought: sum((row) => row.boughtKwh), sold: sum((row) => row.soldKwh) });
}
