/** Overview: the sentence first, then power now, why, today, and the next 24 hours. */
import "./overview/overview.css";

import { Shape } from "../components/parts";
import { percent } from "../formats/numbers";
import { useNow } from "../hooks/clock";
import { useSite } from "../hooks/session";
import { useLive } from "../live/live";
import { useLanguage, useSaid, useSay } from "../words";
import { balance } from "./overview/flows";
import { Next } from "./overview/Next";
import { Notices } from "./overview/Notices";
import { fresh, PowerNow } from "./overview/PowerNow";
import { TodayRow } from "./overview/Today";
import { Why } from "./overview/Why";
import { ModeSwitch } from "../frame/ModeSwitch";

export function Overview() {
  const { id } = useSite();
  const { live } = useLive(id);
  return (
    <>
      <Notices levels={["act_now", "look_soon"]} />
      <Headline />
      <div className="md:hidden">
        <ModeSwitch />
      </div>
      {live ? (
        <div className="overview-row">
          <PowerNow />
          <Why />
        </div>
      ) : (
        <Shape height={420} />
      )}
      <TodayRow />
      <Next />
      <Notices levels={["good_to_know"]} />
    </>
  );
}

function Headline() {
  const say = useSay();
  const said = useSaid();
  const language = useLanguage();
  const { id } = useSite();
  const { live, receivedMs } = useLive(id);
  const now = useNow();
  if (!live) return <div className="hero"><div><h1>{say("overview.title.waiting")}</h1></div></div>;
  const found = balance(fresh(live.nodes, now, receivedMs - Date.parse(live.at)));
  const first = live.because[0];
  return (
    <div className="hero">
      <div>
        <h1>{title(live, found.own_ratio)}</h1>
        <p>{live.state === "running" && first ? said(first.text) : say(`overview.state.${live.state}`, { why: live.why })}</p>
      </div>
    </div>
  );

  function title(shown: typeof live & object, own: number | null): string {
    if (shown.nodes.length === 0) return say("overview.title.first");
    if (shown.state === "stopped" || shown.state === "error") return say("overview.title.stopped");
    if (own === null) return say("overview.title.unknown");
    const sold = found.uses.find((each) => each.node.kind === "grid");
    if (own >= 0.995) return say(sold && sold.size_w >= 100 ? "overview.title.sells" : "overview.title.all");
    return say("overview.title", { share: percent(own, language) });
  }
}
