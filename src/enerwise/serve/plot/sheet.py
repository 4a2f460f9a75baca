"""A sheet of SVG: the few shapes our pictures need, in the order they are drawn."""

from collections.abc import Iterable, Sequence
from html import escape

from enerwise.serve.plot import tokens

Point = tuple[float, float]
STYLE = f"""
text{{font-family:{tokens.SANS};font-variant-numeric:tabular-nums;fill:{tokens.INK_2};font-size:12px}}
.title{{font-size:24px;font-weight:700;fill:{tokens.INK};letter-spacing:-.02em}}
.lead{{font-size:15px}}
.head{{font-size:16px;font-weight:600;fill:{tokens.INK}}}
.label{{font-size:13px;font-weight:600;fill:{tokens.INK}}}
.tick{{fill:{tokens.INK_3}}}
.value{{font-weight:600;fill:{tokens.INK}}}
"""
HATCH = (
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="2.6" height="6" fill="{tokens.CARD}"/></pattern>'
)


class Sheet:
    """Shapes on a page of a given width; the height grows with what is drawn."""

    def __init__(self, width: float, description: str) -> None:
        self.width = width
        self._description = description
        self._parts: list[str] = []

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str,
        line: str = "",
        radius: float = 0.0,
        opacity: float = 1.0,
        hatched: bool = False,
    ) -> None:
        """Draw a box; nothing where it has no size."""
        if width <= 0 or height <= 0:
            return
        shape = f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" rx="{radius:g}" '
        self._parts.append(shape + f'fill="{fill}" fill-opacity="{opacity:g}"{_stroke(line)}/>')
        if hatched:
            self._parts.append(shape + 'fill="url(#hatch)"/>')

    def line(self, start: Point, end: Point, *, colour: str, width: float = 1.0, dash: str = "") -> None:
        """Draw a straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line x1="{start[0]:.2f}" y1="{start[1]:.2f}" x2="{end[0]:.2f}" y2="{end[1]:.2f}" '
            f'stroke="{colour}" stroke-width="{width:g}"{dashed}/>'
        )

    def curve(self, points: Sequence[Point], *, colour: str, width: float, dash: str = "") -> None:
        """Draw a line through points."""
        if len(points) > 1:
            dashed = f' stroke-dasharray="{dash}"' if dash else ""
            self._parts.append(
                f'<path d="{_path(points)}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
                f'stroke-linejoin="round"{dashed}/>'
            )

    def area(self, points: Sequence[Point], *, fill: str, line: str, hatched: bool = False) -> None:
        """Draw a closed shape."""
        shape = f'<path d="{_path(points)}Z" '
        self._parts.append(shape + f'fill="{fill}"{_stroke(line, 0.8)}/>')
        if hatched:
            self._parts.append(shape + 'fill="url(#hatch)"/>')

    def text(self, x: float, y: float, text: str, *, kind: str = "", anchor: str = "start", colour: str = "") -> None:
        """Write a line of text."""
        style = f' style="fill:{colour}"' if colour else ""
        named = f' class="{kind}"' if kind else ""
        self._parts.append(f'<text x="{x:.2f}" y="{y:.2f}"{named} text-anchor="{anchor}"{style}>{escape(text)}</text>')

    def card(self, y: float, height: float) -> None:
        """Draw the ground of a card over the width of the page."""
        width = self.width - 2 * tokens.MARGIN
        self.rect(tokens.MARGIN, y, width, height, fill=tokens.CARD, line=tokens.HAIR, radius=tokens.RADIUS)

    def svg(self, height: float) -> str:
        """Return the document."""
        body = "\n".join(self._parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width:g}" height="{height:.0f}" '
            f'viewBox="0 0 {self.width:g} {height:.0f}" role="img" aria-label="{escape(self._description)}">\n'
            f"<title>{escape(self._description)}</title>\n<style>{STYLE}</style>\n<defs>{HATCH}</defs>\n"
            f'<rect width="100%" height="100%" fill="{tokens.PAGE}"/>\n{body}\n</svg>\n'
        )


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x:.2f},{y:.2f}" for x, y in points)


def _stroke(colour: str, width: float = 1.0) -> str:
    return f' stroke="{colour}" stroke-width="{width:g}"' if colour else ""
