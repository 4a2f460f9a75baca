/** What somebody may ask of a part of the home, by its kind. */
import type { AssetBrief } from "../../api/shapes";

export type Deed = "charge" | "discharge" | "rest" | "fill" | "on" | "off" | "hold";

const STORES: readonly Deed[] = ["fill", "charge", "discharge", "rest"];
const SWITCHED: readonly Deed[] = ["on", "off"];

/** What can be asked of an asset; nothing of what only measures or cannot be moved. */
export function deedsOf(asset: Pick<AssetBrief, "kind" | "is_controllable">): readonly Deed[] {
  if (!asset.is_controllable) return [];
  if (asset.kind === "battery") return STORES;
  if (asset.kind === "pv") return ["hold", "off"];
  return asset.kind === "grid" || asset.kind === "unexplained" ? [] : SWITCHED;
}

/** Whether a deed takes a power beside it; `hold` needs one, the others do all they can without. */
export function takesPower(deed: Deed): boolean {
  return deed === "charge" || deed === "discharge" || deed === "hold";
}

/** The power as the server counts it: positive into the asset. */
export function signedW(deed: Deed, sizeW: number | null): number | null {
  return sizeW === null ? null : deed === "charge" ? sizeW : -sizeW;
}

/** The word for a deed: of the sun, holding is a ceiling. */
export function deedKey(kind: string | undefined, deed: string): string {
  return kind === "pv" && deed === "hold" ? "devices.act.curtail" : `devices.act.${deed}`;
}

/** The power to ask for, in W; a size, the deed says the way. Null where the text is no power within the limit. */
export function powerOf(text: string, limitW: number | null | undefined): number | null {
  const kw = Number(text.trim().replace(",", "."));
  if (!text.trim() || !Number.isFinite(kw) || kw <= 0) return null;
  return limitW != null && kw * 1000 > limitW + 0.5 ? null : Math.round(kw * 1000);
}
