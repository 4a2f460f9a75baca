"""The picture of a community: how prices form between the supplier's two, what flows, and who gains."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.serve.plot import tokens
from enerwise.serve.plot.panels import LABEL_X, LEFT, RIGHT
from enerwise.serve.plot.plan import headline
from enerwise.serve.plot.scale import Axis, tick_text, ticks, time_marks
from enerwise.serve.plot.sheet import Point, Sheet

GAP: Final = 16
PRICE_HEIGHT: Final = 190
POWER_HEIGHT: Final = 160
GAIN_HEIGHT: Final = 150
MOST_BARS: Final = 120
SHADES: Final = ("#17202B", "#00695A", "#4420B0", "#B58900", "#7C828C", "#A33B2A")
"""Strategies are no energy: the first in ink, the others told apart by colour and order."""


@dataclass(frozen=True, slots=True)
class Run:
    """One strategy. Shapes (slot,) and (home,)"""

    name: str
    price_eur_per_kwh: FloatArray
    """NaN where nobody traded."""
    grid_w: FloatArray
    """What the community takes."""
    gain_eur: FloatArray
    """Of each home against no market; empty for no market itself."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What the picture shows."""

    grid: TimeGrid
    zone: str
    buy_eur_per_kwh: FloatArray
    sell_eur_per_kwh: FloatArray
    base: Run
    runs: Sequence[Run]


def community_svg(picture: Picture, *, title: str, lead: str) -> str:
    """Return the picture."""
    sheet = Sheet(tokens.WIDTH, f"{title}. {lead}")
    y = headline(sheet, title, lead)
    y += _prices(sheet, picture, y) + GAP
    y += _powers(sheet, picture, y) + GAP
    if picture.runs:
        y += _gains(sheet, picture.runs[0], y) + GAP
    return sheet.svg(y + tokens.MARGIN - GAP)


def _prices(sheet: Sheet, picture: Picture, top: float) -> float:
    height = _card(sheet, top, PRICE_HEIGHT, "How prices form", "ct/kWh", legend=len(picture.runs) > 0)
    buy, sell = picture.buy_eur_per_kwh * 100, picture.sell_eur_per_kwh * 100
    y, x = _axes(sheet, picture, top, PRICE_HEIGHT, [buy, sell, np.zeros(1)])
    for price, dash in ((buy, ""), (sell, "2 4")):
        sheet.curve(_stairs(x, y, price), colour=tokens.GRID[1], width=1.4, dash=dash)
    sheet.text(LABEL_X, y.at(float(buy[0])) + 4, "bought", colour=tokens.GRID[1])
    sheet.text(LABEL_X, y.at(float(sell[0])) + 4, "sold", colour=tokens.GRID[1])
    for place, run in reversed(list(enumerate(picture.runs))):
        _lines(sheet, x, y, run.price_eur_per_kwh * 100, SHADES[place % len(SHADES)], 2.0 if place == 0 else 1.2)
    _legend(sheet, [run.name for run in picture.runs], top + height - 16, SHADES)
    return height


def _powers(sheet: Sheet, picture: Picture, top: float) -> float:
    height = _card(sheet, top, POWER_HEIGHT, "What the community takes and gives", "kW", legend=True)
    runs = [*picture.runs[:1], picture.base]
    shades = [SHADES[0], tokens.RULE] if picture.runs else [SHADES[0]]
    y, x = _axes(sheet, picture, top, POWER_HEIGHT, [run.grid_w / 1e3 for run in runs])
    for run, shade in reversed(list(zip(runs, shades, strict=True))):
        sheet.curve(_stairs(x, y, run.grid_w / 1e3), colour=shade, width=1.6)
    _legend(sheet, [run.name for run in runs], top + height - 16, shades)
    return height


def _gains(sheet: Sheet, run: Run, top: float) -> float:
    height = _card(sheet, top, GAIN_HEIGHT, f"What each home gains: {run.name}", "EUR", legend=False)
    gain = np.sort(run.gain_eur)[::-1]
    if gain.size > MOST_BARS:
        gain = np.array([part.mean() for part in np.array_split(gain, MOST_BARS)])
    marks = ticks(min(0.0, float(gain.min())), max(0.01, float(gain.max())), 4)
    y = Axis(marks[0], marks[-1], top + 52 + GAIN_HEIGHT, top + 52)
    _value_lines(sheet, y, marks)
    width = (RIGHT - LEFT) / gain.size
    for place, each in enumerate(gain):
        box = sorted((y.at(0), y.at(float(each))))
        fill = SHADES[1] if each >= 0 else SHADES[5]
        sheet.rect(LEFT + place * width + 0.08 * width, box[0], 0.84 * width, box[1] - box[0], fill=fill)
    losers = int((run.gain_eur < 0).sum())
    words = "nobody loses" if not losers else f"{losers} of {run.gain_eur.size} lose"
    sheet.text(RIGHT, top + 52 + GAIN_HEIGHT + 17, words, kind="tick", anchor="end")
    return height


def _card(sheet: Sheet, top: float, inner: float, heading: str, unit: str, *, legend: bool) -> float:
    height = 52 + inner + (54 if legend else 30)
    sheet.card(top, height)
    sheet.text(LABEL_X, top + 30, heading, kind="head")
    sheet.text(RIGHT, top + 30, unit, kind="tick", anchor="end")
    return height


def _axes(sheet: Sheet, picture: Picture, top: float, inner: float, values: Sequence[FloatArray]) -> tuple[Axis, Axis]:
    """Draw the lines of values and times, and return both axes."""
    low, high = min(float(each.min()) for each in values), max(float(each.max()) for each in values)
    marks = ticks(min(0.0, low), max(0.01, high), 4)
    y = Axis(marks[0], marks[-1], top + 52 + inner, top + 52)
    x = Axis(0, picture.grid.step_count, LEFT, RIGHT)
    for mark in time_marks(picture.grid, picture.zone):
        sheet.line((x.at(mark.step), y.end), (x.at(mark.step), y.start), colour=tokens.HAIR)
        if x.at(mark.step) < RIGHT - 30:
            sheet.text(x.at(mark.step) + 4 * mark.is_day, y.start + 17, mark.text, kind="tick")
    _value_lines(sheet, y, marks)
    return y, x


def _value_lines(sheet: Sheet, y: Axis, marks: Sequence[float]) -> None:
    for mark in marks:
        sheet.line((LEFT, y.at(mark)), (RIGHT, y.at(mark)), colour=tokens.RULE if mark == 0 else tokens.HAIR)
        sheet.text(LEFT - 8, y.at(mark) + 4, tick_text(mark), kind="tick", anchor="end")


def _lines(sheet: Sheet, x: Axis, y: Axis, value: FloatArray, colour: str, width: float) -> None:
    """Draw a line of steps that breaks where a value is missing."""
    known = np.flatnonzero(np.isfinite(value))
    for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if known.size else []:
        points = [(x.at(int(slot) + side), y.at(float(value[slot]))) for slot in run for side in (0, 1)]
        sheet.curve(points, colour=colour, width=width)


def _stairs(x: Axis, y: Axis, value: FloatArray) -> list[Point]:
    return [(x.at(slot + side), y.at(float(each))) for slot, each in enumerate(value) for side in (0, 1)]


def _legend(sheet: Sheet, names: Sequence[str], y: float, shades: Sequence[str]) -> None:
    x: float = LABEL_X
    for place, name in enumerate(names):
        sheet.line((x, y - 4), (x + 16, y - 4), colour=shades[place % len(shades)], width=2.4)
        sheet.text(x + 22, y, name)
        x += 22 + len(name) * 6.7 + 18
