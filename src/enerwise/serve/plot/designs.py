"""The picture of designs: what they cost a year against what they cost to buy."""

from collections.abc import Sequence
from typing import Final

from enerwise.run.design import Judged
from enerwise.serve.plot import tokens
from enerwise.serve.plot.panels import LABEL_X, LEFT, RIGHT
from enerwise.serve.plot.plan import headline
from enerwise.serve.plot.scale import Axis, tick_text, ticks
from enerwise.serve.plot.sheet import Sheet

HEIGHT: Final = 320
DOT: Final = 10
NAMES: Final = (("a design", tokens.BATTERY), ("as it is, without what it once cost", tokens.HOME))


def designs_svg(designs: Sequence[Judged], now: Judged, *, title: str, lead: str) -> str:
    """Return the picture; today's home lies at nothing to buy."""
    sheet = Sheet(tokens.WIDTH, f"{title}. {lead}")
    top = headline(sheet, title, lead)
    sheet.card(top, HEIGHT + 128)
    sheet.text(LABEL_X, top + 30, "Cost a year with what it costs to buy, EUR", kind="head")
    costs = [*(each.cost_eur for each in designs), now.bill_eur]
    across, up = ticks(0.0, max(1.0, *(each.invest_eur for each in designs)), 6), ticks(min(costs), max(costs), 4)
    x, y = Axis(across[0], across[-1], LEFT, RIGHT), Axis(up[0], up[-1], top + 52 + HEIGHT, top + 52)
    for value in up:
        sheet.line((LEFT, y.at(value)), (RIGHT, y.at(value)), colour=tokens.HAIR)
        sheet.text(LEFT - 8, y.at(value) + 4, tick_text(value), kind="tick", anchor="end")
    for value in across:
        sheet.line((x.at(value), y.end), (x.at(value), y.start), colour=tokens.HAIR)
        sheet.text(x.at(value), y.start + 17, tick_text(value), kind="tick", anchor="middle")
    for each in designs:
        _dot(sheet, x.at(each.invest_eur), y.at(each.cost_eur), tokens.BATTERY[0])
    _dot(sheet, x.at(0.0), y.at(now.bill_eur), tokens.HOME[0])
    sheet.text((LEFT + RIGHT) / 2, top + HEIGHT + 92, "To buy, EUR", kind="label", anchor="middle")
    for place, (name, colour) in enumerate(NAMES):
        _dot(sheet, LABEL_X + 160 * place + 5, top + HEIGHT + 110, colour[0])
        sheet.text(LABEL_X + 160 * place + 16, top + HEIGHT + 114, name)
    return sheet.svg(top + HEIGHT + 128 + tokens.MARGIN)


def _dot(sheet: Sheet, x: float, y: float, colour: str) -> None:
    sheet.rect(x - DOT / 2, y - DOT / 2, DOT, DOT, fill=colour, line=tokens.CARD, radius=DOT / 2)
