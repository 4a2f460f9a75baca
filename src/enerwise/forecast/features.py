"""What a learner sees: a row for each issue and step, built over whole arrays, from nothing but what was known.

Every row is written in the size of its own last four weeks, so that rows of different homes, and of one home before and
after it grew, can be learned from together. A step's *slot* is its place within the day that begins at the issue.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import LocalFields, local_fields
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.forecast.day_types import holidays
from enerwise.forecast.frame import Known

WINDOW_DAYS: Final = 28
LAG_DAYS: Final = (1, 2, 3, 4, 5, 6, 7)
WEEKS: Final = 4
LAST_S: Final = (3600, 3 * 3600)
"""The present is looked at over so long."""
LEAST_SHARE: Final = 0.5
"""An issue with fewer known values in its last week is not learned from."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of several issues, one after the other, steps within them. Everything is in units of ``scale``."""

    x: FloatArray
    """Shape (row, feature); NaN where something was not known."""
    names: tuple[str, ...]
    base: FloatArray
    """What the last days suggest, from which learners tell the difference. Shape (row,)"""
    scale: FloatArray
    """Size of the series before the issue, in its own unit. Shape (row,)"""
    step: IntArray
    """Step of the horizon. Shape (row,)"""
    position: IntArray
    """Place of the row's step on the grid. Shape (row,)"""


def past_issues(known: Known, *, most_days: int) -> IntArray:
    """Return issues at the same time of day, whole days before this one, whose day has begun to be measured.

    Args:
        known: What is known now.
        most_days: Look back no further.

    Returns:
        Steps of the grid, rising; at least a week lies before each of them. Shape (issue,)
    """
    day = known.steps_per_day
    count = min(most_days, known.past_count // day - 7)
    issues = known.past_count - day * np.arange(count, 0, -1) if count > 0 else np.zeros(0, dtype=np.int64)
    share = np.cumsum(np.concatenate([[0.0], np.isfinite(known.target)]))
    return issues[(share[issues] - share[issues - 7 * day]) >= LEAST_SHARE * 7 * day] if count > 0 else issues


def rows(known: Known, issues: IntArray, horizon: int, seen_days: IntArray | None = None) -> Rows:
    """Return what was known at each of the issues about the steps after it.

    Args:
        known: What is known now; the issues lie within its past.
        issues: Steps of the grid at which each horizon begins. Shape (issue,)
        horizon: Steps of each.
        seen_days: Days of the past shown to each issue, where a shorter past is to be taught. Shape (issue,)
    """
    day = known.steps_per_day
    step = np.arange(horizon)
    position = issues[:, None] + step
    past = _past_days(known, issues)
    if seen_days is not None:
        past = np.where((np.arange(WINDOW_DAYS) < seen_days[:, None])[..., None], past, np.nan)
    scale = _scale(past)
    past = past / scale[:, None, None]
    shape = (issues.size, horizon)
    first = max(0, int(issues.min(initial=known.past_count)) - WINDOW_DAYS * day)
    calendar = _calendar(known, first)
    columns: dict[str, FloatArray] = {}
    columns |= _time_columns(calendar, position - first, step, day)
    columns |= _lag_columns(past, step, day)
    columns |= _type_columns(past, calendar, issues - first, position - first, step, day)
    columns |= _level_columns(past, known.grid.step_s, horizon)
    columns |= _known_columns(known, issues, position, day)
    base = _base(columns)
    return Rows(
        x=np.stack([np.broadcast_to(each, shape).ravel() for each in columns.values()], axis=1),
        names=tuple(columns),
        base=base.ravel(),
        scale=np.repeat(scale, horizon),
        step=np.tile(step, issues.size),
        position=position.ravel(),
    )


def _past_days(known: Known, issues: IntArray) -> FloatArray:
    """Return the days before each issue, the nearest first. Shape (issue, day, slot)"""
    day = known.steps_per_day
    padded = np.concatenate([np.full(WINDOW_DAYS * day, np.nan), known.target])
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_DAYS * day)[issues]
    return np.asarray(windows.reshape(-1, WINDOW_DAYS, day)[:, ::-1])


