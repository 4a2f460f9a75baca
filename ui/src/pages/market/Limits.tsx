/** What Enerwise may do for this home at the market, and what the guard refuses whoever asks. */
import { useSpeech } from "../../charts/say";
import { Card } from "../../components/parts";
import { price } from "../../formats/numbers";
import { Facts } from "../shared/Facts";
import type { Place } from "./queries";

const WH = 1000;
const UEUR = 1e6;

export function Limits({ place }: { readonly place: Place }) {
  const { say, formats, language } = useSpeech();
  const { bidding, limits } = place.seat;
  const ct = (ueur: number): string => price(ueur / UEUR, language);
  const own: (readonly [string, string])[] = bidding === null ? [] : [
    [say("market.limit.reserve"), bidding.reserve_ratio > 0 ? say("market.limit.reserve.value", { share: formats.percent(bidding.reserve_ratio) }) : say("market.limit.none")],
    [say("market.limit.floor"), bidding.sell_floor_ueur_per_kwh === null ? say("market.limit.none") : ct(bidding.sell_floor_ueur_per_kwh)],
    [say("market.limit.cap"), bidding.buy_cap_ueur_per_kwh === null ? say("market.limit.none") : ct(bidding.buy_cap_ueur_per_kwh)],
  ];
  return (
    <Card id="limits" title={say("market.limits")}>
      <div className="form">
        <p className="quiet">{say(bidding === null ? "market.limits.elsewhere" : "market.limits.own")}</p>
        <Facts
          facts={[
            ...own,
            [say("market.limit.band"), say("market.limit.band.value", { from: ct(limits.price_min_ueur_per_kwh), to: ct(limits.price_max_ueur_per_kwh) })],
            [say("market.limit.volume"), formats.energy(limits.volume_wh / WH)],
            [say("market.limit.position"), formats.energy(limits.position_wh / WH)],
            [say("market.limit.budget"), formats.money(limits.budget_ueur / UEUR)],
          ]}
        />
        <p className="small">{say("market.limits.guard")}</p>
      </div>
    </Card>
  );
}
