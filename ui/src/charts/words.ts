/** TEMPORARY implementation, replaced by catalogues. */
import { useMemo } from "react";
import type { SourceKey } from "./stack";

export interface ChartWords {
  readonly locale: string;
  readonly price: string;
  readonly perKwh: string;
  readonly sells: string;
  readonly sellsAt: (eurPerKwh: number) => string;
  readonly notPublished: readonly string[];
  readonly power: string;
  readonly kw: string;
  readonly used: string;
  readonly storedSold: string;
  readonly full: string;
  readonly reserve: (ratio: number) => string;
  readonly ct: (eurPerKwh: number) => string;
  readonly number: (value: number) => string;
  readonly priceText: (eurPerKwh: number) => string;
  readonly powerText: (powerW: number) => string;
  readonly percent: (ratio: number) => string;
  readonly source: Readonly<Record<SourceKey, string>>;
  readonly planned: string;
  readonly time: string;
  readonly unknown: string;
  readonly showTable: string;
  readonly showChart: string;
  readonly csv: string;
  readonly keys: string;
  readonly planSentence: (from: string, to: string, dearest: string, cheapest: string) => string;
}

export function useChartWords(): ChartWords {
  return useMemo(() => ({
    locale: "en-GB", price: "Price", perKwh: "ct/kWh", sells: "sells", sellsAt: (p) => `sells ${(p * 100).toFixed(1)}`,
    notPublished: ["not published yet, usually 13:00", "not published yet"], power: "Power", kw: "kW", used: "used", storedSold: "stored, sold",
    full: "% full", reserve: (r) => `reserve ${Math.round(r * 100)} %`, ct: (p) => (p * 100).toFixed(1), number: (v) => String(v),
    priceText: (p) => `${(p * 100).toFixed(1)} ct/kWh`, powerText: (w) => `${(w / 1000).toFixed(2)} kW`, percent: (r) => `${Math.round(r * 100)} %`,
    source: { solar: "Solar", battery: "From battery", grid: "Bought", stored: "Into battery", sold: "Sold" }, planned: "Planned at the meter", time: "Time", unknown: "–",
    showTable: "Show as table", showChart: "Show as chart", csv: "CSV", keys: "Arrow keys move along time, up and down change the line, t shows the table, Enter opens the block.",
    planSentence: (a, b, c, d) => `Plan from ${a} to ${b}. ${c} ${d}`,
  }), []);
}
