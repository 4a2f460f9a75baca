"""Machines behind the guard: nothing between rest and a least power, no car emptied below its level, the row kept."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.guard.envelope import Rule
from enerwise.guard.judge import Outcome, Verdict, Wish, judge
from enerwise.guard.observed import Observed, Seen
from enerwise.guard.row import broken_w
from enerwise.site.machines import Charger, Generator, HeatPump
from enerwise.site.site import Site
from tests.builders import a_battery, a_connection, a_load, a_pv, a_site

from .builders import UNKNOWN, a_wish, an_envelope, an_observed
from .strategies import ANY_NUMBER

CAR = Charger("car", capacity_wh=50e3, discharge_max_w=10e3, least_ratio=0.2)
HEATING = HeatPump(
    "heating",
    electric_max_w=3000.0,
    electric_min_w=700.0,
    source_degc=(0.0,),
    cop=(3.0,),
    loss_w_per_k=150.0,
    air_wh_per_k=5e3,
)
ENGINE = Generator("engine", output_max_w=5000.0, output_min_w=2000.0, fuel_eur_per_kwh=0.1)
HOUSE = a_site(a_pv(), a_battery(), a_load(), CAR, HEATING, ENGINE)


def judged(wishes: Sequence[Wish], observed: Observed | None = None, site: Site = HOUSE) -> dict[str, Verdict]:
    return {each.asset: each for each in judge(wishes, an_envelope(site, observed or seen()))}


def seen(
    *, energy_wh: float = 30e3, age_s: float = 0.0, own_w: float = 0.0, heats_w: float = 0.0, others_w: float = 500.0
) -> Observed:
    car = Seen(energy_wh, age_s=age_s, power_w=own_w, power_age_s=age_s)
    return an_observed(others_w=others_w, car=car, heating=Seen(power_w=heats_w, power_age_s=age_s))


@pytest.mark.parametrize(
    ("asset", "value", "expected"),
    [
        ("car", 7000.0, 7000.0),
        ("car", 4000.0, 0.0),
        ("car", 20e3, CAR.power_max_w),
        ("heating", 699.0, 0.0),
        ("heating", 700.0, 700.0),
        ("engine", -1999.0, 0.0),
        ("engine", -9000.0, -5000.0),
    ],
)
def test_a_machine_runs_above_its_least_power_or_stands_still(asset: str, value: float, expected: float) -> None:
    assert judged([a_wish(asset, value)])[asset].value == expected


def test_a_car_gives_back_no_more_than_what_lies_above_its_level() -> None:
    assert judged([a_wish("car", -8000.0)])["car"].value == -8000.0
    # 500 Wh above 10 kWh, for a quarter of an hour, 90 % of it reach the house.
    low = judged([a_wish("car", -8000.0)], seen(energy_wh=10.5e3))["car"]
    assert low.value == pytest.approx(-1800.0) and low.rule is Rule.EMPTY


@pytest.mark.parametrize(
    ("observed", "rule"),
    [(seen(energy_wh=UNKNOWN), Rule.DATA_UNKNOWN), (seen(age_s=60.0), Rule.DATA_OLD)],
)
def test_a_car_of_unknown_energy_gives_nothing_and_still_charges(observed: Observed, rule: Rule) -> None:
    found = judged([a_wish("car", -8000.0)], observed)["car"]
    assert (found.value, found.rule) == (0.0, rule)
    assert judged([a_wish("car", 8000.0)], observed)["car"].outcome is Outcome.GRANTED


def test_a_machine_left_to_itself_rests_at_what_it_takes() -> None:
    found = judged([], seen(own_w=7000.0, heats_w=20.0))
    assert (found["car"].value, found["car"].outcome) == (7000.0, Outcome.GRANTED)
    assert found["heating"].value == 0.0


def test_a_car_by_itself_gives_way_to_the_connection() -> None:
    site = a_site(a_load(), CAR, connection=a_connection(import_limit_w=9000.0))
    found = judged([], seen(own_w=11e3, others_w=2000.0), site)["car"]
    assert (found.value, found.outcome, found.rule) == (7000.0, Outcome.RELIEF, Rule.IMPORT_LIMIT)


def test_a_car_that_may_be_full_is_no_excuse_for_feeding_in() -> None:
    site = a_site(a_battery(), a_load(), CAR, connection=a_connection(export_limit_w=1000.0))
    wishes = [a_wish("battery", -5000.0), a_wish("car", 5000.0)]
    assert judged(wishes, seen(own_w=0.0, others_w=0.0), site)["battery"].value == -1000.0
    assert judged(wishes, seen(own_w=11e3, others_w=0.0), site)["battery"].value == -5000.0


def test_a_tripped_machine_stands_still() -> None:
    envelope = an_envelope(HOUSE, seen(own_w=7000.0), tripped=frozenset({"car"}))
    found = {each.asset: each for each in judge([a_wish("car", 7000.0)], envelope)}["car"]
    assert (found.value, found.outcome) == (0.0, Outcome.CUT) or found.outcome is Outcome.REFUSED
    assert found.value == 0.0


WISHES = st.lists(
    st.builds(
        Wish,
        asset=st.sampled_from(["battery", "roof", "car", "heating", "engine"]),
        value=st.one_of(ANY_NUMBER, st.floats(-12e3, 12e3)),
        priority=st.integers(0, 100),
    ),
    max_size=6,
)


@given(WISHES, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, st.floats(-12e3, 12e3), st.booleans())
def test_the_judge_is_total_and_machines_keep_their_powers(
    wishes: list[Wish], energy_wh: float, own_w: float, age_s: float, hold_s: float, others_w: float, is_running: bool
) -> None:
    car = Seen(energy_wh, age_s=age_s, power_w=own_w, power_age_s=age_s)
    observed = an_observed(others_w=others_w, hold_s=hold_s, car=car)
    envelope = an_envelope(HOUSE, observed, is_running=is_running)
    found = {each.asset: each.value for each in judge(wishes, envelope) if each.asset in envelope.assets}
    assert all(math.isfinite(value) for value in found.values())
    assert found["car"] <= 0.0 or CAR.power_min_w <= found["car"] <= CAR.power_max_w
    assert found["heating"] == 0.0 or 700.0 <= found["heating"] <= 3000.0
    assert found["engine"] == 0.0 or -5000.0 <= found["engine"] <= -2000.0
    if found["car"] < 0.0:
        after_wh = energy_wh + found["car"] / CAR.discharge_ratio * hold_s / 3600
        assert after_wh >= CAR.least_wh - 1e-3
    assert is_running or not any(found[each] for each in ("car", "heating", "engine"))


@settings(max_examples=50)
@given(WISHES, st.floats(0.0, 12e3), st.floats(0.0, 12e3))
def test_what_can_be_cut_is_cut_until_the_import_limit_holds(wishes: list[Wish], own_w: float, others_w: float) -> None:
    observed = seen(own_w=own_w, others_w=others_w)
    site = a_site(a_load(), CAR, HEATING, connection=a_connection(import_limit_w=12e3))
    envelope = an_envelope(site, observed)
    found = {each.asset: each.value for each in judge(wishes, envelope) if each.asset in envelope.assets}
    assert broken_w(envelope, found, Rule.IMPORT_LIMIT) == 0.0
