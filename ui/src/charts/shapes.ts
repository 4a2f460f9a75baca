/** The shapes of plan and savings as the server sends them. Positive is taken; times are UTC. */

/** A sentence in each language of the product. */
export interface Said {
  readonly en: string;
  readonly de: string;
}

export interface Reason {
  readonly code: string;
  readonly text: Said;
  readonly facts?: Readonly<Record<string, number | string>>;
}

export type Deed = "fills_sun" | "fills_grid" | "powers_home" | "sells" | "waits" | "on" | "off" | "produces" | "held";
export type BlockAction = "move" | "now" | "skip";

/** One stretch of one device doing one thing. */
export interface Block {
  readonly id: string;
  readonly asset: string;
  readonly start: string;
  readonly end: string;
  readonly deed: Deed;
  readonly level: "strong" | "soft" | "quiet";
  readonly words: { readonly en: readonly string[]; readonly de: readonly string[] };
  readonly energy_kwh: number;
  readonly cost_eur: number;
  readonly average_price_eur_per_kwh: number | null;
  readonly reasons: readonly Reason[];
  readonly binding: readonly string[];
  readonly alternative: { readonly code: string; readonly text: Said; readonly cost_eur: number } | null;
  readonly actions: readonly BlockAction[];
}

/** How warm one zone is meant to be; `degc` has one value more than there are steps. */
export interface Warmth {
  readonly zone: string;
  readonly name: string;
  readonly degc: readonly number[];
  readonly low_degc: readonly (number | null)[];
  readonly high_degc: readonly (number | null)[];
}

export interface Lane {
  readonly asset: string;
  readonly kind: string;
  readonly name: string;
  readonly blocks: readonly Block[];
  /** Of heat pumps, chillers and water heaters, zone by zone; the page also reads servers that know of none. */
  readonly warmth?: readonly Warmth[];
}

export interface LevelBand {
  readonly asset: string;
  readonly soc_ratio: readonly number[];
  readonly low_ratio: readonly number[];
  readonly high_ratio: readonly number[];
  readonly reserve_ratio: number;
}

export interface Totals {
  readonly cost_eur: number;
  readonly cost_low_eur: number;
  readonly cost_high_eur: number;
  readonly without_planning_eur: number;
  readonly saved_eur: number;
  readonly own_power_ratio: number | null;
  readonly bought_kwh: number;
  readonly sold_kwh: number;
  readonly earned_eur: number;
  readonly carbon_kg: number | null;
}

/** A reason with the money it is about. */
export interface Priced extends Reason {
  readonly eur: number;
}

/** Reasons of a plan that need the solver, as GET /sites/{site}/plan/why answers them. */
export interface PlanWhy {
  readonly id: string;
  readonly before: string | null;
  readonly blocks: readonly { readonly block: string; readonly asset: string; readonly limits: readonly Priced[]; readonly elsewhere: Priced | null }[];
  readonly news: {
    readonly cost_eur: number;
    readonly causes: readonly { readonly group: string; readonly asset: string | null; readonly cost_eur: number | null; readonly what: Reason; readonly effect: Reason | null }[];
    readonly together: Reason | null;
    readonly forecasters: readonly Reason[];
    readonly moves: readonly { readonly asset: string; readonly energy_kwh: number; readonly group: string | null; readonly what: Reason; readonly owed: Reason }[];
  } | null;
}

export type Goal = "cost" | "own_power" | "carbon" | "balanced";

export interface PlanRow {
  readonly start: string;
  readonly end: string;
  readonly price_low: number;
  readonly price_high: number;
  readonly words: Readonly<Record<string, Said>>;
  readonly grid_kwh: number;
  readonly cost_eur: number;
}

/** A plan, as GET /sites/{site}/plan answers it. Arrays run along `start_utc` unless said otherwise. */
export interface Plan {
  readonly id: string;
  readonly made_at: string;
  readonly next_at: string | null;
  readonly goal: string;
  readonly timezone: string;
  readonly step_s: number;
  readonly start_utc: readonly string[];
  readonly is_provisional: boolean;
  readonly failed: string | null;
  readonly failure?: { readonly at: string; readonly why: string; readonly mode: string } | null;
  readonly price: {
    readonly import_eur_per_kwh: readonly (number | null)[];
    readonly export_eur_per_kwh: readonly (number | null)[];
    readonly published: readonly boolean[];
  };
  readonly power_w: Readonly<Record<string, readonly (number | null)[]>>;
  readonly sources: {
    readonly solar_w: readonly number[];
    readonly battery_w: readonly number[];
    readonly grid_w: readonly number[];
    readonly stored_w: readonly number[];
    readonly sold_w: readonly number[];
  };
  readonly level: readonly LevelBand[];
  readonly lanes: readonly Lane[];
  readonly totals: Totals;
  readonly changes: readonly Reason[];
  readonly table: readonly PlanRow[];
  readonly past: {
    readonly start_utc: readonly string[];
    readonly power_w: Readonly<Record<string, readonly (number | null)[]>>;
    readonly soc_ratio: Readonly<Record<string, readonly (number | null)[]>>;
    readonly planned_grid_w: readonly (number | null)[];
    readonly import_eur_per_kwh?: readonly (number | null)[];
    readonly export_eur_per_kwh?: readonly (number | null)[];
  };
  readonly notes: readonly string[];
  readonly broken: readonly string[];
}

export interface SavingsBar {
  readonly day: string;
  readonly hours: number;
  readonly paid_eur: number | null;
  readonly saved_eur: number | null;
  readonly self_use_ratio: number | null;
  readonly own_power_ratio: number | null;
  readonly carbon_kg: number | null;
  readonly coverage_ratio: number;
}

export interface BillLine {
  readonly name: string;
  readonly quantity: number | null;
  readonly unit: string;
  readonly price: number | null;
  readonly amount_eur: number;
}

/** The totals of every goal from one outlook; null where a goal cannot be served, with the reason in `refused`. */
export interface Preview {
  readonly totals: Readonly<Record<Goal, Totals | null>>;
  readonly refused: Readonly<Record<string, string>>;
}

/** What a stretch of days cost and saved, as GET /sites/{site}/savings answers it. */
export interface Savings {
  readonly from: string;
  readonly to: string;
  readonly bucket: "day" | "month";
  readonly paid_eur: number;
  readonly baselines: readonly {
    readonly name: "no_planning" | "no_battery" | "flat_tariff";
    readonly cost_eur: number;
    readonly saved_eur: number;
    readonly text: Said;
  }[];
  readonly bars: readonly SavingsBar[];
  readonly bill: readonly BillLine[];
  readonly total_eur: number;
  readonly self_use_ratio: number | null;
  readonly own_power_ratio: number | null;
  readonly carbon_kg: number | null;
  readonly carbon_note: string;
  readonly devices: readonly { readonly asset: string; readonly name: string; readonly energy_kwh: number; readonly cost_eur: number }[];
  readonly accuracy: readonly {
    readonly channel: string;
    readonly mae_w: number;
    readonly bias_w: number;
    readonly coverage_ratio: number;
    readonly days: number;
  }[];
  readonly gaps: readonly { readonly from: string; readonly to: string; readonly channel: string }[];
}
