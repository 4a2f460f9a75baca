"""Scores of forecasts as rows, tables and JSON; shared by the commands that make and that judge forecasts."""

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.time import DAY_S, TimeArray
from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.backtest import Backtested
from enerwise.forecast.frame import QUANTILES
from enerwise.forecast.scorecard import Scorecard, scorecard
from enerwise.serve.tables import table
from enerwise.store.column_files import Read

if TYPE_CHECKING:
    from rich.table import Table

WEEK_S: Final = 7 * DAY_S
COLUMNS: Final = (
    "Horizon",
    "Steps",
    "MAE",
    "RMSE",
    "Bias",
    "rMAE",
    "Pinball",
    "80 % band\nholds",
    "Accuracy\n1-MAE/mean",
    "1-MAE/\n(P99-P1)",
)


@dataclass(frozen=True, slots=True)
class ScoredRows:
    """A forecast beside what came true. Shapes (row,), (row, level)"""

    at: TimeArray
    """Start of each step on the clock of the data."""
    issue: TimeArray
    step_s: int
    level: FloatArray
    value: FloatArray
    truth: FloatArray
    reference: FloatArray
    """The same step so many weeks earlier that the issue could know it."""

    @property
    def lead_s(self) -> IntArray:
        """From the issue to the step's start. Shape (row,)"""
        return np.asarray((self.at - self.issue) / np.timedelta64(1, "s"), dtype=np.int64)


def scored_rows(read: Read, done: Backtested, horizon: int) -> ScoredRows:
    """Return a backtest as rows."""
    step_s = read.frame.grid.step_s
    at = (done.issues[:, None] + np.arange(horizon) * np.timedelta64(step_s * 1000, "ms")).ravel()
    return beside(read, at, np.repeat(done.issues, horizon), QUANTILES, done.value.reshape(-1, QUANTILES.size))


def beside(read: Read, at: TimeArray, issue: TimeArray, level: FloatArray, value: FloatArray) -> ScoredRows:
    """Lay a forecast beside what came true and what had been a week before."""
    step_s = read.frame.grid.step_s
    lead_s = (at - issue) / np.timedelta64(1, "s")
    weeks = np.maximum(1, np.ceil((lead_s + step_s) / WEEK_S)).astype(np.int64)
    truth, reference = (_value_at(read, at - back * np.timedelta64(WEEK_S * 1000, "ms")) for back in (0 * weeks, weeks))
    return ScoredRows(at, issue, step_s, level, value, truth, reference)


def scored(read: Read, done: Backtested, horizon: int) -> Scorecard:
    """Score a backtest."""
    return score_rows(scored_rows(read, done, horizon))


def score_rows(rows: ScoredRows, covered_ratio: float = 1.0) -> Scorecard:
    """Score rows."""
    issue = np.unique(rows.issue, return_inverse=True)[1]
    days = int(rows.lead_s.max(initial=0)) // DAY_S + 1
    return scorecard(
        rows.truth,
        rows.reference,
        rows.level,
        rows.value,
        issue,
        rows.lead_s,
        horizon_days=days,
        covered_ratio=covered_ratio,
    )


def _value_at(read: Read, at: TimeArray) -> FloatArray:
    grid = read.frame.grid
    position = ((at - grid.start_utc) // np.timedelta64(grid.step_s * 1000, "ms")).astype(np.int64)
    off = (at - grid.start_utc) % np.timedelta64(grid.step_s * 1000, "ms") != np.timedelta64(0, "ms")
    inside = (position >= 0) & (position < grid.step_count) & ~off
    return np.where(inside, read.frame.target[np.clip(position, 0, grid.step_count - 1)], np.nan)


def card_table(card: Scorecard, title: str) -> "Table":
    """Return the score as a table: by horizon, then all."""
    made = table(title, *COLUMNS)
    for each in (*card.by_horizon, card.whole):
        if each is card.whole:
            made.add_section()
        shown = [_number(each.mae), _number(each.rmse), _number(each.bias), _ratio(each.rmae_ratio)]
        shown += [_number(each.pinball), _ratio(each.coverage_ratio), _ratio(each.accuracy_ratio)]
        shown += [_ratio(each.accuracy_of_range_ratio)]
        made.add_row(each.name, str(each.count), *shown, style="bold" if each is card.whole else "")
    return made


def card_json(card: Scorecard) -> dict[str, Any]:
    """Return the score as programs read it."""
    return {
        "all": asdict(card.whole),
        "by_horizon": [asdict(each) for each in card.by_horizon],
        "covered_ratio": card.covered_ratio,
        "diebold_mariano_p_value": card.p_value,
        "uncertain_coverage_ratio": card.uncertain_coverage_ratio,
        "notes_on_score": list(card.notes),
    }


def card_columns(card: Scorecard) -> dict[str, Any]:
    """Return the score as columns of a table file."""
    rows = [asdict(each) for each in (*card.by_horizon, card.whole)]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "–"


def _ratio(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "–"
