"""One look at everything: old data, clocks that lie, and whatever a wire may say."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.series import Key
from enerwise.guard.supervise import Sample, Watched, start, step
from enerwise.site.rules import Tier
from tests.builders import a_load, a_site

from .strategies import ANY_NUMBER
from .supervision import Bench, a_watch, fired, shipped, table, the_finding, written

HIGH = "battery.cell_voltage_max_v"
ALL = shipped()

# ------------------------------------------------------------------------------------------------------- old data

SILENT = {"kind": "silent", "quantities": ["power_w"], "side": "above", "period_count": 3, "id": "silent"}


@pytest.mark.parametrize(("poll_s", "floor_s", "limit_s"), [(1.0, 0.5, 3.0), (0.1, 0.5, 0.5), (0.1, 2.0, 2.0)])
def test_older_than_three_periods_is_silent_and_never_below_the_floor(
    poll_s: float, floor_s: float, limit_s: float
) -> None:
    rules = written(a_watch(**SILENT, warn={"at": floor_s, "charge_ratio": 0.0, "discharge_ratio": 0.0}))
    bench = Bench(rules, poll_s={"battery": poll_s})
    bench.look({"battery.power_w": 100.0}, t_s=10.0)
    known = bench.look({}, t_s=10.0 + limit_s)
    assert not fired(known)
    assert known.value(Key("battery", "power_w")) == 100.0
    watched = bench.look({}, t_s=10.01 + limit_s)
    found = the_finding(watched, "silent", Tier.WARN)
    assert found.value == pytest.approx(limit_s + 0.01)
    assert (found.limit, found.unit) == (limit_s, "s")
    assert math.isnan(watched.value(Key("battery", "power_w")))
    assert watched.derate["battery"] == (0.0, 0.0)


def test_age_counts_from_the_sample_and_not_from_the_look() -> None:
    bench = Bench(written(a_watch(**SILENT, warn={"at": 2.0})))
    assert fired(bench.look({"battery.power_w": 100.0}, t_s=10.0, age_s=3.1))


def test_older_sample_does_not_replace_a_newer_one() -> None:
    bench = Bench(written(a_watch()))
    assert fired(bench.look({HIGH: 3.7}, t_s=10.0))
    assert fired(bench.look({HIGH: 3.3}, t_s=10.1, age_s=0.5))
    assert not fired(bench.look({HIGH: 3.3}, t_s=10.2, age_s=0.05))


def test_what_is_beyond_belief_has_not_come() -> None:
    bench = Bench(written(a_watch(quantities=["insulation_ohm"], trip={"at": 1e9})))
    assert not fired(bench.look({"battery.insulation_ohm": 1e12}, t_s=0.0))
    assert fired(bench.look({"battery.insulation_ohm": 9.9e11}, t_s=1.0))
    assert ("clock", "trip") in fired(bench.look({}, t_s=1e12))


def test_sample_is_new_unless_it_says_otherwise() -> None:
    assert Sample(1.0).age_s == 0.0


@pytest.mark.parametrize("age_s", [-0.1, math.nan, math.inf, 1e13])
def test_sample_of_impossible_age_has_not_come(age_s: float) -> None:
    bench = Bench(written(a_watch()))
    assert not fired(bench.look({HIGH: 3.7}, t_s=10.0, age_s=age_s))


def test_channel_without_a_rule_on_silence_is_old_after_three_periods() -> None:
    bench = Bench(written(a_watch()), poll_s={"battery": 2.0})
    bench.look({HIGH: 3.3}, t_s=0.0)
    key = Key.parse(HIGH)
    assert bench.look({}, t_s=6.0).value(key) == 3.3
    assert math.isnan(bench.look({}, t_s=6.1).value(key))
    quick = Bench(written(a_watch()), poll_s={"battery": 0.1})
    quick.look({HIGH: 3.3}, t_s=0.0)
    assert quick.look({}, t_s=2.0).value(key) == 3.3
    assert math.isnan(quick.look({}, t_s=2.1).value(key))


def test_never_seen_is_no_fault() -> None:
    bench = Bench(ALL)
    assert not bench.run({}, until_s=30.0, every_s=1.0).findings


def test_never_seen_is_a_fault_where_it_is_required() -> None:
    bench = Bench(written(a_watch(**SILENT, warn={"at": 2.0}, required=True)), t_s=100.0)
    assert not fired(bench.look({}, t_s=103.0))
    assert fired(bench.look({}, t_s=103.1)) == {("silent", "warn")}


def test_channel_nobody_asks_for_is_passed_over() -> None:
    watched = Bench(written(a_watch())).look({"nobody.power_w": 1.0})
    assert math.isnan(watched.value(Key("nobody", "power_w")))


# ---------------------------------------------------------------------------------------------------------- clocks


@pytest.mark.parametrize("t_s", [9.9, -1e9, math.nan, math.inf, -math.inf, 1e13, True])
def test_clock_that_goes_back_or_is_none_trips_the_site(t_s: float) -> None:
    bench = Bench(written(a_watch()))
    bench.look({HIGH: 3.3}, t_s=10.0)
    watched = step(bench.rules, bench.state, {Key.parse(HIGH): Sample(3.7)}, t_s)
    found = the_finding(watched, "clock")
    assert (found.subject, found.is_active) == ("*", True)
    assert watched.state.t_s == 10.0
    assert set(watched.derate.values()) == {(0.0, 0.0)}
    assert not fired(bench.look({HIGH: 3.3}, t_s=10.1))


def test_same_moment_twice_is_no_fault() -> None:
    bench = Bench(written(a_watch()))
    bench.look({HIGH: 3.3}, t_s=10.0)
    assert not fired(bench.look({HIGH: 3.3}, t_s=10.0))


def test_look_that_comes_late_is_told() -> None:
    bench = Bench(shipped("plausibility.toml"))
    assert fired(bench.look({}, t_s=2.0)) == set()
    assert fired(bench.look({}, t_s=4.1)) == {("overrun", "warn")}
    assert fired(bench.look({}, t_s=14.2)) == {("overrun", "warn"), ("overrun", "trip")}
    assert fired(bench.look({}, t_s=14.3)) == set()


def test_leap_ahead_makes_everything_old_and_nothing_worse() -> None:
    """Fifty years in one step: no level counts the time, all data are silent, and the next look is fine."""
    bench = Bench(written(a_watch(trip={"at": 3.65, "after_s": 1.0}), a_watch(**SILENT, warn={"at": 2.0})))
    bench.look({HIGH: 3.7, "battery.power_w": 0.0}, t_s=10.0)
    assert fired(bench.look({}, t_s=10.0 + 50 * 365 * 86_400.0)) == {("silent", "warn")}
    assert fired(bench.look({HIGH: 3.3, "battery.power_w": 0.0})) == set()


# ---------------------------------------------------------------------------------------------------------- whole


def test_trip_is_calm_only_where_its_fault_is_known_to_be_gone() -> None:
    bench = Bench(written(a_watch(warn={"at": 3.6}, trip={"at": 3.65})))
    cause = f"high {HIGH}"
    assert not bench.look({}, t_s=0.0).is_calm("battery", cause)
    assert not bench.look({HIGH: 3.7}, t_s=1.0).is_calm("battery", cause)
    assert bench.look({HIGH: 3.62}, t_s=2.0).is_calm("battery", cause)
    assert not bench.look({}, t_s=60.0).is_calm("battery", cause)
    assert not bench.look({HIGH: 3.3}, t_s=61.0).is_calm("battery", "something else")
    assert not bench.look({HIGH: 3.3}, t_s=62.0).is_calm("garage", cause)


def test_step_is_pure() -> None:
    bench = Bench(ALL)
    values = {HIGH: 3.7, "battery.power_w": 4000.0, "battery.temperature_degc": 44.0, "grid.frequency_hz": 51.0}
    for tenth in range(40):
        bench.look({name: value + 0.01 * tenth for name, value in values.items()}, t_s=tenth / 10)
    samples = {Key.parse(name): Sample(value) for name, value in values.items()}
    first, second = (step(bench.rules, bench.state, samples, 4.1) for _ in range(2))
    assert first.findings == second.findings
    assert (first.derate, first.bands) == (second.derate, second.bands)
    assert as_bytes(first) == as_bytes(second)


def as_bytes(watched: Watched) -> list[bytes]:
    state = watched.state
    arrays = [
        state.value,
        state.sampled_s,
        state.signal_s,
        state.counters.count,
        state.rings.value,
        state.stills.still_s,
    ]
    return [each.tobytes() for each in (*arrays, state.band_s, state.left_ratio, watched.fresh)]


NAMES = [
    "battery.power_w",
    "battery.current_a",
    "battery.pack_voltage_v",
    "battery.soc_ratio",
    "battery#2.soc_ratio",
    "battery.cell_voltage_max_v",
    "battery.cell_voltage_min_v",
    "battery.cell_temperature_max_degc",
    "battery.is_closed",
    "roof.power_w",
    "home.power_w",
    "grid.power_w",
    "grid.frequency_hz",
    "smoke.alarm_code",
]
ANYTHING: Any = st.one_of(ANY_NUMBER, st.none(), st.booleans(), st.text(max_size=3), st.just(10**400), st.just(1j))
LOOKS = st.lists(
    st.tuples(st.dictionaries(st.sampled_from(NAMES), st.tuples(ANYTHING, ANYTHING), max_size=6), ANYTHING), max_size=6
)
BOUND = Bench(ALL).rules


@given(LOOKS)
def test_step_is_total(looks: list[tuple[dict[str, tuple[Any, Any]], Any]]) -> None:
    """Whatever the wire and the clock say: shares lie within 0..1, findings are finite, memory keeps its size."""
    state = first = start(BOUND, 0.0)
    for values, t_s in looks:
        watched = step(BOUND, state, {Key.parse(name): Sample(*pair) for name, pair in values.items()}, t_s)
        state = watched.state
        assert all(0.0 <= share <= 1.0 for pair in watched.derate.values() for share in pair)
        # A number that has once been known is shown until it is known again.
        assert all(math.isfinite(each.value) for each in watched.findings if watched.is_calm(each.subject, each.cause))
        assert math.isfinite(state.t_s)
        assert state.t_s >= 0
        assert np.isfinite(state.counters.count).all()
        assert (state.counters.count >= 0).all()
        assert state.rings.at_s.shape == first.rings.at_s.shape


@given(LOOKS)
def test_once_tripped_a_level_ends_only_on_good_data(looks: list[tuple[dict[str, tuple[Any, Any]], Any]]) -> None:
    rules = Bench(written(a_watch(id="high", quantities=["soc_ratio"], trip={"at": 0.9}))).rules
    key = Key("battery", "soc_ratio")
    state = step(rules, start(rules, 0.0), {key: Sample(1.0)}, 0.0).state
    is_active = True
    for values, t_s in looks:
        samples = {Key.parse(name): Sample(*pair) for name, pair in values.items()}
        watched = step(rules, state, samples, t_s)
        now_active = ("high", "trip") in fired(watched)
        if is_active and not now_active:
            assert watched.value(key) <= 0.9
        is_active, state = now_active, watched.state


def test_lines_and_levels_that_hold_for_nobody_are_no_trouble() -> None:
    line = table("derate", id="line", quantities=["soc_ratio"], way="charge", points=[[0.5, 0.5]], assets=["meter"])
    watched = Bench(written(line), a_site(a_load())).look({"meter.soc_ratio": 0.5})
    assert watched.derate == {"home": (1.0, 0.5)}
    assert Bench(
        written(
            table("derate", **{"id": "line", "quantities": ["soc_ratio"], "way": "charge", "points": [[0.5, 0.5]]})
        ),
        a_site(a_load()),
    ).look({}).derate == {"home": (1.0, 1.0)}
