/** What the assistant has gathered: address, unit and product in the page's address, the rest in this tab only. */

export const STEPS = ["find", "connect", "sign", "name", "save"] as const;
export type Step = (typeof STEPS)[number];
/** What a person, or a kettle, said to the sign of one power. */
export type Answer = "right" | "turned" | "unsure" | "measured";

export interface Draft {
  readonly address: string;
  readonly unit: number;
  readonly profile: string;
  /** Role of the profile -> asset of the site, or `grid`; roles without one are left out. */
  readonly serves: Readonly<Record<string, string>>;
  readonly signs: Readonly<Record<string, Answer>>;
  readonly name: string;
  readonly id: string;
  readonly place: string;
  readonly isReadOnly: boolean;
}

export const EMPTY: Draft = { address: "", unit: 1, profile: "", serves: {}, signs: {}, name: "", id: "", place: "", isReadOnly: true };

const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9-]{1,63})*|\[[0-9a-f:]+\])$/i;
const NUMBERS = /^\d+(?:\.\d+)*$/;
const SHORT_NAME = /^[a-z][a-z0-9-]{0,39}$/;
const PORT = 502;

/** An address with its port, or null where it is none: four numbers or a name, and a port from 1 to 65535. */
export function addressOf(text: string): string | null {
  const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  if (!HOST.test(host) || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))) return null;
  if (NUMBERS.test(host) && (host.split(".").length !== 4 || host.split(".").some((each) => Number(each) > 255))) return null;
  return `${host}:${port ?? PORT}`;
}

export function unitOf(text: string): number | null {
  const unit = Number(text);
  return text.trim() !== "" && Number.isInteger(unit) && unit >= 0 && unit <= 255 ? unit : null;
}

/** A short name made of a long one: "Batterie im Keller" becomes "batterie-im-keller". */
export function shortName(name: string, taken: readonly string[] = []): string {
  const plain = name.toLowerCase().replaceAll("ß", "ss").replace(/[äöü]/g, (letter) => ({ ä: "ae", ö: "oe", ü: "ue" })[letter] ?? letter)
    .normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^[-0-9]+|-+$/g, "").slice(0, 36) || "device";
  if (!taken.includes(plain)) return plain;
  let count = 2;
  while (taken.includes(`${plain}-${count}`)) count += 1;
  return `${plain}-${count}`;
}

export function isShortName(text: string): boolean {
  return SHORT_NAME.test(text);
}

/** The furthest step that what has been gathered allows. */
export function furthest(draft: Draft, powerRoles: readonly string[]): Step {
  if (!draft.address) return "find";
  if (!draft.profile || Object.keys(draft.serves).length === 0) return "connect";
  const open = powerRoles.filter((role) => role in draft.serves);
  if (open.some((role) => draft.signs[role] === undefined || draft.signs[role] === "turned")) return "sign";
  if (!draft.name.trim() || !isShortName(draft.id)) return "name";
  return "save";
}

const LEAST_SHARE = 0.5;

/** What a switched load says about a meter's sign: half of it must be seen at least. */
export function signVerdict(beforeW: number, afterW: number, loadW: number): "right" | "turned" | "unclear" {
  const riseW = afterW - beforeW;
  if (riseW >= LEAST_SHARE * loadW) return "right";
  return riseW <= -LEAST_SHARE * loadW ? "turned" : "unclear";
}
