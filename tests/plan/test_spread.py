"""Powers known only to within an error: what is bought, sold and changed is what drawn errors say on the mean."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.plan.aims import Aims, Peak, Ramping
from enerwise.plan.problem import Problem
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import solve
from enerwise.plan.spread import change_pieces, expected_import
from tests.builders import a_grid
from tests.plan.builders import a_problem

GRID = a_grid(step_s=3600, steps=8)
DRAWN = np.random.default_rng(0).standard_normal(200_000)


def spread_out(load_w: np.ndarray, aims: Aims, *, terms: tuple[str, ...] = ("energy",), buy: float = 0.30) -> Problem:
    """A battery whose energy is worth its price, so that nothing moves but for what a test is about."""
    problem = a_problem(grid=GRID, load_w=load_w, buy=buy, sell=0.0, end_value_eur_per_kwh=np.full(1, 0.30))
    return replace(problem, terms=(*terms, "end_value"), stability_eur=0.0, aims=aims)


@given(at=st.floats(-6.0, 6.0), spread=st.floats(0.1, 3.0))
def test_expected_import_is_that_of_drawn_errors(at: float, spread: float) -> None:
    """Tangents lie below what they touch, by no more than a twentieth of the deviation."""
    drawn = np.maximum(0.0, at + spread * DRAWN).mean()
    told = float(expected_import(np.array([at]), np.array([spread]))[0])
    assert told <= drawn + 0.01 * spread and told >= drawn - 0.06 * spread


def test_pieces_add_up_to_the_expected_change() -> None:
    spread = 1.4
    for change in (0.0, 0.5, 1.4, 3.0, 8.0):
        cost, left = 0.0, change
        for width, share in change_pieces():
            used = min(left, width * spread)
            cost, left = cost + share * used, left - used
        extra = np.abs(change + spread * DRAWN).mean() - np.abs(spread * DRAWN).mean()
        assert cost == pytest.approx(extra, abs=0.08 * spread)


@given(load_kw=st.lists(st.floats(-3.0, 3.0), min_size=8, max_size=8), spread_kw=st.floats(0.0, 2.0))
def test_a_resting_battery_pays_what_is_to_be_expected(load_kw: list[float], spread_kw: float) -> None:
    """Energy that is worthless in the battery and dear at the connection stays: the bill is that of the tangents."""
    load_w = np.array(load_kw) * 1e3
    problem = spread_out(load_w, Aims(spread_w=np.full(8, spread_kw * 1e3)))
    problem = replace(
        problem, batteries=(), start_wh=np.zeros(0), end_wh=np.zeros(0), end_value_eur_per_kwh=np.zeros(0)
    )
    plan = solve(problem, GRID.start_utc)
    expected = expected_import(np.array(load_kw), np.full(8, spread_kw)).sum() * 0.30
    assert plan.cost_eur["energy"] == pytest.approx(expected, abs=1e-6)
    assert np.allclose(plan.grid_power_w, load_w, atol=1e-3)


def test_who_may_be_wrong_covers_no_more_than_pays() -> None:
    """Stored energy worth two thirds of the price covers the load to the watt only where the load is certain."""
    problem = spread_out(np.full(8, 400.0), Aims())
    problem = replace(problem, end_value_eur_per_kwh=np.full(1, 0.20))
    sure = solve(problem, GRID.start_utc)
    unsure = solve(replace(problem, aims=Aims(spread_w=np.full(8, 300.0))), GRID.start_utc)
    covered = sure.power_w[0] < -1.0
    assert covered.any() and np.all(unsure.grid_power_w[covered] > sure.grid_power_w[covered] + 50.0)


def test_changes_within_the_error_are_not_fought() -> None:
    """A steady draw is worth little where errors change it anyhow, and as much as ever where they do not."""
    load_w = np.tile([600.0, 1400.0], 4)
    before = Ramping(0.05, before_w=1000.0)
    noisy = replace(before, spread_w=np.full(8, 4000.0))
    plans = [
        solve(spread_out(load_w, Aims(ramping=each), terms=("energy", "ramping")), GRID.start_utc)
        for each in (before, noisy)
    ]
    steady, loose = (np.abs(np.diff(each.grid_power_w)).sum() for each in plans)
    assert steady < loose


def test_room_is_kept_under_a_peak() -> None:
    load_w = np.where(np.arange(8) == 5, 4000.0, 500.0)
    aims = Aims(peak=Peak(2.0, 2500.0), spread_w=np.full(8, 300.0))
    close = solve(spread_out(load_w, aims, terms=("energy", "peak")), GRID.start_utc)
    roomy = replace(aims, peak=replace(aims.peak, free_ratio=2.0))
    far = solve(spread_out(load_w, roomy, terms=("energy", "peak")), GRID.start_utc)
    assert far.grid_power_w.max() <= 2500.0 - 600.0 + 1.0 < close.grid_power_w.max()


def test_a_spread_travels_with_the_stored_problem() -> None:
    aims = Aims(ramping=Ramping(0.1, spread_w=np.full(8, 70.0)), spread_w=np.linspace(0.0, 90.0, 8))
    found = from_bytes(to_bytes(spread_out(np.full(8, 700.0), aims))).aims
    assert np.array_equal(found.spread_w, aims.spread_w)
    assert np.array_equal(found.ramping.spread_w, aims.ramping.spread_w)


@pytest.mark.parametrize(
    ("aims", "buy", "place"),
    [
        (Aims(spread_w=np.ones(3)), 0.3, "aims.spread_w"),
        (Aims(spread_w=np.full(8, np.nan)), 0.3, "aims.spread_w"),
        (Aims(spread_w=np.full(8, -1.0)), 0.3, "aims.spread_w"),
        (Aims(ramping=Ramping(1.0, spread_w=np.ones(2))), 0.3, "aims.ramping.spread_w"),
        (Aims(peak=Peak(1.0, free_ratio=-1.0)), 0.3, "aims.peak.free_ratio"),
        (Aims(spread_w=np.full(8, 5.0)), -0.1, "aims.spread_w[0]"),
    ],
)
def test_what_is_wrong_is_named(aims: Aims, buy: float, place: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        spread_out(np.full(8, 500.0), aims, buy=buy)
    assert place in {each.place for each in found.value.problems}
