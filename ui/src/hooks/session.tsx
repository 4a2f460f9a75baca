/** Who is signed in, at which site, and what that person may do. */
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect } from "react";

import { keepToken, read, Refused } from "../api/client";
import type { AuthState, Page, SiteDetail } from "../api/shapes";

export type Action = "see" | "stop" | "control" | "trade" | "restart" | "ingest" | "configure" | "audit" | "manage";

export function useAuth() {
  const found = useQuery({ queryKey: ["auth"], queryFn: ({ signal }) => read<AuthState>("/auth/state", signal), staleTime: 60_000, refetchInterval: 300_000 });
  useEffect(() => {
    if (found.data) keepToken(found.data.csrf_token);
  }, [found.data]);
  return found;
}

const SiteContext = createContext<{ site: SiteDetail; auth: AuthState } | null>(null);

/** Load the site named in the address, else the first one that may be seen. */
export function useSites() {
  return useQuery({ queryKey: ["sites"], queryFn: ({ signal }) => read<Page<{ id: string; name: string }>>("/sites", signal), staleTime: 300_000 });
}

export function useSiteDetail(id: string | undefined) {
  return useQuery({
    queryKey: ["site", id],
    queryFn: ({ signal }) => read<SiteDetail>(`/sites/${encodeURIComponent(id ?? "")}`, signal),
    enabled: id !== undefined,
    staleTime: 300_000,
    retry: (count, error) => count < 3 && !(error instanceof Refused && error.problem.status === 404),
  });
}

export function SiteProvider({ site, auth, children }: { readonly site: SiteDetail; readonly auth: AuthState; readonly children: ReactNode }) {
  return <SiteContext.Provider value={{ site, auth }}>{children}</SiteContext.Provider>;
}

/** The site on screen; inside the frame there always is one. */
export function useSite(): SiteDetail {
  return inside().site;
}

/** Whether the person may do this here. */
export function useMay(): (action: Action) => boolean {
  const { site, auth } = inside();
  return (action) => [site.id, "*"].some((place) => auth.permissions[place]?.includes(action));
}

export function usePerson() {
  return inside().auth.person;
}

function inside(): { site: SiteDetail; auth: AuthState } {
  // eslint-disable-next-line react-hooks/rules-of-hooks
  const found = useContext(SiteContext);
  if (!found) throw new Error("only inside the frame");
  return found;
}
