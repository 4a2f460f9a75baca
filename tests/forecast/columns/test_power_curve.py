"""The power curve: it finds the machine behind the numbers, and what it misses is learned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.units import FloatArray
from enerwise.forecast.backtest import members_of
from enerwise.forecast.columns.power_curve import WindPowerCurve, fitted_curve, shape
from enerwise.forecast.frame import MEDIAN, ColumnFrame, TooShort

from ..column_builders import DAY_MS, START, a_column_frame

DAYS = 90
FIRST, RATED, CAPACITY = 3.0, 12.0, 2000.0


def a_wind(*, seed: int = 0, days: int = DAYS) -> FloatArray:
    """Hours of wind with the memory of a day, spread like a Weibull of shape 2 around 7 m/s."""
    rng = np.random.default_rng(seed)
    kept = np.exp(-1 / 18)
    drift = np.zeros(days * 24)
    for step in range(1, drift.size):  # An autoregressive process has no other way.
        drift[step] = kept * drift[step - 1] + np.sqrt(1 - kept**2) * rng.normal()
    rank = 0.5 * (1 + np.tanh(0.8 * drift))
    return np.asarray(8.0 * np.sqrt(-np.log(1 - np.clip(rank, 1e-6, 1 - 1e-6))))


def a_park(*, sign: float = 1.0, error_m_per_s: float = 0.0, wake: float = 0.0) -> ColumnFrame:
    """Return what a park yields, the winds foretold for it, and a direction from which it stands in its own wake."""
    wind, direction = a_wind(), a_wind(seed=7) * 40.0 % 360.0
    lost = 1.0 - wake * (np.abs(direction - 180.0) < 60.0)
    power = sign * CAPACITY * shape(wind * lost, FIRST, RATED)
    told = np.maximum(0.0, wind + error_m_per_s * np.random.default_rng(1).normal(size=wind.size))
    return a_column_frame(power, columns={"wind_speed_100m": told, "wind_direction": direction}, kind="wind")


def error(frame: ColumnFrame, predict: FloatArray, day: int) -> float:
    return float(np.abs(predict - frame.target[day * 24 : day * 24 + predict.size]).mean())


@given(
    winds=st.lists(st.floats(0.0, 60.0), min_size=2, max_size=20),
    first=st.floats(0.0, 5.0),
    stretch=st.floats(1.5, 6.0),
)
def test_more_wind_never_yields_less_and_nothing_leaves_its_range(
    winds: list[float], first: float, stretch: float
) -> None:
    share = shape(np.sort(np.array(winds)), first, (first + 1.0) * stretch)
    assert (np.diff(share) >= 0).all() and share.min() >= 0.0 and share.max() <= 1.0


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_it_finds_the_machine_behind_the_numbers(sign: float) -> None:
    curve = fitted_curve(a_park(sign=sign).as_of(START + 80 * DAY_MS, 24))
    assert curve.columns == ("wind_speed_100m",)
    assert curve.rated == pytest.approx(sign * CAPACITY, rel=0.05)
    wind = np.arange(0.0, 20.0, 0.5)
    missed = np.abs(curve.power(wind) - sign * CAPACITY * shape(wind, FIRST, RATED))
    assert missed.max() < 0.06 * CAPACITY


def test_the_unit_of_the_wind_does_not_matter() -> None:
    frame = a_park()
    in_kmh = a_column_frame(frame.target, columns={"windspeed_kmh": frame.known[:, 0] * 3.6}, kind="wind")
    ours, theirs = (fitted_curve(each.as_of(START + 80 * DAY_MS, 24)) for each in (frame, in_kmh))
    np.testing.assert_allclose(
        theirs.power(np.array([10.0, 30.0])), ours.power(np.array([10.0, 30.0]) / 3.6), rtol=1e-6
    )


def test_of_several_winds_the_mean_is_taken_where_it_tells_more() -> None:
    frame = a_park()
    off = np.random.default_rng(5).normal(size=frame.target.size) * 1.5
    stations = {f"ws_{name}": np.maximum(0.0, frame.known[:, 0] + sign * off) for name, sign in (("a", 1), ("b", -1))}
    curve = fitted_curve(a_column_frame(frame.target, columns=stations, kind="wind").as_of(START + 80 * DAY_MS, 24))
    assert curve.columns == ("ws_a", "ws_b")


def test_without_a_wind_told_ahead_it_does_not_speak() -> None:
    frame = a_park()
    bare = a_column_frame(frame.target, columns={"wind_direction": frame.known[:, 1]}, kind="wind")
    with pytest.raises(TooShort, match="no wind speed is known ahead"):
        WindPowerCurve().fit(bare.as_of(START + 80 * DAY_MS, 24))


def test_it_stands_in_the_ladder_of_wind() -> None:
    pytest.importorskip("lightgbm")
    assert "wind_power_curve" in [each.name for each in members_of("wind")[0]]
    assert "wind_power_curve" not in [each.name for each in members_of("load")[0]]


def test_trees_learn_what_the_curve_misses() -> None:
    pytest.importorskip("lightgbm")
    frame = a_park(error_m_per_s=1.0, wake=0.15)
    told, bare, last_week = [], [], []
    known = frame.as_of(START + 70 * DAY_MS, 24)
    model, curve = WindPowerCurve().fit(known), fitted_curve(known)
    for day in range(70, 88):
        seen = frame.as_of(START + day * DAY_MS, 24)
        value = model.predict(seen)
        assert (np.diff(value, axis=1) >= -1e-9).all() and value.shape == (24, 19)
        told.append(error(frame, value[:, MEDIAN], day))
        bare.append(error(frame, curve.power(frame.known[day * 24 : day * 24 + 24, 0]), day))
        last_week.append(error(frame, frame.target[day * 24 - 168 : day * 24 - 144], day))
    assert np.mean(told) < 0.95 * np.mean(bare) < 0.5 * np.mean(last_week)


def test_where_the_forecast_of_wind_ends_the_last_days_stand_in() -> None:
    pytest.importorskip("lightgbm")
    frame = a_park()
    known = frame.as_of(START + 80 * DAY_MS, 48)
    assert np.isnan(known.known[-24:]).all()
    assert np.isfinite(WindPowerCurve().fit(known).predict(known)).all()
