"""The simulated plant behaves like machines on a wire: it follows, stays within itself, and falls to rest by itself."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core import quantity as q
from enerwise.core.series import Key
from enerwise.core.time import VirtualClock
from enerwise.devices.profiles import load_profile, profile_names
from enerwise.devices.supply import Supply
from enerwise.protocols.modbus import Table
from enerwise.run.plant.box import DeviceTwin
from enerwise.run.plant.host import Host
from enerwise.site.circuits import Circuit
from tests.builders import NOON, a_battery, a_grid, a_load, a_pv, a_site
from tests.run.plant.builders import STEP_S, a_device, a_host, armed, run_for, shown, told

TREMBLES_W = 5.0


def test_registers_show_what_the_machines_do() -> None:
    host = a_host()
    run_for(host, 3.0)
    values = shown(host)
    assert values[Key("roof", q.POWER_W)] == pytest.approx(-2000.0, abs=TREMBLES_W)
    assert values[Key("grid", q.POWER_W)] == pytest.approx(-1500.0, abs=TREMBLES_W)
    assert values[Key("battery", q.SOC_RATIO)] == pytest.approx(0.5, abs=1e-3)
    assert values[Key("battery", q.CELL_VOLTAGE_MAX_V)] == pytest.approx(3.29, abs=1e-3)
    assert values[Key("grid", q.FREQUENCY_HZ)] == pytest.approx(50.0, abs=0.1)
    assert values[Key("grid", q.VOLTAGE_L2_V)] == pytest.approx(230.0, abs=3.0)


def test_what_is_measured_trembles_while_all_stands_still() -> None:
    host = a_host()
    run_for(host, 3.0)
    powers_w = set()
    for step in range(20):
        host.step(NOON, 3.0 + step * STEP_S, STEP_S)
        powers_w.add(shown(host)[Key("grid", q.POWER_W)])
    assert len(powers_w) > 2


def test_a_setpoint_is_followed_with_a_lag_and_within_the_machines_own_limits() -> None:
    host = a_host()
    told(host, "battery", 1000.0, 0.0)
    t_s = run_for(host, 0.1)
    assert 100.0 < host.plant.power_w["battery"] < 500.0
    t_s = run_for(host, 3.0, from_s=t_s)
    assert host.plant.power_w["battery"] == pytest.approx(1000.0, abs=1.0)
    told(host, "battery", 20_000.0, t_s)
    run_for(host, 3.0, from_s=t_s)
    assert host.plant.power_w["battery"] == pytest.approx(5000.0, abs=1.0)


def test_no_machine_moves_faster_than_its_ramp() -> None:
    host = a_host(sun_w=0.0)
    told(host, "battery", 5000.0, 0.0)
    run_for(host, 2.0)
    told(host, "battery", -5000.0, 2.0)
    before_w = host.plant.power_w["battery"]
    run_for(host, 0.1, from_s=2.0)
    assert before_w - host.plant.power_w["battery"] == pytest.approx(1000.0)


def test_energy_goes_where_power_went() -> None:
    host = a_host()
    told(host, "battery", 3600.0, 0.0)
    run_for(host, 100.0)
    stored_wh = (host.state()["soc_ratio"]["battery"] - 0.5) * 13_500.0
    assert stored_wh == pytest.approx(3600.0 * 100.0 / 3600.0 * 0.9**0.5, rel=0.01)


@settings(deadline=None, max_examples=12)
@given(st.lists(st.floats(-6000.0, 6000.0), min_size=1, max_size=6), st.floats(0.0, 1.0))
def test_energy_balances_whatever_is_asked(asked_w: list[float], soc_ratio: float) -> None:
    """Meters count what flowed, cells hold what was charged less what was lost, and nothing leaves its bounds."""
    host = a_host(soc_ratio=soc_ratio)
    t_s, grid_wh, battery_wh, lost_most_wh = 0.0, 0.0, 0.0, 0.0
    for power_w in asked_w:
        told(host, "battery", power_w, t_s)
        for _ in range(30):
            t_s = run_for(host, STEP_S, from_s=t_s)
            flowed_w = host.plant.power_w["battery"]
            assert abs(flowed_w) <= 5000.0
            assert host.plant.grid_w == pytest.approx(sum(host.plant.power_w.values()))
            grid_wh += host.plant.grid_w * STEP_S / 3600.0
            battery_wh += flowed_w * STEP_S / 3600.0
            lost_most_wh += abs(flowed_w) * STEP_S / 3600.0 * 0.06
    state = host.state()
    assert state["imported_wh"] - state["exported_wh"] == pytest.approx(grid_wh, abs=1e-6)
    stored_wh = (state["soc_ratio"]["battery"] - soc_ratio) * 13_500.0
    assert battery_wh - lost_most_wh - 1e-6 <= stored_wh <= battery_wh + 1e-6
    assert 0.0 <= state["soc_ratio"]["battery"] <= 1.0


def test_a_device_that_hears_nothing_goes_to_rest_by_itself() -> None:
    host = a_host()
    armed(host, 5.0)
    told(host, "battery", 2000.0, 0.0)
    t_s = run_for(host, 4.9)
    assert host.plant.power_w["battery"] == pytest.approx(2000.0, abs=1.0)
    t_s = run_for(host, 3.0, from_s=t_s)
    assert host.plant.power_w["battery"] == pytest.approx(0.0, abs=1.0)
    assert host.plant.power_w["roof"] == pytest.approx(0.0, abs=1.0)
    told(host, "battery", 2000.0, t_s)
    run_for(host, 3.0, from_s=t_s)
    assert host.plant.power_w["battery"] == pytest.approx(2000.0, abs=1.0)


def test_a_heartbeat_keeps_the_setpoint_in_force() -> None:
    host = a_host()
    armed(host, 2.0)
    told(host, "battery", 2000.0, 0.0)
    twin = host.boxes["hybrid"]
    t_s = 0.0
    for count in range(6):
        t_s = run_for(host, 1.5, from_s=t_s)
        for write in twin.bound.heartbeat_writes(count):
            assert twin.write(write.table, write.address, write.words, t_s)
    assert host.plant.power_w["battery"] == pytest.approx(2000.0, abs=1.0)
    assert host.state()["written"]["hybrid"] == {"holding 110": 1, "holding 100": 1, "holding 111": 6}


def test_a_ceiling_holds_the_sun_back() -> None:
    host = a_host()
    told(host, "pv", -700.0, 0.0)
    run_for(host, 3.0)
    assert host.plant.power_w["roof"] == pytest.approx(-700.0, abs=1.0)
    assert shown(host)[Key("roof", q.AVAILABLE_POWER_W)] == pytest.approx(-2000.0, abs=1.0)


def test_what_is_beyond_a_limit_is_counted() -> None:
    host = a_host(load_w=9500.0, sun_w=0.0)
    run_for(host, 1.0)
    state = host.state()
    assert state["violations"] == 10
    assert state["worst"]["import_limit"] == pytest.approx(500.0)
    assert a_host().state()["violations"] == 0


def test_a_battery_that_is_driven_out_of_its_band_is_counted_and_its_way_back_is_not() -> None:
    host = a_host(soc_ratio=0.0999)
    told(host, "battery", 2000.0, 0.0)
    run_for(host, 2.0)
    assert host.plant.counts.battery_energy == 0
    host = a_host(soc_ratio=0.0999)
    told(host, "battery", -4000.0, 0.0)
    run_for(host, 6.0)
    assert host.plant.counts.battery_energy > 0
    assert host.state()["worst"]["battery_energy"] > 5.0


def test_a_load_that_nobody_switches_draws_what_it_draws() -> None:
    """It is not wired, so that it has no setpoint: nothing is added, least of all something that is no number."""
    site = a_site(a_pv(), a_battery(), a_load(), a_load("boiler", switch_power_w=2000.0), devices=[a_device()])
    host = a_host(site)
    run_for(host, 3.0)
    assert host.plant.power_w["boiler"] == 0.0
    assert host.plant.grid_w == pytest.approx(-1500.0, abs=1.0)


def test_two_meters_of_one_connection_show_the_same() -> None:
    meter = a_device("eastron_sdm630", id="meter", serves={"meter": "grid"}, unit_id=2)
    host = a_host(a_site(devices=[a_device(), meter]))
    run_for(host, 3.0)
    ours, theirs = shown(host), shown(host, "meter")
    assert theirs[Key("grid", q.POWER_W)] == pytest.approx(ours[Key("grid", q.POWER_W)], abs=1.0)
    assert theirs[Key("grid", q.EXPORTED_WH)] == pytest.approx(1500.0 * 3.0 / 3600.0, rel=0.2)


def test_the_sun_moves_faster_where_it_is_told_to_and_begins_again_after_its_end() -> None:
    site, grid = a_site(devices=[a_device()]), a_grid(step_s=60, steps=60)
    supply = Supply(grid, {"home": np.arange(60.0)}, {"roof": np.zeros(60)})
    clock = VirtualClock(grid.start_utc)
    profiles = {"hybrid": load_profile("generic_hybrid")}
    host = Host(site, profiles, supply, clock, rng=np.random.default_rng(1), speed_ratio=10.0)
    told(host, "battery", 3600.0, 0.0)
    for seconds, load_w in ((0, 0.0), (60, 10.0), (365, 0.0), (372, 2.0)):
        clock.jump_to(grid.start_utc + np.timedelta64(seconds, "s"))
        host.step(host._now(), float(seconds), STEP_S)
        assert host.plant.power_w["home"] == load_w
    assert (host.state()["soc_ratio"]["battery"] - 0.5) * 13_500 == pytest.approx(4 * 0.95 * 3600 / 3600.0, rel=0.1)


def test_nothing_happens_in_no_time() -> None:
    host = a_host()
    host.step(NOON, 0.0, 0.0)
    assert host.plant.counts.steps == 0


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_can_be_played(name: str) -> None:
    profile = load_profile(name)
    twin = DeviceTwin(a_device(name, serves=dict.fromkeys(profile.roles, "grid")), profile)
    for read in twin.bound.reads():
        words = twin.read(read.table, read.address, read.count)
        assert words is not None
        assert len(words) == read.count
    assert not twin.bound.absent
    for setpoint in profile.setpoints:
        for write in twin.bound.writes(setpoint.role, setpoint.quantity, 0.0):
            assert twin.write(write.table, write.address, write.words, 0.0), f"{name} has no register {write.address}"


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_shows_the_power_of_the_machine_behind_it(name: str) -> None:
    """Through the registers of whatever device, the power that the plant has is the power that is read."""
    profile = load_profile(name)
    assets = {"battery": "battery", "pv": "roof", "meter": "grid"}
    serves = {role: assets[role] for role in profile.roles if role in assets}
    host = a_host(a_site(devices=[a_device(name, serves=serves)]))
    run_for(host, 3.0)
    truth = {**host.plant.power_w, "grid": host.plant.grid_w}
    for key, value in shown(host).items():
        if key.quantity == q.POWER_W:
            assert value == pytest.approx(truth[key.asset], abs=15.0), key
        assert not math.isnan(value) or key.quantity not in (q.POWER_W, q.SOC_RATIO)


def test_what_is_only_measured_cannot_be_written() -> None:
    twin = DeviceTwin(a_device("sunspec_storage", serves={"battery": "battery"}), load_profile("sunspec_storage"))
    measured = next(read for read in twin.bound.reads() if read.table is Table.HOLDING)
    assert twin.read(measured.table, measured.address, 1) is not None
    assert not twin.write(measured.table, measured.address, (1,), 0.0)
    assert twin.write_count == 0


def test_a_value_that_does_not_fit_is_shown_as_missing() -> None:
    host = a_host()
    host.fault("hybrid", adds={"battery.temperature_degc": 1e6})
    run_for(host, 0.2)
    assert math.isnan(shown(host)[Key("battery", q.TEMPERATURE_DEGC)])


def test_an_inverter_holds_back_its_panels_and_loses_its_share() -> None:
    inverter = Circuit("inverter", ("roof", "battery"), limit_w=2000.0, one_way_ratio=0.95)
    host = a_host(replace(a_site(devices=[a_device()]), circuits=(inverter,)), sun_w=-5000.0)
    run_for(host, 10.0)
    assert host.plant.power_w["roof"] == pytest.approx(-2000.0 / 0.95)
    assert host.plant.grid_w == pytest.approx(500.0 - 2000.0)
