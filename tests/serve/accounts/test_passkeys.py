"""Passkeys: a device made of a key and a few bytes enrols, comes in, and is imitated."""

import asyncio
import hashlib
import json
import secrets
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import cbor2
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

from enerwise.serve.accounts.accounts import Accounts
from tests.serve.accounts.builders import ORIGIN, a_client, a_clock, an_owner, later, open_accounts

API: Final = "/api/v1"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64
Walk = Callable[[Accounts, httpx.AsyncClient, "Device"], Awaitable[None]]


class Device:
    """An authenticator."""

    def __init__(self, origin: str = ORIGIN, *, flags: int = PRESENT | VERIFIED) -> None:
        self.origin, self.flags, self.count = origin, flags, 0
        self.key, self.id = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(32)

    def makes(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer the question for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        facts = self._facts(options["rp"]["id"], self.flags | ATTESTED) + attested
        told = {
            "clientDataJSON": self._client("webauthn.create", options["challenge"]),
            "attestationObject": cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": facts}),
        }
        return self._credential(told)

    def proves(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer the question who it is."""
        self.count += 1
        facts = self._facts(options["rpId"], self.flags)
        client = self._client("webauthn.get", options["challenge"])
        signed = self.key.sign(facts + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._credential({"clientDataJSON": client, "authenticatorData": facts, "signature": signed})

    def _facts(self, host: str, flags: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _credential(self, told: dict[str, bytes]) -> dict[str, Any]:
        shown = bytes_to_base64url(self.id)
        response = {name: bytes_to_base64url(each) for name, each in told.items()}
        return {"id": shown, "rawId": shown, "type": "public-key", "response": response}


async def enrol(client: httpx.AsyncClient, device: Device) -> httpx.Response:
    """Enrol a device."""
    asked = (await client.post(f"{API}/me/passkeys/options")).json()
    answer = {"ticket": asked["ticket"], "name": "phone", "credential": device.makes(asked["options"])}
    return await client.post(f"{API}/me/passkeys", json=answer)


async def question(client: httpx.AsyncClient) -> dict[str, Any]:
    """Return what a device is asked."""
    told: dict[str, Any] = (await client.post(f"{API}/auth/passkey/options")).json()
    return told


async def come_in(client: httpx.AsyncClient, device: Device) -> httpx.Response:
    """Sign in with a device."""
    asked = await question(client)
    answer = {"ticket": asked["ticket"], "credential": device.proves(asked["options"])}
    return await client.post(f"{API}/auth/passkey", json=answer)


def play(folder: Path, walk: Walk) -> None:
    """Run a walk with the browser of an owner, who has enrolled a device."""

    async def run(accounts: Accounts) -> None:
        async with a_client(accounts, await an_owner(accounts)) as client:
            device = Device()
            assert (await enrol(client, device)).status_code == 201
            await walk(accounts, client, device)

    with open_accounts(folder, a_clock()) as accounts:
        asyncio.run(run(accounts))


def test_a_device_comes_in_and_is_forgotten(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient, device: Device) -> None:
        [listed] = (await client.get(f"{API}/me/passkeys")).json()["items"]
        assert listed["name"] == "phone"
        async with a_client(accounts) as other:
            assert "passkey" in (await other.get(f"{API}/auth/state")).json()["methods"]
            entered = await come_in(other, device)
            assert entered.status_code == 200, entered.text
            assert entered.json()["person"]["name"] == "Ada"
        assert (await enrol(client, device)).status_code == 409
        assert (await client.delete(f"{API}/me/passkeys/{listed['id']}")).status_code == 204
        async with a_client(accounts) as other:
            assert (await come_in(other, device)).status_code == 401

    play(tmp_path, walk)


def test_an_answer_opens_once_in_time_and_for_its_own_question(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient, device: Device) -> None:
        async with a_client(accounts) as other:
            asked, newer = await question(other), await question(other)
            answer = {"ticket": asked["ticket"], "credential": device.proves(asked["options"])}
            swapped = await other.post(f"{API}/auth/passkey", json={**answer, "ticket": newer["ticket"]})
            assert swapped.json()["code"] == "wrong-passkey"
            assert (await other.post(f"{API}/auth/passkey", json=answer)).status_code == 200
            assert (await other.post(f"{API}/auth/passkey", json=answer)).json()["code"] == "stale-ticket"
            asked = await question(other)
            later(accounts.ground.clock, 301)  # type: ignore[arg-type]
            late = {"ticket": asked["ticket"], "credential": device.proves(asked["options"])}
            assert (await other.post(f"{API}/auth/passkey", json=late)).json()["code"] == "stale-ticket"
            mine = (await client.post(f"{API}/me/passkeys/options")).json()
            other_use = {"ticket": mine["ticket"], "credential": device.proves((await question(other))["options"])}
            assert (await other.post(f"{API}/auth/passkey", json=other_use)).json()["code"] == "stale-ticket"

    play(tmp_path, walk)


@pytest.mark.parametrize("how", ["another key", "another origin", "nobody there", "counts back", "nonsense"])
def test_an_imitation_is_refused(tmp_path: Path, how: str) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient, device: Device) -> None:
        async with a_client(accounts) as other:
            assert (await come_in(other, device)).status_code == 200
            if how == "another key":
                device.key = ec.generate_private_key(ec.SECP256R1())
            elif how == "another origin":
                device.origin = "https://evil.example"
            elif how == "nobody there":
                device.flags = PRESENT
            elif how == "counts back":
                device.count = 0
            refused = await come_in(other, device)
            if how == "nonsense":
                asked = await question(other)
                shown = bytes_to_base64url(device.id)
                credential = {"id": shown, "rawId": shown, "type": "public-key", "response": {"signature": ["x"]}}
                answer = {"ticket": asked["ticket"], "credential": credential}
                refused = await other.post(f"{API}/auth/passkey", json=answer)
            assert (refused.status_code, refused.json()["code"]) == (401, "wrong-passkey")

    play(tmp_path, walk)


def test_a_device_of_another_origin_or_without_its_person_does_not_enrol(tmp_path: Path) -> None:
    async def walk(accounts: Accounts, client: httpx.AsyncClient, device: Device) -> None:
        for other in (Device("https://evil.example"), Device(flags=PRESENT)):
            assert (await enrol(client, other)).json()["code"] == "wrong-passkey"

    play(tmp_path, walk)


def test_where_the_server_has_a_number_for_a_name_there_are_no_passkeys(tmp_path: Path) -> None:
    with open_accounts(tmp_path, origin="https://192.168.1.5:8600") as accounts:
        assert accounts.methods == ["password"]


def test_a_server_starts_without_what_speaks_with_devices_and_outside_providers() -> None:
    code = "import sys, enerwise.serve.accounts.accounts, enerwise.serve.api.server; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "enerwise.serve.accounts.passkeys" in loaded
    assert not {"webauthn", "httpx", "OpenSSL", "enerwise.serve.accounts.passkey_words"} & set(loaded)
