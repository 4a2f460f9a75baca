/** What the plan page says about blocks and times: pure, so that every sentence can be tested. */
import { roleOf } from "../charts/paint";
import { isTold } from "../charts/planModel";
import type { Speech } from "../charts/say";
import type { Block, Lane, Plan, PlanRow, Totals } from "../charts/shapes";
import { clock, DAY_MS, dayStart, dayWords, HOUR_MS, nextDayStart, wallAt } from "../charts/time";

const EVENING_HOUR = 18;
const MORNING_HOUR = 6;

/** Whether an amount is money that comes in; less than half a cent is neither. */
export function isEarned(eur: number): boolean {
  return eur < -0.004;
}

/** "8 in 10 chance: €1.20 to €2.40", of costs or of earnings; where both can be, each end says which it is. */
export function rangeWords({ cost_low_eur: best, cost_high_eur: worst }: Pick<Totals, "cost_low_eur" | "cost_high_eur">, { say, formats }: Speech): string {
  const bestText = formats.moneySize(best);
  const worstText = formats.moneySize(worst);
  if (!isEarned(best)) return say("plan.range", { low: bestText, high: worstText });
  if (worst < 0.004) return say("plan.range", { low: worstText, high: bestText });
  return say("plan.range.across", { earned: bestText, paid: worstText });
}

/** "Today", "Tonight", "Tomorrow", or the day itself. */
export function dayName(atMs: number, nowMs: number, zone: string, { say, locale }: Speech): string {
  const today = dayStart(nowMs, zone);
  const tomorrow = nextDayStart(nowMs, zone);
  const { hour } = wallAt(atMs, zone);
  if (atMs >= today && atMs < tomorrow) return say(hour >= EVENING_HOUR ? "plan.day.tonight" : "plan.day.today");
  if (atMs >= tomorrow && atMs < nextDayStart(tomorrow, zone)) return say(hour < MORNING_HOUR ? "plan.day.tonight" : "plan.day.tomorrow");
  return dayWords(atMs, zone, locale);
}

/** "Tonight, 02:00 to 03:45". */
export function blockTime(block: Block, nowMs: number, zone: string, speech: Speech): string {
  const start = Date.parse(block.start);
  return speech.say("plan.pick.until", { day: dayName(start, nowMs, zone, speech), from: clock(start, zone), to: clock(Date.parse(block.end), zone) });
}

/** Mean power of a block, or null for one that does nothing. [W] */
export function blockPowerW(block: Block): number | null {
  const hours = (Date.parse(block.end) - Date.parse(block.start)) / HOUR_MS;
  if (block.level === "quiet" || hours <= 0) return null;
  const powerW = (Math.abs(block.energy_kwh) / hours) * 1000;
  return powerW >= 50 ? powerW : null;
}

/** "Car fills from the grid at 7.2 kW". */
export function blockTitle(block: Block, lane: Lane, { say, formats }: Speech): string {
  const { name } = lane;
  const deed = say(`plan.deed.${roleOf(lane.kind) === "ev" && block.deed.startsWith("fills") ? "car_" : ""}${block.deed}`);
  const powerW = blockPowerW(block);
  return powerW === null ? say("plan.just", { device: name, deed }) : say("plan.at", { device: name, deed, power: formats.power(powerW) });
}

/** Reasons in their order, then what the alternative would cost, unless a reason has said so. */
export function toldReasons(block: Block, language: "en" | "de"): string[] {
  const reasons = block.reasons.map((reason) => reason.text[language]);
  const other = block.alternative?.text[language];
  return other === undefined || reasons.some((text) => text.replaceAll("**", "") === other) ? reasons : [...reasons, other];
}

/** A block with the lane it stands in. */
export interface Found {
  readonly block: Block;
  readonly lane: Lane;
}

/** Find a block of a plan by its id. */
export function findBlock(plan: Plan, id: string | null): Found | null {
  for (const lane of plan.lanes) {
    const block = lane.blocks.find((one) => one.id === id);
    if (block) return { block, lane };
  }
  return null;
}

const WEIGHT = { strong: 2, soft: 1, quiet: 0 } as const;

