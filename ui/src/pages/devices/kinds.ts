/** What a device stands for: its icon, its ink, and the word for the way its power flows. */
import type { LiveNode, NodeKind } from "../../api/shapes";
import type { IconName } from "../../components/Icon";

export type Kind = Exclude<NodeKind, "unexplained"> | "device";

interface Look {
  readonly icon: IconName;
  readonly ink: string;
}

export const LOOKS: Readonly<Record<Kind, Look>> = {
  grid: { icon: "grid", ink: "var(--grid-ink)" },
  pv: { icon: "sun", ink: "var(--solar-ink)" },
  battery: { icon: "battery", ink: "var(--battery-ink)" },
  car: { icon: "car", ink: "var(--ev-ink)" },
  heat: { icon: "heat", ink: "var(--heat-ink)" },
  load: { icon: "home", ink: "var(--home-ink)" },
  device: { icon: "device", ink: "var(--ink-2)" },
};

/** Below, nothing counts as flowing. [W] */
const STILL_W = 20;

/** The kind of an asset by its id, as the site knows it; the connection is a meter. */
export function kindOf(asset: string, assets: readonly { id: string; kind: NodeKind }[]): Kind {
  if (asset === "grid") return "grid";
  const kind = assets.find((each) => each.id === asset)?.kind;
  return kind === undefined || kind === "unexplained" ? "device" : kind;
}

/** Key of the word for a direction, in the catalogue of devices. */
export function directionKey(kind: Kind, powerW: number): string {
  if (kind === "pv" || kind === "heat" || kind === "load") return `devices.dir.${kind}`;
  if (kind === "device") return "devices.dir.load";
  const way = Math.abs(powerW) < STILL_W ? "none" : powerW > 0 ? "taken" : "given";
  return `devices.dir.${kind}.${way}`;
}

/** The parts of the site that a device stands for, in the order of a home: sun, battery, grid, then what uses. */
export function servedNodes(serves: Readonly<Record<string, string>>, nodes: readonly LiveNode[]): LiveNode[] {
  const order: readonly NodeKind[] = ["pv", "battery", "grid", "car", "heat", "load", "unexplained"];
  const assets = new Set(Object.values(serves));
  return nodes.filter((each) => assets.has(each.id) || (each.kind === "grid" && assets.has("grid")))
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** What a driver speaks, as people write it. */
export function driverName(driver: string): string {
  const [name = "", way = ""] = driver.split("_");
  return name === "modbus" ? `Modbus ${way.toUpperCase()}` : driver.toUpperCase();
}
