"""Devices: cards, one of them, the assistant, and a change for now."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Demo
from tests.browser.houses import House, HouseDoor
from tests.browser.rig import Visitor, findings, settled


def test_a_card_opens_its_device_and_one_that_is_silent_comes_first(visit: Visitor, house: House) -> None:
    door = house.door
    assert isinstance(door, HouseDoor)
    try:
        door.silent = frozenset({"relay"})
        page = visit(house.url, "/devices", entry=house.invited["owner"], now=house.now)
        settled(page)
        cards = page.get_by_role("list", name=re.compile("Devices|list", re.IGNORECASE)).get_by_role("listitem")
        expect(cards.first).to_contain_text("Boiler relay")
        assert findings(page) == []
        page.get_by_role("link", name="Boiler relay").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Boiler relay")
        settled(page)
        assert findings(page) == []
    finally:
        door.silent = frozenset()


def test_a_change_with_an_end_is_sent_and_shown(visit: Visitor, demo: Demo) -> None:
    page = visit(demo.url, "/devices/hybrid", entry=demo.entry)
    settled(page)
    form = page.get_by_role("region", name="Change it for now")
    form.get_by_label("Battery", exact=True).check()
    form.get_by_label("Rest", exact=True).check()
    form.get_by_label("2 hours").check()
    form.get_by_label("Why").fill("Guests tonight")
    form.get_by_role("button", name="Change it", exact=True).click()
    leases = f"{demo.url}/api/v1/sites/demo-home/overrides"
    expect(page.get_by_text("Guests tonight").first).to_be_visible(timeout=30_000)
    found = [each for each in page.context.request.get(leases).json()["items"] if each["reason"] == "Guests tonight"]
    assert len(found) == 1
    assert found[0]["asset"] == "battery"
    page.get_by_role("button", name=re.compile("End")).first.click()
    expect(page.get_by_role("button", name=re.compile("^End"))).to_have_count(0, timeout=30_000)


def test_the_assistant_finds_connects_and_checks_signs(visit: Visitor, demo: Demo) -> None:
    """With the simulated plant, which is real Modbus on a port of this machine."""
    page = visit(demo.url, "/devices", entry=demo.entry)
    page.get_by_role("link", name="Add a device").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which device is it?")
    settled(page)
    assert findings(page) == []
    page.get_by_label("Address", exact=True).fill("no address")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("is no address")
    text = (demo.folder / "home.yaml").read_text(encoding="utf-8")
    address = re.search(r"127\.0\.0\.1:\d+", text)
    assert address
    page.get_by_label("Address", exact=True).fill(address[0])
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{address[0]} answers", timeout=60_000)
    settled(page)
    assert findings(page) == []
    page.get_by_role("radio", name=re.compile("generic_hybrid")).check()
    expect(page.get_by_role("heading", name="It measures")).to_be_visible()
    before = (demo.folder / "home.yaml").read_text(encoding="utf-8")
    assert before == text, "nothing is written before it is saved"


def test_a_device_that_is_not_there_says_so(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/devices/nothing", entry=house.invited["owner"], now=house.now)
    expect(page.get_by_role("heading", level=1)).to_contain_text("nothing")
    assert findings(page) == []
