"""What a meter shows of a building: figures of a made-up office are the ones it was made of."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.time import DAY_S, LocalFields, TimeGrid, instant, local_fields
from enerwise.core.units import FloatArray
from enerwise.forecast.day_types import DayType
from enerwise.forecast.load_profile import DURATION_RATIOS, LoadProfile, profile

STEP_S = 1800
ZONE = "Europe/Berlin"


def an_office(days: int = 84, *, base_w: float = 10e3, more_w: float = 20e3) -> tuple[FloatArray, LocalFields]:
    """Work from eight to six on weekdays, 10 kW by night, 30 kW by day."""
    grid = TimeGrid(instant("2024-01-07T23:00Z"), STEP_S, days * DAY_S // STEP_S)
    local = local_fields(grid.starts_utc, ZONE)
    hour = local.second / 3600
    works = (hour >= 8) & (hour < 18) & (local.weekday < 5)
    noise = np.random.default_rng(2).normal(0, 0.01, grid.step_count)
    return (base_w + more_w * works) * (1 + noise), local


def looked(power_w: FloatArray, local: LocalFields, **more: Any) -> LoadProfile:
    return profile(power_w, local, STEP_S, **more)


def test_an_office_has_the_figures_it_was_made_of() -> None:
    seen = looked(*an_office())
    assert seen.base_w == pytest.approx(10e3, rel=0.03)
    assert seen.load_factor_ratio == pytest.approx(seen.mean_w / seen.highest_w)
    assert seen.weekend_ratio == pytest.approx(240 / (240 + 200), rel=0.02)
    assert seen.working is not None
    assert seen.working.start_h == pytest.approx((8, 8, 8)) and seen.working.end_h == pytest.approx((18, 18, 18))
    assert seen.peak_hours[8:18].sum() == pytest.approx(1.0)
    assert [each.type for each in seen.shapes][:3] == [DayType.WORKDAY, DayType.SATURDAY, DayType.SUNDAY]
    # 22 March of 2024 to 31 March has Easter, and clocks go forward on it.
    assert sum(each.day_count for each in seen.shapes) == seen.day_count >= 83


def test_a_load_that_is_always_the_same_has_no_hours_of_work() -> None:
    seen = looked(*an_office(more_w=500.0))
    assert seen.working is None and seen.base_ratio > 0.9 and not seen.odd_days


def test_a_day_out_of_the_usual_is_found() -> None:
    power_w, local = an_office()
    day = int(local.day[0]) + 15
    seen = looked(np.where(local.day == day, power_w * 2, power_w), local)
    assert [each.day for each in seen.odd_days] == [day] and seen.odd_days[0].score > 4


def test_a_peak_names_the_part_that_made_it() -> None:
    power_w, local = an_office()
    ovens = np.zeros(power_w.size)
    at = int(np.flatnonzero((local.day == local.day[0] + 9) & (local.second == 11 * 3600))[0])
    ovens[at] = 15e3
    seen = looked(power_w + ovens, local, parts_w={"ovens": ovens, "lights": np.full(power_w.size, 2e3)}, peak_count=3)
    first = seen.peaks[0]
    assert (first.step, len(seen.peaks)) == (at, 3) and first.power_w > first.usual_w + 10e3
    assert first.part_w["ovens"] == pytest.approx(15e3, rel=0.05) and first.part_w["lights"] == pytest.approx(0.0)


@settings(max_examples=20)
@given(scale=st.floats(0.01, 100.0), gone=st.integers(0, 7))
def test_figures_grow_with_the_load_and_ratios_stay(scale: float, gone: int) -> None:
    power_w, local = an_office(days=28)
    power_w = np.where(np.arange(power_w.size) % 97 < gone, np.nan, power_w)
    one, other = looked(power_w, local), looked(power_w * scale, local)
    for name in ("mean_w", "highest_w", "base_w"):
        assert getattr(other, name) == pytest.approx(scale * getattr(one, name))
    for name in ("load_factor_ratio", "weekend_ratio", "base_ratio", "known_ratio", "day_count"):
        assert getattr(other, name) == pytest.approx(getattr(one, name))
    assert np.all(np.diff(one.duration_w) <= 0) and one.duration_w.size == len(DURATION_RATIOS)
    assert one.duration_w[0] == one.highest_w and one.peak_hours.sum() == pytest.approx(1.0)
    assert one.known_ratio == pytest.approx(np.isfinite(power_w).mean())


def test_too_little_and_odd_steps_are_refused() -> None:
    power_w, local = an_office(days=6)
    with pytest.raises(ValueError, match="at least 7"):
        looked(power_w, local)
    with pytest.raises(ValueError, match="do not divide"):
        profile(power_w, local, 7 * 3600)
