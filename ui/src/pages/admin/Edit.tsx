/** One person: roles given and taken, a new invitation, sign out everywhere, remove. */
import { type FormEvent, useId, useState } from "react";

import { Button, Field, Notice } from "../../components/parts";
import { usePerson } from "../../hooks/session";
import { useSay } from "../../words";
import { Pending } from "../shared/Pending";
import { TroubleOrCode } from "../shared/StepUp";
import { LinkOnce } from "./Invite";
import { usePlaceName, usePlaces } from "./places";
import { useEndSessionsOf, useErasePerson, useGive, useInviteAgain, useTake } from "./queries";
import { type Grant, type Group, type Person, type Role, ROLES } from "./shapes";

interface Props {
  readonly person: Person;
  readonly grants: readonly Grant[];
  readonly groups: readonly Group[];
  readonly onDone: () => void;
}

export function Edit({ person, grants, groups, onDone }: Props) {
  const say = useSay();
  const me = usePerson();
  const again = useInviteAgain();
  const out = useEndSessionsOf();
  if (again.data) return <LinkOnce name={person.name} invitation={again.data} onDone={onDone} />;
  return (
    <div className="form">
      <Roles grants={grants} groups={groups} />
      <Give person={person} groups={groups} />
      <section className="form border-t border-hair pt-4">
        <div className="buttons">
          <Pending isPending={again.isPending} pending={say("admin.people.invite.sending")} onClick={() => again.mutate(person.id)}>{say("admin.people.again")}</Pending>
          <Pending isPending={out.isPending} pending={say("admin.people.sessionsEnding")} onClick={() => out.mutate(person.id)}>{say("admin.people.sessions")}</Pending>
        </div>
        {out.data && <p className="quiet" role="status">{say("admin.people.sessionsDone", { count: out.data.count })}</p>}
        {again.error && <TroubleOrCode error={again.error} onRetry={() => again.mutate(person.id)} />}
        {out.error && <TroubleOrCode error={out.error} onRetry={() => out.mutate(person.id)} />}
      </section>
      {person.id !== me?.id && <Remove person={person} onDone={onDone} />}
    </div>
  );
}

function Roles({ grants, groups }: { readonly grants: readonly Grant[]; readonly groups: readonly Group[] }) {
  const say = useSay();
  const placeName = usePlaceName(groups);
  const take = useTake();
  if (grants.length === 0) return <p className="quiet">{say("admin.people.noRole")}</p>;
  return (
    <div className="form">
      <ul className="rows">
        {grants.map((each) => {
          const what = say("admin.people.roleAt", { role: say(`admin.role.${each.role}`), place: placeName(each.scope) });
          return (
            <li key={each.id}>
              <div><b>{what}</b><small>{each.role !== "service" && say(`admin.role.${each.role}.can`)}</small></div>
              <Pending isPending={take.isPending && take.variables === each.id} pending={say("admin.people.revoking")} aria-label={say("admin.people.revokeThis", { what })} onClick={() => take.mutate(each.id)}>{say("admin.people.revoke")}</Pending>
            </li>
          );
        })}
      </ul>
      {take.error && <TroubleOrCode error={take.error} onRetry={() => take.variables && take.mutate(take.variables)} />}
    </div>
  );
}

function Give({ person, groups }: { readonly person: Person; readonly groups: readonly Group[] }) {
  const say = useSay();
  const id = useId();
  const places = usePlaces(groups);
  const give = useGive();
  const [role, setRole] = useState<Role>("viewer");
  const [scope, setScope] = useState("*");
  const ask = () => give.mutate({ person_id: person.id, role, scope });
  const send = (event: FormEvent) => {
    event.preventDefault();
    ask();
  };
  return (
    <form className="form border-t border-hair pt-4" onSubmit={send}>
      <div className="grid grid-cols-2 gap-3">
        <Field id={`${id}-role`} label={say("admin.people.role")}>
          {(props) => <select {...props} value={role} onChange={(event) => setRole(event.target.value as Role)}>{ROLES.map((each) => <option key={each} value={each}>{say(`admin.role.${each}`)}</option>)}</select>}
        </Field>
        <Field id={`${id}-where`} label={say("admin.people.where")}>
          {(props) => <select {...props} value={scope} onChange={(event) => setScope(event.target.value)}>{places.map((each) => <option key={each.value} value={each.value}>{each.label}</option>)}</select>}
        </Field>
      </div>
      <p className="small">{say(`admin.role.${role}.can`)}</p>
      {give.error && <TroubleOrCode error={give.error} onRetry={ask} />}
      <div className="buttons"><Pending type="submit" isPending={give.isPending} pending={say("admin.people.granting")}>{say("admin.people.grant")}</Pending></div>
    </form>
  );
}

function Remove({ person, onDone }: { readonly person: Person; readonly onDone: () => void }) {
  const say = useSay();
  const erase = useErasePerson();
  const [isSure, setSure] = useState(false);
  const ask = () => erase.mutate(person.id, { onSuccess: onDone });
  return (
    <section className="form border-t border-hair pt-4">
      {!isSure && <div className="buttons"><Button kind="danger" onClick={() => setSure(true)}>{say("admin.people.remove", { name: person.name })}</Button></div>}
      {isSure && (
        <div className="form" role="group" aria-label={say("admin.people.removeSure", { name: person.name })}>
          <Notice level="danger"><p><strong>{say("admin.people.removeSure", { name: person.name })}</strong></p><p>{say("admin.people.removeLead")}</p></Notice>
          <div className="buttons">
            <Pending kind="danger" isPending={erase.isPending} pending={say("admin.people.removing", { name: person.name })} onClick={ask}>{say("admin.people.removeYes")}</Pending>
            <Button autoFocus onClick={() => setSure(false)}>{say("admin.cancel")}</Button>
          </div>
        </div>
      )}
      {erase.error && <TroubleOrCode error={erase.error} onRetry={ask} />}
    </section>
  );
}
