"""Backtest of a column forecast: a walk that begins early enough for weights and bands to have something to go by."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.plugin import load, names
from enerwise.core.time import TimeArray
from enerwise.core.units import FloatArray
from enerwise.forecast.columns.pooled import LEAST_DAYS as POOLED_DAYS
from enerwise.forecast.columns.pooled import POOLED
from enerwise.forecast.frame import ColumnForecaster, ColumnFrame
from enerwise.forecast.mix import TRUSTED_DAYS, mixed
from enerwise.forecast.walk import Progress, walk

GROUP: Final = "enerwise.column_forecasters"
AUTO: Final = "auto"
USUAL: Final = ("naive_1d", "naive_7d", "profile_4w", "profile_7d", "ridge", "trees")
NEEDS: Final = {
    "price": "lightgbm",
    "trees": "lightgbm",
    "xgboost": "xgboost",
    "pv_forest": "sklearn",
    "wind_power_curve": "lightgbm",
}
"""Libraries of the extra ``learn`` that members load."""
LEAST_DAYS: Final = 8
"""The week before has to be known for a reference."""


@dataclass(frozen=True, slots=True)
class Backtested:
    """Forecasts of all issues. Shapes (issue, step, 19), (issue, member)"""

    members: tuple[str, ...]
    issues: TimeArray
    value: FloatArray
    weight: FloatArray
    truth: FloatArray
    """Shape (issue, step)"""
    said: FloatArray
    """What each member said. Shape (issue, member, step, 19)"""
    notes: tuple[str, ...]


def members_of(kind: str, asked: str = AUTO) -> tuple[tuple[ColumnForecaster, ...], tuple[str, ...]]:
    """Return the forecasters of a kind of series, or those asked for by name, and what is to be said about them.

    Args:
        kind: As in `frame.KINDS`.
        asked: Names between commas; ``auto`` takes the usual ladder and, for prices, what is made for prices.

    Raises:
        ProblemsFound: A name is not known, or its library is not installed.
    """
    known = names(GROUP)
    chosen = [each.strip() for each in asked.split(",")] if asked != AUTO else _usual(kind, known)
    missing = [each for each in chosen if each not in known]
    if missing:
        told = [Problem("--model", f"{each!r} is not known", f"use {AUTO} or {', '.join(known)}") for each in missing]
        raise ProblemsFound("command line", told)
    silent = [each for each in chosen if each in NEEDS and find_spec(NEEDS[each]) is None]
    if silent and asked != AUTO:
        told = [Problem("--model", f"{each} needs {NEEDS[each]}", "pip install 'enerwise[learn]'") for each in silent]
        raise ProblemsFound("command line", told)
    note = f"{', '.join(silent)} not installed (pip install 'enerwise[learn]'): the naive ladder and ridge serve"
    return tuple(load(GROUP, each)() for each in chosen if each not in silent), (note,) if silent else ()


def _usual(kind: str, known: Sequence[str]) -> list[str]:
    made_for = [each for each in known if each.startswith(f"{kind}_") or each == kind]
    general = [each for each in USUAL if not each.startswith(("naive", "profile"))]
    learners = made_for if made_for and kind == "price" else general + made_for
    return [each for each in USUAL if each.startswith(("naive", "profile"))] + learners


def least_days(members: Sequence[ColumnForecaster]) -> int:
    """Return the history a ladder needs before its first issue; with a pool a day is enough. [d]"""
    return POOLED_DAYS if any(each.name == POOLED for each in members) else LEAST_DAYS


def backtest(
    frame: ColumnFrame,
    issues: TimeArray,
    horizon: int,
    members: Sequence[ColumnForecaster],
    *,
    is_recalibrated: bool = True,
    progress: Progress | None = None,
) -> Backtested:
    """Forecast at every issue with nothing but what was known then.

    Args:
        frame: The data.
        issues: Rising, evenly spaced by whole days, on the frame's grid. Shape (issue,)
        horizon: Steps of each.
        members: The ladder; weights and bands are learned over four weeks before the first issue, as far as there are.
        is_recalibrated: False leaves the bands as the members said.
        progress: Told of issues done and issues in all.

    Raises:
        ProblemsFound: There is less than a week before the first issue.
    """
    before_days = (issues[0] - frame.grid.start_utc) / np.timedelta64(1, "D")
    least = least_days(members)
    if before_days < least:
        message = f"{max(0.0, before_days):.1f} days before the first issue"
        remedy = f"leave at least {least} days of history" + ("" if least < LEAST_DAYS else ", or give a --pool")
        raise ProblemsFound("backtest", [Problem("--from", message, remedy)])
    warm = _warm(issues, frame, horizon, int(before_days) - least)
    record = walk(frame, members, np.concatenate([warm, issues]), horizon, progress=progress)
    done = mixed(record, is_recalibrated=is_recalibrated)
    kept = slice(warm.size, None)
    return Backtested(
        record.members,
        issues,
        done.value[kept],
        done.weight[kept],
        record.truth[kept],
        record.value[kept],
        record.notes,
    )


def _warm(issues: TimeArray, frame: ColumnFrame, horizon: int, most_days: int) -> TimeArray:
    """Return the issues before the first, from which weights and bands are learned."""
    spacing = issues[1] - issues[0] if issues.size > 1 else np.timedelta64(1, "D").astype("timedelta64[ms]")
    wanted_days = TRUSTED_DAYS + horizon * frame.grid.step_s / 86_400 - 1
    count = int(min(wanted_days, most_days) / (spacing / np.timedelta64(1, "D")))
    return np.asarray(issues[0] - spacing * np.arange(count, 0, -1))
