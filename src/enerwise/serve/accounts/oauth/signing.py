"""Signed tokens (JWT): Ed25519, short-lived, each for one use.

The private keys lie in the vault. A new key takes over every month; an old one still verifies until the last token that
it signed has run out.

Source: RFC 7519 (JWT), RFC 8037 and RFC 9864 (``Ed25519``), RFC 9068 (access tokens).
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from sqlalchemy import Connection, delete, insert, select, update

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import new_id
from enerwise.serve.accounts.tables import SIGNING_KEYS

ALGORITHM: Final = "Ed25519"
ACCESS: Final = "at+jwt"
IDENTITY: Final = "JWT"
TOKEN_S: Final = 600
LEEWAY_S: Final = 60
TURN_S: Final = 30 * 86_400


class Signing:
    """Signs, verifies, and turns its keys."""

    def __init__(self, ground: Ground) -> None:
        """Read the keys, made where there are none."""
        self._ground = ground
        self._public: dict[str, OKPKey] = {}
        self._retired_s: dict[str, int] = {}
        ground.db.do_now(self._load)

    def sign(self, kind: str, claims: Mapping[str, object], *, lasts_s: int = TOKEN_S) -> str:
        """Return a token of a kind with these claims, from now on."""
        now_s = self._ground.now_s()
        told = {"iss": self._ground.origin, "iat": now_s, "exp": now_s + lasts_s, "jti": new_id("token"), **claims}
        header = {"alg": ALGORITHM, "typ": kind, "kid": self._private_id}
        return jwt.encode(header, told, self._private, algorithms=[ALGORITHM])

    def verify(self, token: str, kind: str, audience: str) -> dict[str, Any] | None:
        """Return the claims of a token of ours; None where it is none, is over, or is meant for other use."""
        try:
            found = jwt.decode(token, lambda guest: self._public[guest.headers()["kid"]], algorithms=[ALGORITHM])
        except (JoseError, KeyError, ValueError, TypeError):
            return None
        claims, now_s = found.claims, self._ground.now_s()
        if found.header.get("typ") != kind or claims.get("iss") != self._ground.origin:
            return None
        if claims.get("aud") != audience or not claims["iat"] - LEEWAY_S <= now_s < claims["exp"]:
            return None
        # A key that was found out signs nothing after it was put aside.
        return None if claims["iat"] > self._retired_s.get(found.header["kid"], claims["iat"]) else claims

    def public(self) -> list[dict[str, Any]]:
        """Return the keys that verify, for others to fetch."""
        return [
            {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": ALGORITHM}
            for kid, key in self._public.items()
            if self._ground.now_s() < self._retired_s.get(kid, self._ground.now_s()) + TOKEN_S + LEEWAY_S
        ]

    async def turn_if_due(self) -> None:
        """Turn the key when it is a month old."""
        if self._ground.now_s() - self._made_s >= TURN_S:
            await self.turn()

    async def turn(self) -> None:
        """Sign with a new key from now on."""
        now_s = self._ground.now_s()

        def work(connection: Connection) -> None:
            live = update(SIGNING_KEYS).where(SIGNING_KEYS.c.retired_at.is_(None))
            connection.execute(live.values(retired_at=now_s))
            self._insert(connection, now_s)
            self._load(connection)

        await self._ground.change(work)
        self._ground.trail.note("change", self._private_id, what="signing key turned")

    def _load(self, connection: Connection) -> None:
        now_s = self._ground.now_s()
        connection.execute(delete(SIGNING_KEYS).where(SIGNING_KEYS.c.retired_at < now_s - TOKEN_S - LEEWAY_S))
        wanted = select(SIGNING_KEYS).order_by(SIGNING_KEYS.c.made_at)
        if not any(row.retired_at is None for row in connection.execute(wanted)):
            self._insert(connection, now_s)
        rows = connection.execute(wanted).all()
        self._public = {row.id: OKPKey.import_key(json.loads(row.public)) for row in rows}
        self._retired_s = {row.id: row.retired_at for row in rows if row.retired_at is not None}
        newest = [row for row in rows if row.retired_at is None][-1]
        self._private_id, self._made_s = str(newest.id), int(newest.made_at)
        opened = self._ground.vault.open(newest.sealed, _place(newest.id))
        self._private = OKPKey.import_key(json.loads(opened))

    def _insert(self, connection: Connection, now_s: int) -> None:
        key, key_id = OKPKey.generate_key("Ed25519"), new_id("sign")
        facts = {
            "id": key_id,
            "public": json.dumps(key.as_dict(private=False)),
            "sealed": self._ground.vault.seal(json.dumps(key.as_dict(private=True)).encode(), _place(key_id)),
            "made_at": now_s,
        }
        connection.execute(insert(SIGNING_KEYS).values(**facts))


def _place(key_id: str) -> str:
    return f"signing_keys/{key_id}"
