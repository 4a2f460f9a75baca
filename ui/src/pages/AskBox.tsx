/** A box without a browser shows a code: here a person says whether it may come in, and for what. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useId, useState } from "react";

import { read, Refused, write } from "../api/client";
import type { AuthState } from "../api/shapes";
import { Button, Field, Notice, Shape } from "../components/parts";
import { Trouble } from "../components/troubles";
import { useSay } from "../words";
import { Guarded } from "./ask/Guarded";
import { Rights } from "./ask/Rights";
import { codeAsShown, isWholeCode } from "./ask/rights";
import { Pending } from "./shared/Pending";
import { TroubleOrCode } from "./shared/StepUp";
import { Door } from "./sign-in/Door";
import { codeOf } from "./sign-in/Told";
import { useWait, Wait } from "./sign-in/Wait";
import "./shared/pages.css";

export interface BoxQuestion {
  readonly user_code: string;
  readonly app_name: string;
  readonly scopes: readonly string[];
}

export function AskBox() {
  const say = useSay();
  const { user_code } = useSearch({ strict: false }) as { user_code?: string };
  const code = codeAsShown(user_code ?? "");
  return (
    <Guarded title={say("ask.box")}>
      {(auth) => (code ? <Asked key={code} code={code} auth={auth} /> : <Door title={say("ask.box")} lead={say("ask.box.lead")}><Typed /></Door>)}
    </Guarded>
  );
}

/** The code that the box shows, to be typed. */
function Typed({ given = "" }: { readonly given?: string }) {
  const say = useSay();
  const id = useId();
  const go = useNavigate();
  const [typed, setTyped] = useState(given);
  const [isTried, setTried] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isWholeCode(typed)) void go({ to: "/device", search: { user_code: codeAsShown(typed) } as never });
  };
  return (
    <form className="form" onSubmit={send} noValidate>
      <Field id={`${id}-code`} label={say("ask.box.code")} hint={say("ask.box.codeHint")} wrong={isTried && !isWholeCode(typed) ? say("ask.box.codeNeed") : undefined}>
        {(props) => <input {...props} className="input box-code" name="user_code" autoComplete="off" autoCapitalize="characters" spellCheck={false} maxLength={20} autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />}
      </Field>
      <Button kind="primary" type="submit">{say("ask.box.go")}</Button>
    </form>
  );
}

function Asked({ code, auth }: { readonly code: string; readonly auth: AuthState }) {
  const say = useSay();
  const asked = useQuery({ queryKey: ["ask-box", code], queryFn: ({ signal }) => read<BoxQuestion>(`/oauth/device/approve?user_code=${encodeURIComponent(code)}`, signal), staleTime: Infinity });
  const answer = useMutation({ mutationFn: (allow: boolean) => write<unknown>("POST", "/oauth/device/approve", { user_code: code, allow }) });
  if (answer.isSuccess) return <Done name={asked.data?.app_name ?? ""} isAllowed={answer.variables} />;
  const error = asked.error ?? answer.error;
  if (codeOf(error) === "no-such-code") return <Unknown code={code} />;
  if (asked.error) return <Door title={say("ask.box")}><NotNow error={asked.error} onRetry={() => void asked.refetch()} /></Door>;
  if (!asked.data) return <Door title={say("ask.box")}><Shape height={280} /></Door>;
  const { app_name: name, scopes } = asked.data;
  return (
    <Door title={say("ask.box.title", { name })} lead={say("ask.box.titleLead")} foot={<As auth={auth} />}>
      <output className="secret box-code" aria-label={say("ask.box.code")}>{code}</output>
      <Notice level="warn">{say("ask.box.check")}</Notice>
      <Rights scopes={scopes} auth={auth} />
      {answer.error && <TroubleOrCode error={answer.error} onRetry={() => answer.mutate(answer.variables ?? false)} />}
      <Decide isPending={answer.isPending} allows={answer.variables} onDecide={answer.mutate} />
    </Door>
  );
}

interface DecideProps {
  readonly isPending: boolean;
  readonly allows: boolean | undefined;
  readonly onDecide: (allow: boolean) => void;
}

export function Decide({ isPending, allows, onDecide }: DecideProps) {
  const say = useSay();
  return (
    <div className="buttons">
      <Pending kind="primary" disabled={isPending && allows === false} isPending={isPending && allows === true} pending={say("ask.allowing")} onClick={() => onDecide(true)}>{say("ask.allow")}</Pending>
      <Pending disabled={isPending && allows === true} isPending={isPending && allows === false} pending={say("ask.denying")} onClick={() => onDecide(false)}>{say("ask.deny")}</Pending>
    </div>
  );
}

/** As whom one answers. */
export function As({ auth }: { readonly auth: AuthState }) {
  const say = useSay();
  return <p>{say("ask.as", { name: auth.person?.name ?? "" })}</p>;
}

function Unknown({ code }: { readonly code: string }) {
  const say = useSay();
  return (
    <Door title={say("ask.box.unknown")} lead={say("ask.box.unknownLead")}>
      <Typed given={code} />
    </Door>
  );
}

function Done({ name, isAllowed }: { readonly name: string; readonly isAllowed: boolean }) {
  const say = useSay();
  return (
    <Door title={say(isAllowed ? "ask.box.allowed" : "ask.box.denied", { name })}>
      <div role="status"><Notice level={isAllowed ? "ok" : "info"}>{say(isAllowed ? "ask.box.allowedLead" : "ask.box.deniedLead")}</Notice></div>
      <Link to="/" className="btn">{say("ask.home")}</Link>
    </Door>
  );
}

/** Too many tries, or no contact. */
function NotNow({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }): ReactNode {
  const say = useSay();
  const leftS = useWait(error instanceof Refused ? error.retryAfterS : null, error);
  if (!(error instanceof Refused) || error.retryAfterS === null) return <Trouble error={error} onRetry={onRetry} />;
  return (
    <>
      <Wait leftS={leftS} />
      <Button disabled={leftS > 0} onClick={onRetry}>{say("trouble.retry")}</Button>
    </>
  );
}
