"""Assets cannot be built wrong."""

from typing import Any

import numpy as np
import pytest

from enerwise.site.assets import KINDS, BatteryArrays, Load, Pv
from tests.builders import a_battery, a_load, a_pv


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"capacity_wh": 0.0}, "capacity_wh must be above 0"),
        ({"capacity_wh": np.nan}, "capacity_wh must be above 0"),
        ({"capacity_wh": np.inf}, "capacity_wh must be above 0"),
        ({"charge_limit_w": -1.0}, "charge_limit_w must not be negative"),
        ({"discharge_limit_w": np.inf}, "discharge_limit_w must not be negative"),
        ({"ageing_eur_per_kwh": -0.01}, "ageing_eur_per_kwh must not be negative"),
        ({"round_trip_ratio": 0.0}, "round trip"),
        ({"round_trip_ratio": 1.01}, "round trip"),
        ({"soc_min_ratio": 0.9, "soc_max_ratio": 0.9}, "soc"),
        ({"soc_max_ratio": 1.1}, "soc"),
        ({"soc_min_ratio": np.nan}, "soc"),
        ({"reserve_ratio": -0.1}, "reserve"),
    ],
)
def test_a_battery_cannot_be_built_wrong(facts: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=f"battery: {says}"):
        a_battery(**facts)


def test_a_battery_knows_its_band_and_efficiency() -> None:
    battery = a_battery(capacity_wh=10_000.0, soc_min_ratio=0.1, soc_max_ratio=0.9, round_trip_ratio=0.81)
    assert (battery.energy_min_wh, battery.energy_max_wh) == (1000.0, 9000.0)
    assert battery.one_way_ratio == pytest.approx(0.9)


@pytest.mark.parametrize("facts", [{"peak_w": 0.0}, {"peak_w": -6000.0}, {"inverter_limit_w": 0.0}])
def test_a_plant_cannot_be_built_wrong(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        a_pv(**facts)


def test_an_inverter_may_be_smaller_than_its_roof() -> None:
    assert a_pv(peak_w=6000.0).output_limit_w == 6000.0
    assert a_pv(peak_w=6000.0, inverter_limit_w=5000.0).output_limit_w == 5000.0


def test_a_load_takes_power() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        a_load(switch_power_w=-1.0)


def test_many_batteries_stack_in_their_order() -> None:
    batteries = [a_battery("a", capacity_wh=5000.0, reserve_ratio=0.2), a_battery("b", capacity_wh=10_000.0)]
    arrays = BatteryArrays.of(batteries)
    assert arrays.capacity_wh.tolist() == [5000.0, 10_000.0]
    assert arrays.reserve_wh.tolist() == [1000.0, 0.0]
    assert arrays.energy_max_wh.tolist() == [each.energy_max_wh for each in batteries]


def test_kinds_are_those_of_the_site_file() -> None:
    machines = {"charger", "heat_pump", "water_heater", "program", "interruptible", "generator", "ventilation"}
    assert set(KINDS) == {"battery", "pv", "wind", "load"} | machines
    assert KINDS["pv"] is Pv
    assert KINDS["load"] is Load
