/** The market page's first sentence: what is bought or sold right now, and what that is worth against the grid. */
import type { ReactNode } from "react";

import { type Now, stageMoney } from "../../charts/marketModel";
import type { Own } from "../../charts/marketShapes";
import { type Speech, useSpeech } from "../../charts/say";
import { Tag } from "../../components/parts";
import { price } from "../../formats/numbers";
import { clock, soon } from "../../formats/times";
import { useSite } from "../../hooks/session";
import { Hero } from "../shared/Hero";
import type { Place } from "./queries";

interface Props {
  readonly place: Place;
  readonly now: Now;
  readonly own: Own;
  readonly nowMs: number;
  readonly end: ReactNode;
}

export function MarketHead({ place, now, own, nowMs, end }: Props) {
  const speech = useSpeech();
  const { timezone } = useSite();
  const { market, seat } = place;
  const { say } = speech;
  const isPaused = market.halts.some((one) => one.by === "own" && one.participant === seat.id);
  return (
    <Hero
      title={seat.is_halted ? say(isPaused ? "market.title.paused" : "market.title.halted") : titleOf(now, nowMs, timezone, speech)}
      lead={
        <>
          {leadOf(own, speech)}{" "}
          {market.simulated_count > 0 && <span className="market-told"><Tag>{say("market.simulated", { count: market.simulated_count, all: market.participant_count })}</Tag></span>}
        </>
      }
      end={end}
    />
  );
}

function titleOf(now: Now, nowMs: number, zone: string, { say, language }: Speech): string {
  const ct = (eur: number | null): string => price(eur, language);
  switch (now.is) {
    case "buys":
      return say(now.row.tariffBuy === null ? "market.title.buysPlain" : "market.title.buys", { price: ct(now.row.price), grid: ct(now.row.tariffBuy) });
    case "sells":
      return say(now.row.tariffSell === null ? "market.title.sellsPlain" : "market.title.sells", { price: ct(now.row.price), grid: ct(now.row.tariffSell) });
    case "next":
      return say("market.title.next", { time: clock(now.row?.startMs ?? nowMs, zone, language) });
    case "waits":
      return say("market.title.waits", { time: soon(new Date(now.row?.startMs ?? nowMs).toISOString(), nowMs, zone, language) });
    default:
      return say(`market.title.${now.is}`);
  }
}

/** What the last day brought against the supplier; without a tariff nothing is claimed. */
function leadOf(own: Own, { say, formats }: Speech): string {
  const { gainEur, slots } = stageMoney(own.stages, "settled");
  if (slots === 0) return say("market.lead.none");
  if (gainEur === null) return say("market.lead.noTariff", { count: slots });
  return say(gainEur < -0.004 ? "market.lead.loss" : "market.lead.gain", { money: formats.moneySize(gainEur), count: slots });
}
