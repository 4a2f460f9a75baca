"""Ten thousand homes bid for one slot: CPU of each strategy and of weighing stored energy, against a sort of the homes.

Bound on a quiet core: everything that ten thousand homes need before the gate of a slot, 2 s.
"""

from collections.abc import Callable
from dataclasses import replace
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from enerwise.core.time import cpu_s
from enerwise.core.units import FloatArray
from enerwise.guard.orders import OrderLimits, Used, judge_orders
from enerwise.market.strategies.as_designed import AsDesigned
from enerwise.market.strategies.as_designed_corrected import AsDesignedCorrected
from enerwise.market.strategies.marginal_value import MarginalValue
from enerwise.market.strategies.score import DESIGNED_BATTERY
from enerwise.market.strategies.shaded import Shaded
from enerwise.market.strategies.truthful import Truthful
from enerwise.market.strategies.zero_intelligence import ZeroIntelligence
from enerwise.market.strategy import Memory, State
from enerwise.market.worth import Worth, worth
from enerwise.site.assets import BatteryArrays

HOMES, SLOTS, NEAR, REPEATS = 10_000, 72, 12, 3
STEP_S = 1800.0
STRATEGIES = (AsDesigned(), AsDesignedCorrected(), Truthful(), ZeroIntelligence(), Shaded(), MarginalValue())


def a_state(rng: np.random.Generator) -> State:
    """Homes of the design, a day and a half of half-hours ahead."""
    facts = BatteryArrays.of([DESIGNED_BATTERY] * HOMES)
    buy, sell = rng.uniform(250_000, 400_000, SLOTS), np.full(SLOTS, 80_000.0)
    return State(
        step_s=STEP_S,
        batteries=facts,
        energy_wh=rng.uniform(1_350, 10_800, HOMES),
        net_wh=rng.normal(0, 800, (HOMES, SLOTS)),
        spread_wh=np.full(HOMES, 200.0),
        buy_ueur_per_kwh=buy,
        sell_ueur_per_kwh=sell,
        local_ueur_per_kwh=(buy + sell) / 2,
        import_limit_wh=np.full(HOMES, 10_000.0),
        export_limit_wh=np.full(HOMES, 4_000.0),
        memory=Memory.new(HOMES),
    )


def weighed(state: State) -> Worth:
    """Return what stored energy is worth to every home, clouds included; beyond six hours by the hour."""
    first = np.concatenate([np.arange(1, NEAR + 1), np.arange(NEAR + 1, SLOTS, 2)])
    count = np.diff(first, append=SLOTS)

    def mean(value: FloatArray) -> FloatArray:
        return np.asarray(np.add.reduceat(value, first, axis=-1) / count, np.float64)

    net_w = mean(state.net_wh / state.step_h)
    spread_w = np.broadcast_to(state.spread_wh[:, None] / state.step_h, net_w.shape)
    prices = mean(state.buy_ueur_per_kwh / 1e6), mean(state.sell_ueur_per_kwh / 1e6)
    lasts_s = count * STEP_S
    return worth(state.batteries, net_w, *prices, step_s=lasts_s, end_eur_per_kwh=0.18, spread_w=spread_w)


def guarded(state: State, prices: FloatArray) -> object:
    """Judge one order of each home."""
    limits = OrderLimits.alike(
        HOMES,
        price_min_ueur_per_kwh=0,
        price_max_ueur_per_kwh=400_000,
        volume_wh=10_000,
        position_wh=10_000,
        budget_ueur=10**9,
        credit_ueur=10**9,
    )
    columns = np.arange(HOMES), state.net_wh[:, 0] > 0, np.full(HOMES, 500), (prices * 400_000).astype(np.int64)
    return judge_orders(*columns, limits, Used.nothing(HOMES))


def ms(work: Callable[[], object]) -> float:
    """Return the median CPU of some work. [ms]"""
    took = []
    for _ in range(REPEATS):
        began = cpu_s()
        work()
        took.append(1e3 * (cpu_s() - began))
    return median(took)


def main() -> None:
    """Print a line for each part of what homes need before a gate."""
    rng = np.random.default_rng(0)
    state, prices = a_state(rng), rng.random(HOMES)
    known = replace(state, worth=weighed(state))
    parts = {f"weigh stored energy over {SLOTS} slots": ms(lambda: weighed(state))}
    parts |= {each.name: ms(lambda each=each: each.decide(known, rng)) for each in STRATEGIES}  # type: ignore[misc]
    parts["orders at the guard"] = ms(lambda: guarded(known, prices))
    used = [took for name, took in parts.items() if name.split()[0] in {"weigh", "marginal_value", "orders"}]
    parts["weigh, bid the marginal value, pass the guard"] = sum(used)
    reference = ms(lambda: np.sort(prices))
    table = Table("part", "homes", "CPU ms", "times a sort", "bound ms")
    for name, took in parts.items():
        bound = "2000" if "," in name else ""
        table.add_row(name, f"{HOMES}", f"{took:.1f}", f"{took / reference:.0f}", bound)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
