"""Delivering: batteries keep what they can, and what they do is what a battery can do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.market.wholesale.bidding import bid
from enerwise.market.wholesale.delivery import delivered
from enerwise.market.wholesale.portfolio import Portfolio
from enerwise.market.wholesale.scenarios import Scenarios

from .builders import SLOTS, a_portfolio, a_storage, portfolios, scenarios


@settings(max_examples=25)
@given(portfolio=portfolios(risk_ratio=0.0), paths=scenarios())
def test_what_was_feasible_is_delivered_to_the_watt_hour(portfolio: Portfolio, paths: Scenarios) -> None:
    """A deviation that costs a fortune is made for rounding only: a watt-hour for each battery and slot."""
    accepted_wh = bid(portfolio, paths).curves.accepted_wh(paths.price_ueur_per_kwh[0])
    dear = np.full(SLOTS, 10**8)
    done = delivered(portfolio, accepted_wh, dear, -dear)
    assert np.abs(done.metered_wh - accepted_wh).sum() <= 2 * len(portfolio.storages) * SLOTS


@settings(max_examples=25)
@given(portfolio=portfolios(), accepted=st.lists(st.integers(-20_000, 20_000), min_size=SLOTS, max_size=SLOTS))
def test_whatever_was_cleared_the_batteries_stay_in_their_bands(portfolio: Portfolio, accepted: list[int]) -> None:
    price = np.full(SLOTS, 50_000)
    done = delivered(portfolio, np.array(accepted), price + 20_000, price - 20_000)
    for storage, charge_wh in zip(portfolio.storages, done.charge_wh, strict=True):
        level_wh = storage.levels_wh(SLOTS)[0] + np.array(
            [storage.change_wh(charge_wh[:n]) for n in range(1, SLOTS + 1)]
        )
        assert storage.battery.energy_min_wh - 0.1 <= level_wh.min()
        assert level_wh.max() <= storage.battery.energy_max_wh + 0.1
    assert np.array_equal(done.metered_wh, done.charge_wh.sum(axis=0))


def test_an_empty_battery_that_sold_is_short() -> None:
    done = delivered(a_portfolio(a_storage(start_ratio=0.0)), np.array([-3000]), np.array([90_000]), np.array([40_000]))
    assert done.metered_wh.tolist() == [0]


def test_sun_that_nobody_bought_is_given_or_turned_down() -> None:
    sold, sun = np.array([0]), np.array([2000.0])
    given_away = delivered(Portfolio(()), sold, np.array([10_000]), np.array([-30_000]), sun)
    dimmed = delivered(Portfolio((), can_curtail=True), sold, np.array([10_000]), np.array([-30_000]), sun)
    assert (given_away.metered_wh.tolist(), dimmed.metered_wh.tolist()) == ([-2000], [0])


def test_prices_that_pay_without_end_are_refused() -> None:
    with pytest.raises(ValueError, match="pay without end"):
        delivered(a_portfolio(), np.array([0]), np.array([10]), np.array([20]))
