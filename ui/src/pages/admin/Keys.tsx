/** Keys for programs: what each may do, until when; its secret is shown once. */
import { type FormEvent, useId, useState } from "react";

import { Button, Card, Field, Notice, Shape, Tag } from "../../components/parts";
import { Sheet } from "../../components/Sheet";
import { dayAndClock } from "../../formats/times";
import { useMay, useSite, useSites } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { Choices } from "../shared/Choices";
import { Copy } from "../shared/Copy";
import { dayAndYear } from "../shared/moments";
import { Pending } from "../shared/Pending";
import { TroubleOrCode } from "../shared/StepUp";
import { Table } from "../shared/Table";
import { useServerMay } from "./places";
import { useIssue, useKeys, useRevoke } from "./queries";
import { ACTIONS, type Key } from "./shapes";

const DAYS = ["30", "90", "365"] as const;

export function Keys() {
  const say = useSay();
  const keys = useKeys();
  const [isOpen, setOpen] = useState(false);
  const [ending, setEnding] = useState<Key | null>(null);
  if (keys.error) return <TroubleOrCode error={keys.error} onRetry={() => void keys.refetch()} />;
  if (!keys.data) return <Shape height={240} />;
  return (
    <Card id="keys" title={say("admin.keys")} note={say("admin.keys.lead")} end={<Button kind="primary" onClick={() => setOpen(true)}>{say("admin.keys.make")}</Button>}>
      {keys.data.length === 0 ? <p className="quiet">{say("admin.keys.none")}</p> : <List keys={keys.data} onEnd={setEnding} />}
      <Sheet title={say("admin.keys.make")} isOpen={isOpen} onClose={() => setOpen(false)}><Make onDone={() => setOpen(false)} /></Sheet>
      <Sheet title={ending ? say("admin.keys.revokeSure", { name: ending.name }) : ""} isOpen={ending !== null} onClose={() => setEnding(null)}>
        {ending && <End secret={ending} onDone={() => setEnding(null)} />}
      </Sheet>
    </Card>
  );
}

function List({ keys, onEnd }: { readonly keys: readonly Key[]; readonly onEnd: (key: Key) => void }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  const sites = useSites();
  const siteName = (id: string) => (id === "*" ? say("admin.people.all") : (sites.data?.items.find((each) => each.id === id)?.name ?? id));
  const day = (at: string) => dayAndYear(at, timezone, language);
  return (
    <Table
      caption={say("admin.keys")}
      rows={keys}
      keyOf={(each) => each.id}
      columns={[
        { key: "name", label: say("admin.keys.name"), isHead: true, cell: (each) => <>{each.name}<small className="small block">{say("admin.keys.made", { when: day(each.made_at), who: each.issuer_name || "–" })}</small></> },
        { key: "may", label: say("admin.keys.scopes"), cell: (each) => Object.entries(each.scopes).map(([site, actions]) => <span key={site} className="block">{siteName(site)}: {actions.map((action) => say(`admin.scope.${action}`)).join(", ")}</span>) },
        { key: "ends", label: say("admin.keys.ends"), cell: (each) => (each.is_revoked ? <Tag>{say("admin.keys.ended")}</Tag> : each.ends_at ? day(each.ends_at) : say("admin.keys.never")) },
        { key: "used", label: say("admin.keys.used"), cell: (each) => (each.used_at ? dayAndClock(each.used_at, timezone, language) : say("admin.keys.neverUsed")) },
        { key: "end", label: say("admin.keys.end"), cell: (each) => !each.is_revoked && <Button aria-label={say("admin.keys.revoke", { name: each.name })} onClick={() => onEnd(each)}>{say("admin.keys.end")}</Button> },
      ]}
    />
  );
}

