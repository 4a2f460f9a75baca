"""What the page says while there is no contact, and how it comes back."""

import re

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.houses import House
from tests.browser.rig import Visitor, findings, settled


def cut(page: Page) -> None:
    """Cut the line: nothing that is asked comes through, and the stream ends."""
    page.context.set_offline(True)
    page.clock.fast_forward(12_000)


def test_a_cut_is_told_with_its_time_and_values_age_to_dashes(visit: Visitor, house: House) -> None:
    page = visit(house.url, entry=house.invited["owner"], now=house.now, flows=True)
    settled(page)
    cut(page)
    bar = page.locator(".lost")
    expect(bar).to_contain_text("No contact since 17:40. Devices keep following their last plan.")
    expect(bar).to_contain_text(re.compile("Next try in|Trying now"))
    expect(page.locator(".dot").first).to_have_attribute("data-is", "lost")
    assert findings(page) == []
    page.get_by_role("radio", name="Away").click()
    expect(page.get_by_text("You are offline, so nothing was sent.").first).to_be_visible()
    expect(page.get_by_role("radio", name="Automatic")).to_be_checked()
    page.clock.fast_forward(70_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Some values are missing just now")
    expect(page.get_by_text(re.compile(r"^last 17:4\d")).first).to_be_visible()
    assert findings(page) == []
    page.context.set_offline(False)
    bar.get_by_role("button", name="Try now").click()
    expect(bar).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Some values are missing just now")
    page.get_by_role("radio", name="Away").click()
    expect(page.get_by_role("radio", name="Away")).to_be_checked()
    page.get_by_role("radio", name="Automatic").click()
    expect(page.get_by_role("radio", name="Automatic")).to_be_checked()


def test_offline_the_shell_and_the_last_values_stand_with_their_age(visit: Visitor, house: House) -> None:
    page = visit(house.url, entry=house.invited["owner"], works_offline=True)
    settled(page)
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function(
        "() => navigator.serviceWorker.controller !== null || caches.keys().then(all => all.length > 0)"
    )
    page.reload()
    settled(page)
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Lindenweg 8").first).to_be_visible()
    expect(page.get_by_role("region", name="Power now")).to_contain_text("Solar")
    expect(page.get_by_role("button", name=re.compile("Emergency stop"))).to_be_enabled()
    expect(page.locator(".dot").first).to_have_attribute("data-is", "lost")
    page.get_by_role("link", name="Plan", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Plan")


def test_a_gap_in_the_stream_brings_a_new_snapshot(visit: Visitor, house: House) -> None:
    asked: list[str] = []
    page = visit(house.url, entry=house.invited["owner"], now=house.now, flows=True)
    settled(page)
    page.on("request", lambda each: asked.append(each.url) if each.url.endswith(("/events", "/live")) else None)
    cut(page)
    expect(page.locator(".lost")).to_be_visible()
    page.context.set_offline(False)
    page.clock.fast_forward(np.timedelta64(20, "s").astype("timedelta64[ms]").astype(int).item())
    expect(page.locator(".lost")).to_have_count(0)
    assert any(each.endswith("/events") for each in asked)
