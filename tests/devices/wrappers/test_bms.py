"""The word of a battery management: what counts, for how long, and what may be done with it."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core import quantity as q
from enerwise.devices.wrappers.bms import SIGNALS, Bms, BmsOutputs, BmsState, Doubt, Signal, Why, start, step
from enerwise.guard.supervise import Sample
from tests.builders import a_battery
from tests.guard.strategies import ANY_NUMBER

BMS = Bms(poll_s=0.5)
WELL: dict[str, float] = {
    q.SOC_RATIO: 0.5,
    q.PACK_VOLTAGE_V: 400.0,
    q.CURRENT_A: 5.0,
    q.CELL_VOLTAGE_MIN_V: 3.28,
    q.CELL_VOLTAGE_MAX_V: 3.31,
    q.CELL_TEMPERATURE_MIN_DEGC: 22.0,
    q.CELL_TEMPERATURE_MAX_DEGC: 25.0,
    q.CHARGE_CURRENT_LIMIT_A: 20.0,
    q.DISCHARGE_CURRENT_LIMIT_A: 25.0,
}


class Bench:
    """A battery management on a virtual clock."""

    def __init__(self, bms: Bms = BMS) -> None:
        self.bms, self.t_s, self.values = bms, 0.0, dict(WELL)
        self.state = start(0.0)

    def look(
        self, dt_s: float = 0.5, *, age_s: float = 0.0, without: tuple[str, ...] = (), **values: Any
    ) -> BmsOutputs:
        self.t_s += dt_s
        samples = {k: Sample(v, age_s) for k, v in {**self.values, **values}.items() if k not in without}
        self.state, out = step(self.bms, self.state, samples, self.t_s)
        return out

    def warm(self) -> "Bench":
        """Looked at for so long that nothing rises any more."""
        for _ in range(60):
            self.look()
        return self


def test_limits_begin_at_nothing_rise_slowly_and_become_those_of_the_battery() -> None:
    bench = Bench()
    outputs = [bench.look() for _ in range(60)]
    out, seen = outputs[-1], [each.charge_limit_a for each in outputs]
    assert seen[:3] == [0.5, 1.0, 1.5]
    assert seen[39:] == [20.0] * 21
    assert (out.charge_why, out.discharge_why) == (Why.TOLD, Why.TOLD)
    assert (out.charge_limit_w, out.discharge_limit_w) == (8000.0, 10_000.0)
    assert out.values == WELL
    assert not out.doubts


def test_falling_limit_is_taken_at_once_and_rises_slowly_again() -> None:
    bench = Bench().warm()
    out = bench.look(charge_current_limit_a=3.0)
    assert (out.charge_limit_a, out.charge_why, out.discharge_limit_a) == (3.0, Why.TOLD, 25.0)
    out = bench.look()
    assert (out.charge_limit_a, out.charge_why) == (3.5, Why.RISING)


def test_loss_of_the_inverter_is_on_the_good_side_both_ways() -> None:
    out = Bench(Bms(poll_s=0.5, one_way_ratio=0.9)).warm().look()
    assert (out.charge_limit_w, out.discharge_limit_w) == (8000.0, 9000.0)


def test_last_good_values_hold_for_a_bounded_time_and_then_nothing_is_allowed() -> None:
    bench = Bench().warm()
    everything = tuple(WELL)
    for _ in range(4):
        out = bench.look(without=everything)
        assert (out.charge_limit_a, out.charge_why) == (20.0, Why.HELD)
        assert out.values == WELL
        assert set(out.doubts.values()) == {Doubt.SILENT}
    out = bench.look(without=everything)
    assert (out.charge_limit_a, out.discharge_limit_a) == (0.0, 0.0)
    assert (out.charge_limit_w, out.discharge_limit_w) == (0.0, 0.0)
    assert out.charge_why is Why.LIMIT_UNKNOWN
    assert math.isnan(out.values[q.SOC_RATIO])
    assert out.values[q.CHARGE_CURRENT_LIMIT_A] == 0.0
    out = bench.look()
    assert (out.charge_limit_a, out.charge_why) == (0.5, Why.RISING)


def test_values_are_held_for_three_polls_and_two_seconds_at_least() -> None:
    assert [Bms(poll_s=each).hold_s for each in (0.1, 0.5, 1.0, 5.0)] == [2.0, 2.0, 3.0, 15.0]


def test_repeating_an_old_sample_does_not_keep_it_alive() -> None:
    bench = Bench().warm()
    for age_s in (0.5, 1.0, 1.5, 2.0):
        assert bench.look(age_s=age_s).charge_limit_a == 20.0
    assert bench.look(age_s=2.5).charge_limit_a == 0.0


def test_no_power_without_a_voltage() -> None:
    bench = Bench().warm()
    out = [bench.look(pack_voltage_v=0.0) for _ in range(5)][-1]
    assert (out.charge_limit_a, out.charge_limit_w, out.charge_why) == (0.0, 0.0, Why.VOLTAGE_UNKNOWN)
    assert out.doubts == {q.PACK_VOLTAGE_V: Doubt.OUT_OF_RANGE}


@pytest.mark.parametrize(
    ("name", "value", "doubt"),
    [
        (q.SOC_RATIO, 1.2, Doubt.OUT_OF_RANGE),
        (q.SOC_RATIO, -0.01, Doubt.OUT_OF_RANGE),
        (q.SOC_RATIO, 0.6, Doubt.TOO_FAST),
        (q.PACK_VOLTAGE_V, 6553.5, Doubt.OUT_OF_RANGE),
        (q.CURRENT_A, -3276.8, Doubt.OUT_OF_RANGE),
        (q.CELL_VOLTAGE_MAX_V, 4.2, Doubt.TOO_FAST),
        (q.CELL_VOLTAGE_MIN_V, 0.0, Doubt.OUT_OF_RANGE),
        (q.CELL_TEMPERATURE_MAX_DEGC, 32.0, Doubt.TOO_FAST),
        (q.CELL_TEMPERATURE_MIN_DEGC, -273.15, Doubt.OUT_OF_RANGE),
        (q.CHARGE_CURRENT_LIMIT_A, -1.0, Doubt.OUT_OF_RANGE),
        (q.DISCHARGE_CURRENT_LIMIT_A, 65_535.0, Doubt.OUT_OF_RANGE),
        (q.SOC_RATIO, math.nan, Doubt.NOT_A_NUMBER),
        (q.CHARGE_CURRENT_LIMIT_A, math.inf, Doubt.NOT_A_NUMBER),
        (q.SOC_RATIO, "0.5", Doubt.NOT_A_NUMBER),
        (q.SOC_RATIO, True, Doubt.NOT_A_NUMBER),
        (q.SOC_RATIO, None, Doubt.NOT_A_NUMBER),
    ],
)
def test_what_cannot_be_does_not_count_and_the_last_good_value_does(name: str, value: Any, doubt: Doubt) -> None:
    out = Bench().warm().look(**{name: value})
    assert out.doubts == {name: doubt}
    assert out.values == WELL


@pytest.mark.parametrize("age_s", [-0.1, math.nan, 3.0, math.inf, "now", None])
def test_age_that_cannot_be_is_silence(age_s: Any) -> None:
    assert set(Bench().warm().look(age_s=age_s).doubts.values()) == {Doubt.SILENT}


def test_change_that_time_allows_counts() -> None:
    assert not Bench().warm().look(soc_ratio=0.532).doubts
    assert Bench().warm().look(soc_ratio=0.533).doubts
    assert not Bench().warm().look(1.5, soc_ratio=0.537).doubts
    assert not Bench().warm().look(cell_temperature_max_degc=29.0).doubts


def test_lasting_jump_is_believed_once_the_last_good_value_is_gone() -> None:
    bench = Bench().warm()
    seen = [bench.look(soc_ratio=0.9) for _ in range(5)]
    assert [each.values[q.SOC_RATIO] for each in seen] == [0.5] * 4 + [0.9]
    assert [each.doubts.get(q.SOC_RATIO) for each in seen] == [Doubt.TOO_FAST] * 4 + [None]


def test_sample_that_comes_late_does_not_replace_a_newer_one() -> None:
    bench = Bench().warm()
    bench.look(current_a=9.0)
    assert bench.look(0.1, age_s=1.0, current_a=3.0).values[q.CURRENT_A] == 9.0


@pytest.mark.parametrize("t_s", [math.nan, math.inf, -1.0, 1e13, "noon", None])
def test_clock_that_cannot_be_believed_makes_everything_unknown(t_s: Any) -> None:
    state = Bench().warm().state
    after, out = step(BMS, state, {k: Sample(v) for k, v in WELL.items()}, t_s)
    assert (out.charge_limit_w, out.discharge_limit_w) == (0.0, 0.0)
    assert set(out.doubts.values()) == {Doubt.CLOCK}
    assert after == BmsState(state.t_s)


def test_long_silence_of_the_looker_earns_nothing() -> None:
    assert Bench().look(3600.0).charge_limit_a == BMS.hold_s * BMS.rise_a_per_s


def test_limits_become_shares_of_what_the_site_allows() -> None:
    out = Bench().warm().look()
    assert out.left_ratio(a_battery(charge_limit_w=16_000.0, discharge_limit_w=5000.0)) == (1.0, 0.5)
    assert out.left_ratio(a_battery(charge_limit_w=0.0, discharge_limit_w=20_000.0)) == (0.5, 1.0)


@pytest.mark.parametrize(
    "facts",
    [
        {"poll_s": 0.0},
        {"poll_s": math.inf},
        {"one_way_ratio": 0.0},
        {"one_way_ratio": 1.1},
        {"rise_a_per_s": 0.05},
        {"rise_a_per_s": 2.0},
    ],
)
def test_bms_that_cannot_be_is_refused(facts: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"poll_s|limits rise"):
        Bms(**{"poll_s": 1.0, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize("facts", [{"low": 1.0}, {"jump": 1.0}, {"jump": -1.0, "rate_per_s": 1.0}, {"jump": math.nan}])
def test_signal_that_cannot_be_is_refused(facts: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="soc_ratio: nothing can be within"):
        Signal(**{"quantity": "soc_ratio", "low": 0.0, "high": 1.0, "source": "test", **facts})  # type: ignore[arg-type]


def test_every_range_has_a_source() -> None:
    assert all(each.source for each in SIGNALS)
    assert {each.quantity for each in SIGNALS} == set(WELL)


SAMPLES = st.dictionaries(st.sampled_from(sorted(WELL)), st.builds(Sample, ANY_NUMBER, ANY_NUMBER))


@given(st.lists(st.tuples(SAMPLES, ANY_NUMBER), max_size=10))
def test_step_is_total_and_never_allows_the_impossible(looks: list[tuple[dict[str, Sample], float]]) -> None:
    state = start(0.0)
    for samples, t_s in looks:
        before = state
        state, out = step(BMS, state, samples, t_s)
        for limit_w, limit_a, was_a in (
            (out.charge_limit_w, out.charge_limit_a, before.charge_limit_a),
            (out.discharge_limit_w, out.discharge_limit_a, before.discharge_limit_a),
        ):
            assert 0.0 <= limit_w <= limit_a * 1500.0
            assert limit_a <= was_a + BMS.rise_a_per_s * BMS.hold_s


@given(st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(0.0, 100.0)), min_size=1, max_size=40))
def test_limit_never_exceeds_the_one_told_nor_rises_faster_than_it_may(looks: list[tuple[float, float]]) -> None:
    bench, before_a = Bench(), 0.0
    for dt_s, told_a in looks:
        out = bench.look(dt_s, charge_current_limit_a=told_a)
        assert out.charge_limit_a <= min(told_a, before_a + dt_s * BMS.rise_a_per_s) + 1e-9
        assert out.charge_limit_a == pytest.approx(min(told_a, before_a + dt_s * BMS.rise_a_per_s))
        before_a = out.charge_limit_a
