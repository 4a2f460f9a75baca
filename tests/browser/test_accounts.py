"""Passkeys, boxes that show a code and apps that ask: each with a server and a browser that really do it."""

import base64
import re
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.houses import EMAIL, PASSWORD, House
from tests.browser.rig import Visitor, findings, settled, sideways
from tests.browser.test_entry import sign_in

APP: Final = "https://app.example/back"
VERIFIER: Final = "v" * 50
GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"


def finger(page: Page) -> None:
    """Give the browser a device that holds passkeys, and a person who always agrees."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    told = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    told |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": told})


def begun(context: BrowserContext, house: House, scope: str) -> dict[str, Any]:
    """Return what a box is told that asks for a code."""
    answer = context.request.post(f"{house.url}/oauth/device", form={"client_id": "enerwise-box", "scope": scope})
    assert answer.ok, answer.text()
    return dict(answer.json())


def box_asks(context: BrowserContext, house: House, device_code: str) -> dict[str, Any]:
    """Return what a box hears that asks whether it may come in."""
    form: dict[str, str | float | bool] = {"client_id": "enerwise-box", "grant_type": GRANT, "device_code": device_code}
    return dict(context.request.post(f"{house.url}/oauth/token", form=form).json())


def test_a_passkey_is_made_named_used_and_removed(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/admin?tab=security", prepared=finger, goes=False)
    page.goto(f"{house.url}/sign-in?next=%2Fadmin%3Ftab%3Dsecurity")
    sign_in(page, *house.invited["viewer"])
    page.wait_for_url(re.compile(r"/admin\?tab=security"))
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Give it a name.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Vera's phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("is added")).to_be_visible()
    settled(page)
    assert findings(page) == []
    page.get_by_label("Name", exact=True).fill("again")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("holds a passkey of yours already")
    page.context.clear_cookies()
    page.goto(f"{house.url}/savings")
    page.wait_for_url(re.compile("/sign-in"))
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile("/savings"))
    page.goto(f"{house.url}/admin?tab=security")
    expect(page.get_by_text("last used")).to_be_visible()
    page.get_by_role("button", name="Remove Vera's phone").click()
    page.get_by_role("button", name="Yes, remove").click()
    expect(page.get_by_text("No passkey yet.")).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{house.url}/sign-in")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("not known here")


def test_a_box_comes_in_when_somebody_signed_in_says_so(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/", goes=False, width=390, theme="dark")
    box = begun(page.context, house, "see control offline_access")
    page.goto(f"{house.url}/device?user_code={box['user_code']}")
    page.wait_for_url(re.compile("/sign-in"))
    sign_in(page, EMAIL, PASSWORD)
    page.wait_for_url(re.compile(r"/device\?user_code="))
    expect(page.get_by_role("heading", level=1)).to_have_text("Let “Enerwise box” in?")
    expect(page.get_by_text("Change modes and devices")).to_be_visible()
    settled(page, is_live=False)
    assert findings(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("“Enerwise box” is in")
    assert box_asks(page.context, house, box["device_code"])["scope"] == "see control offline_access"
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("No device shows this code now")


def test_a_code_can_be_typed_and_refused(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/device", entry=(EMAIL, PASSWORD))
    box = begun(page.context, house, "see")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("all eight letters")
    page.get_by_label("Code on the device").fill(box["user_code"].lower().replace("-", " "))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("“Enerwise box” stays out")
    assert box_asks(page.context, house, box["device_code"])["error"] == "access_denied"


def test_an_app_asks_and_the_browser_takes_the_answer_back(visit: Visitor, house: House) -> None:
    page = visit(house.url, "/", goes=False)
    page.context.route("https://app.example/**", lambda route: route.fulfill(body="the app"))
    page.goto(authorize(house, an_app(page.context, house)))
    page.wait_for_url(re.compile("/sign-in"))
    sign_in(page, EMAIL, PASSWORD)
    page.wait_for_url(re.compile("/consent"))
    consent = page.url
    expect(page.get_by_role("heading", level=1)).to_have_text("Let “Kitchen display” in?")
    settled(page, is_live=False)
    assert findings(page) == []
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(re.compile("app.example"))
    told = parse_qs(urlsplit(page.url).query)
    assert told["state"] == ["s1"]
    assert told["code"][0]
    page.goto(consent)
    expect(page.get_by_role("heading", level=1)).to_have_text("This question is over")


def an_app(context: BrowserContext, house: House) -> str:
    """Let an app ask, and return its id."""
    data = {"email": EMAIL, "password": PASSWORD, "code": None}
    state = context.request.post(f"{house.url}/api/v1/auth/sign-in", data=data, headers={"Origin": house.url}).json()
    app = {"name": "Kitchen display", "redirect_uris": [APP], "scopes": ["see", "openid"], "is_confidential": False}
    headers = {"Origin": house.url, "X-CSRF-Token": state["csrf_token"]}
    answer = context.request.post(f"{house.url}/oauth/apps", data=app, headers=headers)
    assert answer.ok, answer.text()
    context.clear_cookies()
    return str(answer.json()["app"]["id"])


def authorize(house: House, app: str) -> str:
    """Return where an app sends the browser."""
    challenge = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    asked = {"client_id": app, "redirect_uri": APP, "response_type": "code", "scope": "see openid", "state": "s1"}
    return f"{house.url}/oauth/authorize?" + urlencode(
        {**asked, "code_challenge": challenge, "code_challenge_method": "S256"}
    )
