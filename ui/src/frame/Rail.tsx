/** Where one can go: a rail on a desktop, five tabs on a phone. A page appears only where the role has use for it. */
import { Link } from "@tanstack/react-router";

import { Icon, type IconName } from "../components/Icon";
import { useMay, useSite } from "../hooks/session";
import { placesOf, useMarkets } from "../pages/market/queries";
import { useSay } from "../words";
import { Contact } from "./Contact";
import { Logo } from "./Logo";

interface Place {
  readonly to: string;
  readonly name: string;
  readonly icon: IconName;
}

const HOME: readonly Place[] = [
  { to: "/", name: "overview", icon: "home" },
  { to: "/plan", name: "plan", icon: "plan" },
  { to: "/savings", name: "savings", icon: "coin" },
  { to: "/devices", name: "devices", icon: "device" },
  { to: "/safety", name: "safety", icon: "shield" },
];
const MARKET: Place = { to: "/market", name: "market", icon: "trade" };
const ADMIN: Place = { to: "/admin", name: "admin", icon: "gear" };
const SUPPORT: Place = { to: "/support", name: "support", icon: "help" };
const TABS: readonly Place[] = [
  { to: "/", name: "home", icon: "home" },
  { to: "/plan", name: "plan", icon: "plan" },
  { to: "/savings", name: "savings", icon: "coin" },
  { to: "/devices", name: "devices", icon: "device" },
  { to: "/more", name: "more", icon: "more" },
];

/** What the person may manage. */
export function useManaged(): readonly Place[] {
  const may = useMay();
  return may("configure") || may("manage") ? [ADMIN, SUPPORT] : [SUPPORT];
}

/** Where the site trades; nothing for a site that takes part in no market. */
export function useTrade(): readonly Place[] {
  const { id } = useSite();
  const markets = useMarkets();
  return placesOf(markets.data?.items, id).length > 0 ? [MARKET] : [];
}

export function Rail() {
  const say = useSay();
  const managed = useManaged();
  const trade = useTrade();
  return (
    <nav className="rail" aria-label={say("shell.main")}>
      <div className="brand"><Logo />Enerwise</div>
      <Group title={say("shell.group.home")} places={HOME} />
      {trade.length > 0 && <Group title={say("shell.group.trade")} places={trade} />}
      <Group title={say("shell.group.manage")} places={managed} />
      <Contact />
    </nav>
  );
}

function Group({ title, places }: { readonly title: string; readonly places: readonly Place[] }) {
  const say = useSay();
  return (
    <div>
      <h2 className="rail-group">{title}</h2>
      <ul>
        {places.map((each) => (
          <li key={each.to}>
            <Go place={each} className="rail-link">
              <Icon name={each.icon} />
              {say(`shell.page.${each.name}`)}
            </Go>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Tabs() {
  const say = useSay();
  return (
    <nav className="tabs" aria-label={say("shell.tabs")}>
      {TABS.map((each) => (
        <Go key={each.to} place={each} className="tab">
          <Icon name={each.icon} size={22} />
          {say(`shell.page.${each.name}`)}
        </Go>
      ))}
    </nav>
  );
}

function Go({ place, className, children }: { readonly place: Place; readonly className: string; readonly children: React.ReactNode }) {
  const { id } = useSite();
  return (
    <Link to={place.to} search={{ site: id }} className={className} activeOptions={{ exact: place.to === "/", includeSearch: false }} activeProps={{ "aria-current": "page" }}>
      {children}
    </Link>
  );
}
