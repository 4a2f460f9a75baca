"""People and services: who they are, how they come in, and how they leave without breaking what refers to them."""

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import hash_of, new_id, new_secret
from enerwise.serve.accounts.rights import ALL, Given
from enerwise.serve.accounts.standing import OWNER, owners_in
from enerwise.serve.accounts.stop_token import StopTokens
from enerwise.serve.accounts.tables import (
    CODES,
    CONSENTS,
    DEVICES,
    FAMILIES,
    GRANTS,
    KEYS,
    LINKS,
    PASSKEYS,
    PEOPLE,
    RECOVERY,
    REQUESTS,
    SESSIONS,
    TOTP,
)
from enerwise.serve.api.access import Caller
from enerwise.serve.api.problems import Trouble

INVITE_S: Final = 7 * 86_400
INVITE_PATH: Final = "/sign-in#invitation="
"""Behind the hash mark: browsers send the word to nobody, so that it stands in no log."""
NAME_CHARS: Final = 200
EMAIL_CHARS: Final = 254
EMAIL: Final = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")


WITH_CODES: Final = select(PEOPLE, TOTP.c.confirmed_at).outerjoin(TOTP, TOTP.c.person_id == PEOPLE.c.id)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, or a service."""

    id: str
    kind: str
    name: str
    email: str | None
    language: str
    made_s: int
    signed_in_s: int | None
    """When last."""
    is_disabled: bool
    is_erased: bool
    is_invited: bool
    """Whether nobody has come in by the invitation yet."""
    has_password: bool
    has_totp: bool
    """Whether a code is asked for."""


class People:
    """Adds, changes, disables and erases."""

    def __init__(self, ground: Ground, stop: StopTokens) -> None:
        self._ground, self._stop = ground, stop

    # -- reading -----------------------------------------------------------------------------------------------

    async def listed(self) -> list[Person]:
        """Return everybody, the oldest first, without the erased."""
        wanted = WITH_CODES.where(PEOPLE.c.erased_at.is_(None)).order_by(PEOPLE.c.made_at, PEOPLE.c.id)
        return [person_of(row) for row in await self._ground.read(lambda each: each.execute(wanted).all())]

    async def find(self, person_id: str) -> Person:
        """Return a person.

        Raises:
            Trouble: 404, there is none.
        """
        return await self._ground.read(lambda connection: person_of(row_of(connection, person_id)))

    async def is_empty(self) -> bool:
        """Tell whether nobody owns the server yet."""
        return not await self._ground.read(owners_in)

    # -- coming ------------------------------------------------------------------------------------------------

    async def invite(
        self, by: Caller, *, name: str, email: str | None, language: str = "", kind: str = "person"
    ) -> tuple[Person, str | None]:
        """Add somebody, and return the word of the invitation; services need none.

        Raises:
            Trouble: 409, the e-mail belongs to somebody; 422, it is none.
        """
        word = new_secret() if kind == "person" else None
        person_id, now_s = new_id(kind), self._ground.now_s()
        address = checked_email(email) if kind == "person" else None

        def work(connection: Connection) -> Person:
            refuse_taken(connection, address)
            connection.execute(
                insert(PEOPLE).values(
                    id=person_id,
                    kind=kind,
                    name=name[:NAME_CHARS],
                    email=address,
                    language=language,
                    invite_hash=hash_of(word) if word else None,
                    invite_ends_at=now_s + INVITE_S if word else None,
                    made_at=now_s,
                )
            )
            return person_of(row_of(connection, person_id))

        person = await self._ground.change(work)
        self._ground.trail.note("change", person_id, who=by.id, what=f"{kind} added")
        return person, word

    async def invite_again(self, by: Caller, person_id: str) -> str:
        """Return a new invitation, for somebody who lost the first or the password; what was open is ended.

        Raises:
            Trouble: 404, there is no such person.
        """
        word, now_s = new_secret(), self._ground.now_s()

        def work(connection: Connection) -> None:
            if row_of(connection, person_id).kind != "person":
                raise Trouble(422, "wrong-request", "services sign in by keys; they need no invitation")
            values = {"invite_hash": hash_of(word), "invite_ends_at": now_s + INVITE_S}
            connection.execute(update(PEOPLE).where(PEOPLE.c.id == person_id).values(**values))

        await self._ground.change(work)
        self._ground.trail.note("change", person_id, who=by.id, what="invited anew")
        return word

    def accept(self, connection: Connection, word: str, password_hash: str) -> str:
        """Take an invitation inside a transaction and return the id of the person.

        Raises:
            Trouble: 404, it is over, used or none.
        """
        mine = select(PEOPLE).where(PEOPLE.c.invite_hash == hash_of(word))
        row = connection.execute(mine).first()
        if row is None or row.invite_ends_at <= self._ground.now_s() or row.disabled_at or row.erased_at:
            raise Trouble(404, "no-such-invitation", "this invitation is over or was used; ask for a new one")
        values = {"invite_hash": None, "invite_ends_at": None, "password_hash": password_hash}
        connection.execute(update(PEOPLE).where(PEOPLE.c.id == row.id).values(**values))
        return str(row.id)

    # -- changing ----------------------------------------------------------------------------------------------

    async def change(
        self,
        by: Caller,
        person_id: str,
        *,
        name: str | None = None,
        email: str | None = None,
        language: str | None = None,
        is_disabled: bool | None = None,
    ) -> Person:
        """Change what is given.

        Raises:
            Trouble: 404, there is no such person; 409, the e-mail is taken, or the last owner would be disabled.
        """
        told = {"name": name, "email": checked_email(email) if email else None, "language": language}
        values: dict[str, object] = {key: value for key, value in told.items() if value is not None}
        if is_disabled is not None:
            values["disabled_at"] = self._ground.now_s() if is_disabled else None

        def work(connection: Connection) -> Person:
            row_of(connection, person_id)
            refuse_taken(connection, told["email"], but=person_id)
            if values:
                connection.execute(update(PEOPLE).where(PEOPLE.c.id == person_id).values(**values))
            if is_disabled:
                refuse_ownerless(connection)
                connection.execute(delete(SESSIONS).where(SESSIONS.c.person_id == person_id))
            return person_of(row_of(connection, person_id))

        person = await self._ground.change(work)
        if is_disabled:
            self._stop.revoke_all(person_id)
        self._ground.trail.note("change", person_id, who=by.id, what="person changed", fields=sorted(values))
        return person

    async def end_sessions(self, by: Caller, person_id: str) -> int:
        """Sign a person out everywhere, and return from how many places.

        Raises:
            Trouble: 404, there is no such person.
        """

        def work(connection: Connection) -> int:
            row_of(connection, person_id)
            return connection.execute(delete(SESSIONS).where(SESSIONS.c.person_id == person_id)).rowcount

        count = await self._ground.change(work)
        self._stop.revoke_all(person_id)
        self._ground.trail.note("change", person_id, who=by.id, what="signed out everywhere", count=count)
        return count

    async def names(self) -> dict[str, str]:
        """Return names by id, of people and services that are here."""
        wanted = select(PEOPLE.c.id, PEOPLE.c.name).where(PEOPLE.c.erased_at.is_(None))
        return {row.id: row.name for row in await self._ground.read(lambda each: each.execute(wanted).all())}

    # -- leaving -----------------------------------------------------------------------------------------------

    async def erase(self, by: Caller, person_id: str) -> None:
        """Blank everything personal and end every way in; the opaque id stays, so that the audit stays whole.

        Raises:
            Trouble: 404, there is no such person; 409, it is the last owner.
        """
        now_s = self._ground.now_s()

        def work(connection: Connection) -> None:
            row_of(connection, person_id)
            _blank(connection, person_id, now_s)
            refuse_ownerless(connection)

        await self._ground.change(work)
        self._stop.revoke_all(person_id)
        self._ground.trail.note("change", person_id, who=by.id, what="person erased")


def add_owner(connection: Connection, *, name: str, email: str, password_hash: str, now_s: int) -> str:
    """Add a person who owns everything, inside a transaction, and return the id."""
    person_id = new_id("person")
    facts = {"id": person_id, "kind": "person", "name": name[:NAME_CHARS], "email": email, "made_at": now_s}
    connection.execute(insert(PEOPLE).values(**facts, password_hash=password_hash))
    give(connection, person_id, Given(OWNER, ALL), by=person_id, now_s=now_s)
    return person_id


def give(connection: Connection, person_id: str, given: Given, *, by: str, now_s: int) -> str:
    """Write a role down, inside a transaction, and return the id of the grant."""
    grant_id = new_id("grant")
    facts = {"id": grant_id, "person_id": person_id, "role": given.role, "scope": given.scope}
    connection.execute(insert(GRANTS).values(**facts, made_by=by, made_at=now_s))
    return grant_id


def checked_email(email: str | None) -> str:
    """Return an e-mail in the form in which it is kept.

    Raises:
        Trouble: 422, it is none.
    """
    address = (email or "").strip().lower()
    if len(address) > EMAIL_CHARS or not EMAIL.fullmatch(address) or not address.isprintable():
        raise Trouble(422, "wrong-request", f"{address[:80]!r} is no e-mail; write one such as name@example.org")
    return address


def refuse_taken(connection: Connection, email: str | None, *, but: str = "") -> None:
    """Refuse an e-mail that somebody else has.

    Raises:
        Trouble: 409.
    """
    wanted = select(PEOPLE.c.id).where(PEOPLE.c.email == email, PEOPLE.c.id != but)
    if email is not None and connection.execute(wanted).first():
        raise Trouble(409, "email-taken", "somebody here has this e-mail already")


def refuse_ownerless(connection: Connection) -> None:
    """Refuse a change after which nobody would own the server: raise inside the transaction, and it is undone.

    Raises:
        Trouble: 409.
    """
    if not owners_in(connection):
        raise Trouble(409, "last-owner", "this is the last owner; make somebody else an owner first")


def row_of(connection: Connection, person_id: str) -> Row[Any]:
    """Return the row of a person who was not erased.

    Raises:
        Trouble: 404.
    """
    row = connection.execute(WITH_CODES.where(PEOPLE.c.id == person_id, PEOPLE.c.erased_at.is_(None))).first()
    if row is None:
        raise Trouble(404, "no-such-person", f"there is no person {person_id[:64]!r}")
    return row


def person_of(row: Row[Any]) -> Person:
    """Return a row as a person."""
    return Person(
        id=row.id,
        kind=row.kind,
        name=row.name,
        email=row.email,
        language=row.language,
        made_s=row.made_at,
        signed_in_s=row.signed_in_at,
        is_disabled=row.disabled_at is not None,
        is_erased=row.erased_at is not None,
        is_invited=row.invite_hash is not None,
        has_password=row.password_hash is not None,
        has_totp=row.confirmed_at is not None,
    )


def _blank(connection: Connection, person_id: str, now_s: int) -> None:
    for table in (SESSIONS, GRANTS, TOTP, RECOVERY, PASSKEYS, LINKS, CONSENTS, REQUESTS, CODES, DEVICES):
        connection.execute(delete(table).where(table.c.person_id == person_id))
    mine = or_(KEYS.c.holder_id == person_id, KEYS.c.issuer_id == person_id)
    connection.execute(update(KEYS).where(mine, KEYS.c.revoked_at.is_(None)).values(revoked_at=now_s))
    connection.execute(update(KEYS).where(mine).values(name=""))
    live = update(FAMILIES).where(FAMILIES.c.person_id == person_id, FAMILIES.c.revoked_at.is_(None))
    connection.execute(live.values(revoked_at=now_s))
    nothing = {"name": "", "email": None, "password_hash": None, "language": "", "invite_hash": None}
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == person_id).values(**nothing, erased_at=now_s))
