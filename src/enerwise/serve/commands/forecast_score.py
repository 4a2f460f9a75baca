"""`enerwise forecast score`: how good a forecast was, ours or anybody's."""

import json as reader
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import DAY_S, TIME_TYPE, TimeArray
from enerwise.core.units import BoolArray
from enerwise.forecast.scorecard import summary_lines
from enerwise.serve import asked
from enerwise.serve.commands.forecast import manifest_path
from enerwise.serve.console import out, say
from enerwise.serve.files import STDOUT, write_csv, write_json, write_text
from enerwise.serve.forecast_scores import ScoredRows, beside, card_columns, card_json, card_table, score_rows
from enerwise.store.column_files import (
    ForecastRows,
    Read,
    Wish,
    choose_target,
    read_columns,
    read_forecast,
    time_column,
)
from enerwise.store.table import open_table

NO_ISSUE: Final = "the file tells no issue_time: every step counts as forecast at 00:00 of its day"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted, as people write it."""

    target: str | None = None
    first: str | None = None
    last: str | None = None
    where: tuple[str, ...] = ()
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """Where results are written to."""

    json: Path | None = None
    csv: Path | None = None
    plot: Path | None = None

    def check(self) -> None:
        """Complain before the work about places that cannot be written to."""
        asked.target("--json", self.json)
        asked.target("--csv", self.csv, (".csv", ".parquet"))
        asked.target("--plot", self.plot, (".svg",))


def score(path: Path, data: Path, wish: Asked, files: Files) -> None:
    """Score a forecast file against what came true."""
    files.check()
    rows, read, notes = rows_of(path, data, wish)
    card = score_rows(rows, _covered_ratio(rows, read, wish))
    if files.json is not None:
        write_json(files.json, {"target": read.frame.name, "notes": notes} | card_json(card))
    if files.csv is not None:
        write_csv(files.csv, card_columns(card))
    if files.plot is not None:
        from enerwise.serve.plot.forecast import forecast_svg

        write_text(files.plot, forecast_svg(rows, title=f"{read.frame.name}: forecast and what came true"))
    if files.json != STDOUT:
        if card.whole.count:
            out().print(card_table(card, read.frame.name))
        for line in (*summary_lines(card), *notes):
            say(f"- {line}")


def rows_of(path: Path, data: Path, wish: Asked) -> tuple[ScoredRows, Read, list[str]]:
    """Return a forecast file beside what came true, and what is to be said about it."""
    forecast, manifest = read_forecast(path), _manifest(path)
    read = _truth(data, wish, manifest)
    rows, notes = _rows(forecast, read)
    return _within(rows, wish), read, notes


def _manifest(path: Path) -> dict[str, Any]:
    """Return what a forecast of ours says about itself; nothing for one from outside."""
    try:
        found = reader.loads(manifest_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _truth(data: Path, wish: Asked, manifest: dict[str, Any]) -> Read:
    where = asked.pairs("--where", wish.where) or {str(k): str(v) for k, v in dict(manifest.get("where") or {}).items()}
    time = wish.time or manifest.get("time")
    target = wish.target or manifest.get("target")
    if target is None:
        with open_table(data, where) as table:
            named = time or time_column(table, data)
            target = choose_target(
                [each for each in table.names if each != named and table.is_number(each)], None, data
            )
    without = tuple(map(str, manifest.get("without") or ())) if target == manifest.get("target") else ()
    return read_columns(data, Wish(target=str(target), where=where, time=time, without=without))


def _rows(forecast: ForecastRows, read: Read) -> tuple[ScoredRows, list[str]]:
    at = forecast.at
    if read.names_end:
        at = at - np.timedelta64(read.frame.grid.step_s * 1000, "ms")
    issue = forecast.issue if forecast.issue is not None else at.astype("datetime64[D]").astype(TIME_TYPE)
    late = at < issue
    if late.any():
        first = int(np.flatnonzero(late)[0])
        message = f"{int(late.sum())} steps were forecast after they began, the first {at[first]} at {issue[first]}"
        raise ProblemsFound("forecast", [Problem("issue_time", message, "write the moment of issue")])
    order = np.lexsort((at, issue))
    rows = beside(read, at[order], issue[order], forecast.level, forecast.value[order])
    if not np.isfinite(rows.truth).any():
        grid = read.frame.grid
        message = f"none of its steps is in the data, {grid.start_utc} to {grid.end_utc}"
        raise ProblemsFound("forecast", [Problem("timestamp", message, "use the clock and the file it was made from")])
    notes = [] if forecast.issue is not None else [NO_ISSUE]
    if forecast.issue is None and rows.at.size != np.unique(rows.at).size:
        raise ProblemsFound(
            "forecast",
            [Problem("timestamp", "stands in several rows", "add issue_time, so that they can be told apart")],
        )
    return rows, notes


def _within(rows: ScoredRows, wish: Asked) -> ScoredRows:
    keep = _days(rows.at, wish)
    if not keep.any():
        raise ProblemsFound("command line", [Problem("--from, --to", "leave no step", "choose days of the forecast")])
    return ScoredRows(
        rows.at[keep],
        rows.issue[keep],
        rows.step_s,
        rows.level,
        rows.value[keep],
        rows.truth[keep],
        rows.reference[keep],
    )


def _days(at: TimeArray, wish: Asked) -> BoolArray:
    keep = np.ones(at.size, dtype=np.bool_)
    if wish.first:
        keep &= at >= asked.day("--from", wish.first, "UTC")
    if wish.last:
        keep &= at < asked.day("--to", wish.last, "UTC") + np.timedelta64(DAY_S * 1000, "ms")
    return keep


def _covered_ratio(rows: ScoredRows, read: Read, wish: Asked) -> float:
    """Return the share of measured steps of the window that were forecast."""
    starts = read.frame.grid.starts_utc
    first = asked.day("--from", wish.first, "UTC") if wish.first else rows.at.min()
    last = rows.at.max()
    if wish.last:
        last = asked.day("--to", wish.last, "UTC") + np.timedelta64((DAY_S - 1) * 1000, "ms")
    window = (starts >= first) & (starts <= last) & np.isfinite(read.frame.target)
    told = rows.at[np.isfinite(rows.value).all(axis=1)]
    return float(np.isin(starts[window], told).mean()) if window.any() else 0.0
