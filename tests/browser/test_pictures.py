"""Every page looks as its picture in the documentation does, in both themes and widths."""

import pytest
from PIL import Image

from tests.browser.houses import House
from tests.browser.pictures import FOLDER, PAGES, TRADES, difference, name_of, names, taken, walk
from tests.browser.rig import Visitor, findings, sideways

MOST_RATIO = 0.02
"""So many squares may look different: fonts are smoothed in other ways on other machines."""


SLOW = (390, "dark")
"""What it could show, the other three do: colours at 1440 px, arrangement in light."""
ALL = [pytest.param(*each, marks=[pytest.mark.soak] if each[1:] == SLOW else []) for each in names()]


@pytest.mark.parametrize(("name", "width", "theme"), ALL)
def test_a_page_looks_as_in_its_picture_and_axe_finds_nothing(
    visit: Visitor, request: pytest.FixtureRequest, name: str, width: int, theme: str
) -> None:
    house: House = request.getfixturevalue("street" if name in TRADES else "house")
    page = walk(house, visit, PAGES[name], width, theme)
    image = taken(page)
    assert findings(page) == []
    assert sideways(page) <= 0
    kept = FOLDER / name_of(name, width, theme)
    assert kept.is_file(), "make pictures takes it"
    share = difference(image, Image.open(kept).convert("RGB"))
    assert share <= MOST_RATIO, f"{share:.1%} of {kept.name} looks different; look at it, then make pictures"


def test_a_picture_notices_what_moved() -> None:
    plain = Image.new("RGB", (400, 400), "white")
    moved = plain.copy()
    moved.paste((0, 0, 0), (40, 40, 120, 120))
    assert difference(plain, plain) == 0.0
    assert difference(plain, moved) > MOST_RATIO
    assert difference(plain, plain.resize((400, 600))) == 1.0
