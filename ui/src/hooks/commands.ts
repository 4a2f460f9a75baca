/** Things people ask for: sent, and shown only when the site has answered. Never optimistic. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { write } from "../api/client";
import type { Lease, Mode } from "../api/shapes";
import { useSite } from "./session";

export interface Wish {
  readonly asset: string;
  readonly action: string;
  readonly power_w?: number | null;
  readonly until: string;
  readonly reason: string;
}

function useAsk<Body, Answer>(send: (site: string, body: Body) => Promise<Answer>) {
  const { id } = useSite();
  const known = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => send(encodeURIComponent(id), body),
    onSuccess: () => void known.invalidateQueries({ predicate: (each) => each.queryKey[0] === "plan" || each.queryKey[0] === "leases" }),
  });
}

export function useSetMode() {
  return useAsk((site, body: { mode: Mode; until?: string | null; reason?: string }) => write<unknown>("PUT", `/sites/${site}/mode`, body));
}

export function useOverride() {
  return useAsk((site, wish: Wish) => write<Lease>("POST", `/sites/${site}/overrides`, wish));
}

export function useWithdraw() {
  return useAsk((site, lease: string) => write<unknown>("DELETE", `/sites/${site}/overrides/${encodeURIComponent(lease)}`));
}

/** Whether the site is stopped, so that command buttons are off and say why. */
export function isStopped(state: string | undefined): boolean {
  return state === "stopped" || state === "error";
}
