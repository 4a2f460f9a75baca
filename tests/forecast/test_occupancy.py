"""Occupancy is told from the past of a room alone, and reaches its bar where the data are at hand."""

import numpy as np
import pytest

from enerwise.core.time import instant
from enerwise.core.units import BoolArray
from enerwise.forecast.occupancy import Room, features, fit

pytest.importorskip("sklearn", reason="the extra `learn` is not installed")


def a_room(days: int = 4, seed: int = 0) -> tuple[Room, BoolArray]:
    starts = instant("2015-02-02") + np.arange(days * 1440) * np.timedelta64(60_000, "ms")
    minute = np.arange(days * 1440) % 1440
    there = (minute > 540) & (minute < 1020)
    noise = np.random.default_rng(seed).normal(size=there.size)
    air = np.convolve(there, np.ones(30) / 30)[: there.size]
    return Room(starts, 60, {"co2_ppm": 420 + 400 * air + 20 * noise}), there


def test_people_are_told_from_the_air() -> None:
    model = fit(*a_room())
    room, there = a_room(seed=1)
    assert ((model.probability(room) > 0.5) == there).mean() > 0.95


def test_nothing_later_is_looked_at() -> None:
    room, _ = a_room()
    spoilt = Room(
        room.starts, 60, {"co2_ppm": np.where(np.arange(room.starts.size) >= 2000, 9e9, room.sensors["co2_ppm"])}
    )
    np.testing.assert_allclose(features(room, ("co2_ppm",))[:2000], features(spoilt, ("co2_ppm",))[:2000])


def test_a_missing_reading_is_the_last_one_known() -> None:
    room, _ = a_room()
    value = room.sensors["co2_ppm"].copy()
    value[100:110] = np.nan
    assert np.isfinite(features(Room(room.starts, 60, {"co2_ppm": value}), ("co2_ppm",))).all()


def test_a_room_that_is_never_empty_teaches_nothing() -> None:
    room, there = a_room()
    with pytest.raises(ValueError, match="always occupied or never"):
        fit(room, np.ones_like(there))


def test_the_office_reaches_its_bar_with_light() -> None:
    from bench import occupancy

    if not occupancy.DATA.exists():
        pytest.skip(f"{occupancy.DATA} is absent")
    assert occupancy.accuracy("datatraining", "datatest", with_light=True) >= 0.95
