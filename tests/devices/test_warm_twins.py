"""Zones as a twin: the one that needs most leads, heat is shared and flows between them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.quantity import TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid, instant
from enerwise.devices.warm_twins import Around, HeatPumpTwin
from enerwise.physics.building import heat_flow_w
from enerwise.physics.declared import building_of, compressor_of
from enerwise.site.machines import HeatPump
from enerwise.site.zones import Neighbours, Zone

GRID = TimeGrid(instant("2024-01-15"), 1800, 96)
SHEET = {"electric_max_w": 4000.0, "source_degc": (-7.0, 7.0), "cop": (2.7, 4.2)}


def a_pump(low_degc: tuple[float, float] = (20.0, 17.0), between_w_per_k: float = 100.0) -> HeatPump:
    zones = tuple(
        Zone(
            name, loss_w_per_k=loss, air_wh_per_k=800.0, mass_wh_per_k=4000.0, exchange_w_per_k=400.0,
            low_degc=low, high_degc=low + 3.0, share_ratio=share,
        )
        for name, loss, low, share in zip(("ground", "upper"), (90.0, 60.0), low_degc, (0.6, 0.4), strict=True)
    )  # fmt: skip
    between = (Neighbours("ground", "upper", between_w_per_k),)
    return HeatPump(id="heating", zones=zones, between=between, **SHEET)  # type: ignore[arg-type]


def a_twin(pump: HeatPump, outdoor_degc: float) -> HeatPumpTwin:
    return HeatPumpTwin(pump, Around(GRID, "UTC", np.full(GRID.step_count, outdoor_degc)))


@settings(max_examples=20, deadline=None)
@given(
    outdoor=st.floats(-10.0, 12.0), between=st.floats(1.0, 400.0), asked=st.sampled_from([None, 0.0, 1500.0, 4000.0])
)
def test_two_halves_of_a_house_are_the_house(outdoor: float, between: float, asked: float | None) -> None:
    half = {"loss_w_per_k": 75.0, "air_wh_per_k": 900.0, "mass_wh_per_k": 4000.0, "exchange_w_per_k": 400.0}
    halves = tuple(Zone(name, **half, share_ratio=0.5) for name in ("left", "right"))  # type: ignore[arg-type]
    parts = HeatPump(id="heating", zones=halves, between=(Neighbours("left", "right", between),), **SHEET)  # type: ignore[arg-type]
    whole = HeatPump(id="heating", **{name: 2 * each for name, each in half.items()}, **SHEET)  # type: ignore[arg-type]
    one, two = a_twin(whole, outdoor), a_twin(parts, outdoor)
    for step in range(GRID.step_count):
        assert two.carry_out(step, asked) == pytest.approx(one.carry_out(step, asked), abs=1e-3)
        told = two.sensed(step)
        assert set(told) == {Key("left", TEMPERATURE_DEGC), Key("right", TEMPERATURE_DEGC)}
        assert np.array(list(told.values())) == pytest.approx(one.node_degc[0], abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(outdoor=st.floats(-15.0, 15.0), asked=st.floats(0.0, 4000.0))
def test_heat_put_in_is_stored_or_lost(outdoor: float, asked: float) -> None:
    pump = a_pump()
    twin, house = a_twin(pump, outdoor), building_of(pump)
    fine = 60
    twin._exact = house.discrete(1800.0 / fine)
    before, cop = twin.node_degc.copy(), float(compressor_of(pump).cop_at(outdoor))
    lost_wh = stored_wh = 0.0
    for _ in range(fine):
        at_degc = twin.node_degc
        twin.node_degc = twin._after(0, asked * cop)
        lost_wh += float(heat_flow_w(house, 0.5 * (at_degc + twin.node_degc), outdoor)) * 0.5 / fine
    stored_wh = float(house.capacity_wh_per_k @ (twin.node_degc - before))
    assert stored_wh + lost_wh == pytest.approx(asked * cop * 0.5, rel=1e-4, abs=0.1)


def test_the_colder_zone_leads_and_its_thermostat_holds_it() -> None:
    twin = a_twin(a_pump(low_degc=(20.0, 20.0)), -5.0)
    degc = []
    for step in range(GRID.step_count):
        twin.carry_out(step, None)
        degc.append(twin.node_degc[:2].copy())
    ground, upper = np.array(degc[4:]).T
    assert min(ground.min(), upper.min()) > 20.0
    assert np.minimum(ground, upper)[20:] == pytest.approx(20.5, abs=0.1)


def test_a_zone_far_too_cold_is_warmed_whatever_the_plan_says() -> None:
    twin = a_twin(a_pump(), -10.0)
    powers = [twin.carry_out(step, 0.0) for step in range(GRID.step_count)]
    assert powers[0] == 0.0 and max(powers) > 1000.0
    assert twin.node_degc[0] > 18.0 and twin.node_degc[1] > 15.0


def test_one_zone_too_warm_stops_it_only_while_none_is_too_cold() -> None:
    twin = a_twin(a_pump(low_degc=(20.0, 17.0)), 0.0)
    twin.node_degc = np.array([19.9, 21.0, 19.9, 21.0])
    assert twin.carry_out(0, 2000.0) == 2000.0
    twin.node_degc = np.array([20.5, 21.0, 20.5, 21.0])
    assert twin.carry_out(0, 2000.0) == 0.0
