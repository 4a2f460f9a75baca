"""Is the worth of stored energy that of the linear programme?"""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.units import FloatArray
from enerwise.market.worth import best_move_wh, outside_wh, worth
from enerwise.site.assets import Battery, BatteryArrays

STEP_S = 3600.0
STEPS = 12
prices = st.floats(0.0, 0.5)


def some_facts(count: int) -> BatteryArrays:
    return BatteryArrays.of(
        [
            Battery(f"b{at}", 8000.0 + 1000 * at, 3000.0, 2500.0, soc_min_ratio=0.1, soc_max_ratio=0.9)
            for at in range(count)
        ]
    )


def cost_eur(net_w: FloatArray, battery_wh: FloatArray, buy: FloatArray, sell: FloatArray) -> float:
    grid_wh = net_w + battery_wh
    return float((np.where(grid_wh > 0, buy, sell) * grid_wh).sum()) / 1e3


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), end=prices)
def test_worth_falls_with_the_level(seed: int, end: float) -> None:
    rng = np.random.default_rng(seed)
    buy = rng.uniform(0.1, 0.5, STEPS)
    made = worth(
        some_facts(3),
        rng.normal(0, 2000, (3, STEPS)),
        buy,
        buy * rng.uniform(0, 1),
        step_s=STEP_S,
        end_eur_per_kwh=end,
    )
    assert (np.diff(made.slope_eur_per_kwh, axis=1) <= 1e-9).all()
    assert (made.slope_eur_per_kwh >= -1e-9).all()


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_who_follows_the_worth_pays_what_the_linear_programme_pays(seed: int) -> None:
    rng = np.random.default_rng(seed)
    facts, net_w = some_facts(1), rng.normal(0, 2000, (1, STEPS))
    buy = rng.uniform(0.1, 0.5, STEPS)
    sell = buy * 0.4
    energy_wh, battery_wh = np.array([4000.0]), np.zeros(STEPS)
    for at in range(STEPS):
        later = worth(
            facts, net_w[:, at + 1 :], buy[at + 1 :], sell[at + 1 :], step_s=STEP_S, end_eur_per_kwh=0.1, nodes=200
        )
        move = best_move_wh(later, energy_wh[:, None], net_w[:, at, None], buy[at], sell[at], step_s=STEP_S)
        battery_wh[at] = outside_wh(facts, move)[0, 0]
        energy_wh = energy_wh + move[:, 0]
    followed = cost_eur(net_w[0], battery_wh, buy, sell) - 0.1 * float(energy_wh[0]) / 1e3
    best = linear_programme_eur(facts, net_w[0], buy, sell, start_wh=4000.0, end_eur_per_kwh=0.1)
    assert best - 1e-9 <= followed <= best + 0.003


def linear_programme_eur(
    facts: BatteryArrays,
    net_w: FloatArray,
    buy: FloatArray,
    sell: FloatArray,
    *,
    start_wh: float,
    end_eur_per_kwh: float,
) -> float:
    """Return the least cost of one home with everything known, less what the energy left is worth."""
    from enerwise.plan.model import Model
    from enerwise.plan.solver import LinearProgram

    model, way, steps = Model(), float(facts.one_way_ratio[0]), net_w.size
    balance = model.rows(net_w / 1e3, net_w / 1e3, steps)
    bought, sold = model.columns(steps, 0.0, np.inf), model.columns(steps, 0.0, np.inf)
    taken = model.columns(steps, 0.0, float(facts.charge_limit_w[0]) / 1e3)
    given_ = model.columns(steps, 0.0, float(facts.discharge_limit_w[0]) / 1e3)
    level = model.columns(steps, float(facts.energy_min_wh[0]) / 1e3, float(facts.energy_max_wh[0]) / 1e3)
    begins = np.where(np.arange(steps) == 0, start_wh / 1e3, 0.0)
    kept = model.rows(begins, begins, steps)
    parts = ((bought, 1.0), (sold, -1.0), (taken, -1.0), (given_, 1.0))
    for columns, value in parts:
        model.put(balance, columns, value)
    for rows, columns, value in (
        (kept, level, 1.0),
        (kept[1:], level[:-1], -1.0),
        (kept, taken, -way),
        (kept, given_, 1 / way),
    ):
        model.put(rows, columns, value)
    model.cost("energy", bought, buy)
    model.cost("energy", sold, -sell)
    model.cost("left", level[-1:], -end_eur_per_kwh)
    solution = LinearProgram(model.arrays()).solve()
    assert solution is not None
    return solution.objective


def test_a_home_without_a_battery_never_moves() -> None:
    facts = some_facts(2)
    facts = replace(facts, charge_limit_w=np.zeros(2), discharge_limit_w=np.zeros(2))
    made = worth(facts, np.ones((2, 3)) * 1000, np.full(3, 0.3), np.full(3, 0.1), step_s=STEP_S, end_eur_per_kwh=0.2)
    move = best_move_wh(made, np.full((2, 1), 4000.0), np.full((2, 1), 1000.0), 0.5, 0.1, step_s=STEP_S)
    assert not move.any()
