/** Ends of what somebody changes for now, as the site's clock shows them. */
import { dayStart, HOUR_MS, nextDayStart, offsetMs } from "../../charts/time";

/** How long somebody may want something. */
export type End = "1" | "2" | "4" | "midnight" | "time";
export const ENDS: readonly End[] = ["1", "2", "4", "midnight", "time"];
const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** The instant at which a wish ends, null where the clock time makes no sense. A clock time that has passed is tomorrow's. */
export function endOf(end: End, clockTime: string, nowMs: number, zone: string): number | null {
  if (end === "midnight") return nextDayStart(nowMs, zone);
  if (end !== "time") return nowMs + Number(end) * HOUR_MS;
  const found = CLOCK.exec(clockTime);
  if (!found) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2]);
  const todayMs = at(dayStart(nowMs, zone), minutes, zone);
  return todayMs > nowMs ? todayMs : at(nextDayStart(nowMs, zone), minutes, zone);
}

/** A wall-clock time on the day that begins at `dayMs`; on a day that changes the clock, by the clock. */
function at(dayMs: number, minutes: number, zone: string): number {
  const plainMs = dayMs + minutes * 60_000;
  return plainMs + offsetMs(dayMs, zone) - offsetMs(plainMs, zone);
}
