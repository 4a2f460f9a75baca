/** Step 4: what it is called, and where somebody finds it in a hurry. */
import { type FormEvent, useId, useState } from "react";

import { Button, Card, Field } from "../../components/parts";
import { useSay } from "../../words";
import { useDevices } from "../devices/queries";
import { isShortName, shortName } from "./draft";
import { StepEnd } from "./Steps";
import type { Assistant } from "./useDraft";

export function NameIt({ assistant }: { readonly assistant: Assistant }) {
  const say = useSay();
  const id = useId();
  const { draft, note, go } = assistant;
  const known = useDevices();
  const taken = known.data?.items.map((each) => each.id) ?? [];
  const [isOwnId, setOwnId] = useState(draft.id !== "" && draft.id !== shortName(draft.name, taken));
  const [isTried, setTried] = useState(false);
  const isTaken = taken.includes(draft.id);
  const idWrong = !isShortName(draft.id) ? say("add.name.idWrong", { value: draft.id }) : isTaken ? say("add.name.idTaken", { value: draft.id }) : undefined;
  const on = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (draft.name.trim() && !idWrong) go("save");
  };
  return (
    <form className="form" onSubmit={on} noValidate>
      <Card id="name" title={say("add.step.name")}>
        <div className="form">
          <Field id={`${id}-name`} label={say("add.name.name")} hint={say("add.name.nameHint")} wrong={isTried && !draft.name.trim() ? say("add.name.nameNeeded") : undefined}>
            {(props) => <input {...props} maxLength={60} value={draft.name} onChange={(event) => note({ name: event.target.value, ...(isOwnId ? {} : { id: shortName(event.target.value, taken) }) })} />}
          </Field>
          <Field id={`${id}-place`} label={say("add.name.place")} hint={say("add.name.placeHint")}>
            {(props) => <input {...props} maxLength={120} value={draft.place} placeholder={say("add.name.placeExample")} onChange={(event) => note({ place: event.target.value })} />}
          </Field>
          <Field id={`${id}-id`} label={say("add.name.id")} hint={say("add.name.idHint")} wrong={(isTried || isOwnId) && draft.name.trim() ? idWrong : undefined}>
            {(props) => <input {...props} maxLength={40} value={draft.id} autoCapitalize="none" spellCheck={false} onChange={(event) => { setOwnId(true); note({ id: event.target.value }); }} />}
          </Field>
        </div>
      </Card>
      <StepEnd onBack={() => go("sign")} next={<Button type="submit" kind="primary">{say("add.next")}</Button>} />
    </form>
  );
}
