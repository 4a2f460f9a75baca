"""Panels on one time axis: price, power by source, battery level, what the battery does."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.plan.laws import RESTING_W
from enerwise.serve.deeds import DEEDS, Stretch
from enerwise.serve.plot import tokens
from enerwise.serve.plot.scale import Axis, tick_text, ticks, time_marks
from enerwise.serve.plot.sheet import Point, Sheet
from enerwise.serve.runs import equal_runs, true_runs

LEFT: Final = tokens.MARGIN + tokens.PADDING + 92
RIGHT: Final = tokens.WIDTH - tokens.MARGIN - tokens.PADDING
LABEL_X: Final = tokens.MARGIN + tokens.PADDING
GAP: Final = 26
PRICE_HEIGHT: Final = 92
POWER_HEIGHT: Final = 228
LEVEL_HEIGHT: Final = 92
LANE_HEIGHT: Final = 38
LETTER: Final = 6.7
"""Width of a letter of a lane's text, about."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the panels show. Shapes (step,), level (step + 1,); positive is taken"""

    grid: TimeGrid
    zone: str
    buy_eur_per_kwh: FloatArray
    sell_eur_per_kwh: FloatArray
    load_w: FloatArray
    pv_w: FloatArray
    battery_w: FloatArray
    grid_w: FloatArray
    soc_ratio: FloatArray
    """Empty where the site has no battery."""
    soc_band_ratio: tuple[float, float] = (0.0, 1.0)
    stretches: tuple[Stretch, ...] = ()
    is_past: bool = False

    @property
    def x(self) -> Axis:
        """Steps along the sheet."""
        return Axis(0, self.grid.step_count, LEFT, RIGHT)


def draw_panels(sheet: Sheet, scene: Scene, top: float) -> float:
    """Draw all panels from ``top`` down and return where they end."""
    bottom = top + PRICE_HEIGHT + GAP + POWER_HEIGHT
    has_battery = scene.soc_ratio.size > 0
    if has_battery:
        bottom += GAP + LEVEL_HEIGHT + (GAP + LANE_HEIGHT if scene.stretches else 0)
    _ground(sheet, scene, top, bottom)
    _price(sheet, scene, top)
    y = top + PRICE_HEIGHT + GAP
    _power(sheet, scene, y)
    y += POWER_HEIGHT + GAP
    if has_battery:
        _level(sheet, scene, y)
        if scene.stretches:
            _lane(sheet, scene, y + LEVEL_HEIGHT + GAP)
    return bottom + 24


def draw_legend(sheet: Sheet, x: float, y: float, *, has_battery: bool) -> None:
    """Draw what the colours mean."""
    roles = [("Sun", tokens.SOLAR, False), ("From battery", tokens.BATTERY, False), ("Bought", tokens.GRID, False)]
    roles += [("Into battery", tokens.BATTERY, True), ("Sold", tokens.GRID, True)]
    for name, (fill, line), hatched in roles:
        if "battery" in name and not has_battery:
            continue
        sheet.rect(x, y - 11, 14, 14, fill=fill, line=line, radius=4, hatched=hatched)
        sheet.text(x + 21, y, name)
        x += 21 + len(name) * 6.4 + 16
    sheet.line((x, y - 4), (x + 16, y - 4), colour=tokens.INK, width=1.4)
    sheet.text(x + 22, y, "Home uses")


def _ground(sheet: Sheet, scene: Scene, top: float, bottom: float) -> None:
    """Draw the lines of hours and days, and shade the past."""
    if scene.is_past:
        sheet.rect(LEFT, top - 6, RIGHT - LEFT, bottom - top + 6, fill=tokens.INK, opacity=tokens.PAST_OPACITY)
    for mark in time_marks(scene.grid, scene.zone):
        x = scene.x.at(mark.step)
        colour, dash = (tokens.CONTROL, "3 3") if mark.is_midnight and mark.step else (tokens.HAIR, "")
        sheet.line((x, top - 6), (x, bottom), colour=colour, dash=dash)
        if x < RIGHT - 14:
            anchor = "start" if mark.step == 0 or mark.is_day else "middle"
            sheet.text(x + 4 * mark.is_day, bottom + 17, mark.text, kind="tick", anchor=anchor)


