/** The power of one part of the site now: a number with its age, or a dash with the time of the last one. */
import type { LiveNode } from "../../api/shapes";
import { Big } from "../../components/parts";
import { power, UNKNOWN, type Amount } from "../../formats/numbers";
import { age, clock } from "../../formats/times";
import { useNow } from "../../hooks/clock";
import { useSite } from "../../hooks/session";
import { useLive } from "../../live/live";
import { useLanguage, useSay } from "../../words";
import { ageOf } from "../shared/age";

export function Power({ node }: { readonly node: LiveNode }) {
  const say = useSay();
  const language = useLanguage();
  const site = useSite();
  const state = useLive(site.id);
  const now = useNow();
  const old = ageOf(node.read_at, state, now);
  if (node.power_w === null || old.is === "old" || old.is === "never") {
    return (
      <span className="power is-old">
        {UNKNOWN}
        <small>{node.read_at ? say("devices.lastAt", { time: clock(node.read_at, site.timezone, language) }) : say("devices.never")}</small>
      </span>
    );
  }
  const amount: Amount = power(node.power_w, language);
  return (
    <span className={old.is === "aging" ? "power is-aging" : "power"}>
      <Big amount={amount} />
      {old.is === "aging" && <small>{age(old.seconds)}</small>}
    </span>
  );
}
