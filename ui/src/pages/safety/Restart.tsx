/** Back to work after a stop: look, say that the cause is gone, go through the list, start. Two deliberate acts. */
import { useState } from "react";

import { Icon } from "../../components/Icon";
import { Button, Card, Notice, Tag } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { dayAndClock } from "../../formats/times";
import { useMay, useSite } from "../../hooks/session";
import { useLive } from "../../live/live";
import { useLanguage, useSaid, useSay } from "../../words";
import { Pending } from "../shared/Pending";
import { useReset, useStart } from "./queries";
import type { Check, Safety, Trip } from "./shapes";
import { causeWords } from "./words";

export function Restart({ safety }: { readonly safety: Safety }) {
  const say = useSay();
  const may = useMay();
  const isLatched = safety.state === "stopped" || safety.state === "error";
  return (
    <Card id="restart" title={say("safety.restart")} note={say("safety.restart.lead")} className={isLatched ? "is-stopped" : ""}>
      <div className="form">
        <Cause safety={safety} />
        {safety.trips.length > 0 && <Trips trips={safety.trips} />}
        <CheckList checks={safety.checklist} />
        {!may("restart") && <Notice>{say("safety.restart.noRight")}</Notice>}
        {may("restart") && isLatched && <Reset why={safety.why} />}
        {may("restart") && <Start safety={safety} isLatched={isLatched} />}
      </div>
    </Card>
  );
}

function Cause({ safety }: { readonly safety: Safety }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  const last = safety.stops.find((each) => !each.is_test);
  return (
    <p className="text-[15px]">
      <strong>{say("safety.restart.cause")}</strong> {safety.why ? causeWords(safety.why, say) : "–"}
      {last && <small className="small block">{last.who ? say("safety.restart.stoppedBy", { who: last.who, time: dayAndClock(last.at, timezone, language) }) : say("safety.restart.at", { time: dayAndClock(last.at, timezone, language) })}</small>}
    </p>
  );
}

function Trips({ trips }: { readonly trips: readonly Trip[] }) {
  return <ul className="rows">{trips.map((each) => <TripRow key={`${each.subject} ${each.cause}`} trip={each} />)}</ul>;
}

function TripRow({ trip }: { readonly trip: Trip }) {
  const say = useSay();
  const may = useMay();
  const { assets } = useSite();
  const reset = useReset();
  const name = assets.find((each) => each.id === trip.subject)?.name ?? trip.subject;
  return (
    <li>
      <div>
        <b>{say("safety.restart.trip", { subject: name, cause: causeWords(trip.cause, say) })}</b>
        <Tag level={trip.active ? "danger" : "warn"}>{say(`safety.restart.trip.${trip.active ? "active" : "latched"}`)}</Tag>
        {reset.error && <Trouble error={reset.error} />}
      </div>
      {may("restart") && !trip.active && (
        <Pending isPending={reset.isPending} pending={say("safety.restart.resetting")} onClick={() => reset.mutate({ cause: trip.cause, subject: trip.subject })}>{say("safety.restart.trip.reset")}</Pending>
      )}
    </li>
  );
}

function CheckList({ checks }: { readonly checks: readonly Check[] }) {
  const say = useSay();
  const said = useSaid();
  const open = checks.filter((each) => each.ok !== true).length;
  if (checks.length === 0) return null;
  return (
    <section aria-label={say("safety.restart.list")}>
      <h3 className="text-[14.5px] font-[650] pb-2">{say("safety.restart.list")}</h3>
      <ul className="rows check">
        {checks.map((each) => {
          const is = each.ok === true ? "ok" : each.ok === false ? "no" : "wait";
          return (
            <li key={each.id}>
              <span className="mark" data-is={is}><Icon name={is === "wait" ? "help" : is} size={18} width={2.2} /></span>
              <span>{said(each.text)}{each.detail && <small>{each.detail}</small>}</span>
              <span className="small">{say(`safety.restart.${each.ok === true ? "met" : each.ok === false ? "notMet" : "unknown"}`)}</span>
            </li>
          );
        })}
      </ul>
      {open > 0 && <p className="small pt-2">{say("safety.restart.open", { count: open })}</p>}
    </section>
  );
}

/** First act: somebody has looked, and says so. */
function Reset({ why }: { readonly why: string }) {
  const say = useSay();
  const reset = useReset();
  const [hasLooked, setLooked] = useState(false);
  return (
    <section className="form border-t border-hair pt-4" aria-label={say("safety.step.1")}>
      <h3 className="text-[14.5px] font-[650]">{say("safety.step.1")}</h3>
      <label className="choice">
        <input type="checkbox" checked={hasLooked} onChange={(event) => setLooked(event.target.checked)} />
        <b>{say("safety.restart.ack")}</b>
      </label>
      <div className="buttons">
        <Pending disabled={!hasLooked} isPending={reset.isPending} pending={say("safety.restart.resetting")} onClick={() => reset.mutate({ cause: why, subject: null })}>{say("safety.restart.reset")}</Pending>
        <span className="small">{say("safety.restart.wait")}</span>
      </div>
      {reset.error && <Trouble error={reset.error} />}
    </section>
  );
}

/** Second act: start, asked once more; then devices return one by one. */
function Start({ safety, isLatched }: { readonly safety: Safety; readonly isLatched: boolean }) {
  const say = useSay();
  const language = useLanguage();
  const start = useStart();
  const [isSure, setSure] = useState(false);
  const names = new Intl.ListFormat(language, { type: "conjunction" }).format(safety.devices.map((each) => each.name));
  return (
    <section className="form border-t border-hair pt-4" aria-label={say("safety.step.2")}>
      <h3 className="text-[14.5px] font-[650]">{say("safety.step.2")}</h3>
      {!isSure && <div className="buttons"><Button kind={isLatched ? "plain" : "primary"} disabled={isLatched || safety.state !== "idle" || start.isPending} onClick={() => setSure(true)}>{say("safety.restart.start")}</Button></div>}
      {isSure && (
        <div className="form" role="group" aria-label={say("safety.restart.startConfirm")}>
          <p className="text-[15px]"><strong>{say("safety.restart.startConfirm")}.</strong> {names && say("safety.restart.startLead", { names })}</p>
          <div className="buttons">
            <Pending kind="primary" isPending={start.isPending} pending={say("safety.restart.starting")} onClick={() => start.mutate({})}>{say("safety.restart.sure")}</Pending>
            <Button autoFocus onClick={() => setSure(false)}>{say("safety.restart.back")}</Button>
          </div>
        </div>
      )}
      {start.error && <Notice level="warn"><strong>{say("safety.restart.refused")}</strong><Trouble error={start.error} /></Notice>}
      {start.isSuccess && <Returning safety={safety} />}
    </section>
  );
}

/** Which devices are back, as they say themselves. */
function Returning({ safety }: { readonly safety: Safety }) {
  const say = useSay();
  const { live } = useLive(useSite().id);
  const back = (id: string) => live?.devices.find((each) => each.id === id)?.answers === true && live.state === "running";
  const count = safety.devices.filter((each) => back(each.id)).length;
  return (
    <div role="status">
      <p className="quiet">{say("safety.restart.back.devices", { back: count, count: safety.devices.length })}</p>
      <ul className="rows check pt-2">
        {safety.devices.map((each) => (
          <li key={each.id}>
            <span className="mark" data-is={back(each.id) ? "ok" : "wait"}><Icon name={back(each.id) ? "ok" : "more"} size={18} /></span>
            <span>{each.name}</span>
            <span className="small">{say(`safety.restart.device.${back(each.id) ? "back" : "wait"}`)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
