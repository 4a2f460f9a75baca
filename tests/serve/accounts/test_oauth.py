"""Apps and boxes get tokens: the way it works, and what thieves try."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from enerwise.core.time import VirtualClock
from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.accounts.entry import SignedIn
from enerwise.serve.accounts.oauth.codes import challenge_of
from enerwise.serve.api.access import Action
from tests.serve.accounts.builders import ORIGIN, a_client, a_clock, an_owner, as_owner, later, open_accounts

BACK: Final = "https://app.example/back?a=1"
VERIFIER: Final = "v" * 43
SCOPE: Final = "openid profile email offline_access see control"
DEVICE: Final = "urn:ietf:params:oauth:grant-type:device_code"
Walk = Callable[["Stage"], Awaitable[None]]


class Stage:
    """An owner's browser, an app with a secret, and a clock."""

    def __init__(self, accounts: Accounts, browser: httpx.AsyncClient, owner: SignedIn, clock: VirtualClock) -> None:
        self.accounts, self.browser, self.owner, self.clock = accounts, browser, owner, clock
        self.app_id, self.secret = "", ""

    async def add_app(self, *, is_first_party: bool = True, redirect: str = BACK) -> None:
        """Let an app in."""
        client, secret = await self.accounts.clients.add(
            as_owner(self.owner),
            name="Notebook",
            redirect_uris=[redirect],
            scopes=SCOPE.split(),
            is_confidential=True,
            is_first_party=is_first_party,
        )
        self.app_id, self.secret = client.id, secret or ""

    async def authorize(self, **changed: str) -> httpx.Response:
        """Send the browser to agree."""
        asked = {
            "client_id": self.app_id,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": SCOPE,
            "state": "s t&a=te",
            "nonce": "n",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            **changed,
        }
        return await self.browser.get("/oauth/authorize", params={key: value for key, value in asked.items() if value})

    async def code(self, **changed: str) -> str:
        """Return a code."""
        return told(await self.authorize(**changed))["code"]

    async def token(self, **form: str) -> httpx.Response:
        """Ask the token endpoint, as the app."""
        sent = {"client_id": self.app_id, "client_secret": self.secret, **form}
        async with a_client(self.accounts) as app:
            return await app.post("/oauth/token", data=sent)

    async def redeem(self, code: str, **changed: str) -> httpx.Response:
        """Turn a code into tokens."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return await self.token(**{**form, **changed})

    async def refresh(self, shown: str, **form: str) -> httpx.Response:
        """Turn a refresh token into new tokens."""
        return await self.token(grant_type="refresh_token", refresh_token=shown, **form)

    async def reaches(self, access_token: str) -> bool:
        """Tell whether a token opens anything."""
        async with a_client(self.accounts) as app:
            found = await app.get("/api/v1/me", headers={"Authorization": f"Bearer {access_token}"})
            return found.status_code == 200


def play(folder: Path, walk: Walk) -> None:
    """Run a walk on a stage."""
    clock = a_clock()

    async def run(accounts: Accounts) -> None:
        owner = await an_owner(accounts)
        async with a_client(accounts, owner) as browser:
            stage = Stage(accounts, browser, owner, clock)
            await stage.add_app()
            await walk(stage)

    with open_accounts(folder, clock) as accounts:
        asyncio.run(run(accounts))


def told(response: httpx.Response) -> dict[str, str]:
    """Return what a redirection carries."""
    assert response.status_code == 303, response.text
    return {key: value[0] for key, value in parse_qs(urlsplit(response.headers["location"]).query).items()}


# -- the way it works --------------------------------------------------------------------------------------------


def test_an_app_gets_tokens_and_learns_what_was_allowed(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        sent = await stage.authorize()
        assert sent.headers["location"].startswith(BACK + "&code=")
        assert (told(sent)["state"], told(sent)["iss"]) == ("s t&a=te", ORIGIN)
        answer = await stage.redeem(told(sent)["code"])
        assert answer.headers["cache-control"] == "no-store"
        tokens = answer.json()
        caller = await stage.accounts._bearer(f"Bearer {tokens['access_token']}")
        assert caller is not None
        assert caller.actions == {"*": frozenset({Action.SEE, Action.CONTROL})}
        async with a_client(stage.accounts) as app:
            keys = (await app.get("/oauth/jwks")).json()["keys"]
            bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
            about = (await app.get("/oauth/userinfo", headers=bearer)).json()
            where = (await app.get("/.well-known/openid-configuration")).json()
        assert about == {
            "sub": stage.owner.person.id,
            "name": "Ada",
            "email": "ada@example.org",
            "email_verified": True,
        }
        assert where["issuer"] == ORIGIN
        assert "d" not in keys[0]
        identity = jwt.decode(tokens["id_token"], OKPKey.import_key(keys[0]), algorithms=["Ed25519"])
        assert (identity.claims["aud"], identity.claims["nonce"], identity.claims["iss"]) == (stage.app_id, "n", ORIGIN)
        assert identity.header["alg"] == "Ed25519"

    play(tmp_path, walk)


def test_who_is_not_signed_in_is_sent_to_do_so_and_comes_back(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        stage.browser.cookies.clear()
        sent = await stage.authorize()
        assert sent.headers["location"].startswith("/sign-in?next=%2Foauth%2Fauthorize%3F")
        assert told(await stage.authorize(prompt="none"))["error"] == "login_required"

    play(tmp_path, walk)


def test_an_app_of_others_is_asked_about_once(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        await stage.add_app(is_first_party=False)
        assert told(await stage.authorize(prompt="none"))["error"] == "consent_required"
        request_id = told(await stage.authorize())["request"]
        question = (await stage.browser.get(f"/oauth/consents/{request_id}")).json()
        assert (question["app_name"], question["redirect_host"]) == ("Notebook", "app.example")
        said_no = await stage.browser.post(f"/oauth/consents/{request_id}", json={"allow": False})
        assert "error=access_denied" in said_no.json()["redirect_to"]
        assert (await stage.browser.get(f"/oauth/consents/{request_id}")).status_code == 404
        request_id = told(await stage.authorize())["request"]
        said_yes = await stage.browser.post(f"/oauth/consents/{request_id}", json={"allow": True})
        code = parse_qs(urlsplit(said_yes.json()["redirect_to"]).query)["code"][0]
        assert (await stage.redeem(code)).status_code == 200
        assert "code" in told(await stage.authorize())

    play(tmp_path, walk)


def test_a_box_waits_for_a_person(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        async with a_client(stage.accounts) as box:
            begun = (await box.post("/oauth/device", data={"client_id": "enerwise-box", "scope": "see ingest"})).json()
            form = {"grant_type": DEVICE, "client_id": "enerwise-box", "device_code": begun["device_code"]}

            async def poll() -> httpx.Response:
                return await box.post("/oauth/token", data=form)

            assert (await poll()).json()["error"] == "authorization_pending"
            assert (await poll()).json()["error"] == "slow_down"
            shown = {"user_code": begun["user_code"].lower()}
            assert (await stage.browser.get("/oauth/device/approve", params=shown)).json()["scopes"] == [
                "see",
                "ingest",
            ]
            said = await stage.browser.post("/oauth/device/approve", json={**shown, "allow": True})
            assert said.status_code == 204
            later(stage.clock, 11)
            tokens = (await poll()).json()
            caller = await stage.accounts._bearer(f"Bearer {tokens['access_token']}")
            assert caller is not None
            assert caller.kind == "box"
            assert caller.actions == {"*": frozenset({Action.SEE, Action.INGEST})}
            later(stage.clock, 11)
            assert (await poll()).json()["error"] == "invalid_grant"
            assert (await stage.browser.get("/oauth/device/approve", params=shown)).status_code == 404

    play(tmp_path, walk)


def test_keys_turn_and_the_old_verify_until_their_tokens_have_run_out(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        first = (await stage.redeem(await stage.code())).json()["access_token"]
        await stage.accounts.signing.turn()
        second = (await stage.redeem(await stage.code())).json()["access_token"]
        assert kid(first) != kid(second)
        assert await stage.reaches(first)
        assert await stage.reaches(second)
        assert {each["kid"] for each in stage.accounts.signing.public()} == {kid(first), kid(second)}
        later(stage.clock, 700)
        assert {each["kid"] for each in stage.accounts.signing.public()} == {kid(second)}
        assert not await stage.reaches(first)

    play(tmp_path, walk)


def kid(token: str) -> str:
    """Return the name of the key that signed a token."""
    head = token.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"])


# -- what thieves try --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "redirect",
    [
        "https://app.example/back",
        "https://app.example/back?a=1&b=2",
        "https://app.example/back?a=1#",
        "https://APP.example/back?a=1",
        "https://app.example.evil.example/back?a=1",
        "https://app.example/back?a=1/../evil",
        "javascript:alert(1)",
    ],
)
def test_a_browser_is_sent_to_the_very_address_of_the_app_or_nowhere(tmp_path: Path, redirect: str) -> None:
    async def walk(stage: Stage) -> None:
        sent = await stage.authorize(redirect_uri=redirect)
        assert (sent.status_code, sent.json()["code"]) == (400, "wrong-redirect")
        assert "location" not in sent.headers

    play(tmp_path, walk)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain", "code_challenge": VERIFIER}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "unsupported_response_type"),
        ({"scope": "see manage"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
    ],
)
def test_a_question_that_is_badly_put_is_sent_back(tmp_path: Path, changed: dict[str, str], error: str) -> None:
    async def walk(stage: Stage) -> None:
        answer = told(await stage.authorize(**changed))
        assert answer["error"] == error
        assert "code" not in answer

    play(tmp_path, walk)


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": ""},
        {"code_verifier": "w" * 43},
        {"code_verifier": challenge_of(VERIFIER)},
        {"redirect_uri": "https://app.example/back"},
        {"redirect_uri": ""},
    ],
)
def test_a_stolen_code_opens_nothing_and_is_used_up(tmp_path: Path, changed: dict[str, str]) -> None:
    async def walk(stage: Stage) -> None:
        code = await stage.code()
        assert (await stage.redeem(code, **changed)).json()["error"] == "invalid_grant"
        assert (await stage.redeem(code)).json()["error"] == "invalid_grant"

    play(tmp_path, walk)


def test_a_code_is_short_lived_and_belongs_to_one_app(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        late = await stage.code()
        later(stage.clock, 61)
        assert (await stage.redeem(late)).json()["error"] == "invalid_grant"
        code = await stage.code()
        await stage.add_app()
        assert (await stage.redeem(code)).json()["error"] == "invalid_grant"
        stage.secret = "guessed"
        refused = await stage.redeem(code)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")

    play(tmp_path, walk)


def test_a_code_shown_twice_ends_what_it_began(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        code = await stage.code()
        tokens = (await stage.redeem(code)).json()
        assert await stage.reaches(tokens["access_token"])
        assert (await stage.redeem(code)).json()["error"] == "invalid_grant"
        assert not await stage.reaches(tokens["access_token"])
        assert (await stage.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"

    play(tmp_path, walk)


def test_a_refresh_token_shown_twice_ends_the_family(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        first = (await stage.redeem(await stage.code())).json()
        second = (await stage.refresh(first["refresh_token"])).json()
        assert second["refresh_token"] != first["refresh_token"]
        assert await stage.reaches(second["access_token"])
        assert (await stage.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"
        assert (await stage.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"
        assert not await stage.reaches(second["access_token"])
        lines = await stage.accounts.audit_page(limit=5)
        assert any("used before" in str(each["payload"].get("what")) for each in lines)

    play(tmp_path, walk)


def test_of_many_who_show_the_same_at_once_one_comes_in(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        code = await stage.code()
        found = await asyncio.gather(*(stage.redeem(code) for _ in range(5)))
        assert sorted(each.status_code for each in found) == [200, 400, 400, 400, 400]
        tokens = (await stage.redeem(await stage.code())).json()
        found = await asyncio.gather(*(stage.refresh(tokens["refresh_token"]) for _ in range(5)))
        assert sorted(each.status_code for each in found) == [200, 400, 400, 400, 400]
        fresh = next(each.json() for each in found if each.status_code == 200)
        assert not await stage.reaches(fresh["access_token"])

    play(tmp_path, walk)


def test_a_refresh_token_gives_no_more_than_was_allowed_and_rests_not_too_long(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        first = (await stage.redeem(await stage.code(scope="offline_access see"))).json()
        assert (await stage.refresh(first["refresh_token"], scope="see control")).json()["error"] == "invalid_scope"
        first = (await stage.redeem(await stage.code(scope="offline_access see"))).json()
        later(stage.clock, 31 * 86_400)
        assert (await stage.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"

    play(tmp_path, walk)


def test_a_token_ends_when_it_is_revoked_runs_out_or_its_person_leaves(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        tokens = (await stage.redeem(await stage.code())).json()
        form = {"client_id": stage.app_id, "client_secret": stage.secret, "token": tokens["access_token"]}
        async with a_client(stage.accounts) as app:
            assert (await app.post("/oauth/introspect", data=form)).json()["active"]
            open_app = await app.post("/oauth/introspect", data={**form, "client_id": "enerwise-box"})
            assert open_app.status_code == 401
            assert (await app.post("/oauth/revoke", data=form)).status_code == 200
            assert (await app.post("/oauth/introspect", data=form)).json() == {"active": False}
        assert not await stage.reaches(tokens["access_token"])
        tokens = (await stage.redeem(await stage.code())).json()
        later(stage.clock, 599)
        assert await stage.reaches(tokens["access_token"])
        later(stage.clock, 1)
        assert not await stage.reaches(tokens["access_token"])
        tokens = (await stage.redeem(await stage.code())).json()
        assert await stage.reaches(tokens["access_token"])
        await stage.accounts.clients.remove(as_owner(stage.owner), stage.app_id)
        assert not await stage.reaches(tokens["access_token"])

    play(tmp_path, walk)


def test_tokens_that_we_did_not_make_for_this_use_open_nothing(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        tokens = (await stage.redeem(await stage.code())).json()
        good = tokens["access_token"]
        assert await stage.reaches(good)
        public = stage.accounts.signing.public()[0]
        claims: dict[str, Any] = jwt.decode(good, OKPKey.import_key(public), algorithms=["Ed25519"]).claims
        stranger = OKPKey.generate_key("Ed25519")
        header = {"alg": "Ed25519", "typ": "at+jwt", "kid": kid(good)}
        sign = stage.accounts.signing.sign
        for forged in (
            tokens["id_token"],
            tokens["refresh_token"],
            f"{good[:-4]}AAAA",
            unsigned({**header, "alg": "none"}, claims),
            jwt.encode(header, claims, stranger, algorithms=["Ed25519"]),
            jwt.encode({**header, "kid": "other"}, claims, stranger, algorithms=["Ed25519"]),
            jwt.encode(
                {**header, "alg": "HS256"}, claims, OctKey.import_key(public["x"].ljust(64)), algorithms=["HS256"]
            ),
            sign("at+jwt", {**claims, "aud": "https://other.example/api/v1"}),
            sign("at+jwt", {**claims, "iss": "https://other.example"}),
            sign("at+jwt", {**claims, "exp": stage.accounts.ground.now_s()}),
            sign("at+jwt", {**claims, "iat": stage.accounts.ground.now_s() + 3600}),
            "..",
            "a.b.c",
            "{}.{}.{}",
        ):
            assert not await stage.reaches(forged), forged

    play(tmp_path, walk)


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Return a token without a signature."""
    parts = (base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in (header, claims))
    return ".".join([*parts, ""])


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/back",
        "https://app.example/#frag",
        "https://user:word@app.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "https:///nowhere",
        "//app.example",
        "https://app.example/a b",
    ],
)
def test_an_app_cannot_be_answered_at_a_bad_address(tmp_path: Path, uri: str) -> None:
    async def walk(stage: Stage) -> None:
        asked = {"name": "x", "redirect_uris": [uri], "scopes": ["see"]}
        assert (await stage.browser.post("/oauth/apps", json=asked)).status_code == 422

    play(tmp_path, walk)


