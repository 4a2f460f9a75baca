/** Step 2: which product reads it right, what it measures, and what of the site it stands for. */
import { useEffect, useId, useState } from "react";

import { Button, Card, Field, LinkButton, Notice } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { measured, quantityName } from "../devices/quantities";
import { useDevices } from "../devices/queries";
import { has } from "../shared/has";
import { Pending } from "../shared/Pending";
import { StepEnd } from "./Steps";
import { Table } from "../shared/Table";
import { useProbe, useProfiles } from "./queries";
import type { Match } from "./shapes";
import type { Assistant } from "./useDraft";

export function Connect({ assistant }: { readonly assistant: Assistant }) {
  const say = useSay();
  const { draft, go } = assistant;
  const [tried, setTried] = useState("");
  const all = useProbe(draft.address, draft.unit);
  const one = useProbe(tried ? draft.address : "", draft.unit, tried || undefined);
  const matches = [...(one.data?.matches ?? []), ...(all.data?.matches ?? []).filter((each) => each.profile !== tried)];
  const fitting = matches.filter((each) => each.makes_sense || each.profile === tried);
  const chosen = matches.find((each) => each.profile === draft.profile) ?? null;
  useEffect(() => {
    if (!draft.profile && fitting.length === 1 && fitting[0]) go("connect", { profile: fitting[0].profile });
  }, [draft.profile, fitting, go]);
  if (all.isPending) return <Card id="ask" title={say("add.title.connecting", { address: draft.address })}><p className="quiet" role="status">{say("add.connect.asking")}</p></Card>;
  if (all.error) return <Silent error={all.error} assistant={assistant} onAgain={() => void all.refetch()} isAsking={all.isFetching} />;
  return (
    <>
      <div className="pair">
        <div className="stack">
          <Card id="product" title={say("add.connect.choose")} note={say("add.connect.fits", { count: fitting.length })}>
            <div className="form">
              {fitting.length > 1 && <Notice>{say("add.connect.several")}</Notice>}
              {fitting.length === 0 && <Notice level="warn"><p>{say("add.connect.none")}</p><p>{say("add.connect.noneDo")}</p></Notice>}
              {fitting.length > 0 && (
                <fieldset className="choices">
                  <legend className="vh">{say("add.connect.choose")}</legend>
                  {fitting.map((each) => (
                    <label key={each.profile} className="choice">
                      <input type="radio" name="profile" checked={each.profile === draft.profile} onChange={() => go("connect", { profile: each.profile })} />
                      <b>{each.product || each.profile}</b>
                      <small>{each.profile}</small>
                    </label>
                  ))}
                </fieldset>
              )}
              <Other tried={tried} onTry={setTried} isAsking={one.isFetching} />
              {one.error && <Trouble error={one.error} />}
              <div><LinkButton onClick={() => void all.refetch()}>{say("add.connect.again")}</LinkButton></div>
            </div>
          </Card>
          {chosen && <Serves match={chosen} assistant={assistant} />}
        </div>
        {chosen && <Measures match={chosen} />}
      </div>
      <StepEnd onBack={() => go("find")} onNext={() => go("sign")} wrong={!chosen ? say("add.connect.productNone") : Object.keys(draft.serves).length === 0 ? say("add.connect.servesNone") : undefined} />
    </>
  );
}

/** Nothing came back: what happened, why, what to do. */
function Silent({ error, assistant, onAgain, isAsking }: { readonly error: unknown; readonly assistant: Assistant; readonly onAgain: () => void; readonly isAsking: boolean }) {
  const say = useSay();
  return (
    <Card id="silent" title={say("add.connect.why")}>
      <div className="form">
        <Trouble error={error} />
        <p className="quiet"><strong>{say("add.connect.do")}</strong> {say("add.connect.silentDo")}</p>
        <div className="buttons">
          <Pending kind="primary" isPending={isAsking} pending={say("add.connect.trying")} onClick={onAgain}>{say("add.connect.again")}</Pending>
          <Button onClick={() => assistant.go("find")}>{say("add.connect.change")}</Button>
        </div>
      </div>
    </Card>
  );
}

