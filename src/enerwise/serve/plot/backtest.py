"""The picture of a backtest: cost of each strategy, what was saved each month, and a typical week."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from enerwise.core.units import show_money, show_ratio
from enerwise.serve.plot import tokens
from enerwise.serve.plot.panels import LABEL_X, Scene
from enerwise.serve.plot.plan import headline, panel_card
from enerwise.serve.plot.scale import Axis, tick_text, ticks
from enerwise.serve.plot.sheet import Sheet

GAP: Final = 16
ROW: Final = 36
NAME_WIDTH: Final = 168
SHADES: Final = {"idle": "#C9C5BA", "self_consumption": "#7C828C", "plan": "#17202B", "perfect": "#FFFFFF"}
"""Strategies are no energy: they stand in neutral shades, the bound as an outline."""
SAVINGS_HEIGHT: Final = 190


@dataclass(frozen=True, slots=True)
class CostBar:
    """One strategy of the first card."""

    strategy: str
    name: str
    cost_eur: float
    saved_eur: float | None
    """Against idle; None for idle itself, or where idle was not run."""
    captured_ratio: float | None


@dataclass(frozen=True, slots=True)
class MonthBar:
    """What one month saved against idle, by strategy. [EUR]"""

    name: str
    saved_eur: dict[str, float]


def backtest_svg(
    bars: Sequence[CostBar], months: Sequence[MonthBar], week: Scene | None, *, title: str, lead: str, heading: str
) -> str:
    """Return the picture of a backtest."""
    sheet = Sheet(tokens.WIDTH, f"{title}. {lead}")
    y = headline(sheet, title, lead)
    y += _costs(sheet, bars, y) + GAP
    if len(months) > 1:
        y += _savings(sheet, bars, months, y) + GAP
    if week is not None:
        y += panel_card(sheet, week, y, heading=heading) + GAP
    return sheet.svg(y + tokens.MARGIN - GAP)


def _costs(sheet: Sheet, bars: Sequence[CostBar], top: float) -> float:
    height = 52 + ROW * len(bars) + 16
    sheet.card(top, height)
    sheet.text(LABEL_X, top + 30, "Cost by strategy", kind="head")
    sheet.text(tokens.WIDTH - LABEL_X, top + 30, "saved against idle", kind="tick", anchor="end")
    left, right = LABEL_X + NAME_WIDTH, tokens.WIDTH - LABEL_X - 210
    costs = [bar.cost_eur for bar in bars]
    x = Axis(min(0.0, *costs), max(0.01, *costs), left, right)
    for row, bar in enumerate(bars):
        y = top + 52 + row * ROW
        sheet.text(LABEL_X, y + 17, bar.name, kind="label")
        box = sorted((x.at(0), x.at(bar.cost_eur)))
        _bar(sheet, bar.strategy, box[0], y + 2, box[1] - box[0], ROW - 14)
        sheet.text(box[1] + 8, y + 17, _money(bar.cost_eur), kind="value")
        sheet.text(tokens.WIDTH - LABEL_X, y + 17, _saving(bar), anchor="end")
    sheet.line((x.at(0), top + 48), (x.at(0), top + 52 + ROW * len(bars) - 6), colour=tokens.RULE, width=1.2)
    return height


def _money(amount_eur: float) -> str:
    return f"earns {show_money(-amount_eur)}" if amount_eur < -0.005 else show_money(amount_eur)


def _saving(bar: CostBar) -> str:
    if bar.saved_eur is None:
        return ""
    share = "" if bar.captured_ratio is None else f" · {show_ratio(bar.captured_ratio)} of the possible"
    return f"{show_money(bar.saved_eur)}{share}"


def _bar(sheet: Sheet, strategy: str, x: float, y: float, width: float, height: float) -> None:
    line = tokens.INK if strategy == "perfect" else SHADES.get(strategy, tokens.CONTROL)
    sheet.rect(x, y, width, height, fill=SHADES.get(strategy, tokens.CONTROL), line=line, radius=3)


def _savings(sheet: Sheet, bars: Sequence[CostBar], months: Sequence[MonthBar], top: float) -> float:
    shown = [bar for bar in bars if bar.strategy != "idle" and all(bar.strategy in each.saved_eur for each in months)]
    if not shown:
        return -GAP
    height = 60 + SAVINGS_HEIGHT + 62
    sheet.card(top, height)
    sheet.text(LABEL_X, top + 30, "Saved each month against idle", kind="head")
    sheet.text(tokens.WIDTH - LABEL_X, top + 30, "EUR", kind="tick", anchor="end")
    values = [month.saved_eur[bar.strategy] for month in months for bar in shown]
    marks = ticks(min(0.0, *values), max(0.01, *values))
    y = Axis(marks[0], marks[-1], top + 56 + SAVINGS_HEIGHT, top + 56)
    left, right = LABEL_X + 44, tokens.WIDTH - LABEL_X
    for mark in marks:
        sheet.line((left, y.at(mark)), (right, y.at(mark)), colour=tokens.RULE if mark == 0 else tokens.HAIR)
        sheet.text(left - 8, y.at(mark) + 4, tick_text(mark), kind="tick", anchor="end")
    slot = (right - left) / len(months)
    width = min(26.0, slot * 0.8 / len(shown))
    for at, month in enumerate(months):
        middle = left + (at + 0.5) * slot
        sheet.text(middle, y.start + 18, month.name, kind="tick", anchor="middle")
        for place, bar in enumerate(shown):
            box = sorted((y.at(0), y.at(month.saved_eur[bar.strategy])))
            x = middle + (place - len(shown) / 2) * width
            _bar(sheet, bar.strategy, x + 0.8, box[0], width - 1.6, box[1] - box[0])
    _strategy_legend(sheet, shown, top + height - 16)
    return height


def _strategy_legend(sheet: Sheet, bars: Sequence[CostBar], y: float) -> None:
    x: float = LABEL_X
    for bar in bars:
        _bar(sheet, bar.strategy, x, y - 11, 14, 14)
        sheet.text(x + 21, y, bar.name)
        x += 21 + len(bar.name) * 6.7 + 20
