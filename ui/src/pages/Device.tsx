/** One device: what it says now, what limits it, what was sent to it and what it did. */
import { Link, useParams } from "@tanstack/react-router";

import { Refused } from "../api/client";
import { Notice, Shape, Tag } from "../components/parts";
import { Trouble } from "../components/troubles";
import { clock } from "../formats/times";
import { power, text } from "../formats/numbers";
import { useSite } from "../hooks/session";
import { useLive } from "../live/live";
import { useLanguage, useSay } from "../words";
import { About, Calibration, ContactLost } from "./devices/About";
import { Change } from "./devices/Change";
import { Commands } from "./devices/Commands";
import { History } from "./devices/History";
import { Health } from "./devices/Health";
import { directionKey, kindOf, servedNodes } from "./devices/kinds";
import { Leases } from "./devices/Leases";
import { Limits } from "./devices/Limits";
import { useDevice } from "./devices/queries";
import type { DeviceDetail } from "./devices/shapes";
import { Values } from "./devices/Values";
import { Heading, Hero } from "./shared/Hero";
import "./shared/pages.css";

export function Device() {
  const say = useSay();
  const { id } = useParams({ strict: false }) as { id: string };
  const found = useDevice(id);
  if (found.data) return <Found device={found.data} />;
  if (found.error instanceof Refused && found.error.problem.status === 404) {
    return <Hero above={<Back />} title={say("devices.missing", { id })} lead={say("devices.missing.lead")} />;
  }
  if (found.error) return <><Hero above={<Back />} title={say("devices.kind.device")} /><Trouble error={found.error} onRetry={() => void found.refetch()} /></>;
  return <><Heading>{say("devices.kind.device")}</Heading><Shape height={90} /><div className="wide-side"><Shape height={420} /><Shape height={420} /></div></>;
}

function Found({ device }: { readonly device: DeviceDetail }) {
  const say = useSay();
  const language = useLanguage();
  const site = useSite();
  const { live } = useLive(site.id);
  const told = live?.devices.find((each) => each.id === device.id);
  const served = new Set(Object.values(device.serves));
  // Batteries first: they are what people change most.
  const assets = site.assets.filter((each) => served.has(each.id)).sort((a, b) => Number(b.kind === "battery") - Number(a.kind === "battery"));
  const what = servedNodes(device.serves, live?.nodes ?? []).filter((each) => each.power_w !== null)
    .map((each) => say("devices.detail.part", { way: say(directionKey(kindOf(each.id, site.assets), each.power_w ?? 0)), power: text(power(each.power_w, language)) }));
  const lead = device.waits_for_start ? say("devices.waits.lead") : told && !told.answers
    ? say("devices.lead.some", { names: device.name })
    : new Intl.ListFormat(language, { type: "unit" }).format(what);
  return (
    <>
      <Hero above={<Back />} title={told && !told.answers ? say("devices.detail.silent", { name: device.name }) : device.name} lead={lead} end={device.waits_for_start ? <Tag level="warn">{say("devices.waits")}</Tag> : <Health told={told} />} />
      {told && !told.answers && (
        <Notice level="warn">
          <p><strong>{say("devices.problem")}</strong> {told.problems.join("; ") || say("devices.silentSince", { time: told.last_at ? clock(told.last_at, site.timezone, language) : "–" })}</p>
          <p><strong>{say("devices.problem.works")}</strong> {say("devices.problem.worksText")}</p>
          <p><strong>{say("devices.problem.do")}</strong> {say("devices.problem.doText")}</p>
        </Notice>
      )}
      {told?.answers && told.problems.length > 0 && <Notice level="warn">{told.problems.map((each) => <p key={each}>{each}</p>)}</Notice>}
      <div className="wide-side">
        <div className="stack">
          <Values values={device.values} />
          <History name={device.name} serves={device.serves} />
          <Commands device={device.id} isReadOnly={device.is_read_only} />
          <Limits limits={device.limits} />
        </div>
        <div className="stack">
          <Leases assets={served} />
          <Change assets={device.is_read_only ? [] : assets} />
          <ContactLost device={device} />
          <Calibration device={device} />
          <About device={device} />
        </div>
      </div>
    </>
  );
}

function Back() {
  const say = useSay();
  return <Link to="/devices" search={{ site: useSite().id }} className="crumb"><span aria-hidden="true">‹</span>{say("devices.back")}</Link>;
}
