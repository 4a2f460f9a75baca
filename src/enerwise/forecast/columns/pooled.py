"""A cold start: what other homes taught serves a home that has no past of its own yet.

Rows are written in the size of their own series, so those of several homes make one lesson. Each row is taught with as
much past as a young home has, from a day to four weeks, since a home of three days cannot tell last week. For two weeks
the pool serves, until eight weeks it blends into the home's own ladder, then it is silent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Final

import numpy as np

from enerwise.core.time import TIME_TYPE
from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.columns.learning import MOST_ROWS, Lesson, lesson
from enerwise.forecast.frame import QUANTILES, ColumnFrame, ColumnModel, Known, TooShort

POOLED: Final = "pooled"
ALONE_DAYS: Final = 14.0
BLENDED_DAYS: Final = 56.0
LEAST_DAYS: Final = 1
"""A home without one measured day has no size in which the pool could be told."""
SEEN_DAYS: Final = (1, 2, 3, 5, 7, 10, 14, 28)
"""Past shown to the rows in turn; eight of them, so that each meets every weekday."""
DAY_MS: Final = np.timedelta64(86_400_000, "ms")


def pooled_ratio(own_days: float) -> float:
    """Return the weight of the pool at so many measured days of a home's own.

    >>> [pooled_ratio(each) for each in (3.0, 14.0, 35.0, 56.0)]
    [1.0, 1.0, 0.5, 0.0]
    """
    return float(np.clip((BLENDED_DAYS - own_days) / (BLENDED_DAYS - ALONE_DAYS), 0.0, 1.0))


def own_days(known: Known) -> float:
    """Return how much a home has measured, in days of steps that are not missing."""
    return float(np.isfinite(known.target).sum() / known.steps_per_day)


@dataclass(frozen=True, slots=True)
class PooledModel:
    """What the pool taught, said to a young home and to no other."""

    inner: ColumnModel

    def predict(self, known: Known) -> FloatArray:
        """Return quantiles; NaN where the home is too young to have a size, or old enough to go without."""
        if not LEAST_DAYS <= own_days(known) < BLENDED_DAYS:
            return np.full((known.horizon, QUANTILES.size), np.nan)
        return self.inner.predict(_alone(known))


@dataclass(frozen=True, slots=True)
class Pooled:
    """Learns from other series as they were known at the issue; LightGBM where it is installed, else ridge."""

    frames: tuple[ColumnFrame, ...]
    name: str = POOLED
    refit_days: int = 28

    def fit(self, known: Known) -> PooledModel:
        """Learn from the pool; nothing of it that was measured after the issue counts.

        Raises:
            TooShort: The home needs no pool any more, or no series of the pool has two weeks before the issue.
        """
        if own_days(known) >= BLENDED_DAYS:
            raise TooShort(f"{known.name} has {own_days(known):.0f} days of its own, the pool is silent from 56")
        lessons, troubles = [], []
        for frame in self.frames:
            try:
                lessons.append(_taught(frame, known, MOST_ROWS // len(self.frames)))
            except TooShort as error:
                troubles.append(str(error))
        if not lessons:
            raise TooShort(f"nothing to learn from before {known.issue}: {'; '.join(troubles) or 'the pool is empty'}")
        return PooledModel(_learned(joined(lessons), known))


def joined(lessons: Sequence[Lesson]) -> Lesson:
    """Return several lessons of the same features as one."""
    before = np.cumsum([0, *(each.issue_count for each in lessons)])
    return Lesson(
        np.concatenate([each.x for each in lessons]),
        np.concatenate([each.y for each in lessons]),
        np.concatenate([each.base for each in lessons]),
        lessons[0].names,
        np.concatenate([each.issue + offset for each, offset in zip(lessons, before, strict=False)]),
        np.concatenate([each.step for each in lessons]),
        int(before[-1]),
        np.concatenate([each.scale for each in lessons]),
    )


def _taught(frame: ColumnFrame, known: Known, most_rows: int) -> Lesson:
    """Return the rows of one series at the same time of day, up to the issue or the end of what it measured."""
    if frame.grid.step_s != known.grid.step_s:
        raise TooShort(f"{frame.name} has steps of {frame.grid.step_s} s, {known.name} of {known.grid.step_s} s")
    over_days = max(0, -int((frame.grid.end_utc - known.issue) // DAY_MS))
    issue = known.issue - over_days * DAY_MS
    if issue <= frame.grid.start_utc:
        raise TooShort(f"{frame.name} begins after {known.issue}")
    return lesson(_alone(frame.as_of(issue, known.horizon)), most_rows=most_rows, seen_days=_in_turn)


def _in_turn(issues: IntArray) -> IntArray:
    return np.asarray(np.array(SEEN_DAYS)[np.arange(issues.size) % len(SEEN_DAYS)])


def _learned(taught: Lesson, known: Known) -> ColumnModel:
    if find_spec("lightgbm") is not None:
        from enerwise.forecast.columns.trees import grown

        return grown(taught)
    from enerwise.forecast.columns.ridge import fitted

    return fitted(taught, known, error_days=taught.issue_count)


def _alone(known: Known) -> Known:
    """Return a series without its known columns: homes of a pool seldom have the same."""
    steps = known.grid.step_count
    return replace(known, columns=(), known=np.zeros((steps, 0)), known_at=np.zeros((steps, 0), dtype=TIME_TYPE))
