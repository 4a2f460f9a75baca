/** Day by day or month by month: what was paid, and what planning saved on top. */
import { useMemo, useState } from "react";

import { Card } from "../components/parts";
import { type ChartTable, ChartTools } from "../charts/ChartFrame";
import { MoneyChart } from "../charts/MoneyChart";
import { type Speech, useSpeech } from "../charts/say";
import type { Savings, SavingsBar } from "../charts/shapes";
import { useIsPhone } from "../charts/useIsPhone";
import { useWidth } from "../charts/useWidth";
import { barLabel, barTitle, noPlanning, slotsOf } from "./SavingsText";

interface Props {
  readonly savings: Savings;
  readonly name: string;
  readonly onOpen?: ((day: string) => void) | undefined;
}

export function SavingsBars({ savings, name, onOpen }: Props) {
  const speech = useSpeech();
  const { say, formats, locale } = speech;
  const [box, width] = useWidth<HTMLDivElement>();
  const [isTable, setTable] = useState(false);
  const isPhone = useIsPhone();
  const bars = useMemo(
    () =>
      savings.bars.map((bar) => ({
        day: bar.day,
        paidEur: bar.paid_eur,
        savedEur: bar.saved_eur,
        title: titleOf(bar, savings.bucket, speech),
        values: valuesOf(bar, speech),
      })),
    [savings, locale, speech],
  );
  const slots = Math.max(savings.bars.length, slotsOf(savings));
  const labelOf = (slot: number): string => (savings.bucket === "day" ? String(slot + 1) : barLabel(`2026-${String(slot + 1).padStart(2, "0")}-15`, "month", locale));
  const table = (): ChartTable => barsTable(savings, speech);
  return (
    <Card
      id="bars"
      title={say(savings.bucket === "day" ? "savings.dayTitle" : "savings.monthTitle")}
      end={<ChartTools isTable={isTable} onTable={setTable} table={table} fileName={`savings-${savings.from.slice(0, 10)}.csv`} />}
    >
      <div ref={box} className="savings-chart">
        {width > 0 && <MoneyChart bars={bars} width={width} height={isPhone ? 190 : 250} sentence={sentenceOf(savings, name, speech)} write={(eur) => (eur < 0 ? say("savings.earns", { money: formats.moneyRound(-eur) }) : formats.moneyRound(eur))} slots={slots} labelOf={labelOf} table={table} isTable={isTable} onTable={setTable} onOpen={onOpen} />}
      </div>
      <div className="chart-legend">
        <span><i className="savings-paid" />{say("savings.legend.paid")}</span>
        <span><i className="savings-saved is-below" />{say("savings.legend.saved")}</span>
        <span><i className="savings-without" />{say("savings.legend.without")}</span>
        {savings.bars.some((bar) => bar.paid_eur === null) && <span><i className="savings-gap" />{say("savings.legend.gap")}</span>}
      </div>
    </Card>
  );
}

function titleOf(bar: SavingsBar, bucket: Savings["bucket"], { say, locale }: Speech): string {
  const title = barTitle(bar.day, bucket, locale);
  return bucket === "day" && bar.hours !== 24 ? `${title}, ${say("savings.hours", { count: bar.hours })}` : title;
}

function valuesOf(bar: SavingsBar, { say, formats }: Speech): { label: string; value: string }[] {
  const without = bar.paid_eur === null || bar.saved_eur === null ? null : bar.paid_eur + bar.saved_eur;
  const sum = (eur: number | null): string => (eur !== null && eur < -0.004 ? say("savings.earns", { money: formats.moneySize(eur) }) : formats.money(eur));
  return [
    { label: say("savings.col.paid"), value: sum(bar.paid_eur) },
    { label: say("savings.col.saved"), value: formats.money(bar.saved_eur) },
    { label: say("savings.col.without"), value: sum(without) },
    { label: say("savings.col.own"), value: formats.percent(bar.own_power_ratio) },
    { label: say("savings.col.self"), value: formats.percent(bar.self_use_ratio) },
    { label: say("savings.col.carbon"), value: formats.mass(bar.carbon_kg) },
    { label: say("savings.col.measured"), value: formats.percent(bar.coverage_ratio) },
  ];
}

function barsTable(savings: Savings, speech: Speech): ChartTable {
  const { say, locale } = speech;
  const first = savings.bucket === "day" ? "savings.col.day" : "savings.col.month";
  const heads = ["paid", "saved", "without", "own", "self", "carbon", "measured"].map((key) => ({ label: say(`savings.col.${key}`), isNumber: true }));
  return {
    head: [{ label: say(first) }, { label: say("savings.col.hours"), isNumber: true }, ...heads],
    rows: savings.bars.map((bar) => [barTitle(bar.day, savings.bucket, locale), bar.hours, ...valuesOf(bar, speech).map((one) => one.value)]),
    fileRows: savings.bars.map((bar) => [
      bar.day,
      bar.hours,
      bar.paid_eur,
      bar.saved_eur,
      bar.paid_eur === null || bar.saved_eur === null ? null : Math.round((bar.paid_eur + bar.saved_eur) * 100) / 100,
      bar.own_power_ratio,
      bar.self_use_ratio,
      bar.carbon_kg,
      bar.coverage_ratio,
    ]),
  };
}

function sentenceOf(savings: Savings, name: string, speech: Speech): string {
  const { say, formats, locale } = speech;
  const measured = savings.bars.filter((bar) => bar.saved_eur !== null);
  const best = measured.reduce<SavingsBar | null>((top, bar) => (top === null || (bar.saved_eur ?? 0) > (top.saved_eur ?? 0) ? bar : top), null);
  return say("savings.barsSentence", {
    what: say(savings.bucket === "day" ? "savings.dayTitle" : "savings.monthTitle"),
    period: name,
    paid: formats.money(savings.paid_eur),
    saved: formats.money(noPlanning(savings)?.saved_eur ?? null),
    best: best ? barTitle(best.day, savings.bucket, locale) : "–",
  });
}
