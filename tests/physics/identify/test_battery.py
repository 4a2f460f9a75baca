"""Batteries from level and power: twins are found again through noise, gaps and jumps; too little is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.quantity import ENERGY_WH, POWER_W, SOC_RATIO
from enerwise.core.series import Key
from enerwise.physics.identify.battery import BatteryIdentifier
from enerwise.physics.identify.identifier import Identified, Record, Refused
from enerwise.site.assets import Battery
from enerwise.testing.contracts.identifiers import IdentifierContract
from tests.builders import a_battery
from tests.physics.identify.twins import battery_record

POWER, LEVEL = Key("battery", POWER_W), Key("battery", SOC_RATIO)
DECLARED = a_battery(capacity_wh=10_000.0)


def found(record: Record, declared: Battery = DECLARED) -> Identified:
    told = BatteryIdentifier().identify(declared, record)
    assert isinstance(told, Identified), told
    return told


class TestBattery(IdentifierContract):
    name = "battery"

    def asset(self) -> Battery:
        return DECLARED

    def record(self) -> Record:
        return battery_record(replace(DECLARED, round_trip_ratio=0.82, capacity_wh=9000.0))


@settings(max_examples=12, deadline=None)
@given(
    ratio=st.floats(0.7, 0.97),
    capacity=st.floats(7000.0, 13_000.0),
    seed=st.integers(0, 999),
    noise=st.floats(0.0, 0.01),
)
def test_a_twin_is_found_again_to_a_percent(ratio: float, capacity: float, seed: int, noise: float) -> None:
    true = replace(DECLARED, round_trip_ratio=ratio, capacity_wh=capacity)
    told = found(battery_record(true, seed=seed, noise_ratio=noise)).parameters
    assert told["round_trip_ratio"].value == pytest.approx(ratio, abs=0.01)
    assert told["capacity_wh"].value == pytest.approx(capacity, rel=0.01)


def test_declared_losses_are_told_apart_from_the_round_trip() -> None:
    losses: dict[str, Any] = {"idle_loss_w": 40.0, "resistive_ratio": 0.03, "self_discharge_w": 8.0}
    true = replace(DECLARED, round_trip_ratio=0.86, **losses)
    told = found(battery_record(true), replace(DECLARED, **losses)).parameters
    assert told["round_trip_ratio"].value == pytest.approx(0.86, abs=0.015)
    assert told["capacity_wh"].value == pytest.approx(10_000.0, rel=0.015)


def test_gaps_and_a_gauge_that_corrects_itself_do_no_harm() -> None:
    record = battery_record(replace(DECLARED, round_trip_ratio=0.82))
    level, power_w = record.of(LEVEL).copy(), record.of(POWER).copy()
    power_w[300:340], level[700:800] = np.nan, np.nan
    level[1000:] = np.clip(level[1000:] + 0.12, 0.0, 1.2)
    told = found(Record(record.grid, {POWER: power_w, LEVEL: level})).parameters
    assert told["round_trip_ratio"].value == pytest.approx(0.82, abs=0.015)


def test_energy_is_a_level_of_what_is_declared_whatever_it_really_is() -> None:
    record = battery_record(replace(DECLARED, round_trip_ratio=0.82, capacity_wh=8000.0))
    told = {Key("battery", ENERGY_WH): record.of(LEVEL) * DECLARED.capacity_wh, POWER: record.of(POWER)}
    energy, identifier = Record(record.grid, told), BatteryIdentifier()
    parameters = found(record).parameters
    assert found(energy).parameters == parameters
    values = {name: each.value for name, each in parameters.items()}
    assert identifier.losses(DECLARED, values, energy) == pytest.approx(identifier.losses(DECLARED, values, record))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"share": 0.05}, "level moved"),
        ({"days": 4}, "5 needed"),
    ],
)
def test_too_little_is_refused(change: dict[str, float], told: str) -> None:
    refused = BatteryIdentifier().identify(DECLARED, battery_record(DECLARED, **change))  # type: ignore[arg-type]
    assert isinstance(refused, Refused) and told in refused.missing


def test_a_meter_with_the_wrong_sign_or_scale_is_refused() -> None:
    record = battery_record(DECLARED)
    for factor, told in ((-1.0, "sign"), (3.0, "site file")):
        wrong = Record(record.grid, {**record.value, POWER: factor * record.of(POWER)})
        refused = BatteryIdentifier().identify(DECLARED, wrong)
        assert isinstance(refused, Refused) and told in refused.missing


def test_a_battery_as_declared_stays_as_declared_within_its_interval() -> None:
    inside = [
        each.low - 1e-3 <= DECLARED.round_trip_ratio <= each.high + 1e-3
        for seed in range(10)
        for each in [found(battery_record(DECLARED, seed=seed)).parameters["round_trip_ratio"]]
    ]
    assert sum(inside) >= 8
