"""`enerwise forecast peaks`: when each day of a forecast is highest, how sure that is, and whether it came true."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import DAY_S, local_fields
from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.day_types import TYPES, day_types
from enerwise.forecast.peaks import peak_of
from enerwise.forecast.scorecard import column_at
from enerwise.serve import asked
from enerwise.serve.console import out, say
from enerwise.serve.files import STDOUT, write_csv, write_json
from enerwise.serve.forecast_scores import ScoredRows
from enerwise.serve.tables import table

SHOWN_DAYS: Final = 31
WHOLE: Final = 23 / 24
"""A day of so large a share counts: clocks are put forward once a year."""


@dataclass(frozen=True, slots=True)
class PeakDay:
    """What was said about a day, and what came true."""

    day: str
    issue: str
    type: str
    hour: int
    probability: float
    came_at_hour: int | None
    """None where not all of the day was measured."""
    brier: float | None
    """Sum over hours of the squared difference between probability and outcome, 0..2."""
    mae: float | None
    """Mean absolute error of the day's steps."""


def peak_days(rows: ScoredRows, zone: str, country: str) -> tuple[PeakDay, ...]:
    """Return the peak of each day that one issue foresees whole.

    Raises:
        ProblemsFound: No day is, or one level alone tells no probability.
    """
    if rows.level.size < 2:
        message = "one value for each step tells no probability"
        raise ProblemsFound("forecast", [Problem("quantiles", message, "give two or more, such as q0.1, q0.5, q0.9")])
    local = local_fields(rows.at, zone)
    types = day_types(local, country)
    key = np.stack([rows.issue.astype(np.int64), local.day], axis=1)
    _, group, count = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    group = group.ravel()
    told = np.bincount(group, weights=np.isfinite(rows.value).all(axis=1))
    chosen = np.flatnonzero((count * rows.step_s >= WHOLE * DAY_S) & (told == count))
    if not chosen.size:
        message = "no issue foresees a whole day without a gap"
        raise ProblemsFound("forecast", [Problem("timestamp", message, "issue at midnight, or look further ahead")])
    return tuple(_day(rows, np.flatnonzero(group == each), local.day, local.second // 3600, types) for each in chosen)


def _day(rows: ScoredRows, here: IntArray, day: IntArray, hour: IntArray, types: IntArray) -> PeakDay:
    peak = peak_of(rows.level, rows.value[here], hour[here])
    truth = rows.truth[here]
    is_whole = bool(np.isfinite(truth).all())
    came = int(hour[here][truth.argmax()]) if is_whole else None
    return PeakDay(
        day=str(np.datetime64(int(day[here[0]]), "D")),
        issue=str(rows.issue[here[0]])[:16],
        type=TYPES[types[here[0]]].value,
        hour=peak.hour,
        probability=peak.probability,
        came_at_hour=came,
        brier=_brier(peak.by_hour, came) if came is not None else None,
        mae=float(np.abs(_middle(rows, here) - truth).mean()) if is_whole else None,
    )


def _brier(by_hour: FloatArray, came: int) -> float:
    return float(((by_hour - (np.arange(24) == came)) ** 2).sum())


def _middle(rows: ScoredRows, here: IntArray) -> FloatArray:
    return np.asarray(column_at(rows.level, rows.value[here], 0.5))


def show(days: tuple[PeakDay, ...], notes: list[str], json: Path | None, csv: Path | None) -> None:
    """Write and print peaks: each day, then what each type of day was worth."""
    if csv is not None:
        write_csv(csv, _columns(days))
    if json is not None:
        write_json(json, {"days": [asdict(each) for each in days], "by_type": by_type(days), "notes": notes})
    if json == STDOUT:
        return
    made = table("Peaks", "Day", "Type", "Peak hour", "Probability", "Came at")
    for each in days[-SHOWN_DAYS:]:
        came = "–" if each.came_at_hour is None else f"{each.came_at_hour:02d}"
        made.add_row(each.day, each.type, f"{each.hour:02d}", f"{each.probability:.0%}", came)
    out().print(made)
    if len(days) > SHOWN_DAYS:
        say(f"The last {SHOWN_DAYS} of {len(days)} days are shown.")
    for name, told in by_type(days).items():
        say(
            f"- {name}: {told['days']} days, MAE {told['mae']:.4g}; the hour came true on {told['hit_ratio']:.0%}, "
            f"{told['said_ratio']:.0%} were said; Brier score {told['brier']:.3f}"
        )
    for line in notes:
        say(f"- {line}")


def _columns(days: tuple[PeakDay, ...]) -> dict[str, Any]:
    rows = [asdict(each) for each in days]
    return {name: np.array([np.nan if row[name] is None else row[name] for row in rows]) for name in rows[0]}


def by_type(days: tuple[PeakDay, ...]) -> dict[str, dict[str, float]]:
    """Return for each type of day that came true how many there were and how good the forecast was."""
    known = [each for each in days if each.came_at_hour is not None]
    found = {name: [each for each in known if name in (each.type, "all")] for name in (*map(str, TYPES), "all")}
    return {
        name: {
            "days": len(mine),
            "mae": float(np.mean([each.mae for each in mine])),
            "hit_ratio": float(np.mean([each.hour == each.came_at_hour for each in mine])),
            "said_ratio": float(np.mean([each.probability for each in mine])),
            "brier": float(np.mean([each.brier for each in mine])),
        }
        for name, mine in found.items()
        if mine
    }


def check(json: Path | None, csv: Path | None) -> None:
    """Complain before the work about places that cannot be written to."""
    asked.target("--json", json)
    asked.target("--csv", csv, (".csv", ".parquet"))
