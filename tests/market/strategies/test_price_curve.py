"""What a home would take at every price."""

import numpy as np
import pytest
from hypothesis import given

from enerwise.core.units import IntArray
from enerwise.market.strategies.price_curve import PriceCurve
from enerwise.market.strategies.score import DESIGNED_BATTERY
from enerwise.market.strategy import Curved
from enerwise.market.worth import Worth
from enerwise.site.assets import BatteryArrays
from enerwise.testing.contracts.strategies import SEEDS
from enerwise.testing.contracts.strategies import a_state as drawn
from tests.market.strategies.builders import a_state

PRICES = np.array([50_000, 150_000, 250_000, 350_000, 900_000])


def curve(net_wh: float, worth_eur_per_kwh: float, *, energy_wh: float = 6000.0) -> IntArray:
    worth = Worth(BatteryArrays.of([DESIGNED_BATTERY]), np.full((1, 1), worth_eur_per_kwh))
    made: IntArray = PriceCurve().curve_wh(a_state([[net_wh]], energy_wh=energy_wh, worth=worth), PRICES)[0]
    return made


def test_a_battery_fills_below_its_worth_covers_the_home_above_and_sells_where_more_is_paid() -> None:
    assert curve(500.0, 0.2).tolist() == [3000, 3000, -2000, -2000, -2000], "half an hour at 5 kW each way"


def test_without_a_battery_what_must_run_is_taken_at_any_price() -> None:
    assert curve(500.0, 0.2, energy_wh=DESIGNED_BATTERY.energy_min_wh)[2:].tolist() == [500, 500, 500]


@given(SEEDS)
def test_curves_fall_are_whole_and_stay_within_connections(seed: int) -> None:
    state = drawn(seed)
    made = PriceCurve().curve_wh(state, PRICES)
    assert bool((np.diff(made, axis=1) <= 0).all())
    assert bool((made <= state.import_limit_wh[:, None]).all() and (made >= -state.export_limit_wh[:, None]).all())
    alone = PriceCurve().curve_wh(state.take(np.array([0])), PRICES)
    assert alone[0].tolist() == made[0].tolist(), "one home alone bids as it does among many"


def test_who_does_not_know_what_energy_is_worth_is_told_so() -> None:
    assert isinstance(PriceCurve(), Curved)
    with pytest.raises(ValueError, match="what stored energy is worth"):
        PriceCurve().curve_wh(a_state(), PRICES)
