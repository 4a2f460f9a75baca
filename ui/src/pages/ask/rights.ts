/** What a program asks for, and where it would get it: never more than the person who allows it has. */
import type { AuthState } from "../../api/shapes";

/** Words of the account and not of a site. */
const ABOUT_ONESELF: ReadonlySet<string> = new Set(["openid", "profile", "email", "offline_access"]);

export interface Right {
  readonly scope: string;
  /** Where it holds: by the names of sites, everywhere, nowhere, or no matter of sites at all. */
  readonly where: readonly string[] | "everywhere" | "nowhere" | "self";
}

/** Return what each scope means to this person, in the order of the question. */
export function rightsOf(scopes: readonly string[], permissions: AuthState["permissions"], nameOf: (site: string) => string): readonly Right[] {
  return scopes.map((scope) => ({ scope, where: whereOf(scope, permissions, nameOf) }));
}

function whereOf(scope: string, permissions: AuthState["permissions"], nameOf: (site: string) => string): Right["where"] {
  if (ABOUT_ONESELF.has(scope)) return "self";
  if (permissions["*"]?.includes(scope)) return "everywhere";
  const sites = Object.keys(permissions).filter((place) => place !== "*" && permissions[place]?.includes(scope));
  return sites.length > 0 ? sites.map(nameOf) : "nowhere";
}

/** Letters that a box shows: no vowels, nothing that looks like another. */
const LETTERS = /[BCDFGHJKLMNPQRSTVWXZ]/g;
const CODE_LENGTH = 8;

/** A code as the box shows it, however it was typed. */
export function codeAsShown(typed: string): string {
  const bare = (typed.toUpperCase().match(LETTERS) ?? []).join("").slice(0, CODE_LENGTH);
  return bare.length > CODE_LENGTH / 2 ? `${bare.slice(0, CODE_LENGTH / 2)}-${bare.slice(CODE_LENGTH / 2)}` : bare;
}

export function isWholeCode(typed: string): boolean {
  return codeAsShown(typed).length === CODE_LENGTH + 1;
}

/** Whether a browser may be sent there: to another page or app, never to a script. */
export function mayGo(address: string): boolean {
  try {
    return !["javascript:", "data:", "blob:", "vbscript:", "file:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}
