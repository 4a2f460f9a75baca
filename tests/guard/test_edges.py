"""Edges of the limit logic: small mistakes that `bench/mutation.py` found nobody would notice."""

from dataclasses import replace

import numpy as np
import pytest

from enerwise.core.time import instant
from enerwise.guard import kernels
from enerwise.guard.envelope import Rule
from enerwise.guard.judge import Outcome, Wish, judge
from enerwise.guard.row import TOLERANCE_W, broken_w
from enerwise.site.assets import BatteryArrays
from enerwise.site.limits import WindowedLimit
from enerwise.site.site import Connection
from tests.builders import a_battery, a_load, a_site, a_window

from .builders import a_wish, an_envelope, an_observed

SWITCHED = a_site(a_battery(), a_load(), a_load("boiler", switch_power_w=2000.0))
FACTS = BatteryArrays.of([a_battery()])


def test_outcomes_keep_their_codes() -> None:
    assert (kernels.GRANTED, kernels.CUT, kernels.RELIEF, kernels.REFUSED) == (0, 1, 2, 3)


def test_wish_has_the_lowest_priority_unless_it_says_one() -> None:
    assert Wish("battery", 1.0).priority == 0


@pytest.mark.parametrize("value", [0.5, -0.5])
def test_less_than_a_watt_is_granted_to_what_can_be_set_smoothly(value: float) -> None:
    battery, _ = judge([a_wish(value=value)], an_envelope())
    assert (battery.outcome, battery.value) == (Outcome.GRANTED, value)


@pytest.mark.parametrize("value", [0.5, 1000.0, 1999.5])
def test_switch_that_cannot_follow_says_so(value: float) -> None:
    _, boiler = judge([a_wish("boiler", value)], an_envelope(SWITCHED))
    assert (boiler.outcome, boiler.value, boiler.rule) == (Outcome.CUT, 0.0, Rule.SWITCH)


def test_switch_of_which_less_than_a_watt_would_be_left_opens() -> None:
    envelope = an_envelope(SWITCHED, an_observed(others_w=8999.5))
    _, boiler = judge([a_wish("boiler", 2000.0)], envelope)
    assert (boiler.value, boiler.rule) == (0.0, Rule.IMPORT_LIMIT)


def test_row_broken_by_the_tolerance_is_not_broken_and_by_more_it_is() -> None:
    whole = replace(an_envelope(SWITCHED), row_lower_w=0.0, row_upper_w=0.0, others_low_w=0.0, others_high_w=0.0)
    for sign, side in ((1.0, Rule.IMPORT_LIMIT), (-1.0, Rule.EXPORT_LIMIT)):
        values = {"battery": sign * TOLERANCE_W, "boiler": 0.0}
        assert broken_w(whole, values, side) == 0.0
        assert broken_w(whole, {**values, "battery": 2 * sign * TOLERANCE_W}, side) == pytest.approx(-2e-6 * sign)


@pytest.mark.parametrize(
    ("local", "hold_s", "limit_w"),
    [("16:59:59.999", 0.0, 9000.0), ("16:59:59.999", 0.002, 4000.0), ("16:59:59.800", 0.5, 4000.0)],
)
def test_window_that_begins_within_milliseconds(local: str, hold_s: float, limit_w: float) -> None:
    evening = WindowedLimit(9000.0, ((a_window(17, 20), 4000.0),))
    site = a_site(connection=Connection(evening, evening, fuse_a=63.0, phase_count=3))
    now = instant(f"2024-07-01 {local}", zone="Europe/Berlin")
    assert an_envelope(site, an_observed(hold_s=hold_s), now=now).row_upper_w == limit_w


def test_half_a_second_is_held_twice_as_hard_as_a_whole_one() -> None:
    half, whole = (
        kernels.battery_bounds(FACTS, 12_149.9, charge_ratio=1.0, discharge_ratio=1.0, hold_s=each)
        for each in (0.5, 1.0)
    )
    assert half[1] == pytest.approx(2 * whole[1])
    assert 0 < half[1] < 5000.0


def test_shortest_hold_is_a_millisecond() -> None:
    shorter, shortest = (
        kernels.battery_bounds(FACTS, 12_150.0 - 1e-5, charge_ratio=1.0, discharge_ratio=1.0, hold_s=each)[1]
        for each in (1e-4, 1e-3)
    )
    assert shorter == shortest


def test_a_second_of_age_shrinks_the_bounds() -> None:
    fresh, older = (
        kernels.battery_bounds(FACTS, 12_100.0, charge_ratio=1.0, discharge_ratio=1.0, hold_s=60.0, age_s=each)[1]
        for each in (0.0, 1.0)
    )
    assert 0 < older < fresh


@pytest.mark.parametrize(("energy_wh", "age_s"), [(1e12, 0.0), (-1e12, 0.0), (6750.0, 1e12)])
def test_what_is_beyond_belief_closes(energy_wh: float, age_s: float) -> None:
    lower_w, upper_w = kernels.battery_bounds(
        FACTS, np.array([energy_wh]), charge_ratio=1.0, discharge_ratio=1.0, hold_s=60.0, age_s=np.array([age_s])
    )
    assert (lower_w.tolist(), upper_w.tolist()) == ([0.0], [0.0])


def test_row_moves_by_less_than_a_watt_in_the_right_direction() -> None:
    power_w, lower_w, upper_w = ([np.array([each])] for each in (0.0, -100.0, 100.0))
    for row, expected in (((0.5, np.inf), 0.5), ((-np.inf, -0.5), -0.5)):
        (fitted,) = kernels.fit_row(power_w, lower_w, upper_w, [0], *row)
        assert fitted == pytest.approx(expected)
