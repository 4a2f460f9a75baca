/** What the savings page asks the server. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { API, read, Refused } from "../api/client";
import { type Joined, joined } from "../charts/joined";
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

interface SeriesAnswer {
  readonly start_utc: readonly string[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  /** Of reduced series: each channel has its own times. */
  readonly times?: Readonly<Record<string, readonly string[]>>;
}

const LONG_S = 60 * 86_400;
const MOST_POINTS = 10_000;

/** How fine the server looks before it reduces: five minutes over a year, one minute over weeks. [s] */
export function seriesStepS(spanS: number): number {
  return spanS > LONG_S ? 300 : 60;
}

const seconds = (texts: readonly string[]): number[] => texts.map((text) => Date.parse(text) / 1000);

/** Measured power for a stretch, reduced by the server to about two points a pixel with highs and lows kept. */
export function useMeasured(keys: readonly string[], fromS: number, toS: number, points: number, isWanted: boolean) {
  const { id } = useSite();
  const count = Math.min(MOST_POINTS, Math.max(10, Math.round(points)));
  return useQuery({
    queryKey: ["series", id, keys, fromS, toS, count],
    queryFn: async ({ signal }): Promise<Joined> => {
      const asked = { from: new Date(fromS * 1000).toISOString(), to: new Date(toS * 1000).toISOString(), step_s: String(seriesStepS(toS - fromS)), points: String(count) };
      const query = new URLSearchParams([...keys.map((key) => ["key", key]), ...Object.entries(asked)]);
      const found = await read<SeriesAnswer>(`/sites/${encodeURIComponent(id)}/series?${query}`, signal);
      const common = seconds(found.start_utc);
      const times = keys.map((key) => (found.times?.[key] ? seconds(found.times[key]) : common));
      return joined(times, keys.map((key) => found.columns[key] ?? []));
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
