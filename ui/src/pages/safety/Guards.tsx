/** What limits Enerwise and what watches it. */
import { Icon } from "../../components/Icon";
import { Card } from "../../components/parts";
import { dayAndClock } from "../../formats/times";
import { useSite } from "../../hooks/session";
import { useLanguage, useSaid, useSay, type Say } from "../../words";
import { limitName, limitText } from "../devices/Limits";
import { has } from "../shared/has";
import { Table } from "../shared/Table";
import type { Safety, SafetyLimit, Watchdog } from "./shapes";

export function Limits({ limits }: { readonly limits: readonly SafetyLimit[] }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone, assets } = useSite();
  const nameOf = (subject: string) => assets.find((each) => each.id === subject)?.name;
  const sourceOf = (source: string) => (source === "site file" ? say("safety.source.site file") : source);
  return (
    <Card id="limits" title={say("safety.limits")} note={say("safety.limits.note")}>
      {limits.length === 0 ? <p className="quiet">{say("safety.limits.none")}</p> : (
        <Table
          caption={say("safety.limits")}
          isTight
          rows={limits}
          keyOf={(each) => `${each.subject} ${each.name} ${each.source} ${each.who}`}
          columns={[
            { key: "name", label: say("safety.limits.name"), isHead: true, cell: (each) => limitName(each.name, say) },
            { key: "of", label: say("safety.limits.of"), cell: (each) => nameOf(each.subject) ?? say("safety.limits.connection") },
            { key: "value", label: say("safety.limits.value"), isNumber: true, cell: (each) => limitText(each, language) },
            { key: "source", label: say("safety.limits.source"), cell: (each) => [sourceOf(each.source), each.who].filter(Boolean).join(", ") },
            ...(limits.some((each) => each.until) ? [{ key: "until", label: say("safety.limits.until"), cell: (each: SafetyLimit) => (each.until ? dayAndClock(each.until, timezone, language) : say("safety.limits.always")) }] : []),
          ]}
        />
      )}
    </Card>
  );
}

function watched(watchdog: Watchdog, names: ReadonlyMap<string, string>, say: Say): string {
  const key = `safety.watchdog.kind.${watchdog.kind}`;
  const name = names.get(watchdog.id) ?? watchdog.id;
  return has(key) ? say(key, { id: name }) : name;
}

export function Watchdogs({ safety }: { readonly safety: Safety }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  const names = new Map(safety.devices.map((each) => [each.id, each.name]));
  return (
    <Card id="watchdogs" title={say("safety.watchdogs")} note={say("safety.watchdogs.note")}>
      {safety.watchdogs.length === 0 ? <p className="quiet">{say("safety.watchdogs.none")}</p> : (
        <Table
          caption={say("safety.watchdogs")}
          rows={safety.watchdogs}
          keyOf={(each) => `${each.kind} ${each.id}`}
          columns={[
            { key: "what", label: say("safety.watchdog.what"), isHead: true, cell: (each) => watched(each, names, say) },
            { key: "time", label: say("safety.watchdog.time"), isNumber: true, cell: (each) => (each.timeout_s === null ? "–" : say("safety.watchdog.seconds", { seconds: each.timeout_s })) },
            { key: "state", label: say("safety.watchdog.state"), cell: (each) => <Holds holds={each.holds} /> },
            { key: "test", label: say("safety.watchdog.tested"), cell: (each) => (each.last_test_at ? dayAndClock(each.last_test_at, timezone, language) : say("safety.watchdog.never")) },
          ]}
        />
      )}
      <Speed safety={safety} />
    </Card>
  );
}

/** Whether stops are fast on this machine, and what stands in the way. */
function Speed({ safety }: { readonly safety: Safety }) {
  const say = useSay();
  if (safety.watchdogs.length === 0) return null;
  return <p className="small pt-3">{say(`safety.fast.${safety.claims_fast_stop ? "yes" : "no"}`)} {safety.remarks.join("; ")}</p>;
}

function Holds({ holds }: { readonly holds: boolean | null }) {
  const say = useSay();
  const is = holds === true ? "ok" : holds === false ? "no" : "wait";
  return (
    <span className="inline-flex items-center gap-1">
      <span className="mark !w-[18px] !h-[18px]" data-is={is}><Icon name={is === "wait" ? "help" : is} size={16} width={2.2} /></span>
      {say(`safety.watchdog.${holds === true ? "holds" : holds === false ? "fails" : "unknown"}`)}
    </span>
  );
}

export function ContactLost({ safety }: { readonly safety: Safety }) {
  const say = useSay();
  const said = useSaid();
  const nameOf = (id: string) => safety.devices.find((each) => each.id === id)?.name ?? id;
  return (
    <Card id="contact" title={say("safety.contact")} note={say("safety.contact.note")}>
      {safety.contact_lost.length === 0 ? <p className="quiet">{say("safety.contact.none")}</p> : (
        <ul className="rows">
          {safety.contact_lost.map((each) => <li key={each.device} className="!grid-cols-1"><div><b>{nameOf(each.device)}</b><p className="quiet">{said(each.text)}</p></div></li>)}
        </ul>
      )}
    </Card>
  );
}
