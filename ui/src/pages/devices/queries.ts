/** What the pages of devices ask the server. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { read } from "../../api/client";
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
