"""A trained ladder: what serves a home day after day, with the four weeks that tell whom to listen to.

Training walks over the last four weeks with a fit from before them, so weights and bands come from days no member had
seen, and then fits everything again on all there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from enerwise.core.time import Instant
from enerwise.core.units import FloatArray
from enerwise.forecast.backtest import least_days
from enerwise.forecast.columns.pooled import own_days
from enerwise.forecast.frame import MEDIAN, QUANTILES, ColumnForecaster, ColumnFrame, ColumnModel, Known, TooShort
from enerwise.forecast.mix import TRUSTED_DAYS, Mixed, mixed, moved, weighed, weights
from enerwise.forecast.reach import reach
from enerwise.forecast.walk import Record, walk


@dataclass(frozen=True, slots=True)
class Trained:
    """Fitted members, and what they said over the last weeks."""

    models: tuple[ColumnModel | None, ...]
    """None where there was too little to learn from."""
    record: Record
    mixed: Mixed
    """What came of the record. Shapes (issue, ...)"""
    trained_at: Instant
    notes: tuple[str, ...] = ()

    def predict(self, known: Known) -> FloatArray:
        """Return quantiles of the horizon trained for. Shape (step, 19)"""
        record = _joined(self.record, known, self._said(known))
        place = record.issues.size - 1
        raw = np.concatenate([self.mixed.raw, weighed(record.value[place], weights(record, place))[None]])
        return moved(record, raw, np.concatenate([self.mixed.value, raw[-1:]]), place)

    def centre(self, known: Known) -> FloatArray:
        """Return the mixed medians at any moment, one between two issues too. Shape (step,)

        Members were taught at one time of day, and so were their bands; their centres hold at others as well.
        """
        record = _joined(self.record, known, self._said(known))
        place = record.issues.size - 1
        return np.asarray(weighed(record.value[place], weights(record, place))[:, MEDIAN])

    def _said(self, known: Known) -> FloatArray:
        low, high = (each[:, None] for each in reach(known))
        silent = np.full((known.horizon, QUANTILES.size), np.nan)
        return np.stack(
            [
                silent if each is None else np.clip(np.sort(each.predict(known), axis=1), low, high)
                for each in self.models
            ]
        )


@dataclass(frozen=True, slots=True)
class _Once:
    """A member that is fitted once and serves the whole walk."""

    member: ColumnForecaster
    refit_days: int = 10_000

    @property
    def name(self) -> str:
        return self.member.name

    def fit(self, known: Known) -> ColumnModel:
        return self.member.fit(known)


def train(frame: ColumnFrame, members: Sequence[ColumnForecaster], issue: Instant, horizon: int) -> Trained:
    """Train a ladder with what was known at an issue.

    Args:
        frame: The data.
        members: The ladder.
        issue: The moment of training; the first forecast may be made at once.
        horizon: Steps to be asked for.
    """
    known = frame.as_of(issue, horizon)
    horizon_days = -(-horizon * frame.grid.step_s // 86_400)
    days = min(TRUSTED_DAYS + horizon_days - 1, known.past_count // known.steps_per_day - least_days(members))
    issues = issue - np.arange(max(0, days), 0, -1) * np.timedelta64(86_400_000, "ms")
    # Cut to what was known, so that nothing later is even at hand.
    seen = frame.until(min(known.past_count, frame.grid.step_count))
    record = walk(seen, [_Once(each) for each in members], issues, horizon)
    fitted: list[ColumnModel | None] = []
    notes: list[str] = []
    for each in members:
        try:
            fitted.append(each.fit(known))
        except TooShort as error:
            fitted.append(None)
            notes.append(f"{each.name}: {error}")
    return Trained(tuple(fitted), record, mixed(record), issue, tuple(notes))


def _joined(record: Record, known: Known, said: FloatArray) -> Record:
    """Return the record with one more issue, whose outcome is not known yet."""
    low, high = reach(known)
    return replace(
        record,
        issues=np.append(record.issues, known.issue),
        value=np.concatenate([record.value, said[None]]),
        truth=np.concatenate([record.truth, np.full((1, known.horizon), np.nan)]),
        low=np.concatenate([record.low, low[None]]),
        high=np.concatenate([record.high, high[None]]),
        own_days=None if record.own_days is None else np.append(record.own_days, own_days(known)),
    )
