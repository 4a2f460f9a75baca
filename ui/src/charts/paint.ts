/** Which token paints what. Colours live in the tokens alone; here are only their names. */
import type { SourceKey } from "./stack";

/** The energy role of a device kind, as the tokens name it. */
export type Role = "solar" | "battery" | "grid" | "home" | "ev" | "heat";

const ROLE_OF_KIND: Readonly<Record<string, Role>> = {
  pv: "solar",
  solar: "solar",
  battery: "battery",
  grid: "grid",
  car: "ev",
  ev: "ev",
  charger: "ev",
  heat: "heat",
  heat_pump: "heat",
  heatpump: "heat",
  boiler: "heat",
  hot_water: "heat",
};

/** Role of a device kind; what is not known belongs to the home. */
export function roleOf(kind: string): Role {
  return ROLE_OF_KIND[kind] ?? "home";
}

export const fill = (role: Role): string => `var(--${role})`;
export const line = (role: Role): string => `var(--${role}-line)`;
export const ink = (role: Role): string => `var(--${role}-ink)`;

/** Ink on a full fill; the home grey carries page ink. */
export const onFill = (role: Role): string => (role === "home" ? "var(--on-solar)" : `var(--on-${role})`);

export const SOURCE_ROLE: Readonly<Record<SourceKey, Role>> = { solar: "solar", battery: "battery", grid: "grid", stored: "battery", sold: "grid" };
