/** One device: what it is, whether it answers, what flows, where it stands. The whole card opens it. */
import { Link } from "@tanstack/react-router";

import type { LiveNode } from "../../api/shapes";
import { Icon } from "../../components/Icon";
import { Tag } from "../../components/parts";
import { energy, percent, text } from "../../formats/numbers";
import { age, clock } from "../../formats/times";
import { useNow } from "../../hooks/clock";
import { useSite } from "../../hooks/session";
import { useLive } from "../../live/live";
import { useLanguage, useSay } from "../../words";
import { ageOf } from "../shared/age";
import { Health } from "./Health";
import { directionKey, driverName, kindOf, LOOKS, servedNodes } from "./kinds";
import { Power } from "./Power";
import type { DeviceBrief } from "./shapes";

export function DeviceCard({ device }: { readonly device: DeviceBrief }) {
  const say = useSay();
  const site = useSite();
  const { live } = useLive(site.id);
  const nodes = servedNodes(device.serves, live?.nodes ?? []);
  const kinds = Object.values(device.serves).map((asset) => kindOf(asset, site.assets));
  const kind = nodes[0] ? kindOf(nodes[0].id, site.assets) : (kinds[0] ?? "device");
  const told = live?.devices.find((each) => each.id === device.id);
  const look = LOOKS[kinds.length > 1 && kind !== "battery" && kinds.includes("battery") ? "battery" : kind];
  return (
    <li className="card device">
      <div className="device-head">
        <span style={{ color: look.ink }}><Icon name={look.icon} size={24} /></span>
        <h2>
          <Link to="/devices/$id" params={{ id: device.id }} search={{ site: site.id }} className="device-link">{device.name}</Link>
          <small>{device.place || say("devices.noPlace")}</small>
        </h2>
        {device.waits_for_start ? <Tag level="warn">{say("devices.waits")}</Tag> : <Health told={told} />}
      </div>
      <div className="device-body">
        {nodes.length === 0 && !device.waits_for_start && <p className="device-quiet">{say("devices.noValue")}</p>}
        {nodes.map((each) => <Part key={each.id} node={each} todayKwh={nodes.length === 1 ? (device.today_kwh ?? null) : null} />)}
      </div>
      {told?.problems[0] && <p className="device-problem">{told.problems[0]}</p>}
      <p className="device-foot">
        <span>{device.product.split(";")[0] || driverName(device.driver)}</span>
        {device.is_read_only && <span>{say("devices.readOnly")}</span>}
        {!device.waits_for_start && <LastAnswer at={told?.last_at ?? newest(nodes)} />}
      </p>
    </li>
  );
}

/** The newest reading of what a device stands for. */
function newest(nodes: readonly LiveNode[]): string | null {
  return nodes.reduce<string | null>((found, each) => (each.read_at !== null && (found === null || each.read_at > found) ? each.read_at : found), null);
}

/** When it spoke last; up to a minute as an age, then as a clock time. */
function LastAnswer({ at }: { readonly at: string | null }) {
  const say = useSay();
  const language = useLanguage();
  const { id, timezone } = useSite();
  const state = useLive(id);
  const old = ageOf(at, state, useNow());
  const words = old.is === "never" ? say("devices.never") : old.is === "old" ? say("devices.lastAt", { time: clock(at ?? "", timezone, language) }) : say("devices.ago", { age: age(old.seconds) });
  return <span className="ms-auto"><span className="vh">{say("devices.last")}: </span>{words}</span>;
}

function Part({ node, todayKwh }: { readonly node: LiveNode; readonly todayKwh: number | null }) {
  const say = useSay();
  const language = useLanguage();
  const site = useSite();
  const kind = kindOf(node.id, site.assets);
  const { is } = ageOf(node.read_at, useLive(site.id), useNow());
  const isOld = is === "old" || is === "never";
  const today = node.today_kwh ?? todayKwh;
  const notes = [
    !isOld && node.soc_ratio != null && percent(node.soc_ratio, language),
    today !== null && say("devices.todayIs", { energy: text(energy(today, language)) }),
  ].filter(Boolean);
  return (
    <div className="device-part">
      <span className="device-way">{node.power_w === null || isOld ? node.name : say(directionKey(kind, node.power_w))}</span>
      <Power node={node} />
      <small>{notes.join(", ")}</small>
    </div>
  );
}
