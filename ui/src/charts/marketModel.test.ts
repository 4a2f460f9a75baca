import { expect, test } from "vitest";

import { nowOf, rowsOf, stageMoney, windowOf } from "./marketModel";
import type { Own, Stage } from "./marketShapes";

const START = Date.parse("2026-05-14T12:00:00Z");
const QUARTER = 900_000;

function own(stages: readonly Stage[], parts: Partial<Own> = {}): Own {
  const fill = <T>(value: T): T[] => stages.map(() => value);
  return {
    participant: "a", name: "A", is_simulated: false, at: "2026-05-14T12:20:00.000Z", slot_s: 900,
    start_utc: stages.map((_, k) => new Date(START + k * QUARTER).toISOString()),
    stage: stages,
    offer_buy_wh: fill(500), offer_sell_wh: fill(0), buy_limit_ueur_per_kwh: fill(290_000), sell_limit_ueur_per_kwh: fill(null),
    bought_wh: stages.map((stage) => (["matched", "delivered", "settled"].includes(stage) ? 400 : 0)), sold_wh: fill(0),
    price_ueur_per_kwh: stages.map((stage) => (["matched", "delivered", "settled"].includes(stage) ? 200_000 : null)),
    market_ueur_per_kwh: fill(null), tariff_buy_ueur_per_kwh: fill(290_000), tariff_sell_ueur_per_kwh: fill(80_000),
    agreed_ueur: fill(80_000), recognised_wh: fill(null), deviation_wh: fill(null), paid_ueur: fill(null), deviation_ueur: fill(null), gain_ueur: fill(36_000),
    stages: [], partners: [], ...parts,
  };
}

test("whole micro-euro and watt-hours become euro and kilowatt-hours", () => {
  const [row] = rowsOf(own(["matched"]));
  expect(row).toMatchObject({ startMs: START, endMs: START + QUARTER, boughtKwh: 0.4, price: 0.2, tariffBuy: 0.29, moneyEur: 0.08, gainEur: 0.036 });
});

test("once a slot is settled, what counts is what was paid, with the deviation", () => {
  const [row] = rowsOf(own(["settled"], { paid_ueur: [70_000], deviation_ueur: [12_000], deviation_wh: [50] }));
  expect(row?.moneyEur).toBeCloseTo(0.082, 9);
  expect(row?.deviationKwh).toBeCloseTo(0.05, 9);
});

test("the sentence tells of the slot that runs, then of the next deal, then of offers", () => {
  const at = START + 20 * 60_000;
  expect(nowOf(rowsOf(own(["settled", "matched", "offered"])), at).is).toBe("buys");
  expect(nowOf(rowsOf(own(["settled", "matched"], { bought_wh: [0, 0], sold_wh: [0, 300] })), at).is).toBe("sells");
  expect(nowOf(rowsOf(own(["settled", "none", "matched"])), at)).toMatchObject({ is: "next", row: { startMs: START + 2 * QUARTER } });
  expect(nowOf(rowsOf(own(["settled", "unmatched", "offered"])), at).is).toBe("waits");
  expect(nowOf(rowsOf(own(["settled", "none"])), at).is).toBe("quiet");
  expect(nowOf(rowsOf(own(["none", "none"])), at).is).toBe("empty");
});

test("money of a stage is one sum with a way", () => {
  const sums = [{ stage: "settled" as const, slot_count: 3, buy_wh: 900, sell_wh: 100, pay_ueur: 100_000, receive_ueur: 350_000, gain_ueur: null }];
  expect(stageMoney(sums, "settled")).toEqual({ eur: 0.25, way: "receive", kwh: 1, slots: 3, gainEur: null });
  expect(stageMoney(sums, "offered")).toMatchObject({ eur: 0, way: "pay", kwh: 0, slots: 0 });
});

test("what is drawn holds now and an hour beyond the last offer, and no empty night before", () => {
  const stages: Stage[] = [...Array<Stage>(40).fill("none"), "settled", "matched", ...Array<Stage>(40).fill("none")];
  const rows = rowsOf(own(stages, { gain_ueur: stages.map(() => null) }));
  const nowMs = START + 44 * QUARTER;
  const shown = windowOf(rows, nowMs, 12 * 3_600_000, 6 * 3_600_000);
  expect(shown[0]?.startMs).toBe(START + 40 * QUARTER);
  expect(shown[shown.length - 1]?.endMs).toBe(nowMs + 4 * QUARTER);
  expect(windowOf(rows, nowMs, 1_800_000, 1_800_000)).toHaveLength(4);
});
