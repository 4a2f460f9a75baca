"""What a battery's own management allows is the most that the door lets through."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.quantity import CHARGE_CURRENT_LIMIT_A, DISCHARGE_CURRENT_LIMIT_A, PACK_VOLTAGE_V
from enerwise.core.series import Key
from enerwise.devices.profiles import load_profile
from enerwise.door.core import Core
from enerwise.door.managed import Managed, managed, narrowed
from enerwise.guard.supervise import Sample
from enerwise.serve.rules import watched_rules
from enerwise.site.wiring import Device
from tests.builders import a_battery, a_load, a_pv, a_site
from tests.door.builders import SECOND, a_core, a_message, a_picture, a_setup, a_wish
from tests.guard.strategies import ANY_NUMBER

VOLTS = 50.0
TOLD = (CHARGE_CURRENT_LIMIT_A, DISCHARGE_CURRENT_LIMIT_A, PACK_VOLTAGE_V)
HYBRID = Device(
    "hybrid", "modbus_tcp", "127.0.0.1:502", profile="generic_hybrid", serves={"battery": "battery", "pv": "roof"}
)  # fmt: skip


def samples(charge_a: float, discharge_a: float, volts: float = VOLTS, *, age_s: float = 0.0) -> dict[Key, Sample]:
    values = zip(TOLD, (charge_a, discharge_a, volts), strict=True)
    return {Key("battery", quantity): Sample(value, age_s) for quantity, value in values}


def a_managed() -> Managed:
    return Managed(a_battery(round_trip_ratio=1.0), poll_s=1.0)


def test_what_is_told_first_is_believed_and_what_rises_later_is_followed_slowly() -> None:
    battery = a_managed()
    assert battery.left({}, 0.0) == (1.0, 1.0), "nobody has told any limit"
    assert battery.left(samples(40.0, 80.0), 1.0) == (0.8, 0.4)
    assert battery.left(samples(10.0, 80.0), 2.0) == (0.8, 0.1), "what falls is taken at once"
    assert battery.left(samples(100.0, 80.0), 3.0) == (0.8, 0.11), "one ampere a second"


def test_a_management_that_falls_silent_allows_nothing() -> None:
    battery = a_managed()
    battery.left(samples(40.0, 80.0), 0.0)
    assert battery.left(samples(40.0, 80.0, age_s=2.0), 2.0) == (0.8, 0.4), "three polls are held"
    assert battery.left(samples(40.0, 80.0, age_s=4.0), 4.0) == (0.0, 0.0)
    assert battery.left({}, 5.0) == (0.0, 0.0)


@given(st.lists(st.tuples(ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, st.floats(0.0, 5.0)), max_size=8))
def test_whatever_is_told_a_share_is_a_share_and_no_more_than_was_told(
    looks: list[tuple[float, float, float, float]],
) -> None:
    battery, t_s = a_managed(), 0.0
    for charge_a, discharge_a, volts, dt_s in looks:
        t_s += dt_s
        discharge, charge = battery.left(samples(charge_a, discharge_a, volts), t_s)
        assert 0.0 <= discharge <= 1.0 and 0.0 <= charge <= 1.0
        if battery.outputs is not None and battery.outputs.doubts.get(PACK_VOLTAGE_V) is None:
            held = {quantity for quantity in TOLD if quantity not in battery.outputs.doubts}
            if CHARGE_CURRENT_LIMIT_A in held:
                assert charge * 5000.0 <= charge_a * volts + 1e-6


SHARES = st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0))


@given(st.dictionaries(st.sampled_from("abc"), SHARES), st.dictionaries(st.sampled_from("abc"), SHARES))
def test_narrowing_never_widens(one: dict[str, tuple[float, float]], two: dict[str, tuple[float, float]]) -> None:
    found = narrowed(one, two)
    for asset in "abc":
        for side in (0, 1):
            both = [each.get(asset, (1.0, 1.0))[side] for each in (one, two)]
            assert found.get(asset, (1.0, 1.0))[side] == min(both)


def test_a_share_that_is_no_number_stays_one_that_leaves_nothing() -> None:
    assert math.isnan(narrowed({}, {"battery": (math.nan, 1.0)})["battery"][0])
    assert math.isnan(narrowed({"battery": (0.5, 1.0)}, {"battery": (math.nan, 1.0)})["battery"][0])


def test_only_batteries_whose_devices_can_tell_limits_are_managed() -> None:
    site = a_site(a_battery(), a_battery("other"), a_pv(), a_load(), devices=[HYBRID])
    setup = a_setup(site, devices=site.devices, profiles={"hybrid": load_profile("generic_hybrid")})
    assert [each.battery.id for each in managed(setup)] == ["battery"]
    meter = Device("meter", "modbus_tcp", "127.0.0.1:503", profile="eastron_sdm630", serves={"meter": "grid"})
    setup = a_setup(site, devices=(meter,), profiles={"meter": load_profile("eastron_sdm630")})
    assert managed(setup) == ()


def a_managed_core() -> Core:
    site = a_site(a_battery(), a_pv(), a_load(), devices=[HYBRID])
    profiles = {"hybrid": load_profile("generic_hybrid")}
    return a_core(site, devices=site.devices, profiles=profiles, rules=watched_rules(site, site.devices, profiles))


@pytest.mark.parametrize(("told_a", "sent_w"), [(20.0, 1000.0), (0.0, 0.0), (90.0, 3000.0)])
def test_the_door_lets_no_more_through_than_the_battery_itself_allows(told_a: float, sent_w: float) -> None:
    core, now_ns = a_managed_core(), 0
    for _ in range(3):
        now_ns += SECOND
        for key, (value, at_ns) in a_picture(now_ns).items():
            core.sample(key, value, at_ns)
        for quantity, value in zip(TOLD, (told_a, told_a, VOLTS), strict=True):
            core.sample(Key("battery", quantity), value, now_ns)
        core.supervise(now_ns)
    core.hear(a_message(a_wish(3000.0, at_ns=now_ns), at_ns=now_ns), now_ns)
    told = {each.asset: each.value for each in core.decide(now_ns, ("battery",))}
    assert told["battery"] == pytest.approx(sent_w)
    assert np.isfinite(told["battery"])
