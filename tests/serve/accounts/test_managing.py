"""People, roles, groups, keys and audit through the API."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.accounts.entry import SignedIn
from tests.serve.accounts.builders import a_client, a_clock, an_owner, later, open_accounts
from tests.serve.accounts.test_signing_in import API, walk_as_owner

SENTENCE = "a sentence of their own"


async def somebody(
    accounts: Accounts, owner: httpx.AsyncClient, *given: tuple[str, str], email: str = "bo@example.org"
) -> SignedIn:
    """Add a person with roles, and sign in."""
    added = (await owner.post(f"{API}/people", json={"name": "Bo", "email": email})).json()
    for role, scope in given:
        asked = {"person_id": added["person"]["id"], "role": role, "scope": scope}
        assert (await owner.post(f"{API}/grants", json=asked)).status_code == 201
    word = added["invitation"]["link"].partition("#invitation=")[2]
    async with a_client(accounts) as other:
        assert (await other.post(f"{API}/auth/accept", json={"token": word, "password": SENTENCE})).status_code == 200
    return await accounts.sign_in(email, SENTENCE)


async def items(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    """Return the items of a list."""
    found = await client.get(f"{API}{path}")
    assert found.status_code == 200, found.text
    told: list[dict[str, Any]] = found.json()["items"]
    return told


def test_the_last_owner_stays(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, owner: httpx.AsyncClient) -> None:
        [grant] = await items(owner, "/grants")
        me = grant["person_id"]
        for refused in (
            await owner.delete(f"{API}/grants/{grant['id']}"),
            await owner.delete(f"{API}/people/{me}"),
            await owner.delete(f"{API}/me"),
            await owner.patch(f"{API}/people/{me}", json={"is_disabled": True}),
        ):
            assert (refused.status_code, refused.json()["code"]) == (409, "last-owner")
        await somebody(accounts, owner, ("owner", "*"))
        assert (await owner.delete(f"{API}/grants/{grant['id']}")).status_code == 204
        assert (await owner.get(f"{API}/people")).status_code == 403

    walk_as_owner(tmp_path, walk)


def test_roles_at_a_group_hold_below_it_and_nowhere_else(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, owner: httpx.AsyncClient) -> None:
        inner = (await owner.post(f"{API}/groups", json={"name": "inner", "members": ["site:home"]})).json()["id"]
        outer = (await owner.post(f"{API}/groups", json={"name": "outer", "members": [f"group:{inner}"]})).json()["id"]
        circle = await owner.put(f"{API}/groups/{inner}/members", json={"members": [f"group:{outer}"]})
        assert (circle.status_code, circle.json()["code"]) == (409, "circle")
        bo = await somebody(accounts, owner, ("operator", f"group:{outer}"))
        caller = await accounts.caller_by_session(bo.secret)
        assert caller is not None
        assert set(caller.actions) == {"home"}
        assert accounts.stop_tokens.check(bo.stop_token, "home")
        filled = await owner.put(f"{API}/groups/{inner}/members", json={"members": ["site:shed"]})
        assert filled.status_code == 200
        caller = await accounts.caller_by_session(bo.secret)
        assert caller is not None
        assert set(caller.actions) == {"shed"}
        assert accounts.stop_tokens.check(bo.stop_token, "home") is None
        assert (await owner.delete(f"{API}/groups/{outer}")).json()["code"] == "group-in-use"

    walk_as_owner(tmp_path, walk)


@pytest.mark.parametrize("scope", ["*", "site:shed", "site:home"])
def test_nobody_gives_where_he_does_not_manage(tmp_path: Path, scope: str) -> None:
    async def walk(accounts: Accounts, owner: httpx.AsyncClient) -> None:
        bo = await somebody(accounts, owner, ("owner", "site:home"))
        async with a_client(accounts, bo) as client:
            asked = {"person_id": bo.person.id, "role": "viewer", "scope": scope}
            assert (await client.post(f"{API}/grants", json=asked)).status_code == (
                201 if scope == "site:home" else 403
            )
            seen = await items(client, "/grants")
            assert {each["scope"] for each in seen} == {"site:home"}
        cy = await somebody(accounts, owner, ("installer", "*"), email="cy@example.org")
        async with a_client(accounts, cy) as client:
            assert (await client.post(f"{API}/grants", json=asked)).status_code == 403

    walk_as_owner(tmp_path, walk)


def test_a_key_never_does_more_than_its_issuer(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, owner: httpx.AsyncClient) -> None:
        bo = await somebody(accounts, owner, ("operator", "site:home"))
        async with a_client(accounts, bo) as client:
            for scopes in ({"*": ["see"]}, {"shed": ["see"]}, {"home": ["manage"]}):
                assert (await client.post(f"{API}/keys", json={"name": "k", "scopes": scopes})).status_code == 403
            for empty in ("{}", '{"home": []}'):
                body = f'{{"name": "k", "scopes": {empty}}}'
                as_json = {"Content-Type": "application/json"}
                sent = await client.post(f"{API}/keys", content=body, headers=as_json)
                assert sent.status_code == 422
            asked = {"name": "k", "scopes": {"home": ["see", "control"]}}
            issued = (await client.post(f"{API}/keys", json=asked)).json()
            assert issued["secret"] not in (await client.get(f"{API}/keys")).text
        bearer = {"Authorization": f"Bearer {issued['secret']}"}
        async with a_client(accounts) as program:
            assert (await program.get(f"{API}/keys", headers=bearer)).json()["code"] == "needs-session"
            # A grant is taken: the key shrinks at once.
            [grant] = [each for each in await items(owner, "/grants") if each["person_id"] == bo.person.id]
            await owner.delete(f"{API}/grants/{grant['id']}")
            asked_grant = {"person_id": bo.person.id, "role": "viewer", "scope": "site:home"}
            await owner.post(f"{API}/grants", json=asked_grant)
            found = await accounts._bearer(bearer["Authorization"])
            assert found is not None
            assert found.actions == {"home": frozenset({"see"})}
        assert (await owner.delete(f"{API}/keys/{issued['key']['id']}")).status_code == 204
        assert await accounts._bearer(bearer["Authorization"]) is None

    walk_as_owner(tmp_path, walk)


def test_a_service_does_what_its_keys_say_at_its_sites(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, owner: httpx.AsyncClient) -> None:
        added = await owner.post(f"{API}/people", json={"name": "meter reader", "kind": "service"})
        service = added.json()["person"]["id"]
        assert added.json()["invitation"] is None
        asked = {"name": "k", "scopes": {"home": ["ingest"]}, "holder_id": service}
        assert (await owner.post(f"{API}/keys", json=asked)).status_code == 422
        grant = {"person_id": service, "role": "service", "scope": "site:home"}
        assert (await owner.post(f"{API}/grants", json=grant)).status_code == 201
        secret = (await owner.post(f"{API}/keys", json=asked)).json()["secret"]
        found = await accounts._bearer(f"Bearer {secret}")
        assert found is not None
        assert found.actions == {"home": frozenset({"ingest"})}

    walk_as_owner(tmp_path, walk)


def test_who_is_erased_leaves_nothing_personal_and_a_whole_chain(tmp_path: Path) -> None:
    async def run(accounts: Accounts) -> None:
        async with a_client(accounts, await an_owner(accounts)) as owner:
            bo = await somebody(accounts, owner, ("viewer", "site:home"))
            async with a_client(accounts, bo) as client:
                told = (await client.get(f"{API}/me/export")).json()
                assert told["person"]["email"] == "bo@example.org"
                assert {each["role"] for each in told["roles"]} == {"viewer"}
                assert any(each["kind"] == "sign-in" for each in told["audit"])
                assert "hash" not in told["sessions"][0]
            assert (await owner.delete(f"{API}/people/{bo.person.id}")).status_code == 204
            assert (await owner.get(f"{API}/people/{bo.person.id}")).status_code == 404
            lines = await items(owner, "/account-audit?limit=500")
            assert any(each["subject"] == bo.person.id for each in lines)
            assert {each["who_name"] for each in lines} == {"Ada", ""}
            checked = (await owner.get(f"{API}/account-audit/check")).json()
            assert checked["holds"]
            assert checked["line_count"] >= len(lines)
            # The address is free again.
            assert (await owner.post(f"{API}/people", json={"name": "B", "email": "bo@example.org"})).status_code == 201
        await accounts.ground.db.do(lambda each: each.exec_driver_sql("DELETE FROM people WHERE name = 'B'"))

    with open_accounts(tmp_path) as accounts:
        asyncio.run(run(accounts))
    left = b"".join(path.read_bytes() for path in (tmp_path / "accounts" / "audit").iterdir())
    assert b"bo@example.org" not in left
    assert b"127.0.0.1" not in left


def test_the_audit_tells_who_read_whose_data(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, owner: httpx.AsyncClient) -> None:
        bo = await somebody(accounts, owner)
        await items(owner, "/people")
        newest = await items(owner, "/account-audit?limit=2")
        read = newest[1]
        assert (read["kind"], read["subject"]) == ("read", "people")
        assert bo.person.id in read["payload"]["whose"]
        page = (await owner.get(f"{API}/account-audit?limit=2")).json()
        older = (await owner.get(f"{API}/account-audit?limit=2&cursor={page['next']}")).json()
        assert older["items"][0]["seq"] == page["items"][-1]["seq"] - 1
        async with a_client(accounts, bo) as client:
            assert (await client.get(f"{API}/account-audit")).status_code == 403

    walk_as_owner(tmp_path, walk)


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "", "email": "a@b"},
        {"name": "A", "email": "no e-mail"},
        {"name": "A"},
        {"name": "A", "email": "a@b", "role": "owner"},
        {"name": "A" * 201, "email": "a@b"},
        [],
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(tmp_path: Path, asked: object) -> None:
    async def walk(accounts: Accounts, owner: httpx.AsyncClient) -> None:
        found = await owner.post(f"{API}/people", json=asked)
        assert found.status_code == 422, found.text
        assert found.headers["content-type"] == "application/problem+json"
        assert len(await items(owner, "/people")) == 1

    walk_as_owner(tmp_path, walk)


def test_keys_are_turned_by_who_manages_and_everything_still_opens(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, owner: httpx.AsyncClient) -> None:
        secret = (await owner.post(f"{API}/me/totp")).json()["secret"]
        before = (accounts.folder / "master.key").read_bytes()
        turned = await owner.post(f"{API}/vault/turn")
        assert turned.json() == {"signing": True, "data": True, "master": True}
        assert (accounts.folder / "master.key").read_bytes() != before
        code = pyotp.TOTP(secret).at(accounts.ground.now_s())
        assert (await owner.post(f"{API}/me/totp/confirm", json={"code": code})).status_code == 200

    walk_as_owner(tmp_path, walk)


def test_a_key_that_manages_takes_a_fresh_code(tmp_path: Path) -> None:
    clock = a_clock()

    async def walk(accounts: Accounts, owner: httpx.AsyncClient) -> None:
        secret = (await owner.post(f"{API}/me/totp")).json()["secret"]
        code = pyotp.TOTP(secret).at(accounts.ground.now_s())
        await owner.post(f"{API}/me/totp/confirm", json={"code": code})
        later(clock, 3600)
        asked = {"name": "k", "scopes": {"*": ["manage"]}}
        assert (await owner.post(f"{API}/keys", json=asked)).json()["code"] == "needs-step-up"
        asked = {"name": "k", "scopes": {"home": ["see"]}}
        assert (await owner.post(f"{API}/keys", json=asked)).status_code == 201

    walk_as_owner(tmp_path, walk, clock=clock)
