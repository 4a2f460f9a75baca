"""Passkeys (WebAuthn): a device proves that it holds a key, and that its person is there.

A passkey is bound to the name of the server; it works by TLS, or on this machine, and not where the server has only a
number for an address. Since the device asks for finger, face or PIN, a passkey counts as password and code in one. A
challenge is answered once, within minutes, and only for what it was made for.

Source: Web Authentication Level 3.
"""

import ipaddress
import json
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, delete, insert, select, update

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import hash_of
from enerwise.serve.accounts.people import row_of
from enerwise.serve.accounts.tables import PASSKEYS, PEOPLE
from enerwise.serve.accounts.vault import VaultError
from enerwise.serve.api.problems import Trouble

NAME: Final = "Enerwise"
TICKET_S: Final = 300
USED_LIMIT: Final = 10_000
PLACE: Final = "passkey ticket"
MOST: Final = 20
CHALLENGE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its person sees it."""

    id: str
    name: str
    made_s: int
    used_s: int | None


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser hands to the device, and what it must bring back beside the answer."""

    options: dict[str, Any]
    ticket: str


class Passkeys:
    """Enrols devices, and lets them in."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._host = urlsplit(ground.origin).hostname or ""
        self._used: OrderedDict[str, None] = OrderedDict()

    @property
    def work_here(self) -> bool:
        """Whether browsers take passkeys for the address of this server."""
        return not _is_number(self._host) and (self._ground.is_https or self._host == "localhost")

    # -- enrolling ---------------------------------------------------------------------------------------------

    async def enrolment(self, person_id: str) -> Challenge:
        """Return what a device needs to make a passkey.

        Raises:
            Trouble: 409, passkeys do not work at this address, or there are many already.
        """
        # A server that meets no passkey starts without what speaks with them.
        from enerwise.serve.accounts import passkey_words as words

        self._check_place()

        def work(connection: Connection) -> tuple[Row[Any], list[str]]:
            mine = select(PASSKEYS.c.credential_id).where(PASSKEYS.c.person_id == person_id)
            return row_of(connection, person_id), list(connection.execute(mine).scalars())

        row, known = await self._ground.read(work)
        if len(known) >= MOST:
            raise Trouble(409, "many-passkeys", f"there are {MOST} passkeys already; remove one first")
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        person = (person_id, row.email or row.name, row.name)
        options = words.enrolling(self._host, NAME, challenge, person, known)
        return Challenge(options, self._ticket(challenge, person_id))

    async def enrol(self, person_id: str, ticket: str, name: str, credential: dict[str, Any]) -> Passkey:
        """Keep a passkey that a device has made.

        Raises:
            Trouble: 409, it is known already; 422, the answer does not fit.
        """
        from enerwise.serve.accounts import passkey_words as words

        challenge = self._taken(ticket, person_id)
        try:
            found = words.enrolled(self._host, self._ground.origin, challenge, credential)
        except words.WrongAnswer:
            raise Trouble(422, "wrong-passkey", "the answer of the device does not fit; try again") from None
        key = Passkey(hash_of(found.credential_id), name, self._ground.now_s(), None)
        facts = {"id": key.id, "person_id": person_id, "name": name, "made_at": key.made_s, **found._asdict()}

        def work(connection: Connection) -> None:
            if connection.execute(select(PASSKEYS.c.id).where(PASSKEYS.c.id == key.id)).first():
                raise Trouble(409, "passkey-known", "this passkey is known already")
            connection.execute(insert(PASSKEYS).values(**facts))

        await self._ground.change(work)
        self._ground.trail.note("change", person_id, who=person_id, what="passkey added")
        return key

    async def listed(self, person_id: str) -> list[Passkey]:
        """Return the passkeys of a person, the oldest first."""
        mine = select(PASSKEYS).where(PASSKEYS.c.person_id == person_id).order_by(PASSKEYS.c.made_at, PASSKEYS.c.id)
        rows = await self._ground.read(lambda connection: connection.execute(mine).all())
        return [Passkey(row.id, row.name, row.made_at, row.used_at) for row in rows]

    async def remove(self, person_id: str, key_id: str) -> None:
        """Forget a passkey.

        Raises:
            Trouble: 404, the person has none of this id.
        """
        mine = delete(PASSKEYS).where(PASSKEYS.c.id == key_id, PASSKEYS.c.person_id == person_id)
        if await self._ground.change(lambda connection: connection.execute(mine).rowcount) == 0:
            raise Trouble(404, "no-such-passkey", f"you have no passkey {key_id[:64]!r}")
        self._ground.trail.note("change", person_id, who=person_id, what="passkey removed")

    # -- coming in ---------------------------------------------------------------------------------------------

    def question(self) -> Challenge:
        """Return what a device needs to prove itself; which one it is, it says itself.

        Raises:
            Trouble: 409, passkeys do not work at this address.
        """
        from enerwise.serve.accounts import passkey_words as words

        self._check_place()
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        return Challenge(words.asking(self._host, challenge), self._ticket(challenge, ""))

    async def proven(self, ticket: str, credential: dict[str, Any]) -> str:
        """Return the id of the person whose device has answered.

        Raises:
            Trouble: 401, it is not known, the answer does not fit, or it seems to be a copy.
        """
        from enerwise.serve.accounts import passkey_words as words

        challenge = self._taken(ticket, "")
        key_id = hash_of(str(credential.get("id", ""))[:2000])
        row = await self._ground.read(
            lambda connection: connection.execute(_LIVE.where(PASSKEYS.c.id == key_id)).first()
        )
        if row is None:
            raise self._refused("unknown", "passkey")
        held = words.Enrolled(row.credential_id, row.public_key, row.sign_count)
        try:
            count = words.proven(self._host, self._ground.origin, challenge, credential, held)
        except words.WrongAnswer:
            raise self._refused(row.person_id, "passkey") from None
        # A count that somebody else has moved on meanwhile shows a copy of the device.
        mine = update(PASSKEYS).where(PASSKEYS.c.id == key_id, PASSKEYS.c.sign_count == row.sign_count)
        values = {"sign_count": count, "used_at": self._ground.now_s()}
        if await self._ground.read(lambda connection: connection.execute(mine.values(**values)).rowcount) == 0:
            raise self._refused(row.person_id, "passkey")
        return str(row.person_id)

    # -- challenges --------------------------------------------------------------------------------------------

    def _ticket(self, challenge: bytes, person_id: str) -> str:
        facts = {"challenge": challenge.hex(), "who": person_id, "ends": self._ground.now_s() + TICKET_S}
        return self._ground.vault.seal(json.dumps(facts).encode(), PLACE)

    def _taken(self, ticket: str, person_id: str) -> bytes:
        """Return the challenge of a ticket and use the ticket up."""
        try:
            facts = json.loads(self._ground.vault.open(ticket, PLACE))
        except VaultError:
            raise _stale() from None
        if facts["who"] != person_id or self._ground.now_s() >= facts["ends"] or facts["challenge"] in self._used:
            raise _stale()
        self._used[facts["challenge"]] = None
        while len(self._used) > USED_LIMIT:
            self._used.popitem(last=False)
        return bytes.fromhex(facts["challenge"])

    def _check_place(self) -> None:
        if not self.work_here:
            told = f"passkeys need a server with a name and TLS; this one is {self._ground.origin}"
            raise Trouble(409, "no-passkeys-here", told)

    def _refused(self, subject: str, what: str) -> Trouble:
        self._ground.trail.refused(subject, what)
        return Trouble(401, "wrong-passkey", "this passkey is not known here, or its answer does not fit")


_LIVE: Final = (
    select(PASSKEYS)
    .join(PEOPLE, PEOPLE.c.id == PASSKEYS.c.person_id)
    .where(PEOPLE.c.disabled_at.is_(None), PEOPLE.c.erased_at.is_(None))
)


def _stale() -> Trouble:
    return Trouble(401, "stale-ticket", "this question is over, was answered, or was meant for somebody else; ask anew")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
