"""Means of a turn from samples, and what follows from the balance."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.quantity import AVAILABLE_POWER_W, IS_CLOSED, POWER_W, SOC_RATIO
from enerwise.core.series import Key
from enerwise.devices.means import Means, derived
from enerwise.site.site import GRID
from tests.builders import a_load, a_pv, a_site

HOME, ROOF, BATTERY, METER = (Key(each, POWER_W) for each in ("home", "roof", "battery", GRID))
SUN = Key("roof", AVAILABLE_POWER_W)


def test_every_sample_counts_once_however_often_it_is_seen() -> None:
    means = Means()
    for at_ns, value in ((1, 100.0), (1, 100.0), (2, 300.0), (2, 300.0)):
        means.add({METER: (value, at_ns), Key("battery", SOC_RATIO): (0.5, at_ns)})
    assert means.take() == {METER: 200.0}
    assert means.take() == {}
    means.add({METER: (300.0, 2)})
    assert means.take() == {}, "it has been counted in the turn before"


@given(st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=20))
def test_the_mean_is_that_of_all_samples(values: list[float]) -> None:
    means = Means()
    for at_ns, value in enumerate(values):
        means.add({METER: (value, at_ns)})
    assert means.take()[METER] == pytest.approx(sum(values) / len(values), abs=1e-6)


def test_values_that_are_no_numbers_are_not_counted() -> None:
    means = Means()
    means.add({METER: (math.nan, 1), HOME: (math.inf, 1)})
    assert means.take() == {}


def test_a_home_that_nobody_meters_follows_from_the_balance() -> None:
    live = {METER: -1000.0, ROOF: -2000.0, BATTERY: 300.0}
    found = derived(a_site(), live, {})
    assert found[HOME] == pytest.approx(700.0)
    assert sum(live.values()) + 0.0 != found[HOME]
    assert live[METER] == pytest.approx(found[HOME] + live[ROOF] + live[BATTERY])


def test_nothing_follows_where_a_part_is_unknown_or_two_homes_are_unmetered() -> None:
    assert HOME not in derived(a_site(), {METER: 500.0, ROOF: 0.0}, {})
    two = a_site(a_pv(), a_load(), a_load("annexe"))
    assert derived(two, {METER: 500.0, ROOF: 0.0}, {}) == {SUN: 0.0}
    assert HOME not in derived(a_site(), {METER: 500.0, ROOF: 0.0, BATTERY: 0.0, HOME: 400.0}, {})


@pytest.mark.parametrize(
    ("power_w", "told_w", "expected_w"),
    [(-2000.0, None, -2000.0), (-2000.0, -6000.0, -2000.0), (-1990.0, -2000.0, None), (20.0, None, 0.0)],
)
def test_the_sun_is_what_a_plant_delivers_unless_it_is_held_back(
    power_w: float, told_w: float | None, expected_w: float | None
) -> None:
    found = derived(a_site(), {ROOF: power_w}, {} if told_w is None else {"roof": told_w})
    assert found.get(SUN) == expected_w


def test_a_sun_that_is_measured_is_not_reckoned() -> None:
    assert SUN not in derived(a_site(), {ROOF: -500.0, SUN: -900.0}, {})


BOILER, CONTACT = Key("boiler", POWER_W), Key("boiler", IS_CLOSED)


@pytest.mark.parametrize(
    ("live", "told_w", "expected_w"),
    [
        ({}, {}, None),
        ({}, {"boiler": 2000.0}, 2000.0),
        ({}, {"boiler": 0.0}, 0.0),
        ({CONTACT: 1.0}, {"boiler": 0.0}, 2000.0),
        ({CONTACT: 0.0}, {"boiler": 2000.0}, 0.0),
        ({CONTACT: math.nan}, {"boiler": 2000.0}, 2000.0),
        ({BOILER: 1234.0, CONTACT: 0.0}, {"boiler": 2000.0}, None),
    ],
)
def test_a_switched_load_that_nobody_measures_takes_its_power_while_it_is_on(
    live: dict[Key, float], told_w: dict[str, float], expected_w: float | None
) -> None:
    site = a_site(a_load(), a_load("boiler", switch_power_w=2000.0))
    assert derived(site, live, told_w).get(BOILER) == expected_w


def test_the_home_is_what_is_left_beside_a_switched_load() -> None:
    site = a_site(a_load(), a_load("boiler", switch_power_w=2000.0))
    assert derived(site, {METER: 2600.0}, {"boiler": 2000.0})[HOME] == pytest.approx(600.0)


def test_a_load_behind_a_sub_meter_takes_what_that_counts_and_the_home_what_is_left() -> None:
    from dataclasses import replace

    from enerwise.site.circuits import Circuit

    cellar = Circuit("cellar", ("shop",), meter="cellar-meter")
    site = replace(a_site(a_load(), a_load("shop")), circuits=(cellar,))
    found = derived(site, {METER: 3000.0, Key("cellar-meter", POWER_W): 1200.0}, {})
    assert found == {Key("shop", POWER_W): 1200.0, HOME: 1800.0}
    assert derived(site, {METER: 3000.0}, {}) == {}
