/** Site with its local time, mode, and the place of the emergency stop, which a script of its own fills. */
import { useNavigate } from "@tanstack/react-router";

import { dayAndClock } from "../formats/times";
import { useNow } from "../hooks/clock";
import { useSite, useSites } from "../hooks/session";
import { useLanguage, useSay } from "../words";
import { ShortAge } from "./Contact";
import { ModeSwitch } from "./ModeSwitch";
import { useStopSlot } from "./stopSlot";

export function Header() {
  const slot = useStopSlot();
  return (
    <header className="top">
      <SiteName />
      <div className="flex-1" />
      <ModeSwitch />
      <div className="stop-slot" ref={slot} />
    </header>
  );
}

function SiteName() {
  const site = useSite();
  const sites = useSites();
  const say = useSay();
  const language = useLanguage();
  const now = useNow();
  const go = useNavigate();
  const count = sites.data?.items.length ?? 1;
  return (
    <div className="top-site">
      {count > 1 ? (
        <select className="input !min-h-[44px] font-[650]" aria-label={say("shell.site")} value={site.id} onChange={(event) => void go({ to: ".", search: { site: event.target.value } })}>
          {sites.data?.items.map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}
        </select>
      ) : (
        <strong>{site.name}</strong>
      )}
      <small>{dayAndClock(now, site.timezone, language)} <ShortAge /></small>
    </div>
  );
}
