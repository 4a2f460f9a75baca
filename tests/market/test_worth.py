"""Is the worth of stored energy the dual of the planner, for every home at once?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.market.worth import best_move_wh, worth
from enerwise.plan.solve import solve
from enerwise.site.assets import Battery, BatteryArrays
from tests.builders import a_battery, a_grid
from tests.plan.builders import a_problem

SEEDS = st.integers(0, 10_000)
HOURS = 12


def some_batteries(count: int) -> list[Battery]:
    return [
        Battery(f"b{at}", 8000.0 + 1000 * at, 3000.0, 2500.0, soc_min_ratio=0.1, soc_max_ratio=0.9)
        for at in range(count)
    ]


@settings(max_examples=20)
@given(SEEDS)
def test_worth_falls_with_the_level(seed: int) -> None:
    rng = np.random.default_rng(seed)
    buy = rng.uniform(0.1, 0.5, HOURS)
    facts, net_w = BatteryArrays.of(some_batteries(3)), rng.normal(0, 2000, (3, HOURS))
    made = worth(
        facts, net_w, buy, buy * rng.uniform(0, 1), step_s=3600.0, end_eur_per_kwh=0.1, spread_w=abs(net_w) / 2
    )
    assert (np.diff(made.slope_eur_per_kwh, axis=1) <= 1e-9).all()


@settings(max_examples=12)
@given(SEEDS, st.sampled_from([0.25, 0.5, 0.75]))
def test_it_is_the_dual_of_the_planner(seed: int, start_ratio: float) -> None:
    rng = np.random.default_rng(seed)
    battery, net_w = a_battery(), rng.normal(500, 2000, HOURS)
    buy = rng.uniform(0.1, 0.5, HOURS)
    problem = a_problem(
        grid=a_grid(step_s=3600, steps=HOURS),
        batteries=[battery],
        load_w=net_w,
        buy=buy,
        sell=buy * 0.4,
        start_ratio=start_ratio,
        end_value_eur_per_kwh=np.array([0.1]),
        stability_eur=0.0,
        import_limit_w=1e6,
        export_limit_w=1e6,
    )
    plan = solve(problem, problem.grid.start_utc)
    facts, fine = BatteryArrays.of([battery]), 400
    made = worth(facts, net_w[None, 1:], buy[1:], buy[1:] * 0.4, step_s=3600.0, end_eur_per_kwh=0.1, nodes=fine)
    end_wh = plan.energy_wh[:1, 1]
    least, most = (float(made.at(end_wh + way * 2 * made.part_wh)[0]) for way in (1, -1))
    # Empty, what comes in is used at once and may be worth more than kept; full, it may be worth less.
    most = np.inf if end_wh[0] < battery.energy_min_wh + 1.0 else most
    least = -np.inf if end_wh[0] > battery.energy_max_wh - 1.0 else least
    assert least - 1e-6 <= float(plan.dual_eur_per_kwh[0, 0]) <= most + 1e-6


@settings(max_examples=20)
@given(SEEDS)
def test_one_home_is_worth_what_it_is_among_many(seed: int) -> None:
    rng = np.random.default_rng(seed)
    batteries, net_w = some_batteries(4), rng.normal(0, 2000, (4, HOURS))
    buy, sell = rng.uniform(0.2, 0.5, HOURS), rng.uniform(0.0, 0.2, HOURS)
    many = worth(BatteryArrays.of(batteries), net_w, buy, sell, step_s=1800.0, end_eur_per_kwh=0.1)
    for home in range(4):
        facts = BatteryArrays.of(batteries[home : home + 1])
        one = worth(facts, net_w[home : home + 1], buy, sell, step_s=1800.0, end_eur_per_kwh=0.1)
        assert one.slope_eur_per_kwh.tobytes() == many.slope_eur_per_kwh[home : home + 1].tobytes()


def test_energy_is_worth_the_need_it_spares_and_beyond_that_the_sale() -> None:
    facts = BatteryArrays.of([Battery("b", 2000.0, 1000.0, 1000.0, round_trip_ratio=1.0)])
    prices = np.array([0.3, 0.3]), np.array([0.1, 0.1])
    made = worth(facts, np.array([[1000.0, 0.0]]), *prices, step_s=3600.0, end_eur_per_kwh=0.0, nodes=4)
    assert made.slope_eur_per_kwh[0] == pytest.approx([0.3, 0.3, 0.1, 0.1])


def test_a_home_without_a_battery_never_moves() -> None:
    facts = BatteryArrays.of([Battery("none", 1.0, 0.0, 0.0)])
    made = worth(facts, np.full((1, 3), 1000.0), np.full(3, 0.3), np.full(3, 0.1), step_s=3600.0, end_eur_per_kwh=0.2)
    assert not best_move_wh(made, np.full((1, 1), 0.5), np.full((1, 1), 1000.0), 0.5, 0.1, step_s=3600.0).any()
