"""Coming in and going out: first owner, password and code, invitation, new password.

Whoever fails is told the same, whether the e-mail or the password was wrong, after the same time.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from enerwise.serve.accounts.cookies import CSRF_HEADER, csrf_token, session_name
from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import hash_of
from enerwise.serve.accounts.passwords import Passwords, check_strength
from enerwise.serve.accounts.people import People, Person, add_owner, checked_email, person_of, row_of
from enerwise.serve.accounts.rights import ALL
from enerwise.serve.accounts.sessions import Begun, Sessions
from enerwise.serve.accounts.standing import owners_in, rights_in
from enerwise.serve.accounts.stop_token import StopTokens
from enerwise.serve.accounts.tables import PEOPLE
from enerwise.serve.accounts.throttle import Throttle
from enerwise.serve.accounts.totp import Totp
from enerwise.serve.api.problems import Trouble

FIRST_RUN: Final = "first-run"
INVITED: Final = "invitation"


class NeedsCode(Trouble):
    """The password is right; a code is still missing."""

    def __init__(self) -> None:
        super().__init__(401, "needs-totp", "this account also asks for a code from the phone, or one from paper")


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody comes."""

    address: str = ""
    agent: str = ""
    secret: str | None = None
    """Of the session that the browser showed; it ends when a new one begins."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has just begun."""

    person: Person
    secret: str
    stop_token: str
    is_https: bool = False

    @property
    def cookies(self) -> dict[str, str]:
        """What a browser sends from now on."""
        return {session_name(is_https=self.is_https): self.secret}

    @property
    def headers(self) -> dict[str, str]:
        """What a page sends with everything that changes something."""
        return {CSRF_HEADER: csrf_token(self.secret)}


@dataclass(frozen=True, slots=True)
class Parts:
    """What coming in needs."""

    ground: Ground
    passwords: Passwords
    throttle: Throttle
    sessions: Sessions
    people: People
    totp: Totp
    stop: StopTokens


