/** The first minute: the word from the terminal proves that one is at the machine; then the owner is made. */
import { useMutation } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";

import { Refused, write } from "../api/client";
import { Field, Notice, Shape } from "../components/parts";
import { Trouble } from "../components/troubles";
import { useAuth, useSiteDetail, useSites } from "../hooks/session";
import { useSay } from "../words";
import { Facts } from "./shared/Facts";
import { Pending } from "./shared/Pending";
import { Door } from "./sign-in/Door";
import { Password } from "./sign-in/Password";
import type { FullAuth } from "./sign-in/shapes";
import { judge } from "./sign-in/strength";
import { useKnown } from "./sign-in/useEntered";
import { useWait, Wait } from "./sign-in/Wait";
import "./shared/pages.css";

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function FirstRun() {
  const say = useSay();
  const auth = useAuth();
  const [owner, setOwner] = useState("");
  if (owner) return <Found owner={owner} />;
  if (auth.error && !auth.data) return <Door title={say("sign.first.title")}><Trouble error={auth.error} onRetry={() => void auth.refetch()} /></Door>;
  if (!auth.data) return <Door title={say("sign.first.title")}><Shape height={420} /></Door>;
  if (!auth.data.needs_first_run) {
    return <Door title={say("sign.first.done")} lead={say("sign.first.doneLead")}><Link to="/sign-in" className="btn" data-kind="primary">{say("sign.first.toSignIn")}</Link></Door>;
  }
  return <Door title={say("sign.first.title")} lead={say("sign.first.lead")} foot={<p>{say("sign.first.next")}</p>}><Owner onDone={setOwner} /></Door>;
}

/** What the new owner has: the site as its file tells of it. */
function Found({ owner }: { readonly owner: string }) {
  const say = useSay();
  const sites = useSites();
  const site = useSiteDetail(sites.data?.items[0]?.id);
  const open = <Link to="/" className="btn" data-kind="primary">{say("sign.site.open")}</Link>;
  const error = sites.error ?? site.error;
  return (
    <Door title={say("sign.site", { name: owner })} lead={say("sign.site.lead")} foot={<p>{say("sign.first.next")}</p>}>
      {error && <Trouble error={error} />}
      {site.data ? (
        <Facts facts={[
          [say("sign.site.name"), site.data.name],
          [say("sign.site.zone"), site.data.timezone],
          [say("sign.site.parts"), site.data.assets.map((each) => each.name).join(", ") || say("sign.site.partsNone")],
        ]} />
      ) : !error && <Shape height={120} />}
      {open}
    </Door>
  );
}

function Owner({ onDone }: { readonly onDone: (owner: string) => void }) {
  const say = useSay();
  const id = useId();
  const known = useKnown();
  const search = useSearch({ strict: false }) as { token?: string };
  const [token, setToken] = useState(search.token ?? "");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [isTried, setTried] = useState(false);
  const ask = useMutation({
    mutationFn: () => write<FullAuth>("POST", "/auth/first-run", { token: token.trim(), name: name.trim(), email: email.trim(), password }),
    onSuccess: (auth) => {
      known(auth);
      onDone(auth.person?.name ?? name);
    },
  });
  const leftS = useWait(ask.error instanceof Refused && ask.error.problem.status === 429 ? ask.error.retryAfterS : null, ask.error);
  const code = ask.error instanceof Refused ? ask.error.problem.code : "";
  const isShort = judge(password, [name, email]).is === 0;
  const isReady = token.trim() !== "" && name.trim() !== "" && EMAIL.test(email.trim()) && !isShort;
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isReady && leftS === 0) ask.mutate();
  };
  return (
    <form className="form" onSubmit={send} noValidate>
      <Field id={`${id}-token`} label={say("sign.first.token")} hint={say("sign.first.tokenHint")} wrong={code === "wrong-token" ? say("sign.first.tokenWrong") : isTried && !token.trim() ? say("sign.first.tokenNeed") : undefined}>
        {(props) => <input {...props} name="token" autoComplete="off" autoCapitalize="none" spellCheck={false} value={token} onChange={(event) => setToken(event.target.value)} />}
      </Field>
      <Field id={`${id}-name`} label={say("sign.first.name")} hint={say("sign.first.nameHint")} wrong={isTried && !name.trim() ? say("sign.first.nameNeed") : undefined}>
        {(props) => <input {...props} name="name" autoComplete="name" maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field id={`${id}-email`} label={say("sign.first.email")} hint={say("sign.first.emailHint")} wrong={isTried && !EMAIL.test(email.trim()) ? say("sign.first.emailWrong", { value: email }) : undefined}>
        {(props) => <input {...props} name="email" type="email" inputMode="email" autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={254} value={email} onChange={(event) => setEmail(event.target.value)} />}
      </Field>
      <Password label={say("sign.first.password")} hint={say("sign.first.passwordHint")} isNew known={[name, email]} value={password} onChange={setPassword} wrong={isTried && isShort ? say("sign.first.passwordNeed") : undefined} />
      {leftS > 0 ? <Wait leftS={leftS} /> : code !== "wrong-token" && ask.error && <Trouble error={ask.error} />}
      {code === "has-owner" && <Notice><Link to="/sign-in" className="link">{say("sign.first.toSignIn")}</Link></Notice>}
      <Pending kind="primary" type="submit" disabled={leftS > 0} isPending={ask.isPending} pending={say("sign.first.creating")}>{say("sign.first.create")}</Pending>
    </form>
  );
}
