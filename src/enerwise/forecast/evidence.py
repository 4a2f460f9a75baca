"""What speaks for a trained forecaster: how good it was on days it had not seen, before its training and since."""

from typing import Any

import numpy as np

from enerwise.core.time import DAY_S, Instant, TimeArray
from enerwise.core.units import FloatArray
from enerwise.forecast.frame import MEDIAN, ColumnFrame
from enerwise.forecast.trained import Trained


def evidence(trained: Trained, frame: ColumnFrame) -> dict[str, Any]:
    """Return the figures a manifest holds about a model: of the weeks before its training, fitted before those."""
    loss = losses(trained)
    return {
        "trained_at": str(trained.trained_at)[:16],
        "mae": _told(mean(loss)),
        "rmae_ratio": _told(ratio(mean(loss), mean(reference_losses(trained, frame)))),
        "coverage_ratio": _told(held(trained)),
        "losses": by_day(trained.record.issues, loss),
    }


def by_day(issues: TimeArray, loss: FloatArray) -> dict[str, float]:
    """Return losses under the names of their issues, without those of which nothing came true."""
    known = np.isfinite(loss)
    return {str(at)[:16]: float(each) for at, each in zip(issues[known], loss[known], strict=True)}


def _told(value: float) -> float | None:
    return value if np.isfinite(value) else None


def fresh_issues(trained: Trained, frame: ColumnFrame, issue_s: int, *, most: int) -> TimeArray:
    """Return the last issues since a training whose whole horizon has come true. Shape (issue,), rising"""
    span_days = -(-trained.record.horizon * frame.grid.step_s // DAY_S)
    day_ms = np.timedelta64(DAY_S * 1000, "ms")
    issues = last_issue(frame, issue_s) - (span_days + np.arange(most - 1, -1, -1)) * day_ms
    return np.asarray(issues[issues >= trained.trained_at])


def served_losses(trained: Trained, frame: ColumnFrame, issues: TimeArray) -> FloatArray:
    """Return the mean absolute error of what a model says at issues after its training. Shape (issue,)"""
    return np.array([_loss_at(frame, trained, issue) for issue in issues])


def _loss_at(frame: ColumnFrame, trained: Trained, issue: Instant) -> float:
    known = frame.as_of(issue, trained.record.horizon)
    first = frame.grid.step_at(issue)
    truth = frame.target[first : first + known.horizon]
    return mean(np.abs(trained.predict(known)[: truth.size, MEDIAN] - truth))


def last_issue(frame: ColumnFrame, issue_s: int) -> Instant:
    """Return the last issue at a time of day up to which everything that will be was measured.

    Args:
        frame: The data.
        issue_s: Time of day of the issues on their clock. [s]
    """
    measured = np.flatnonzero(np.isfinite(frame.target))
    end_s = int(frame.grid.part(int(measured[-1]) + 1 if measured.size else 0, 0).start_utc.astype(np.int64)) // 1000
    return np.datetime64((end_s - (end_s - issue_s) % DAY_S) * 1000, "ms")


def losses(trained: Trained) -> FloatArray:
    """Return the mean absolute error of each issue of the record, NaN where nothing came true. Shape (issue,)"""
    return _by_issue(np.abs(trained.mixed.value[..., MEDIAN] - trained.record.truth))


def reference_losses(trained: Trained, frame: ColumnFrame) -> FloatArray:
    """Return the same for the week before. Shape (issue,)"""
    record = trained.record
    week = 7 * DAY_S // frame.grid.step_s
    step = np.arange(record.horizon)
    first = np.array([frame.grid.step_at(each) for each in record.issues], dtype=np.int64)
    back = week * (step // week + 1)
    position = first[:, None] + step - back
    value = np.where(position >= 0, frame.target[np.maximum(position, 0)], np.nan)
    return _by_issue(np.abs(value - record.truth))


def held(trained: Trained) -> float:
    """Return the share of what came true within the 80 % band, over the later half of the record."""
    half = trained.record.issues.size // 2
    value, truth = trained.mixed.value[half:], trained.record.truth[half:]
    inside = (truth >= value[..., 1]) & (truth <= value[..., 17])
    known = np.isfinite(truth)
    return float(inside[known].mean()) if known.any() else float("nan")


def _by_issue(error: FloatArray) -> FloatArray:
    known = np.isfinite(error)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, error, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def mean(value: FloatArray) -> float:
    """Return the mean of what is known, NaN where nothing is."""
    known = value[np.isfinite(value)]
    return float(known.mean()) if known.size else float("nan")


def ratio(part: float, whole: float) -> float:
    """Return a share of something above zero, NaN otherwise."""
    return part / whole if whole > 0 else float("nan")
