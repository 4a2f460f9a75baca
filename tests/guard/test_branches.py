"""Circuits behind the guard: no fuse carries more than it may, whoever wishes what and whatever hangs there besides."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.guard.branches import Others, seen_others
from enerwise.guard.envelope import Rule
from enerwise.guard.judge import Outcome, Verdict, Wish, judge
from enerwise.guard.observed import Observed, Seen
from enerwise.guard.row import SIDES, broken_w
from enerwise.site.circuits import Circuit, lines_of, members
from enerwise.site.machines import LINE_V, Charger
from tests.builders import a_battery, a_connection, a_load, a_pv, a_site

from .builders import a_wish, an_envelope, an_observed

CAR = Charger("car", capacity_wh=50e3, discharge_max_w=10e3)
VAN = Charger("van", capacity_wh=50e3)
BIKE = Charger("bike", capacity_wh=9e3, phases=1, line=2)
CIRCUITS = (
    Circuit("garage", ("shop", "battery"), fuse_a=20.0, meter="garage-meter"),
    Circuit("points", ("car", "van", "bike"), parent="garage", limit_w=9e3),
)
HOUSE = replace(
    a_site(a_battery(), a_load(), a_load("shop"), CAR, VAN, BIKE, connection=a_connection(25e3, 25e3)),
    circuits=CIRCUITS,
)


def seen(*, shop_w: float = 0.0, own_w: float = 0.0, age_s: float = 0.0) -> Observed:
    car = Seen(30e3, age_s=0.0, power_w=own_w, power_age_s=0.0)
    observed = an_observed(others_w=500.0 + shop_w, car=car, van=car, bike=car)
    return replace(observed, circuits={"garage": Others(shop_w, age_s), "points": Others(0.0, age_s)})


def judged(wishes: list[Wish], observed: Observed) -> dict[str, Verdict]:
    return {each.asset: each for each in judge(wishes, an_envelope(HOUSE, observed))}


def test_two_cars_share_their_circuit_and_the_verdict_names_it() -> None:
    found = judged([a_wish("car", 8e3), a_wish("van", 8e3)], seen())
    assert found["car"].value + found["van"].value == pytest.approx(9e3)
    assert (found["car"].rule, found["car"].place, found["car"].outcome) == (Rule.CIRCUIT_LIMIT, "points", Outcome.CUT)


def test_an_unplanned_load_on_the_circuit_above_leaves_them_less() -> None:
    found = judged([a_wish("car", 5e3, priority=30), a_wish("van", 4500.0)], seen(shop_w=9e3))
    assert found["car"].value == pytest.approx(20 * LINE_V * 3 - 9e3)
    assert (found["van"].value, found["van"].place) == (0.0, "points")


def test_what_would_slow_below_its_least_power_stands_still_alone() -> None:
    narrow = replace(HOUSE, circuits=(Circuit("points", ("car", "van"), limit_w=8e3),))
    found = {each.asset: each for each in judge([], an_envelope(narrow, seen(own_w=11e3)))}
    assert found["car"].value == pytest.approx(8e3) and found["van"].value == 0.0
    assert found["car"].outcome is found["van"].outcome is Outcome.RELIEF


def test_who_takes_less_than_its_least_power_by_itself_counts_and_is_told_to_stop_where_there_is_no_room() -> None:
    """A car that is nearly full takes what is missing, which nobody can set."""
    narrow = replace(HOUSE, circuits=(Circuit("points", ("car", "van"), limit_w=9e3),))
    cars = an_observed(car=Seen(power_w=3e3, power_age_s=0.0), van=Seen(power_w=0.0, power_age_s=0.0))
    for shop_w, told in ((0.0, Outcome.GRANTED), (7e3, Outcome.RELIEF)):
        observed = replace(cars, circuits={"points": Others(shop_w, 0.0)})
        found = {each.asset: each for each in judge([a_wish("van", 9e3)], an_envelope(narrow, observed))}
        assert found["car"].outcome is told
        assert found["van"].value == (pytest.approx(6e3) if not shop_w else 0.0)


def test_a_silent_meter_leaves_nothing_to_take() -> None:
    found = judged([a_wish("car", 5e3)], seen(age_s=60.0))
    assert found["car"].value == 0.0


def test_a_line_carries_its_fuse_even_where_the_sum_is_small() -> None:
    one = (Circuit("points", ("car", "bike"), fuse_a=10.0),)
    site = replace(HOUSE, circuits=one)
    observed = replace(seen(), circuits={"points": Others(0.0, 0.0)})
    found = {each.asset: each for each in judge([a_wish("bike", 3680.0)], an_envelope(site, observed))}
    assert found["bike"].value == pytest.approx(10 * LINE_V)


powers = st.floats(-12e3, 12e3)


@settings(max_examples=60, deadline=None)
@given(
    wished=st.fixed_dictionaries(dict.fromkeys(("battery", "car", "van", "bike"), powers)),
    ranks=st.lists(st.integers(0, 3), min_size=4, max_size=4),
    shop_w=st.floats(0.0, 13e3),
    own_w=st.just(0.0) | st.floats(VAN.power_min_w, 12e3),
)
def test_no_circuit_no_line_and_no_connection_is_ever_broken(
    wished: dict[str, float], ranks: list[int], shop_w: float, own_w: float
) -> None:
    wishes = [a_wish(each, value, priority=rank) for (each, value), rank in zip(wished.items(), ranks, strict=True)]
    envelope = an_envelope(HOUSE, seen(shop_w=shop_w, own_w=own_w))
    values = {each.asset: each.value for each in judge(wishes, envelope)}
    for row in envelope.rows:
        assert all(not broken_w(envelope, values, side, row) for side in SIDES), row.circuit
    assert not any(broken_w(envelope, values, side) for side in SIDES)
    lines = lines_of(CIRCUITS, {"bike": (0.0, 1.0, 0.0)})
    for line in range(3):
        carried_w = shop_w / 3 + sum(
            lines[each][line] * values[each] for each in members(CIRCUITS, "garage") if each in values
        )
        assert abs(carried_w) <= 20 * LINE_V + 1e-3


def test_a_sub_meter_tells_of_what_no_asset_stands_for() -> None:
    live = {Key("garage-meter", POWER_W): 5e3, Key("car", POWER_W): 3e3, Key("van", POWER_W): 0.0}
    live |= {Key("bike", POWER_W): 500.0, Key("battery", POWER_W): -1e3, Key("shop", POWER_W): 100.0}
    movable = ("battery", "car", "van", "bike")
    found = seen_others(HOUSE, movable, live, dict.fromkeys(live, 1.0))
    assert found["garage"] == Others(2500.0, 1.0) and found["points"] == Others(0.0, 0.0)
    del live[Key("garage-meter", POWER_W)]
    assert seen_others(HOUSE, movable, live, dict.fromkeys(live, 1.0))["garage"] == Others(100.0, 1.0)


def test_pv_behind_a_circuit_is_held_back_to_what_it_may_feed() -> None:
    site = replace(a_site(a_pv(), a_load()), circuits=(Circuit("barn", ("roof",), limit_w=2e3),))
    observed = replace(an_observed(available_w=-5e3), circuits={"barn": Others(0.0, 0.0)})
    found = {each.asset: each for each in judge([], an_envelope(site, observed))}
    assert found["roof"].value == pytest.approx(-2e3) and found["roof"].place == "barn"
