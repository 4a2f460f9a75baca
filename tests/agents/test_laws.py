"""The laws by table, by property, and over many homes at once."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.agents import laws
from enerwise.core.outlook import Law

INF = math.inf
BOUNDS = (-5000.0, 5000.0)


def power_w(law: Law, planned_w: float, others_w: float, *, target_w: float = 0.0, ceiling_w: float = INF) -> float:
    return float(laws.law_power(law, planned_w, target_w, ceiling_w, others_w, *BOUNDS))


@pytest.mark.parametrize(
    ("law", "planned_w", "others_w", "expected_w"),
    [
        (Law.FIXED, 1000.0, -3000.0, 1000.0),
        (Law.FIXED, -1000.0, -3000.0, -1000.0),
        (Law.FIXED, 9000.0, 0.0, 5000.0),
        (Law.FOLLOW, 1000.0, -3000.0, 3000.0),
        (Law.FOLLOW, 1000.0, 2000.0, -2000.0),
        (Law.FOLLOW, 1000.0, 9000.0, -5000.0),
        (Law.ABSORB, 1000.0, -3000.0, 3000.0),
        (Law.ABSORB, 1000.0, -500.0, 500.0),
        (Law.ABSORB, 1000.0, 2000.0, 0.0),
        (Law.ABSORB, 1000.0, -9000.0, 5000.0),
        (Law.COVER, -1000.0, 3000.0, -3000.0),
        (Law.COVER, -1000.0, 500.0, -500.0),
        (Law.COVER, -1000.0, -2000.0, 0.0),
        (Law.COVER, -1000.0, 9000.0, -5000.0),
        (Law.CHARGE, 1000.0, -3000.0, 3000.0),
        (Law.CHARGE, 1000.0, -500.0, 1000.0),
        (Law.CHARGE, 1000.0, 2000.0, 1000.0),
        (Law.CHARGE, 9000.0, 2000.0, 5000.0),
        (Law.FEED, -1000.0, 3000.0, -3000.0),
        (Law.FEED, -1000.0, 500.0, -1000.0),
        (Law.FEED, -1000.0, -2000.0, -1000.0),
        (Law.FEED, -9000.0, -2000.0, -5000.0),
    ],
)
def test_laws_by_table(law: Law, planned_w: float, others_w: float, expected_w: float) -> None:
    assert power_w(law, planned_w, others_w) == expected_w


@pytest.mark.parametrize("law", [Law.FOLLOW, Law.ABSORB, Law.COVER, Law.CHARGE, Law.FEED])
def test_laws_keep_the_grid_at_its_target(law: Law) -> None:
    sign = -1.0 if law in (Law.COVER, Law.FEED) else 1.0
    assert power_w(law, 0.0, -sign * 3000.0, target_w=sign * 500.0) == sign * 3500.0


@pytest.mark.parametrize("law", list(Law))
def test_import_above_the_ceiling_is_answered_under_every_law(law: Law) -> None:
    assert power_w(law, 2000.0, 6000.0, target_w=9000.0, ceiling_w=4000.0) == -2000.0
    assert power_w(law, 2000.0, 16_000.0, target_w=9000.0, ceiling_w=4000.0) == -5000.0


def test_unknown_others_leave_only_a_fixed_power() -> None:
    assert power_w(Law.FIXED, 1000.0, math.nan, ceiling_w=4000.0) == 1000.0
    for law in set(Law) - {Law.FIXED}:
        assert math.isnan(power_w(law, 1000.0, math.nan, ceiling_w=4000.0))


POWERS = st.floats(-20_000, 20_000)


@given(st.sampled_from(Law), POWERS, POWERS, POWERS, POWERS, st.tuples(POWERS, POWERS))
def test_every_law_stays_within_its_bounds(
    law: Law, planned_w: float, target_w: float, ceiling_w: float, others_w: float, pair: tuple[float, float]
) -> None:
    lower_w, upper_w = sorted(pair)
    found = float(laws.law_power(law, planned_w, target_w, ceiling_w, others_w, lower_w, upper_w))
    assert lower_w <= found <= upper_w


@given(st.sampled_from(Law), POWERS, POWERS, st.floats(0, 20_000), POWERS)
def test_import_stays_below_the_ceiling_wherever_the_battery_can_help(
    law: Law, planned_w: float, target_w: float, ceiling_w: float, others_w: float
) -> None:
    found = float(laws.law_power(law, planned_w, target_w, ceiling_w, others_w, *BOUNDS))
    assert others_w + found <= max(ceiling_w, others_w - 5000.0) + 1e-6


@given(st.floats(0, 5000), POWERS)
def test_charge_takes_and_feed_delivers_at_least_what_is_planned(size_w: float, others_w: float) -> None:
    assert power_w(Law.CHARGE, size_w, others_w) >= size_w
    assert power_w(Law.FEED, -size_w, others_w) <= -size_w


@given(POWERS, POWERS)
def test_absorb_never_delivers_and_cover_never_takes(planned_w: float, others_w: float) -> None:
    assert power_w(Law.ABSORB, planned_w, others_w) >= 0.0
    assert power_w(Law.COVER, planned_w, others_w) <= 0.0


@pytest.mark.parametrize(
    ("others_w", "deliver_w", "expected_w"),
    [(-3000.0, 5000.0, 3000.0), (800.0, 5000.0, -800.0), (800.0, 300.0, -300.0), (800.0, 0.0, 0.0), (9e3, 9e3, -5e3)],
)
def test_self_consumption_keeps_the_reserve(others_w: float, deliver_w: float, expected_w: float) -> None:
    assert float(laws.self_consumption(others_w, *BOUNDS, deliver_limit_w=deliver_w)) == expected_w


@pytest.mark.parametrize(
    ("others_w", "from_grid_w", "upper_w", "expected_w"),
    [
        (-3000.0, 0.0, 5000.0, 3000.0),
        (800.0, 0.0, 5000.0, 0.0),
        (800.0, 1000.0, 5000.0, 1000.0),
        (-3000.0, 1000.0, 5000.0, 3000.0),
        (-3000.0, 0.0, -1.0, 0.0),
    ],
)
def test_charge_only_by_table(others_w: float, from_grid_w: float, upper_w: float, expected_w: float) -> None:
    assert float(laws.charge_only(others_w, upper_w, from_grid_w=from_grid_w)) == expected_w


@given(POWERS, POWERS, POWERS)
def test_charge_only_never_delivers(others_w: float, upper_w: float, from_grid_w: float) -> None:
    assert float(laws.charge_only(others_w, upper_w, from_grid_w=from_grid_w)) >= 0.0


@pytest.mark.parametrize("count", [1, 3, 8, 1001])
def test_batch_equals_single_bitwise(count: int) -> None:
    rng = np.random.default_rng(count)
    others_w = np.where(rng.random(count) < 0.1, rng.choice([0.0, -0.0, math.nan], count), rng.normal(0, 4000, count))
    lower_w, upper_w = -rng.uniform(0, 5000, count), rng.uniform(0, 5000, count)
    planned_w, target_w = rng.normal(0, 3000, count), rng.normal(0, 500, count)
    ceiling_w = rng.choice([INF, 2000.0], count)
    law = rng.integers(0, len(Law), count).astype(np.uint8)

    def answers(one: slice) -> list[bytes]:
        part = others_w[one], lower_w[one], upper_w[one]
        found = [
            laws.law_power(law[one], planned_w[one], target_w[one], ceiling_w[one], *part),
            laws.self_consumption(*part, deliver_limit_w=upper_w[one]),
            laws.charge_only(others_w[one], upper_w[one]),
            laws.peak_shaving(*part, ceiling_w=2000.0, headroom_w=200.0),
            laws.unclipped(planned_w[one], others_w[one], upper_w[one], row_lower_w=-3000.0),
        ]
        return [each.tobytes() for each in found]

    singles = [answers(slice(each, each + 1)) for each in range(count)]
    assert answers(slice(None)) == [b"".join(each) for each in zip(*singles, strict=True)]
