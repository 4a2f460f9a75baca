/** How old the data is, and how many devices answer. */
import { age } from "../formats/times";
import { useNow } from "../hooks/clock";
import { useSite } from "../hooks/session";
import { useLive } from "../live/live";
import { useSay } from "../words";

const LATE_S = 10;

/** Age of what is shown, in seconds; null while nothing was received. */
export function useAgeS(): number | null {
  const { id } = useSite();
  const { live, receivedMs } = useLive(id);
  const now = useNow();
  return live ? Math.max(0, (now - receivedMs) / 1000) : null;
}

type Is = "live" | "late" | "lost";

function useIs(): Is {
  const { id } = useSite();
  const { contact } = useLive(id);
  const ageS = useAgeS();
  if (contact === "lost") return "lost";
  return ageS === null || ageS > LATE_S ? "late" : "live";
}

/** Beside the site's time on a phone, where there is no rail. */
export function ShortAge() {
  const say = useSay();
  const ageS = useAgeS();
  const is = useIs();
  return (
    <span className="short-age">
      <span className="dot" data-is={is} />
      <span aria-hidden="true">{ageS === null ? "–" : age(ageS)}</span>
      <span className="vh">{ageS === null ? say("shell.contact.none") : say(`shell.contact.${is}`, { age: age(ageS) })}</span>
    </span>
  );
}

export function Contact() {
  const say = useSay();
  const { id } = useSite();
  const { live, contact } = useLive(id);
  const ageS = useAgeS();
  const is = useIs();
  const isFresh = live !== null && contact !== "lost";
  const answering = live?.devices.filter((each) => each.answers).length ?? 0;
  return (
    <div className="rail-foot">
      <span className="dot" data-is={is} />
      <span>
        {ageS === null ? say("shell.contact.none") : say(`shell.contact.${is}`, { age: age(ageS) })}
        <br />
        {isFresh && live.devices.length > 0 && say("shell.contact.devices", { answering, count: live.devices.length })}
      </span>
    </div>
  );
}
