"""The token that stops: a signed slip that a browser keeps for a year, checked in memory alone.

Whoever may see a site may stop it, and a stop waits for no sign-in, no database and no disk. The key is read once; what
was withdrawn is held in memory and in a small file. A token is the person's opaque id, the sites, and an end, under
HMAC-SHA256.
"""

import base64
import hmac
import json
import secrets
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.time import Clock
from enerwise.serve.accounts.cookies import STOP_S
from enerwise.serve.accounts.ids import new_id
from enerwise.serve.accounts.private_files import read_private, write_private

KEY_FILE: Final = "stop.key"
REVOKED_FILE: Final = "stop.revoked"
TOKEN_CHARS: Final = 4096
ALL: Final = "*"


class StopTokens:
    """Issues and checks; checking takes nothing but memory."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Read the key, made where there is none, and what was withdrawn.

        Raises:
            NotPrivate: Others may read the key.
        """
        self._clock, self._path = clock, folder / REVOKED_FILE
        key = read_private(folder / KEY_FILE)
        if key is None:
            key = secrets.token_bytes(32)
            write_private(folder / KEY_FILE, key)
        self._key = key
        told = json.loads(read_private(self._path) or b"{}")
        # Of a token: when it would have ended. Of a person: tokens made before are worthless.
        self._tokens: dict[str, int] = told.get("tokens", {})
        self._people: dict[str, int] = told.get("people", {})

    def issue(self, person_id: str, site_ids: Collection[str], token_id: str = "") -> str:
        """Return a token for some sites, ``*`` for all, that holds for a year.

        Tokens of one id, such as that of a session, become worthless together.
        """
        # A token made in the same moment in which the others became worthless is worth something.
        made_ms = max(self._now_ms(), self._people.get(person_id, -1) + 1)
        facts = {"id": token_id or new_id("stop"), "who": person_id, "sites": sorted(site_ids), "made": made_ms}
        body = base64.urlsafe_b64encode(json.dumps(facts, separators=(",", ":")).encode()).decode().rstrip("=")
        return f"{body}.{self._mac(body)}"

    def check(self, token: str, site: str) -> str | None:
        """Return the id of the person who may stop this site with this token; None where nobody may."""
        facts = self._read(token)
        if facts is None or facts["id"] in self._tokens or facts["made"] <= self._people.get(facts["who"], -1):
            return None
        is_over = self._now_ms() >= facts["made"] + STOP_S * 1000
        is_meant = site in facts["sites"] or ALL in facts["sites"]
        return str(facts["who"]) if is_meant and not is_over else None

    def revoke(self, token_id: str) -> None:
        """Make the tokens of an id worthless."""
        self._tokens[token_id] = self._now_ms() + STOP_S * 1000
        self._save()

    def revoke_all(self, person_id: str) -> None:
        """Make every token worthless that a person has so far."""
        self._people[person_id] = self._now_ms()
        self._save()

    def _read(self, token: str) -> dict[str, Any] | None:
        body, _, mac = token[:TOKEN_CHARS].partition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(body).encode()):
            return None
        facts: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return facts

    def _mac(self, body: str) -> str:
        return hmac.new(self._key, body.encode(), sha256).hexdigest()

    def _save(self) -> None:
        now_ms = self._now_ms()
        self._tokens = {each: ends for each, ends in self._tokens.items() if ends > now_ms}
        self._people = {each: made for each, made in self._people.items() if made + STOP_S * 1000 > now_ms}
        write_private(self._path, json.dumps({"tokens": self._tokens, "people": self._people}).encode())

    def _now_ms(self) -> int:
        return int(self._clock.now().astype("datetime64[ms]").astype(np.int64))
