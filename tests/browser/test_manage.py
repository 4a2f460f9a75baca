"""Safety's test, people, keys, log, copies, and the report for whoever helps."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Demo
from tests.browser.houses import PASSWORD, House
from tests.browser.rig import Visitor, findings, settled


def test_a_person_is_invited_and_comes_in_with_the_role(visit: Visitor, kolkata: House) -> None:
    page = visit(kolkata.url, "/admin?tab=people", entry=kolkata.invited["owner"], now=kolkata.now)
    page.get_by_role("button", name="Invite a person").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Gustav")
    dialog.get_by_label("E-mail").fill("gustav@example.org")
    dialog.get_by_role("radio", name=re.compile("Viewer")).check()
    assert findings(page) == []
    dialog.get_by_role("button", name="Make the invitation").click()
    link = dialog.get_by_label("Link").inner_text()
    assert link.startswith(kolkata.url)
    guest = visit(kolkata.url, link.removeprefix(kolkata.url), now=kolkata.now)
    expect(guest.get_by_role("heading", level=1)).to_have_text("You are invited")
    assert findings(guest) == []
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Join").click()
    expect(guest.locator("header.top")).to_contain_text("Lindenweg 8")
    expect(guest.get_by_role("link", name="Admin")).to_have_count(0)
    guest.goto(f"{kolkata.url}/devices/add")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Adding devices needs the right to configure")
    assert findings(guest) == []


def test_a_key_is_shown_once_and_ended(visit: Visitor, kolkata: House) -> None:
    page = visit(kolkata.url, "/admin?tab=keys", entry=kolkata.invited["owner"], now=kolkata.now)
    page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Notebook")
    dialog.get_by_role("button", name="Make a key").click()
    secret = dialog.get_by_label("Key", exact=True).inner_text()
    assert secret.startswith("ew_")
    assert findings(page) == []
    answer = page.context.request.get(f"{kolkata.url}/api/v1/sites", headers={"Authorization": f"Bearer {secret}"})
    assert answer.ok
    dialog.get_by_role("button", name="I have kept it").click()
    expect(page.get_by_text(secret)).to_have_count(0)
    page.get_by_role("button", name="End Notebook").click()
    page.get_by_role("button", name="Yes, end it").click()
    expect(page.get_by_role("row").filter(has_text="Notebook")).to_contain_text("ended")


def test_the_log_tells_of_it(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/admin?tab=audit", entry=house.invited["owner"], now=house.now)
    page.get_by_role("radio", name="Accounts").click()
    expect(page.get_by_role("table", name="Audit log")).to_contain_text("Ada")
    page.get_by_role("button", name="Check the seals").click()
    expect(page.get_by_text("as they were written")).to_be_visible()
    settled(page)
    assert findings(page) == []


def test_the_report_holds_no_secret(visit: Visitor, demo: Demo) -> None:
    page = visit(demo.url, "/support", entry=demo.entry)
    page.get_by_role("button", name="Show the report").click()
    shown = page.locator("pre.report")
    expect(shown).to_contain_text("version", timeout=30_000)
    text = shown.inner_text()
    accounts = demo.folder / "home.run" / "accounts"
    secrets = [(accounts / name).read_bytes() for name in ("demo-owner.password", "master.key")]
    assert not any(each.decode("latin-1").strip() in text for each in secrets)
    assert demo.entry[0] not in text
    assert not re.search(r"BEGIN [A-Z ]*PRIVATE KEY|argon2", text)
    assert findings(page) == []


def test_a_copy_of_everything_is_taken(visit: Visitor, demo: Demo, tmp_path: Path) -> None:
    page = visit(demo.url, "/admin?tab=backup", entry=demo.entry)
    settled(page)
    assert findings(page) == []
    with page.expect_download(timeout=60_000) as told:
        page.get_by_role("link", name="Download the copy").click()
    told.value.save_as(tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_size > 10_000


def test_a_test_stop_is_asked_once_more(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/safety", entry=house.invited["owner"], now=house.now)
    expect(page.get_by_role("table", name="Limits in force")).to_contain_text("11.0")
    page.get_by_role("button", name="Run a test stop").click()
    expect(page.get_by_role("button", name="Run it")).to_be_focused()
    assert findings(page) == []
    page.get_by_role("button", name="Run it").click()
    expect(page.get_by_text("bring it to rest first")).to_be_visible()
    settled(page)
    assert findings(page) == []
