"""Curves: what a staircase says at a price, and which ones are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.market.wholesale.curve import BidCurves, merged
from enerwise.market.wholesale.risk import cvar_eur
from enerwise.market.wholesale.scenarios import Scenarios
from enerwise.market.wholesale.steps import steps_of


@st.composite
def curves(draw: st.DrawFn) -> BidCurves:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    slot = np.sort(np.concatenate([np.arange(3), rng.integers(0, 3, draw(st.integers(0, 6)))]))
    price = np.concatenate([np.sort(rng.choice(np.arange(-20, 60), n, replace=False)) for n in np.bincount(slot)])
    quantity = np.concatenate([-np.sort(rng.integers(-9, 9, n)) for n in np.bincount(slot)])
    return BidCurves(slot, price * 1000, quantity * 100)


@given(made=curves(), prices=st.lists(st.integers(-40_000, 80_000), min_size=3, max_size=3))
def test_a_price_is_answered_by_the_last_step_not_above_it(made: BidCurves, prices: list[int]) -> None:
    accepted = made.accepted_wh(np.array(prices))
    for slot, price in enumerate(prices):
        own = made.slot == slot
        below = np.flatnonzero(own & (made.price_from_ueur_per_kwh <= price))
        row = below[-1] if below.size else np.flatnonzero(own)[0]
        assert accepted[slot] == made.quantity_wh[row]
    assert np.array_equal(merged(made).accepted_wh(np.array(prices)), accepted)


@given(made=curves(), low=st.integers(-40_000, 80_000), more=st.integers(0, 50_000))
def test_at_a_higher_price_nobody_buys_more(made: BidCurves, low: int, more: int) -> None:
    first, second = (made.accepted_wh(np.full(3, price)) for price in (low, low + more))
    assert (second <= first).all()


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (([0, 0], [0, 10], [5, 6]), "row 2, quantity: 6 Wh follows 5 Wh at a lower price"),
        (([0, 0], [10, 10], [5, 4]), "row 2, price: 10 micro-EUR/kWh follows 10"),
        (([0, 2], [10, 10], [5, 4]), "row 2: slot 2 follows slot 0"),
        (([1], [10], [5]), "row 1: begins with slot 1"),
        (([0], [2 * 10**9], [5]), "a price or a quantity is out of range"),
    ],
)
def test_a_curve_that_is_none_is_refused(columns: tuple[list[int], ...], words: str) -> None:
    with pytest.raises(ProblemsFound, match=words):
        BidCurves(*(np.array(each) for each in columns))


def test_a_price_for_each_slot_is_wanted() -> None:
    with pytest.raises(ValueError, match="1 slots want as many prices"):
        BidCurves(np.array([0]), np.array([0]), np.array([1])).accepted_wh(np.array([1, 2]))


@given(price=st.lists(st.integers(-9, 9), min_size=1, max_size=12), most=st.integers(1, 5))
def test_each_scenario_falls_into_the_step_of_its_price(price: list[int], most: int) -> None:
    paths = Scenarios.equal(np.array(price)[:, None])
    steps = steps_of(paths, most, -500_000)
    assert steps.slot.size <= most
    assert steps.price_from_ueur_per_kwh[0] == -500_000
    curve = BidCurves(steps.slot, steps.price_from_ueur_per_kwh, -np.arange(steps.slot.size))
    assert np.array_equal(curve.row_at(paths.price_ueur_per_kwh), steps.of)
    assert set(steps.of.ravel().tolist()) == set(range(steps.slot.size)), "no step is empty"


@given(profit=st.lists(st.floats(-9, 9), min_size=1, max_size=8), alpha=st.sampled_from([0.0, 0.5, 0.8, 0.95]))
def test_the_mean_of_bad_days_is_the_best_edge_of_the_formula(profit: list[float], alpha: float) -> None:
    """The maximum over eta of eta - E[(eta - profit)+] / (1 - alpha) stands at an outcome."""
    value = np.array(profit)
    weight = np.full(value.size, 1 / value.size)
    formula = max(edge - np.maximum(edge - value, 0) @ weight / (1 - alpha) for edge in value)
    assert cvar_eur(value, weight, alpha) == pytest.approx(formula, abs=1e-9)
    assert cvar_eur(value, weight, alpha) <= value.mean() + 1e-9


def test_scenarios_that_fit_not_together_are_refused() -> None:
    price = np.zeros((2, 3), np.int64)
    half, none = np.full(2, 0.5), np.zeros((2, 3))
    for columns in (
        (price, np.array([1.0]), none),
        (price, half + 0.1, none),
        (price, half, none - 1),
        (price + 2 * 10**9, half, none),
    ):
        with pytest.raises(ValueError, match=r"probabilit|PV|price"):
            Scenarios(*columns)
