/** What to do by hand, and whom to call. */
import { Icon } from "../../components/Icon";
import { Card } from "../../components/parts";
import { useSay } from "../../words";
import type { Safety } from "./shapes";

const USUAL = ["1", "2", "3"] as const;

export function Emergency({ safety }: { readonly safety: Safety }) {
  const say = useSay();
  const steps = safety.recovery.length > 0 ? safety.recovery : USUAL.map((each) => say(`safety.recovery.${each}`));
  return (
    <Card id="recovery" title={say("safety.recovery")}>
      <div className="form">
        {safety.recovery.length === 0 && <p className="small">{say("safety.recovery.none")}</p>}
        <ol className="numbered">{steps.map((each) => <li key={each}><span>{each}</span></li>)}</ol>
        <dl className="facts">
          <div><dt>{say("safety.mainSwitch")}</dt><dd>{safety.main_switch || <span className="small">{say("safety.mainSwitch.none")}</span>}</dd></div>
        </dl>
        <p className="small">{say("safety.notMachine")}</p>
      </div>
    </Card>
  );
}

export function Contacts({ safety }: { readonly safety: Safety }) {
  const say = useSay();
  return (
    <Card id="contacts" title={say("safety.contacts")}>
      {safety.contacts.length === 0 ? <p className="quiet">{say("safety.contacts.none")}</p> : (
        <ul className="rows">
          {safety.contacts.map((each) => (
            <li key={each.name + each.phone}>
              <div><b>{each.name}</b><small>{each.role}</small></div>
              <a className="btn" href={`tel:${each.phone.replace(/[^+\d]/g, "")}`} aria-label={say("safety.contacts.call", { name: each.name, phone: each.phone })}>{each.phone}</a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function Where({ safety }: { readonly safety: Safety }) {
  const say = useSay();
  if (safety.devices.length === 0) return null;
  return (
    <Card id="where" title={say("safety.where")}>
      <ul className="rows">
        {safety.devices.map((each) => (
          <li key={each.id} className="!grid-cols-[24px_minmax(0,1fr)]"><Icon name="plug" /><div><b>{each.name}</b><small>{each.place || say("safety.where.none")}</small></div></li>
        ))}
      </ul>
    </Card>
  );
}
