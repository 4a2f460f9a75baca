/** What the assistant asks the server. All of it only looks, until the device is saved. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { read, write } from "../../api/client";
import type { Page } from "../../api/shapes";
import { useSite } from "../../hooks/session";
import { devicesPath } from "../devices/queries";
import type { DeviceBrief } from "../devices/shapes";
import type { Draft } from "./draft";
import type { Probe, Profile, Search } from "./shapes";

const LOOK_MS = 700;

export function useNetworks() {
  return useQuery({ queryKey: ["networks"], queryFn: ({ signal }) => read<{ items: readonly string[] }>("/devices/networks", signal), staleTime: 60_000 });
}

export function useBeginSearch() {
  return useMutation({ mutationFn: (body: { network: string; port: number }) => write<Search>("POST", "/devices/find", body) });
}

export function useSearchJob(id: string | null) {
  return useQuery({
    queryKey: ["search", id],
    queryFn: ({ signal }) => read<Search>(`/devices/find/${encodeURIComponent(id ?? "")}`, signal),
    enabled: id !== null,
    refetchInterval: (query) => (query.state.data?.state === "running" || query.state.data === undefined ? LOOK_MS : false),
  });
}

export function useCancelSearch() {
  return useMutation({ mutationFn: (id: string) => write<unknown>("DELETE", `/devices/find/${encodeURIComponent(id)}`) });
}

export function useProfiles() {
  return useQuery({ queryKey: ["profiles"], queryFn: ({ signal }) => read<Page<Profile>>("/devices/profiles", signal), staleTime: Infinity });
}

/** Look at a device, by one profile or by all of them. */
export function probe(address: string, unit: number, profile?: string): Promise<Probe> {
  return write<Probe>("POST", "/devices/probe", { address, unit_id: unit, ...(profile ? { profile } : {}) });
}

export function useProbe(address: string, unit: number, profile?: string) {
  return useQuery({ queryKey: ["probe", address, unit, profile ?? ""], queryFn: () => probe(address, unit, profile), enabled: address !== "", retry: false, staleTime: 20_000 });
}

export function useSave() {
  const { id } = useSite();
  const known = useQueryClient();
  return useMutation({
    mutationFn: (draft: Draft) => write<DeviceBrief>("POST", devicesPath(id), {
      id: draft.id, name: draft.name.trim(), place: draft.place.trim(), driver: "modbus_tcp", address: draft.address, unit_id: draft.unit,
      profile: draft.profile, serves: draft.serves, is_read_only: draft.isReadOnly, signs: draft.signs,
    }),
    onSuccess: () => void known.invalidateQueries({ queryKey: ["devices", id] }),
  });
}
