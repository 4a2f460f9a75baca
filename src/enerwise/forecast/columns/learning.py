"""What learners are taught: the rows of past issues with what was measured after them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.features import past_issues, rows
from enerwise.forecast.frame import Known, TooShort

MOST_DAYS: Final = 730
LEAST_DAYS: Final = 14
"""Issues a learner needs; with fewer the floor serves alone."""
MOST_ROWS: Final = 60_000
"""A longer lesson is thinned by issues, the latest kept."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Rows whose outcome is known. Everything is scaled, outcomes are differences from the base."""

    x: FloatArray
    """Shape (row, feature)"""
    y: FloatArray
    """Shape (row,)"""
    base: FloatArray
    """What the outcomes differ from. Shape (row,)"""
    names: tuple[str, ...]
    issue: IntArray
    """Place of each row's issue among those taught, rising. Shape (row,)"""
    step: IntArray
    """Shape (row,)"""
    issue_count: int
    scale: FloatArray
    """Size of the series of each row, in its own unit. Shape (row,)"""

    def recent(self, days: int, horizon: int) -> IntArray:
        """Return the rows of the last issues, -1 where the outcome is unknown. Shape (issue, horizon)"""
        first = max(0, self.issue_count - days)
        place = np.full((self.issue_count - first, horizon), -1)
        late = np.flatnonzero(self.issue >= first)
        place[self.issue[late] - first, self.step[late]] = late
        return place


def lesson(
    known: Known, *, most_rows: int = MOST_ROWS, seen_days: Callable[[IntArray], IntArray] | None = None
) -> Lesson:
    """Return all rows that can be learned from.

    Args:
        known: What is known now.
        most_rows: A longer lesson is thinned.
        seen_days: Tells how many days of the past each of the issues is shown; all there are if left out.

    Raises:
        TooShort: Fewer than two weeks of issues have an outcome.
    """
    issues = _thinned(past_issues(known, most_days=MOST_DAYS), known.horizon, most_rows)
    if issues.size < LEAST_DAYS:
        raise TooShort(f"{known.name}: {issues.size} days to learn from, {LEAST_DAYS} needed")
    row = rows(known, issues, known.horizon, None if seen_days is None else seen_days(issues))
    padded = np.concatenate([known.target, np.full(known.horizon, np.nan)])
    y = padded[row.position] / row.scale - row.base
    told = np.isfinite(y)
    if not told.any():
        raise TooShort(f"{known.name}: nothing was measured after the issues to learn from")
    issue = np.repeat(np.arange(issues.size), known.horizon)
    return Lesson(
        x=row.x[told],
        y=y[told],
        base=row.base[told],
        names=row.names,
        issue=issue[told],
        step=row.step[told],
        issue_count=issues.size,
        scale=row.scale[told],
    )


def _thinned(issues: IntArray, horizon: int, most_rows: int) -> IntArray:
    every = -(-issues.size * horizon // most_rows)
    return issues[::-1][::every][::-1] if every > 1 else issues
