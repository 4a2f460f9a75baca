/** Versions of what runs here. */
import { useQuery } from "@tanstack/react-query";

import { read } from "../../api/client";

export interface Version {
  readonly version: string;
  readonly python?: string;
  readonly api?: string;
}

export function useVersion() {
  return useQuery({ queryKey: ["version"], queryFn: ({ signal }) => read<Version>("/version", signal), staleTime: Infinity });
}
