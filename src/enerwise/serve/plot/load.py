"""The picture of a load: days by type, power by how long it is exceeded, and energy a day against the weather."""

from collections.abc import Callable
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.forecast.day_types import DayType
from enerwise.serve.load_look import LoadLook
from enerwise.serve.plot import tokens
from enerwise.serve.plot.panels import LABEL_X, LEFT, RIGHT
from enerwise.serve.plot.plan import headline
from enerwise.serve.plot.scale import Axis, tick_text, ticks
from enerwise.serve.plot.sheet import Sheet

HEIGHT: Final = 210
CARD: Final = HEIGHT + 96
COLOURS: Final = {
    DayType.WORKDAY: tokens.GRID[1],
    DayType.SATURDAY: tokens.BATTERY[1],
    DayType.SUNDAY: tokens.SOLAR[1],
    DayType.HOLIDAY: tokens.HOME[1],
}


def load_svg(made: LoadLook, *, title: str, lead: str) -> str:
    """Return the picture."""
    sheet = Sheet(tokens.WIDTH, f"{title}. {lead}")
    top = headline(sheet, title, lead)
    panels = [_shapes, _duration, *([_weather] if made.weather is not None else [])]
    for panel in panels:
        sheet.card(top, CARD)
        panel(sheet, made, top)
        top += CARD + tokens.MARGIN
    return sheet.svg(top)


def _shapes(sheet: Sheet, made: LoadLook, top: float) -> None:
    sheet.text(LABEL_X, top + 30, "Days by type, kW", kind="head")
    shapes = made.seen.shapes
    x, y = _axes(
        sheet, top, (0.0, 24.0), np.concatenate([each.high_w for each in shapes]) / 1e3, lambda hour: f"{hour:02.0f}"
    )
    hours = (np.arange(shapes[0].mean_w.size) + 0.5) * made.grid.step_h
    for each in shapes:
        if each.type is DayType.WORKDAY:
            edge = [(x.at(at), y.at(value)) for at, value in zip(hours, each.high_w / 1e3, strict=True)]
            back = [(x.at(at), y.at(value)) for at, value in zip(hours, each.low_w / 1e3, strict=True)]
            sheet.area([*edge, *back[::-1]], fill=tokens.HAIR, line="")
    for at, each in enumerate(shapes):
        points = [(x.at(hour), y.at(value)) for hour, value in zip(hours, each.mean_w / 1e3, strict=True)]
        sheet.curve(points, colour=COLOURS[each.type], width=2.0)
        sheet.text(LEFT + 130 * at, top + CARD - 14, each.type.value, kind="label", colour=COLOURS[each.type])


def _duration(sheet: Sheet, made: LoadLook, top: float) -> None:
    sheet.text(LABEL_X, top + 30, "Power, by the share of the time that it is exceeded, kW", kind="head")
    known = np.sort(made.power_w[np.isfinite(made.power_w)])[::-1] / 1e3
    share = np.linspace(0.0, 100.0, 201)
    value = np.quantile(known, 1.0 - share / 100.0)
    x, y = _axes(sheet, top, (0.0, 100.0), value, lambda at: f"{at:.0f} %")
    sheet.curve(
        [(x.at(at), y.at(each)) for at, each in zip(share, value, strict=True)], colour=tokens.GRID[1], width=2.0
    )


def _weather(sheet: Sheet, made: LoadLook, top: float) -> None:
    assert made.weather is not None and made.air_degc is not None
    sheet.text(LABEL_X, top + 30, "Energy a day against the temperature outside, kWh", kind="head")
    known = np.isfinite(made.air_degc) & np.isfinite(made.daily_wh)
    air, energy = made.air_degc[known], made.daily_wh[known] / 1e3
    span = float(np.floor(air.min())), float(np.ceil(air.max()))
    x, y = _axes(sheet, top, span, energy, lambda at: f"{at:.0f} °C")
    for each, value in zip(air, energy, strict=True):
        sheet.rect(x.at(each) - 2, y.at(value) - 2, 4, 4, fill=tokens.HOME[0], radius=2, opacity=0.7)
    line = np.linspace(*span, 120)
    told = made.weather.energy_wh(line, np.ones(line.size, dtype=np.bool_)) / 1e3
    sheet.curve([(x.at(at), y.at(each)) for at, each in zip(line, told, strict=True)], colour=tokens.GRID[1], width=2.0)


def _axes(
    sheet: Sheet, top: float, across: tuple[float, float], values: FloatArray, write: Callable[[float], str]
) -> tuple[Axis, Axis]:
    known = values[np.isfinite(values)]
    up = ticks(min(0.0, float(known.min())), max(float(known.max()), 1e-3))
    marks = np.linspace(*across, 9 if across == (0.0, 24.0) else 6).tolist()
    x, y = Axis(*across, LEFT, RIGHT), Axis(up[0], up[-1], top + 46 + HEIGHT, top + 46)
    for value in up:
        sheet.line((LEFT, y.at(value)), (RIGHT, y.at(value)), colour=tokens.HAIR)
        sheet.text(LEFT - 8, y.at(value) + 4, tick_text(value), kind="tick", anchor="end")
    for mark in marks:
        sheet.text(x.at(mark), y.start + 17, write(mark), kind="tick", anchor="middle")
    return x, y
