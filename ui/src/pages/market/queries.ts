/** What the market page asks the server, and the one thing it may change: a pause. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { API, read, Refused, write } from "../../api/client";
import type { Page } from "../../api/shapes";
import type { Market, Own, Paused, Seat } from "../../charts/marketShapes";

const LOOK_MS = 15_000;
const mayHelp = (count: number, error: unknown): boolean => count < 2 && !(error instanceof Refused && error.problem.status >= 400 && error.problem.status < 500);
const path = (market: string, rest: string): string => `/markets/${encodeURIComponent(market)}/${rest}`;

/** A market and whom one is there. */
export interface Place {
  readonly market: Market;
  readonly seat: Seat;
}

/** Markets in which the person has a seat. Asked for seldom: the rail wants to know whether there is one. */
export function useMarkets(isWatched = false) {
  return useQuery({
    queryKey: ["markets"],
    queryFn: ({ signal }) => read<Page<Market>>("/markets", signal),
    staleTime: isWatched ? 0 : 300_000,
    refetchInterval: isWatched ? LOOK_MS : false,
    retry: mayHelp,
  });
}

/** The seats of a site, market by market. */
export function placesOf(markets: readonly Market[] | undefined, site: string): Place[] {
  return (markets ?? []).flatMap((market) => market.seats.filter((seat) => seat.site === site).map((seat) => ({ market, seat })));
}

/** Own offers and deals between two moments. */
export function useOwn(place: Place, fromMs: number, toMs: number) {
  const { market, seat } = place;
  const span = `from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`;
  return useQuery({
    queryKey: ["market-own", market.id, seat.id, fromMs, toMs],
    queryFn: ({ signal }) => read<Own>(path(market.id, `own?participant=${encodeURIComponent(seat.id)}&${span}`), signal),
    refetchInterval: LOOK_MS,
    placeholderData: keepPreviousData,
    retry: mayHelp,
  });
}

/** Pause or resume; nothing is shown before the market has answered. */
export function usePause({ market, seat }: Place, onDone: (told: Paused) => void) {
  const known = useQueryClient();
  return useMutation<Paused, unknown, { pauses: boolean; reason: string }>({
    mutationFn: ({ pauses, reason }) => write<Paused>("POST", path(market.id, pauses ? "pause" : "resume"), { participant: seat.id, reason }),
    onSuccess: async (told) => {
      await Promise.all([known.invalidateQueries({ queryKey: ["markets"] }), known.invalidateQueries({ queryKey: ["market-own"] })]);
      onDone(told);
    },
  });
}

/** Fetch a file of the market as it is. */
export async function fileOf({ market, seat }: Place, rest: string): Promise<Blob> {
  const sign = rest.includes("?") ? "&" : "?";
  const response = await fetch(`${API}${path(market.id, rest)}${sign}participant=${encodeURIComponent(seat.id)}`);
  if (!response.ok) {
    const told = (await response.json().catch(() => null)) as { detail?: string } | null;
    throw new Error(told?.detail ?? response.statusText ?? String(response.status));
  }
  return response.blob();
}
