/** One's passkeys: made on this device, listed by name, removed. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";

import { write } from "../../api/client";
import { Button, Card, Field, Notice, Shape } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { dayAndClock } from "../../formats/times";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { Pending } from "../shared/Pending";
import { Code, needsStepUp } from "../shared/StepUp";
import { PasskeyTold } from "../sign-in/Others";
import { canPasskeys, made, type Question } from "../sign-in/passkeys";
import type { FullAuth } from "../sign-in/shapes";
import { useDeed, usePasskeys } from "./queries";
import type { Passkey } from "./shapes";

export function Passkeys({ auth }: { readonly auth: FullAuth }) {
  const say = useSay();
  const found = usePasskeys();
  const worksHere = auth.methods.includes("passkey");
  return (
    <Card id="passkeys" title={say("passkeys.title")}>
      <div className="form">
        <p className="quiet">{say("passkeys.lead")}</p>
        {found.error && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
        {!found.data && !found.error && <Shape height={60} />}
        {found.data?.length === 0 && <p className="small">{say("passkeys.none")}</p>}
        {found.data && found.data.length > 0 && <ul className="rows">{found.data.map((each) => <Row key={each.id} passkey={each} />)}</ul>}
        {!worksHere ? <Notice>{say("passkeys.noPlace")}</Notice> : canPasskeys() ? <Add /> : <Notice>{say("passkeys.cannotAdd")}</Notice>}
      </div>
    </Card>
  );
}

function Row({ passkey }: { readonly passkey: Passkey }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  const [isSure, setSure] = useState(false);
  const remove = useDeed(() => write<unknown>("DELETE", `/me/passkeys/${encodeURIComponent(passkey.id)}`));
  const { name } = passkey;
  const when = (at: string) => dayAndClock(at, timezone, language);
  return (
    <li>
      <div>
        <b>{name}</b>
        <small>{say("passkeys.made", { when: when(passkey.made_at) })}, {passkey.used_at ? say("passkeys.used", { when: when(passkey.used_at) }) : say("passkeys.unused")}</small>
      </div>
      {!isSure && <Button aria-label={say("passkeys.removeThis", { name })} onClick={() => setSure(true)}>{say("passkeys.remove")}</Button>}
      {isSure && (
        <div className="form col-span-full" role="group" aria-label={say("passkeys.removeSure", { name })}>
          <Notice level="warn">
            <p><strong>{say("passkeys.removeSure", { name })}</strong></p>
            <p>{say("passkeys.removeLead")}</p>
          </Notice>
          {needsStepUp(remove.error) ? <Code onDone={() => remove.mutate(undefined)} /> : remove.error && <Trouble error={remove.error} />}
          <div className="buttons">
            <Pending kind="danger" isPending={remove.isPending} pending={say("passkeys.removing")} onClick={() => remove.mutate(undefined)}>{say("passkeys.removeYes")}</Pending>
            <Button autoFocus onClick={() => setSure(false)}>{say("passkeys.cancel")}</Button>
          </div>
        </div>
      )}
    </li>
  );
}

function Add() {
  const say = useSay();
  const id = useId();
  const [name, setName] = useState("");
  const [isTried, setTried] = useState(false);
  const keep = useDeed((passkey: { readonly name: string; readonly ticket: string; readonly credential: unknown }) => write<Passkey>("POST", "/me/passkeys", passkey));
  const add = useMutation({
    mutationFn: async (wanted: string) => {
      const { options, ticket } = await write<Question>("POST", "/me/passkeys/options");
      return keep.mutateAsync({ name: wanted, ticket, credential: await made(options) });
    },
    onSuccess: () => {
      setName("");
      setTried(false);
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim()) add.mutate(name.trim());
  };
  return (
    <>
      <form className="form" onSubmit={send} noValidate>
        <Field id={`${id}-name`} label={say("passkeys.name")} hint={say("passkeys.nameHint")} wrong={isTried && !name.trim() ? say("passkeys.nameNeed") : undefined}>
          {(props) => <input {...props} autoComplete="off" maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <div className="buttons"><Pending type="submit" isPending={add.isPending} pending={say("passkeys.adding")}>{say("passkeys.add")}</Pending></div>
      </form>
      <div role="status">{add.data && <Notice level="ok">{say("passkeys.added", { name: add.data.name })}</Notice>}</div>
      {needsStepUp(add.error) ? <Code onDone={() => add.mutate(name.trim())} /> : add.error && <PasskeyTold error={add.error} />}
    </>
  );
}
