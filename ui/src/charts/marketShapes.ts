/** Markets as the server tells them. Energy in whole Wh, money in whole micro-euro, prices in micro-euro per kWh. */
export type Stage = "none" | "offered" | "matched" | "delivered" | "settled" | "unmatched";

export interface Bidding {
  readonly strategy: string;
  readonly reserve_ratio: number;
  readonly sell_floor_ueur_per_kwh: number | null;
  readonly buy_cap_ueur_per_kwh: number | null;
}

export interface SlotLimits {
  readonly price_min_ueur_per_kwh: number;
  readonly price_max_ueur_per_kwh: number;
  readonly volume_wh: number;
  readonly position_wh: number;
  readonly budget_ueur: number;
}

export interface Seat {
  readonly id: string;
  readonly name: string;
  readonly site: string | null;
  readonly bidding: Bidding | null;
  readonly may_trade: boolean;
  readonly is_simulated: boolean;
  readonly is_halted: boolean;
  readonly limits: SlotLimits;
}

export interface Halt {
  /** Empty for everybody. */
  readonly participant: string;
  readonly by: "own" | "supervisor" | "operator";
  readonly reason: string;
  readonly since: string;
}

export interface Market {
  readonly id: string;
  readonly name: string;
  readonly timezone: string;
  readonly slot_s: number;
  readonly gate_closes_before_s: number;
  readonly mechanism: string;
  readonly is_continuous: boolean;
  readonly spot_ueur_per_kwh: number;
  readonly margin_ueur_per_kwh: number;
  readonly participant_count: number;
  readonly simulated_count: number;
  readonly seats: readonly Seat[];
  readonly halts: readonly Halt[];
}

export interface StageSum {
  readonly stage: "offered" | "matched" | "delivered" | "settled";
  readonly slot_count: number;
  readonly buy_wh: number;
  readonly sell_wh: number;
  readonly pay_ueur: number;
  readonly receive_ueur: number;
  readonly gain_ueur: number | null;
}

export interface Partner {
  readonly name: string | null;
  readonly is_simulated: boolean;
  readonly partner_count: number;
  readonly slot_count: number;
  readonly bought_wh: number;
  readonly sold_wh: number;
}

type Numbers = readonly number[];
type Maybe = readonly (number | null)[];

export interface Own {
  readonly participant: string;
  readonly name: string;
  readonly is_simulated: boolean;
  readonly at: string;
  readonly slot_s: number;
  readonly start_utc: readonly string[];
  readonly stage: readonly Stage[];
  readonly offer_buy_wh: Numbers;
  readonly offer_sell_wh: Numbers;
  readonly buy_limit_ueur_per_kwh: Maybe;
  readonly sell_limit_ueur_per_kwh: Maybe;
  readonly bought_wh: Numbers;
  readonly sold_wh: Numbers;
  readonly price_ueur_per_kwh: Maybe;
  readonly market_ueur_per_kwh: Maybe;
  readonly tariff_buy_ueur_per_kwh: Maybe;
  readonly tariff_sell_ueur_per_kwh: Maybe;
  readonly agreed_ueur: Numbers;
  readonly recognised_wh: Maybe;
  readonly deviation_wh: Maybe;
  readonly paid_ueur: Maybe;
  readonly deviation_ueur: Maybe;
  readonly gain_ueur: Maybe;
  readonly stages: readonly StageSum[];
  readonly partners: readonly Partner[];
}

export interface Paused {
  readonly items: readonly Halt[];
  readonly withdrawn_count: number;
}
