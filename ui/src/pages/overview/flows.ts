/** Where power comes from and where it goes, from the power of each node. Sizes in W; positive is taken on the way in. */
import type { LiveNode } from "../../api/shapes";

export interface End {
  readonly node: LiveNode;
  /** Above zero. [W] */
  readonly size_w: number;
}

export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly size_w: number;
}

export interface Balance {
  readonly sources: readonly End[];
  readonly uses: readonly End[];
  readonly flows: readonly Flow[];
  /** Everything the home uses; what is stored or sold is not used. [W] */
  readonly used_w: number;
  /** Share of what is used that does not come from the grid, null where nothing is known. */
  readonly own_ratio: number | null;
  /** Nodes whose power is not known. */
  readonly unknown: readonly LiveNode[];
}

/** Flows below are not drawn. [W] */
export const LEAST_W = 20;
/** Order of the cards: sources beside their first use. */
export const SOURCE_ORDER = ["pv", "battery", "grid", "unexplained", "load", "car", "heat"];
export const USE_ORDER = ["car", "load", "heat", "unexplained", "battery", "grid", "pv"];

function ordered(ends: End[], order: readonly string[]): End[] {
  return ends.sort((a, b) => order.indexOf(a.node.kind) - order.indexOf(b.node.kind));
}

/**
 * The sun serves the home first, then fills batteries, then is sold; batteries serve the home, then are sold; the grid
 * gives the rest. That is the order in which a meter at the connection sees it.
 */
export function balance(nodes: readonly LiveNode[]): Balance {
  const known = nodes.filter((node) => node.power_w !== null);
  const sources: End[] = [];
  const uses: End[] = [];
  for (const node of known) {
    const power = node.power_w ?? 0;
    // The grid is a source while it is drawn from; everything else gives when it is below zero.
    const gives = node.kind === "grid" ? power : -power;
    if (gives > 0) sources.push({ node, size_w: gives });
    else uses.push({ node, size_w: -gives });
  }
  ordered(sources, SOURCE_ORDER);
  ordered(uses, USE_ORDER);
  const used = uses.filter((each) => each.node.kind !== "battery" && each.node.kind !== "grid").reduce((sum, each) => sum + each.size_w, 0);
  const bought = sources.filter((each) => each.node.kind === "grid").reduce((sum, each) => sum + each.size_w, 0);
  const isWhole = nodes.some((node) => node.kind === "grid" && node.power_w !== null) && used > 0;
  return {
    sources,
    uses,
    flows: shared(sources, uses),
    used_w: used,
    own_ratio: isWhole ? Math.min(1, Math.max(0, 1 - bought / used)) : null,
    unknown: nodes.filter((node) => node.power_w === null),
  };
}

function shared(sources: readonly End[], uses: readonly End[]): Flow[] {
  const left = uses.map((each) => each.size_w);
  const flows: Flow[] = [];
  for (const source of sources) {
    let rest = source.size_w;
    uses.forEach((use, at) => {
      const size = Math.min(rest, left[at] ?? 0);
      rest -= size;
      left[at] = (left[at] ?? 0) - size;
      if (size >= LEAST_W) flows.push({ from: source.node.id, to: use.node.id, size_w: size });
    });
  }
  return flows;
}
