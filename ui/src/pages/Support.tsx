/** Support: answers first, then a report to share, the installer, versions. */
import { Link } from "@tanstack/react-router";

import { Card } from "../components/parts";
import { useSite } from "../hooks/session";
import { useSay } from "../words";
import { useSafety } from "./safety/queries";
import { Hero } from "./shared/Hero";
import { Report } from "./support/Report";
import { Search } from "./support/Search";
import { Versions } from "./support/Versions";
import "./shared/pages.css";

const INSTALLER = /install|elektr|electric/i;

export function Support() {
  const say = useSay();
  return (
    <>
      <Hero title={say("support.title")} lead={say("support.lead")} />
      <div className="wide-side">
        <div className="stack"><Search /><Report /></div>
        <div className="stack"><Installer /><Yours /><Versions /><Keys /></div>
      </div>
    </>
  );
}

/** Whoever installed the site, from its file; where nobody is named as such, everybody who is. */
function Installer() {
  const say = useSay();
  const found = useSafety();
  const all = found.data?.contacts ?? [];
  const installers = all.filter((each) => INSTALLER.test(each.role));
  const shown = installers.length > 0 ? installers : all;
  if (!found.data && !found.error) return null;
  return (
    <Card id="installer" title={say("support.contact")}>
      {shown.length === 0 ? <p className="quiet">{say("support.contact.none")}</p> : (
        <ul className="rows">
          {shown.map((each) => (
            <li key={each.name + each.phone}>
              <div><b>{each.name}</b><small>{each.role}</small></div>
              <a className="btn" href={`tel:${each.phone.replace(/[^+\d]/g, "")}`} aria-label={say("support.contact.call", { phone: each.phone })}>{each.phone}</a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** What everybody may do for themselves, also without a place in Admin. */
function Yours() {
  const say = useSay();
  const { id } = useSite();
  return (
    <Card id="yours" title={say("support.yours")}>
      <ul className="grid gap-2">
        <li><Link className="btn w-full !justify-start" to="/admin" search={{ site: id, tab: "security" } as never}>{say("support.yours.security")}</Link></li>
        <li><Link className="btn w-full !justify-start" to="/admin" search={{ site: id, tab: "data" } as never}>{say("support.yours.data")}</Link></li>
        <li><Link className="btn w-full !justify-start" to="/more" search={{ site: id }}>{say("support.yours.look")}</Link></li>
      </ul>
    </Card>
  );
}

function Keys() {
  const say = useSay();
  return (
    <Card id="keys" title={say("support.keys")} className="max-md:hidden">
      <ul className="rows">
        <li><span className="text-[14.5px]">{say("support.keys.stop")}</span><kbd>Ctrl Shift .</kbd></li>
        <li><span className="text-[14.5px]">{say("support.keys.list")}</span><kbd>?</kbd></li>
        <li><span className="text-[14.5px]">{say("support.keys.chart")}</span><span><kbd>← →</kbd> <kbd>t</kbd></span></li>
      </ul>
    </Card>
  );
}
