"""Faults that are put into a series are found and named; a sound series is left alone."""

import numpy as np
import pytest

from enerwise.core.units import FloatArray
from enerwise.forecast.quality import Fault, Finding, findings

from .column_builders import a_column_frame, a_series


def found(
    target: FloatArray, *, unit_w: float | None = None, connection_w: float | None = None
) -> dict[Fault, Finding]:
    told = findings(a_column_frame(target), unit_w=unit_w, connection_w=connection_w)
    return {each.fault: each for each in told}


def test_a_sound_series_has_no_findings() -> None:
    assert not found(a_series())


def test_gaps_are_told_and_nothing_but_gaps_is_refused() -> None:
    target = a_series()
    target[100:130] = np.nan
    assert "30.0 h on end" in found(target)[Fault.GAP].message and not found(target)[Fault.GAP].refuses
    target[: target.size * 2 // 3] = np.nan
    assert found(target)[Fault.GAP].refuses


def test_a_spike_is_found_where_it_is() -> None:
    target = a_series()
    target[1000] = 60.0
    assert "2024-02-11 16:00" in found(target)[Fault.SPIKE].message


def test_a_meter_that_hangs_is_found() -> None:
    target = a_series()
    target[500:540] = target[500]
    assert "40 h" in found(target)[Fault.FLAT].message


@pytest.mark.parametrize("factor", [1000.0, 0.001, 60.0])
def test_a_unit_that_changes_half_way_is_refused(factor: float) -> None:
    target = a_series()
    target[target.size // 2 :] *= factor
    assert found(target)[Fault.UNIT].refuses


def test_more_than_the_connection_carries_is_refused() -> None:
    many = found(a_series(), unit_w=1e6, connection_w=17e3)
    assert many[Fault.UNIT].refuses and "17000 W" in many[Fault.UNIT].message
    assert not found(a_series(), unit_w=1e3, connection_w=17e3)


def test_days_that_were_copied_in_are_found() -> None:
    target = a_series()
    target[20 * 24 : 21 * 24] = target[13 * 24 : 14 * 24]
    assert "2024-01-21" in found(target)[Fault.DUPLICATE_DAY].message


def test_a_day_moved_by_an_hour_is_found() -> None:
    target = a_series()
    target[20 * 24 + 1 : 21 * 24] = target[19 * 24 : 20 * 24 - 1]
    assert "moved by 1 h" in found(target)[Fault.SHIFTED_DAY].message


def test_a_clock_that_jumps_is_seen_by_the_sun() -> None:
    slot = np.arange(100 * 24) % 24
    sun = np.clip(np.sin(np.pi * (slot - 6) / 12), 0, None) + 0.0 * slot
    sun[50 * 24 :] = np.roll(sun, 1)[50 * 24 :]
    told = {each.fault: each for each in findings(a_column_frame(sun, kind="pv"))}
    assert "+60 min" in told[Fault.CLOCK].message


def test_a_clock_far_from_the_sun_is_told_and_does_not_jump() -> None:
    slot = np.arange(100 * 24) % 24
    sun = np.roll(np.clip(np.sin(np.pi * (slot - 6) / 12), 0, None) * a_series(100, noise=0.3), -10)
    (told,) = findings(a_column_frame(np.clip(sun, 0, None), kind="pv"))
    assert told.fault is Fault.CLOCK and "middle of production is at" in told.message


def test_a_forecast_that_is_the_later_measurement_is_called_perfect() -> None:
    measured = a_series(seed=7)
    frame = a_column_frame(columns={"sun_predicted": np.concatenate([measured[6:], np.full(6, np.nan)])})
    (told,) = findings(frame, {"sun": measured})
    assert told.fault is Fault.PERFECT and "6 h later" in told.message and not told.refuses


def test_a_known_column_that_is_the_target_is_refused() -> None:
    target = a_series()
    (told,) = findings(a_column_frame(target, columns={"copy": target.copy()}))
    assert told.fault is Fault.PERFECT and told.refuses


def test_an_honest_forecast_is_not_called_perfect() -> None:
    measured = a_series(seed=7)
    noisy = measured + 0.01 * np.random.default_rng(1).normal(size=measured.size)
    assert not findings(a_column_frame(columns={"sun_predicted": noisy}), {"sun": measured})
