/** What follows a way in: the session is known, and the page that was wanted opens. */
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";

import { keepToken } from "../../api/client";
import type { FullAuth } from "./shapes";

/** Where to go after signing in: only ever to a page of our own. */
export function ownPage(wanted: string | undefined): string {
  return wanted !== undefined && /^\/(?![/\\])/.test(wanted) && !/^\/(?:sign-in|first-run)\b/.test(wanted) ? wanted : "/";
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

export function useEntered(): (auth: FullAuth) => void {
  const take = useKnown();
  const router = useRouter();
  const { to } = useSearch({ strict: false }) as { to?: string };
  return (auth) => {
    take(auth);
    router.history.push(ownPage(to));
  };
}
