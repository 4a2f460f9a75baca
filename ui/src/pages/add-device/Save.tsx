/** Step 5: everything once more, then into the site file. */
import { Link } from "@tanstack/react-router";

import { Button, Card, Notice } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { useSite } from "../../hooks/session";
import { useSay } from "../../words";
import { kindOf } from "../devices/kinds";
import { Facts } from "../shared/Facts";
import { Hero } from "../shared/Hero";
import { Pending } from "../shared/Pending";
import { roleName } from "./Connect";
import { useSave } from "./queries";
import { StepEnd } from "./Steps";
import type { Assistant } from "./useDraft";

type Saving = ReturnType<typeof useSave>;

export function Save({ assistant, saving }: { readonly assistant: Assistant; readonly saving: Saving }) {
  const say = useSay();
  const { draft, note, go } = assistant;
  const { assets } = useSite();
  const nameOf = (asset: string) => assets.find((each) => each.id === asset)?.name ?? say(`devices.kind.${kindOf(asset, assets)}`);
  return (
    <>
      <Card id="check" title={say("add.save.check")}>
        <Facts facts={[
          [say("add.name.name"), draft.name],
          [say("add.name.place"), draft.place || say("devices.noPlace")],
          [say("add.find.address"), `${draft.address}, ${say("add.find.unit")} ${draft.unit}`],
          [say("add.connect.choose"), draft.profile],
          ...Object.entries(draft.serves).map(([role, asset]) => [roleName(role, say), [nameOf(asset), draft.signs[role] && say("add.save.signIs", { sign: say(`add.save.sign.${draft.signs[role]}`) })].filter(Boolean).join(", ")] as const),
        ]} />
        <label className="choice mt-4">
          <input type="checkbox" checked={draft.isReadOnly} onChange={(event) => note({ isReadOnly: event.target.checked })} />
          <b>{say("add.save.readOnly")}</b>
          <small>{say("add.save.readOnlyHint")}</small>
        </label>
      </Card>
      {saving.error && (
        <div className="form">
          <Notice level="danger"><strong>{say("add.save.failed")}.</strong> {say("add.save.nothing")}</Notice>
          <Trouble error={saving.error} />
        </div>
      )}
      <StepEnd onBack={() => go("name")} next={<Pending kind="primary" isPending={saving.isPending} pending={say("add.save.saving")} onClick={() => saving.mutate(draft)}>{say("add.save.save")}</Pending>} />
    </>
  );
}

/** It is saved: what happens now, and what is left to do. */
export function Saved({ name, device, onAnother }: { readonly name: string; readonly device: string; readonly onAnother: () => void }) {
  const say = useSay();
  const site = useSite();
  return (
    <>
      <Hero title={say("add.title.done", { name })} lead={say("add.done.lead")} />
      <Notice level="ok"><p>{say("add.done.commission", { command: "enerwise commission" })}</p></Notice>
      <div className="buttons">
        <Link className="btn" data-kind="primary" to="/devices/$id" params={{ id: device }} search={{ site: site.id }}>{say("add.done.open", { name })}</Link>
        <Button onClick={onAnother}>{say("add.done.another")}</Button>
        <Link className="btn" to="/devices" search={{ site: site.id }}>{say("add.done.list")}</Link>
      </div>
    </>
  );
}
