"""Will somebody be there? A chance for each step ahead, from days on record and from what today has shown so far.

Each day ahead is made of days that went before, of the same kind; the recent ones and those of the same weekday count
more. As today goes on, days count the less the longer they were unlike it: whoever has not come two hours after his
usual time will not come, and the room is let go. Beside them stands one day on which nobody comes. That is the
comparison of part-days of J. Scott et al., "PreHeat: Controlling Home Heating Using Occupancy Prediction", UbiComp
2011, with soft weights in place of the five nearest days.

Days that went before serve only where they beat two naive answers on record: the usual week that somebody wrote down,
and the same day a week ago.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, LocalFields, TimeGrid, local_fields
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.forecast.day_types import day_types

UNLIKE_H: Final = 0.5
"""A day that was unlike today for so long counts e times less."""
EMPTY_RATIO: Final = 0.05
"""How much a day on which nobody comes counts beside all others."""
FORGOTTEN_DAYS: Final = 28.0
"""A day so old counts half."""
SAME_WEEKDAY: Final = 2.0
"""So many times more counts a day of the same weekday."""
STAYS_S: Final = 3600.0
"""What is seen now fades out of the steps ahead within such a time."""
LEAST_DAYS: Final = 5
"""Fewer days on record than this decide nothing."""
SCORED_DAYS: Final = 14
KNOWN_RATIO: Final = 0.75
"""A day known to this share is on record."""
LEARNED: Final = "learned week"
CLOCK: Final = "usual week"
LAST_WEEK: Final = "a week ago"


@dataclass(frozen=True, slots=True)
class Expected:
    """How likely somebody is there, and what that is from."""

    chance_ratio: FloatArray
    """For each step ahead, 0..1. Shape (step,)"""
    model: str
    """One of `LEARNED`, `CLOCK`, `LAST_WEEK`."""
    brier_score: Mapping[str, float]
    """Mean squared error of each on the days on record, told a day ahead; empty where too few are."""
    day_count: int
    """Days on record."""


@dataclass(frozen=True, slots=True)
class _Days:
    """Steps laid out by local day. Shapes (day, slot), NaN where unknown"""

    seen: FloatArray
    usual: FloatArray
    kind: IntArray
    """Shape (day,)"""
    weekday: IntArray
    """Shape (day,)"""

    @property
    def is_known(self) -> BoolArray:
        """Which days are on record. Shape (day,)"""
        return np.asarray(np.isfinite(self.seen).mean(axis=1) >= KNOWN_RATIO)


def foresee(
    seen: FloatArray,
    usual: FloatArray,
    grid: TimeGrid,
    zone: str,
    *,
    now_ratio: float = float("nan"),
    country: str = "",
) -> Expected:
    """Return how likely somebody is there in the steps after those that were seen.

    Args:
        seen: Whether somebody was there, 0..1, NaN where nobody knows; all of it is past. Shape (past step,)
        usual: Whether somebody is there by the week that was written down, past and ahead. Shape (step,)
        grid: The steps of ``usual``; the first of them are those of ``seen``.
        zone: Whose days.
        now_ratio: Whether somebody is there as the first step ahead begins, 0..1; NaN where nobody knows.
        country: Whose holidays; empty takes those that are kept nearly everywhere.

    Raises:
        ValueError: Shapes do not fit, or nothing lies ahead.
    """
    if usual.size != grid.step_count or seen.size >= usual.size:
        raise ValueError(f"presence: {seen.size} steps seen and {usual.size} usual ones do not fit {grid.step_count}")
    local = local_fields(grid.starts_utc, zone)
    days, day, slot = _laid_out(seen, usual, local, grid.step_s, country)
    today, step_h = int(day[seen.size]), grid.step_h
    score = _scores(days, today)
    model = min(score, key=lambda each: score[each]) if score else CLOCK
    so_far = days.seen[today].copy()
    so_far[int(slot[seen.size]) :] = np.nan
    later = np.unique(day[seen.size :]).tolist()
    table = np.stack([_expected(days, model, each, so_far if each == today else None, step_h) for each in later])
    chance = _as_seen(table[day[seen.size :] - today, slot[seen.size :]], now_ratio, grid.step_s)
    return Expected(chance, model, score, int(days.is_known[:today].sum()))


def _laid_out(
    seen: FloatArray, usual: FloatArray, local: LocalFields, step_s: int, country: str
) -> tuple[_Days, IntArray, IntArray]:
    day, slot = local.day - local.day[0], local.second // step_s
    shape = int(day[-1]) + 1, -(-DAY_S // step_s)
    tables = []
    for value in (seen, usual):
        table = np.full(shape, np.nan)
        table[day[: value.size], slot[: value.size]] = value
        tables.append(table)
    first = np.searchsorted(day, np.arange(shape[0]))
    # Of an hour that the clock skips, or that lies before the record, the usual week knows nothing.
    usual_table = np.where(np.isnan(tables[1]), 0.0, tables[1])
    return _Days(tables[0], usual_table, day_types(local, country)[first], local.weekday[first]), day, slot


def _scores(days: _Days, today: int) -> dict[str, float]:
    """Return the Brier score of each answer on the last days on record, each told from the days before it."""
    known = np.flatnonzero(days.is_known[:today])
    scored = [each for each in known[-SCORED_DAYS:].tolist() if (known < each).sum() >= LEAST_DAYS]
    if len(scored) < 2:
        return {}
    found = {}
    # Of equals the one that needs least knowledge serves.
    for name in (CLOCK, LAST_WEEK, LEARNED):
        errors = [(_expected(days, name, each, None, 1.0) - days.seen[each]) ** 2 for each in scored]
        found[name] = float(np.nanmean(np.concatenate(errors)))
    return found


def _expected(days: _Days, model: str, day: int, so_far: FloatArray | None, step_h: float) -> FloatArray:
    """Return the chance of each slot of a day, from days before it that are like it. Shape (slot,)"""
    like, weight = _like(days, model, day)
    like = np.concatenate([like, np.zeros((1, like.shape[1]))])
    weight = np.append(weight / weight.sum(), EMPTY_RATIO)
    if so_far is not None:
        unlike_h = np.nansum(np.abs(like - so_far), axis=1) * step_h
        weight = weight * np.exp(-(unlike_h - unlike_h.min()) / UNLIKE_H)
    share = np.isfinite(like) * weight[:, None]
    chance: FloatArray = (np.nan_to_num(like) * share).sum(axis=0) / share.sum(axis=0)
    return chance


def _like(days: _Days, model: str, day: int) -> tuple[FloatArray, FloatArray]:
    """Return days that stand for one, and how much each counts. Shapes (day, slot) and (day,)"""
    known = np.flatnonzero(days.is_known[:day] & (days.kind[:day] == days.kind[day]))
    if model == LAST_WEEK:
        a_week_ago = known[known == day - 7]
        known = a_week_ago if a_week_ago.size else known[-1:]
    if model == CLOCK or not known.size:
        return days.usual[day][None], np.ones(1)
    weight = 0.5 ** ((day - known) / FORGOTTEN_DAYS)
    weight = weight * np.where(days.weekday[known] == days.weekday[day], SAME_WEEKDAY, 1.0)
    return days.seen[known], weight


def _as_seen(chance: FloatArray, now_ratio: float, step_s: int) -> FloatArray:
    """Let what is seen now hold for a while."""
    if not np.isfinite(now_ratio):
        return chance
    fades = np.exp(-np.arange(chance.size) * step_s / STAYS_S)
    held: FloatArray = np.clip(chance + (now_ratio - chance[0]) * fades, 0.0, 1.0)
    return held
