"""The price forecaster: members that walk along day by day, blended, with the band of the blend's own recent errors.

What members said of a day depends on the days before it alone. So their words of the last weeks are kept, and found
again by what they were made from; where there are none, they are made now, which takes half a minute once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from enerwise.core.units import FloatArray
from enerwise.forecast.frame import MEDIAN, Known, TooShort
from enerwise.forecast.models.price.blend import blended
from enerwise.forecast.models.price.days import TOLD_SHARE, Days, Kept, Member, days_of, prefix_digests
from enerwise.forecast.models.price.kernel import likeness, wide_network
from enerwise.forecast.models.price.lear import Lear
from enerwise.forecast.models.price.trees import Trees
from enerwise.forecast.spread import around, error_table

HISTORY_DAYS: Final = 56
WIDER: Final = 1.06
"""Hours of a day err together: eight weeks hold few different errors, and the next is often larger than all."""
LEAST_DAYS: Final = 49
"""A week for the lags, six weeks to learn from."""


def usual_members() -> tuple[Member, ...]:
    """Return lines, two kernels and trees, not yet fitted."""
    return Lear(), likeness(), wide_network(), Trees()


@dataclass
class _Company:
    """Members that look at the same columns, and what they said."""

    members: tuple[Member, ...]
    words: Kept[FloatArray] = field(default_factory=lambda: Kept(4 * HISTORY_DAYS))

    def said(self, days: Days, first: int) -> FloatArray:
        """Return what each member said of each day from ``first`` on. Shape (member, day, slot)"""
        keys = prefix_digests(days, first)
        fresh = next((at for at, key in enumerate(keys) if key not in self.words), len(keys))
        if fresh < len(keys):
            made = np.stack([member.said(days, first + fresh) for member in self.members])
            for at in range(fresh, len(keys)):
                self.words.get(keys[at], partial(np.copy, made[:, at - fresh]))
        return np.stack([self.words.get(key, _never) for key in keys], axis=1)


@dataclass
class PriceModel:
    """The forecaster as it stands; learning happens as days are asked for."""

    members: Callable[[], tuple[Member, ...]] = usual_members
    companies: dict[tuple[str, ...], _Company] = field(default_factory=dict)

    def predict(self, known: Known) -> FloatArray:
        """Return quantiles of each step; days after the first see the median of those before. Shape (horizon, 19)

        NaN where no member could speak, since the days right before are missing.
        """
        day, out = known.steps_per_day, []
        target = known.target
        for ahead in range(-(-known.horizon // day)):
            value = self._day(known, target, ahead)
            target = np.concatenate([target, value[:, MEDIAN]])
            out.append(value)
        return np.concatenate(out)[: known.horizon]

    def _day(self, known: Known, target: FloatArray, ahead: int) -> FloatArray:
        days, columns = as_days(known, target, ahead)
        company = self.companies.setdefault(columns, _Company(self.members()))
        first = max(0, days.count - HISTORY_DAYS)
        truth = np.concatenate([days.target[first:], np.full((1, days.target.shape[1]), np.nan)])
        truth[:-1][~days.is_whole[first:]] = np.nan
        return spoken(company.said(days, first), truth)


@dataclass
class Price:
    """Day-ahead prices. Members: LEAR, two Gaussian processes, boosted trees."""

    name: str = "price"
    refit_days: int = 1
    members: Callable[[], tuple[Member, ...]] = usual_members
    _model: PriceModel = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._model = PriceModel(self.members)

    def fit(self, known: Known) -> PriceModel:
        """Let members learn what the issue of ``known`` asks for.

        Raises:
            TooShort: Fewer than seven weeks lie before the issue, or days right before it are missing.
        """
        days = known.past_count // known.steps_per_day
        if days < LEAST_DAYS:
            raise TooShort(f"{known.name}: {days} days before the issue, a price forecast needs {LEAST_DAYS}")
        if not np.isfinite(self._model.predict(known)).all():
            raise TooShort(f"{known.name}: no member can speak at {known.issue}; the days before it are missing")
        return self._model


def spoken(said: FloatArray, truth: FloatArray) -> FloatArray:
    """Return the quantiles of the day to come: the blend, with the errors it made on the days before.

    Args:
        said: Words on the days before and the one to come. Shape (member, day, slot)
        truth: What came true, NaN on the day to come. Shape (day, slot)

    Returns:
        Shape (slot, 19)
    """
    centre, slots = blended(said, truth), truth.shape[1]
    table = error_table(truth[:-1] - centre[:-1], slots, slots)
    middle = table[:, [MEDIAN]]
    return around(centre[-1], middle + WIDER * (table - middle))


def as_days(known: Known, target: FloatArray, ahead: int) -> tuple[Days, tuple[str, ...]]:
    """Return the days as of an issue, and the columns that are told for the day so many days ahead.

    Days begin at the issue's time of day. A column that is not told for the day to come is left out, not made up.
    """
    slots = known.steps_per_day
    count = target.size // slots
    skipped = target.size - count * slots
    told = _as_told(known, skipped, count + 1)
    is_told = np.isfinite(told[-1]).mean(axis=1) > TOLD_SHARE
    first = known.grid.start_utc + np.timedelta64(skipped * known.grid.step_s, "s")
    ordinal = int(first.astype("datetime64[D]").astype(np.int64))
    days = days_of(target[skipped:].reshape(count, slots), told[:, is_told], ordinal)
    # Days that were themselves forecast teach nothing.
    days.is_whole[count - ahead :] = False
    return days, tuple(name for name, each in zip(known.columns, is_told, strict=True) if each)


def _as_told(known: Known, skipped: int, count: int) -> FloatArray:
    """Return each day's columns as they were told by its own issue. Shape (day, column, slot)

    An issue within the day knows its columns to midnight; what comes after it is taken from the day before, as it was
    told by then, in lessons as in forecasts.
    """
    slots = known.steps_per_day
    value = _padded(known.known, skipped, count * slots, np.nan).reshape(count, slots, -1)
    told_at = _padded(known.known_at, skipped, count * slots, np.datetime64("NaT")).reshape(value.shape)
    first = known.grid.start_utc + np.timedelta64(skipped * known.grid.step_s * 1000, "ms")
    issue = np.minimum(first + np.arange(count) * np.timedelta64(86_400_000, "ms"), known.issue)[:, None, None]
    told = np.where(told_at <= issue, value, np.nan)
    before = np.full(told.shape, np.nan)
    before[1:] = np.where(told_at[:-1] <= issue[1:], value[:-1], np.nan)
    is_mostly_told = np.isfinite(told).mean(axis=1, keepdims=True) > TOLD_SHARE
    return np.asarray(np.where(np.isnan(told) & is_mostly_told, before, told).transpose(0, 2, 1))


def _padded(value: NDArray[Any], skipped: int, count: int, missing: object) -> NDArray[Any]:
    """Return so many rows from one on, with rows of what is missing where there are no more."""
    part = value[skipped : skipped + count]
    padded = np.full((count, *value.shape[1:]), missing, dtype=value.dtype)
    padded[: len(part)] = part
    return padded


def _never() -> FloatArray:
    raise AssertionError("words were just kept")
