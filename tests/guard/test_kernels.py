"""The guard's kernels: nothing leaves its bounds, nothing unknown passes, and batch equals single to the last bit."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from enerwise.core.units import FloatArray
from enerwise.guard import kernels
from enerwise.physics import battery as twin
from enerwise.site.assets import Battery, BatteryArrays
from tests.builders import a_battery

from .strategies import ANY_NUMBER, POWERS_W, RATIOS, batteries

SLACK_WH = 1e-6
BAND = st.floats(0.0, 1.0)


def bounds(
    battery: Battery,
    energy_wh: float,
    *,
    charge_ratio: float = 1.0,
    discharge_ratio: float = 1.0,
    hold_s: float = 900.0,
    age_s: float = 0.0,
) -> tuple[float, float]:
    lower_w, upper_w = kernels.battery_bounds(
        BatteryArrays.of([battery]),
        np.array([energy_wh]),
        charge_ratio=charge_ratio,
        discharge_ratio=discharge_ratio,
        hold_s=hold_s,
        age_s=age_s,
    )
    return float(lower_w[0]), float(upper_w[0])


def within(battery: Battery, share: float) -> float:
    """An energy within the operating band."""
    return battery.energy_min_wh + share * (battery.energy_max_wh - battery.energy_min_wh)


# ------------------------------------------------------------------------------------------------ battery_bounds


def test_half_full_battery_may_use_its_limits() -> None:
    assert bounds(a_battery(), 6750.0) == (-5000.0, 5000.0)


def test_derating_scales_each_limit() -> None:
    assert bounds(a_battery(), 6750.0, charge_ratio=0.2, discharge_ratio=0.5) == (-2500.0, 1000.0)


def test_full_battery_may_only_deliver_and_an_empty_one_only_take() -> None:
    assert bounds(a_battery(), 12_150.0) == (-5000.0, 0.0)
    assert bounds(a_battery(), 1350.0) == (0.0, 5000.0)


@pytest.mark.parametrize(
    ("energy_wh", "expected"), [(13_000.0, (-5000.0, 0.0)), (500.0, (0.0, 5000.0)), (-1e9, (0.0, 5000.0))]
)
def test_outside_the_band_rest_and_the_way_back_are_open(energy_wh: float, expected: tuple[float, float]) -> None:
    assert bounds(a_battery(), energy_wh) == expected


@pytest.mark.parametrize("unknown", [math.nan, math.inf, -math.inf])
def test_unknown_energy_closes(unknown: float) -> None:
    assert bounds(a_battery(), unknown) == (0.0, 0.0)


@pytest.mark.parametrize("hold_s", [math.nan, math.inf, 0.0, -1.0])
def test_unknown_hold_closes(hold_s: float) -> None:
    assert bounds(a_battery(), 6750.0, hold_s=hold_s) == (0.0, 0.0)


@pytest.mark.parametrize("age_s", [math.nan, math.inf, -1.0])
def test_unknown_age_closes(age_s: float) -> None:
    assert bounds(a_battery(), 6750.0, age_s=age_s) == (0.0, 0.0)


@pytest.mark.parametrize("ratio", [math.nan, -1.0])
def test_unknown_derating_closes(ratio: float) -> None:
    assert bounds(a_battery(), 6750.0, charge_ratio=ratio, discharge_ratio=ratio) == (0.0, 0.0)


def test_derating_never_widens() -> None:
    assert bounds(a_battery(), 6750.0, charge_ratio=math.inf, discharge_ratio=7.0) == (-5000.0, 5000.0)


def test_last_bit_of_room_is_spread_over_the_hold() -> None:
    battery = a_battery(round_trip_ratio=0.81)
    _, upper_w = bounds(battery, battery.energy_max_wh - 90.0, hold_s=360.0)
    assert upper_w == pytest.approx(1000.0)


LOSSY = a_battery(
    capacity_wh=10_000.0,
    soc_min_ratio=0.0,
    soc_max_ratio=1.0,
    round_trip_ratio=0.81,
    idle_loss_w=20.0,
    self_discharge_w=5.0,
    resistive_ratio=0.05,
)


def test_every_loss_counts_against_what_may_be_delivered() -> None:
    """1000 Wh for an hour feed 25 W of standing loss and 1 / 0.9 + 0.05 W for each watt delivered."""
    assert bounds(LOSSY, 1000.0, hold_s=3600.0)[0] == pytest.approx(-(1000.0 - 25.0) / (1 / 0.9 + 0.05))


def test_ageing_reading_counts_as_if_the_battery_had_run_at_its_limits() -> None:
    """Six minutes at 5 kW: 450 Wh may have come in, 583 Wh may have gone."""
    _, upper_w = bounds(LOSSY, 9000.0, hold_s=3600.0, age_s=360.0)
    lower_w, _ = bounds(LOSSY, 1000.0, hold_s=3600.0, age_s=360.0)
    drained_wh = 0.1 * (5000.0 * (1 / 0.9 + 0.05) + 25.0)
    assert upper_w == pytest.approx((10_000.0 - 9000.0 - 450.0) / 0.9)
    assert lower_w == pytest.approx(-(1000.0 - drained_wh - 25.0) / (1 / 0.9 + 0.05))


def test_hold_below_a_second_is_a_hold() -> None:
    """A tenth of a watt-hour of room lasts half a second at 720 W into the cells."""
    assert bounds(LOSSY, 9999.9, hold_s=0.5)[1] == pytest.approx(720.0 / 0.9)


def test_reading_without_an_age_is_fresh() -> None:
    fresh = kernels.battery_bounds(
        BatteryArrays.of([LOSSY]), 9000.0, charge_ratio=1.0, discharge_ratio=1.0, hold_s=3600.0
    )
    assert float(fresh[1][0]) == bounds(LOSSY, 9000.0, hold_s=3600.0, age_s=0.0)[1]


def test_no_negative_zero_comes_out() -> None:
    results = [
        *bounds(a_battery(discharge_limit_w=0.0, charge_limit_w=0.0), 6750.0),
        *bounds(a_battery(), math.nan),
        judged(-0.0, -1.0, 1.0)[1],
        judged(math.nan, -1.0, 1.0, -0.0)[1],
        judged(5.0, -1.0, -0.0)[1],
        *fitted([-0.0], (-1.0, 1.0)),
        *fitted([-3.0], (-0.0, 1.0), upper_w=[-0.0]),
    ]
    assert results == [0.0] * len(results)
    assert not np.signbit(results).any()


@given(batteries(), BAND, BAND, st.floats(1.0, 7200.0), st.floats(0.0, 600.0), BAND, RATIOS)
def test_energy_never_leaves_its_band_under_the_worst_losses(
    battery: Battery, share: float, move: float, hold_s: float, age_s: float, drift: float, ratio: float
) -> None:
    """Let the energy drift while the reading ages, then hold any allowed power: the band is kept."""
    measured_wh = within(battery, share)
    lower_w, upper_w = bounds(
        battery, measured_wh, hold_s=hold_s, age_s=age_s, charge_ratio=ratio, discharge_ratio=ratio
    )
    power_w = lower_w + move * (upper_w - lower_w)
    highest_wh = measured_wh + drift * stored_w(battery, battery.charge_limit_w) * age_s / 3600
    lowest_wh = measured_wh - drift * drained_w(battery, battery.discharge_limit_w) * age_s / 3600
    if power_w > 0:
        assert highest_wh + stored_w(battery, power_w) * hold_s / 3600 <= battery.energy_max_wh + SLACK_WH
    if power_w < 0:
        assert lowest_wh - drained_w(battery, -power_w) * hold_s / 3600 >= battery.energy_min_wh - SLACK_WH


def stored_w(battery: Battery, power_w: float) -> float:
    return battery.one_way_ratio * power_w


def drained_w(battery: Battery, power_w: float) -> float:
    loss_w = battery.idle_loss_w + battery.self_discharge_w
    return power_w * (1 / battery.one_way_ratio + battery.resistive_ratio) + loss_w


@given(batteries(), BAND, BAND, st.sampled_from([60.0, 900.0, 3600.0]))
def test_twin_held_at_an_allowed_power_stays_in_its_band(
    battery: Battery, share: float, move: float, step_s: float
) -> None:
    facts = BatteryArrays.of([battery])
    energy_wh = within(battery, share)
    lower_w, upper_w = bounds(battery, energy_wh, hold_s=step_s)
    power_w = lower_w + move * (upper_w - lower_w)
    # Charging with less than its own losses drains a battery: not what a bound on power can forbid.
    assume(power_w <= 0 or battery.one_way_ratio * power_w >= battery.idle_loss_w + battery.resistive_ratio * power_w)
    state = twin.BatteryState.new(facts, soc_ratio=energy_wh / battery.capacity_wh)
    after, _ = twin.step(facts, state, np.array([power_w]), ambient_degc=20.0, step_s=step_s)
    assert battery.energy_min_wh - SLACK_WH <= after.energy_wh[0] <= battery.energy_max_wh + SLACK_WH


@given(batteries(), ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER)
def test_bounds_hold_rest_and_the_limits_whatever_is_measured(
    battery: Battery, energy_wh: float, charge: float, discharge: float, hold_s: float, age_s: float
) -> None:
    lower_w, upper_w = bounds(
        battery, energy_wh, charge_ratio=charge, discharge_ratio=discharge, hold_s=hold_s, age_s=age_s
    )
    assert -battery.discharge_limit_w <= lower_w <= 0.0 <= upper_w <= battery.charge_limit_w


@given(batteries(), BAND, st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_older_data_never_widen(battery: Battery, share: float, age_s: float, older_s: float) -> None:
    energy_wh = within(battery, share)
    lower_w, upper_w = bounds(battery, energy_wh, age_s=age_s)
    older_lower_w, older_upper_w = bounds(battery, energy_wh, age_s=age_s + older_s)
    assert lower_w <= older_lower_w
    assert older_upper_w <= upper_w


# -------------------------------------------------------------------------------------------------------- fit_row


def fitted(
    power_w: Sequence[float],
    row_w: tuple[float, float],
    *,
    lower_w: Sequence[float] | None = None,
    upper_w: Sequence[float] | None = None,
    priorities: Sequence[int] | None = None,
) -> list[float]:
    count = len(power_w)
    found = kernels.fit_row(
        columns(power_w),
        columns(lower_w or [-10_000.0] * count),
        columns(upper_w or [10_000.0] * count),
        priorities or [0] * count,
        *row_w,
    )
    return [float(each) for each in found]


def columns(values: Sequence[float]) -> list[FloatArray]:
    return [np.asarray(each) for each in values]


def test_row_that_holds_moves_nothing() -> None:
    assert fitted([1000.0, -500.0], (-2000.0, 2000.0)) == [1000.0, -500.0]


def test_row_without_limits_moves_nothing() -> None:
    assert fitted([1000.0, -500.0], (-math.inf, math.inf)) == [1000.0, -500.0]


def test_lowest_priority_is_cut_first() -> None:
    found = fitted([3000.0, 3000.0], (-4000.0, 4000.0), lower_w=[0.0, 0.0], priorities=[20, 10])
    assert found == [3000.0, 1000.0]


def test_next_priority_gives_what_the_lowest_could_not() -> None:
    found = fitted([3000.0, 3000.0], (-2000.0, 2000.0), lower_w=[0.0, 0.0], priorities=[20, 10])
    assert found == [2000.0, 0.0]


def test_equal_priority_is_cut_pro_rata() -> None:
    assert fitted([3000.0, 1000.0], (-2000.0, 2000.0), lower_w=[0.0, 0.0]) == [1500.0, 500.0]


def test_export_is_cut_as_import_is() -> None:
    assert fitted([-3000.0, -1000.0], (-2000.0, 2000.0), upper_w=[0.0, 0.0]) == [-1500.0, -500.0]


@pytest.mark.parametrize(("power_w", "expected_w"), [(1000.5, 1000.0), (-1000.5, -1000.0)])
def test_half_a_watt_is_moved_the_right_way(power_w: float, expected_w: float) -> None:
    assert fitted([power_w], (-1000.0, 1000.0)) == [expected_w]


def test_row_out_of_reach_is_approached_as_far_as_bounds_allow() -> None:
    assert fitted([3000.0, 1000.0], (-9000.0, -5000.0), lower_w=[-1000.0, 0.0]) == [-1000.0, 0.0]


def test_infinite_demand_is_approached_as_far_as_bounds_allow() -> None:
    assert fitted([3000.0, 1000.0], (-math.inf, -math.inf), lower_w=[-1000.0, 0.0]) == [-1000.0, 0.0]


@st.composite
def rows(draw: st.DrawFn) -> tuple[list[float], list[float], list[float], list[int], tuple[float, float]]:
    count = draw(st.integers(1, 5))
    spans = [sorted(draw(st.tuples(POWERS_W, POWERS_W, POWERS_W))) for _ in range(count)]
    priorities = draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    low, high = sorted(draw(st.tuples(POWERS_W, POWERS_W)))
    return (
        [each[1] for each in spans],
        [each[0] for each in spans],
        [each[2] for each in spans],
        priorities,
        (low, high),
    )


Row = tuple[list[float], list[float], list[float], list[int], tuple[float, float]]


@given(rows())
def test_row_is_kept_whenever_bounds_allow_it(row: Row) -> None:
    power_w, lower_w, upper_w, priorities, (row_lower_w, row_upper_w) = row
    found = fitted(power_w, row[4], lower_w=lower_w, upper_w=upper_w, priorities=priorities)
    assert all(low <= each <= high for low, each, high in zip(lower_w, found, upper_w, strict=True))
    if sum(lower_w) <= row_upper_w and row_lower_w <= sum(upper_w):
        assert row_lower_w - 1e-6 <= sum(found) <= row_upper_w + 1e-6


@given(rows())
def test_all_assets_move_the_same_way(row: Row) -> None:
    power_w, lower_w, upper_w, priorities, limits = row
    found = fitted(power_w, limits, lower_w=lower_w, upper_w=upper_w, priorities=priorities)
    moves = [after - before for before, after in zip(power_w, found, strict=True)]
    assert min(moves) >= 0 or max(moves) <= 0


@given(rows(), st.randoms())
def test_order_of_assets_does_not_matter(row: Row, chance: object) -> None:
    power_w, lower_w, upper_w, priorities, limits = row
    order = list(range(len(power_w)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    found = fitted(power_w, limits, lower_w=lower_w, upper_w=upper_w, priorities=priorities)
    mixed = fitted(
        [power_w[each] for each in order],
        limits,
        lower_w=[lower_w[each] for each in order],
        upper_w=[upper_w[each] for each in order],
        priorities=[priorities[each] for each in order],
    )
    assert mixed == pytest.approx([found[each] for each in order], abs=1e-6)


# ---------------------------------------------------------------------------------------------------------- judge

NAMES = {kernels.GRANTED: "granted", kernels.CUT: "cut", kernels.RELIEF: "relief", kernels.REFUSED: "refused"}


def judged(value: float, lower: float, upper: float, rest: float = 0.0, may_move: bool = True) -> tuple[str, float]:
    outcome, found = kernels.judge(value, lower, upper, rest, may_move)
    return NAMES[int(outcome)], float(found)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((500.0, -1000.0, 1000.0), ("granted", 500.0)),
        ((1000.0, -1000.0, 1000.0), ("granted", 1000.0)),
        ((1500.0, -1000.0, 1000.0), ("cut", 1000.0)),
        ((-1e308, -1000.0, 1000.0), ("cut", -1000.0)),
        ((math.nan, -1000.0, 1000.0, 200.0), ("refused", 200.0)),
        ((math.inf, -1000.0, 1000.0), ("refused", 0.0)),
        ((-math.inf, -1000.0, 1000.0), ("refused", 0.0)),
        ((500.0, -1000.0, 1000.0, 0.0, False), ("refused", 0.0)),
        ((0.0, 300.0, 1000.0), ("relief", 300.0)),
        ((math.nan, 300.0, 1000.0), ("relief", 300.0)),
        ((500.0, 300.0, 1000.0), ("granted", 500.0)),
        ((500.0, math.nan, 1000.0), ("cut", 0.0)),
        ((500.0, 1000.0, -1000.0), ("cut", 0.0)),
        ((500.0, math.inf, math.inf), ("cut", 0.0)),
        ((500.0, -math.inf, -math.inf), ("cut", 0.0)),
        ((500.0, -math.inf, math.inf), ("granted", 500.0)),
        ((math.nan, -1000.0, 1000.0, math.nan), ("refused", 0.0)),
    ],
)
def test_judge_by_example(arguments: tuple[float, ...], expected: tuple[str, float]) -> None:
    assert judged(*arguments) == expected  # type: ignore[arg-type]


@given(ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, st.one_of(st.booleans(), ANY_NUMBER))
def test_judge_is_total(value: float, lower: float, upper: float, rest: float, may_move: float) -> None:
    """Whatever it is asked, the answer is finite, within the bounds if there are any, and one of four words."""
    outcome, found = judged(value, lower, upper, rest, may_move)  # type: ignore[arg-type]
    assert math.isfinite(found)
    assert lower <= found <= upper or (found == 0.0 and not (lower <= upper and lower < math.inf and upper > -math.inf))
    if outcome == "granted":
        assert found == value
        assert may_move == 1
    if not math.isfinite(value) or may_move != 1:
        assert outcome in ("refused", "relief")


# ---------------------------------------------------------------------------------------------------------- batch

SIZES = (1, 2, 3, 7, 64, 1001)
ODD = (0.0, -0.0, 1350.0, 12_150.0, math.nan, math.inf)


@pytest.mark.parametrize("count", SIZES)
def test_batch_equals_single_bitwise(count: int) -> None:
    """Every kernel over many homes gives each home the bits it would get alone, signs of zeros included."""
    rng = np.random.default_rng(count)
    homes = [a_home(rng) for _ in range(count)]
    facts = BatteryArrays.of(homes)
    energy_wh = np.where(rng.random(count) < 0.2, rng.choice(ODD, count), rng.uniform(0, 15_000, count))
    ratio = rng.choice([0.0, 0.3, 1.0, math.nan], count)
    lower_w, upper_w = kernels.battery_bounds(
        facts, energy_wh, charge_ratio=ratio, discharge_ratio=ratio, hold_s=960.0, age_s=3.0
    )
    wish_w = np.where(rng.random(count) < 0.2, rng.choice(ODD, count), rng.normal(0, 4000, count))
    outcome, value_w = kernels.judge(wish_w, lower_w, upper_w, 0.0, True)
    other_w = rng.normal(0, 4000, count)
    row = kernels.fit_row(
        [value_w, other_w],
        [np.minimum(value_w, 0), np.minimum(other_w, 0)],
        [np.maximum(value_w, 0), np.maximum(other_w, 0)],
        [1, 1],
        -3000.0,
        3000.0,
    )
    for home in range(count):
        one = slice(home, home + 1)
        low_w, high_w = kernels.battery_bounds(
            BatteryArrays.of([homes[home]]),
            energy_wh[one],
            charge_ratio=ratio[one],
            discharge_ratio=ratio[one],
            hold_s=960.0,
            age_s=3.0,
        )
        code, alone_w = kernels.judge(wish_w[one], low_w, high_w, 0.0, True)
        own_w = other_w[one]
        pair = kernels.fit_row(
            [alone_w, own_w],
            [np.minimum(alone_w, 0), np.minimum(own_w, 0)],
            [np.maximum(alone_w, 0), np.maximum(own_w, 0)],
            [1, 1],
            -3000.0,
            3000.0,
        )
        single: list[NDArray[Any]] = [low_w, high_w, code, alone_w, *pair]
        batch: list[NDArray[Any]] = [lower_w, upper_w, outcome, value_w, *row]
        assert [each.tobytes() for each in single] == [each[one].tobytes() for each in batch]


def a_home(rng: np.random.Generator) -> Battery:
    return a_battery(
        capacity_wh=float(rng.uniform(2000, 20_000)),
        charge_limit_w=float(rng.uniform(0, 9000)),
        discharge_limit_w=float(rng.uniform(0, 9000)),
        round_trip_ratio=float(rng.uniform(0.7, 1.0)),
        idle_loss_w=float(rng.uniform(0, 50)),
        resistive_ratio=float(rng.uniform(0, 0.05)),
    )
