/** How long somebody waits after too many tries, counted down. */
import { useEffect, useState } from "react";

import { Notice } from "../../components/parts";
import { useNow } from "../../hooks/clock";
import { useSay } from "../../words";

/** Seconds left of a wait that began when the refusal came; 0 when it is over. */
export function useWait(waitS: number | null, key: unknown): number {
  const now = useNow();
  const [began, setBegan] = useState(now);
  useEffect(() => setBegan(Date.now()), [key]);
  return waitS === null ? 0 : Math.max(0, Math.ceil(waitS - (now - began) / 1000));
}

export function Wait({ leftS }: { readonly leftS: number }) {
  const say = useSay();
  return (
    <Notice level={leftS > 0 ? "warn" : "info"}>
      <p><strong aria-live="off">{leftS > 0 ? say("sign.wait", { seconds: leftS }) : say("sign.waitDone")}</strong></p>
      {leftS > 0 && <p className="small">{say("sign.waitWhy")}</p>}
    </Notice>
  );
}
