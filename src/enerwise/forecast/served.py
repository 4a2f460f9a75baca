"""A trained ladder as plans need it: at any moment, on any grid, beside the floor, drawn towards the last hour.

The ladder speaks once a day, for as long as it was trained for, and looks at its medians anew every few hours. What it
said of each of the last days, the weeks before its training among them, stands beside what came true: so its errors are
honest ones, scenarios are made of them, and the present error fades as they have shown it to. The floor of the ladder
keeps the share that those same weeks give it: all of it, where the ladder was of no use.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from enerwise.core.outlook import Forecast
from enerwise.core.time import DAY_S, Instant, TimeArray, TimeGrid
from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.banded import learning_positions, positions, within_reach
from enerwise.forecast.drawn import Drawn
from enerwise.forecast.frame import MEDIAN, QUANTILES, ColumnFrame
from enerwise.forecast.models.blend import best_weights
from enerwise.forecast.past import Past
from enerwise.forecast.reach import reach
from enerwise.forecast.residuals import LEVELS
from enerwise.forecast.trained import Trained

DAY: Final = np.timedelta64(DAY_S * 1000, "ms")
AGAIN: Final = np.timedelta64(6 * 3_600_000, "ms")
"""After so long the ladder looks again at what it said."""
LEAST_SHARE: Final = 0.1
"""A ladder that deserves less is not listened to: four weeks are short."""
OLDEST_DAYS: Final = 42
"""Weights and bands come from the weeks before a training; older ones tell little about today."""
AT_LEVELS: Final = np.rint(LEVELS * 20).astype(np.int64) - 1
"""Where the levels of plans stand among the quantiles of a ladder."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a ladder said: of each day what was foretold at its issue, of the last one all it reaches."""

    grid: TimeGrid
    value: FloatArray
    """Quantiles, NaN where nothing was said. Shape (step, 19)"""

    def at(self, starts_utc: TimeArray) -> FloatArray:
        """Return the means over steps of the same length that may begin anywhere. Shape (start, 19)"""
        offset = (starts_utc - self.grid.start_utc) / np.timedelta64(self.grid.step_s * 1000, "ms")
        step = np.floor(offset).astype(np.int64)
        share = (offset - step)[:, None]
        # A step that begins on ours lies in one of them, any other in two.
        return np.where(share > 0, (1 - share) * self._row(step) + share * self._row(step + 1), self._row(step))

    def _row(self, step: IntArray) -> FloatArray:
        inside = (step >= 0) & (step < self.grid.step_count)
        return np.where(inside[:, None], self.value[np.clip(step, 0, self.grid.step_count - 1)], np.nan)


