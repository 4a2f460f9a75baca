/** A mark that changes whenever the page changes its colours, for drawings that cannot follow by style. */
import { useSyncExternalStore } from "react";

function watch(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class"] });
  const queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener("change", onChange);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener("change", onChange);
  };
}

function mark(): string {
  const { theme = "" } = document.documentElement.dataset;
  return [theme, matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("(forced-colors: active)").matches].join();
}

/** Changes with theme, system scheme and forced colours. */
export function useThemeMark(): string {
  return useSyncExternalStore(watch, mark, () => "");
}
