"""Keys for programs: shown once, kept as hashes, narrow from birth.

A key names actions by site. What it may do is that, and never more than the person who issued it may do now.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import hash_of, new_id, new_secret
from enerwise.serve.accounts.rights import ALL, Rights, narrowed, sites_of
from enerwise.serve.accounts.standing import given_to, members_in, rights_in
from enerwise.serve.accounts.tables import KEYS, PEOPLE
from enerwise.serve.api.access import Action, Caller
from enerwise.serve.api.problems import Trouble

PREFIX: Final = "ew_"
USED_EVERY_S: Final = 60
SERVICE: Final = "service"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as people see it."""

    id: str
    name: str
    holder_id: str
    issuer_id: str
    scopes: Rights
    made_s: int
    ends_s: int | None
    used_s: int | None
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key, with the secret that is never shown again."""

    key: Key
    secret: str


class Keys:
    """Issues, finds and revokes them."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def issue(
        self, by: Caller, *, name: str, scopes: Rights, lasts_s: int | None, holder_id: str | None = None
    ) -> Issued:
        """Make a key.

        Raises:
            Trouble: 403, the issuer may not do all of that; 404, no such holder; 422, it names nothing.
        """
        secret = PREFIX + new_secret()
        now_s = self._ground.now_s()

        def work(connection: Connection) -> Key:
            _check(connection, by, scopes, holder_id)
            key = Key(
                new_id("key"), name, holder_id or by.id, by.id, scopes, now_s, lasts_s and now_s + lasts_s, None, False
            )
            connection.execute(insert(KEYS).values(**_row(key), hash=hash_of(secret)))
            return key

        key = await self._ground.change(work)
        self._ground.trail.note("change", key.id, who=by.id, what="key issued", scopes=_named(scopes))
        return Issued(key, secret)

    def find(self, connection: Connection, secret: str) -> tuple[Caller, int] | None:
        """Return whoever holds a key, and until when it holds at the latest. [epoch s]"""
        now_s = self._ground.now_s()
        row = connection.execute(select(KEYS).where(KEYS.c.hash == hash_of(secret))).first()
        if row is None or row.revoked_at is not None or (row.ends_at is not None and now_s >= row.ends_at):
            return None
        if row.used_at is None or now_s - row.used_at >= USED_EVERY_S:
            connection.execute(update(KEYS).where(KEYS.c.id == row.id).values(used_at=now_s))
        actions = _rights_now(connection, row)
        return Caller(row.id, "key", row.name, actions), row.ends_at or now_s + USED_EVERY_S

    async def listed(self, holder_id: str | None = None) -> list[Key]:
        """Return the keys that somebody holds or issued, or all of them; newest first."""
        wanted = select(KEYS).order_by(KEYS.c.made_at.desc(), KEYS.c.id)
        if holder_id is not None:
            wanted = wanted.where((KEYS.c.holder_id == holder_id) | (KEYS.c.issuer_id == holder_id))
        rows = await self._ground.read(lambda each: each.execute(wanted).all())
        return [_key(row) for row in rows]

    async def revoke(self, by: Caller, key_id: str) -> None:
        """End a key: its holder, its issuer, and whoever manages may.

        Raises:
            Trouble: 404, there is no such key that the caller may end.
        """
        now_s, may_all = self._ground.now_s(), by.may(Action.MANAGE)

        def work(connection: Connection) -> bool:
            row = connection.execute(select(KEYS).where(KEYS.c.id == key_id)).first()
            if row is None or not (may_all or by.id in (row.holder_id, row.issuer_id)):
                raise Trouble(404, "no-such-key", f"there is no key {key_id[:64]!r} that you may end")
            live = update(KEYS).where(KEYS.c.id == key_id, KEYS.c.revoked_at.is_(None))
            return connection.execute(live.values(revoked_at=now_s)).rowcount > 0

        if await self._ground.change(work):
            self._ground.trail.note("change", key_id, who=by.id, what="key revoked")


def _check(connection: Connection, by: Caller, scopes: Rights, holder_id: str | None) -> None:
    if by.kind != "person":
        raise Trouble(403, "not-allowed", "only a person issues keys; sign in")
    if not scopes or not all(scopes.values()):
        raise Trouble(422, "wrong-request", "a key names at least one site, and at least one action at each")
    for site, actions in scopes.items():
        if missing := sorted(each for each in actions if not by.may(each, site)):
            raise Trouble(
                403, "not-allowed", f"nobody gives more than he has: you lack {', '.join(missing)} at {site!r}"
            )
    if holder_id is not None and holder_id != by.id:
        _check_holder(connection, scopes, holder_id)


def _check_holder(connection: Connection, scopes: Rights, holder_id: str) -> None:
    holder = connection.execute(select(PEOPLE).where(PEOPLE.c.id == holder_id)).first()
    if holder is None or holder.kind != SERVICE or holder.erased_at is not None:
        raise Trouble(
            404, "no-such-service", f"there is no service {holder_id[:64]!r}; people issue their keys themselves"
        )
    reach = _reach(connection, holder_id)
    if ALL not in reach and (outside := sorted(set(scopes) - reach)):
        told = f"this service has no role {SERVICE!r} at {', '.join(outside)}; give it one first"
        raise Trouble(422, "wrong-request", told)


def _rights_now(connection: Connection, row: Row[Any]) -> dict[str, frozenset[Action]]:
    rights = narrowed(_scopes(row.scopes), rights_in(connection, row.issuer_id))
    if row.holder_id == row.issuer_id:
        return rights
    reach = _reach(connection, row.holder_id)
    return rights if ALL in reach else {site: actions for site, actions in rights.items() if site in reach}


def _reach(connection: Connection, holder_id: str) -> set[str]:
    members = members_in(connection)
    given = [each for each in given_to(connection, holder_id) if each.role == SERVICE]
    return {site for each in given for site in sites_of(each.scope, members)}


def _named(scopes: Rights) -> dict[str, list[str]]:
    return {site: sorted(actions) for site, actions in scopes.items()}


def _scopes(text: str) -> dict[str, frozenset[Action]]:
    told: Mapping[str, list[str]] = json.loads(text)
    return {site: frozenset(Action(each) for each in actions) for site, actions in told.items()}


def _row(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "holder_id": key.holder_id,
        "issuer_id": key.issuer_id,
        "scopes": json.dumps(_named(key.scopes)),
        "made_at": key.made_s,
        "ends_at": key.ends_s,
    }


def _key(row: Row[Any]) -> Key:
    return Key(
        row.id,
        row.name,
        row.holder_id,
        row.issuer_id,
        _scopes(row.scopes),
        row.made_at,
        row.ends_at,
        row.used_at,
        row.revoked_at is not None,
    )
