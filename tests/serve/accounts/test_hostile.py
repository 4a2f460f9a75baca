"""What hostile requests get: bodies beyond all measure, ids that are paths, words that are none."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from enerwise.serve.accounts.accounts import Accounts
from tests.serve.accounts.test_signing_in import API, walk_as_nobody, walk_as_owner

PIECE = b"x" * 65_536


def test_a_body_beyond_measure_is_refused_while_it_comes(tmp_path: Path) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while taken < 1000:
            taken += 1
            yield PIECE

    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        as_json = {"Content-Type": "application/json"}
        whole = await client.post(f"{API}/auth/sign-in", content=PIECE * 40, headers=as_json)
        assert (whole.status_code, whole.json()["code"]) == (413, "too-large")
        for path, kind in (
            (f"{API}/auth/sign-in", "application/json"),
            ("/oauth/token", "multipart/form-data; boundary=b"),
        ):
            piecewise = await client.post(path, content=endless(), headers={"Content-Type": kind})
            assert piecewise.status_code == 413, piecewise.text
        assert taken < 80

    walk_as_nobody(tmp_path, walk)


@pytest.mark.parametrize(
    "name", ["..%2f..%2fmaster.key", "%00", "a" * 5000, "person-%F0%9F%94%8C", "' OR 1=1 --", "%2e%2e"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/people/{}"),
        ("DELETE", "/people/{}"),
        ("GET", "/people/{}/export"),
        ("DELETE", "/people/{}/sessions"),
        ("DELETE", "/grants/{}"),
        ("DELETE", "/groups/{}"),
        ("DELETE", "/keys/{}"),
        ("DELETE", "/auth/sessions/{}"),
    ],
)
def test_an_id_that_is_none_finds_nothing(tmp_path: Path, method: str, path: str, name: str) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        found = await client.request(method, API + path.format(name))
        assert found.status_code in (404, 405, 414, 422), found.text
        assert (accounts.folder / "master.key").exists()

    walk_as_owner(tmp_path, walk)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1]",
        b"\xff\xfe",
        b'"text"',
        b'{"email": 1, "password": {}}',
        b"[" * 50_000,
        b'{"email": "\\ud800", "password": "\\udfff"}',
    ],
)
def test_words_that_are_none_are_told(tmp_path: Path, body: bytes) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        found = await client.post(f"{API}/auth/sign-in", content=body, headers={"Content-Type": "application/json"})
        assert found.status_code in (400, 422), found.text
        assert found.headers["content-type"] == "application/problem+json"

    walk_as_nobody(tmp_path, walk)


def test_letters_from_anywhere_are_taken_or_told(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        for name in ("\0", "\u202e", "Zoë 🔋", "a\nb", "\ufeff"):
            found = await client.post(f"{API}/people", json={"name": name, "kind": "service"})
            assert found.status_code in (201, 422), found.text
            sent = await client.post(f"{API}/keys", json={"name": name, "scopes": {name: ["see"]}})
            assert sent.status_code in (201, 403, 422), sent.text
            form = {"client_id": name, "client_secret": name, "token": name}
            assert (await client.post("/oauth/introspect", data=form)).status_code in (401, 422)

    walk_as_owner(tmp_path, walk)


def test_every_route_of_accounts_but_the_public_ones_asks_who_is_there(tmp_path: Path) -> None:
    public = {
        "auth_state", "first_run", "sign_in", "accept_invitation", "start_outside", "end_outside", "authorize", "token",
        "begin_device", "revoke_token", "introspect_token", "userinfo", "jwks", "discovery",
        "passkey_sign_in_options", "passkey_sign_in", "saml_metadata", "start_saml", "receive_saml", "end_saml",
    }  # fmt: skip

    async def walk(accounts: Accounts, client: httpx.AsyncClient) -> None:
        told = (await client.get(f"{API}/openapi.json")).json()
        asked = 0
        for path, operations in told["paths"].items():
            for method, operation in operations.items():
                if not {"accounts", "oauth"} & set(operation.get("tags", ())) or operation["operationId"] in public:
                    continue
                found = await client.request(method.upper(), path.replace("{", "").replace("}", ""))
                assert found.status_code in (401, 422), (method, path, found.text)
                asked += 1
        assert asked > 30

    walk_as_nobody(tmp_path, walk)
