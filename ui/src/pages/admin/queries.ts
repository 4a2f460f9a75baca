/** What the admin pages ask, and what they change. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { read, write } from "../../api/client";
import type { Page } from "../../api/shapes";
import type { AuditLine, Grant, Group, Invitation, Key, Passkey, Person, Role, Session } from "./shapes";

const LINES_A_PAGE = 100;
/** A file is not endless: this many pages at most. */
const PAGES_IN_FILE = 500;
const path = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join("/")}`;

/** All pages of a list that is short by nature. */
async function all<T>(list: string, signal?: AbortSignal): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await read<Page<T>>(`${list}?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`, signal);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && items.length < 10_000);
  return items;
}

function useAll<T>(list: string, enabled = true) {
  return useQuery({ queryKey: ["admin", list], queryFn: ({ signal }) => all<T>(list, signal), enabled, retry: false });
}

export const usePeople = () => useAll<Person>("/people");
export const useGrants = () => useAll<Grant>("/grants");
export const useGroups = () => useAll<Group>("/groups");
export const useKeys = () => useAll<Key>("/keys");
export const usePasskeys = () => useAll<Passkey>("/me/passkeys");
export const useSessions = () => useAll<Session>("/auth/sessions");

/** A change, after which the lists are asked anew. */
export function useDeed<Body, Answer>(send: (body: Body) => Promise<Answer>) {
  const known = useQueryClient();
  return useMutation({ mutationFn: send, onSuccess: () => void known.invalidateQueries({ predicate: (each) => each.queryKey[0] === "admin" || each.queryKey[0] === "auth" }) });
}

export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly scope: string;
}

/** Add somebody and give the role. Where the role is refused, the person is there already: the error says so. */
export function useInvite() {
  return useDeed(async ({ name, email, role, scope }: NewPerson) => {
    const added = await write<{ person: Person; invitation: Invitation | null }>("POST", "/people", { name, email });
    await write<Grant>("POST", "/grants", { person_id: added.person.id, role, scope });
    return added;
  });
}

export const useInviteAgain = () => useDeed((person: string) => write<Invitation>("POST", path("people", person, "invitation")));
export const useErasePerson = () => useDeed((person: string) => write<unknown>("DELETE", path("people", person)));
export const useEndSessionsOf = () => useDeed((person: string) => write<{ count: number }>("DELETE", path("people", person, "sessions")));
export const useGive = () => useDeed((grant: { person_id: string; role: Role; scope: string }) => write<Grant>("POST", "/grants", grant));
export const useTake = () => useDeed((grant: string) => write<unknown>("DELETE", path("grants", grant)));

export interface NewKey {
  readonly name: string;
  readonly scopes: Readonly<Record<string, readonly string[]>>;
  readonly lasts_days: number | null;
}

export const useIssue = () => useDeed((key: NewKey) => write<{ key: Key; secret: string }>("POST", "/keys", key));
export const useRevoke = () => useDeed((key: string) => write<unknown>("DELETE", path("keys", key)));
export const useEndSession = () => useDeed((session: string) => write<unknown>("DELETE", path("auth", "sessions", session)));

/** Which chain: of accounts, or of a site. */
export type Log = { readonly is: "account" } | { readonly is: "site"; readonly site: string };

function logPath(log: Log): string {
  return log.is === "account" ? "/account-audit" : `${path("sites", log.site)}/audit`;
}

const linesAt = (log: Log, cursor: string, limit: number, signal?: AbortSignal) =>
  read<Page<AuditLine>>(`${logPath(log)}?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`, signal);

export function useLines(log: Log) {
  return useInfiniteQuery({
    queryKey: ["audit", log],
    queryFn: ({ pageParam, signal }) => linesAt(log, pageParam, LINES_A_PAGE, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    retry: false,
  });
}

/** Every line there is, for a file. */
export async function allLines(log: Log): Promise<readonly AuditLine[]> {
  const lines: AuditLine[] = [];
  let cursor = "";
  for (let k = 0; k < PAGES_IN_FILE; k += 1) {
    const page = await linesAt(log, cursor, 500);
    lines.push(...page.items);
    if (page.next === null) break;
    cursor = page.next;
  }
  return lines;
}

export function useCheck() {
  return useMutation({ mutationFn: () => read<{ holds: boolean; line_count: number; breaks: readonly string[] }>("/account-audit/check") });
}