def test_apps_are_listed_added_and_removed_by_who_manages(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        asked = {"name": "x", "redirect_uris": ["http://localhost:9/back", "org.example.app:/back"], "scopes": ["see"]}
        added = (await stage.browser.post("/oauth/apps", json=asked)).json()
        assert added["secret"]
        items = (await stage.browser.get("/oauth/apps")).json()["items"]
        assert {each["id"] for each in items} == {"enerwise-box", stage.app_id, added["app"]["id"]}
        assert (await stage.browser.delete(f"/oauth/apps/{added['app']['id']}")).status_code == 204
        assert (await stage.browser.delete(f"/oauth/apps/{added['app']['id']}")).status_code == 404
        assert (await stage.browser.delete("/oauth/apps/enerwise-box")).status_code == 409

    play(tmp_path, walk)


def test_only_the_token_endpoint_s_own_words_are_taken(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        refused = await stage.token(grant_type="password", username="ada@example.org", password="x")
        assert (refused.status_code, refused.json()["error"]) == (400, "unsupported_grant_type")
        async with a_client(stage.accounts) as app:
            basic = base64.b64encode(f"{stage.app_id}:{stage.secret}".encode()).decode()
            form = {"grant_type": "refresh_token", "refresh_token": "ewr_none"}
            by_header = await app.post("/oauth/token", data=form, headers={"Authorization": f"Basic {basic}"})
            assert by_header.json()["error"] == "invalid_grant"
            broken = await app.post("/oauth/token", data=form, headers={"Authorization": "Basic %%%"})
            assert (broken.status_code, broken.headers["www-authenticate"]) == (401, "Basic")

    play(tmp_path, walk)
