/** E-mail and password, then a code if the account has one. What was typed stays when something is wrong. */
import { useMutation } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";

import { Refused, write } from "../../api/client";
import { Field, LinkButton } from "../../components/parts";
import { useSay } from "../../words";
import { Pending } from "../shared/Pending";
import { Others } from "./Others";
import { Password } from "./Password";
import type { FullAuth } from "./shapes";
import { codeOf, OutsideFailed, Told } from "./Told";
import { useEntered } from "./useEntered";
import { useWait } from "./Wait";

interface Entry {
  readonly email: string;
  readonly password: string;
  readonly code: string | null;
}

export function Enter({ auth }: { readonly auth: FullAuth }) {
  const enter = useEntered();
  const ask = useMutation({ mutationFn: (entry: Entry) => write<FullAuth>("POST", "/auth/sign-in", entry), onSuccess: enter });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [needsCode, setNeedsCode] = useState(false);
  const [code, setCode] = useState("");
  const leftS = useWait(ask.error instanceof Refused ? ask.error.retryAfterS : null, ask.error);
  const send = (wanted: string | null) => ask.mutate({ email: email.trim(), password, code: wanted }, { onError: (error) => codeOf(error) === "needs-totp" && setNeedsCode(true) });
  const told = <Told error={ask.error} leftS={leftS} />;
  return needsCode
    ? <CodeForm code={code} onCode={setCode} isPending={ask.isPending} isHeld={leftS > 0} told={codeOf(ask.error) === "needs-totp" ? null : told} onSend={() => send(code.trim())} onBack={() => { ask.reset(); setCode(""); setNeedsCode(false); }} />
    : <PasswordForm auth={auth} email={email} onEmail={setEmail} password={password} onPassword={setPassword} isPending={ask.isPending} isHeld={leftS > 0} told={ask.error ? told : null} onSend={() => send(null)} />;
}

interface PasswordFormProps {
  readonly auth: FullAuth;
  readonly email: string;
  readonly onEmail: (email: string) => void;
  readonly password: string;
  readonly onPassword: (password: string) => void;
  readonly isPending: boolean;
  readonly isHeld: boolean;
  readonly told: React.ReactNode;
  readonly onSend: () => void;
}

function PasswordForm({ auth, email, onEmail, password, onPassword, isPending, isHeld, told, onSend }: PasswordFormProps) {
  const say = useSay();
  const id = useId();
  const { error } = useSearch({ strict: false }) as { error?: string };
  const [isTried, setTried] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (email.trim() && password && !isHeld) onSend();
  };
  return (
    <form className="form" onSubmit={send} noValidate>
      <Field id={`${id}-email`} label={say("sign.email")} wrong={isTried && !email.trim() ? say("sign.needEmail") : undefined}>
        {(props) => <input {...props} name="email" type="email" inputMode="email" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus value={email} onChange={(event) => onEmail(event.target.value)} />}
      </Field>
      <Password label={say("sign.password")} value={password} onChange={onPassword} wrong={isTried && !password ? say("sign.needPassword") : undefined} />
      {told}
      {!told && error && <OutsideFailed code={error} />}
      <Pending kind="primary" type="submit" disabled={isHeld} isPending={isPending} pending={say("sign.signingIn")}>{say("sign.signIn")}</Pending>
      <Others auth={auth} />
    </form>
  );
}

interface CodeFormProps {
  readonly code: string;
  readonly onCode: (code: string) => void;
  readonly isPending: boolean;
  readonly isHeld: boolean;
  readonly told: React.ReactNode;
  readonly onSend: () => void;
  readonly onBack: () => void;
}

function CodeForm({ code, onCode, isPending, isHeld, told, onSend, onBack }: CodeFormProps) {
  const say = useSay();
  const id = useId();
  const [isPaper, setPaper] = useState(false);
  const [isTried, setTried] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (code.trim().length >= 6 && !isHeld) onSend();
  };
  return (
    <form className="form" onSubmit={send} noValidate>
      <h2 className="text-[16px] font-[650]">{say("sign.code.title")}</h2>
      <Field id={`${id}-code`} label={say(isPaper ? "sign.code.recoveryCode" : "sign.code")} hint={say(isPaper ? "sign.code.recoveryLead" : "sign.code.lead")} wrong={isTried && code.trim().length < 6 ? say("sign.code.need") : undefined}>
        {(props) => <input {...props} key={isPaper ? "paper" : "app"} name="code" inputMode={isPaper ? "text" : "numeric"} autoComplete={isPaper ? "off" : "one-time-code"} autoCapitalize="none" spellCheck={false} maxLength={32} autoFocus value={code} onChange={(event) => onCode(event.target.value)} />}
      </Field>
      {told}
      <Pending kind="primary" type="submit" disabled={isHeld} isPending={isPending} pending={say("sign.code.confirming")}>{say("sign.code.confirm")}</Pending>
      <div className="flex flex-wrap gap-x-5 gap-y-2">
        <LinkButton onClick={() => { onCode(""); setPaper(!isPaper); }}>{say(isPaper ? "sign.code.app" : "sign.code.recovery")}</LinkButton>
        <LinkButton onClick={onBack}>{say("sign.code.back")}</LinkButton>
      </div>
    </form>
  );
}
