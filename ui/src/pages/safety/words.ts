/** Words of the safety page: its sentence, causes, and what the watchdogs hold. */
import type { Say } from "../../words";
import type { Safety, Stop } from "./shapes";

/** Causes that the door writes itself, by how they begin; anything else is what a person wrote, or a device. */
const CAUSES: readonly (readonly [begins: string, key: string])[] = [
  ["stop pressed", "stop_pressed"],
  ["lost heartbeat of the site process", "site_lost"],
  ["the site process has ended", "site_ended"],
  ["the door ended without a goodbye", "door_ended"],
  ["the door was held up", "door_held"],
  ["the last run did not end in order", "disorder"],
  ["lost heartbeat of the watchdog", "watchdog_lost"],
  ["goodbye", "goodbye"],
];

export function causeWords(cause: string, say: Say): string {
  const known = CAUSES.find(([begins]) => cause.startsWith(begins));
  return known ? say(`safety.cause.${known[1]}`) : cause;
}

/** Key of the sentence that opens the page, and how many watchdogs do not hold. */
export function sentence(safety: Pick<Safety, "state" | "watchdogs">): { readonly key: string; readonly count: number } {
  const failing = safety.watchdogs.filter((each) => each.holds === false).length;
  if (safety.state !== "running") return { key: `safety.title.${safety.state}`, count: failing };
  if (failing > 0) return { key: "safety.title.runningGap", count: failing };
  const areAllKnown = safety.watchdogs.length > 0 && safety.watchdogs.every((each) => each.holds === true);
  return { key: areAllKnown ? "safety.title.running" : "safety.title.runningOpen", count: 0 };
}

/** How long the slowest device took to confirm. [ms] Null where none had to. */
export function slowestMs(stop: Pick<Stop, "acked_ms">): number | null {
  const times = Object.values(stop.acked_ms);
  return times.length > 0 ? Math.max(...times) : null;
}

/** The newest test among the stops. */
export function lastTest(stops: readonly Stop[]): Stop | null {
  return stops.filter((each) => each.is_test).reduce<Stop | null>((newest, each) => (newest === null || each.at > newest.at ? each : newest), null);
}

const MONTH_MS = 31 * 86_400_000;

/** Whether a test is due: never tested, or more than a month ago. */
export function isTestDue(stops: readonly Stop[], nowMs: number): boolean {
  const newest = lastTest(stops);
  return newest === null || nowMs - Date.parse(newest.at) > MONTH_MS;
}
