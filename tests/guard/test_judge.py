"""The judge: every wish gets an answer, every asset one value, and nothing outside the envelope."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.intent import Priority
from enerwise.guard.envelope import Envelope, Rule
from enerwise.guard.judge import Outcome, Verdict, Wish, judge, number
from enerwise.guard.observed import Observed
from tests.builders import a_battery, a_connection, a_load, a_pv, a_site

from .builders import UNKNOWN, a_wish, an_envelope, an_observed
from .strategies import ANY_NUMBER

BOILER = a_site(a_battery(), a_pv(), a_load(), a_load("boiler", switch_power_w=2000.0, surplus_priority=1))


def verdict_on(asset: str, *wishes: Wish, envelope: Envelope | None = None) -> tuple[Outcome, float, Rule]:
    found = {each.asset: each for each in judge(wishes, envelope or an_envelope())}[asset]
    return found.outcome, found.value, found.rule


def test_wish_within_bounds_is_granted() -> None:
    assert verdict_on("battery", a_wish(value=1000.0)) == (Outcome.GRANTED, 1000.0, Rule.WITHIN_BOUNDS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7400.0, (Outcome.CUT, 5000.0, Rule.CHARGE_LIMIT)),
        (-1e308, (Outcome.CUT, -5000.0, Rule.DISCHARGE_LIMIT)),
        (math.nan, (Outcome.REFUSED, 0.0, Rule.NOT_A_NUMBER)),
        (math.inf, (Outcome.REFUSED, 0.0, Rule.NOT_A_NUMBER)),
        (True, (Outcome.REFUSED, 0.0, Rule.NOT_A_NUMBER)),
        ("5000", (Outcome.REFUSED, 0.0, Rule.NOT_A_NUMBER)),
        (10**400, (Outcome.REFUSED, 0.0, Rule.NOT_A_NUMBER)),
        (2**31, (Outcome.CUT, 5000.0, Rule.CHARGE_LIMIT)),
    ],
)
def test_wish_beyond_reason_is_cut_or_refused(value: float, expected: tuple[Outcome, float, Rule]) -> None:
    assert verdict_on("battery", a_wish(value=value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(7, 7.0), (1.5, 1.5), (np.float32(0.5), 0.5), (Fraction(1, 2), 0.5), (False, math.nan), (None, math.nan)],
)
def test_numbers_are_what_counts_as_a_number(value: object, expected: float) -> None:
    assert number(value) == pytest.approx(expected, nan_ok=True)


def test_asset_without_a_wish_rests() -> None:
    assert verdict_on("battery") == (Outcome.GRANTED, 0.0, Rule.NO_WISH)
    assert verdict_on("roof") == (Outcome.GRANTED, -6000.0, Rule.NO_WISH)


def test_silent_battery_is_brought_to_rest() -> None:
    silent = an_envelope(observed=an_observed(energy_wh=UNKNOWN))
    assert verdict_on("battery", a_wish(), envelope=silent) == (Outcome.CUT, 0.0, Rule.DATA_UNKNOWN)


def test_tripped_and_stopped_assets_refuse_every_wish() -> None:
    tripped = an_envelope(tripped=frozenset({"battery"}))
    assert verdict_on("battery", a_wish(value=0.0), envelope=tripped) == (Outcome.REFUSED, 0.0, Rule.TRIPPED)
    stopped = an_envelope(is_running=False)
    assert verdict_on("roof", a_wish("roof", -1000.0), envelope=stopped) == (Outcome.REFUSED, 0.0, Rule.NOT_RUNNING)
    assert verdict_on("roof", envelope=stopped) == (Outcome.GRANTED, 0.0, Rule.NO_WISH)


def test_rest_outside_the_bounds_is_relief() -> None:
    site = a_site(a_battery(safe_power_w=500.0))
    full = an_envelope(site, an_observed(energy_wh=12_150.0))
    assert verdict_on("battery", envelope=full) == (Outcome.RELIEF, 0.0, Rule.FULL)
    assert verdict_on("battery", a_wish(value=UNKNOWN), envelope=full) == (Outcome.RELIEF, 0.0, Rule.FULL)


@pytest.mark.parametrize(
    "wish", [a_wish("garage"), a_wish("home"), a_wish("grid"), a_wish(quantity="reactive_var"), a_wish(asset="")]
)
def test_wish_without_a_setpoint_is_refused_and_the_assets_rest(wish: Wish) -> None:
    found = judge([wish], an_envelope())
    assert [each.asset for each in found[:2]] == ["battery", "roof"]
    assert found[2] == Verdict(wish.asset, Outcome.REFUSED, 0.0, Rule.NO_SUCH_SETPOINT, wish, wish.quantity)
    assert found[0].value == 0.0


def test_two_wishes_for_one_asset_refuse_each_other() -> None:
    wishes = [a_wish(value=1000.0, priority=90), a_wish(value=-1000.0)]
    assert verdict_on("battery", *wishes) == (Outcome.REFUSED, 0.0, Rule.WISHED_TWICE)


def test_import_limit_cuts_what_the_battery_may_take() -> None:
    envelope = an_envelope(observed=an_observed(others_w=7000.0, available_w=0.0))
    assert verdict_on("battery", a_wish(value=5000.0), envelope=envelope) == (Outcome.CUT, 2000.0, Rule.IMPORT_LIMIT)


def test_export_limit_gives_relief_where_nobody_wished() -> None:
    site = a_site(connection=a_connection(export_limit_w=2000.0))
    envelope = an_envelope(site, an_observed(available_w=-5000.0))
    assert verdict_on("roof", envelope=envelope) == (Outcome.RELIEF, -2500.0, Rule.EXPORT_LIMIT)


def test_refused_wish_stays_refused_when_its_rest_is_cut() -> None:
    site = a_site(connection=a_connection(export_limit_w=2000.0))
    envelope = an_envelope(site, an_observed(available_w=-5000.0))
    found = verdict_on("roof", a_wish("roof", UNKNOWN), envelope=envelope)
    assert found == (Outcome.REFUSED, -2500.0, Rule.NOT_A_NUMBER)


def test_wish_with_a_priority_that_is_none_is_cut_first() -> None:
    site = a_site(a_battery("a"), a_battery("b"))
    seen = an_observed().assets["battery"]
    envelope = an_envelope(site, an_observed(others_w=4000.0, a=seen, b=seen))
    odd = a_wish("a", 5000.0, priority="high")  # type: ignore[arg-type]
    found = {each.asset: each.value for each in judge([odd, a_wish("b", 5000.0, priority=10)], envelope)}
    assert found == {"a": 0.0, "b": 5000.0}


def test_priorities_by_name_count_as_numbers() -> None:
    site = a_site(a_battery("a"), a_battery("b"))
    seen = an_observed().assets["battery"]
    envelope = an_envelope(site, an_observed(others_w=4000.0, a=seen, b=seen))
    wishes = [a_wish("a", 5000.0, priority=Priority.PLAN), a_wish("b", 5000.0, priority=Priority.MODE)]
    assert {each.asset: each.value for each in judge(wishes, envelope)} == {"a": 5000.0, "b": 0.0}


# -------------------------------------------------------------------------------------------------- switched loads


@pytest.mark.parametrize(("value", "expected"), [(2000.0, 2000.0), (1999.0, 0.0), (0.0, 0.0), (3000.0, 2000.0)])
def test_switch_is_on_or_off(value: float, expected: float) -> None:
    assert verdict_on("boiler", a_wish("boiler", value), envelope=an_envelope(BOILER))[1] == expected


def test_switch_that_would_be_cut_opens_and_the_battery_keeps_the_rest() -> None:
    envelope = an_envelope(BOILER, an_observed(others_w=3000.0, available_w=0.0))
    wishes = [a_wish(value=5000.0, priority=20), a_wish("boiler", 2000.0, priority=10)]
    found = {each.asset: (each.outcome, each.value) for each in judge(wishes, envelope)}
    assert found["boiler"] == (Outcome.CUT, 0.0)
    assert found["battery"] == (Outcome.GRANTED, 5000.0)


# ------------------------------------------------------------------------------------------------------ properties

WISHES = st.lists(
    st.builds(
        Wish,
        asset=st.sampled_from(["battery", "roof", "boiler", "home", "garage"]),
        value=ANY_NUMBER,
        priority=st.integers(0, 100),
        quantity=st.sampled_from(["power_w", "power_w", "power_w", "soc_ratio"]),
    ),
    max_size=6,
)
OBSERVED = st.builds(
    lambda energy, sun, others, hold, age: an_observed(
        energy_wh=energy, available_w=sun, others_w=others, hold_s=hold, age_s=age
    ),
    ANY_NUMBER,
    ANY_NUMBER,
    ANY_NUMBER,
    ANY_NUMBER,
    ANY_NUMBER,
)


@given(WISHES, OBSERVED, st.booleans(), st.frozensets(st.sampled_from(["battery", "roof", "boiler"])))
def test_judge_is_total_and_stays_inside_the_envelope(
    wishes: Sequence[Wish], observed: Observed, is_running: bool, tripped: frozenset[str]
) -> None:
    envelope = an_envelope(BOILER, observed, is_running=is_running, tripped=tripped)
    found = judge(wishes, envelope)
    assert [each.asset for each in found[: len(envelope.assets)]] == list(envelope.assets)
    for verdict in found[: len(envelope.assets)]:
        allowed = envelope.assets[verdict.asset]
        assert allowed.lower_w <= verdict.value <= allowed.upper_w
        assert verdict.value in (0.0, 2000.0) or not allowed.switch_w
    assert all(each.outcome is Outcome.REFUSED for each in found[len(envelope.assets) :])


@given(WISHES, OBSERVED, st.randoms())
def test_order_of_wishes_does_not_matter(wishes: list[Wish], observed: Observed, chance: object) -> None:
    envelope = an_envelope(BOILER, observed)
    before = judge(wishes, envelope)[: len(envelope.assets)]
    chance.shuffle(wishes)  # type: ignore[attr-defined]
    after = judge(wishes, envelope)[: len(envelope.assets)]
    assert [(each.asset, each.outcome, each.value) for each in before] == [
        (each.asset, each.outcome, each.value) for each in after
    ]


@given(WISHES, OBSERVED)
def test_judging_a_verdict_again_changes_nothing(wishes: list[Wish], observed: Observed) -> None:
    envelope = an_envelope(BOILER, observed)
    values = {each.asset: each.value for each in judge(wishes, envelope) if each.asset in envelope.assets}
    again = judge([Wish(asset, value) for asset, value in values.items()], envelope)
    assert {each.asset: each.value for each in again} == pytest.approx(values, abs=1e-5)