def _scale(past: FloatArray) -> FloatArray:
    """Return the mean size of the values before each issue; 1 where all are zero. Shape (issue,)"""
    size = _mean(np.abs(past).reshape(past.shape[0], -1), axis=1)
    return np.where(size > 0, size, 1.0)


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The local calendar of the steps from some step on. Shapes (step,)"""

    local: LocalFields
    is_holiday: BoolArray
    is_free: BoolArray
    """Weekend or holiday."""


def _calendar(known: Known, first: int) -> _Calendar:
    local = local_fields(known.grid.part(first, known.grid.step_count - first).starts_utc, known.zone)
    is_holiday = holidays(local, known.country)
    return _Calendar(local, is_holiday, is_holiday | (local.weekday >= 5))


def _time_columns(calendar: _Calendar, position: IntArray, step: IntArray, day: int) -> dict[str, FloatArray]:
    local = calendar.local
    turn = 2 * np.pi * local.second[position] / 86_400
    season = 2 * np.pi * (local.day[position] % 365.2425) / 365.2425
    weekday = local.weekday[position].astype(np.float64)
    is_holiday, is_free = calendar.is_holiday, calendar.is_free
    last = is_free.size - 1
    columns = {
        "hour": local.second[position] / 3600.0,
        "day_sin": np.sin(turn),
        "day_cos": np.cos(turn),
        "half_day_sin": np.sin(2 * turn),
        "half_day_cos": np.cos(2 * turn),
        "weekday": weekday,
        "is_saturday": (weekday == 5).astype(np.float64),
        "is_sunday": (weekday == 6).astype(np.float64),
        "is_holiday": is_holiday[position].astype(np.float64),
        "is_free_next_day": is_free[np.minimum(position + day, last)].astype(np.float64),
        "season_sin": np.sin(season),
        "season_cos": np.cos(season),
    }
    return columns | ({"ahead_days": (step // day)[None, :].astype(np.float64)} if step.size > day else {})


def _lag_columns(past: FloatArray, step: IntArray, day: int) -> dict[str, FloatArray]:
    """Return the days before the issue at the slot of each step, and the same weekdays before."""
    slot, ahead = step % day, step // day
    columns = {f"lag_{each}d": past[:, each - 1][:, slot] for each in LAG_DAYS}
    first_week = 7 * (ahead // 7 + 1) - ahead
    weeks = np.stack([_at(past, first_week + 7 * week, slot) for week in range(WEEKS)])
    smooth = _smoothed(past[:, 0])
    week = past[:, :7]
    return columns | {
        "week_1": weeks[0],
        "week_2": weeks[1],
        "weeks_mean": _mean(weeks, axis=0),
        "days_2_mean": _mean(past[:, :2], axis=1)[:, slot],
        "days_7_mean": _mean(week, axis=1)[:, slot],
        "days_7_high": _high(week)[:, slot],
        "days_7_low": -_high(-week)[:, slot],
        "days_28_mean": _mean(past, axis=1)[:, slot],
        "days_7_smooth": _smoothed(_mean(week, axis=1))[:, slot],
        "lag_1d_smooth": smooth[:, slot],
    }


def _at(past: FloatArray, back: IntArray, slot: IntArray) -> FloatArray:
    """Return the values so many days back at each slot, NaN beyond the window. Shape (issue, step)"""
    value = past[:, np.minimum(back, WINDOW_DAYS) - 1, slot]
    return np.where(back <= WINDOW_DAYS, value, np.nan)


def _type_columns(
    past: FloatArray, calendar: _Calendar, issues: IntArray, position: IntArray, step: IntArray, day: int
) -> dict[str, FloatArray]:
    """Return the mean of the days before that are free, or not, as the step's own day is."""
    back = issues[:, None] - day * np.arange(1, WINDOW_DAYS + 1)
    is_free = calendar.is_free[np.maximum(back + day // 2, 0)]
    table = np.stack([_mean(np.where((is_free == each)[:, :, None], past, np.nan), axis=1) for each in (False, True)])
    own = calendar.is_free[position].astype(np.int64)
    issue = np.arange(issues.size)[:, None]
    return {"type_mean": table[own, issue, step % day], "is_free": own.astype(np.float64)}


def _level_columns(past: FloatArray, step_s: int, horizon: int) -> dict[str, FloatArray]:
    """Return what is the same for all steps of an issue: how the last hours and days were."""
    day = past.shape[2]
    usual = _mean(past[:, :7], axis=1)
    days = _mean(past, axis=2)
    columns = {
        "last": past[:, 0, -1],
        "yesterday_mean": days[:, 0],
        "yesterday_high": _high(past[:, 0].T),
        "yesterday_low": -_high(-past[:, 0].T),
        "before_yesterday_mean": days[:, 1],
        "week_mean": _mean(days[:, :7], axis=1),
        "week_change": _mean(days[:, :7], axis=1) - _mean(days[:, 7:14], axis=1),
    }
    for span_s in LAST_S:
        count = max(1, min(day, span_s // step_s))
        recent = _mean(past[:, 0, -count:], axis=1)
        columns[f"last_{span_s // 3600}h"] = recent
        columns[f"last_{span_s // 3600}h_unusual"] = recent - _mean(usual[:, -count:], axis=1)
    return {name: np.broadcast_to(each[:, None], (past.shape[0], horizon)) for name, each in columns.items()}


def _known_columns(known: Known, issues: IntArray, position: IntArray, day: int) -> dict[str, FloatArray]:
    """Return columns known ahead, as far as they were at each issue, and how they differ from the days before."""
    columns: dict[str, FloatArray] = {}
    issued_at = known.grid.start_utc + issues * np.timedelta64(known.grid.step_s * 1000, "ms")
    for place, name in enumerate(known.columns):
        value, told = known.known[:, place], known.known_at[:, place]
        now = np.where(told[position] <= issued_at[:, None], value[position], np.nan)
        yesterday = np.where(position >= day, value[np.maximum(position - day, 0)], np.nan)
        yesterday = np.where(position - day < issues[:, None], yesterday, np.nan)
        first = now[:, :day]
        columns |= {
            f"{name}": now,
            f"{name}_change": now - yesterday,
            f"{name}_before": np.concatenate([now[:, :1], now[:, :-1]], axis=1),
            f"{name}_after": np.concatenate([now[:, 1:], now[:, -1:]], axis=1),
            f"{name}_day": np.broadcast_to(_mean(first, axis=1)[:, None], now.shape),
        }
    return columns


def _base(columns: dict[str, FloatArray]) -> FloatArray:
    """Return the mean of what the last week and days of the same type suggest, zero where nothing is known."""
    parts = np.stack([columns["days_7_mean"], columns["type_mean"]])
    return np.nan_to_num(_mean(parts, axis=0))


def _smoothed(value: FloatArray) -> FloatArray:
    """Return the mean with both neighbours along the last axis, edges repeated."""
    padded = np.pad(value, ((0, 0), (1, 1)), mode="edge")
    return _mean(np.stack([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]]), axis=0)


def _mean(value: FloatArray, *, axis: int) -> FloatArray:
    """Return the mean of what is known along an axis, NaN where nothing is."""
    known = np.isfinite(value)
    count = known.sum(axis=axis)
    total = np.where(known, value, 0.0).sum(axis=axis)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def _high(value: FloatArray) -> FloatArray:
    """Return the highest known value over the days (axis 1, or 0 of a plain table), NaN where nothing is known."""
    axis = 1 if value.ndim == 3 else 0
    high = np.where(np.isfinite(value), value, -np.inf).max(axis=axis)
    return np.where(np.isfinite(high), high, np.nan)
