"""The house that moves: only where it may, never the only place for a fact, and gone as soon as rest is wanted."""

import pytest
from playwright.sync_api import expect

from tests.browser.houses import EMAIL, PASSWORD, House
from tests.browser.rig import Visitor, findings, settled, sideways

WEBGL = "() => document.createElement('canvas').getContext('webgl2') !== null"


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_house_moves_where_it_may_and_the_ribbons_take_over(
    visit: Visitor, house: House, width: int, theme: str
) -> None:
    page = visit(house.url, entry=(EMAIL, PASSWORD), now=house.now, width=width, theme=theme)
    settled(page)
    tab = page.get_by_role("radio", name="3-D")
    expect(tab).to_have_count(0)
    if not page.evaluate(WEBGL):
        pytest.skip("this browser has no WebGL")
    page.emulate_media(reduced_motion="no-preference")
    tab.click()
    expect(page.locator(".house canvas")).to_be_visible()
    assert {"Solar", "Home", "Hot water"} <= set(page.locator(".house-label span").all_inner_texts())
    assert findings(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="Show as table").click()
    expect(page.get_by_role("region", name="Power now").get_by_role("cell", name="Hot water")).to_be_visible()
    page.get_by_role("button", name="Show as picture").click()
    expect(page.locator(".house canvas")).to_be_visible()
    page.emulate_media(reduced_motion="reduce")
    expect(page.locator(".house")).to_have_count(0)
    expect(page.locator(".flow")).to_be_visible()
    expect(tab).to_have_count(0)
