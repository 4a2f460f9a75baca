/** Change a device for now: what, how much, until when and why. Sent, then shown as the site answers. */
import { type FormEvent, useId, useState } from "react";

import type { AssetBrief, Lease } from "../../api/shapes";
import { Card, Field, Notice } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { power, text } from "../../formats/numbers";
import { useNow } from "../../hooks/clock";
import { isStopped, useOverride } from "../../hooks/commands";
import { useMay, useSite } from "../../hooks/session";
import { useLive } from "../../live/live";
import { useLanguage, useSay } from "../../words";
import { Choices } from "../shared/Choices";
import { endOn } from "../shared/moments";
import { Pending } from "../shared/Pending";
import { type End, endOf, ENDS } from "./when";
import { type Deed, deedKey, deedsOf, powerOf, signedW, takesPower } from "./wishes";

export function Change({ assets }: { readonly assets: readonly AssetBrief[] }) {
  const say = useSay();
  const may = useMay();
  const site = useSite();
  const { live, contact } = useLive(site.id);
  const movable = assets.filter((each) => deedsOf(each).length > 0);
  const why = movable.length === 0 ? "readOnly" : !may("control") ? "noRight" : isStopped(live?.state) ? "stopped" : contact === "lost" ? "noContact" : null;
  return (
    <Card id="change" title={say("devices.change")}>
      {why ? <p className="quiet">{say(`devices.change.${why}`)}</p> : <Form assets={movable} />}
    </Card>
  );
}

function Form({ assets }: { readonly assets: readonly AssetBrief[] }) {
  const say = useSay();
  const language = useLanguage();
  const id = useId();
  const { timezone } = useSite();
  const ask = useOverride();
  const [assetId, setAsset] = useState(assets[0]?.id ?? "");
  const asset = assets.find((each) => each.id === assetId) ?? assets[0];
  const deeds = asset ? deedsOf(asset) : [];
  const [wanted, setWanted] = useState<Deed>("fill");
  const deed = deeds.includes(wanted) ? wanted : (deeds[0] ?? "rest");
  const [kw, setKw] = useState("");
  const [end, setEnd] = useState<End>("1");
  const [time, setTime] = useState("");
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const limitW = deed === "hold" ? null : (asset?.charge_limit_w ?? null);
  const powerW = takesPower(deed) ? powerOf(kw, limitW) : null;
  const isPowerWrong = takesPower(deed) && powerW === null && (deed === "hold" || kw.trim() !== "");
  const isTimeWrong = endOf(end, time, 0, timezone) === null;
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const untilMs = endOf(end, time, Date.now(), timezone);
    if (!asset || isPowerWrong || untilMs === null) return;
    ask.mutate({ asset: asset.id, action: deed, power_w: signedW(deed, powerW), until: new Date(untilMs).toISOString(), reason: reason.trim() });
  };
  return (
    <form className="form" onSubmit={send} noValidate>
      <p className="quiet">{say("devices.change.lead")}</p>
      {assets.length > 1 && <Choices name={`${id}-asset`} legend={say("devices.change.asset")} value={asset?.id ?? ""} onChange={setAsset} options={assets.map((each) => ({ value: each.id, label: each.name }))} />}
      <Choices name={`${id}-deed`} legend={say("devices.change.what")} value={deed} onChange={(value) => setWanted(value as Deed)} options={deeds.map((value) => ({ value, label: say(deedKey(asset?.kind, value)) }))} />
      {takesPower(deed) && (
        <Field id={`${id}-kw`} label={say("devices.change.power")} hint={deed === "hold" ? undefined : limitW !== null ? say("devices.change.powerHint", { limit: text(power(limitW, language)) }) : say("devices.change.powerAll")} wrong={isTried && isPowerWrong ? say("devices.change.powerWrong", { value: kw || "–" }) : undefined}>
          {(props) => <input {...props} inputMode="decimal" autoComplete="off" value={kw} onChange={(event) => setKw(event.target.value)} placeholder="2.0" />}
        </Field>
      )}
      <Choices name={`${id}-end`} legend={say("devices.change.until")} value={end} onChange={(value) => setEnd(value as End)} options={ENDS.map((value) => ({ value, label: /\d/.test(value) ? say("devices.change.until.1", { hours: Number(value) }) : say(`devices.change.until.${value}`) }))} />
      {end === "time" && (
        <Field id={`${id}-time`} label={say("devices.change.untilTime")} wrong={isTried && isTimeWrong ? say("devices.change.timeWrong") : undefined}>
          {(props) => <input {...props} type="time" value={time} onChange={(event) => setTime(event.target.value)} />}
        </Field>
      )}
      <Field id={`${id}-why`} label={say("devices.change.reason")} hint={say("devices.change.reasonHint")}>
        {(props) => <input {...props} maxLength={200} value={reason} onChange={(event) => setReason(event.target.value)} placeholder={say("devices.change.reason.example")} />}
      </Field>
      <div className="buttons">
        <Pending kind="primary" type="submit" isPending={ask.isPending} pending={say("devices.change.sending")}>{say("devices.change.send")}</Pending>
      </div>
      {ask.error && <Trouble error={ask.error} />}
      {ask.data && <Answer lease={ask.data} />}
    </form>
  );
}

/** What the site said to a wish. */
function Answer({ lease }: { readonly lease: Lease }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  const now = useNow();
  const what = useLeaseWords()(lease);
  const is = lease.state === "refused" ? "refused" : lease.state === "cut" ? "cut" : "done";
  return (
    <div role="status">
      <Notice level={is === "refused" ? "danger" : is === "cut" ? "warn" : "ok"}>
        {say(`devices.change.${is}`, { what, time: endOn(lease.until, now, timezone, language), rule: lease.rule, why: lease.rule })}
      </Notice>
    </div>
  );
}

/** "Battery: Charge 2.00 kW". */
export function useLeaseWords(): (lease: Lease) => string {
  const say = useSay();
  const language = useLanguage();
  const { assets } = useSite();
  return (lease) => {
    const asset = assets.find((each) => each.id === lease.asset);
    const deed = say(deedKey(asset?.kind, lease.action));
    return say("devices.leases.what", { name: asset?.name ?? lease.asset, deed, power: lease.power_w === null ? "" : text(power(lease.power_w, language)), has: lease.power_w === null ? "no" : "yes" });
  };
}
