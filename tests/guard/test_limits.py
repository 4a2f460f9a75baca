"""Levels and lines: when a limit counts as violated, and what is left of the power."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.site.rules import Tier
from tests.builders import a_battery, a_load, a_site

from .strategies import ANY_NUMBER
from .supervision import Bench, a_watch, fired, table, the_finding, written

HIGH = "battery.cell_voltage_max_v"
LOW = "battery.cell_voltage_min_v"

# ---------------------------------------------------------------------------------------------------- three tiers


@pytest.mark.parametrize(
    ("value", "tiers"),
    [(3.50, ()), (3.51, ("info",)), (3.60, ("info",)), (3.61, ("info", "warn")), (3.66, ("info", "warn", "trip"))],
)
def test_three_tiers_above(value: float, tiers: tuple[str, ...]) -> None:
    bench = Bench(written(a_watch(info={"at": 3.5}, warn={"at": 3.6}, trip={"at": 3.65})))
    assert fired(bench.look({HIGH: value})) == {("high", each) for each in tiers}


@pytest.mark.parametrize(
    ("value", "tiers"),
    [(2.80, ()), (2.79, ("info",)), (2.65, ("info",)), (2.64, ("info", "warn")), (2.49, ("info", "warn", "trip"))],
)
def test_three_tiers_below(value: float, tiers: tuple[str, ...]) -> None:
    levels = {"info": {"at": 2.8}, "warn": {"at": 2.65}, "trip": {"at": 2.5}}
    bench = Bench(written(a_watch(id="low", quantities=["cell_voltage_min_v"], side="below", **levels)))
    assert fired(bench.look({LOW: value})) == {("low", each) for each in tiers}


@pytest.mark.parametrize(("value", "is_fired"), [(5.0, False), (5.1, True), (-5.0, False), (-5.1, True)])
def test_beyond_is_either_way(value: float, is_fired: bool) -> None:
    bench = Bench(written(a_watch(quantities=["current_a"], side="beyond", trip={"at": 5.0})))
    assert bool(fired(bench.look({"battery.current_a": value}))) is is_fired


@pytest.mark.parametrize(
    ("side", "power_w", "is_fired"),
    [
        ("above", 251.0, True),
        ("above", 250.0, False),
        ("above", -3000.0, False),
        ("below", 249.0, True),
        ("below", 250.0, False),
        ("beyond", -251.0, True),
        ("beyond", 250.0, False),
        ("within", -249.0, True),
        ("within", -250.0, False),
        ("within", 3000.0, False),
        ("above", math.nan, False),
    ],
)
def test_condition_on_another_quantity(side: str, power_w: float, is_fired: bool) -> None:
    """A twentieth of five kilowatts."""
    when = {"quantity": "power_w", "side": side, "at": 0.05, "of": "rating_w"}
    bench = Bench(written(a_watch(when=when)))
    assert bool(fired(bench.look({HIGH: 3.7, "battery.power_w": power_w}))) is is_fired


def test_finding_says_everything() -> None:
    bench = Bench(written(a_watch(trip={"at": 3.65, "until": 3.5}, source="data sheet p. 12")))
    found = the_finding(bench.look({HIGH: 3.7}), "high")
    assert (found.subject, found.tier, found.is_active) == ("battery", Tier.TRIP, True)
    assert (found.value, found.limit, found.unit, found.source) == (3.7, 3.65, "v", "data sheet p. 12")
    assert (str(found.channel), found.cause) == (HIGH, f"high {HIGH}")


# ------------------------------------------------------------------------------------------------------- debounce


def test_violated_time_counts_from_the_first_bad_sample() -> None:
    bench = Bench(written(a_watch(trip={"at": 3.65, "after_s": 0.2})))
    bench.look({HIGH: 3.3}, t_s=100.0)
    assert not fired(bench.look({HIGH: 3.7}, t_s=200.0))
    assert not fired(bench.look({HIGH: 3.7}, t_s=200.1))
    assert fired(bench.look({HIGH: 3.7}, t_s=200.2))


def test_ten_tenths_are_a_second() -> None:
    bench = Bench(written(a_watch(trip={"at": 3.65, "after_s": 1.0})))
    looks = [bool(fired(bench.look({HIGH: 3.7}, t_s=0.1 * at))) for at in range(12)]
    assert looks == [False] * 10 + [True] * 2


def test_count_goes_down_again_while_all_is_well() -> None:
    """Nine tenths up, five down, then six up again: at 1.0 it fires, and not before."""
    bench = Bench(written(a_watch(trip={"at": 3.65, "after_s": 1.0})))
    values = [3.7] * 10 + [3.3] * 5 + [3.7] * 7
    looks = [bool(fired(bench.look({HIGH: value}, t_s=0.1 * at))) for at, value in enumerate(values)]
    assert looks == [False] * 21 + [True]


def test_it_ends_after_as_much_good_time() -> None:
    bench = Bench(written(a_watch(trip={"at": 3.65, "after_s": 0.2})))
    bench.run({HIGH: 3.7}, until_s=5.0)
    looks = [bool(fired(bench.look({HIGH: 3.3}, t_s=5.0 + 0.1 * at))) for at in (1, 2, 3)]
    assert looks == [True, False, False]


def test_end_is_told_once() -> None:
    bench = Bench(written(a_watch()))
    assert the_finding(bench.look({HIGH: 3.7}, t_s=1.0), "high").is_active
    ended = the_finding(bench.look({HIGH: 3.3}, t_s=2.0), "high")
    assert (ended.is_active, ended.value) == (False, 3.3)
    assert not bench.look({HIGH: 3.3}, t_s=3.0).findings


def test_events_count_instead_of_seconds() -> None:
    bench = Bench(written(a_watch(trip={"at": 3.65, "after_count": 3})))
    looks = [bool(fired(bench.look({HIGH: 3.7}, t_s=at))) for at in (1.0, 60.0, 60.01)]
    assert looks == [False, False, True]
    looks = [bool(fired(bench.look({HIGH: 3.3}, t_s=at))) for at in (61.0, 62.0, 63.0)]
    assert looks == [True, True, False]


@pytest.mark.parametrize("level", [{"after_s": 0.2}, {"after_count": 2}])
def test_one_corrupt_sample_looked_at_often_is_one_sample(level: dict[str, float]) -> None:
    bench = Bench(written(a_watch(trip={"at": 3.65, **level})))
    bench.look({HIGH: 3.3}, t_s=9.0)
    for at in range(15):
        assert not fired(bench.look({HIGH: 4.9}, t_s=10.0 + 0.1 * at, age_s=0.1 * at))
    assert not fired(bench.look({HIGH: 3.3}, t_s=11.6))


def test_time_in_which_nobody_looked_is_not_violated() -> None:
    bench = Bench(written(a_watch(trip={"at": 3.65, "after_s": 5.0})))
    bench.look({HIGH: 3.3}, t_s=1.0)
    assert not fired(bench.look({HIGH: 3.7}, t_s=3600.0))


# ----------------------------------------------------------------------------------------------------- hysteresis


def test_it_ends_only_beyond_its_until() -> None:
    bench = Bench(written(a_watch(trip={"at": 3.65, "until": 3.55})))
    looks = [bool(fired(bench.look({HIGH: value}, t_s=at))) for at, value in enumerate([3.7, 3.6, 3.56, 3.55, 3.6])]
    assert looks == [True, True, True, False, False]


def test_it_ends_below_too() -> None:
    rules = written(a_watch(quantities=["cell_voltage_min_v"], side="below", trip={"at": 2.5, "until": 2.7}))
    bench = Bench(rules)
    looks = [bool(fired(bench.look({LOW: value}, t_s=at))) for at, value in enumerate([2.4, 2.6, 2.69, 2.7, 2.6])]
    assert looks == [True, True, True, False, False]


# -------------------------------------------------------------------------------------------------------- unknown


@pytest.mark.parametrize("garbage", [math.nan, math.inf, -math.inf, 1e13, True])
def test_what_is_no_number_neither_raises_nor_ends_an_alarm(garbage: float) -> None:
    bench = Bench(written(a_watch()))
    assert not fired(bench.look({HIGH: garbage}, t_s=0.0))
    assert fired(bench.look({HIGH: 3.7}, t_s=0.1))
    assert fired(bench.look({HIGH: garbage}, t_s=0.2))
    assert fired(bench.look({}, t_s=60.0))
    assert not fired(bench.look({HIGH: 3.3}, t_s=60.1))


def test_unknown_time_counts_neither_way() -> None:
    bench = Bench(written(a_watch(trip={"at": 3.65, "after_s": 1.0})))
    bench.run({HIGH: 3.7}, until_s=0.9)
    assert not fired(bench.look({}, t_s=50.0))
    assert not fired(bench.look({HIGH: 3.7}, t_s=100.0))
    assert fired(bench.look({HIGH: 3.7}, t_s=100.1))


def test_condition_that_is_unknown_holds_the_alarm() -> None:
    when = {"quantity": "power_w", "side": "above", "at": 100.0}
    bench = Bench(written(a_watch(when=when)))
    assert fired(bench.look({HIGH: 3.7, "battery.power_w": 500.0}, t_s=0.0))
    assert fired(bench.look({HIGH: 3.3}, t_s=60.0))
    assert not fired(bench.look({HIGH: 3.7, "battery.power_w": 0.0}, t_s=61.0))


# ------------------------------------------------------------------------------------------------------- derating


LINE = {"id": "line", "quantities": ["cell_voltage_max_v"], "way": "charge", "points": [[3.4, 1.0], [3.6, 0.0]]}


@pytest.mark.parametrize(("value", "share"), [(3.0, 1.0), (3.4, 1.0), (3.45, 0.75), (3.6, 0.0), (3.9, 0.0)])
def test_line_is_straight_between_its_points(value: float, share: float) -> None:
    discharge, charge = Bench(written(table("derate", **LINE))).look({HIGH: value}).derate["battery"]
    assert discharge == 1.0
    assert charge == pytest.approx(share, abs=1e-12)


def test_most_restrictive_line_wins() -> None:
    other = table("derate", **{**LINE, "id": "other", "points": [[3.4, 0.6]]})
    bench = Bench(written(table("derate", **LINE), other))
    shares = [bench.look({HIGH: value}, t_s=at).derate["battery"][1] for at, value in enumerate([3.3, 3.5])]
    assert shares == [0.6, pytest.approx(0.5)]


def test_worse_of_two_sources_wins_at_once() -> None:
    bench = Bench(written(table("derate", **LINE)))
    assert bench.look({HIGH: 3.4, "battery#2.cell_voltage_max_v": 3.6}).derate["battery"] == (1.0, 0.0)


def test_derating_falls_at_once_and_rises_slowly() -> None:
    line = table("derate", **LINE, rise_ratio_per_s=0.1)
    bench = Bench(written(line))
    shares = [
        bench.look({HIGH: value}, t_s=t_s).derate["battery"][1]
        for t_s, value in [(0.0, 3.4), (0.1, 3.6), (1.1, 3.4), (2.1, 3.4), (2.2, 3.58), (20.0, 3.4)]
    ]
    assert shares == pytest.approx([1.0, 0.0, 0.1, 0.2, 0.1, 1.0])


def test_slowest_of_the_lines_of_an_asset_rules_its_rise() -> None:
    other = table("derate", **{**LINE, "id": "other", "way": "discharge"}, rise_ratio_per_s=0.5)
    slow = table("derate", **LINE, rise_ratio_per_s=0.1)
    bench = Bench(written(other, slow), a_site(a_battery(), a_battery("garage")))
    bench.look({HIGH: 3.6}, t_s=0.0)
    assert bench.look({HIGH: 3.4}, t_s=1.0).derate == {"battery": (0.1, 0.1), "garage": (1.0, 1.0)}


def test_without_a_rise_it_is_back_at_once() -> None:
    bench = Bench(written(table("derate", **LINE)))
    bench.look({HIGH: 3.6}, t_s=0.0)
    assert bench.look({HIGH: 3.4}, t_s=0.0).derate["battery"] == (1.0, 0.0)
    assert bench.look({HIGH: 3.4}, t_s=0.1).derate["battery"] == (1.0, 1.0)


def test_never_seen_is_not_derated_and_gone_is() -> None:
    bench = Bench(written(table("derate", **LINE)))
    assert bench.look({}, t_s=0.0).derate["battery"] == (1.0, 1.0)
    bench.look({HIGH: 3.4}, t_s=1.0)
    assert bench.look({}, t_s=4.0).derate["battery"] == (1.0, 1.0)
    assert bench.look({}, t_s=4.1).derate["battery"] == (1.0, 0.0)


def test_required_and_not_yet_seen_leaves_nothing() -> None:
    bench = Bench(written(table("derate", **LINE), a_watch(required=True)))
    assert bench.look({}, t_s=0.0).derate["battery"] == (1.0, 0.0)


def test_active_level_leaves_its_share_and_a_trip_nothing() -> None:
    warn = {"at": 3.5, "charge_ratio": 0.5, "discharge_ratio": 0.25}
    bench = Bench(written(a_watch(warn=warn, trip={"at": 3.65})), a_site(a_battery(), a_battery("garage")))
    assert bench.look({HIGH: 3.6}, t_s=0.0).derate == {"battery": (0.25, 0.5), "garage": (1.0, 1.0)}
    assert bench.look({HIGH: 3.7}, t_s=0.1).derate == {"battery": (0.0, 0.0), "garage": (1.0, 1.0)}
    assert bench.look({HIGH: 3.3}, t_s=0.2).derate == {"battery": (1.0, 1.0), "garage": (1.0, 1.0)}


def test_what_concerns_the_whole_site_leaves_its_share_of_every_asset() -> None:
    warn = {"at": 51.5, "discharge_ratio": 0.25}
    rules = written(a_watch(id="fast", quantities=["frequency_hz"], assets=["grid"], warn=warn))
    derate = Bench(rules, a_site(a_battery(), a_load())).look({"grid.frequency_hz": 52.0}).derate
    assert derate == {"battery": (0.25, 1.0), "home": (0.25, 1.0)}


VALUES = st.lists(st.tuples(ANY_NUMBER, ANY_NUMBER, ANY_NUMBER), min_size=1, max_size=8)


@given(VALUES)
def test_shares_lie_within_their_bounds_whatever_is_measured(values: list[tuple[float, float, float]]) -> None:
    bench = Bench(
        written(
            table("derate", **LINE, rise_ratio_per_s=0.1),
            a_watch(info={"at": 3.3}, warn={"at": 3.5, "until": 3.4, "charge_ratio": 0.5}, trip={"at": 3.6}),
        )
    )
    for value, age_s, t_s in values:
        derate = bench.look({HIGH: value}, t_s=t_s, age_s=age_s).derate
        assert all(0.0 <= share <= 1.0 for share in itertools.chain(*derate.values()))


@given(st.floats(2.0, 4.5), st.floats(2.0, 4.5))
def test_a_second_source_never_widens(first: float, second: float) -> None:
    """With the other sensor heard as well, no share is larger than without it."""
    rules = written(table("derate", **LINE), a_watch(info={"at": 3.3}, warn={"at": 3.5, "charge_ratio": 0.5}))
    alone = Bench(rules).look({HIGH: first}).derate["battery"]
    both = Bench(rules).look({HIGH: first, "battery#2.cell_voltage_max_v": second}).derate["battery"]
    assert all(after <= before for after, before in zip(both, alone, strict=True))


@given(st.lists(st.floats(3.0, 4.0), min_size=2, max_size=20), st.floats(0.05, 2.0))
def test_counters_never_leave_their_range(values: list[float], every_s: float) -> None:
    bench = Bench(written(a_watch(trip={"at": 3.65, "after_s": 1.0})))
    for at, value in enumerate(values):
        count = bench.look({HIGH: value}, t_s=at * every_s).state.counters.count
        assert 0.0 <= count.min() <= count.max() <= 1.0
