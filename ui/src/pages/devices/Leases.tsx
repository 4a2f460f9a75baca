/** What is changed by hand on a device, who asked for it and until when; each can be ended. */
import type { Lease } from "../../api/shapes";
import { Card, Tag } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { useNow } from "../../hooks/clock";
import { useWithdraw } from "../../hooks/commands";
import { useMay, useSite } from "../../hooks/session";
import { useLive } from "../../live/live";
import { useLanguage, useSay } from "../../words";
import { endOn } from "../shared/moments";
import { Pending } from "../shared/Pending";
import { useLeaseWords } from "./Change";

const LEVELS: Readonly<Record<Lease["state"], "ok" | "warn" | "danger" | "plain">> = { waiting: "plain", acting: "ok", cut: "warn", refused: "danger", ended: "plain", withdrawn: "plain" };

export function Leases({ assets }: { readonly assets: ReadonlySet<string> }) {
  const say = useSay();
  const { live } = useLive(useSite().id);
  const open = live?.leases.filter((each) => assets.has(each.asset) && each.state !== "ended" && each.state !== "withdrawn") ?? [];
  if (open.length === 0) return null;
  return (
    <Card id="leases" title={say("devices.leases")}>
      <ul className="rows">{open.map((each) => <Row key={each.id} lease={each} />)}</ul>
    </Card>
  );
}

function Row({ lease }: { readonly lease: Lease }) {
  const say = useSay();
  const language = useLanguage();
  const may = useMay();
  const now = useNow();
  const { timezone } = useSite();
  const words = useLeaseWords();
  const withdraw = useWithdraw();
  return (
    <li>
      <div>
        <b>{say("devices.leases.one", { what: words(lease), time: endOn(lease.until, now, timezone, language) })}</b>
        <small>{say(lease.reason ? "devices.leases.who" : "devices.leases.noReason", { who: lease.who, reason: lease.reason })}</small>
        <Tag level={LEVELS[lease.state]}>{say(`devices.lease.${lease.state}`)}</Tag>
        {lease.rule && <small>{lease.rule}</small>}
        {withdraw.error && <Trouble error={withdraw.error} />}
      </div>
      {may("control") && <Pending isPending={withdraw.isPending} pending={say("devices.leases.ending")} onClick={() => withdraw.mutate(lease.id)}>{say("devices.leases.end")}</Pending>}
    </li>
  );
}
