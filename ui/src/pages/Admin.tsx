/** Admin: people, keys, log, one's own way in, backup, data, versions. Each part has its address; only what the role may. */
import { Link } from "@tanstack/react-router";

import { useSearchPart } from "../charts/kit";
import { Notice } from "../components/parts";
import { useAuth, useMay, useSite } from "../hooks/session";
import { useSay } from "../words";
import { About } from "./admin/About";
import { Audit } from "./admin/Audit";
import { Backup } from "./admin/Backup";
import { Keys } from "./admin/Keys";
import { People } from "./admin/People";
import { useServerMay } from "./admin/places";
import { useKeys, usePeople } from "./admin/queries";
import { Security } from "./admin/Security";
import { YourData } from "./admin/YourData";
import { Hero } from "./shared/Hero";
import type { FullAuth } from "./sign-in/shapes";
import { useVersion } from "./support/queries";
import "./shared/pages.css";

const TABS = ["people", "keys", "audit", "security", "backup", "data", "about"] as const;
type Tab = (typeof TABS)[number];

export function Admin() {
  const say = useSay();
  const site = useSite();
  const auth = useAuth().data as FullAuth | undefined;
  const open = useOpen();
  const [kept] = useSearchPart("tab");
  const wanted = TABS.find((each) => each === kept);
  const tab = wanted ?? open[0] ?? "security";
  const isOpen = open.includes(tab);
  return (
    <>
      <Title tab={tab} auth={auth} />
      <nav className="tabrow" aria-label={say("admin.tabs")}>
        {open.map((each) => <Link key={each} to="/admin" search={{ site: site.id, tab: each } as never} aria-current={each === tab ? "page" : undefined} resetScroll={false}>{say(`admin.tab.${each}`)}</Link>)}
      </nav>
      {!isOpen && <Notice>{say(tab === "audit" ? "admin.noRight.audit" : "admin.noRight.manage")}</Notice>}
      {isOpen && tab === "people" && <People />}
      {isOpen && tab === "keys" && <Keys />}
      {isOpen && tab === "audit" && <Audit />}
      {isOpen && tab === "security" && auth && <Security auth={auth} />}
      {isOpen && tab === "backup" && auth && <Backup auth={auth} />}
      {isOpen && tab === "data" && <YourData />}
      {isOpen && tab === "about" && <About />}
    </>
  );
}

/** The parts that the role has use for. */
function useOpen(): readonly Tab[] {
  const may = useMay();
  const mayServer = useServerMay();
  return TABS.filter((each) => {
    if (each === "people") return mayServer("manage");
    if (each === "backup") return may("manage");
    return each === "audit" ? may("audit") || mayServer("manage") : true;
  });
}

function Title({ tab, auth }: { readonly tab: Tab; readonly auth: FullAuth | undefined }) {
  const say = useSay();
  const name = auth?.person?.name ?? "";
  const lead = say(`admin.lead.${tab}`, { name });
  switch (tab) {
    case "people": return <PeopleTitle lead={lead} />;
    case "keys": return <KeysTitle lead={lead} />;
    case "security": return <Hero title={say(`admin.title.security.${auth?.person?.has_totp ? "on" : "off"}`)} lead={lead} />;
    case "about": return <VersionTitle lead={lead} />;
    default: return <Hero title={say(`admin.title.${tab}`)} lead={lead} />;
  }
}

function PeopleTitle({ lead }: { readonly lead: string }) {
  const say = useSay();
  const count = usePeople().data?.filter((each) => each.kind === "person" && !each.is_disabled).length;
  return <Hero title={count === undefined ? say("admin.people") : say("admin.title.people", { count })} lead={lead} />;
}

function KeysTitle({ lead }: { readonly lead: string }) {
  const say = useSay();
  const count = useKeys().data?.filter((each) => !each.is_revoked).length;
  return <Hero title={count === undefined ? say("admin.keys") : say("admin.title.keys", { count })} lead={lead} />;
}

function VersionTitle({ lead }: { readonly lead: string }) {
  const say = useSay();
  return <Hero title={say("admin.title.about", { version: useVersion().data?.version ?? "" })} lead={lead} />;
}
