/** Own offers and deals made ready to show: a row for each slot, and what is going on now. Pure, to be tested without a page. */
import type { Own, Stage, StageSum } from "./marketShapes";

const UEUR = 1e6;
const WH = 1000;

/** One slot: energy in kWh, prices in EUR/kWh, money in EUR; above zero bought and to pay. */
export interface Row {
  readonly startMs: number;
  readonly endMs: number;
  readonly stage: Stage;
  readonly offerBuyKwh: number;
  readonly offerSellKwh: number;
  readonly buyLimit: number | null;
  readonly sellLimit: number | null;
  readonly boughtKwh: number;
  readonly soldKwh: number;
  readonly price: number | null;
  readonly market: number | null;
  readonly tariffBuy: number | null;
  readonly tariffSell: number | null;
  /** Agreed, and once settled what was really paid, deviation included. */
  readonly moneyEur: number;
  readonly deviationKwh: number | null;
  readonly deviationEur: number | null;
  readonly gainEur: number | null;
}

const over = (value: number | null | undefined, by: number): number | null => (value === null || value === undefined ? null : value / by);

export function rowsOf(own: Own): Row[] {
  const stepMs = own.slot_s * 1000;
  return own.start_utc.map((at, k) => {
    const startMs = Date.parse(at);
    const paid = own.paid_ueur[k] ?? null;
    const agreed = own.agreed_ueur[k] ?? 0;
    return {
      startMs,
      endMs: startMs + stepMs,
      stage: own.stage[k] ?? "none",
      offerBuyKwh: (own.offer_buy_wh[k] ?? 0) / WH,
      offerSellKwh: (own.offer_sell_wh[k] ?? 0) / WH,
      buyLimit: over(own.buy_limit_ueur_per_kwh[k], UEUR),
      sellLimit: over(own.sell_limit_ueur_per_kwh[k], UEUR),
      boughtKwh: (own.bought_wh[k] ?? 0) / WH,
      soldKwh: (own.sold_wh[k] ?? 0) / WH,
      price: over(own.price_ueur_per_kwh[k], UEUR),
      market: over(own.market_ueur_per_kwh[k], UEUR),
      tariffBuy: over(own.tariff_buy_ueur_per_kwh[k], UEUR),
      tariffSell: over(own.tariff_sell_ueur_per_kwh[k], UEUR),
      moneyEur: (paid === null ? agreed : paid + (own.deviation_ueur[k] ?? 0)) / UEUR,
      deviationKwh: over(own.deviation_wh[k], WH),
      deviationEur: over(own.deviation_ueur[k], UEUR),
      gainEur: over(own.gain_ueur[k], UEUR),
    };
  });
}

/** What the page opens with. */
export type Now = { readonly is: "buys" | "sells"; readonly row: Row } | { readonly is: "waits" | "next" | "quiet" | "empty"; readonly row: Row | null };

export function nowOf(rows: readonly Row[], nowMs: number): Now {
  const here = rows.find((row) => row.startMs <= nowMs && nowMs < row.endMs);
  if (here && here.price !== null && (here.boughtKwh > 0 || here.soldKwh > 0)) return { is: here.boughtKwh >= here.soldKwh ? "buys" : "sells", row: here };
  const next = rows.find((row) => row.startMs > nowMs && row.stage === "matched");
  if (next) return { is: "next", row: next };
  const offered = rows.find((row) => row.stage === "offered");
  if (offered) return { is: "waits", row: offered };
  return rows.some((row) => row.stage !== "none") ? { is: "quiet", row: null } : { is: "empty", row: null };
}

/** Money of a stage: what is left when both directions are put together, and which way it goes. */
export interface StageMoney {
  readonly eur: number;
  readonly way: "pay" | "receive";
  readonly kwh: number;
  readonly slots: number;
  readonly gainEur: number | null;
}

export function stageMoney(sums: readonly StageSum[], stage: StageSum["stage"]): StageMoney {
  const found = sums.find((one) => one.stage === stage);
  const net = (found?.pay_ueur ?? 0) - (found?.receive_ueur ?? 0);
  return {
    eur: Math.abs(net) / UEUR,
    way: net < 0 ? "receive" : "pay",
    kwh: ((found?.buy_wh ?? 0) + (found?.sell_wh ?? 0)) / WH,
    slots: found?.slot_count ?? 0,
    gainEur: over(found?.gain_ueur, UEUR),
  };
}

/** What is drawn: from the first slot in which something happened, to the last and one more hour; now is always inside. */
export function windowOf(rows: readonly Row[], nowMs: number, backMs: number, aheadMs: number): Row[] {
  const lively = rows.filter((row) => row.stage !== "none" || row.market !== null);
  const first = Math.max(Math.min(lively[0]?.startMs ?? nowMs, nowMs - HOUR_MS), nowMs - backMs);
  const last = Math.min(Math.max((lively[lively.length - 1]?.endMs ?? nowMs) + HOUR_MS, nowMs + HOUR_MS), nowMs + aheadMs);
  return rows.filter((row) => row.endMs > first && row.startMs < last);
}

const HOUR_MS = 3_600_000;
