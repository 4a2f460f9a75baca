/** How old a value is, and what may be shown of it: never an old number as a live one. */
import type { LiveState } from "../../live/live";

const AGING_S = 10;
const OLD_S = 60;

export type Freshness = "fresh" | "aging" | "old" | "never";

export interface Age {
  readonly is: Freshness;
  /** Seconds since it was read; infinite where it never was. */
  readonly seconds: number;
}

/** The age of something read at `readAt`, by the server's clock as far as it was heard. */
export function ageOf(readAt: string | null | undefined, state: Pick<LiveState, "live" | "receivedMs">, nowMs: number): Age {
  if (!readAt) return { is: "never", seconds: Infinity };
  // The browser's clock may differ from the server's: only the time since the last word is taken from it.
  const serverNowMs = state.live ? Date.parse(state.live.at) + Math.max(0, nowMs - state.receivedMs) : nowMs;
  const seconds = Math.max(0, (serverNowMs - Date.parse(readAt)) / 1000);
  return { is: seconds < AGING_S ? "fresh" : seconds <= OLD_S ? "aging" : "old", seconds };
}
