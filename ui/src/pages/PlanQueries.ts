/** What the plan page asks the server, and the one way it changes a plan. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { read, Refused, write } from "../api/client";
import type { Goal, Plan, PlanWhy, Preview } from "../charts/shapes";
import { useNow } from "../hooks/clock";
import { useSite } from "../hooks/session";
import { useLive } from "../live/live";

const MINUTE_MS = 60_000;

const path = (site: string, rest: string): string => `/sites/${encodeURIComponent(site)}/${rest}`;

/** Whether asking again may help: a refusal of the server stays one. */
const mayHelp = (count: number, error: unknown): boolean => count < 2 && !(error instanceof Refused && error.problem.status >= 400 && error.problem.status < 500);

/** The newest plan; asked for again whenever the live stream names another one. */
export function usePlan() {
  const { id } = useSite();
  const live = useLive(id).live;
  const known = useQueryClient();
  const found = useQuery({
    queryKey: ["plan", id],
    queryFn: ({ signal }) => read<Plan>(path(id, "plan"), signal),
    refetchInterval: 5 * MINUTE_MS,
    placeholderData: keepPreviousData,
    retry: mayHelp,
  });
  const newest = live?.plan.id ?? null;
  const shown = found.data?.id ?? null;
  useEffect(() => {
    if (newest !== null && shown !== null && newest !== shown) void known.invalidateQueries({ queryKey: ["plan", id] });
  }, [newest, shown, id, known]);
  return found;
}

/** Why a plan is what it is: reckoned once for each plan, when somebody looks. */
export function useWhy(planId: string) {
  const { id } = useSite();
  return useQuery({
    queryKey: ["plan-why", id, planId],
    queryFn: ({ signal }) => read<PlanWhy>(path(id, `plan/why?plan=${encodeURIComponent(planId)}`), signal),
    staleTime: Infinity,
    retry: mayHelp,
  });
}

/** What every goal would do to the totals, from one outlook; nothing is applied. */
export function usePreview(isWanted: boolean) {
  const { id } = useSite();
  return useQuery({
    queryKey: ["plan-preview", id],
    queryFn: () => write<Preview>("POST", path(id, "plan/preview"), {}),
    enabled: isWanted,
    staleTime: 5 * MINUTE_MS,
    retry: mayHelp,
  });
}

/** Plan for another goal from now on. */
export function useGoal(onDone: () => void) {
  const { id } = useSite();
  const known = useQueryClient();
  return useMutation<unknown, unknown, Goal>({
    mutationFn: (goal) => write<unknown>("PUT", path(id, "plan/goal"), { goal }),
    onSuccess: async () => {
      await known.invalidateQueries({ queryKey: ["plan", id] });
      onDone();
    },
  });
}

/** The site's time, to the minute: its own clock as last told, carried on by the browser's. */
export function useSiteMinute(): number {
  const { id } = useSite();
  const { live, receivedMs } = useLive(id);
  const now = useNow();
  const atMs = live ? Date.parse(live.at) + Math.max(0, now - receivedMs) : now;
  return Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}
