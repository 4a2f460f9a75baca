"""The guard heeds supervision: derated bounds, latched trips, faults that are gone."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.guard.envelope import Allowed, Rule
from enerwise.guard.guard import Guard
from enerwise.guard.judge import Outcome
from enerwise.guard.lifecycle import State
from enerwise.guard.observed import Observed, Seen
from enerwise.guard.trips import LATCHED_COUNT, TOO_MANY, WHOLE_SITE, ResetRefusal, Trips
from enerwise.site.placing import WHOLE
from tests.builders import NOON, a_battery, a_load, a_pv, a_site

from .builders import a_guard, a_wish, an_envelope, an_observed
from .strategies import ANY_NUMBER
from .supervision import Bench, a_watch, written

HIGH = "battery.cell_voltage_max_v"
CAUSE = f"high {HIGH}"
SITE = a_site(a_pv(), a_battery(), a_load(), a_load("boiler", switch_power_w=2000.0))


def bounds(allowed: Allowed) -> tuple[float, float]:
    return allowed.lower_w, allowed.upper_w


# --------------------------------------------------------------------------------------------------------- bounds


@pytest.mark.parametrize(
    ("ratios", "lower", "upper"),
    [
        ((1.0, 1.0), (-5000.0, Rule.DISCHARGE_LIMIT), (5000.0, Rule.CHARGE_LIMIT)),
        ((0.5, 1.0), (-2500.0, Rule.DERATED), (5000.0, Rule.CHARGE_LIMIT)),
        ((1.0, 0.2), (-5000.0, Rule.DISCHARGE_LIMIT), (1000.0, Rule.DERATED)),
        ((0.0, 0.0), (0.0, Rule.DERATED), (0.0, Rule.DERATED)),
        ((2.0, 7.0), (-5000.0, Rule.DISCHARGE_LIMIT), (5000.0, Rule.CHARGE_LIMIT)),
        ((-1.0, -0.1), (0.0, Rule.DERATED), (0.0, Rule.DERATED)),
        ((math.nan, math.nan), (0.0, Rule.DERATED), (0.0, Rule.DERATED)),
    ],
)
def test_battery_keeps_its_share(
    ratios: tuple[float, float], lower: tuple[float, Rule], upper: tuple[float, Rule]
) -> None:
    allowed = an_envelope(derate={"battery": ratios}).assets["battery"]
    assert (allowed.lower_w, allowed.lower_rule) == lower
    assert (allowed.upper_w, allowed.upper_rule) == upper
    assert math.copysign(1.0, allowed.upper_w) == 1.0
    assert allowed.lower_w < 0.0 or math.copysign(1.0, allowed.lower_w) == 1.0


def test_share_is_of_the_limit_and_not_of_what_is_left_of_it() -> None:
    """Hot: a quarter by temperature already; half of the limit is no tighter, a tenth is."""
    observed = an_observed(temperature_degc=38.75)
    assert an_envelope(observed=observed).assets["battery"].upper_w == 1250.0
    half, tenth = (an_envelope(observed=observed, derate={"battery": (1.0, each)}) for each in (0.5, 0.1))
    assert half.assets["battery"] == an_envelope(observed=observed).assets["battery"]
    assert tenth.assets["battery"].upper_w == 500.0


def test_pv_keeps_its_share_and_a_switch_all_or_nothing() -> None:
    found = an_envelope(SITE, derate={"roof": (0.25, 0.0), "boiler": (0.0, 0.99)})
    assert bounds(found.assets["roof"]) == (-1500.0, 0.0)
    assert found.assets["roof"].lower_rule is Rule.DERATED
    assert bounds(found.assets["boiler"]) == (0.0, 1980.0)
    guard = a_guard(SITE)
    guard.derate = {"boiler": (1.0, 0.99)}
    _, _, boiler = guard.judge([a_wish("boiler", 2000.0)], an_observed(), NOON)
    assert (boiler.outcome, boiler.value) == (Outcome.CUT, 0.0)


def test_asset_that_is_not_there_is_passed_over() -> None:
    assert an_envelope(derate={"garage": (0.0, 0.0)}) == an_envelope()


def test_without_derating_nothing_changes() -> None:
    assert an_envelope(derate={}) == an_envelope()
    assert an_envelope(derate={"battery": (1.0, 1.0), "roof": (1.0, 1.0)}) == an_envelope()


def test_trip_wins_over_derating() -> None:
    found = an_envelope(derate={"battery": (0.5, 0.5)}, tripped=frozenset({"battery"})).assets["battery"]
    assert (bounds(found), found.upper_rule) == ((0.0, 0.0), Rule.TRIPPED)
    safe = a_site(a_battery(safe_power_w=3000.0), a_load())
    found = an_envelope(safe, derate={"battery": (0.5, 0.5)}, tripped=frozenset({"battery"})).assets["battery"]
    assert bounds(found) == (2500.0, 2500.0)


RATIOS = st.tuples(ANY_NUMBER, ANY_NUMBER)


@given(
    st.dictionaries(st.sampled_from(["battery", "roof", "boiler", "home", "nobody"]), RATIOS),
    st.builds(
        Seen, energy_wh=ANY_NUMBER, temperature_degc=st.none() | ANY_NUMBER, available_w=ANY_NUMBER, age_s=ANY_NUMBER
    ),
    ANY_NUMBER,
)
def test_nothing_widens_a_bound(derate: dict[str, tuple[float, float]], seen: Seen, others_w: float) -> None:
    observed = Observed(900.0, {"battery": seen, "roof": seen}, others_w, 0.0)
    before, after = an_envelope(SITE, observed), an_envelope(SITE, observed, derate=derate)
    for asset, allowed in after.assets.items():
        whole = before.assets[asset]
        assert whole.lower_w <= allowed.lower_w <= allowed.upper_w <= whole.upper_w
        if asset not in derate:
            assert allowed == whole
    assert (after.row_lower_w, after.row_upper_w) == (before.row_lower_w, before.row_upper_w)


@given(RATIOS, RATIOS)
def test_a_smaller_share_never_allows_more(first: tuple[float, float], second: tuple[float, float]) -> None:
    """Of two deratings, the one that is nowhere larger allows nowhere more."""
    small = tuple(min(a, b) if not math.isnan(a + b) else math.nan for a, b in zip(first, second, strict=True))
    tight, loose = (an_envelope(derate={"battery": each}).assets["battery"] for each in (small, first))
    assert loose.lower_w <= tight.lower_w
    assert tight.upper_w <= loose.upper_w


# ---------------------------------------------------------------------------------------------------------- trips


def supervised(**facts: Any) -> tuple[Guard, Bench]:
    return a_guard(), Bench(written(a_watch(**facts)))


def test_share_reaches_the_verdict() -> None:
    guard, bench = supervised(warn={"at": 3.6, "charge_ratio": 0.5})
    guard.heed(bench.look({HIGH: 3.62}), NOON)
    battery, _ = guard.judge([a_wish(value=5000.0)], an_observed(), NOON)
    assert (battery.outcome, battery.value, battery.rule) == (Outcome.CUT, 2500.0, Rule.DERATED)
    assert not guard.trips.latched


def test_trip_latches_and_is_reset_by_a_person_when_its_fault_is_gone() -> None:
    guard, bench = supervised()
    guard.heed(bench.look({HIGH: 3.7}, t_s=0.0), NOON)
    assert [(each.subject, each.cause) for each in guard.trips.latched] == [("battery", CAUSE)]
    assert guard.reset("battery", CAUSE, person="Ada", now=NOON) is ResetRefusal.ACTIVE
    guard.heed(bench.look({HIGH: 3.3}, t_s=1.0), NOON)
    assert guard.trips.holds("battery")
    assert guard.reset("battery", CAUSE, person="Ada", now=NOON) is None
    assert guard.envelope(an_observed(), NOON).assets["battery"].upper_w == 5000.0


def test_fault_that_is_unknown_is_not_gone() -> None:
    guard, bench = supervised()
    guard.heed(bench.look({HIGH: 3.7}, t_s=0.0), NOON)
    guard.heed(bench.look({}, t_s=60.0), NOON)
    assert guard.reset("battery", CAUSE, person="Ada", now=NOON) is ResetRefusal.ACTIVE


def test_trip_from_before_a_restart_calms_when_its_fault_is_seen_to_be_gone() -> None:
    before, bench = supervised()
    before.heed(bench.look({HIGH: 3.7}), NOON)
    after, fresh = a_guard(trips=Trips.from_bytes(before.trips.to_bytes(), NOON)), Bench(written(a_watch()))
    after.heed(fresh.look({}, t_s=0.0), NOON)
    assert after.trips.latched[0].is_active
    after.heed(fresh.look({HIGH: 3.3}, t_s=1.0), NOON)
    assert not after.trips.latched[0].is_active


def test_trip_of_somebody_else_is_left_alone() -> None:
    guard, bench = supervised()
    guard.trip("battery", "weld", NOON)
    guard.heed(bench.look({HIGH: 3.3}), NOON)
    assert guard.trips.latched[0].is_active


def test_warning_trips_nothing() -> None:
    guard, bench = supervised(warn={"at": 3.6})
    guard.heed(bench.look({HIGH: 3.7}), NOON)
    assert not guard.trips.latched


def test_what_concerns_the_site_trips_the_site() -> None:
    assert WHOLE == WHOLE_SITE
    guard, bench = supervised(quantities=["alarm_code"], assets=["smoke"], trip={"at": 0.5})
    guard.heed(bench.look({"smoke.alarm_code": 1.0}), NOON)
    assert guard.state is State.ERROR
    assert guard.trips.is_site_tripped


def test_flood_of_trips_can_be_reset_once_it_is_over() -> None:
    guard, bench = supervised()
    for each in range(LATCHED_COUNT):
        guard.trip("battery", f"cause {each}", NOON)
    guard.heed(bench.look({HIGH: 3.7}, t_s=0.0), NOON)
    guard.heed(bench.look({HIGH: 3.3}, t_s=1.0), NOON)
    assert guard.reset(WHOLE_SITE, TOO_MANY, person="Ada", now=NOON) is ResetRefusal.ACTIVE
    for each in range(LATCHED_COUNT - 1):
        guard.calm("battery", f"cause {each}")
    guard.heed(bench.look({HIGH: 3.3}, t_s=1.5), NOON)
    assert guard.reset(WHOLE_SITE, TOO_MANY, person="Ada", now=NOON) is ResetRefusal.ACTIVE
    guard.calm("battery", f"cause {LATCHED_COUNT - 1}")
    guard.heed(bench.look({HIGH: 3.7}, t_s=2.0), NOON)
    assert guard.reset(WHOLE_SITE, TOO_MANY, person="Ada", now=NOON) is ResetRefusal.ACTIVE
    guard.heed(bench.look({HIGH: 3.3}, t_s=3.0), NOON)
    assert guard.reset(WHOLE_SITE, TOO_MANY, person="Ada", now=NOON) is None
