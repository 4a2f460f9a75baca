/** One polite line for readers of screens: changes of mode, notices and contact, at most one in 20 s. */
import { useEffect, useRef, useState } from "react";

import { useSite } from "../hooks/session";
import { useLive } from "../live/live";
import { useSay } from "../words";

const EVERY_MS = 20_000;

export function Status() {
  const say = useSay();
  const { id } = useSite();
  const { live, contact } = useLive(id);
  const words = live ? say("shell.status", { mode: say(`shell.mode.${live.mode.mode}`), state: live.state, contact, urgent: live.notices.act_now }) : "";
  const [said, setSaid] = useState("");
  const lastMs = useRef(0);
  useEffect(() => {
    if (!words || words === said) return;
    const timer = window.setTimeout(() => {
      lastMs.current = Date.now();
      setSaid(words);
    }, Math.max(1000, lastMs.current + EVERY_MS - Date.now()));
    return () => window.clearTimeout(timer);
  }, [words, said]);
  return <p className="vh" role="status">{said}</p>;
}
