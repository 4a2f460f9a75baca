/** What the safety page asks. Nothing here is shown before the door has answered. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { read, write } from "../../api/client";
import { useSite } from "../../hooks/session";
import type { Safety, TestResult } from "./shapes";

const path = (site: string, rest = ""): string => `/sites/${encodeURIComponent(site)}/safety${rest}`;
const AT_REST_MS = 30_000;
const STOPPED_MS = 2_000;

export function useSafety() {
  const { id } = useSite();
  return useQuery({
    queryKey: ["safety", id],
    queryFn: ({ signal }) => read<Safety>(path(id), signal),
    refetchInterval: (query) => (query.state.data?.state === "running" ? AT_REST_MS : STOPPED_MS),
    placeholderData: keepPreviousData,
  });
}

function useDeed<Body, Answer = unknown>(deed: string) {
  const { id } = useSite();
  const known = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => write<Answer>("POST", path(id, `/${deed}`), body),
    onSettled: () => void known.invalidateQueries({ queryKey: ["safety", id] }),
  });
}

/** Say that the cause was looked at and is gone. `subject` is one trip; null is the stop itself. */
export function useReset() {
  return useDeed<{ cause: string; subject: string | null }>("reset");
}

export function useStart() {
  return useDeed<Record<string, never>, { state: string }>("start");
}

export function useTestStop() {
  return useDeed<Record<string, never>, TestResult>("test-stop");
}
