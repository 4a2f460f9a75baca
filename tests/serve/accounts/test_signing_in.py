"""Coming in through the API: first run, password, code, invitation, and what a stranger tries."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from enerwise.core.time import VirtualClock
from enerwise.serve.accounts.accounts import Accounts
from tests.serve.accounts.builders import EMAIL, ORIGIN, PASSWORD, a_client, a_clock, an_owner, later, open_accounts

Walk = Callable[[Accounts, httpx.AsyncClient], Awaitable[None]]
API = "/api/v1"


def walk_as_nobody(folder: Path, walk: Walk, *, origin: str = ORIGIN, clock: VirtualClock | None = None) -> None:
    """Run a walk with a browser that nobody signed in with."""

    async def run(accounts: Accounts) -> None:
        async with a_client(accounts) as client:
            await walk(accounts, client)

    with open_accounts(folder, clock, origin=origin) as accounts:
        asyncio.run(run(accounts))


def walk_as_owner(folder: Path, walk: Walk, *, clock: VirtualClock | None = None) -> None:
    """Run a walk with the browser of the owner."""

    async def run(accounts: Accounts) -> None:
        async with a_client(accounts, await an_owner(accounts)) as client:
            await walk(accounts, client)

    with open_accounts(folder, clock) as accounts:
        asyncio.run(run(accounts))


def signs_in(**facts: str) -> dict[str, str]:
    """Return what a page sends."""
    return {"email": EMAIL, "password": PASSWORD, **facts}


async def state(client: httpx.AsyncClient) -> dict[str, Any]:
    """Ask how we stand."""
    found = await client.get(f"{API}/auth/state")
    assert found.status_code == 200
    told: dict[str, Any] = found.json()
    return told


# -- first run ---------------------------------------------------------------------------------------------------


def test_the_first_owner_proves_that_he_is_at_the_machine(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        assert (await state(client))["needs_first_run"]
        asked = {"token": "guessed", "name": "Ada", "email": EMAIL, "password": PASSWORD}
        refused = await client.post(f"{API}/auth/first-run", json=asked)
        assert (refused.status_code, refused.json()["code"]) == (403, "wrong-token")
        word = (accounts.folder / "first-run.token").read_text().strip()
        taken = await client.post(f"{API}/auth/first-run", json={**asked, "token": word})
        assert taken.status_code == 201
        told = await state(client)
        assert told["person"]["name"] == "Ada"
        assert "manage" in told["permissions"]["*"]
        assert "manage" in told["permissions"]["home"]
        assert not told["needs_first_run"]
        assert not (accounts.folder / "first-run.token").exists()
        again = await client.post(f"{API}/auth/first-run", json={**asked, "token": word})
        assert again.status_code == 409

    walk_as_nobody(tmp_path, walk)


# -- password ----------------------------------------------------------------------------------------------------


def test_an_unknown_e_mail_and_a_wrong_password_are_answered_alike(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        await an_owner(accounts)
        wrong = await client.post(f"{API}/auth/sign-in", json=signs_in(password="not the sentence"))
        unknown = await client.post(f"{API}/auth/sign-in", json=signs_in(email="eve@example.org"))
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.json() == unknown.json()

    walk_as_nobody(tmp_path, walk)


def test_a_session_planted_before_signing_in_is_worth_nothing_afterwards(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        owner = await an_owner(accounts)
        cookie = {"Cookie": f"enerwise_session={owner.secret}"}
        entered = await client.post(f"{API}/auth/sign-in", json=signs_in(), headers=cookie)
        assert entered.status_code == 200
        assert client.cookies["enerwise_session"] != owner.secret
        assert await accounts.caller_by_session(owner.secret) is None
        # A secret that we never gave out begins no session of that name.
        client.cookies.clear()
        cookie = {"Cookie": "enerwise_session=planted"}
        assert (await client.post(f"{API}/auth/sign-in", json=signs_in(), headers=cookie)).status_code == 200
        assert await accounts.caller_by_session("planted") is None

    walk_as_nobody(tmp_path, walk)


def test_cookies_are_out_of_reach_and_by_tls_bound_to_the_host(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        await an_owner(accounts)
        entered = await client.post(f"{API}/auth/sign-in", json=signs_in())
        told = {each.partition("=")[0]: each for each in entered.headers.get_list("set-cookie")}
        for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert part in told["__Host-enerwise_session"]
        for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/stop", "Max-Age=31536000"):
            assert part in told["enerwise_stop"]
        assert "HttpOnly" not in told["enerwise_csrf"]

    walk_as_nobody(tmp_path, walk, origin="https://home.example")


def test_signing_out_ends_the_session_and_the_token_that_stops(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        owner = await an_owner(accounts)
        client.cookies.update(owner.cookies)
        assert accounts.stop_tokens.check(owner.stop_token, "home") == owner.person.id
        assert (await client.post(f"{API}/auth/sign-out", headers=owner.headers)).status_code == 204
        assert await accounts.caller_by_session(owner.secret) is None
        assert accounts.stop_tokens.check(owner.stop_token, "home") is None

    walk_as_nobody(tmp_path, walk)


# -- forged requests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 204),
        ({"Origin": ORIGIN}, 204),
        ({"X-CSRF-Token": ""}, 403),
        ({"X-CSRF-Token": "A" * 32}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:8600", "Host": "127.0.0.1:8600"}, 204),
        ({"Origin": "http://home.local:8600", "Host": "home.local:8600"}, 204),
        # A name of a stranger that has been made to point here.
        ({"Origin": "http://evil.example:8600", "Host": "evil.example:8600"}, 403),
        ({"Origin": "http://127.0.0.1:8600"}, 403),
        ({"Origin": "https://127.0.0.1:8600", "Host": "127.0.0.1:8600"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_foreign_page_changes_nothing(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        found = await client.post(f"{API}/auth/sign-out", headers=headers)
        assert found.status_code == status, found.text
        newest = (await accounts.audit_page(limit=1))[0]
        assert newest["kind"] == ("sign-out" if status == 204 else "refused")

    walk_as_owner(tmp_path, walk)


def test_a_foreign_page_signs_nobody_in(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        await an_owner(accounts)
        found = await client.post(f"{API}/auth/sign-in", json=signs_in(), headers={"Origin": "https://evil.example"})
        assert (found.status_code, found.json()["code"]) == (403, "foreign-origin")
        plain = await client.post(f"{API}/auth/sign-in", data=signs_in())
        assert plain.status_code == 422

    walk_as_nobody(tmp_path, walk)


# -- guessing ----------------------------------------------------------------------------------------------------


def test_who_guesses_waits_longer_each_time_and_nobody_else_does(tmp_path: Path) -> None:
    clock = a_clock()

    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        await an_owner(accounts)
        wrong, waits = signs_in(password="not the sentence"), []
        for _ in range(9):
            found = await client.post(f"{API}/auth/sign-in", json=wrong)
            if found.status_code == 429:
                waits.append(int(found.headers["Retry-After"]))
                later(clock, waits[-1])
                found = await client.post(f"{API}/auth/sign-in", json=wrong)
            assert found.status_code == 401
        assert waits == [1, 2, 4, 8]
        # Right or wrong: while it waits, nothing is tried.
        assert (await client.post(f"{API}/auth/sign-in", json=signs_in())).status_code == 429
        elsewhere = httpx.ASGITransport(client._transport.app, client=("10.0.0.9", 1))  # type: ignore[attr-defined]
        async with httpx.AsyncClient(transport=elsewhere, base_url=ORIGIN) as other:
            assert (await other.post(f"{API}/auth/sign-in", json=signs_in())).status_code == 200

    walk_as_nobody(tmp_path, walk, clock=clock)


# -- codes -------------------------------------------------------------------------------------------------------


def test_codes_are_asked_for_taken_once_and_replaced_by_paper(tmp_path: Path) -> None:
    clock = a_clock()

    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        enrolled = (await client.post(f"{API}/me/totp")).json()
        phone = pyotp.TOTP(enrolled["secret"])

        def code() -> str:
            return phone.at(accounts.ground.now_s())

        assert (await client.post(f"{API}/me/totp/confirm", json={"code": "000000"})).status_code == 422
        papers = (await client.post(f"{API}/me/totp/confirm", json={"code": code()})).json()["codes"]
        async with a_client(accounts) as other:
            missing = await other.post(f"{API}/auth/sign-in", json=signs_in())
            assert (missing.status_code, missing.json()["code"]) == (401, "needs-totp")
            replayed = await other.post(f"{API}/auth/sign-in", json=signs_in(code=code()))
            assert (replayed.status_code, replayed.json()["code"]) == (401, "wrong-code")
            later(clock, 30)
            assert (await other.post(f"{API}/auth/sign-in", json=signs_in(code=code()))).status_code == 200
            used = await other.post(f"{API}/auth/sign-in", json=signs_in(code=papers[0].upper()))
            assert used.status_code == 200
            again = await other.post(f"{API}/auth/sign-in", json=signs_in(code=papers[0]))
            assert again.json()["code"] == "wrong-code"

    walk_as_owner(tmp_path, walk, clock=clock)


def test_deeds_of_weight_take_a_fresh_code(tmp_path: Path) -> None:
    clock = a_clock()

    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        secret = (await client.post(f"{API}/me/totp")).json()["secret"]
        phone = pyotp.TOTP(secret)
        await client.post(f"{API}/me/totp/confirm", json={"code": phone.at(accounts.ground.now_s())})
        assert (await client.get(f"{API}/people")).status_code == 200
        later(clock, 16 * 60)
        late = await client.get(f"{API}/people")
        assert (late.status_code, late.json()["code"]) == (403, "needs-step-up")
        assert (await client.delete(f"{API}/me/totp")).json()["code"] == "needs-step-up"
        assert (await state(client))["needs_step_up"]
        fresh = phone.at(accounts.ground.now_s())
        assert (await client.post(f"{API}/auth/step-up", json={"code": fresh})).status_code == 204
        assert (await client.get(f"{API}/people")).status_code == 200
        assert (await client.post(f"{API}/auth/step-up", json={"code": fresh})).status_code == 403

    walk_as_owner(tmp_path, walk, clock=clock)


# -- invitations and passwords -----------------------------------------------------------------------------------


def test_an_invitation_lets_in_once(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        added = (await client.post(f"{API}/people", json={"name": "Bo", "email": "Bo@Example.org"})).json()
        word = added["invitation"]["link"].partition("#invitation=")[2]
        async with a_client(accounts) as other:
            weak = await other.post(f"{API}/auth/accept", json={"token": word, "password": "short"})
            assert weak.json()["code"] == "weak-password"
            asked = {"token": word, "password": "a sentence of his own"}
            entered = await other.post(f"{API}/auth/accept", json=asked)
            assert entered.status_code == 200
            assert (entered.json()["person"]["email"], entered.json()["permissions"]) == ("bo@example.org", {})
            assert (await other.post(f"{API}/auth/accept", json=asked)).status_code == 404

    walk_as_owner(tmp_path, walk)


def test_a_new_password_ends_the_other_sessions(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        other = await accounts.sign_in(EMAIL, PASSWORD)
        wrong = await client.post(f"{API}/me/password", json={"old": "no idea", "new": "a sentence that is new"})
        assert wrong.status_code == 403
        right = await client.post(f"{API}/me/password", json={"old": PASSWORD, "new": "a sentence that is new"})
        assert right.status_code == 204
        assert await accounts.caller_by_session(other.secret) is None
        assert (await client.get(f"{API}/me")).status_code == 200

    walk_as_owner(tmp_path, walk)


def test_sessions_are_listed_and_ended_by_their_person_only(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        other = await accounts.sign_in(EMAIL, PASSWORD)
        items = (await client.get(f"{API}/auth/sessions")).json()["items"]
        assert sorted(each["is_this"] for each in items) == [False, True]
        theirs = next(each["id"] for each in items if not each["is_this"])
        assert (await client.delete(f"{API}/auth/sessions/{theirs}")).status_code == 204
        assert await accounts.caller_by_session(other.secret) is None
        assert (await client.delete(f"{API}/auth/sessions/..%2f..%2fmaster.key")).status_code == 404

    walk_as_owner(tmp_path, walk)
