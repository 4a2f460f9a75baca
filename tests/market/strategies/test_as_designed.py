"""Trading as designed: the decision to the letter, its twin turned, and the score with its parts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.strategies.as_designed import AsDesigned
from enerwise.market.strategies.as_designed_corrected import AsDesignedCorrected
from enerwise.market.strategies.score import THRESHOLD, Design, current_and_predicted, score
from enerwise.market.strategy import Decisions, Signal, State
from enerwise.testing.contracts import strategies as contract
from tests.market.strategies.builders import BUY, SELL, a_state

FALLING, RISING = [1000.0, -800.0, -800.0], [-1500.0, 900.0, 900.0]
"""Who has need now and plenty later pays the price of buying now and gets that of selling later."""


def both(state: State) -> tuple[Decisions, Decisions]:
    rng = np.random.default_rng(0)
    return AsDesigned().decide(state, rng), AsDesignedCorrected().decide(state, rng)


def test_the_signal_is_red_in_need_and_green_else() -> None:
    assert a_state([FALLING, RISING, [0.0] * 3]).signal.tolist() == [Signal.RED, Signal.GREEN, Signal.GREEN]


def test_prices_are_a_homes_own() -> None:
    now, then = current_and_predicted(a_state([FALLING, RISING]), Design())
    assert now.tolist() == [BUY, SELL]
    assert then.tolist() == [SELL, BUY]


def test_to_the_letter_falling_prices_are_bought_and_rising_ones_sold() -> None:
    literal, turned = both(a_state([FALLING, RISING], energy_wh=[1500.0, 10_000.0]))
    assert literal.is_buy.tolist() == [True, False]
    assert turned.is_buy.tolist() == [False, True]
    assert (literal.quantity_wh > 0).all()


def test_who_buys_takes_its_need_and_fills_up_and_who_sells_empties() -> None:
    literal, _ = both(a_state([FALLING, RISING], energy_wh=[1350.0, 10_800.0]))
    # 2500 Wh are half an hour at 5 kW; the seller has 1500 Wh besides, and may send no more than 4000 Wh.
    assert literal.quantity_wh.tolist() == [3500, 4000]
    assert literal.price_ueur_per_kwh.tolist() == [285_000, 84_000]


def test_the_parts_of_a_score_are_shown_and_add_up() -> None:
    literal, _ = both(a_state([FALLING], energy_wh=1350.0))
    points = literal.score
    assert points is not None
    assert [float(each[0]) for each in (points.spread, points.battery, points.confidence, points.need)] == [
        55,
        20,
        10,
        15,
    ]
    assert points.total.tolist() == [100.0]


@pytest.mark.parametrize(("ratio", "points"), [(0.0, 0.0), (0.10, 0.0), (0.20, 27.5), (0.30, 55.0), (0.90, 55.0)])
def test_a_price_step_has_points_beyond_loss_and_margin(ratio: float, points: float) -> None:
    state = a_state([[1000.0, 1000.0]], buy_ueur_per_kwh=np.array([BUY, BUY * (1 - ratio)]))
    assert score(state, np.array([True]), Design()).spread[0] == pytest.approx(points, abs=1e-6)


def test_where_prices_stay_everybody_holds() -> None:
    for made in both(a_state([[500.0] * 5, [-500.0] * 5])):
        assert not made.quantity_wh.any()


def test_doubt_costs_confidence() -> None:
    sure, unsure = (
        score(a_state([FALLING], spread_wh=np.array([each])), np.array([True]), Design()) for each in (0, 9e3)
    )
    assert sure.confidence[0] > 2 * unsure.confidence[0] > 0


@given(contract.SEEDS)
def test_only_above_75_points_anything_is_traded(seed: int) -> None:
    for made in both(contract.a_state(seed)):
        assert made.score is not None
        assert (made.score.total[made.quantity_wh > 0] > THRESHOLD).all()


@given(contract.SEEDS)
def test_the_two_never_take_the_same_side_of_a_move(seed: int) -> None:
    literal, turned = both(contract.a_state(seed))
    trade = (literal.quantity_wh > 0) & (turned.quantity_wh > 0)
    assert (literal.is_buy != turned.is_buy)[trade].all()


@given(contract.SEEDS, st.sampled_from([1_000.0, 4_000.0]))
def test_the_limits_of_the_design_bind_beside_those_of_the_connection(seed: int, most_wh: float) -> None:
    state = contract.a_state(seed)
    wide = replace(state, import_limit_wh=np.full(len(state), 1e9), export_limit_wh=np.full(len(state), 1e9))
    design = Design(import_most_wh=most_wh, export_most_wh=most_wh)
    assert (AsDesigned(design).decide(wide, np.random.default_rng(0)).quantity_wh <= most_wh).all()
