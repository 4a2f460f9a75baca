"""The envelope: what is allowed, which rule said so, and what silence does."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.time import Instant, instant
from enerwise.guard.envelope import Rule
from enerwise.guard.observed import Observed, Seen
from enerwise.site.limits import WindowedLimit
from enerwise.site.site import Connection, Site
from tests.builders import a_battery, a_connection, a_load, a_pv, a_site, a_window

from .builders import UNKNOWN, a_wish, an_envelope, an_observed
from .strategies import ANY_NUMBER

# ------------------------------------------------------------------------------------------------------- battery


@pytest.mark.parametrize(
    ("facts", "lower", "upper"),
    [
        ({}, (-5000.0, Rule.DISCHARGE_LIMIT), (5000.0, Rule.CHARGE_LIMIT)),
        ({"energy_wh": 12_150.0}, (-5000.0, Rule.DISCHARGE_LIMIT), (0.0, Rule.FULL)),
        ({"energy_wh": 1350.0}, (0.0, Rule.EMPTY), (5000.0, Rule.CHARGE_LIMIT)),
        ({"temperature_degc": 9.0}, (-3750.0, Rule.DERATED), (2500.0, Rule.DERATED)),
        ({"temperature_degc": 50.0}, (-2500.0, Rule.DERATED), (0.0, Rule.DERATED)),
        ({"energy_wh": 1350.0, "temperature_degc": 40.0}, (0.0, Rule.EMPTY), (0.0, Rule.DERATED)),
        ({"age_s": 5.0}, (-5000.0, Rule.DISCHARGE_LIMIT), (5000.0, Rule.CHARGE_LIMIT)),
        ({"temperature_degc": UNKNOWN}, (0.0, Rule.DATA_UNKNOWN), (0.0, Rule.DATA_UNKNOWN)),
        ({"energy_wh": UNKNOWN}, (0.0, Rule.DATA_UNKNOWN), (0.0, Rule.DATA_UNKNOWN)),
        ({"energy_wh": math.inf}, (0.0, Rule.DATA_UNKNOWN), (0.0, Rule.DATA_UNKNOWN)),
        ({"age_s": 5.1}, (0.0, Rule.DATA_OLD), (0.0, Rule.DATA_OLD)),
        ({"age_s": -1.0}, (0.0, Rule.DATA_OLD), (0.0, Rule.DATA_OLD)),
        ({"age_s": UNKNOWN}, (0.0, Rule.DATA_OLD), (0.0, Rule.DATA_OLD)),
    ],
)
def test_battery_bounds_and_their_rules(
    facts: dict[str, Any], lower: tuple[float, Rule], upper: tuple[float, Rule]
) -> None:
    allowed = an_envelope(observed=an_observed(**facts)).assets["battery"]
    assert (allowed.lower_w, allowed.lower_rule) == lower
    assert (allowed.upper_w, allowed.upper_rule) == upper


def test_battery_that_is_not_mentioned_is_closed() -> None:
    allowed = an_envelope(observed=Observed(900.0)).assets["battery"]
    assert (allowed.lower_w, allowed.upper_w) == (0.0, 0.0)


def test_ageing_data_shrink_the_bounds_before_they_close_them() -> None:
    fresh = an_envelope(observed=an_observed(energy_wh=12_000.0)).assets["battery"]
    older = an_envelope(observed=an_observed(energy_wh=12_000.0, age_s=4.0)).assets["battery"]
    assert 0.0 < older.upper_w < fresh.upper_w
    assert older.upper_rule is Rule.FULL


def test_site_without_batteries_has_an_envelope() -> None:
    assert set(an_envelope(a_site(a_pv(), a_load())).assets) == {"roof"}


# --------------------------------------------------------------------------------------------------- PV, switches


def test_pv_may_deliver_up_to_its_limit_and_rests_unheld() -> None:
    allowed = an_envelope().assets["roof"]
    assert (allowed.lower_w, allowed.upper_w, allowed.rest_w) == (-6000.0, 0.0, -6000.0)
    assert allowed.available_w == -3000.0


@pytest.mark.parametrize(("measured_w", "available_w"), [(50.0, 0.0), (-9000.0, -6000.0)])
def test_impossible_sun_counts_as_the_nearest_possible(measured_w: float, available_w: float) -> None:
    assert an_envelope(observed=an_observed(available_w=measured_w)).assets["roof"].available_w == available_w


@pytest.mark.parametrize("facts", [{"available_w": UNKNOWN}, {"age_s": 6.0}])
def test_pv_of_unknown_or_old_sun_has_no_known_power(facts: dict[str, Any]) -> None:
    assert math.isnan(an_envelope(observed=an_observed(**facts)).assets["roof"].available_w)


def test_pv_that_cannot_be_curtailed_is_not_in_the_envelope() -> None:
    assert "roof" not in an_envelope(a_site(a_pv(can_curtail=False), a_battery())).assets


def test_switched_load_is_in_the_envelope_and_a_plain_one_is_not() -> None:
    site = a_site(a_battery(), a_load(), a_load("boiler", switch_power_w=2000.0))
    allowed = an_envelope(site).assets["boiler"]
    assert (allowed.lower_w, allowed.upper_w, allowed.switch_w) == (0.0, 2000.0, 2000.0)
    assert "home" not in an_envelope(site).assets


# --------------------------------------------------------------------------------------------- trips, not running


def test_tripped_asset_is_held_at_its_safe_power_and_others_are_not() -> None:
    found = an_envelope(tripped=frozenset({"battery"}))
    battery = found.assets["battery"]
    assert (battery.lower_w, battery.upper_w, battery.may_move, battery.upper_rule) == (0.0, 0.0, False, Rule.TRIPPED)
    assert found.assets["roof"].may_move


def test_nothing_moves_while_the_guard_is_not_running() -> None:
    for allowed in an_envelope(is_running=False, tripped=frozenset({"battery"})).assets.values():
        assert (allowed.lower_w, allowed.upper_w, allowed.lower_rule) == (0.0, 0.0, Rule.NOT_RUNNING)


def test_safe_power_beyond_the_limits_is_brought_within() -> None:
    site = a_site(a_battery(safe_power_w=9000.0))
    assert an_envelope(site, is_running=False).assets["battery"].rest_w == 5000.0


# ------------------------------------------------------------------------------------------------------ the row


def test_fuse_is_part_of_the_row() -> None:
    found = an_envelope(a_site(connection=a_connection(fuse_a=16.0, phase_count=1)))
    assert (found.row_lower_w, found.row_upper_w) == (-3680.0, 3680.0)


EVENING = WindowedLimit(9000.0, ((a_window(17, 20), 4000.0), (a_window(12, 13), 12_000.0)))


@pytest.mark.parametrize(
    ("local", "hold_s", "limit_w"),
    [
        ("16:44", 900.0, 9000.0),
        ("16:45", 900.0, 9000.0),
        ("16:46", 900.0, 4000.0),
        ("17:00", 900.0, 4000.0),
        ("19:59", 900.0, 4000.0),
        ("20:00", 900.0, 9000.0),
        ("12:00", 900.0, 8050.0),
        ("16:00", 4 * 3600.0, 4000.0),
        ("12:00", math.inf, 4000.0),
        ("17:00", math.nan, 4000.0),
        ("16:59", 0.0, 9000.0),
    ],
)
def test_tightest_limit_until_the_next_look_counts(local: str, hold_s: float, limit_w: float) -> None:
    site = a_site(connection=Connection(EVENING, EVENING, fuse_a=35.0, phase_count=1))
    now = instant(f"2024-07-01 {local}", zone="Europe/Berlin")
    found = an_envelope(site, an_observed(hold_s=hold_s), now=now)
    expected_w = min(limit_w, 8050.0)
    assert (found.row_lower_w, found.row_upper_w) == (-expected_w, expected_w)


@pytest.mark.parametrize(
    ("local", "hold_s", "limit_w"),
    [
        ("17:14", 900.0, 9000.0),
        ("17:15", 900.0, 9000.0),
        ("17:16", 900.0, 4000.0),
        ("18:14", 60.0, 4000.0),
        ("18:15", 60.0, 9000.0),
        ("18:50", 600.0, 9000.0),
        ("18:50", 601.0, 3000.0),
        ("18:59", 900.0, 3000.0),
        ("19:05", 900.0, 9000.0),
    ],
)
def test_windows_within_an_hour_and_within_the_hold_are_seen(local: str, hold_s: float, limit_w: float) -> None:
    limit = WindowedLimit(9000.0, ((a_window(17.5, 18.25), 4000.0), (a_window(19, 19 + 5 / 60), 3000.0)))
    site = a_site(connection=Connection(limit, limit, fuse_a=35.0, phase_count=3))
    assert limit_at(instant(f"2024-07-01 {local}", zone="Europe/Berlin"), site, hold_s=hold_s) == limit_w


def test_windows_follow_the_clock_through_the_night_it_changes() -> None:
    night = WindowedLimit(9000.0, ((a_window(2, 3), 1000.0),))
    site = a_site(connection=Connection(night, night, fuse_a=35.0, phase_count=3))
    hours = [instant("2024-10-27T00:00Z") + np.timedelta64(30 * each, "m") for each in range(5)]
    assert [limit_at(site_hour, site) for site_hour in hours] == [1000.0, 1000.0, 1000.0, 1000.0, 9000.0]


def limit_at(now: Instant, site: Site, *, hold_s: float = 60.0) -> float:
    return an_envelope(site, an_observed(hold_s=hold_s), now=now).row_upper_w


def test_known_others_count_as_they_are() -> None:
    found = an_envelope()
    assert (found.others_low_w, found.others_high_w) == (500.0, 500.0)


def test_others_that_are_known_within_a_span_count_as_each_end_of_it() -> None:
    found = an_envelope(observed=an_observed(others_spread_w=2000.0))
    assert (found.others_low_w, found.others_high_w) == (-1500.0, 500.0)


UNKNOWN_SPANS = [{"others_spread_w": each} for each in (UNKNOWN, math.inf, -1.0)]


@pytest.mark.parametrize(
    "facts", [{"others_w": UNKNOWN}, {"others_age_s": 9.0}, {"others_w": math.inf}, *UNKNOWN_SPANS]
)
def test_unknown_others_count_as_the_worst_of_both_sides(facts: dict[str, Any]) -> None:
    site = a_site(a_pv("barn", peak_w=2000.0, can_curtail=False), a_battery(), a_load())
    found = an_envelope(site, an_observed(**facts))
    assert (found.others_low_w, found.others_high_w) == (-2000.0, 9000.0)


# ---------------------------------------------------------------------------------------------------------- holds


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (a_wish(value=5000.0), True),
        (a_wish(value=5000.1), False),
        (a_wish(value=UNKNOWN), False),
        (a_wish("roof", value=-6000.0), True),
        (a_wish("roof", value=1.0), False),
        (a_wish("home", value=0.0), False),
        (a_wish(value=0.0, quantity="reactive_var"), False),
    ],
)
def test_envelope_holds_what_is_within_it(wish: object, expected: bool) -> None:
    assert an_envelope().holds(wish) is expected  # type: ignore[arg-type]


@given(
    st.builds(
        Seen, energy_wh=ANY_NUMBER, temperature_degc=st.none() | ANY_NUMBER, available_w=ANY_NUMBER, age_s=ANY_NUMBER
    ),
    ANY_NUMBER,
    ANY_NUMBER,
    ANY_NUMBER,
)
def test_envelope_is_total_and_within_the_hard_limits(
    seen: Seen, others: float, others_age: float, hold: float
) -> None:
    """Whatever is observed, bounds exist, hold rest and never exceed what the machines can do."""
    found = an_envelope(observed=Observed(hold, {"battery": seen, "roof": seen}, others, others_age))
    battery, roof = found.assets["battery"], found.assets["roof"]
    assert -5000.0 <= battery.lower_w <= 0.0 <= battery.upper_w <= 5000.0
    assert (roof.lower_w, roof.upper_w) == (-6000.0, 0.0)
    assert math.isnan(roof.available_w) or -6000.0 <= roof.available_w <= 0.0
    assert math.isfinite(found.others_low_w)
    assert math.isfinite(found.others_high_w)
