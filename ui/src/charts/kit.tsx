/** Small pieces that pages with charts share. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Fragment, type ReactNode, useCallback } from "react";

/** Words in which `**this**` is strong. */
export function Strong({ text }: { readonly text: string }): ReactNode {
  return text.split("**").map((part, k) => (k % 2 ? <strong key={k}>{part}</strong> : <Fragment key={k}>{part}</Fragment>));
}

type Parts = Readonly<Record<string, string | null>>;

/** Write parts of the address, as `?key=value`, without losing the others; null takes a part away. */
export function useWriteSearch(): (parts: Parts) => void {
  const navigate = useNavigate();
  return useCallback(
    (parts: Parts): void => {
      const plain = Object.fromEntries(Object.entries(parts).map(([key, value]) => [key, value ?? undefined]));
      void navigate({ to: ".", search: ((before: Record<string, unknown>) => ({ ...before, ...plain })) as never, resetScroll: false });
    },
    [navigate],
  );
}

/** One part of the address: read it, and write it. */
export function useSearchPart(key: string): [string | null, (value: string | null) => void] {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const writeAll = useWriteSearch();
  const found = search[key];
  const write = useCallback((value: string | null): void => writeAll({ [key]: value }), [writeAll, key]);
  return [typeof found === "string" || typeof found === "number" ? String(found) : null, write];
}
