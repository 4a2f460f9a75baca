"""Pictures of every page, as the documentation shows them: `python -m tests.browser.pictures`, or `make pictures`.

They are taken of a house that was really run, at a moment that never changes, so that only the page can change them.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

from tests.browser.houses import ORDINARY, STREET, House, Scene, shown
from tests.browser.rig import HEIGHTS, Visitor, a_browser, lack, settled

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
PAGES: Final = {
    "overview": "/",
    "plan": "/plan",
    "savings": "/savings",
    "devices": "/devices",
    "device": "/devices/hybrid",
    "safety": "/safety",
    "admin": "/admin",
    "support": "/support",
    "more": "/more",
    "market": "/market",
}
TRADES: Final = frozenset({"market"})
"""Pages of a house that takes part in a market; all others show one that does not."""
WIDTHS: Final = (1440, 390)
THEMES: Final = ("light", "dark")
COLOURS: Final = 256
CELL: Final = 8
"""Pictures are compared by the mean grey of squares of so many points, which no smoothing of edges moves far."""
CELL_GREY: Final = 14.0
"""A square is another one from here on. [of 255]"""
TALLEST: Final = 2600


def names() -> Iterator[tuple[str, int, str]]:
    """Return page, width and theme of every picture."""
    yield from ((page, width, theme) for page in PAGES for width in WIDTHS for theme in THEMES)


def name_of(page: str, width: int, theme: str) -> str:
    """Return the name of a picture's file."""
    return f"{page}-{width}-{theme}.png"


def taken(page: Page) -> Image.Image:
    """Return the whole page as it stands, without what blinks."""
    settled(page)
    # The window is as tall as the page: nothing that sticks to its edges lies over the middle.
    height = int(page.evaluate("() => document.documentElement.scrollHeight"))
    width = page.evaluate("() => innerWidth")
    page.set_viewport_size({"width": width, "height": max(HEIGHTS.get(width, 900), min(height, TALLEST))})
    settled(page)
    shot = page.screenshot(
        animations="disabled",
        caret="hide",
    )
    return Image.open(io.BytesIO(shot)).convert("RGB")


def cells(image: Image.Image) -> NDArray[np.float64]:
    """Return the mean grey of every square. Shape (row, column)"""
    grey = np.asarray(image.convert("L"), dtype=np.float64)
    rows, columns = grey.shape[0] // CELL, grey.shape[1] // CELL
    squares: NDArray[np.float64] = grey[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns, CELL)
    return np.asarray(squares.mean(axis=(1, 3)))


def difference(image: Image.Image, other: Image.Image) -> float:
    """Return the share of squares that differ; 1 where the pictures are not of one size, give or take a line."""
    if image.width != other.width or abs(image.height - other.height) > 2 * CELL:
        return 1.0
    one, two = cells(image), cells(other)
    rows = min(len(one), len(two))
    return float((np.abs(one[:rows] - two[:rows]) > CELL_GREY).mean())


def walk(house: House, visit: Visitor, path: str, width: int, theme: str) -> Page:
    """Open a page as pictures show it."""
    return visit(house.url, path, entry=house.invited["owner"], now=house.now, width=width, theme=theme)


def main(only: list[str]) -> None:
    """Take all pictures anew, or those of some pages."""
    if missing := lack():
        sys.exit(f"pictures: {missing}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [each for each in names() if not only or each[0] in only]
    for place, is_trading in ((ORDINARY, False), (STREET, True)):
        if found := [each for each in wanted if (each[0] in TRADES) is is_trading]:
            _take(place, found)
    print(f"pictures: {FOLDER}")


def _take(place: Scene, wanted: list[tuple[str, int, str]]) -> None:
    with TemporaryDirectory() as folder, shown(place, Path(folder)) as house, a_browser() as browser:
        visit = Visitor(browser)
        for page, width, theme in wanted:
            image = taken(walk(house, visit, PAGES[page], width, theme))
            image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, 1, dither=Image.Dither.NONE).save(
                FOLDER / name_of(page, width, theme), optimize=True
            )
            visit.close()


if __name__ == "__main__":
    main(sys.argv[1:])

__all__ = ["FOLDER", "HEIGHTS", "PAGES", "TRADES", "difference", "main", "name_of", "names", "taken", "walk"]
