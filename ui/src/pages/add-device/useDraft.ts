/** The assistant's draft: the address of the page is the first part of it, so a step can be linked and the back button works. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useState } from "react";

import { useSite } from "../../hooks/session";
import { type Draft, EMPTY, type Step, STEPS, unitOf } from "./draft";

const KEPT = "enerwise.add-device";
type Rest = Omit<Draft, "address" | "unit" | "profile">;

interface Kept {
  readonly of: string;
  readonly rest: Rest;
}

function kept(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

export function useDraft() {
  const search = useSearch({ strict: false }) as Readonly<Record<string, string | undefined>>;
  const navigate = useNavigate();
  const site = useSite();
  const address = search.address ?? "";
  const unit = unitOf(search.unit ?? "1") ?? 1;
  const profile = search.profile ?? "";
  // What was said about one device must not be taken for another.
  const of = [site.id, address, unit].join(" ");
  const [state, setState] = useState<Kept>(() => kept() ?? { of, rest: EMPTY });
  const rest = state.of === of ? state.rest : EMPTY;
  const draft: Draft = { ...EMPTY, ...rest, address, unit, profile };
  const step: Step = STEPS.find((each) => each === search.step) ?? "find";

  const note = useCallback((change: Partial<Rest>) => {
    setState((before) => {
      const next = { of, rest: { ...(before.of === of ? before.rest : EMPTY), ...change } };
      sessionStorage.setItem(KEPT, JSON.stringify(next));
      return next;
    });
  }, [of]);
  const go = useCallback((to: Step, change: { address?: string; unit?: number; profile?: string } = {}) => {
    const next = { site: site.id, step: to, address: change.address ?? address, unit: String(change.unit ?? unit), profile: change.profile ?? (change.address === undefined ? profile : "") };
    void navigate({ to: "/devices/add", search: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "")) as never });
  }, [navigate, site.id, address, unit, profile]);
  const forget = useCallback(() => sessionStorage.removeItem(KEPT), []);
  return { draft, step, note, go, forget };
}

export type Assistant = ReturnType<typeof useDraft>;
