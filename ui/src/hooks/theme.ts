/** Light, dark, or as the system says; kept in this browser. */
export type Theme = "system" | "light" | "dark";
const KEPT = "enerwise.theme";

export function theme(): Theme {
  const kept = localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function wear(wanted: Theme): void {
  localStorage.setItem(KEPT, wanted);
  const isDark = wanted === "dark" || (wanted === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
}

/** Follow the system as long as nothing else is chosen. */
export function followSystem(): void {
  wear(theme());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => wear(theme()));
}

const STILL = "enerwise.still";

/** Whether moving dots are wanted. */
export function isStill(): boolean {
  return localStorage.getItem(STILL) === "yes";
}

export function keepStill(still: boolean): void {
  localStorage.setItem(STILL, still ? "yes" : "no");
  document.documentElement.toggleAttribute("data-still", still);
}