function Make({ onDone }: { readonly onDone: () => void }) {
  const say = useSay();
  const id = useId();
  const may = useMay();
  const mayServer = useServerMay();
  const site = useSite();
  const issue = useIssue();
  const [name, setName] = useState("");
  const [place, setPlace] = useState(site.id);
  const [actions, setActions] = useState<readonly string[]>(["see"]);
  const [days, setDays] = useState<string>("365");
  const [isTried, setTried] = useState(false);
  // Nobody gives a program more than he has.
  const open = ACTIONS.filter((each) => (place === "*" ? mayServer(each) : may(each)));
  const chosen = actions.filter((each) => (open as readonly string[]).includes(each));
  const ask = () => issue.mutate({ name: name.trim(), scopes: { [place]: chosen }, lasts_days: Number(days) });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() && chosen.length > 0) ask();
  };
  if (issue.data) return <Once secret={issue.data.secret} name={issue.data.key.name} onDone={onDone} />;
  return (
    <form className="form" onSubmit={send} noValidate>
      <Field id={`${id}-name`} label={say("admin.keys.name")} hint={say("admin.keys.nameHint")} wrong={isTried && !name.trim() ? say("admin.field.needed") : undefined}>
        {(props) => <input {...props} maxLength={200} autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field id={`${id}-site`} label={say("admin.keys.site")}>
        {(props) => <select {...props} value={place} onChange={(event) => setPlace(event.target.value)}><option value={site.id}>{site.name}</option>{mayServer("see") && <option value="*">{say("admin.people.all")}</option>}</select>}
      </Field>
      <fieldset className="choices">
        <legend>{say("admin.keys.scopes")}</legend>
        <div className="chips">
          {open.map((each) => (
            <label key={each} className="choice">
              <input type="checkbox" checked={chosen.includes(each)} onChange={(event) => setActions(event.target.checked ? [...chosen, each] : chosen.filter((one) => one !== each))} />
              <b>{say(`admin.scope.${each}`)}</b>
            </label>
          ))}
        </div>
        {isTried && chosen.length === 0 && <small className="text-danger text-[13px]" role="alert">{say("admin.keys.scopesNeeded")}</small>}
      </fieldset>
      <Choices name={`${id}-days`} legend={say("admin.keys.ends")} value={days} onChange={setDays} options={DAYS.map((value) => ({ value, label: say("admin.keys.days", { count: Number(value) }) }))} />
      {issue.error && <TroubleOrCode error={issue.error} onRetry={ask} />}
      <div className="buttons"><Pending kind="primary" type="submit" isPending={issue.isPending} pending={say("admin.keys.making")}>{say("admin.keys.make")}</Pending></div>
    </form>
  );
}

function Once({ secret, name, onDone }: { readonly secret: string; readonly name: string; readonly onDone: () => void }) {
  const say = useSay();
  return (
    <div className="form" role="status">
      <p className="question">{name}</p>
      <Notice level="warn"><p><strong>{say("admin.keys.once")}</strong></p><p>{say("admin.keys.onceLead")}</p></Notice>
      <code className="secret" aria-label={say("admin.keys.secret")}>{secret}</code>
      <div className="buttons">
        <Copy kind="primary" text={secret} label={say("admin.copy")} done={say("admin.copied")} failed={say("admin.copyFailed")} />
        <Button onClick={onDone}>{say("admin.keys.kept")}</Button>
      </div>
    </div>
  );
}

function End({ secret, onDone }: { readonly secret: Key; readonly onDone: () => void }) {
  const say = useSay();
  const revoke = useRevoke();
  const ask = () => revoke.mutate(secret.id, { onSuccess: onDone });
  return (
    <div className="form">
      <p className="quiet">{say("admin.keys.revokeLead")}</p>
      {revoke.error && <TroubleOrCode error={revoke.error} onRetry={ask} />}
      <div className="buttons">
        <Pending kind="danger" isPending={revoke.isPending} pending={say("admin.keys.revoking", { name: secret.name })} onClick={ask}>{say("admin.keys.revokeYes")}</Pending>
        <Button autoFocus onClick={onDone}>{say("admin.cancel")}</Button>
      </div>
    </div>
  );
}
