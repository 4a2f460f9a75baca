"""Shaded bids: less than all that can be gained, and a margin that follows the market."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.strategies.shaded import Shaded
from enerwise.market.strategies.truthful import Truthful
from enerwise.market.strategy import Decisions, Memory, News, State
from enerwise.testing.contracts import strategies as contract
from tests.market.strategies.builders import BUY, SELL, a_state

EMPTY_AND_FULL = [1350.0, 10_800.0]
TWO = ((500.0,), (-500.0,))


def asked(margin_ratio: float) -> Decisions:
    state = a_state(TWO, energy_wh=EMPTY_AND_FULL, memory=Memory.new(2, margin_ratio=margin_ratio))
    return Shaded().decide(state, np.random.default_rng(0))


def learned(state: State, price: int | None, filled_wh: list[int]) -> Memory:
    decided = Shaded().decide(state, np.random.default_rng(0))
    return Shaded().learn(state, decided, News(price, np.array(filled_wh)), np.random.default_rng(1))


def a_market(margin_ratio: float) -> State:
    return a_state(TWO, energy_wh=EMPTY_AND_FULL, memory=Memory.new(2, margin_ratio=margin_ratio))


def test_no_margin_is_the_truth_and_all_of_it_the_other_side() -> None:
    assert asked(0.0).price_ueur_per_kwh.tolist() == [BUY, SELL]
    assert asked(1.0).price_ueur_per_kwh.tolist() == [SELL, BUY]
    assert asked(0.5).price_ueur_per_kwh.tolist() == [190_000, 190_000]


def test_who_was_served_cheaply_asks_for_more() -> None:
    memory = learned(a_market(0.1), 190_000, [500, 500])
    assert memory.margin_ratio[0, 0] > 0.1, "the buyer would have been served for less"
    assert memory.margin_ratio[1, 1] > 0.1, "the seller would have got more"


def test_who_was_left_out_asks_for_less() -> None:
    memory = learned(a_market(0.8), 190_000, [0, 0])
    assert memory.margin_ratio[0, 0] < 0.8
    assert memory.margin_ratio[1, 1] < 0.8


def test_where_nobody_traded_everybody_asks_for_less() -> None:
    memory = learned(a_market(0.8), None, [0, 0])
    assert (np.diag(memory.margin_ratio) < 0.8).all()


def test_the_side_a_home_did_not_take_learns_nothing() -> None:
    memory = learned(a_market(0.8), 190_000, [0, 0])
    assert memory.margin_ratio[1, 0] == memory.margin_ratio[0, 1] == 0.8


def test_margins_settle_where_the_price_is() -> None:
    """Two who meet at one price again and again end near it, however they began."""
    for margin_ratio in (0.02, 0.45):
        state, rng, bid, ask = a_market(margin_ratio), np.random.default_rng(2), 0, 0
        for _ in range(40):
            decided = Shaded().decide(state, rng)
            bid, ask = decided.price_ueur_per_kwh.tolist()
            served = [500, 500] if bid >= ask else [0, 0]
            memory = Shaded().learn(state, decided, News((bid + ask) // 2, np.array(served)), rng)
            state = a_state(TWO, energy_wh=EMPTY_AND_FULL, memory=memory)
        assert abs(bid - ask) < 0.15 * (BUY - SELL)


@given(contract.SEEDS, st.integers(-200_000, 500_000) | st.none(), st.booleans())
def test_margins_stay_within_0_and_1_and_are_the_same_for_one_home_as_for_many(
    seed: int, price: int | None, is_served: bool
) -> None:
    state, rng = contract.a_state(seed), np.random.default_rng(0)
    decided = Shaded().decide(state, rng)
    filled_wh = decided.quantity_wh * is_served
    memory = Shaded().learn(state, decided, News(price, filled_wh), np.random.default_rng(3))
    assert ((memory.margin_ratio >= 0) & (memory.margin_ratio <= 1)).all()
    rows = np.arange(1)
    alone = state.take(rows)
    again = Shaded().learn(alone, Shaded().decide(alone, rng), News(price, filled_wh[rows]), np.random.default_rng(3))
    assert again.margin_ratio.tobytes() == memory.margin_ratio[:, rows].tobytes()


@given(contract.SEEDS)
def test_the_energy_is_that_of_the_truthful_wherever_both_trade(seed: int) -> None:
    state, rng = contract.a_state(seed), np.random.default_rng(0)
    assert (Shaded().decide(state, rng).quantity_wh == Truthful().decide(state, rng).quantity_wh).all()
