/** Why it does this, what can be changed for now, and what somebody has changed already. */
import { Strong } from "../../charts/kit";
import { Button, Card, LinkButton, Tag } from "../../components/parts";
import { useTrouble } from "../../components/troubles";
import type { IconName } from "../../components/Icon";
import type { AssetBrief, Lease } from "../../api/shapes";
import { clock, endOfChange, soon } from "../../formats/times";
import { useNow } from "../../hooks/clock";
import { isStopped, useOverride, useWithdraw, type Wish } from "../../hooks/commands";
import { useMay, useSite } from "../../hooks/session";
import { useLive } from "../../live/live";
import { useLanguage, useSaid, useSay } from "../../words";

const MOST = 3;
const OPEN = new Set(["waiting", "acting", "cut", "refused"]);

interface Quick {
  readonly key: string;
  readonly icon: IconName;
  readonly asset: AssetBrief;
  readonly action: string;
}

/** Three changes at most, and only those that this home has machines for. */
function quick(assets: readonly AssetBrief[]): Quick[] {
  const movable = assets.filter((each) => each.is_controllable);
  const battery = movable.find((each) => each.kind === "battery");
  const switched = movable.filter((each) => each.kind !== "battery" && each.kind !== "pv").slice(0, MOST - 1);
  const on = switched.map((asset): Quick => ({ key: asset.kind === "car" || asset.kind === "heat" ? asset.kind : "on", icon: asset.kind === "car" ? "car" : asset.kind === "heat" ? "heat" : "plug", asset, action: "on" }));
  const stored = battery ? [{ key: "fill", icon: "battery", asset: battery, action: "fill" } as const, { key: "rest", icon: "battery", asset: battery, action: "rest" } as const] : [];
  return [...on, ...stored].slice(0, MOST);
}

export function Why() {
  const say = useSay();
  const said = useSaid();
  const may = useMay();
  const told = useTrouble();
  const site = useSite();
  const { live } = useLive(site.id);
  const ask = useOverride();
  const language = useLanguage();
  const now = useNow();
  if (!live) return null;
  const stopped = isStopped(live.state);
  const open = live.leases.filter((each) => OPEN.has(each.state));
  // What somebody has asked for already is not offered again.
  const changes = quick(site.assets).filter((each) => !open.some((lease) => lease.asset === each.asset.id && lease.action === each.action));
  const untilMs = endOfChange(now, site.timezone);
  const until = clock(untilMs, site.timezone, language);
  const wish = (each: Quick): Wish => ({ asset: each.asset.id, action: each.action, until: new Date(untilMs).toISOString(), reason: "overview" });
  const isPending = (each: Quick) => ask.isPending && ask.variables.asset === each.asset.id && ask.variables.action === each.action;
  return (
    <Card id="why" title={say("overview.why")} className="why">
      {live.because.slice(0, 3).map((each) => <p key={each.asset + each.code}><Strong text={said(each.text)} /></p>)}
      {live.because.length === 0 && <p>{say("overview.why.none")}</p>}
      {open.map((lease) => <OpenLease key={lease.id} lease={lease} />)}
      {changes.length > 0 && (
        <div className="acts">
          <h3>{say("overview.change")}</h3>
          {changes.map((each) => (
            <Button key={each.key + each.asset.id} icon={each.icon} disabled={stopped || !may("control") || ask.isPending} onClick={() => ask.mutate(wish(each))}>
              {say(`overview.quick.${each.key}`, { name: each.asset.name })}
              {isPending(each) && `: ${say("overview.sending")}`}
            </Button>
          ))}
          {ask.error && <p className="!text-danger" role="alert">{told(ask.error)}</p>}
          <p className="hint">{stopped ? say("overview.change.stopped") : may("control") ? say("overview.change.until", { until, isMidnight: until === "00:00" ? "yes" : "no" }) : say("overview.change.not-allowed")}</p>
        </div>
      )}
    </Card>
  );
}

function OpenLease({ lease }: { readonly lease: Lease }) {
  const say = useSay();
  const language = useLanguage();
  const site = useSite();
  const may = useMay();
  const now = useNow();
  const withdraw = useWithdraw();
  const name = site.assets.find((each) => each.id === lease.asset)?.name ?? lease.asset;
  const level = lease.state === "refused" ? "danger" : lease.state === "cut" ? "warn" : "ok";
  return (
    <div className="notice !mt-3" data-level={level === "ok" ? "ok" : "warn"}>
      <div className="text">
        <strong>{say(`overview.lease.${lease.action}`, { name })}</strong> <Tag level={level}>{say(`overview.lease.state.${lease.state}`)}</Tag>
        <p className="!text-[13.5px]">{say("overview.lease.until", { until: soon(lease.until, now, site.timezone, language), clock: clock(lease.until, site.timezone, language), who: lease.who })}</p>
      </div>
      {may("control") && <LinkButton disabled={withdraw.isPending} onClick={() => withdraw.mutate(lease.id)}>{say(withdraw.isPending ? "overview.sending" : "overview.lease.end")}</LinkButton>}
    </div>
  );
}
