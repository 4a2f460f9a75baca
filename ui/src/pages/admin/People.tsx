/** People: who may see this home, with which roles; invite, change, sign out, remove. */
import { useState } from "react";

import { Button, Card, Shape, Tag } from "../../components/parts";
import { Sheet } from "../../components/Sheet";
import { dayAndClock } from "../../formats/times";
import { usePerson, useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { TroubleOrCode } from "../shared/StepUp";
import { Table } from "../shared/Table";
import { Edit } from "./Edit";
import { Invite } from "./Invite";
import { usePlaceName } from "./places";
import { useGrants, useGroups, usePeople } from "./queries";
import type { Grant, Group, Person } from "./shapes";

export function People() {
  const say = useSay();
  const people = usePeople();
  const grants = useGrants();
  const groups = useGroups();
  const [open, setOpen] = useState<"" | "invite" | string>("");
  const error = people.error ?? grants.error ?? groups.error;
  if (error) return <TroubleOrCode error={error} onRetry={() => [people, grants, groups].forEach((each) => void each.refetch())} />;
  if (!people.data || !grants.data || !groups.data) return <Shape height={320} />;
  const persons = people.data.filter((each) => each.kind === "person");
  const edited = persons.find((each) => each.id === open);
  return (
    <Card id="people" title={say("admin.people")} end={<Button kind="primary" onClick={() => setOpen("invite")}>{say("admin.people.invite")}</Button>}>
      <List people={persons} grants={grants.data} groups={groups.data} onEdit={setOpen} />
      <Sheet title={say("admin.people.invite")} isOpen={open === "invite"} onClose={() => setOpen("")}>
        <Invite groups={groups.data} onDone={() => setOpen("")} />
      </Sheet>
      <Sheet title={edited ? say("admin.people.edit", { name: edited.name }) : ""} isOpen={edited !== undefined} onClose={() => setOpen("")}>
        {edited && <Edit key={edited.id} person={edited} grants={grants.data.filter((each) => each.person_id === edited.id)} groups={groups.data} onDone={() => setOpen("")} />}
      </Sheet>
    </Card>
  );
}

interface ListProps {
  readonly people: readonly Person[];
  readonly grants: readonly Grant[];
  readonly groups: readonly Group[];
  readonly onEdit: (person: string) => void;
}

function List({ people, grants, groups, onEdit }: ListProps) {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  const me = usePerson();
  const placeName = usePlaceName(groups);
  const rolesOf = (person: Person) => grants.filter((each) => each.person_id === person.id).map((each) => say("admin.people.roleAt", { role: say(`admin.role.${each.role}`), place: placeName(each.scope) }));
  return (
    <Table
      caption={say("admin.people")}
      rows={people}
      keyOf={(each) => each.id}
      columns={[
        { key: "person", label: say("admin.people.person"), isHead: true, cell: (each) => <>{each.name} {each.id === me?.id && <Tag>{say("admin.people.you")}</Tag>}<small className="small block">{each.email}</small></> },
        { key: "roles", label: say("admin.people.roles"), cell: (each) => (rolesOf(each).length > 0 ? rolesOf(each).map((role) => <span key={role} className="block">{role}</span>) : <span className="small">{say("admin.people.noRole")}</span>) },
        { key: "how", label: say("admin.people.signIn"), cell: (each) => (each.is_invited ? <Tag level="warn">{say("admin.people.invited")}</Tag> : say(each.has_totp ? "admin.people.totp" : "admin.people.noTotp")) },
        { key: "last", label: say("admin.people.last"), cell: (each) => (each.signed_in_at ? dayAndClock(each.signed_in_at, timezone, language) : say("admin.people.never")) },
        { key: "edit", label: say("admin.people.change"), cell: (each) => <Button aria-label={say("admin.people.edit", { name: each.name })} onClick={() => onEdit(each.id)}>{say("admin.people.change")}</Button> },
      ]}
    />
  );
}
