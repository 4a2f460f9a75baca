"""Pictures of bids, prices and curves on one time axis, and of what became of them."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray, show_ratio
from enerwise.market.wholesale.bidding import Bid
from enerwise.market.wholesale.scenarios import Scenarios
from enerwise.market.wholesale.settlement import Settled
from enerwise.serve.plot import tokens
from enerwise.serve.plot.panels import LABEL_X, LEFT, RIGHT
from enerwise.serve.plot.plan import headline
from enerwise.serve.plot.scale import Axis, day_text, tick_text, ticks, time_marks
from enerwise.serve.plot.sheet import Sheet
from enerwise.serve.tables import money_words

HEIGHT: Final = 170
GAP: Final = 16
UEUR_PER_CT: Final = 1e4
PATHS_SHOWN: Final = 60


def bids_svg(grid: TimeGrid, zone: str, scenarios: Scenarios, made: Bid) -> str:
    """Draw the paths of prices, and how much is bought and sold at the lowest and at the highest of them."""
    title = f"Bids for {day_text(grid, zone, 0)}"
    worst = f"on the worst {show_ratio(1 - made.alpha_ratio)} of days {money_words(-made.cvar_eur)}"
    lead = f"Expected {money_words(-made.mean_eur)}; {worst}."
    sheet = Sheet(tokens.WIDTH, f"{title}. {lead}")
    top = headline(sheet, title, lead)
    price = scenarios.price_ueur_per_kwh / UEUR_PER_CT
    lines = [(each, tokens.RULE, 0.7) for each in price[:PATHS_SHOWN]]
    mean = np.asarray(scenarios.probability @ price, np.float64)
    top += _panel(sheet, grid, zone, top, "Paths of prices", "ct/kWh", [*lines, (mean, tokens.GRID[1], 2.2)])
    curves = made.curves
    first = np.searchsorted(curves.slot, np.arange(grid.step_count))
    last = np.searchsorted(curves.slot, np.arange(grid.step_count), side="right") - 1
    low, high = curves.quantity_wh[first] / 1e3, curves.quantity_wh[last] / 1e3
    bars = [(low, tokens.GRID[1], 2.2), (high, tokens.BATTERY[1], 2.2)]
    names = [("at the lowest price", tokens.GRID[1]), ("at the highest", tokens.BATTERY[1])]
    top += _panel(sheet, grid, zone, top, "Bought, below zero sold", "kWh", bars, names)
    return sheet.svg(top + tokens.MARGIN - GAP)


def settlement_svg(grid: TimeGrid, zone: str, made: Settled) -> str:
    """Draw the published prices, what was accepted and what was metered."""
    title = f"Settlement from {day_text(grid, zone, 0)}"
    lead = f"In all {money_words(float(made.total_ueur.sum()) / 1e6)}."
    sheet = Sheet(tokens.WIDTH, f"{title}. {lead}")
    top = headline(sheet, title, lead)
    price = made.price_ueur_per_kwh / UEUR_PER_CT
    top += _panel(sheet, grid, zone, top, "Published price", "ct/kWh", [(price, tokens.GRID[1], 2.0)])
    accepted, metered = made.accepted_wh / 1e3, made.metered_wh / 1e3
    lines = [(accepted, tokens.BATTERY[1], 2.4), (metered, tokens.INK, 1.2)]
    names = [("accepted", tokens.BATTERY[1]), ("metered", tokens.INK)]
    top += _panel(sheet, grid, zone, top, "Bought, below zero sold", "kWh", lines, names)
    return sheet.svg(top + tokens.MARGIN - GAP)


def _panel(
    sheet: Sheet,
    grid: TimeGrid,
    zone: str,
    top: float,
    heading: str,
    unit: str,
    lines: Sequence[tuple[FloatArray, str, float]],
    names: Sequence[tuple[str, str]] = (),
) -> float:
    """Draw a card of lines in steps, and return its height with the gap below."""
    height = 52 + HEIGHT + (54 if names else 30)
    sheet.card(top, height)
    sheet.text(LABEL_X, top + 30, heading, kind="head")
    sheet.text(RIGHT, top + 30, unit, kind="tick", anchor="end")
    low, high = min(float(each.min()) for each, _, _ in lines), max(float(each.max()) for each, _, _ in lines)
    marks = ticks(min(0.0, low), max(0.01, high), 4)
    y, x = Axis(marks[0], marks[-1], top + 52 + HEIGHT, top + 52), Axis(0, grid.step_count, LEFT, RIGHT)
    for mark in time_marks(grid, zone):
        sheet.line((x.at(mark.step), y.end), (x.at(mark.step), y.start), colour=tokens.HAIR)
        if x.at(mark.step) < RIGHT - 30:
            sheet.text(x.at(mark.step) + 4 * mark.is_day, y.start + 17, mark.text, kind="tick")
    for value in marks:
        sheet.line((LEFT, y.at(value)), (RIGHT, y.at(value)), colour=tokens.RULE if value == 0 else tokens.HAIR)
        sheet.text(LEFT - 8, y.at(value) + 4, tick_text(value), kind="tick", anchor="end")
    for each, colour, width in lines:
        points = [(x.at(slot + side), y.at(float(value))) for slot, value in enumerate(each) for side in (0, 1)]
        sheet.curve(points, colour=colour, width=width)
    for place, (name, colour) in enumerate(names):
        sheet.line((LABEL_X + 180 * place, top + height - 20), (LABEL_X + 180 * place + 16, top + height - 20),
                   colour=colour, width=2.4)  # fmt: skip
        sheet.text(LABEL_X + 180 * place + 22, top + height - 16, name)
    return height + GAP
