"""Sessions of browsers: kept here, found by the hash of a secret, ended by rest, by age, or by the person.

Every sign-in makes a new one and ends the one that was shown with it, so that nobody can plant a session in a browser
and wait for its owner to sign in.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import hash_of, new_id, new_secret
from enerwise.serve.accounts.tables import PEOPLE, SESSIONS, TOTP

IDLE_S: Final = 7 * 86_400
LASTS_S: Final = 30 * 86_400
SEEN_EVERY_S: Final = 60
STEPPED_UP_S: Final = 15 * 60
AGENT_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds."""

    id: str
    person_id: str
    name: str
    """Of the person."""
    ends_s: int
    """When it ends at the latest without another request. [epoch s]"""
    wants_step_up: bool
    """Whether deeds of weight need a fresh code first."""
    stepped_up_until_s: int
    """Until when they need none. [epoch s]"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that has just begun."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as its person sees it."""

    id: str
    agent: str
    way: str
    made_s: int
    seen_s: int
    ends_s: int


class Sessions:
    """Begins, finds and ends them."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def begin(self, connection: Connection, person_id: str, *, way: str, agent: str, stepped_up: bool) -> Begun:
        """Begin a session inside a transaction."""
        now_s, session_id, secret = self._ground.now_s(), new_id("session"), new_secret()
        connection.execute(
            insert(SESSIONS).values(
                id=session_id,
                hash=hash_of(secret),
                person_id=person_id,
                agent=agent[:AGENT_CHARS],
                way=way,
                made_at=now_s,
                seen_at=now_s,
                ends_at=now_s + LASTS_S,
                stepped_up_at=now_s if stepped_up else None,
            )
        )
        connection.execute(delete(SESSIONS).where(SESSIONS.c.ends_at < now_s))
        connection.execute(update(PEOPLE).where(PEOPLE.c.id == person_id).values(signed_in_at=now_s))
        return Begun(session_id, secret)

    def find(self, connection: Connection, secret: str) -> Session | None:
        """Return the session of a secret, and note that it was seen; None when it is over."""
        now_s = self._ground.now_s()
        row = connection.execute(_FOUND.where(SESSIONS.c.hash == hash_of(secret))).first()
        if row is None or not _holds(row, now_s):
            return None
        if now_s - row.seen_at >= SEEN_EVERY_S:
            connection.execute(update(SESSIONS).where(SESSIONS.c.id == row.id).values(seen_at=now_s))
        return Session(
            id=row.id,
            person_id=row.person_id,
            name=row.name,
            ends_s=min(row.ends_at, now_s + IDLE_S),
            wants_step_up=row.confirmed_at is not None,
            stepped_up_until_s=(row.stepped_up_at or 0) + STEPPED_UP_S,
        )

    async def listed(self, person_id: str) -> list[Listed]:
        """Return the sessions of a person that hold, newest first."""
        now_s = self._ground.now_s()
        newest = SESSIONS.c.made_at.desc()
        rows = await self._ground.read(
            lambda each: each.execute(select(SESSIONS).where(SESSIONS.c.person_id == person_id).order_by(newest)).all()
        )
        return [
            Listed(row.id, row.agent, row.way, row.made_at, row.seen_at, row.ends_at)
            for row in rows
            if now_s < min(row.ends_at, row.seen_at + IDLE_S)
        ]

    async def end(self, person_id: str, session_id: str) -> bool:
        """End a session of a person, and tell whether there was one."""
        mine = delete(SESSIONS).where(SESSIONS.c.id == session_id, SESSIONS.c.person_id == person_id)
        return await self._ground.change(lambda each: each.execute(mine).rowcount > 0)

    def end_secret(self, connection: Connection, secret: str) -> None:
        """End the session of a secret, inside a transaction."""
        connection.execute(delete(SESSIONS).where(SESSIONS.c.hash == hash_of(secret)))

    def end_all(self, connection: Connection, person_id: str, *, but: str | None = None) -> None:
        """End all sessions of a person, but one, inside a transaction."""
        connection.execute(delete(SESSIONS).where(SESSIONS.c.person_id == person_id, SESSIONS.c.id != (but or "")))

    async def step_up(self, session_id: str) -> None:
        """Note that a fresh code was shown."""
        now_s = self._ground.now_s()
        noted = update(SESSIONS).where(SESSIONS.c.id == session_id).values(stepped_up_at=now_s)
        await self._ground.change(lambda each: each.execute(noted))


_FOUND: Final = (
    select(SESSIONS, PEOPLE.c.name, PEOPLE.c.disabled_at, PEOPLE.c.erased_at, TOTP.c.confirmed_at)
    .join(PEOPLE, PEOPLE.c.id == SESSIONS.c.person_id)
    .outerjoin(TOTP, TOTP.c.person_id == PEOPLE.c.id)
)


def _holds(row: Row[Any], now_s: int) -> bool:
    is_over = now_s >= min(row.ends_at, row.seen_at + IDLE_S)
    return not is_over and row.disabled_at is None and row.erased_at is None
