/** Who may not trade, by whom and why: one's own on top of the page, all of them on a card that everybody can read. */
import type { Halt } from "../../charts/marketShapes";
import { useSpeech } from "../../charts/say";
import { Card, Notice } from "../../components/parts";
import { dayAndClock } from "../../formats/times";
import { useSite } from "../../hooks/session";
import type { Place } from "./queries";

const concerns = (halt: Halt, seat: string): boolean => halt.participant === "" || halt.participant === seat;

export function Halted({ place }: { readonly place: Place }) {
  const { say, language } = useSpeech();
  const { timezone } = useSite();
  return place.market.halts.filter((one) => concerns(one, place.seat.id)).map((one) => (
    <Notice key={one.by + one.participant} level={one.by === "own" ? "info" : "warn"}>
      <strong>{say(`market.halted.${one.by}`, { since: dayAndClock(utc(one.since), timezone, language) })}</strong> {one.reason}
    </Notice>
  ));
}

export function Halts({ place }: { readonly place: Place }) {
  const { say, language } = useSpeech();
  const { timezone } = useSite();
  const { halts } = place.market;
  return (
    <Card id="halts" title={say("market.halts")}>
      <div className="form">
        <p className="quiet">{say("market.halts.about")}</p>
        {halts.length === 0 ? (
          <p>{say("market.halts.none")}</p>
        ) : (
          <ul className="rows">
            {halts.map((one) => (
              <li key={one.participant + one.by}>
                <div>
                  <b>{one.participant === "" ? say("market.halts.everybody") : concerns(one, place.seat.id) ? say("market.halts.you") : say("market.halts.somebody")}</b>
                  <small>{say(`market.halts.by.${one.by}`, { since: dayAndClock(utc(one.since), timezone, language) })}</small>
                  <small>{one.reason}</small>
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}

/** Moments without a zone are UTC. */
function utc(at: string): string {
  return /Z|[+-]\d\d:\d\d$/.test(at) ? at : `${at}Z`;
}
