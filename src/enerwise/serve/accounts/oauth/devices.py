"""The device grant: a box without a browser shows a short code, a person types it where he is signed in.

Source: RFC 8628.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import hash_of, new_secret
from enerwise.serve.accounts.oauth.clients import Client, Clients, allowed_scope
from enerwise.serve.accounts.oauth.refusals import OAuthRefusal
from enerwise.serve.accounts.oauth.tokens import Consent, Tokens, new_family
from enerwise.serve.accounts.tables import DEVICES
from enerwise.serve.api.access import Caller
from enerwise.serve.api.problems import Trouble

LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no words arise, and nothing that looks like another."""
CODE_CHARS: Final = 8
LASTS_S: Final = 600
INTERVAL_S: Final = 5
PAGE: Final = "/device"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A box that waits for a person."""

    user_code: str
    client: Client
    scope: str


class DeviceGrant:
    """Hands out codes, takes answers, lets boxes ask."""

    def __init__(self, ground: Ground, clients: Clients, tokens: Tokens) -> None:
        self._ground, self._clients, self._tokens = ground, clients, tokens

    async def begin(self, client: Client, scope: str) -> dict[str, Any]:
        """Return what the box shows and what it asks with.

        Raises:
            OAuthRefusal: It asked for nothing, or for more than it may.
        """
        device_code, user_code = new_secret(), "".join(secrets.choice(LETTERS) for _ in range(CODE_CHARS))
        allowed, now_s = allowed_scope(scope, client), self._ground.now_s()

        def work(connection: Connection) -> None:
            connection.execute(delete(DEVICES).where(DEVICES.c.ends_at < now_s))
            facts = {"hash": hash_of(device_code), "user_code": user_code, "client_id": client.id, "scope": allowed}
            connection.execute(
                insert(DEVICES).values(**facts, state="waiting", interval_s=INTERVAL_S, ends_at=now_s + LASTS_S)
            )

        await self._ground.read(work)
        shown = f"{user_code[:4]}-{user_code[4:]}"
        page = self._ground.origin + PAGE
        return {
            "device_code": device_code,
            "user_code": shown,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={shown}",
            "expires_in": LASTS_S,
            "interval": INTERVAL_S,
        }

    async def waiting(self, user_code: str) -> Waiting:
        """Return the box that shows a code.

        Raises:
            Trouble: 404, none does.
        """
        mine = select(DEVICES).where(DEVICES.c.user_code == _bare(user_code), DEVICES.c.state == "waiting")
        row = await self._ground.read(lambda connection: connection.execute(mine).first())
        client = await self._clients.find(row.client_id) if row is not None else None
        if row is None or client is None or row.ends_at <= self._ground.now_s():
            raise Trouble(
                404, "no-such-code", "no device shows this code now; check it, or let the device show a new one"
            )
        return Waiting(row.user_code, client, row.scope)

    async def answer(self, caller: Caller, user_code: str, *, allows: bool) -> None:
        """Answer a box.

        Raises:
            Trouble: 404, no box shows this code.
        """
        waiting = await self.waiting(user_code)
        mine = update(DEVICES).where(DEVICES.c.user_code == waiting.user_code, DEVICES.c.state == "waiting")
        values = {"state": "allowed" if allows else "refused", "person_id": caller.id}
        await self._ground.read(lambda connection: connection.execute(mine.values(**values)))
        what = "device allowed" if allows else "device refused"
        self._ground.trail.note("change", waiting.client.id, who=caller.id, what=what, scope=waiting.scope)

    async def redeemed(self, client: Client, device_code: str) -> dict[str, Any]:
        """Let a box ask whether a person has answered.

        Raises:
            OAuthRefusal: Not yet, too soon, refused, or over.
        """
        found = await self._ground.read(lambda connection: self._redeemed(connection, client, device_code))
        if isinstance(found, OAuthRefusal):
            raise found
        return found

    def _redeemed(self, connection: Connection, client: Client, device_code: str) -> dict[str, Any] | OAuthRefusal:
        # Nothing is raised here: what is noted stays noted.
        now_s = self._ground.now_s()
        mine = DEVICES.c.hash == hash_of(device_code)
        row = connection.execute(select(DEVICES).where(mine)).first()
        if row is None or row.client_id != client.id:
            return OAuthRefusal("invalid_grant", "this device code is not known")
        if now_s >= row.ends_at:
            return OAuthRefusal("expired_token", "nobody answered in time; begin again")
        is_soon = row.asked_at is not None and now_s - row.asked_at < row.interval_s
        interval_s = row.interval_s + INTERVAL_S if is_soon else row.interval_s
        connection.execute(update(DEVICES).where(mine).values(asked_at=now_s, interval_s=interval_s))
        if is_soon:
            return OAuthRefusal("slow_down", f"ask every {interval_s} s")
        if row.state == "waiting":
            return OAuthRefusal("authorization_pending", "nobody has answered yet")
        connection.execute(delete(DEVICES).where(mine))
        if row.state == "refused":
            return OAuthRefusal("access_denied", "the person said no")
        return self._tokens.begin(connection, Consent(row.person_id, client.id, row.scope, now_s), new_family())


def _bare(user_code: str) -> str:
    return "".join(each for each in user_code.upper() if each in LETTERS)[: CODE_CHARS + 1]
