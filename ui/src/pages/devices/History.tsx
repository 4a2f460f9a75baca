/** What a device measured lately, on a long chart that is loaded when it is seen. */
import { lazy, Suspense, useMemo, useState } from "react";

import { type ChartTable, ChartTools } from "../../charts/ChartFrame";
import { useSearchPart } from "../../charts/kit";
import type { LongData } from "../../charts/longPlot";
import { type Role, roleOf } from "../../charts/paint";
import { dayWords } from "../../charts/time";
import { useWidth } from "../../charts/useWidth";
import { Card, Segmented, Shape } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { localeOf } from "../../formats/numbers";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { kindOf } from "./kinds";
import { useReadings } from "./queries";

const LongChart = lazy(() => import("../../charts/LongChart"));
const HEIGHT_PX = 260;
const MINUTE_S = 60;
const SPANS = { day: 86_400, week: 7 * 86_400, month: 31 * 86_400 } as const;
type Span = keyof typeof SPANS;

interface Line {
  readonly key: string;
  readonly label: string;
  readonly role: Role;
}

export function History({ name, serves }: { readonly name: string; readonly serves: Readonly<Record<string, string>> }) {
  const say = useSay();
  const site = useSite();
  const lines = useMemo((): Line[] => [...new Set(Object.values(serves))].map((asset) => {
    const kind = kindOf(asset, site.assets);
    const known = site.assets.find((each) => each.id === asset)?.name;
    return { key: `${asset}.power_w`, label: known ?? say(`devices.kind.${kind}`), role: kind === "grid" ? "grid" : roleOf(kind) };
  }), [serves, site, say]);
  return lines.length === 0 ? null : <Drawn name={name} lines={lines} />;
}

function Drawn({ name, lines }: { readonly name: string; readonly lines: readonly Line[] }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  const [box, width] = useWidth<HTMLDivElement>();
  const [isTable, setTable] = useState(false);
  const [kept, keep] = useSearchPart("span");
  const span: Span = kept === "week" || kept === "month" ? kept : "day";
  const [endS] = useState(() => Math.ceil(Date.now() / 1000 / MINUTE_S) * MINUTE_S);
  const limits = useMemo((): [number, number] => [endS - SPANS.month, endS], [endS]);
  const [moved, setMoved] = useState<readonly [number, number] | null>(null);
  const range = moved ?? [endS - SPANS[span], endS];
  const found = useReadings(lines.map((each) => each.key), range[0], range[1], Math.max(400, Math.round(width * 2)), width > 0);
  const data = useMemo((): LongData | null => (found.data ? { atS: found.data.atS, lines: lines.map((line, k) => ({ ...line, values: found.data?.values[k] ?? [] })) } : null), [found.data, lines]);
  const locale = localeOf(language);
  const day = (atS: number) => dayWords(atS * 1000, timezone, locale);
  const write = (powerW: number) => new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(powerW / 1000);
  const table = (): ChartTable => ({
    head: [{ label: say("charts.time") }, ...lines.map((line) => ({ label: `${line.label} (W)`, isNumber: true }))],
    rows: [],
    fileRows: Array.from({ length: data?.atS.length ?? 0 }, (_, k) => [new Date((data?.atS[k] ?? 0) * 1000).toISOString(), ...(data?.lines.map((line) => line.values[k] ?? null) ?? [])]),
  });
  return (
    <Card id="history" title={say("devices.history")} note={`${day(range[0])} – ${day(range[1])}`} end={<ChartTools isTable={isTable} onTable={setTable} table={table} fileName={`${name}.csv`} />}>
      <div className="pb-3">
        <Segmented label={say("devices.history.range")} value={span} onChange={(value) => { setMoved(null); keep(value === "day" ? null : value); }} options={(["day", "week", "month"] as const).map((value) => ({ value, label: say(`devices.history.${value}`) }))} />
      </div>
      <div ref={box} style={{ minHeight: HEIGHT_PX }}>
        {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
        {!data && !found.isError && <Shape height={HEIGHT_PX} />}
        {data && data.atS.length === 0 && <p className="quiet">{say("devices.history.none")}</p>}
        {data && data.atS.length > 0 && (
          <Suspense fallback={<Shape height={HEIGHT_PX} />}>
            <LongChart data={data} zone={timezone} sentence={say("devices.history.sentence", { name, from: day(range[0]), to: day(range[1]) })} unit="kW" height={HEIGHT_PX} limitsS={limits} rangeS={range} onRange={(from, to) => setMoved([from, to])} write={write} isTable={isTable} onTable={setTable} />
          </Suspense>
        )}
      </div>
      <div className="chart-legend">
        {lines.map((line) => <span key={line.key}><i style={{ backgroundColor: `var(--${line.role})`, borderColor: `var(--${line.role}-line)` }} />{line.label}</span>)}
        <span>kW. {say("devices.history.sign")}</span>
      </div>
    </Card>
  );
}
