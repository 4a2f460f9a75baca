"""Energy against the weather: bends and slopes that were put in come out, and what shows nothing says so."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.units import BoolArray, FloatArray
from enerwise.forecast.change_point import ChangePoint, fit


def days(
    *,
    heat: float = 0.0,
    cool: float = 0.0,
    below: float = 14.0,
    above: float = 20.0,
    noise: float = 1e3,
    count: int = 365,
) -> tuple[FloatArray, FloatArray, BoolArray]:
    rng = np.random.default_rng(4)
    air = 11.0 + 11.0 * np.sin(np.arange(count) / 58.0) + rng.normal(0, 3, count)
    is_work = np.arange(count) % 7 < 5
    energy = (
        100e3 + np.where(is_work, 0.0, -30e3) + heat * np.maximum(below - air, 0) + cool * np.maximum(air - above, 0)
    )
    return energy + rng.normal(0, noise, count), air, is_work


@pytest.mark.parametrize(("heat", "cool"), [(8e3, 0.0), (0.0, 12e3), (8e3, 12e3)])
def test_what_was_put_in_comes_out(heat: float, cool: float) -> None:
    found = fit(*days(heat=heat, cool=cool))
    assert found.base_wh == pytest.approx(100e3, rel=0.03) and found.other_day_wh == pytest.approx(-30e3, rel=0.05)
    assert found.heating_wh_per_k == pytest.approx(heat, rel=0.06) and found.cooling_wh_per_k == pytest.approx(
        cool, rel=0.15
    )
    assert np.isnan(found.heats_below_degc) if heat == 0 else abs(found.heats_below_degc - 14.0) < 1.0
    assert np.isnan(found.cools_above_degc) if cool == 0 else abs(found.cools_above_degc - 20.0) < 1.5
    assert found.r2_ratio > 0.95 and found.cvrmse_ratio < 0.05


def test_where_the_weather_does_nothing_nothing_is_seen() -> None:
    found = fit(*days(noise=5e3))
    assert (found.heating_wh_per_k, found.cooling_wh_per_k) == (0.0, 0.0)
    assert np.isnan(found.heats_below_degc) and np.isnan(found.cools_above_degc)


def test_days_that_are_missing_are_left_out() -> None:
    energy, air, is_work = days(heat=8e3)
    gone = np.where(np.arange(energy.size) % 3 == 0, np.nan, energy)
    found = fit(gone, air, is_work)
    assert found.day_count == int(np.isfinite(gone).sum()) and found.heating_wh_per_k == pytest.approx(8e3, rel=0.06)


@settings(max_examples=15)
@given(scale=st.floats(1e-2, 1e3))
def test_a_building_twice_as_large_has_slopes_twice_as_steep(scale: float) -> None:
    energy, air, is_work = days(heat=8e3, cool=12e3)
    one, other = fit(energy, air, is_work), fit(energy * scale, air, is_work)
    assert other.heating_wh_per_k == pytest.approx(scale * one.heating_wh_per_k, rel=1e-6)
    assert other.heats_below_degc == one.heats_below_degc and other.r2_ratio == pytest.approx(one.r2_ratio)


def test_too_few_days_and_weather_that_hardly_changes_are_refused() -> None:
    energy, air, is_work = days(heat=8e3)
    with pytest.raises(ValueError, match="40 days with energy"):
        fit(energy[:40], air[:40], is_work[:40])
    with pytest.raises(ValueError, match="too alike"):
        fit(energy, np.full(air.size, 12.0), is_work)


def test_the_model_says_what_it_was_fitted_to() -> None:
    energy, air, is_work = days(heat=8e3, cool=12e3)
    found = fit(energy, air, is_work)
    assert isinstance(found, ChangePoint)
    residual = energy - found.energy_wh(air, is_work)
    assert 1.0 - residual.var() / energy.var() == pytest.approx(found.r2_ratio, abs=1e-6)