class Entry:
    """Lets people in and out."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._ground = parts, parts.ground

    async def first_owner(self, *, name: str, email: str, password: str) -> Person:
        """Make the first owner.

        Raises:
            Trouble: 409, there is an owner; 422, e-mail or password will not do.
        """
        address = checked_email(email)
        check_strength(password, address, name)
        password_hash = await self._parts.passwords.hashed(password)
        now_s = self._ground.now_s()

        def work(connection: Connection) -> Person:
            if owners_in(connection):
                raise Trouble(409, "has-owner", "this server has an owner already; sign in")
            person_id = add_owner(connection, name=name, email=address, password_hash=password_hash, now_s=now_s)
            return person_of(row_of(connection, person_id))

        person = await self._ground.change(work)
        self._ground.trail.note("change", person.id, who=person.id, what="first owner")
        return person

    async def sign_in(self, email: str, password: str, code: str | None = None, visit: Visit | None = None) -> SignedIn:
        """Begin a session.

        Raises:
            Trouble: 401, e-mail or password is wrong, or a code is missing or wrong; 429, too many tries.
        """
        visit = visit or Visit()
        account = hash_of(email.strip().lower())
        self._parts.throttle.check(account, visit.address)
        row = await self._ground.read(lambda each: _by_email(each, email))
        # Failed until proven otherwise: of many tries at once, none goes uncounted.
        self._parts.throttle.failed(account, visit.address)
        if not await self._parts.passwords.fits(row.password_hash if row else None, password) or row is None:
            self._refused(row.id if row else "unknown", "password", visit)
            raise Trouble(401, "wrong-password", "e-mail or password is wrong")
        try:
            signed_in = await self._with_code(row.id, code, visit)
        except NeedsCode:
            self._parts.throttle.undone(account, visit.address)
            raise
        self._parts.throttle.passed(account, visit.address)
        await self._keep_hash_new(row.id, row.password_hash, password)
        return signed_in

    async def _with_code(self, person_id: str, code: str | None, visit: Visit) -> SignedIn:
        def work(connection: Connection) -> Begun | None:
            needs_code = self._parts.totp.is_on(connection, person_id)
            if needs_code and not code:
                raise NeedsCode
            if needs_code and not self._parts.totp.opens(connection, person_id, code or ""):
                return None
            return self._rotated(connection, person_id, "password", visit, stepped_up=needs_code)

        begun = await self._ground.change(work)
        if begun is None:
            self._refused(person_id, "code", visit)
            raise Trouble(401, "wrong-code", "this code is wrong, or was used before; take the next one")
        return await self.signed_in(person_id, begun, "password", visit)

    async def outside(self, person_id: str, visit: Visit, way: str, *, stepped_up: bool = False) -> SignedIn:
        """Begin a session for somebody who was proven by other means: an outside provider, a passkey."""
        begun = await self._ground.change(
            lambda connection: self._rotated(connection, person_id, way, visit, stepped_up=stepped_up)
        )
        return await self.signed_in(person_id, begun, way, visit)

    async def accept(self, word: str, password: str, visit: Visit) -> SignedIn:
        """Take an invitation, set the password, and begin a session.

        Raises:
            Trouble: 404, the invitation is over or none; 422, the password will not do; 429, too many tries.
        """
        self._parts.throttle.check(INVITED, visit.address)
        check_strength(password)
        password_hash = await self._parts.passwords.hashed(password)

        def work(connection: Connection) -> tuple[str, Begun | None] | None:
            try:
                person_id = self._parts.people.accept(connection, word, password_hash)
            except Trouble:
                return None
            # Somebody who asked for a new password may have lost the old to a stranger.
            self._parts.sessions.end_all(connection, person_id)
            needs_code = self._parts.totp.is_on(connection, person_id)
            return person_id, None if needs_code else self._rotated(connection, person_id, INVITED, visit)

        found = await self._ground.change(work)
        if found is None:
            self._parts.throttle.failed(INVITED, visit.address)
            self._refused("unknown", INVITED, visit)
            raise Trouble(404, "no-such-invitation", "this invitation is over or was used; ask for a new one")
        self._ground.trail.note("change", found[0], who=found[0], what="password set by invitation")
        person_id, begun = found
        if begun is None:
            raise Trouble(401, "needs-totp", "the new password is set; sign in with it and a code from the phone")
        return await self.signed_in(person_id, begun, INVITED, visit)

    async def change_password(self, person_id: str, session_id: str | None, old: str, new: str, visit: Visit) -> None:
        """Set a new password and end all other sessions.

        Raises:
            Trouble: 403, the old one is wrong; 422, the new one will not do; 429, too many tries.
        """
        self._parts.throttle.check(person_id, visit.address)
        row = await self._ground.read(lambda connection: row_of(connection, person_id))
        check_strength(new, row.email or "", row.name)
        self._parts.throttle.failed(person_id, visit.address)
        if not await self._parts.passwords.fits(row.password_hash, old):
            self._refused(person_id, "password", visit)
            raise Trouble(403, "wrong-password", "the present password is wrong")
        self._parts.throttle.passed(person_id, visit.address)
        password_hash = await self._parts.passwords.hashed(new)

        def work(connection: Connection) -> None:
            mine = update(PEOPLE).where(PEOPLE.c.id == person_id)
            connection.execute(mine.values(password_hash=password_hash))
            self._parts.sessions.end_all(connection, person_id, but=session_id)

        await self._ground.change(work)
        self._ground.trail.note("change", person_id, who=person_id, what="password changed")

    async def check_code(self, person_id: str, code: str, visit: Visit) -> None:
        """Use up a code.

        Raises:
            Trouble: 403, it is wrong or was used; 429, too many tries.
        """
        place = f"code/{person_id}"
        self._parts.throttle.check(place, visit.address)
        self._parts.throttle.failed(place, visit.address)
        if not await self._ground.read(lambda connection: self._parts.totp.opens(connection, person_id, code)):
            self._refused(person_id, "code", visit)
            raise Trouble(403, "wrong-code", "this code is wrong, or was used before; take the next one")
        self._parts.throttle.passed(place, visit.address)

    async def sign_out(self, person_id: str, session_id: str) -> bool:
        """End a session of a person and the tokens that stop which came with it; tell whether there was one."""
        was_there = await self._parts.sessions.end(person_id, session_id)
        if was_there:
            self._parts.stop.revoke(session_id)
            self._ground.trail.note("sign-out", person_id, who=person_id)
        return was_there

    async def signed_in(self, person_id: str, begun: Begun, way: str, visit: Visit) -> SignedIn:
        """Return a session that has begun, with a fresh token that stops."""
        person = await self._parts.people.find(person_id)
        self._ground.trail.note("sign-in", person_id, who=person_id, way=way, at=self._ground.trail.mark(visit.address))
        stop_token = await self.stop_token(person_id, begun.id)
        return SignedIn(person, begun.secret, stop_token, self._ground.is_https)

    async def stop_token(self, person_id: str, session_id: str) -> str:
        """Return a token that stops every site that the person may see now."""
        rights = await self._ground.read(lambda connection: rights_in(connection, person_id))
        return self._parts.stop.issue(person_id, [ALL] if ALL in rights else sorted(rights), session_id)

    def _rotated(
        self, connection: Connection, person_id: str, way: str, visit: Visit, *, stepped_up: bool = False
    ) -> Begun:
        if visit.secret:
            self._parts.sessions.end_secret(connection, visit.secret)
        return self._parts.sessions.begin(connection, person_id, way=way, agent=visit.agent, stepped_up=stepped_up)

    async def _keep_hash_new(self, person_id: str, password_hash: str, password: str) -> None:
        if self._parts.passwords.is_outdated(password_hash):
            fresh = await self._parts.passwords.hashed(password)
            mine = update(PEOPLE).where(PEOPLE.c.id == person_id, PEOPLE.c.password_hash == password_hash)
            await self._ground.read(lambda connection: connection.execute(mine.values(password_hash=fresh)))

    def _refused(self, subject: str, what: str, visit: Visit) -> None:
        self._ground.trail.refused(subject, what, address=visit.address)


def _by_email(connection: Connection, email: str) -> Row[Any] | None:
    live = select(PEOPLE).where(PEOPLE.c.email == email.strip().lower(), PEOPLE.c.disabled_at.is_(None))
    return connection.execute(live).first()
