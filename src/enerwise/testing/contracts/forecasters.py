"""What every forecaster must satisfy: it sees nothing later, says sorted finite quantiles, and repeats itself.

A plug-in's test inherits the suite and names its forecaster::

    class TestMyForecaster(ForecasterContract):
        forecaster = "my_forecaster"
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pytest

from enerwise.core.plugin import load
from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import DAY_S, Instant, TimeGrid, instant
from enerwise.core.units import FloatArray
from enerwise.forecast.past import Forecaster, Past

LOAD, SUN = Key("home", POWER_W), Key("roof", AVAILABLE_POWER_W)
START = instant("2024-02-05T07:00Z")
"""A Monday; four weeks later comes a leap day."""
STEP_S = 1800
PER_DAY = DAY_S // STEP_S


class ForecasterContract:
    """Inherit and set ``forecaster``; add pasts of your own by extending `pasts`."""

    forecaster: ClassVar[str]
    horizons: ClassVar[tuple[int, ...]] = (1, PER_DAY // 2, PER_DAY, 2 * PER_DAY, 8 * PER_DAY)

    def make(self) -> Forecaster:
        """Return a fresh forecaster, as the planner makes it."""
        made: Forecaster = load("enerwise.forecasters", self.forecaster)()
        return made

    def pasts(self) -> Iterator[tuple[str, Past]]:
        """Yield pasts of every sort, freshly built each time."""
        for key in (LOAD, SUN):
            yield from odd_pasts(key)

    def test_has_a_name(self) -> None:
        assert self.make().name

    def test_says_sorted_finite_quantiles_on_any_past(self) -> None:
        for name, past in self.pasts():
            fitted = self.make().fit(past)
            for steps in self.horizons:
                grid = ahead(past, steps)
                forecast = fitted.predict(past, grid, past.grid.end_utc)
                assert forecast.value.shape == (forecast.level.size, steps), name
                assert np.isfinite(forecast.value).all(), f"{name}, {steps} steps ahead"
                assert np.all(np.diff(forecast.value, axis=0) >= 0.0), f"{name}, {steps} steps ahead"
                assert (forecast.key, forecast.grid, forecast.issued_at) == (past.key, grid, past.grid.end_utc)
                assert forecast.model

    def test_says_something_before_it_has_learned_anything(self) -> None:
        for name, past in self.pasts():
            assert np.isfinite(predicted(self.make(), past)).all(), name

    def test_sun_never_shines_upwards(self) -> None:
        for name, past in odd_pasts(SUN):
            assert np.all(predicted(self.make().fit(past), past) <= 0.0), name

    def test_sees_nothing_known_later(self) -> None:
        """What became known after the issue turns into nonsense; the forecast stays, to the last bit."""
        for count in (3 * PER_DAY, 9 * PER_DAY + 5, 33 * PER_DAY):
            issued_at = START + np.timedelta64(count * STEP_S, "s")
            honest, poisoned = (a_frame(count, poison) for poison in (0.0, 1e6))
            assert not np.array_equal(honest.value, poisoned.value)
            assert np.array_equal(self._foreseen(honest, issued_at), self._foreseen(poisoned, issued_at))

    def test_what_is_learned_later_changes_no_earlier_forecast(self) -> None:
        past = a_past(LOAD, 40 * PER_DAY)
        before = past.until(30 * PER_DAY)
        fitted = self.make().fit(before)
        first = predicted(fitted, before)
        fitted.fit(past)
        predicted(fitted, past)
        assert np.array_equal(first, predicted(fitted, before))

    def test_learning_leaves_the_one_who_was_asked_as_it_was(self) -> None:
        past, fresh = a_past(LOAD, 30 * PER_DAY), self.make()
        before = predicted(fresh, past)
        fresh.fit(past)
        assert np.array_equal(before, predicted(fresh, past))

    def test_equal_pasts_are_answered_alike(self) -> None:
        for (name, past), (_, same) in zip(self.pasts(), self.pasts(), strict=True):
            first, second = self.make().fit(past), self.make().fit(same)
            assert np.array_equal(predicted(first, past), predicted(second, same)), name

    def test_leaves_the_past_alone(self) -> None:
        for name, past in self.pasts():
            before = past.value.copy()
            predicted(self.make().fit(past), past)
            assert np.array_equal(past.value, before, equal_nan=True), name

    def test_goes_on_through_the_day_after_learning_once(self) -> None:
        past = a_past(LOAD, 32 * PER_DAY)
        fitted = self.make().fit(past.until(31 * PER_DAY))
        for step in range(31 * PER_DAY, 32 * PER_DAY, 7):
            assert np.isfinite(predicted(fitted, past.until(step))).all()

    def test_steps_of_another_length_are_a_mistake(self) -> None:
        past = a_past(LOAD, 10 * PER_DAY)
        with pytest.raises(ValueError, match="steps"):
            self.make().predict(past, TimeGrid(past.grid.end_utc, 900, 4), past.grid.end_utc)

    def _foreseen(self, frame: Frame, issued_at: Instant) -> FloatArray:
        past = Past.of(frame.as_of(issued_at), LOAD, STEP_S)
        return predicted(self.make().fit(past), past)


def predicted(forecaster: Forecaster, past: Past) -> FloatArray:
    """Return the quantiles of the day after a past."""
    return forecaster.predict(past, ahead(past, PER_DAY), past.grid.end_utc).value


def ahead(past: Past, steps: int) -> TimeGrid:
    """Return the steps that follow a past."""
    return TimeGrid(past.grid.end_utc, past.grid.step_s, steps)


def odd_pasts(key: Key) -> Iterator[tuple[str, Past]]:
    """Yield pasts that real homes have had."""
    rng = np.random.default_rng(3)
    whole = values(key, 35 * PER_DAY)
    gappy, torn, rare = whole.copy(), whole.copy(), np.full(whole.size, np.nan)
    gappy[rng.random(whole.size) < 0.3] = np.nan
    torn[-3 * PER_DAY :] = np.nan
    rare[::97] = whole[::97]
    for name, value in (
        ("five weeks", whole),
        ("a third missing", gappy),
        ("silent for three days", torn),
        ("hardly anything", rare),
        ("nothing but gaps", np.full(10 * PER_DAY, np.nan)),
        ("constant", np.full(30 * PER_DAY, whole.mean())),
        ("all zero", np.zeros(30 * PER_DAY)),
        ("nine days", whole[: 9 * PER_DAY]),
        ("a week", whole[: 7 * PER_DAY]),
        ("a day and a half", whole[: 3 * PER_DAY // 2]),
        ("an hour", whole[:2]),
        ("one step", whole[:1]),
        ("empty", whole[:0]),
    ):
        yield f"{key}: {name}", Past(key, TimeGrid(START, STEP_S, value.size), value, "Europe/Berlin")


def a_past(key: Key, steps: int) -> Past:
    """Return a past without gaps."""
    return Past(key, TimeGrid(START, STEP_S, steps), values(key, steps), "Europe/Berlin")


def a_frame(known_count: int, poison: float) -> Frame:
    """Return forty days of load, ``poison`` added to all that is known after the first ``known_count`` steps."""
    grid = TimeGrid(START, STEP_S, 40 * PER_DAY)
    value = values(LOAD, grid.step_count)
    value[known_count:] += poison
    return Frame.of(grid.starts_utc, {LOAD: value}, known_at=grid.starts_utc + np.timedelta64(STEP_S, "s"))


def values(key: Key, steps: int) -> FloatArray:
    """Return a load with weekdays, an evening and noise, or a sun with clouds in the house sign."""
    rng = np.random.default_rng(7)
    day, hour = np.divmod(np.arange(steps) / PER_DAY * 24.0 + 7.0, 24.0)
    if key == SUN:
        clear_w = np.maximum(0.0, 4000.0 * np.sin((hour - 6.0) / 12.0 * np.pi))
        cloud = rng.uniform(0.2, 1.0, int(day.max(initial=0.0)) + 1)[day.astype(np.int64)]
        return 0.0 - clear_w * cloud
    evening_w = 1500.0 * np.exp(-((hour - 19.0) ** 2) / 4) * np.where(day % 7 >= 5, 0.6, 1.0)
    return np.asarray(300.0 + evening_w + rng.gamma(2.0, 80.0, steps), dtype=np.float64)
