"""Walking forward: at every issue each member says what it would have said then, and is held to it.

A `Record` keeps what was said beside what came true. Whatever is learned from it at an issue (weights, bands) uses only
steps that had ended by then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from enerwise.core.time import Instant, TimeArray
from enerwise.core.units import BoolArray, FloatArray
from enerwise.forecast.columns.pooled import own_days
from enerwise.forecast.frame import QUANTILES, ColumnForecaster, ColumnFrame, ColumnModel, Known, TooShort
from enerwise.forecast.reach import reach

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Record:
    """What members said, issue by issue, and what came true."""

    members: tuple[str, ...]
    issues: TimeArray
    """Rising. Shape (issue,)"""
    step_s: int
    value: FloatArray
    """Quantiles, NaN where a member could not speak. Shape (issue, member, step, 19)"""
    truth: FloatArray
    """NaN where nothing was measured. Shape (issue, step)"""
    low: FloatArray
    """No value may lie below. Shape (issue, step)"""
    high: FloatArray
    """Nor above. Shape (issue, step)"""
    notes: tuple[str, ...] = ()
    own_days: FloatArray | None = None
    """Days measured before each issue; only a pool asks for them. Shape (issue,)"""

    @property
    def horizon(self) -> int:
        """Steps of each issue."""
        return int(self.truth.shape[1])

    def told_by(self, issue: Instant) -> BoolArray:
        """Tell which steps had ended at an issue. Shape (issue, step)"""
        ends = self.issues[:, None] + np.arange(1, self.horizon + 1) * np.timedelta64(self.step_s * 1000, "ms")
        return np.asarray(ends <= issue)


@dataclass(slots=True)
class _Seat:
    """A member on its walk: its latest fit, and when that was."""

    member: ColumnForecaster
    model: ColumnModel | None = None
    fitted_at: Instant | None = None
    trouble: str = ""

    def said(self, known: Known) -> FloatArray:
        """Return what the member says, fitted anew where its fit is too old. Shape (step, 19)"""
        age_days = np.inf if self.fitted_at is None else (known.issue - self.fitted_at) / np.timedelta64(1, "D")
        try:
            if self.model is None or age_days >= self.member.refit_days:
                self.model, self.fitted_at = self.member.fit(known), known.issue
        except TooShort as error:
            self.model, self.trouble = None, str(error)
            return np.full((known.horizon, QUANTILES.size), np.nan)
        return np.sort(self.model.predict(known), axis=1)


def walk(
    frame: ColumnFrame,
    members: Sequence[ColumnForecaster],
    issues: TimeArray,
    horizon: int,
    *,
    progress: Progress | None = None,
) -> Record:
    """Let members forecast at every issue.

    Args:
        frame: The data; members see it only as of each issue.
        members: Forecasters, each fitted anew after as many days as it asks for.
        issues: Rising, on the frame's grid. Shape (issue,)
        horizon: Steps of each.
        progress: Told of issues done and issues in all.
    """
    seats = [_Seat(each) for each in members]
    value = np.full((issues.size, len(seats), horizon, QUANTILES.size), np.nan)
    low, high = np.zeros((2, issues.size, horizon))
    days = np.zeros(issues.size)
    for place, issue in enumerate(issues):
        known = frame.as_of(issue, horizon)
        low[place], high[place] = reach(known)
        days[place] = own_days(known)
        for at, seat in enumerate(seats):
            value[place, at] = np.clip(seat.said(known), low[place][:, None], high[place][:, None])
        if progress is not None:
            progress(place + 1, issues.size)
    notes = tuple(f"{seat.member.name}: {seat.trouble}" for seat in seats if seat.trouble)
    names = tuple(each.name for each in members)
    truth = truth_of(frame, issues, horizon)
    return Record(names, issues, frame.grid.step_s, value, truth, low, high, notes, days)


def truth_of(frame: ColumnFrame, issues: TimeArray, horizon: int) -> FloatArray:
    """Return what was measured after each issue, NaN where nothing was. Shape (issue, step)"""
    first = np.array([frame.grid.step_at(issue) for issue in issues], dtype=np.int64)
    position = first[:, None] + np.arange(horizon)
    inside = (position >= 0) & (position < frame.target.size)
    return np.where(inside, frame.target[np.clip(position, 0, frame.target.size - 1)], np.nan)
