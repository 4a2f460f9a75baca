/** What follows a way in: the session is known, and the page that was wanted opens. */
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";

import { keepToken } from "../../api/client";
import type { FullAuth } from "./shapes";

/** A path and nothing that a browser could read as another address: it drops tabs and line ends, and takes `\` for `/`. */
const PATH = /^\/(?!\/)[^\\\p{C}\p{Zl}\p{Zp}]*$/u;
/** Answered by the server, not by a page: an app waits there for the way in. */
const SERVED = /^\/oauth\//;

/** Where to go after signing in: only ever to a page of our own. */
export function ownPage(wanted: string | undefined): string {
  return wanted !== undefined && PATH.test(wanted) && !/^\/(?:sign-in|first-run)\b/.test(wanted) ? wanted : "/";
}

export function isServed(path: string): boolean {
  return SERVED.test(path);
}

/** The page named in the address: `next` by the server, `to` by a page of ours. */
export function useWanted(): string {
  const { next, to } = useSearch({ strict: false }) as { next?: string; to?: string };
  return ownPage(next ?? to);
}

/** Go where one wanted to go. */
export function useOnward(): () => void {
  const router = useRouter();
  const wanted = useWanted();
  return () => (isServed(wanted) ? location.assign(wanted) : router.history.push(wanted));
}

/** Take in who is signed in now, and stay on this page. */
export function useKnown(): (auth: FullAuth) => void {
  const known = useQueryClient();
  return (auth) => {
    keepToken(auth.csrf_token);
    // What somebody else saw in this browser is not to be seen by whoever signs in now.
    known.removeQueries({ predicate: (each) => each.queryKey[0] !== "auth" });
    known.setQueryData(["auth"], auth);
  };
}

/** Take in who has come in and go on; where a fresh code is asked for first, this page asks for it. */
export function useEntered(): (auth: FullAuth) => void {
  const take = useKnown();
  const goOn = useOnward();
  const asksCode = useAsksCode();
  return (auth) => {
    take(auth);
    if (!(asksCode && auth.needs_step_up)) goOn();
  };
}

/** Whether the server sent somebody here for a fresh code. */
export function useAsksCode(): boolean {
  const { step_up } = useSearch({ strict: false }) as { step_up?: string };
  return step_up === "1";
}
