"""The picture of a trade-off: money against an amount, a dot for each plan, and what a unit less costs in between."""

from typing import Final

from enerwise.plan.pareto import Front
from enerwise.serve.plot import tokens
from enerwise.serve.plot.panels import LABEL_X, LEFT, RIGHT
from enerwise.serve.plot.plan import headline
from enerwise.serve.plot.scale import Axis, tick_text, ticks
from enerwise.serve.plot.sheet import Sheet

HEIGHT: Final = 320
DOT: Final = 9


def tradeoff_svg(made: Front, *, title: str, lead: str, what: str) -> str:
    """Return the picture.

    Args:
        made: The plans.
        title: The headline.
        lead: One sentence that tells the range.
        what: What the amount is, with its unit.
    """
    sheet = Sheet(tokens.WIDTH, f"{title}. {lead}")
    top = headline(sheet, title, lead)
    sheet.card(top, HEIGHT + 110)
    sheet.text(LABEL_X, top + 30, "Cost of the plan, EUR", kind="head")
    x, y = _axes(sheet, made, top)
    dots = [(x.at(each.amount), y.at(each.money_eur)) for each in made.points]
    sheet.curve(dots, colour=tokens.BATTERY[1], width=2.2)
    for (left, low), (right, high), price in zip(dots, dots[1:], made.marginal_eur, strict=False):
        middle = ((left + right) / 2, (low + high) / 2)
        if abs(left - right) > 70:
            sheet.text(middle[0], middle[1] - 8, f"{price:.2f} EUR/{made.unit}", kind="tick", anchor="middle")
    for at_x, at_y in dots:
        sheet.rect(at_x - DOT / 2, at_y - DOT / 2, DOT, DOT, fill=tokens.BATTERY[0], line=tokens.CARD, radius=DOT / 2)
    sheet.text((LEFT + RIGHT) / 2, top + HEIGHT + 92, what, kind="label", anchor="middle")
    return sheet.svg(top + HEIGHT + 110 + tokens.MARGIN)


def _axes(sheet: Sheet, made: Front, top: float) -> tuple[Axis, Axis]:
    amounts, money = [each.amount for each in made.points], [each.money_eur for each in made.points]
    across, up = _round(amounts, 6), _round(money, 4)
    x = Axis(across[0], across[-1], LEFT, RIGHT)
    y = Axis(up[0], up[-1], top + 52 + HEIGHT, top + 52)
    for value in up:
        sheet.line((LEFT, y.at(value)), (RIGHT, y.at(value)), colour=tokens.HAIR)
        sheet.text(LEFT - 8, y.at(value) + 4, tick_text(value), kind="tick", anchor="end")
    for value in across:
        sheet.line((x.at(value), y.end), (x.at(value), y.start), colour=tokens.HAIR)
        sheet.text(x.at(value), y.start + 17, tick_text(value), kind="tick", anchor="middle")
    return x, y


def _round(values: list[float], count: int) -> list[float]:
    low, high = min(values), max(values)
    return ticks(low, max(high, low + 0.01), count)
