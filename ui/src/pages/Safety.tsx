/** Safety: whether anything is stopped, what limits and watches, what happens without contact, and the way back. */
import { Shape } from "../components/parts";
import { Trouble } from "../components/troubles";
import { useSite } from "../hooks/session";
import { useLive } from "../live/live";
import { useSay } from "../words";
import { Contacts, Emergency, Where } from "./safety/Emergency";
import { ContactLost, Limits, Watchdogs } from "./safety/Guards";
import { useSafety } from "./safety/queries";
import { Restart } from "./safety/Restart";
import type { Safety as Found } from "./safety/shapes";
import { Stops } from "./safety/Stops";
import { TestStop } from "./safety/TestStop";
import { causeWords, sentence } from "./safety/words";
import { Heading, Hero } from "./shared/Hero";
import "./shared/pages.css";

export function Safety() {
  const say = useSay();
  const found = useSafety();
  if (found.data) return <Shown safety={found.data} />;
  if (found.error) return <><Hero title={say("safety.page")} /><Trouble error={found.error} onRetry={() => void found.refetch()} /></>;
  return <><Heading>{say("safety.page")}</Heading><Shape height={80} /><div className="wide-side"><Shape height={420} /><Shape height={420} /></div></>;
}

function Shown({ safety }: { readonly safety: Found }) {
  const say = useSay();
  const { live } = useLive(useSite().id);
  // The stream knows first: a stop must not wait for the next look.
  const state = live?.state ?? safety.state;
  const now = { ...safety, state };
  const { key, count } = sentence(now);
  const needsStart = state === "stopped" || state === "error" || state === "idle" || safety.trips.length > 0;
  const why = safety.why && state !== "running" ? say("safety.lead.why", { why: causeWords(safety.why, say) }) : say(`safety.lead.${state === "stopped" || state === "error" ? "idle" : state}`);
  return (
    <>
      <Hero title={say(key, { count })} lead={why} />
      <div className="wide-side">
        <div className="stack">
          {needsStart && <Restart safety={now} />}
          <Limits limits={safety.limits} />
          <Watchdogs safety={safety} />
          <ContactLost safety={safety} />
          <Stops stops={safety.stops} />
        </div>
        <div className="stack">
          <Emergency safety={safety} />
          <Contacts safety={safety} />
          <Where safety={safety} />
          <TestStop safety={safety} />
        </div>
      </div>
    </>
  );
}