def _label(sheet: Sheet, y: float, name: str, unit: str) -> None:
    sheet.text(LABEL_X, y + 14, name, kind="label")
    sheet.text(LABEL_X, y + 30, unit)


def _price(sheet: Sheet, scene: Scene, top: float) -> None:
    """Draw the price of buying as bars, grey by height, and that of selling as a dotted line."""
    buy, sell = scene.buy_eur_per_kwh * 100, scene.sell_eur_per_kwh * 100
    marks = ticks(min(0.0, float(np.nanmin(buy)), float(np.nanmin(sell))), max(1.0, float(np.nanmax(buy)) * 1.12), 3)
    y = Axis(marks[0], marks[-1], top + PRICE_HEIGHT, top)
    low, span = float(np.nanmin(buy)), max(float(np.nanmax(buy) - np.nanmin(buy)), 1e-9)
    for first, last in _known_runs(buy):
        value = float(buy[first])
        x, width = scene.x.at(first), scene.x.at(last) - scene.x.at(first)
        shade = 0.25 + 0.6 * (value - low) / span if span > 1e-6 else 0.4
        inset = 0.6 if width > 4 else 0.0
        box = sorted((y.at(0), y.at(value)))
        sheet.rect(x + inset, box[0], width - 2 * inset, box[1] - box[0], fill=tokens.INK_3, opacity=shade, radius=1.5)
    _value_axis(sheet, y, marks)
    _price_words(sheet, scene, buy, y)
    sheet.curve(_stairs(scene, sell, y), colour=tokens.GRID[1], width=1.6, dash="2 4")
    _label(sheet, top, "Price", "ct/kWh")
    is_flat = float(np.nanmax(sell) - np.nanmin(sell)) < 0.05
    words = f"sells at {np.nanmean(sell):.1f}" if is_flat else "┄ sells at"
    sheet.text(LABEL_X, top + PRICE_HEIGHT - 2, words, colour=tokens.GRID[1])


def _price_words(sheet: Sheet, scene: Scene, buy: FloatArray, y: Axis) -> None:
    """Write the lowest and the highest price over the first step that has it."""
    for value in sorted({float(np.nanmax(buy)), float(np.nanmin(buy))}):
        first, last = next(each for each in _known_runs(buy) if buy[each[0]] == value)
        x = min(max(scene.x.at((first + last) / 2), LEFT + 16), RIGHT - 16)
        sheet.text(x, min(y.at(value), y.at(0)) - 6, f"{value:.1f}", kind="value", anchor="middle")


def _power(sheet: Sheet, scene: Scene, top: float) -> None:
    """Stack what the home is fed by above zero, and what is stored or sold below it, hatched."""
    kw = 1e-3
    sun = np.minimum(np.maximum(-scene.pv_w, 0.0), np.maximum(scene.load_w, 0.0)) * kw
    out = np.maximum(-scene.battery_w, 0.0) * kw
    bought = np.maximum(scene.grid_w, 0.0) * kw
    into = np.maximum(scene.battery_w, 0.0) * kw
    sold = np.maximum(-scene.grid_w, 0.0) * kw
    highest = max(0.5, float(np.nanmax(sun + out + bought)), float(np.nanmax(scene.load_w)) * kw)
    marks = ticks(-float(np.nanmax(into + sold)), highest, 5)
    y = Axis(marks[0], marks[-1], top + POWER_HEIGHT, top)
    _value_axis(sheet, y, marks, as_sizes=True)
    nothing = np.zeros_like(sun)
    _layer(sheet, scene, y, nothing, sun, tokens.SOLAR)
    _layer(sheet, scene, y, sun, sun + out, tokens.BATTERY)
    _layer(sheet, scene, y, sun + out, sun + out + bought, tokens.GRID)
    _layer(sheet, scene, y, nothing, -into, tokens.BATTERY, hatched=True)
    _layer(sheet, scene, y, -into, -into - sold, tokens.GRID, hatched=True)
    sheet.curve(_stairs(scene, scene.load_w * kw, y), colour=tokens.INK, width=1.2)
    _label(sheet, top, "Power", "kW")
    sheet.text(LABEL_X, y.at(0) - 8, "used")
    if marks[0] < 0:
        sheet.text(LABEL_X, y.at(0) + 18, "stored, sold")


