/** Which lines a long chart shows, and how much of them is loaded. */
import type { SiteDetail } from "../api/shapes";
import type { Role } from "../charts/paint";

const MOST_LINES = 4;

export interface Line {
  readonly key: string;
  readonly label: string;
  readonly role: Role;
}

/** The lines worth a year's look: the meter, the sun, the battery, the largest other use. */
export function longLines(site: Pick<SiteDetail, "assets">, gridName: string): Line[] {
  const rank: Readonly<Record<string, Role>> = { pv: "solar", battery: "battery", heat: "heat", car: "ev", load: "home" };
  const lines = Object.entries(rank).flatMap(([kind, role]): Line[] => {
    const asset = site.assets.find((one) => one.kind === kind);
    return asset ? [{ key: `${asset.id}.power_w`, label: asset.name, role }] : [];
  });
  return [{ key: "grid.power_w", label: gridName, role: "grid" as const }, ...lines].slice(0, MOST_LINES);
}

/** The stretch to load for what is shown: the same again on both sides, on whole days, so that moving is smooth. */
export function loadedRange(fromS: number, toS: number, limits: readonly [number, number]): [number, number] {
  const span = toS - fromS;
  const grain = span > 40 * 86_400 ? 7 * 86_400 : span > 2 * 86_400 ? 86_400 : 3_600;
  const from = Math.floor((fromS - span) / grain) * grain;
  const to = Math.ceil((toS + span) / grain) * grain;
  return [Math.max(limits[0], from), Math.min(limits[1], to)];
}
