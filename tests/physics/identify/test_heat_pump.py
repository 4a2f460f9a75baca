"""Heat pumps and what they heat: sheets from a heat meter, buildings from their rooms; too little is refused."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.quantity import HEAT_W, POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.physics.identify.building import BuildingIdentifier
from enerwise.physics.identify.heat_pump_cop import HeatPumpCop
from enerwise.physics.identify.identifier import Identified, Record, Refused
from enerwise.site.machines import HeatPump
from enerwise.site.site import WEATHER
from enerwise.testing.contracts.identifiers import IdentifierContract
from tests.physics.identify.twins import pump_record

DECLARED = HeatPump(
    id="heat",
    electric_max_w=3000.0,
    electric_min_w=300.0,
    source_degc=(-7.0, 2.0, 7.0, 12.0),
    cop=(2.6, 3.3, 4.0, 4.6),
    loss_w_per_k=160.0,
    air_wh_per_k=1500.0,
    mass_wh_per_k=9000.0,
    exchange_w_per_k=800.0,
    gain_w=300.0,
)
ONE_NODE = replace(DECLARED, mass_wh_per_k=0.0, exchange_w_per_k=0.0, air_wh_per_k=9000.0)


class TestHeatPumpCop(IdentifierContract):
    name = "heat_pump_cop"

    def asset(self) -> HeatPump:
        return DECLARED

    def record(self) -> Record:
        return pump_record(replace(DECLARED, cop=tuple(0.8 * each for each in DECLARED.cop)))


class TestBuilding(IdentifierContract):
    name = "building"

    def asset(self) -> HeatPump:
        return ONE_NODE

    def record(self) -> Record:
        return pump_record(replace(ONE_NODE, loss_w_per_k=240.0, air_wh_per_k=7000.0))


@settings(max_examples=8, deadline=None)
@given(scale=st.floats(0.6, 1.2), tilt=st.floats(-0.1, 0.1), seed=st.integers(0, 999))
def test_a_sheet_is_found_again_to_three_percent(scale: float, tilt: float, seed: int) -> None:
    cop = tuple(
        each * (scale + tilt * (at - 2.0) / 10.0) for at, each in zip(DECLARED.source_degc, DECLARED.cop, strict=True)
    )
    record = pump_record(replace(DECLARED, cop=cop), seed=seed)
    told = HeatPumpCop().identify(DECLARED, record)
    assert isinstance(told, Identified), told
    made = HeatPumpCop().applied(DECLARED, {name: each.value for name, each in told.parameters.items()})
    met = record.of(Key(WEATHER, TEMPERATURE_DEGC))
    inner = np.linspace(np.quantile(met, 0.1), np.quantile(met, 0.9), 9)
    true, seen = (np.interp(inner, DECLARED.source_degc, each) for each in (cop, made.cop))
    assert seen == pytest.approx(true, rel=0.03)


@settings(max_examples=4, deadline=None)
@given(loss=st.floats(90.0, 300.0), seed=st.integers(0, 99))
def test_a_building_is_found_again_through_noise(loss: float, seed: int) -> None:
    true = replace(ONE_NODE, loss_w_per_k=loss, air_wh_per_k=6000.0)
    told = BuildingIdentifier().identify(ONE_NODE, pump_record(true, days=14, seed=seed))
    assert isinstance(told, Identified), told
    assert told.parameters["loss_w_per_k"].value == pytest.approx(loss, rel=0.06)
    assert told.parameters["air_wh_per_k"].value == pytest.approx(6000.0, rel=0.06)


def test_walls_are_found_again() -> None:
    true = replace(DECLARED, loss_w_per_k=220.0, mass_wh_per_k=14_000.0)
    told = BuildingIdentifier().identify(DECLARED, pump_record(true))
    assert isinstance(told, Identified), told
    assert told.parameters["loss_w_per_k"].value == pytest.approx(220.0, rel=0.1)
    whole = told.parameters["mass_wh_per_k"].value + told.parameters["air_wh_per_k"].value
    assert whole == pytest.approx(15_500.0, rel=0.2)


def test_gaps_of_two_hours_are_drawn_across_and_longer_ones_shorten_what_is_learned_from() -> None:
    record = pump_record(replace(ONE_NODE, loss_w_per_k=240.0))
    outdoor = record.of(Key(WEATHER, TEMPERATURE_DEGC)).copy()
    outdoor[500:506], outdoor[900:950] = np.nan, np.nan
    told = BuildingIdentifier().identify(
        ONE_NODE, Record(record.grid, {**record.value, Key(WEATHER, TEMPERATURE_DEGC): outdoor})
    )
    assert isinstance(told, Identified) and "14 days" in told.notes[0]
    outdoor[::96] = np.nan
    outdoor[:1000] = np.nan
    outdoor[1400:] = np.nan
    refused = BuildingIdentifier().identify(
        ONE_NODE, Record(record.grid, {**record.value, Key(WEATHER, TEMPERATURE_DEGC): outdoor})
    )
    assert isinstance(refused, Refused) and "without a gap" in refused.missing


def test_rooms_that_never_move_are_refused() -> None:
    record = pump_record(ONE_NODE, swing_k=0.0, noise_k=0.0)
    still = {**record.value, Key("heat", TEMPERATURE_DEGC): np.full(record.grid.step_count, 21.0)}
    refused = BuildingIdentifier().identify(ONE_NODE, Record(record.grid, still))
    assert isinstance(refused, Refused) and "rooms moved by 0.0 K" in refused.missing


def test_a_summer_and_a_missing_heat_meter_are_refused() -> None:
    record = pump_record(ONE_NODE)
    off = {**record.value, Key("heat", POWER_W): np.zeros(record.grid.step_count)}
    refused = BuildingIdentifier().identify(ONE_NODE, Record(record.grid, off))
    assert isinstance(refused, Refused) and "season" in refused.missing
    bare = {key: value for key, value in record.value.items() if key.quantity != HEAT_W}
    told = HeatPumpCop().identify(ONE_NODE, Record(record.grid, bare))
    assert isinstance(told, Refused) and "no heat meter" in told.missing
