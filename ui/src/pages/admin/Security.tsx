/** One's own way in: password, code from the phone, places where one is signed in. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { Refused, write } from "../../api/client";
import { Card, Notice, Shape, Tag } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { dayAndClock } from "../../formats/times";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { Pending } from "../shared/Pending";
import { Password } from "../sign-in/Password";
import type { FullAuth } from "../sign-in/shapes";
import { judge } from "../sign-in/strength";
import { useDeed, useEndSession, useSessions } from "./queries";
import { agentWords } from "./agents";
import { Passkeys } from "./Passkeys";
import { Totp } from "./Totp";

export function Security({ auth }: { readonly auth: FullAuth }) {
  return (
    <div className="pair">
      <div className="stack">
        {auth.person?.has_password !== false && <ChangePassword auth={auth} />}
        <Sessions />
      </div>
      <div className="stack">
        <Totp isOn={auth.person?.has_totp === true} />
        <Passkeys auth={auth} />
      </div>
    </div>
  );
}

function ChangePassword({ auth }: { readonly auth: FullAuth }) {
  const say = useSay();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [isTried, setTried] = useState(false);
  const change = useDeed(() => write<unknown>("POST", "/me/password", { old, new: next }));
  const isWrong = change.error instanceof Refused && change.error.problem.code === "wrong-password";
  const isShort = judge(next).is === 0;
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!old || isShort) return;
    change.mutate(undefined, {
      onSuccess: () => {
        setOld("");
        setNext("");
        setTried(false);
      },
    });
  };
  return (
    <Card id="password" title={say("admin.security.password")}>
      <form className="form" onSubmit={send} noValidate>
        <p className="quiet">{say("admin.security.password.lead")}</p>
        <input type="text" name="username" autoComplete="username" value={auth.person?.email ?? ""} readOnly hidden />
        <Password label={say("admin.security.current")} value={old} onChange={setOld} wrong={isWrong ? say("admin.security.wrong") : isTried && !old ? say("admin.field.needed") : undefined} />
        <Password label={say("admin.security.new")} isNew hint={say("sign.first.passwordHint")} known={[auth.person?.name ?? "", auth.person?.email ?? ""]} value={next} onChange={setNext} wrong={isTried && isShort ? say("sign.first.passwordNeed") : undefined} />
        {change.error && !isWrong && <Trouble error={change.error} />}
        <div role="status">{change.isSuccess && <Notice level="ok">{say("admin.security.changed")}</Notice>}</div>
        <div className="buttons"><Pending kind="primary" type="submit" isPending={change.isPending} pending={say("admin.security.changing")}>{say("admin.security.change")}</Pending></div>
      </form>
    </Card>
  );
}

function Sessions() {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  const found = useSessions();
  const end = useEndSession();
  const known = useQueryClient();
  const leave = useMutation({ mutationFn: () => write<unknown>("POST", "/auth/sign-out"), onSuccess: () => void known.invalidateQueries() });
  const others = found.data?.filter((each) => !each.is_this) ?? [];
  return (
    <Card id="sessions" title={say("admin.security.sessions")}>
      {found.error && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {!found.data && !found.error && <Shape height={120} />}
      {end.error && <Trouble error={end.error} />}
      <ul className="rows">
        {found.data?.map((each) => (
          <li key={each.id}>
            <div>
              <b>{agentWords(each.agent)}</b> {each.is_this && <Tag level="ok">{say("admin.security.sessions.here")}</Tag>}
              <small>{say("admin.security.sessions.since", { when: dayAndClock(each.made_at, timezone, language) })}, {say("admin.security.sessions.last", { when: dayAndClock(each.seen_at, timezone, language) })}</small>
            </div>
            {each.is_this
              ? <Pending isPending={leave.isPending} pending={say("admin.security.sessions.ending")} onClick={() => leave.mutate()}>{say("admin.security.sessions.end")}</Pending>
              : <Pending isPending={end.isPending && end.variables === each.id} pending={say("admin.security.sessions.ending")} onClick={() => end.mutate(each.id)}>{say("admin.security.sessions.end")}</Pending>}
          </li>
        ))}
      </ul>
      {found.data && others.length === 0 && <p className="small pt-2">{say("admin.security.sessions.none")}</p>}
      {leave.error && <Trouble error={leave.error} />}
    </Card>
  );
}

