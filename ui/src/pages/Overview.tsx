/** Overview: the sentence first, then power now, why, today, and the next 24 hours. */
import "./overview/overview.css";

import { Link } from "@tanstack/react-router";

import type { Live } from "../api/shapes";
import { Shape } from "../components/parts";
import { percent, power, text } from "../formats/numbers";
import { ModeSwitch } from "../frame/ModeSwitch";
import { useNow } from "../hooks/clock";
import { isStopped } from "../hooks/commands";
import { useMay, useSite } from "../hooks/session";
import { useLive } from "../live/live";
import { type Language, type Say, useLanguage, useSay } from "../words";
import { type Balance, balance } from "./overview/flows";
import { Next } from "./overview/Next";
import { Notices } from "./overview/Notices";
import { fresh, PowerNow } from "./overview/PowerNow";
import { TodayRow } from "./overview/Today";
import { second } from "./overview/second";
import { Why } from "./overview/Why";

export function Overview() {
  const { id } = useSite();
  const { live } = useLive(id);
  return (
    <>
      <Notices levels={["act_now", "look_soon"]} />
      <Headline />
      <div className="phone-mode">
        <ModeSwitch />
      </div>
      {live && isFirstStart(live) ? null : live ? (
        <div className="overview-row">
          <PowerNow />
          <Why />
        </div>
      ) : (
        <Shape height={420} />
      )}
      {!(live && isFirstStart(live)) && <TodayRow />}
      {!(live && isFirstStart(live)) && <Next />}
      <Notices levels={["good_to_know"]} />
    </>
  );
}

/** Nothing is wired, and nothing was ever measured. */
function isFirstStart(live: Live): boolean {
  return live.devices.length === 0 && live.nodes.every((each) => each.power_w === null && each.read_at === null);
}

function Headline() {
  const say = useSay();
  const language = useLanguage();
  const { id } = useSite();
  const may = useMay();
  const { live, receivedMs } = useLive(id);
  const now = useNow();
  if (!live) return <div className="hero"><div><h1>{say("overview.title.waiting")}</h1></div></div>;
  const found = balance(fresh(live.nodes, now, receivedMs - Date.parse(live.at)));
  const isFirst = isFirstStart(live);
  return (
    <div className="hero">
      <div>
        <h1>{isFirst ? say("overview.title.first") : titleOf(live, found, say, language)}</h1>
        <p>{isFirst ? say("overview.first.about") : secondOf(live, found, say, language)}</p>
        {isStopped(live.state) && <p><Link className="link" to="/safety" search={{ site: id }}>{say("overview.open-safety")}</Link></p>}
        {isFirst && may("configure") && <p><Link className="btn" data-kind="primary" to="/devices/add" search={{ site: id }}>{say("overview.first.add")}</Link></p>}
      </div>
    </div>
  );
}

function titleOf(live: Live, found: Balance, say: Say, language: Language): string {
  if (live.state === "stopped" || live.state === "error") return say("overview.title.stopped");
  const own = found.own_ratio;
  if (own === null) return say("overview.title.unknown");
  const sold = found.uses.find((each) => each.node.kind === "grid");
  if (own >= 0.995) return say(sold && sold.size_w >= 100 ? "overview.title.sells" : "overview.title.all");
  return say("overview.title", { share: percent(own, language) });
}

/** What holds the home back comes first, then who carries it. */
function secondOf(live: Live, found: Balance, say: Say, language: Language): string {
  const told = second(found);
  const rule = `overview.rule.${live.mode.in_force}`;
  const whoCarries = told ? say(`overview.second.${told.key}`, { name: "name" in told ? told.name : "", power: text(power(told.sizeW, language)) }) : "";
  if (live.state !== "running") return say(`overview.state.${live.state}`, { why: live.why });
  if (live.plan.failed && say(rule) !== rule) return [say(rule), whoCarries].join(" ");
  if (found.unknown.length > 0 && !whoCarries) return say("overview.second.old");
  return whoCarries || say("overview.state.running");
}
