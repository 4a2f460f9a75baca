/** The second sentence: who carries the home just now. Which sentence, and with which names and sizes. */
import type { Balance, End } from "./flows";

export type Second =
  | { readonly key: "stored-and-sold" | "stored" | "stored-from-grid" | "sun-and-battery" | "battery"; readonly name: string; readonly sizeW: number }
  | { readonly key: "sold" | "grid" | "sun" | "sun-and-grid"; readonly sizeW: number };

/** Below this a flow is not worth a word. [W] */
const WORTH_W = 100;

function sum(ends: readonly End[], kind: string): number {
  return ends.filter((each) => each.node.kind === kind).reduce((total, each) => total + each.size_w, 0);
}

/** Null where too little is known to say anything. */
export function second(found: Balance): Second | null {
  const sunW = sum(found.sources, "pv");
  const boughtW = sum(found.sources, "grid");
  const soldW = sum(found.uses, "grid");
  const giving = found.sources.find((each) => each.node.kind === "battery" && each.size_w >= WORTH_W);
  const filling = found.uses.find((each) => each.node.kind === "battery" && each.size_w >= WORTH_W);
  if (filling && soldW >= WORTH_W) return { key: "stored-and-sold", name: filling.node.name, sizeW: soldW };
  if (filling) return { key: boughtW > sunW ? "stored-from-grid" : "stored", name: filling.node.name, sizeW: filling.size_w };
  if (soldW >= WORTH_W) return { key: "sold", sizeW: soldW };
  if (giving) return { key: sunW >= WORTH_W ? "sun-and-battery" : "battery", name: giving.node.name, sizeW: giving.size_w };
  if (boughtW >= WORTH_W) return { key: sunW >= WORTH_W ? "sun-and-grid" : "grid", sizeW: boughtW };
  return sunW >= WORTH_W ? { key: "sun", sizeW: sunW } : null;
}