/** How much a block deserves to be explained first: what costs most to do otherwise, then what is strong. */
export function telling(block: Block): number {
  return (block.alternative ? 100 + block.alternative.cost_eur : 0) + WEIGHT[block.level] * 10 + Math.abs(block.cost_eur);
}

/** The block the page opens with: the most telling one that is not over yet. */
export function firstBlock(plan: Plan, nowMs: number): Found | null {
  const ahead = plan.lanes.flatMap((lane) => lane.blocks.filter((block) => Date.parse(block.end) > nowMs && block.level !== "quiet").map((block) => ({ block, lane })));
  return ahead.reduce<Found | null>((best, one) => (best === null || telling(one.block) > telling(best.block) ? one : best), null);
}

/** One row of the plan in words, the device that matters most in it first. */
export interface Told {
  readonly row: PlanRow;
  readonly main: Found;
  readonly others: readonly Found[];
}

/** Rows that are not over, each with its most telling block; a row without any block is left out. */
export function toldRows(plan: Plan, nowMs: number): Told[] {
  return plan.table.flatMap((row): Told[] => {
    const from = Math.max(Date.parse(row.start), nowMs);
    const to = Date.parse(row.end);
    if (to <= nowMs) return [];
    const found = plan.lanes.filter(isTold).flatMap((lane) => {
      const inside = lane.blocks.filter((block) => Date.parse(block.start) < to && Date.parse(block.end) > from && row.words[lane.asset]);
      return inside.length ? [{ lane, block: inside.reduce((best, block) => (telling(block) > telling(best) ? block : best)) }] : [];
    });
    const [main, ...others] = found.sort((a, b) => telling(b.block) - telling(a.block));
    return main ? [{ row, main, others }] : [];
  });
}

/** The end of a plan. [ms] */
export function planEnd(plan: Plan): number {
  const last = plan.start_utc[plan.start_utc.length - 1];
  return last === undefined ? Date.parse(plan.made_at) : Date.parse(last) + plan.step_s * 1000;
}

/** When the first price is missing; null where all are known. */
export function firstUnpublished(plan: Plan): number | null {
  const k = plan.price.published.indexOf(false);
  const at = plan.start_utc[k];
  return at === undefined ? null : Date.parse(at);
}

/** Level of a battery when a block ends; null for other devices. */
export function levelAfter(plan: Plan, block: Block): number | null {
  const band = plan.level.find((one) => one.asset === block.asset);
  const first = plan.start_utc[0];
  if (!band || first === undefined) return null;
  return band.soc_ratio[Math.round((Date.parse(block.end) - Date.parse(first)) / (plan.step_s * 1000))] ?? null;
}

/** Starts a block may be moved to: every step from now that still ends inside the plan. [ms] */
export function moveStarts(plan: Plan, block: Block, nowMs: number): number[] {
  const lengthMs = Date.parse(block.end) - Date.parse(block.start);
  const last = Math.min(planEnd(plan) - lengthMs, nowMs + 2 * DAY_MS);
  return plan.start_utc.map((at) => Date.parse(at)).filter((atMs) => atMs + plan.step_s * 1000 > nowMs && atMs <= last);
}

/** "2 h 15 min": unit signs are the same in every language. */
export function lengthWords(lengthMs: number): string {
  const minutes = Math.round(lengthMs / 60_000);
  const parts = [minutes >= 60 ? `${Math.floor(minutes / 60)}\u202fh` : "", minutes % 60 || minutes < 60 ? `${minutes % 60}\u202fmin` : ""];
  return parts.filter(Boolean).join(" ");
}

/** What an override asks of a device to do what a block does. */
export function askedAction(block: Block, kind: string): string {
  const table: Readonly<Record<Block["deed"], string>> = {
    fills_sun: kind === "battery" ? "charge" : "on",
    fills_grid: kind === "battery" ? "charge" : "on",
    powers_home: "discharge",
    sells: "discharge",
    waits: "rest",
    on: "on",
    off: "off",
    produces: "on",
    held: "hold",
  };
  return table[block.deed];
}

/** What an override asks of a device so that it does nothing. */
export function restAction(kind: string): string {
  return kind === "battery" ? "rest" : "off";
}
