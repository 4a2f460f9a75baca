"""Bids from what the last unit of stored energy is worth."""

import numpy as np
import pytest

from enerwise.market.strategies.marginal_value import MarginalValue
from enerwise.market.strategies.score import DESIGNED_BATTERY
from enerwise.market.strategy import Decisions
from enerwise.market.worth import Worth
from enerwise.site.assets import BatteryArrays
from tests.market.strategies.builders import BUY, SELL, a_state

WAY = float(np.sqrt(0.9))


def bid(net_wh: float, worth_eur_per_kwh: float, *, energy_wh: float = 6000.0, local: float = 190_000.0) -> Decisions:
    worth = Worth(BatteryArrays.of([DESIGNED_BATTERY]), np.full((1, 1), worth_eur_per_kwh))
    state = a_state([[net_wh]], energy_wh=energy_wh, local_ueur_per_kwh=np.array([local]), worth=worth)
    return MarginalValue().decide(state, np.random.default_rng(0))


def test_who_can_store_for_more_than_the_local_price_buys_for_the_battery() -> None:
    made = bid(500.0, 0.28)
    assert made.is_buy[0]
    assert made.quantity_wh[0] == 3000, "its need, and half an hour at 5 kW"
    assert made.price_ueur_per_kwh[0] == int(0.28 * WAY * 1e6), "a kWh bought is worth what arrives in the battery"


def test_who_stores_what_is_worth_little_sells_it() -> None:
    made = bid(-500.0, 0.10)
    assert not made.is_buy[0]
    assert made.quantity_wh[0] == 3000
    assert made.price_ueur_per_kwh[0] == int(np.ceil(0.10 / WAY * 1e6)), "a kWh sold takes more out of the battery"


def test_a_need_that_the_battery_would_cover_is_bought_where_that_is_cheaper() -> None:
    made = bid(500.0, 0.19)
    assert (made.is_buy[0], made.quantity_wh[0]) == (True, 500)
    assert made.price_ueur_per_kwh[0] == int(0.19 / WAY * 1e6)


def test_an_empty_battery_leaves_only_the_supplier_to_compare_with() -> None:
    made = bid(500.0, 0.15, energy_wh=1350.0)
    assert (made.quantity_wh[0], made.price_ueur_per_kwh[0]) == (500, BUY)


def test_a_full_one_sells_for_anything_above_what_the_supplier_gives() -> None:
    made = bid(-500.0, 0.19, energy_wh=10_800.0)
    assert (made.is_buy[0], made.quantity_wh[0], made.price_ueur_per_kwh[0]) == (False, 500, SELL)


def test_who_knows_no_worth_cannot_bid_it() -> None:
    with pytest.raises(ValueError, match=r"State\.worth"):
        MarginalValue().decide(a_state(), np.random.default_rng(0))
