/** Whether the page is as narrow as a phone; at 400 % zoom a desktop is one too. */
import { useSyncExternalStore } from "react";

const PHONE = "(max-width: 760px)";

function watch(onChange: () => void): () => void {
  const query = matchMedia(PHONE);
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}

export function useIsPhone(): boolean {
  return useSyncExternalStore(watch, () => matchMedia(PHONE).matches, () => false);
}
