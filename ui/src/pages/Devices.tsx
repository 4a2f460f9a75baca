/** Devices: a card for each, trouble first. */
import { Link } from "@tanstack/react-router";

import { Icon } from "../components/Icon";
import { Shape } from "../components/parts";
import { Trouble } from "../components/troubles";
import { useMay, useSite } from "../hooks/session";
import { useLive } from "../live/live";
import { useLanguage, useSay } from "../words";
import { DeviceCard } from "./devices/DeviceCard";
import { useDevices } from "./devices/queries";
import type { DeviceBrief } from "./devices/shapes";
import { Heading, Hero } from "./shared/Hero";
import "./shared/pages.css";

export function Devices() {
  const say = useSay();
  const found = useDevices();
  if (found.data) return <Found devices={found.data.items} />;
  if (found.error) return <><Hero title={say("devices.list")} /><Trouble error={found.error} onRetry={() => void found.refetch()} /></>;
  return <><Heading>{say("devices.list")}</Heading><Shape height={72} /><ul className="devices">{[1, 2, 3].map((each) => <li key={each}><Shape height={220} /></li>)}</ul></>;
}

function Found({ devices }: { readonly devices: readonly DeviceBrief[] }) {
  const say = useSay();
  const language = useLanguage();
  const { live } = useLive(useSite().id);
  const answers = (device: DeviceBrief) => live?.devices.find((each) => each.id === device.id)?.answers;
  const asked = devices.filter((each) => !each.waits_for_start);
  const silent = asked.filter((each) => answers(each) === false);
  const isAsked = devices.some((each) => answers(each) !== undefined);
  if (devices.length === 0) return <None />;
  const count = { count: asked.length, missing: silent.length };
  const names = new Intl.ListFormat(language, { type: "conjunction" }).format(silent.map((each) => each.name));
  const key = !isAsked ? "unknown" : silent.length === 0 ? "all" : silent.length === asked.length ? "silent" : "some";
  const ordered = [...devices].sort((a, b) => Number(answers(a) ?? true) - Number(answers(b) ?? true));
  return (
    <>
      <Hero title={say(`devices.title.${key}`, count)} lead={say(`devices.lead.${key === "silent" ? "some" : key}`, { names })} end={<Add />} />
      <ul className="devices" aria-label={say("devices.list")}>
        {ordered.map((each) => <DeviceCard key={each.id} device={each} />)}
      </ul>
      <NoRight />
    </>
  );
}

function Add({ isFirst = false }: { readonly isFirst?: boolean }) {
  const say = useSay();
  const may = useMay();
  const { id } = useSite();
  if (!may("configure")) return null;
  return (
    <Link to="/devices/add" search={{ site: id }} className="btn" data-kind="primary">
      <Icon name="plug" />
      {say(isFirst ? "devices.addFirst" : "devices.add")}
    </Link>
  );
}

function NoRight() {
  const say = useSay();
  const may = useMay();
  return may("configure") ? null : <p className="text-[13.5px] text-ink-3">{say("devices.addWho")}</p>;
}

/** Nothing is wired: one sentence and one button. */
function None() {
  const say = useSay();
  return (
    <section className="first">
      <span className="first-icon"><Icon name="plug" size={40} width={1.5} /></span>
      <h1>{say("devices.title.none")}</h1>
      <p>{say("devices.lead.none")}</p>
      <Add isFirst />
      <NoRight />
    </section>
  );
}