@dataclass(slots=True)
class Speaker:
    """A trained ladder that remembers what it has said since its training: nothing is said twice."""

    trained: Trained
    since: list[FloatArray] = field(default_factory=list)
    """Day by day from the training on. Shape (step, 19) each"""
    revision: tuple[Instant, FloatArray] | None = None
    """When it looked at its medians last, and what they became. Shape (step,)"""

    def said(self, frame: ColumnFrame, now: Instant) -> Said:
        """Return what the ladder says up to ``now``: the weeks before its training, and every day since.

        Args:
            frame: What was measured, from a good month before the training on.
            now: Nothing later is issued.

        Raises:
            ValueError: It was trained on other steps, or after ``now``.
        """
        record, trained_at, step_s = self.trained.record, self.trained.trained_at, frame.grid.step_s
        if record.step_s != step_s:
            raise ValueError(f"trained on steps of {record.step_s} s, {step_s} s are wanted")
        if now < trained_at:
            raise ValueError(f"trained at {trained_at}, which is later than {now}")
        days = int((now - trained_at) // DAY)
        for day in range(len(self.since), days + 1):
            self.since.append(self.trained.predict(frame.as_of(trained_at + day * DAY, record.horizon)))
        issues = np.concatenate([record.issues, trained_at + np.arange(days + 1) * DAY])
        whole = _joined(issues, [*self.trained.mixed.value, *self.since[: days + 1]], step_s)
        again = issues[-1] + (now - issues[-1]) // AGAIN * AGAIN
        return whole if again == issues[-1] else self._revised(whole, frame, again)

    def _revised(self, whole: Said, frame: ColumnFrame, again: Instant) -> Said:
        """Return what was said with its medians as they are seen now; its bands move with them."""
        known = frame.as_of(again, self.trained.record.horizon)
        if self.revision is None or self.revision[0] != again:
            self.revision = again, self.trained.centre(known)
        first = whole.grid.step_at(again)
        count = min(whole.grid.step_count - first, known.horizon)
        low, high = (each[:count, None] for each in reach(known))
        value = whole.value.copy()
        change = self.revision[1][:count] - value[first : first + count, MEDIAN]
        value[first : first + count] = np.clip(value[first : first + count] + change[:, None], low, high)
        return Said(whole.grid, value)


def _joined(issues: TimeArray, value: Sequence[FloatArray], step_s: int) -> Said:
    """Return forecasts as one path, each until the next."""
    horizon = value[-1].shape[0]
    grid = TimeGrid(issues[0], step_s, int((issues[-1] - issues[0]) // DAY) * (DAY_S // step_s) + horizon)
    path = np.full((grid.step_count, QUANTILES.size), np.nan)
    for issue, each in zip(issues, value, strict=True):
        path[grid.step_at(issue) :][:horizon] = each
    return Said(grid, path)


@dataclass(frozen=True)
class Served(Drawn):
    """What a ladder has said, drawn towards the present; `fit` learns how."""

    said: Said | None = None
    history_days: int = 0
    """Over so many days it has learned."""
    floor: Drawn | None = None
    """Fitted; what the ladder has to be better than."""
    share: float = 1.0
    """Of the ladder in the mean of both."""

    def fit(self, past: Past) -> "Served":
        """Learn share, fading and errors from the last four weeks, as far as the ladder has spoken of them."""
        position = learning_positions(past)
        known = np.flatnonzero(np.isfinite(past.value[position] - self._medians(past, position)))
        if not known.size:
            return replace(self, share=0.0 if self.floor else 1.0)
        # Days of which it never spoke would count as days without an error.
        position = position[known[0] :]
        learned = replace(self, share=self._deserved(past, position))
        return learned.drawn(past, position, past.value[position] - learned.usual(past, position))

    def usual(self, past: Past, position: IntArray) -> FloatArray:
        """Return the medians of what was said, beside the floor."""
        value = self._medians(past, position)
        if self.floor is None or self.share == 1.0:
            return value
        floor = self.floor.usual(past, position)
        return np.where(np.isfinite(value), self.share * value + (1 - self.share) * floor, floor)

    def around(self, centre: FloatArray, past: Past, grid: TimeGrid, issued_at: Instant) -> Forecast:
        """Return the ladder's own quantiles, moved with the centre and drawn together where the present tells."""
        position = positions(past, grid)
        value = self._said(past, position)
        width = np.nan_to_num(value - value[:, MEDIAN:][:, :1])[:, AT_LEVELS].T
        quantiles = np.maximum.accumulate(centre + width * self.band_scale(past, position), axis=0)
        return Forecast(past.key, grid, issued_at, LEVELS, within_reach(quantiles, past), self.name)

    def _deserved(self, past: Past, position: IntArray) -> float:
        """Return the share of least squared error over some weeks, none where it would be small."""
        if self.floor is None:
            return 1.0
        parts = np.stack([self.floor.usual(past, position), self._medians(past, position)])
        truth = past.value[position]
        known = np.isfinite(truth) & np.isfinite(parts).all(axis=0)
        share = float(best_weights(parts[:, known], truth[known])[1]) if known.any() else 0.0
        return share if share >= LEAST_SHARE else 0.0

    def _medians(self, past: Past, position: IntArray) -> FloatArray:
        return self._said(past, position)[:, MEDIAN]

    def _said(self, past: Past, position: IntArray) -> FloatArray:
        assert self.said is not None
        starts = past.grid.start_utc + position * np.timedelta64(past.grid.step_s * 1000, "ms")
        return self.said.at(starts)
