/** All measurements: up to a year on one chart, loaded only when it is asked for. */
import { lazy, Suspense, useMemo, useState } from "react";

import { Button, Card, Shape } from "../components/parts";
import { Trouble } from "../components/troubles";
import { type ChartTable, ChartTools } from "../charts/ChartFrame";
import { useSearchPart } from "../charts/kit";
import type { LongData } from "../charts/longPlot";
import { useSpeech } from "../charts/say";
import { DAY_MS } from "../charts/time";
import { useWidth } from "../charts/useWidth";
import { useSite } from "../hooks/session";
import { loadedRange, longLines } from "./SavingsLines";
import { useMeasured } from "./SavingsQueries";

const LongChart = lazy(() => import("../charts/LongChart"));
const HEIGHT_PX = 300;
const YEAR_S = 366 * (DAY_MS / 1000);
export function SavingsLong({ nowMs }: { readonly nowMs: number }) {
  const { say } = useSpeech();
  const [open, setOpen] = useSearchPart("long");
  return open === null ? (
    <Card id="long" title={say("savings.long")} note={say("savings.longLead")}>
      <Button onClick={() => setOpen("year")}>{say("savings.longOpen")}</Button>
    </Card>
  ) : (
    <Opened nowMs={nowMs} />
  );
}

function Opened({ nowMs }: { readonly nowMs: number }) {
  const speech = useSpeech();
  const { say, formats, locale } = speech;
  const site = useSite();
  const [box, width] = useWidth<HTMLDivElement>();
  const [isTable, setTable] = useState(false);
  const endS = Math.ceil(nowMs / DAY_MS) * (DAY_MS / 1000);
  const limits = useMemo((): [number, number] => [endS - YEAR_S, endS], [endS]);
  const [chosen, setRange] = useState<readonly [number, number] | null>(null);
  const range = chosen ?? limits;
  const lines = useMemo(() => longLines(site, say("savings.channel.grid")), [site, say]);
  const [fromS, toS] = loadedRange(range[0], range[1], limits);
  const shownShare = (range[1] - range[0]) / (toS - fromS);
  const points = (width * 2) / Math.max(0.2, shownShare);
  const found = useMeasured(lines.map((line) => line.key), fromS, toS, points, width > 0);
  const data = useMemo((): LongData | null => found.data ? { atS: found.data.atS, lines: lines.map((line, k) => ({ ...line, values: found.data?.values[k] ?? [] })) } : null, [found.data, lines]);
  const hasValues = data !== null && data.lines.some((line) => Array.from(line.values).some((value) => typeof value === "number"));
  const write = (powerW: number): string => formats.number(Math.round(powerW / 10) / 100);
  const day = (atS: number): string => new Intl.DateTimeFormat(locale, { timeZone: site.timezone, dateStyle: "medium" }).format(atS * 1000);
  const table = (): ChartTable => ({
    head: [{ label: say("charts.time") }, ...lines.map((line) => ({ label: `${line.label} (W)`, isNumber: true }))],
    rows: [],
    fileRows: Array.from({ length: data?.atS.length ?? 0 }, (_, k) => [new Date((data?.atS[k] ?? 0) * 1000).toISOString(), ...(data?.lines.map((line) => line.values[k] ?? null) ?? [])]),
  });
  return (
    <Card id="long" title={say("savings.long")} note={`${day(range[0])} – ${day(range[1])}`} end={<ChartTools isTable={isTable} onTable={setTable} table={table} fileName="measurements.csv" />}>
      <div ref={box} className="savings-long">
        {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
        {!data && !found.isError && <Shape height={HEIGHT_PX} />}
        {data && !hasValues && <p className="text-ink-2">{say("savings.longNone")}</p>}
        {data && hasValues && (
          <Suspense fallback={<Shape height={HEIGHT_PX} />}>
            <LongChart
              data={data}
              zone={site.timezone}
              sentence={say("savings.longSentence", { from: day(range[0]), to: day(range[1]) })}
              unit="kW"
              height={HEIGHT_PX}
              limitsS={limits}
              rangeS={range}
              onRange={(from, to) => setRange([from, to])}
              write={write}
              isTable={isTable}
              onTable={setTable}
            />
          </Suspense>
        )}
      </div>
      <div className="chart-legend">
        {lines.map((line) => (
          <span key={line.key}>
            <i style={{ backgroundColor: `var(--${line.role})`, borderColor: `var(--${line.role}-line)` }} />
            {line.label}
          </span>
        ))}
        <span>kW. {say("savings.longSigns")}</span>
      </div>
    </Card>
  );
}
