"""An inverter that is told a power: what it is told, what it does with it, and what must be so before it is armed."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.devices.profiles import load_profile
from enerwise.devices.wrappers.inverter import (
    Inverter,
    InverterInputs,
    InverterOutputs,
    comms_loss_told,
    quantised,
    start,
    step,
)
from enerwise.guard.arming import Precondition
from enerwise.guard.ramp import Ramp
from enerwise.guard.supervise import Sample
from enerwise.site.rules import Tier
from tests.guard.strategies import ANY_NUMBER, POWERS_W

HYBRID = load_profile("generic_hybrid").bind()


def an_inverter(**facts: Any) -> Inverter:
    """Five kilowatts both ways, 1 kW/s, whole watts, a watchdog of 5 s."""
    defaults: dict[str, Any] = {
        "asset": "battery",
        "lower_w": -5000.0,
        "upper_w": 5000.0,
        "ramp": Ramp(rise_w_per_s=1000.0),
        "quantise": quantised(HYBRID, "battery"),
        "comms_loss_s": 5.0,
    }
    return Inverter(**{**defaults, **facts})


class Bench:
    """An inverter that follows its setpoint with a delay, on a virtual clock."""

    def __init__(self, delay_s: float = 1.0, **facts: Any) -> None:
        self.inverter, self.delay_s, self.t_s = an_inverter(**facts), delay_s, 0.0
        self.state = start(self.inverter, 0.0)
        self.told: list[tuple[float, float]] = [(0.0, 0.0)]
        self.outputs: list[InverterOutputs] = []

    @property
    def power_w(self) -> float:
        return [value for t_s, value in self.told if t_s <= max(self.t_s - self.delay_s, 0.0)][-1]

    def look(self, setpoint_w: object = 0.0, dt_s: float = 0.1, **inputs: Any) -> InverterOutputs:
        self.t_s += dt_s
        seen = {"power_w": Sample(self.power_w), "comms_loss_s": 5.0, **inputs}
        self.state, out = step(self.inverter, self.state, InverterInputs(setpoint_w=setpoint_w, **seen), self.t_s)
        if out.write_w is not None:
            self.told.append((self.t_s, out.write_w))
        self.outputs.append(out)
        return out

    def run(self, setpoint_w: object, seconds: float, **inputs: Any) -> InverterOutputs:
        return [self.look(setpoint_w, **inputs) for _ in range(round(seconds / 0.1))][-1]

    @property
    def found(self) -> list[tuple[str, bool]]:
        return [(each.id, each.is_active) for out in self.outputs for each in out.findings]


# ---------------------------------------------------------------------------------------------------------------
# What it is told


def test_setpoint_rises_with_the_ramp_and_falls_at_once() -> None:
    bench = Bench()
    seen = [bench.look(3000.0).aim_w for _ in range(3)] + [bench.look(50.0).aim_w, bench.look(-3000.0).aim_w]
    assert seen == [100.0, 200.0, 300.0, 50.0, -100.0]
    assert bench.run(3000.0, 5.0).aim_w == 3000.0
    assert bench.look(0.0).aim_w == 0.0


@pytest.mark.parametrize(
    ("setpoint_w", "why"),
    [
        (math.nan, "is no finite number"),
        (math.inf, "is no finite number"),
        (True, "True is no finite number"),
        ("1500", "'1500' is no finite number"),
        (None, "is no finite number"),
        ([1500.0], "is no finite number"),
        (5000.1, "setpoint 5000.1 W is not within -5000..5000 W"),
        (-5000.1, "is not within"),
        (2**31, "is not within"),
        (1e308, "is not within"),
    ],
)
def test_what_cannot_be_a_setpoint_is_refused_and_gives_rest_at_once(setpoint_w: Any, why: str) -> None:
    bench = Bench()
    bench.run(3000.0, 5.0)
    out = bench.look(setpoint_w)
    assert (out.aim_w, out.write_w) == (0.0, 0.0)
    assert why in out.refused
    assert not bench.look(0.0).refused


def test_setpoint_is_what_the_registers_can_say_and_never_further_from_zero() -> None:
    assert Bench(ramp=Ramp()).look(1234.9).aim_w == 1234.0
    assert Bench(ramp=Ramp()).look(-1234.9).aim_w == -1234.0
    coarse = Bench(ramp=Ramp(), quantise=lambda value_w: math.trunc(value_w / 100.0) * 100.0)
    assert coarse.look(-1234.9).aim_w == -1200.0


def test_slow_ramp_gets_on_in_spite_of_coarse_registers() -> None:
    bench = Bench(ramp=Ramp(rise_w_per_s=50.0), quantise=lambda value_w: math.trunc(value_w / 100.0) * 100.0)
    bench.look(5000.0)
    assert [bench.run(5000.0, 2.0).aim_w for _ in range(3)] == [100.0, 200.0, 300.0]


@pytest.mark.parametrize("rounded_w", [1234.9001 * 1.01, -1.0, math.nan, math.inf])
def test_registers_that_would_say_more_are_refused(rounded_w: float) -> None:
    out = Bench(ramp=Ramp(), quantise=lambda value_w: rounded_w).look(1234.9)
    assert out.aim_w == 0.0
    assert "setpoint 1234.9 W becomes" in out.refused


def test_setpoint_that_the_registers_cannot_say_is_refused() -> None:
    bound = load_profile("sunspec_storage").bind({})
    out = Bench(quantise=quantised(bound, "battery")).look(1000.0)
    assert out.aim_w == 0.0
    assert "battery.power_w cannot be set" in out.refused


def test_setpoint_is_written_when_it_changes_and_again_before_the_watchdog_would_act() -> None:
    bench = Bench(ramp=Ramp())
    writes = [bench.look(700.0).write_w for _ in range(51)]
    assert [at for at, each in enumerate(writes) if each is not None] == [0, 17, 34]
    assert bench.look(701.0).write_w == 701.0


def test_heartbeat_goes_on_where_the_device_wants_one() -> None:
    bench, beats = Bench(beats=True), []
    for _ in range(60):
        if (beat := bench.look().beat) is not None:
            beats.append((round(bench.t_s, 1), beat))
    assert beats == [(0.1, 1), (1.8, 2), (3.5, 3), (5.2, 4)]
    assert all(each.beat is None for each in [Bench().look() for _ in range(3)])
    words = [HYBRID.heartbeat_writes(count)[0].words for _, count in beats]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("t_s", [math.nan, 4.0, "noon", None, 1e13])
def test_clock_that_cannot_be_believed_means_rest_written_at_each_look(t_s: Any) -> None:
    bench = Bench()
    bench.run(3000.0, 5.0)
    state = bench.state
    for _ in range(3):
        state, out = step(bench.inverter, state, InverterInputs(setpoint_w=3000.0), t_s)
        assert (out.aim_w, out.write_w, out.refused) == (0.0, 0.0, "the clock cannot be believed")


@given(st.lists(st.tuples(st.one_of(ANY_NUMBER, st.none(), st.text(max_size=3)), st.floats(0.0, 2.0)), max_size=20))
def test_output_stays_within_limits_and_ramp_whatever_is_asked(looks: list[tuple[object, float]]) -> None:
    bench = Bench()
    before_w = 0.0
    for setpoint_w, dt_s in looks:
        out = bench.look(setpoint_w, dt_s)
        assert -5000.0 <= out.aim_w <= 5000.0
        assert abs(out.aim_w) <= max(abs(before_w), 0.0) + 1000.0 * min(dt_s, 1.0) + 1.0
        before_w = out.aim_w


# ---------------------------------------------------------------------------------------------------------------
# Does it follow?


def test_device_that_follows_gives_no_finding_however_the_setpoint_moves() -> None:
    bench = Bench(delay_s=1.5)
    for at in range(100):
        bench.run(4000.0 * math.sin(at), 0.7)
    assert bench.found == []


@given(
    st.lists(st.tuples(POWERS_W, st.floats(0.05, 3.0)), min_size=1, max_size=40),
    st.floats(0.0, 2.0),
    st.floats(0.0, 2.9),
)
def test_device_that_answers_in_time_is_never_accused(
    looks: list[tuple[float, float]], delay_s: float, age_s: float
) -> None:
    """Whatever it is told, however often one looks, and however old its samples are."""
    bench = Bench(delay_s=delay_s, upper_w=12_000.0, lower_w=-12_000.0, ramp=Ramp(rise_w_per_s=5000.0))
    for setpoint_w, dt_s in looks:
        then_s = bench.t_s + dt_s - age_s
        power_w = [value for t_s, value in bench.told if t_s <= max(then_s - delay_s, 0.0)][-1]
        sample = Sample(power_w, age_s) if then_s >= 0.0 else None
        bench.look(setpoint_w, dt_s, power_w=sample)
    assert bench.found == []


def test_device_that_stands_still_is_told_of_after_its_answering_time() -> None:
    bench = Bench(delay_s=1e9)
    bench.run(0.0, 10.0)
    began_s = bench.t_s
    while not bench.found:
        bench.look(3000.0)
        assert bench.t_s < began_s + 10.0
    # 100 W of tolerance are gone after 0.1 s of ramp; then 2 s to answer, and 1 s of wrong samples.
    assert bench.t_s - began_s == pytest.approx(3.2, abs=0.5)
    (finding,) = bench.outputs[-1].findings
    assert (finding.id, finding.subject, finding.tier) == ("setpoint-not-followed", "battery", Tier.WARN)
    assert (finding.cause, finding.is_active, finding.value) == ("setpoint not followed", True, 0.0)
    assert 0.0 < finding.limit <= 3000.0


def test_finding_ends_when_the_device_follows_again_and_says_so_once() -> None:
    bench = Bench(delay_s=1e9)
    bench.run(3000.0, 20.0)
    bench.outputs.clear()
    assert bench.look(3000.0, power_w=Sample(2990.0)).findings[0].is_active is False
    assert bench.look(3000.0, power_w=Sample(2990.0)).findings == ()


def test_device_that_goes_on_after_it_was_told_to_rest_is_told_of() -> None:
    bench = Bench()
    bench.run(3000.0, 20.0)
    bench.run(0.0, 5.0, power_w=Sample(3000.0))
    assert bench.found[0] == ("setpoint-not-followed", True)
    assert bench.outputs[-1].findings[0].limit == 0.0


def test_what_the_device_says_it_can_do_explains_what_it_does() -> None:
    full = Bench()
    full.run(3000.0, 20.0, power_w=Sample(0.0), able_w=(-5000.0, 0.0))
    full.run(3000.0, 20.0, power_w=Sample(1200.0), able_w=(-5000.0, 1250.0))
    assert full.found == []
    full.run(3000.0, 20.0, power_w=Sample(-1200.0), able_w=(-5000.0, 1250.0))
    assert full.found
    for able_w in ((math.nan, math.nan), ("all", None)):
        silent = Bench()
        silent.run(3000.0, 20.0, power_w=Sample(0.0), able_w=able_w)
        assert silent.found


def test_setpoint_of_pv_is_a_ceiling() -> None:
    roof: dict[str, Any] = {
        "is_ceiling": True,
        "lower_w": -6000.0,
        "upper_w": 0.0,
        "ramp": Ramp(safe_w=-6000.0),
        "quantise": quantised(HYBRID, "pv"),
    }
    dark = Bench(**roof)
    dark.run(-4000.0, 20.0, power_w=Sample(-300.0))
    assert dark.found == []
    dark.run(-4000.0, 20.0, power_w=Sample(-4500.0))
    assert dark.found


def test_one_wrong_sample_and_silence_accuse_nobody() -> None:
    bench = Bench()
    bench.run(3000.0, 20.0)
    bench.look(3000.0, power_w=Sample(0.0))
    for age_s in (0.1, 0.5, 1.0, 2.0, 3.0):
        bench.look(3000.0, power_w=Sample(0.0, age_s))
    for sample in (None, Sample(math.nan), Sample(0.0, math.nan), Sample(0.0, 60.0), Sample(0.0, -1.0)):
        bench.run(3000.0, 10.0, power_w=sample)
    assert bench.found == []


def test_register_that_holds_something_else_is_told_of() -> None:
    bench = Bench(ramp=Ramp())
    bench.run(3000.0, 5.0, held_w=Sample(3000.0))
    assert bench.found == []
    bench.run(3000.0, 5.0, held_w=Sample(2999.0))
    assert {each for each, _ in bench.found} == {"setpoint-not-held"}
    assert bench.outputs[-1].findings[0].cause == "setpoint not held"


def test_what_is_remembered_is_bounded() -> None:
    bench = Bench()
    for at in range(3000):
        bench.look(4000.0 * math.sin(at), 0.01)
        assert len(bench.state.told) <= 20


# ---------------------------------------------------------------------------------------------------------------
# May it be armed?


def test_watchdog_that_holds_what_was_set_is_no_reason_against_arming() -> None:
    assert comms_loss_told(HYBRID, 5.0) == 5.0
    assert comms_loss_told(HYBRID, 4.97) == pytest.approx(4.9)
    inverter = an_inverter(comms_loss_s=comms_loss_told(HYBRID, 4.97))
    assert Bench(comms_loss_s=inverter.comms_loss_s).look(comms_loss_s=4.9).refusals == ()


@pytest.mark.parametrize("read_s", [math.nan, math.inf, 0.0, 4.9, 5.1, 60.0, -5.0])
def test_watchdog_that_holds_anything_else_is(read_s: float) -> None:
    (refusal,) = Bench().look(comms_loss_s=read_s).refusals
    assert (refusal.precondition, refusal.subject) == (Precondition.COMMS_LOSS, "battery")
    assert refusal.message == f"comms-loss time reads {read_s:g} s, 5 s was set"


@pytest.mark.parametrize(
    "facts",
    [
        {"lower_w": 1.0},
        {"upper_w": -1.0},
        {"upper_w": math.inf},
        {"ramp": Ramp(safe_w=6000.0)},
        {"comms_loss_s": 0.0},
        {"comms_loss_s": math.nan},
        {"answer_s": 0.0},
        {"stale_s": math.inf},
        {"tolerance_w": 0.0},
        {"after_s": -1.0},
    ],
)
def test_inverter_that_cannot_be_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="battery: "):
        an_inverter(**facts)


@given(
    st.one_of(ANY_NUMBER, st.text(max_size=3), st.none(), st.booleans()),
    st.one_of(st.none(), st.builds(Sample, ANY_NUMBER, ANY_NUMBER)),
    st.one_of(st.none(), st.builds(Sample, ANY_NUMBER, ANY_NUMBER)),
    st.tuples(ANY_NUMBER, ANY_NUMBER),
    ANY_NUMBER,
    ANY_NUMBER,
)
def test_step_is_total(
    setpoint_w: object,
    power_w: Sample | None,
    held_w: Sample | None,
    able_w: tuple[float, float],
    comms_loss_s: float,
    t_s: float,
) -> None:
    inputs = InverterInputs(
        setpoint_w=setpoint_w, power_w=power_w, held_w=held_w, able_w=able_w, comms_loss_s=comms_loss_s
    )
    inverter = an_inverter(beats=True)
    state, out = step(inverter, start(inverter, 0.0), inputs, t_s)
    again, _ = step(inverter, replace(state, sent_w=math.nan), inputs, t_s)
    assert -5000.0 <= out.aim_w <= 5000.0
    assert math.isfinite(again.sent_w)
