"""The picture of a forecast: band, median and what came true, then how wrong it was day by day."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.core.time import DAY_S, TimeGrid
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.forecast.scorecard import column_at
from enerwise.serve.plot import tokens
from enerwise.serve.plot.panels import LABEL_X, LEFT, RIGHT
from enerwise.serve.plot.plan import headline
from enerwise.serve.plot.scale import Axis, tick_text, ticks, time_marks
from enerwise.serve.plot.sheet import Sheet

if TYPE_CHECKING:
    from enerwise.serve.forecast_scores import ScoredRows

SHOWN_DAYS: Final = 14
HEIGHT: Final = 300
ERROR_HEIGHT: Final = 130
GAP: Final = 16
BAND: Final = "#D9D3EC"
BANDS: Final = ((0.05, 0.95, "#ECE8F6"), (0.1, 0.9, BAND))


def forecast_svg(rows: "ScoredRows", *, title: str) -> str:
    """Return the picture of the last two weeks of a forecast, of its first day where it looks further ahead."""
    sheet = Sheet(tokens.WIDTH, title)
    shown = _shown(rows)
    at, truth, value = rows.at[shown], rows.truth[shown], rows.value[shown]
    lead = f"{str(at[0])[:10]} to {str(at[-1])[:10]}, issued at {str(rows.issue[shown][0])[11:16]} each day"
    y = headline(sheet, title, lead)
    grid = TimeGrid(at[0], rows.step_s, int((at[-1] - at[0]) / np.timedelta64(rows.step_s * 1000, "ms")) + 1)
    step = ((at - at[0]) / np.timedelta64(rows.step_s * 1000, "ms")).astype(np.int64)
    laid_truth, laid = np.full(grid.step_count, np.nan), np.full((grid.step_count, value.shape[1]), np.nan)
    laid_truth[step], laid[step] = truth, value
    y += _band(sheet, grid, rows.level, laid, laid_truth, y) + GAP
    y += _errors(sheet, grid, laid_truth, column_at(rows.level, laid, 0.5), y) + GAP
    return sheet.svg(y + tokens.MARGIN - GAP)


def _shown(rows: "ScoredRows") -> IntArray:
    first_day = np.flatnonzero(rows.lead_s < DAY_S)
    last = rows.at[first_day].max() if first_day.size else rows.at.max()
    return np.asarray(first_day[rows.at[first_day] > last - np.timedelta64(SHOWN_DAYS * DAY_S * 1000, "ms")])


def _band(sheet: Sheet, grid: TimeGrid, level: FloatArray, value: FloatArray, truth: FloatArray, top: float) -> float:
    height = 52 + HEIGHT + 54
    sheet.card(top, height)
    sheet.text(LABEL_X, top + 30, "What was expected, and what came true", kind="head")
    bands = [(column_at(level, value, low), column_at(level, value, high), colour) for low, high, colour in BANDS]
    centre = column_at(level, value, 0.5)
    everything = np.concatenate([truth, centre, *(edge for low, high, _ in bands for edge in (low, high))])
    y = _values(sheet, everything, top + 52, HEIGHT)
    x = _times(sheet, grid, y)
    for low, high, colour in bands:
        _filled(sheet, x, y, low, high, colour)
    _line(sheet, x, y, centre, tokens.GRID[1], 1.2)
    _line(sheet, x, y, truth, tokens.INK, 1.4)
    _legend(
        sheet, top + height - 16, [("came true", tokens.INK), ("median", tokens.GRID[1]), ("80 % and 90 % band", BAND)]
    )
    return height


def _errors(sheet: Sheet, grid: TimeGrid, truth: FloatArray, centre: FloatArray, top: float) -> float:
    height = 52 + ERROR_HEIGHT + 30
    sheet.card(top, height)
    sheet.text(LABEL_X, top + 30, "Mean absolute error of each day", kind="head")
    day = DAY_S // grid.step_s
    count = -(-grid.step_count // day)
    padded = np.full(count * day, np.nan)
    padded[: grid.step_count] = np.abs(truth - centre)
    table = padded.reshape(count, day)
    known = np.isfinite(table)
    mae = np.where(known, table, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    y = _values(sheet, np.concatenate([mae, [0.0]]), top + 52, ERROR_HEIGHT)
    x = _times(sheet, grid, y)
    for place, each in enumerate(mae):
        left, right = x.at(place * day + 0.1 * day), x.at(min(grid.step_count, (place + 0.9) * day))
        sheet.rect(left, y.at(float(each)), right - left, y.at(0) - y.at(float(each)), fill=tokens.CONTROL, radius=2)
    return height


def _values(sheet: Sheet, value: FloatArray, top: float, inner: float) -> Axis:
    known = value[np.isfinite(value)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    marks = ticks(min(0.0, low), max(high, low + 1e-9), 5)
    y = Axis(marks[0], marks[-1], top + inner, top)
    for mark in marks:
        sheet.line((LEFT, y.at(mark)), (RIGHT, y.at(mark)), colour=tokens.RULE if mark == 0 else tokens.HAIR)
        sheet.text(LEFT - 8, y.at(mark) + 4, tick_text(mark), kind="tick", anchor="end")
    return y


def _times(sheet: Sheet, grid: TimeGrid, y: Axis) -> Axis:
    x = Axis(0, grid.step_count, LEFT, RIGHT)
    for mark in time_marks(grid, "UTC"):
        sheet.line((x.at(mark.step), y.end), (x.at(mark.step), y.start), colour=tokens.HAIR)
        if x.at(mark.step) < RIGHT - 30:
            sheet.text(x.at(mark.step) + 4 * mark.is_day, y.start + 17, mark.text, kind="tick")
    return x


def _filled(sheet: Sheet, x: Axis, y: Axis, low: FloatArray, high: FloatArray, colour: str) -> None:
    for run in _known_runs(np.isfinite(low) & np.isfinite(high)):
        upper = [(x.at(at + 0.5), y.at(float(high[at]))) for at in run]
        lower = [(x.at(at + 0.5), y.at(float(low[at]))) for at in reversed(run)]
        sheet.area([*upper, *lower], fill=colour, line="")


def _line(sheet: Sheet, x: Axis, y: Axis, value: FloatArray, colour: str, width: float) -> None:
    for run in _known_runs(np.isfinite(value)):
        sheet.curve([(x.at(at + 0.5), y.at(float(value[at]))) for at in run], colour=colour, width=width)


def _known_runs(known: BoolArray) -> Sequence[list[int]]:
    at = np.flatnonzero(known)
    return [run.tolist() for run in np.split(at, np.flatnonzero(np.diff(at) > 1) + 1) if run.size]


def _legend(sheet: Sheet, y: float, entries: Sequence[tuple[str, str]]) -> None:
    x: float = LABEL_X
    for name, colour in entries:
        sheet.line((x, y - 4), (x + 16, y - 4), colour=colour, width=4.0 if colour == BAND else 2.4)
        sheet.text(x + 22, y, name)
        x += 22 + len(name) * 6.7 + 20