function Other({ tried, onTry, isAsking }: { readonly tried: string; readonly onTry: (profile: string) => void; readonly isAsking: boolean }) {
  const say = useSay();
  const id = useId();
  const profiles = useProfiles();
  const [value, setValue] = useState(tried);
  return (
    <div className="buttons !items-end">
      <Field id={`${id}-profile`} label={say("add.connect.other")}>
        {(props) => (
          <select {...props} value={value} onChange={(event) => setValue(event.target.value)}>
            <option value="">–</option>
            {profiles.data?.items.map((each) => <option key={each.name} value={each.name}>{each.product || each.name}</option>)}
          </select>
        )}
      </Field>
      <Pending isPending={isAsking} pending={say("add.connect.trying")} disabled={!value} onClick={() => onTry(value)}>{say("add.connect.try")}</Pending>
    </div>
  );
}

function Measures({ match }: { readonly match: Match }) {
  const say = useSay();
  const language = useLanguage();
  return (
    <Card id="measures" title={say("add.connect.measures")} note={match.product}>
      <Table
        caption={say("add.connect.measures")}
        isTight
        rows={match.values}
        keyOf={(each) => `${each.role} ${each.quantity}`}
        columns={[
          { key: "q", label: say("devices.values.quantity"), isHead: true, cell: (each) => quantityName(each.quantity, say) },
          { key: "role", label: say("devices.values.of"), cell: (each) => roleName(each.role, say) },
          { key: "v", label: say("devices.values.now"), isNumber: true, cell: (each) => measured(each, say, language) },
        ]}
      />
    </Card>
  );
}

export function roleName(role: string, say: ReturnType<typeof useSay>): string {
  const key = `add.role.${role}`;
  return has(key) ? say(key) : role;
}

/** Which part of the site each role stands for. */
function Serves({ match, assistant }: { readonly match: Match; readonly assistant: Assistant }) {
  const say = useSay();
  const id = useId();
  const { assets } = useSite();
  const { draft, note } = assistant;
  const known = useDevices();
  // One device for one thing: what is served already cannot be chosen again.
  const servedBy = new Map((known.data?.items ?? []).flatMap((device) => Object.values(device.serves).map((asset) => [asset, device.name] as const)));
  const likely = (role: string): string => {
    const asset = role === "meter" ? "grid" : (assets.find((each) => (each.kind === role || each.id === role) && !servedBy.has(each.id))?.id ?? "");
    return servedBy.has(asset) ? "" : asset;
  };
  const option = (id: string, name: string) => <option key={id} value={id} disabled={servedBy.has(id)}>{servedBy.has(id) ? say("add.connect.servedBy", { name, device: servedBy.get(id) }) : name}</option>;
  useEffect(() => {
    const known = match.roles.filter((role) => role in draft.serves).length;
    if (known > 0) return;
    note({ serves: Object.fromEntries(match.roles.map((role) => [role, likely(role)]).filter(([, asset]) => asset)) });
    // Only when another product is chosen: what a person has changed stays.
  }, [match.profile]); // eslint-disable-line react-hooks/exhaustive-deps
  const choose = (role: string, asset: string) => {
    const rest = Object.fromEntries(Object.entries(draft.serves).filter(([each]) => each !== role && match.roles.includes(each)));
    note({ serves: asset ? { ...rest, [role]: asset } : rest });
  };
  return (
    <Card id="serves" title={say("add.connect.serves")} note={say("add.connect.servesHint")}>
      <div className="form">
        {match.roles.map((role) => (
          <Field key={role} id={`${id}-${role}`} label={roleName(role, say)}>
            {(props) => (
              <select {...props} value={draft.serves[role] ?? ""} onChange={(event) => choose(role, event.target.value)}>
                <option value="">{say("add.connect.serves.none")}</option>
                {option("grid", say("devices.kind.grid"))}
                {assets.filter((each) => each.id !== "grid").map((each) => option(each.id, each.name))}
              </select>
            )}
          </Field>
        ))}
      </div>
    </Card>
  );
}
