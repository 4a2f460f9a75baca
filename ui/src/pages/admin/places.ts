/** Where a role holds, and what a person may do for the server itself. */
import type { Action } from "../../hooks/session";
import { useAuth, useSites } from "../../hooks/session";
import { useSay } from "../../words";
import type { Group } from "./shapes";

/** Whether the person may do this for the whole server. */
export function useServerMay(): (action: Action) => boolean {
  const auth = useAuth();
  return (action) => auth.data?.permissions["*"]?.includes(action) ?? false;
}

/** The name of a place: a site, a group, or everywhere. */
export function usePlaceName(groups: readonly Group[]): (scope: string) => string {
  const say = useSay();
  const sites = useSites();
  return (scope) => {
    if (scope === "*") return say("admin.people.all");
    const [kind, ...rest] = scope.split(":");
    const id = rest.join(":");
    if (kind === "group") return groups.find((each) => each.id === id)?.name ?? id;
    return sites.data?.items.find((each) => each.id === id)?.name ?? (id || scope);
  };
}

/** Every place at which a role can be given. */
export function usePlaces(groups: readonly Group[]): readonly { readonly value: string; readonly label: string }[] {
  const sites = useSites();
  const nameOf = usePlaceName(groups);
  const scopes = ["*", ...groups.map((each) => `group:${each.id}`), ...(sites.data?.items ?? []).map((each) => `site:${each.id}`)];
  return scopes.map((value) => ({ value, label: nameOf(value) }));
}
