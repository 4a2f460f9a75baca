"""People come in by an outside provider; here it is a second Enerwise, in this process."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.accounts.outsiders import OutsideError, own_path
from enerwise.serve.api.app import make_app
from enerwise.serve.api.face import Face
from tests.serve.accounts.builders import PASSWORD, a_client, a_clock, an_owner, as_owner, later, open_accounts

ELSEWHERE: Final = "https://id.example"
CALLBACK: Final = "http://localhost:8600/api/v1/auth/oidc/callback"
Walk = Callable[["Stage"], Awaitable[None]]


class Stage:
    """Our server, the provider, and a browser that is signed in at the provider."""

    def __init__(self, ours: Accounts, theirs: Accounts, browser: httpx.AsyncClient, there: httpx.AsyncClient) -> None:
        self.ours, self.theirs, self.browser, self.there = ours, theirs, browser, there

    async def to_provider(self, onward: str = "/plan") -> str:
        """Leave, sign in there, and return the address to come back to."""
        left = await self.browser.get("/api/v1/auth/oidc/start", params={"next": onward})
        assert left.status_code == 303, left.text
        agreed = await self.there.get(left.headers["location"])
        assert agreed.status_code == 303, agreed.text
        back = str(agreed.headers["location"])
        assert back.startswith(CALLBACK)
        return back

    async def back(self, address: str) -> str:
        """Come back, and return where the browser goes then."""
        return str((await self.browser.get(address)).headers["location"])

    async def is_in(self) -> bool:
        """Tell whether somebody is signed in here."""
        return bool((await self.browser.get("/api/v1/auth/state")).json()["signed_in"])


def play(folder: Path, walk: Walk, *, email: str = "ada@example.org", secret: str | None = None) -> None:
    """Run a walk; at the provider there is Ada, here there is an owner with this e-mail."""
    clock = a_clock()

    async def run(theirs: Accounts) -> None:
        owner = await an_owner(theirs)
        app, made = await theirs.clients.add(
            as_owner(owner),
            name="Home",
            redirect_uris=[CALLBACK],
            scopes=["openid", "profile", "email"],
            is_confidential=True,
            is_first_party=True,
        )
        named = {"name": "House key", "issuer": ELSEWHERE, "client_id": app.id, "client_secret": secret or made}
        path = folder / "ours" / "accounts" / "oidc.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(named))
        path.chmod(0o600)
        with open_accounts(folder / "ours", clock) as ours:
            await ours.first_owner(name="Owner", email=email, password=PASSWORD)
            face = Face({}, theirs, clock, folder, origin=ELSEWHERE)
            ours.outside.transport = httpx.ASGITransport(make_app(face))
            async with a_client(ours) as browser, a_client(theirs, owner) as there:
                await walk(Stage(ours, theirs, browser, there))
        assert str(made) not in path.read_text()

    with open_accounts(folder / "theirs", clock, origin=ELSEWHERE) as theirs:
        asyncio.run(run(theirs))


def test_a_person_comes_in_and_goes_on(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        told = (await stage.browser.get("/api/v1/auth/state")).json()
        assert (told["methods"], told["oidc_name"]) == (["password", "passkey", "oidc"], "House key")
        assert await stage.back(await stage.to_provider()) == "/plan"
        assert await stage.is_in()
        # The next time it is the link that counts, whatever has become of the e-mail.
        me = (await stage.browser.get("/api/v1/auth/state")).json()["person"]["id"]
        owner = as_owner(await stage.ours.sign_in("ada@example.org", PASSWORD))
        await stage.ours.people.change(owner, me, email="new@example.org")
        stage.browser.cookies.clear()
        await stage.back(await stage.to_provider())
        assert (await stage.browser.get("/api/v1/auth/state")).json()["person"]["id"] == me

    play(tmp_path, walk)


def test_nobody_comes_in_whom_an_owner_has_not_added(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        assert await stage.back(await stage.to_provider()) == "/sign-in?error=unknown-person"
        assert not await stage.is_in()

    play(tmp_path, walk, email="somebody@example.org")


def test_only_the_browser_that_left_comes_back_and_once(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        address = await stage.to_provider()
        query = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
        async with a_client(stage.ours) as stranger:
            assert "outside-refused" in (await stranger.get(address)).headers["location"]
        for changed in ({"state": "x"}, {"code": ""}, {"iss": "https://evil.example"}, {"error": "access_denied"}):
            address = await stage.to_provider()
            query = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
            sent = await stage.browser.get(CALLBACK, params={**query, **changed})
            assert sent.headers["location"] == "/sign-in?error=outside-refused", changed
        address = await stage.to_provider()
        assert await stage.back(address) == "/plan"
        stage.browser.cookies.clear()
        assert "outside-refused" in await stage.back(address)
        assert not await stage.is_in()

    play(tmp_path, walk)


def test_a_provider_that_is_silent_or_another_is_told(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        def odd(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json={"issuer": "https://evil.example"})

        def down(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("no way", request=request)

        for answer in (odd, down):
            stage.ours.outside.transport = httpx.MockTransport(answer)
            found = await stage.browser.get("/api/v1/auth/oidc/start")
            assert (found.status_code, found.json()["code"]) == (503, "outside-silent")

    play(tmp_path, walk)


def test_the_wrong_secret_brings_nobody_in(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        assert "outside-refused" in await stage.back(await stage.to_provider())

    play(tmp_path, walk, secret="guessed")


def test_the_way_takes_ten_minutes_at_most(tmp_path: Path) -> None:
    async def walk(stage: Stage) -> None:
        address = await stage.to_provider()
        clock = stage.ours.ground.clock
        later(clock, 601)  # type: ignore[arg-type]
        assert "outside-refused" in await stage.back(address)

    play(tmp_path, walk)


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/a\nb"])
def test_nobody_is_sent_on_to_another_place(path: str) -> None:
    assert own_path(path) == "/"


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"name": "x"}', '{"name": "x", "issuer": "http://id.example", "client_id": "a"}']
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accounts" / "oidc.json"
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(OutsideError, match=r"oidc\.json"), open_accounts(tmp_path):
        pass
    # Nothing was left open: the next try finds the folder free.
    path.unlink()
    with open_accounts(tmp_path):
        pass
