"""Coming in and going out: passwords, the first owner, codes from an app."""

import re

import numpy as np
import pyotp
from playwright.sync_api import Page, expect

from enerwise.core.time import VirtualClock, to_datetime
from tests.browser.houses import EMAIL, PASSWORD, House
from tests.browser.rig import Visitor, findings, settled


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_wrong_password_is_told_and_the_right_one_lets_in_where_one_wanted_to_go(
    visit: Visitor, house: House
) -> None:
    page = visit(house.url, "/plan", now=house.now)
    sign_in(page, EMAIL, "not this one, surely")
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    expect(page.get_by_label("E-mail")).to_have_value(EMAIL)
    assert findings(page) == []
    sign_in(page, EMAIL, PASSWORD)
    page.wait_for_url(re.compile("/plan"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Plan")


def test_a_fresh_server_is_owned_by_whoever_has_the_word_from_the_terminal(visit: Visitor, fresh: House) -> None:
    page = visit(fresh.url, now=fresh.now)
    page.wait_for_url(re.compile("/first-run"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome. Who owns this home?")
    assert findings(page) == []
    page.get_by_label("One-time code from the terminal").fill("guessed")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create the owner").click()
    expect(page.get_by_role("alert")).to_contain_text("does not fit or has been used")
    page.goto(f"{fresh.url}/first-run?token={fresh.face.accounts.first_run.word()}")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create the owner").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Ada")
    page.get_by_role("link", name="To the overview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect your first device")
    settled(page)
    assert findings(page) == []
    page.get_by_role("link", name="More").or_(page.get_by_role("link", name="Support")).first.click()


def test_signing_out_leads_to_the_door_and_back_is_shut(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/sign-in", now=house.now)
    sign_in(page, *house.invited["viewer"])
    page.wait_for_url(re.compile(r"/(\?|$)"))
    page.goto(f"{house.url}/more")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in"))
    page.goto(f"{house.url}/savings")
    page.wait_for_url(re.compile("/sign-in"))


def test_a_code_from_an_app_is_enrolled_and_asked_for(visit: Visitor, kolkata: House) -> None:
    clock = kolkata.face.clock
    assert isinstance(clock, VirtualClock)
    page = visit(kolkata.url, "/sign-in", now=kolkata.now)
    sign_in(page, *kolkata.invited["operator"])
    page.wait_for_url(re.compile(r"/(\?|$)"))
    page.goto(f"{kolkata.url}/admin?tab=security")
    settled(page)
    assert findings(page) == []
    page.get_by_role("button", name="Switch it on").click()
    app = pyotp.TOTP(page.locator("code.secret").inner_text().replace(" ", ""))
    assert findings(page) == []
    page.get_by_label("The six digits it shows").fill("000000")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("does not fit")
    page.get_by_label("The six digits it shows").fill(app.at(to_datetime(clock.now())))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("region", name="Recovery codes")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("button", name="I have kept them").click()
    page.goto(f"{kolkata.url}/more")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in"))
    # A code counts once: the next one comes half a minute later.
    clock.jump_to(clock.now() + np.timedelta64(30, "s"))
    sign_in(page, *kolkata.invited["operator"])
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    assert findings(page) == []
    page.get_by_label("Code", exact=True).fill(app.at(to_datetime(clock.now())))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(re.compile("/more"))
