"""The picture of a plan: the answer first, then price, power by source, and the battery on one time axis."""

from textwrap import wrap

from enerwise.serve.plot import tokens
from enerwise.serve.plot.panels import LABEL_X, Scene, draw_legend, draw_panels
from enerwise.serve.plot.scale import day_text
from enerwise.serve.plot.sheet import Sheet

LEAD_LETTERS = 116
LEAD_HEIGHT = 20
CARD_HEAD = 46


def plan_svg(scene: Scene, *, title: str, lead: str) -> str:
    """Return the picture of a plan.

    Args:
        scene: What it shows.
        title: The headline.
        lead: One sentence that answers what it costs and what it does.
    """
    sheet = Sheet(tokens.WIDTH, f"{title}. {lead}")
    top = headline(sheet, title, lead)
    height = panel_card(sheet, scene, top, heading="Hour by hour")
    return sheet.svg(top + height + tokens.MARGIN)


def headline(sheet: Sheet, title: str, lead: str) -> float:
    """Write title and lead, and return where the cards begin."""
    sheet.text(tokens.MARGIN, 42, title, kind="title")
    lines = wrap(lead, LEAD_LETTERS)
    for row, line in enumerate(lines):
        sheet.text(tokens.MARGIN, 66 + row * LEAD_HEIGHT, line, kind="lead")
    return 66 + len(lines) * LEAD_HEIGHT - 2


def panel_card(sheet: Sheet, scene: Scene, top: float, *, heading: str) -> float:
    """Draw a card with all panels and their legend, and return its height."""
    # Drawn twice: the first time only to learn how high the card has to be.
    end = draw_panels(Sheet(tokens.WIDTH, ""), scene, top + CARD_HEAD + 14)
    sheet.card(top, end + 40 - top)
    sheet.text(LABEL_X, top + 30, heading, kind="head")
    sheet.text(tokens.WIDTH - LABEL_X, top + 30, day_text(scene.grid, scene.zone, 0), kind="tick", anchor="end")
    draw_panels(sheet, scene, top + CARD_HEAD + 14)
    draw_legend(sheet, LABEL_X, end + 20, has_battery=scene.soc_ratio.size > 0)
    return end + 40 - top
