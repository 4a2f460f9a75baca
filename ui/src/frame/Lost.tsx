/** The bar under the header while there is no contact. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { LinkButton } from "../components/parts";
import { clock } from "../formats/times";
import { useNow } from "../hooks/clock";
import { useSite } from "../hooks/session";
import { liveStore, useLive } from "../live/live";
import { useLanguage, useSay } from "../words";

export function Lost() {
  const say = useSay();
  const language = useLanguage();
  const site = useSite();
  const { contact, lostMs, nextTryMs } = useLive(site.id);
  const now = useNow();
  const known = useQueryClient();
  const isLost = contact === "lost";
  // A stream also ends when the session has ended: whoever is signed out is asked to sign in.
  useEffect(() => {
    if (isLost) void known.invalidateQueries({ queryKey: ["auth"] });
  }, [isLost, known]);
  if (!isLost || lostMs === null || now - lostMs < 2000) return null;
  const wait = Math.max(0, Math.ceil(((nextTryMs ?? now) - now) / 1000));
  return (
    <div className="lost" role="alert">
      <span>{say("shell.lost", { since: clock(lostMs, site.timezone, language) })}</span>
      <span className="text-ink-2">{say("shell.lost.retry", { seconds: wait })}</span>
      <LinkButton onClick={liveStore(site.id).retryNow}>{say("shell.lost.now")}</LinkButton>
    </div>
  );
}