def _layer(
    sheet: Sheet,
    scene: Scene,
    y: Axis,
    lower: FloatArray,
    upper: FloatArray,
    role: tuple[str, str],
    *,
    hatched: bool = False,
) -> None:
    """Draw one layer of a stack as steps, with a gap wherever it is empty."""
    for run in true_runs(np.abs(upper - lower) > RESTING_W / 1e3):
        over = _edges(scene.x, y, upper, run.start, run.stop)
        under = _edges(scene.x, y, lower, run.start, run.stop)
        sheet.area([*over, *reversed(under)], fill=role[0], line=role[1], hatched=hatched)


def _level(sheet: Sheet, scene: Scene, top: float) -> None:
    """Draw the level of the batteries, and the band it may move in."""
    y = Axis(0, 100, top + LEVEL_HEIGHT, top)
    _value_axis(sheet, y, [0.0, 50.0, 100.0])
    for edge in scene.soc_band_ratio:
        if 0.0 < edge < 1.0:
            sheet.line((LEFT, y.at(edge * 100)), (RIGHT, y.at(edge * 100)), colour=tokens.INK_2, dash="5 4")
    points = [(scene.x.at(step), y.at(float(value) * 100)) for step, value in enumerate(scene.soc_ratio)]
    known = [point for point, value in zip(points, scene.soc_ratio, strict=True) if np.isfinite(value)]
    sheet.curve(known, colour=tokens.BATTERY[1], width=2.4)
    _label(sheet, top, "Battery", "% full")


def _lane(sheet: Sheet, scene: Scene, top: float) -> None:
    """Draw what the battery does as blocks with words."""
    sheet.text(LABEL_X, top + LANE_HEIGHT / 2 + 4.5, "What it does", kind="label")
    middle = top + LANE_HEIGHT / 2
    for stretch in scene.stretches:
        x, end = scene.x.at(stretch.first) + 1, scene.x.at(stretch.last) - 1
        words = next((each for each in DEEDS[stretch.deed].words if len(each) * LETTER + 8 < end - x), "")
        if stretch.deed == "waits":
            sheet.rect(x, middle - 2, end - x, 4, fill=tokens.RULE, radius=2)
            if words:
                half = len(words) * LETTER / 2 + 6
                sheet.rect((x + end) / 2 - half, middle - 9, 2 * half, 18, fill=tokens.CARD)
                sheet.text((x + end) / 2, middle + 4.5, words, anchor="middle")
            continue
        fill, line = tokens.GRID if stretch.deed == "sells" else tokens.BATTERY
        filled = stretch.deed in ("fills_sun", "fills_grid")
        box = (x, top + 4, end - x, LANE_HEIGHT - 8)
        sheet.rect(*box, fill=fill, line=line, radius=6, opacity=1.0 if filled else 0.16)
        sheet.text(
            (x + end) / 2, middle + 4.5, words, anchor="middle", kind="value", colour=tokens.CARD if filled else line
        )


def _value_axis(sheet: Sheet, y: Axis, marks: list[float], *, as_sizes: bool = False) -> None:
    """Draw the lines of an axis with their values; ``as_sizes`` leaves the sign to the words beside it."""
    for mark in marks:
        at = y.at(mark)
        sheet.line(
            (LEFT, at), (RIGHT, at), colour=tokens.RULE if mark == 0 else tokens.HAIR, width=1.2 if mark == 0 else 1
        )
        sheet.text(LEFT - 8, at + 4, tick_text(abs(mark) if as_sizes else mark), kind="tick", anchor="end")


def _stairs(scene: Scene, value: FloatArray, y: Axis) -> list[Point]:
    known = np.flatnonzero(np.isfinite(value))
    if not known.size:
        return []
    return [point for step in known for point in _edges(scene.x, y, value, int(step), int(step) + 1)]


def _edges(x: Axis, y: Axis, value: FloatArray, first: int, last: int) -> list[Point]:
    return [(x.at(step + side), y.at(float(value[step]))) for step in range(first, last) for side in (0, 1)]


def _known_runs(value: FloatArray) -> list[tuple[int, int]]:
    return [(each.start, each.stop) for each in equal_runs(value) if np.isfinite(value[each.start])]
