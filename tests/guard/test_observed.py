"""How readings become what the guard is shown."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, POWER_W, SOC_RATIO, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.guard.observed import Observed, is_controllable, observe, stored_wh, uncontrolled_w
from enerwise.site.assets import Asset
from tests.builders import a_battery, a_load, a_pv, a_site

LIVE = {
    Key("home", POWER_W): 600.0,
    Key("roof", AVAILABLE_POWER_W): -3000.0,
    Key("battery", ENERGY_WH): 7000.0,
    Key("battery", TEMPERATURE_DEGC): 25.0,
}
AGES = {Key("home", POWER_W): 1.0, Key("roof", AVAILABLE_POWER_W): 2.0, Key("battery", ENERGY_WH): 3.0}


def observed(**changes: float) -> Observed:
    """The usual readings, some of them changed: ``battery__soc_ratio=0.5``."""
    live = {**LIVE, **{Key(*name.split("__")): value for name, value in changes.items()}}
    return observe(a_site(), live, AGES, hold_s=900.0)


@pytest.mark.parametrize(
    ("asset", "expected"),
    [
        (a_battery(), True),
        (a_pv(), True),
        (a_pv(can_curtail=False), False),
        (a_load(), False),
        (a_load(switch_power_w=2000.0), True),
    ],
)
def test_setpoints_exist_for_what_can_be_moved(asset: Asset, expected: bool) -> None:
    assert is_controllable(asset) is expected


def test_readings_find_their_place() -> None:
    seen = observed()
    assert (seen.assets["battery"].energy_wh, seen.assets["battery"].age_s) == (7000.0, 3.0)
    assert seen.assets["battery"].temperature_degc == 25.0
    assert (seen.assets["roof"].available_w, seen.assets["roof"].age_s) == (-3000.0, 2.0)
    assert (seen.others_w, seen.others_age_s) == (600.0, 1.0)


def test_nothing_read_is_nothing_known() -> None:
    seen = observe(a_site(), {}, {}, hold_s=900.0)
    assert math.isnan(seen.others_w)
    assert seen.others_age_s == math.inf
    assert math.isnan(seen.assets["battery"].energy_wh)
    assert seen.assets["battery"].temperature_degc is None
    assert math.isnan(seen.assets["roof"].available_w)


def test_state_of_charge_stands_in_for_energy() -> None:
    live = {Key("battery", SOC_RATIO): 0.5}
    assert stored_wh(a_battery(), live) == 6750.0
    seen = observe(a_site(), live, {Key("battery", SOC_RATIO): 4.0}, hold_s=900.0)
    assert (seen.assets["battery"].energy_wh, seen.assets["battery"].age_s) == (6750.0, 4.0)


def test_connection_tells_of_the_others_when_they_have_no_meter() -> None:
    live = {Key("grid", POWER_W): -400.0, Key("battery", POWER_W): 2000.0, Key("roof", POWER_W): -3000.0}
    assert uncontrolled_w(a_site(), live) == 600.0
    seen = observe(a_site(), live, dict.fromkeys(live, 2.5), hold_s=900.0)
    assert (seen.others_w, seen.others_age_s) == (600.0, 2.5)


@given(
    home_w=st.floats(0.0, 9000.0),
    battery_w=st.floats(-5000.0, 5000.0),
    taken_ratio=st.floats(0.0, 1.0),
    most_w=st.floats(0.0, 11_000.0),
    is_read=st.booleans(),
)
def test_what_a_switched_load_may_take_unread_is_never_left_out(
    home_w: float, battery_w: float, taken_ratio: float, most_w: float, is_read: bool
) -> None:
    car_w = taken_ratio * most_w
    live = {Key("grid", POWER_W): home_w + battery_w + car_w, Key("battery", POWER_W): battery_w}
    # What it said long ago says nothing.
    live[Key("car", POWER_W)] = car_w if is_read else 7.0
    ages = {key: 1.0 if is_read or key.asset != "car" else 60.0 for key in live}
    site = a_site(a_battery(), a_load(), a_load("car", switch_power_w=11_000.0))
    seen = observe(site, live, ages, hold_s=2.0, unread_w={} if is_read else {"car": most_w})
    assert seen.others_age_s == 1.0
    assert seen.others_w - seen.others_spread_w <= home_w + 1e-6
    assert home_w <= seen.others_w + 1e-6
    assert not is_read or seen.others_spread_w == 0.0


def test_who_is_read_directly_needs_no_span() -> None:
    site = a_site(a_battery(), a_load(), a_load("car", switch_power_w=11_000.0))
    seen = observe(site, {Key("home", POWER_W): 600.0}, {}, hold_s=2.0, unread_w={"car": 11_000.0})
    assert (seen.others_w, seen.others_spread_w) == (600.0, 0.0)


def test_pv_that_cannot_be_curtailed_is_one_of_the_others() -> None:
    site = a_site(a_pv(can_curtail=False), a_battery(), a_load())
    assert uncontrolled_w(site, {Key("home", POWER_W): 600.0, Key("roof", POWER_W): -1000.0}) == -400.0


def test_site_without_uncontrolled_assets_has_none_to_wait_for() -> None:
    seen = observe(a_site(a_battery()), {}, {}, hold_s=900.0)
    assert (seen.others_w, seen.others_age_s) == (0.0, 0.0)


def test_switched_load_needs_no_reading() -> None:
    site = a_site(a_battery(), a_load(), a_load("boiler", switch_power_w=2000.0))
    assert observe(site, {}, {}, hold_s=900.0).assets["boiler"].age_s == 0.0
