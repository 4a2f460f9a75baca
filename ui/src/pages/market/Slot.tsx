/** One quarter-hour in full: offered, matched, delivered, settled, and the proof of what was booked. */
import { useState } from "react";

import { Strong } from "../../charts/kit";
import type { Row } from "../../charts/marketModel";
import { type Speech, useSpeech } from "../../charts/say";
import { clock, dayWords } from "../../charts/time";
import { Button, Card, Tag } from "../../components/parts";
import { price } from "../../formats/numbers";
import { useSite } from "../../hooks/session";
import { useLive } from "../../live/live";
import { useSaid } from "../../words";
import { Facts } from "../shared/Facts";
import { saveBlob } from "../shared/files";
import { fileOf, type Place } from "./queries";
import { gainText } from "./Slots";

const KEPT = new Set(["bought_ahead", "sold_ahead"]);

export function SlotCard({ place, row, nowMs }: { readonly place: Place; readonly row: Row | null; readonly nowMs: number }) {
  const speech = useSpeech();
  const { say, locale } = speech;
  const { timezone } = useSite();
  if (row === null) return null;
  const isNow = row.startMs <= nowMs && nowMs < row.endMs;
  const when = say("market.slot.when", { day: dayWords(row.startMs, timezone, locale), from: clock(row.startMs, timezone), to: clock(row.endMs, timezone) });
  return (
    <Card id="slot" title={when} className="market-slot">
      <div className="form">
        <div>
          {row.stage !== "none" && <Tag level={row.stage === "settled" ? "ok" : "plain"}>{say(`market.stage.${row.stage}`)}</Tag>} {isNow && <Tag>{say("market.slot.now")}</Tag>}
          <h3 className="pt-2">{headOf(row, speech)}</h3>
        </div>
        <p className="quiet">{say(row.isUnread ? "market.slot.unread" : `market.slot.${row.stage}`)}</p>
        {isNow && <Kept />}
        <Facts facts={factsOf(row, speech)} />
        {row.stage === "settled" && <Proof place={place} row={row} />}
      </div>
    </Card>
  );
}

/** Why a machine does what was traded, in the words of the site itself; nothing where no trade moves one. */
function Kept() {
  const { id } = useSite();
  const { live } = useLive(id);
  const said = useSaid();
  const kept = live?.because.filter((each) => KEPT.has(each.code)) ?? [];
  return <>{kept.slice(0, 1).map((each) => <p key={each.code}><Strong text={said(each.text)} /></p>)}</>;
}

function headOf(row: Row, { say, formats }: Speech): string {
  if (row.boughtKwh > 0) return say("market.slot.bought", { energy: formats.energy(row.boughtKwh) });
  if (row.soldKwh > 0) return say("market.slot.sold", { energy: formats.energy(row.soldKwh) });
  if (row.stage === "offered") return row.offerSellKwh > row.offerBuyKwh ? say("market.slot.sells", { energy: formats.energy(row.offerSellKwh) }) : say("market.slot.buys", { energy: formats.energy(row.offerBuyKwh) });
  return say("market.slot.nothing");
}

function factsOf(row: Row, speech: Speech): (readonly [string, string])[] {
  const { say, language, formats } = speech;
  const ct = (eur: number | null): string => price(eur, language);
  const facts: (readonly [string, string] | null)[] = [
    row.offerBuyKwh > 0 ? [say("market.fact.buyOffer"), say("market.fact.atMost", { energy: formats.energy(row.offerBuyKwh), price: ct(row.buyLimit) })] : null,
    row.offerSellKwh > 0 ? [say("market.fact.sellOffer"), say("market.fact.atLeast", { energy: formats.energy(row.offerSellKwh), price: ct(row.sellLimit) })] : null,
    row.price === null ? null : [say("market.col.price"), ct(row.price)],
    row.price === null && row.market !== null ? [say("market.col.market"), ct(row.market)] : null,
    [say("market.col.asks"), ct(row.tariffBuy)],
    [say("market.col.gives"), ct(row.tariffSell)],
    row.deviationKwh !== null && row.deviationKwh !== 0 ? [say("market.fact.deviation"), deviationText(row, speech)] : null,
    ["matched", "delivered", "settled"].includes(row.stage) ? [say(`market.fact.money.${row.stage}`), say(row.moneyEur < 0 ? "market.earns" : "market.pays", { money: formats.moneySize(row.moneyEur) })] : null,
    row.gainEur === null ? null : [say("market.fact.gain"), gainText(row.gainEur, speech)],
  ];
  return facts.filter((each) => each !== null);
}

/** What the meter counted beyond the deal, and what that cost. */
function deviationText(row: Row, { say, formats }: Speech): string {
  const way = (row.deviationKwh ?? 0) > 0 ? "more" : "less";
  const cost = row.deviationEur ?? 0;
  return say(`market.fact.deviation.${way}`, { energy: formats.energy(Math.abs(row.deviationKwh ?? 0)), money: say(cost < 0 ? "market.earns" : "market.pays", { money: formats.moneySize(cost) }) });
}

function Proof({ place, row }: { readonly place: Place; readonly row: Row }) {
  const { say } = useSpeech();
  const [why, setWhy] = useState<string | null>(null);
  const load = async (): Promise<void> => {
    setWhy(null);
    const start = new Date(row.startMs).toISOString();
    try {
      saveBlob(`proof-${start.slice(0, 16).replaceAll(":", "")}.json`, await fileOf(place, `proofs?slot=${start}`));
    } catch (error) {
      setWhy(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div className="market-files">
      <Button onClick={() => void load()}>{say("market.proof")}</Button>
      <span className="small">{say("market.proof.about")}</span>
      {why && <span role="alert" className="text-danger">{say("market.file.failed", { why })}</span>}
    </div>
  );
}
