/** The bar under the header while there is no contact. */
import { LinkButton } from "../components/parts";
import { clock } from "../formats/times";
import { useNow } from "../hooks/clock";
import { useSite } from "../hooks/session";
import { useLive } from "../live/live";
import { useLanguage, useSay } from "../words";

export function Lost() {
  const say = useSay();
  const language = useLanguage();
  const site = useSite();
  const { contact, lostMs, nextTryMs } = useLive(site.id);
  const now = useNow();
  if (contact !== "lost" || lostMs === null || now - lostMs < 2000) return null;
  const wait = Math.max(0, Math.ceil(((nextTryMs ?? now) - now) / 1000));
  return (
    <div className="lost" role="alert">
      <span>{say("shell.lost", { since: clock(lostMs, site.timezone, language) })}</span>
      <span className="text-ink-2">{say("shell.lost.retry", { seconds: wait })}</span>
      <LinkButton onClick={() => location.reload()}>{say("shell.lost.now")}</LinkButton>
    </div>
  );
}
