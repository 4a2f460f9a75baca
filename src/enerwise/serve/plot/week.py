"""The picture of a played span: what happened, on the shaded ground of the past."""

from enerwise.serve.plot import tokens
from enerwise.serve.plot.panels import Scene
from enerwise.serve.plot.plan import headline, panel_card
from enerwise.serve.plot.sheet import Sheet


def week_svg(scene: Scene, *, title: str, lead: str, heading: str) -> str:
    """Return the picture of what happened over some days."""
    sheet = Sheet(tokens.WIDTH, f"{title}. {lead}")
    top = headline(sheet, title, lead)
    height = panel_card(sheet, scene, top, heading=heading)
    return sheet.svg(top + height + tokens.MARGIN)
