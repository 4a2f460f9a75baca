/** What the pages of devices ask the server. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { read } from "../../api/client";
import { type Joined, joined } from "../../charts/joined";
import type { Page } from "../../api/shapes";
import { useSite } from "../../hooks/session";
import type { Command, DeviceBrief, DeviceDetail } from "./shapes";

const MINUTE_MS = 60_000;
const VALUES_MS = 2_000;
const COMMANDS_A_PAGE = 12;

export function devicesPath(site: string, rest = ""): string {
  return `/sites/${encodeURIComponent(site)}/devices${rest}`;
}

export function useDevices() {
  const { id } = useSite();
  return useQuery({
    queryKey: ["devices", id],
    queryFn: ({ signal }) => read<Page<DeviceBrief>>(devicesPath(id, "?limit=200"), signal),
    refetchInterval: MINUTE_MS,
    placeholderData: keepPreviousData,
  });
}

export function useDevice(device: string) {
  const { id } = useSite();
  return useQuery({
    queryKey: ["device", id, device],
    queryFn: ({ signal }) => read<DeviceDetail>(devicesPath(id, `/${encodeURIComponent(device)}`), signal),
    refetchInterval: VALUES_MS,
    placeholderData: keepPreviousData,
  });
}

export function useCommands(device: string) {
  const { id } = useSite();
  return useInfiniteQuery({
    queryKey: ["commands", id, device],
    queryFn: ({ pageParam, signal }) =>
      read<Page<Command>>(devicesPath(id, `/${encodeURIComponent(device)}/commands?limit=${COMMANDS_A_PAGE}${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ""}`), signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 15_000,
  });
}

interface SeriesAnswer {
  readonly start_utc: readonly string[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  /** Of reduced series: each channel has its own times. */
  readonly times?: Readonly<Record<string, readonly string[]>>;
}

const RAW_S = 3 * 86_400;
const QUARTER_S = 900;
const MOST_POINTS = 10_000;

/**
 * What channels measured over a stretch, reduced by the server to about two points a pixel.
 *
 * A short stretch is asked as it was read: devices read at different paces, and a fixed step would draw gaps between
 * readings that are further apart. A long one is asked in quarter-hours, which every device fills.
 */
export function useReadings(keys: readonly string[], fromS: number, toS: number, points: number, isWanted: boolean) {
  const { id } = useSite();
  const count = Math.min(MOST_POINTS, Math.max(10, Math.round(points)));
  return useQuery({
    queryKey: ["readings", id, keys, fromS, toS, count],
    queryFn: async ({ signal }): Promise<Joined> => {
      const asked = new URLSearchParams(keys.map((key) => ["key", key]));
      asked.set("from", new Date(fromS * 1000).toISOString());
      asked.set("to", new Date(toS * 1000).toISOString());
      asked.set("points", String(count));
      if (toS - fromS > RAW_S) asked.set("step_s", String(QUARTER_S));
      const found = await read<SeriesAnswer>(`/sites/${encodeURIComponent(id)}/series?${asked}`, signal);
      const seconds = (texts: readonly string[]) => texts.map((text) => Date.parse(text) / 1000);
      return joined(keys.map((key) => seconds(found.times?.[key] ?? found.start_utc)), keys.map((key) => found.columns[key] ?? []));
    },
    enabled: isWanted && keys.length > 0,
    staleTime: MINUTE_MS,
    placeholderData: keepPreviousData,
  });
}
