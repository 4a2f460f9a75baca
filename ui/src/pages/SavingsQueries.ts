/** What the savings page asks the server. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { API, read, Refused } from "../api/client";
import type { Savings } from "../charts/shapes";
import { useSite } from "../hooks/session";
import { daysOf, type Period, periodKey } from "./SavingsText";

const mayHelp = (count: number, error: unknown): boolean => count < 2 && !(error instanceof Refused && error.problem.status >= 400 && error.problem.status < 500);

/** Savings of a month by day, or of a year by month. */
export function useSavings(period: Period) {
  const { id } = useSite();
  const { from, to } = daysOf(period);
  const bucket = period.kind === "year" ? "month" : "day";
  return useQuery({
    queryKey: ["savings", id, periodKey(period)],
    queryFn: ({ signal }) => read<Savings>(`/sites/${encodeURIComponent(id)}/savings?from=${from}&to=${to}&bucket=${bucket}`, signal),
    staleTime: 5 * 60_000,
    placeholderData: keepPreviousData,
    retry: mayHelp,
  });
}

/** Measured columns: seconds since 1970 and one row of values per key; null is a gap. */
export interface Columns {
  readonly atS: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
}

interface SeriesAnswer {
  readonly start_utc: readonly (string | number)[];
  readonly series?: Readonly<Record<string, readonly (number | null)[]>>;
  readonly columns?: Readonly<Record<string, readonly (number | null)[]>>;
}

/** Measured power for a stretch, reduced by the server to about two points a pixel with highs and lows kept. */
export function useMeasured(keys: readonly string[], fromS: number, toS: number, points: number, isWanted: boolean) {
  const { id } = useSite();
  return useQuery({
    queryKey: ["series", id, keys, fromS, toS, points],
    queryFn: async ({ signal }): Promise<Columns> => {
      const query = new URLSearchParams([...keys.map((key) => ["key", key]), ["from", new Date(fromS * 1000).toISOString()], ["to", new Date(toS * 1000).toISOString()], ["points", String(points)]]);
      const found = await read<SeriesAnswer>(`/sites/${encodeURIComponent(id)}/series?${query}`, signal);
      const columns = found.series ?? found.columns ?? {};
      return { atS: found.start_utc.map((at) => (typeof at === "number" ? at : Date.parse(at) / 1000)), values: keys.map((key) => columns[key] ?? []) };
    },
    enabled: isWanted && keys.length > 0,
    staleTime: 5 * 60_000,
    placeholderData: keepPreviousData,
    retry: mayHelp,
  });
}

/** Fetch the raw quarter-hours of a month as text. */
export async function quarterHours(site: string, month: string): Promise<string> {
  const response = await fetch(`${API}/sites/${encodeURIComponent(site)}/quarter-hours?month=${month}`, { headers: { Accept: "text/csv" } });
  if (!response.ok) throw new Error(response.statusText || String(response.status));
  return response.text();
}
