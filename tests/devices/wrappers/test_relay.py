"""Relays and contactors: what is seen, what is driven, and the string on its twin."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.series import Key
from enerwise.devices.sequences import load_sequence
from enerwise.devices.wrappers.relay import Relay, RelayInputs, RelayOutputs, start, step
from enerwise.guard.sequence import Standing
from enerwise.guard.supervise import Sample
from enerwise.physics.contactor import StringFacts
from tests.guard.strategies import ANY_NUMBER

from .string_rig import ASSETS, Rig, a_closed_rig, a_relay

CLOSING = ["open", "minus", "precharge", "plus", "release", "closed"]


def test_string_closes_in_its_order_and_carries_only_then() -> None:
    rig = Rig(asked_a=10.0)
    assert rig.until("closed") <= 1.0
    assert rig.stages[-6:] == CLOSING
    assert not any(each.fed_j for each in rig.flows[:-1])
    rig.run(0.5)
    assert rig.current_a == pytest.approx(10.0, abs=0.3)
    assert rig.last.coils == {"minus": True, "precharge": False, "plus": True}
    assert rig.last.contacts == {"minus": True, "precharge": False, "plus": True}
    assert not rig.welds


def test_string_opens_without_current_and_proves_the_bus_dead() -> None:
    rig = a_closed_rig(asked_a=30.0)
    rig.run(1.0)
    rig.wants = ()
    assert rig.until("open") < 10.0
    assert rig.stages[-5:] == ["unload", "open-plus", "opening", "discharging", "open"]
    assert rig.state.broken_max_a < 5.0
    assert abs(rig.state.bus_v) < 60.0


def test_opening_against_a_machine_that_does_not_obey_is_the_last_resort() -> None:
    rig = a_closed_rig(asked_a=30.0, obeys=False)
    rig.run(0.5)
    rig.is_permitted = False
    assert rig.while_(lambda: rig.state.is_closed["plus"], limit_s=5.0) <= 0.15
    assert rig.state.broken_max_a > 25.0
    assert rig.began("open-plus")[-1] - rig.began("unload")[-1] == pytest.approx(0.1, abs=0.011)


@pytest.mark.parametrize("stage", CLOSING[1:])
def test_permission_that_goes_opens_the_string_from_every_stage(stage: str) -> None:
    rig = Rig()
    rig.until(stage)
    rig.is_permitted = False
    assert rig.while_(lambda: any(rig.state.is_closed.values()), limit_s=5.0) <= 0.2
    assert rig.until("open", limit_s=15.0) < 15.0
    rig.run(1.0)
    assert rig.last.stage == "open"


def test_plus_that_has_welded_unseen_shows_itself_when_minus_closes() -> None:
    rig = a_closed_rig()
    rig.welded, rig.stuck = ("plus",), {"plus": False}
    # Its auxiliary contact now says open for ever, so that opening cannot show the weld.
    rig.run(0.3)
    assert rig.until("open", limit_s=20.0) < 20.0
    assert rig.until("weld", limit_s=2.0) < 2.0
    assert rig.stages[-2:] == ["minus", "weld"]
    assert rig.last.fault == "a contact has not opened"


def test_lockout_ends_with_a_reset_and_tries_begin_anew() -> None:
    rig = Rig(load_ohm=10.0)
    assert rig.until("lockout") < 15.0
    rig.run(5.0)
    assert (rig.last.stage, rig.last.fault) == ("lockout", "the bus could not be pre-charged")
    rig.load_ohm, rig.is_reset = math.inf, True
    rig.look()
    assert rig.until("closed") < 3.0


def test_weld_is_not_reset_while_it_is_there() -> None:
    rig = a_closed_rig()
    rig.stuck, rig.wants = {"plus": True}, ()
    rig.until("weld")
    for _ in range(100):
        rig.is_reset = True
        rig.look()
    assert rig.last.stage == "weld"
    rig.stuck, rig.is_reset = {}, True
    rig.look()
    assert rig.until("open", limit_s=15.0) < 15.0


def test_bus_that_stays_live_behind_open_contacts_is_a_fault() -> None:
    rig = a_closed_rig(facts=StringFacts(bleed_ohm=1e6))
    rig.wants = ()
    assert rig.until("live") == pytest.approx(10.0, abs=0.3)
    rig.is_reset = True
    rig.look()
    assert rig.last.stage == "live"


def test_one_wrong_sample_of_a_closed_contact_opens_nothing_and_a_lasting_one_does() -> None:
    rig = a_closed_rig(asked_a=10.0)
    rig.run(1.0)
    rig.stuck = {"plus": False}
    rig.look()
    assert (rig.last.stage, rig.last.may_carry) == ("doubt", True)
    rig.stuck = {}
    rig.look()
    assert rig.last.stage == "closed"
    rig.run(1.0)
    rig.stuck = {"plus": False}
    assert rig.until("unload") <= 0.2


def test_one_wrong_sample_of_an_open_contact_latches_nothing_and_a_lasting_one_does() -> None:
    rig = Rig(wants=())
    rig.run(1.0)
    rig.stuck = {"minus": True}
    rig.look()
    assert (rig.last.stage, rig.last.coils["minus"]) == ("doubt-open", False)
    rig.stuck = {}
    rig.run(0.1)
    assert rig.last.stage == "open"
    rig.stuck = {"minus": True}
    assert rig.until("weld") <= 0.2


@pytest.mark.parametrize(
    "hidden", ["battery.bus_voltage_v", "battery.pack_voltage_v", "minus.is_closed", "plus.is_closed"]
)
def test_silent_sensor_keeps_a_string_open(hidden: str) -> None:
    rig = Rig(hides=(hidden,))
    rig.run(30.0)
    assert not any(coils for _, _, coils in rig.log)


def test_silent_current_keeps_main_open() -> None:
    rig = Rig(hides=("battery.current_a",))
    rig.run(30.0)
    assert rig.last.stage == "lockout"
    assert not any("plus" in coils for _, _, coils in rig.log)


def test_wrapper_says_what_it_waits_for() -> None:
    rig = Rig(hides=("battery.pack_voltage_v",), is_permitted=False)
    rig.run(1.0)
    assert rig.last.waits_for["minus"] == ("permitted", "battery-live")


# ---------------------------------------------------------------------------------------------------------------
# What counts as seen


def look(stage: str, dwell_s: float, *, age_s: float = 0.0, relay: Relay | None = None, **values: Any) -> RelayOutputs:
    names = {Key(ASSETS[k.partition("__")[0]], k.partition("__")[2]): Sample(v, age_s) for k, v in values.items()}
    inputs = RelayInputs(wants=("wanted",), is_permitted=True, samples=names)
    return step(relay or a_relay(), Standing(stage, 10.0, 10.0), inputs, 10.0 + dwell_s)[1]


CHARGED: dict[str, Any] = {
    "minus__is_closed": 1.0,
    "precharge__is_closed": 1.0,
    "plus__is_closed": 0.0,
    "battery__bus_voltage_v": 390.0,
    "battery__pack_voltage_v": 400.0,
    "battery__current_a": -0.2,
}


def test_what_was_seen_before_the_stage_began_proves_nothing() -> None:
    assert look("precharge", 0.15, age_s=0.15, **CHARGED).stage == "plus"
    assert look("precharge", 0.15, age_s=0.16, **CHARGED).stage != "plus"


def test_old_values_prove_nothing() -> None:
    relay = a_relay(stale_s=0.1)
    assert look("precharge", 0.5, age_s=0.1, relay=relay, **CHARGED).stage == "plus"
    stale = look("precharge", 0.5, age_s=0.11, relay=relay, **CHARGED)
    assert (stale.stage, stale.contacts) == ("opening", {"minus": None, "precharge": None, "plus": None})


@pytest.mark.parametrize("age_s", [-0.01, math.nan, math.inf, "new", None, True])
def test_age_that_cannot_be_proves_nothing(age_s: Any) -> None:
    assert look("precharge", 0.5, age_s=age_s, **CHARGED).stage != "plus"


def test_pre_charge_takes_a_tenth_of_a_second_at_least_and_two_at_most() -> None:
    assert look("precharge", 0.09, **CHARGED).stage == "precharge"
    assert look("precharge", 0.10, **CHARGED).stage == "plus"
    assert look("precharge", 1.99, **CHARGED).stage == "plus"
    assert look("precharge", 2.0, **CHARGED).stage == "opening"


def test_every_combination_of_measurements_before_main_closes() -> None:
    """From the wire: every contact open, closed and unknown, with voltages, currents and wishes, in every stage."""
    relay, closes, count = a_relay(), 0, 0
    stages = relay.switching.sequence.stages
    contacts = (0.0, 1.0, math.nan)
    grid = itertools.product(
        contacts, contacts, contacts, (0.0, 370.0, 390.0, math.nan), (400.0, 1.0), (0.0, 50.0, math.nan)
    )
    for minus, precharge, plus, bus_v, pack_v, current_a in grid:
        values = (minus, precharge, plus, bus_v, pack_v, current_a)
        samples = {
            Key(ASSETS[k.partition("__")[0]], k.partition("__")[2]): Sample(v)
            for k, v in zip(CHARGED, values, strict=True)
        }
        for wants, is_permitted, stage in itertools.product(((), ("wanted",)), (False, True), stages):
            count += 1
            inputs = RelayInputs(wants=wants, is_permitted=is_permitted, samples=samples)
            out = step(relay, Standing(stage, 0.0, 0.0), inputs, 1.0)[1]
            if out.coils["plus"] and "plus" not in stages[stage].drives:
                closes += 1
                assert (stage, values[:4], wants, is_permitted) == (
                    "precharge",
                    (1.0, 1.0, 0.0, 390.0),
                    ("wanted",),
                    True,
                )
                assert pack_v in (400.0, 1.0)
                assert current_a == 0.0
                assert pack_v == 400.0
    print(f"{count} combinations, of which {closes} close main")
    assert closes == 1


@given(
    st.lists(
        st.tuples(
            st.dictionaries(
                st.sampled_from(
                    [
                        Key(a, q)
                        for a in ASSETS.values()
                        for q in ("is_closed", "bus_voltage_v", "pack_voltage_v", "current_a")
                    ]
                ),
                st.builds(Sample, ANY_NUMBER, ANY_NUMBER),
            ),
            ANY_NUMBER,
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_step_is_total(looks: list[tuple[dict[Key, Sample], float, bool]]) -> None:
    relay = a_relay()
    state = start(relay, 0.0)
    for samples, t_s, is_on in looks:
        inputs = RelayInputs(wants=("wanted", "nonsense"), is_permitted=is_on, is_reset=is_on, samples=samples)
        state, out = step(relay, state, inputs, t_s)
        assert set(out.coils) == {"minus", "precharge", "plus"}
        assert not (out.coils["plus"] and not out.coils["minus"])
        assert not (out.fault and any(out.coils.values()))


def test_parts_without_an_asset_are_refused() -> None:
    with pytest.raises(ValueError, match=r"contactors: no asset for \['battery'\]"):
        Relay(load_sequence("contactors"), {each: each for each in ("minus", "precharge", "plus")})
    with pytest.raises(ValueError, match="no time in 0"):
        a_relay(stale_s=0.0)


# ---------------------------------------------------------------------------------------------------------------
# A plain relay, and a changeover


def walked(
    name: str, assets: dict[str, str], looks: list[tuple[float, tuple[str, ...], dict[str, float]]]
) -> list[str]:
    relay = Relay(load_sequence(name), assets)
    state, found = start(relay, 0.0), []
    for t_s, wants, seen in looks:
        samples = {Key(each, "is_closed"): Sample(value) for each, value in seen.items()}
        state, out = step(relay, state, RelayInputs(wants=wants, is_permitted=True, samples=samples), t_s)
        found.append(out.stage)
    return found


def test_relay_is_on_once_its_contact_says_so() -> None:
    on, off, wish = {"pump": 1.0}, {"pump": 0.0}, ("wanted",)
    looks = [(0.0, wish, off), (0.4, wish, off), (0.45, wish, off), (0.48, wish, on), (9.0, (), on), (9.05, (), off)]
    assert walked("relay", {"relay": "pump"}, looks) == ["off", "closing", "closing", "on", "opening", "off"]
    looks = [
        (0.0, wish, off),
        (0.4, wish, off),
        (0.5, wish, off),
        (0.55, wish, off),
        (0.9, (), {"pump": 1.0}),
        (1.1, (), on),
    ]
    assert walked("relay", {"relay": "pump"}, looks) == ["off", "closing", "opening", "off", "opening", "weld"]


def test_changeover_breaks_before_it_makes() -> None:
    assets = {each: each for each in ("grid", "backup", "load")}
    on_grid, neither, on_backup = (
        {"grid": 1.0, "backup": 0.0},
        {"grid": 0.0, "backup": 0.0},
        {"grid": 0.0, "backup": 1.0},
    )
    grid, backup = ("grid-wanted",), ("backup-wanted",)
    looks = [
        (0.0, grid, neither),
        (0.5, grid, neither),
        (0.55, grid, on_grid),
        (5.0, backup, on_grid),
        (5.1, backup, on_grid),
        (5.15, backup, neither),
        (5.6, backup, neither),
        (5.7, backup, neither),
        (5.75, backup, on_backup),
        (6.0, (*grid, *backup), on_backup),
    ]
    assert walked("changeover", assets, looks) == [
        "neither",
        "to-grid",
        "on-grid",
        "leave-grid",
        "opening",
        "neither",
        "neither",
        "to-backup",
        "on-backup",
        "leave-backup",
    ]
