/** Market: what is bought and sold among neighbours right now, against the grid tariff, and how far each sum has come. */
import { useState } from "react";

import { Refused } from "../api/client";
import { useSearchPart } from "../charts/kit";
import { nowOf, type Row, rowsOf, windowOf } from "../charts/marketModel";
import type { Own, Paused } from "../charts/marketShapes";
import { useSpeech } from "../charts/say";
import { useIsPhone } from "../charts/useIsPhone";
import { Notice, Segmented, Shape } from "../components/parts";
import { Trouble } from "../components/troubles";
import { clock } from "../formats/times";
import { useSite } from "../hooks/session";
import { Halted, Halts } from "./market/Halts";
import { MarketHead } from "./market/Head";
import { Limits } from "./market/Limits";
import "./market/market.css";
import { Partners } from "./market/Partners";
import { PauseButton } from "./market/Pause";
import { Papers } from "./market/Papers";
import { type Place, placesOf, useMarkets, useOwn } from "./market/queries";
import { SlotCard } from "./market/Slot";
import { SlotsCard } from "./market/Slots";
import { Stages } from "./market/Stages";
import { Words } from "./market/Words";
import { useSiteMinute } from "./PlanQueries";
import "./shared/pages.css";
import { Hero } from "./shared/Hero";

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
const SUMS_MS = 24 * HOUR_MS;
const AHEAD_MS = 12 * HOUR_MS;
/** What is drawn of it: a phone has room for less. */
const SHOWN = { desktop: [18 * HOUR_MS, 5 * HOUR_MS], phone: [6 * HOUR_MS, 4 * HOUR_MS] } as const;
const OLD_MS = 60_000;

export function Market() {
  const { say } = useSpeech();
  const { id } = useSite();
  const markets = useMarkets(true);
  const [wanted, choose] = useSearchPart("market");
  if (markets.isPending) return <Shapes />;
  if (markets.isError && !markets.data) return <Missing error={markets.error} onRetry={() => void markets.refetch()} />;
  const places = placesOf(markets.data?.items, id);
  const place = places.find((one) => one.market.id === wanted) ?? places[0];
  if (!place) return <Hero title={say("market.outside.title")} lead={say("market.outside")} />;
  return (
    <>
      {places.length > 1 && <Segmented label={say("market.choose")} value={place.market.id} options={places.map((one) => ({ value: one.market.id, label: one.market.name }))} onChange={choose} />}
      <At key={place.market.id} place={place} />
    </>
  );
}

/** One market, asked for by whole quarter-hours, so that the question changes only then. */
function At({ place }: { readonly place: Place }) {
  const nowMs = useSiteMinute();
  const quarter = Math.floor(nowMs / QUARTER_MS) * QUARTER_MS;
  const found = useOwn(place, quarter - SUMS_MS, quarter + AHEAD_MS);
  if (found.data) return <View place={place} own={found.data} nowMs={nowMs} error={found.isError || found.isPaused ? (found.error ?? new Error("offline")) : null} onRetry={() => void found.refetch()} />;
  if (found.isError) return <Missing error={found.error} onRetry={() => void found.refetch()} />;
  return <Shapes />;
}

interface ViewProps {
  readonly place: Place;
  readonly own: Own;
  readonly nowMs: number;
  readonly error: unknown;
  readonly onRetry: () => void;
}

function View({ place, own, nowMs, error, onRetry }: ViewProps) {
  const { say, language } = useSpeech();
  const { timezone } = useSite();
  const isPhone = useIsPhone();
  const [told, setTold] = useState<Paused | null>(null);
  const [picked, pick] = useSearchPart("slot");
  const all = rowsOf(own);
  const [backMs, aheadMs] = SHOWN[isPhone ? "phone" : "desktop"];
  const rows = windowOf(all, nowMs, backMs, aheadMs);
  const isOld = nowMs - Date.parse(own.at) > OLD_MS;
  const row = chosen(all, picked, nowMs);
  return (
    <>
      <MarketHead place={place} now={nowOf(all, nowMs)} own={own} nowMs={nowMs} end={<PauseButton place={place} onDone={setTold} />} />
      <p role="status" className={told ? "small" : "vh"}>{told && say(told.items.some((one) => one.by === "own") ? "market.paused.done" : "market.resumed.done", { count: told.withdrawn_count })}</p>
      {(isOld || error !== null) && <Notice level="warn">{say("market.old", { time: clock(own.at, timezone, language) })}</Notice>}
      {error !== null && <Trouble error={error} onRetry={onRetry} />}
      <Halted place={place} />
      <Stages own={own} />
      <div className="wide-side">
        <SlotsCard rows={rows} nowMs={nowMs} selectedMs={row?.startMs ?? null} onPick={(startMs) => pick(new Date(startMs).toISOString())} />
        <SlotCard place={place} row={row} nowMs={nowMs} />
      </div>
      <div className="pair">
        <div className="stack">
          <Partners own={own} />
          <Papers place={place} />
        </div>
        <div className="stack">
          <Limits place={place} />
          <Halts place={place} />
        </div>
      </div>
      <Words market={place.market} />
    </>
  );
}

/** The slot that is told in full: the one in the address, else the one that runs, else the next with something in it. */
function chosen(rows: readonly Row[], picked: string | null, nowMs: number): Row | null {
  const named = picked === null ? undefined : rows.find((row) => row.startMs === Date.parse(picked));
  const here = rows.find((row) => row.startMs <= nowMs && nowMs < row.endMs);
  return named ?? (here && here.stage !== "none" ? here : undefined) ?? rows.find((row) => row.startMs > nowMs && row.stage !== "none") ?? here ?? null;
}

function Missing({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { say } = useSpeech();
  const kind = error instanceof Refused && error.problem.status === 403 ? "forbidden" : "error";
  return (
    <>
      <Hero title={say(`market.${kind}.title`)} lead={say(`market.${kind}`)} />
      {kind === "error" && <Trouble error={error} onRetry={onRetry} />}
    </>
  );
}

function Shapes() {
  const { say } = useSpeech();
  return (
    <div className="market-shapes" role="status" aria-label={say("market.loading")}>
      <h1 className="vh">{say("market.loading")}</h1>
      <Shape height={68} />
      <Shape height={110} />
      <Shape height={440} />
      <Shape height={220} />
    </div>
  );
}
