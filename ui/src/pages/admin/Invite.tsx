/** Invite somebody: name, e-mail, role, where; then a link that works once, shown once. */
import { type FormEvent, useId, useState } from "react";

import { Button, Field, Notice } from "../../components/parts";
import { dayAndClock } from "../../formats/times";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { Choices } from "../shared/Choices";
import { Copy } from "../shared/Copy";
import { Pending } from "../shared/Pending";
import { TroubleOrCode } from "../shared/StepUp";
import { usePlaces } from "./places";
import { useInvite } from "./queries";
import { type Group, type Invitation, type Role, ROLES } from "./shapes";

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function Invite({ groups, onDone }: { readonly groups: readonly Group[]; readonly onDone: () => void }) {
  const say = useSay();
  const id = useId();
  const places = usePlaces(groups);
  const invite = useInvite();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [scope, setScope] = useState("*");
  const [isTried, setTried] = useState(false);
  const isReady = name.trim() !== "" && EMAIL.test(email.trim());
  const ask = () => invite.mutate({ name: name.trim(), email: email.trim(), role, scope });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isReady) ask();
  };
  if (invite.data?.invitation) return <LinkOnce name={invite.data.person.name} invitation={invite.data.invitation} onDone={onDone} />;
  return (
    <form className="form" onSubmit={send} noValidate>
      <p className="quiet">{say("admin.people.invite.lead")}</p>
      <Field id={`${id}-name`} label={say("admin.people.name")} wrong={isTried && !name.trim() ? say("admin.field.needed") : undefined}>
        {(props) => <input {...props} maxLength={200} autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field id={`${id}-email`} label={say("admin.people.email")} wrong={isTried && !EMAIL.test(email.trim()) ? say("admin.field.emailWrong", { value: email }) : undefined}>
        {(props) => <input {...props} type="email" maxLength={254} autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />}
      </Field>
      <Choices isList name={`${id}-role`} legend={say("admin.people.role")} value={role} onChange={(value) => setRole(value as Role)} options={ROLES.map((value) => ({ value, label: say(`admin.role.${value}`), note: say(`admin.role.${value}.can`) }))} />
      <Field id={`${id}-where`} label={say("admin.people.where")}>
        {(props) => <select {...props} value={scope} onChange={(event) => setScope(event.target.value)}>{places.map((each) => <option key={each.value} value={each.value}>{each.label}</option>)}</select>}
      </Field>
      {invite.error && <TroubleOrCode error={invite.error} onRetry={ask} />}
      <div className="buttons"><Pending kind="primary" type="submit" isPending={invite.isPending} pending={say("admin.people.invite.sending")}>{say("admin.people.invite.send")}</Pending></div>
    </form>
  );
}

/** The link, once. */
export function LinkOnce({ name, invitation, onDone }: { readonly name: string; readonly invitation: Invitation; readonly onDone: () => void }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  return (
    <div className="form" role="status">
      <p className="question">{say("admin.people.invite.done", { name })}</p>
      <Notice level="warn">{say("admin.people.invite.once", { time: dayAndClock(invitation.ends_at, timezone, language) })}</Notice>
      <code className="secret" aria-label={say("admin.people.invite.link")}>{invitation.link}</code>
      <div className="buttons">
        <Copy kind="primary" text={invitation.link} label={say("admin.copy")} done={say("admin.copied")} failed={say("admin.copyFailed")} />
        <Button onClick={onDone}>{say("admin.close")}</Button>
      </div>
    </div>
  );
}
