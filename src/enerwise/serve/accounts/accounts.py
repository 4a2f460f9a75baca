"""Accounts of one server, opened from a folder: who is there, what they may do, and how they prove it.

`Accounts.caller` is what every request asks: a session's cookie, a token, or a key, turned into a `Caller`. The other
parts hang on it by name, one file each.
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher
from sqlalchemy import Connection
from starlette.requests import HTTPConnection

from enerwise.core.time import Clock
from enerwise.serve.accounts import cookies
from enerwise.serve.accounts.database import Database
from enerwise.serve.accounts.entry import Entry, Parts, SignedIn, Visit
from enerwise.serve.accounts.first_run import DEMO_EMAIL, DEMO_NAME, FirstRun, demo_password
from enerwise.serve.accounts.grants import Grants, Groups
from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.keys import PREFIX, Keys
from enerwise.serve.accounts.known import HOLDS_S
from enerwise.serve.accounts.oauth.clients import Clients
from enerwise.serve.accounts.oauth.codes import Codes
from enerwise.serve.accounts.oauth.devices import DeviceGrant
from enerwise.serve.accounts.oauth.outside import Outside
from enerwise.serve.accounts.oauth.signing import Signing
from enerwise.serve.accounts.oauth.tokens import Tokens
from enerwise.serve.accounts.passkeys import Passkeys
from enerwise.serve.accounts.passwords import Passwords
from enerwise.serve.accounts.people import People, Person, add_owner
from enerwise.serve.accounts.private_files import PRIVATE
from enerwise.serve.accounts.rights import Rights
from enerwise.serve.accounts.saml.outside import Saml
from enerwise.serve.accounts.sessions import Sessions
from enerwise.serve.accounts.standing import owners_in, rights_in
from enerwise.serve.accounts.stop_token import StopTokens
from enerwise.serve.accounts.throttle import Throttle
from enerwise.serve.accounts.totp import Totp
from enerwise.serve.accounts.trail import Trail
from enerwise.serve.accounts.vault import Vault, masters
from enerwise.serve.api.access import Caller
from enerwise.serve.api.problems import Trouble

TOKEN_CHARS: Final = 4096
JWT_DOTS: Final = 2
Find = Callable[[Connection, str], tuple[Caller, int] | None]
"""Looks somebody up by what was shown, and tells until when that holds. [epoch s]"""


class Accounts:
    """Everything about who asks."""

    def __init__(self, folder: Path, ground: Ground, passwords: Passwords, *, is_demo: bool) -> None:
        """Take what was opened; use `open`."""
        self.folder, self.ground, self.is_demo = folder, ground, is_demo
        self.passwords, self.throttle = (
            passwords,
            Throttle(ground.clock, partial(ground.trail.refused, "unknown", "too many tries")),
        )
        self.stop_tokens = StopTokens(folder, ground.clock)
        self.sessions, self.keys, self.totp = Sessions(ground), Keys(ground), Totp(ground)
        self.people = People(ground, self.stop_tokens)
        self.grants, self.groups = Grants(ground, self.stop_tokens), Groups(ground, self.stop_tokens)
        self.first_run = FirstRun(folder)
        self.signing, self.clients = Signing(ground), Clients(ground)
        self.tokens = Tokens(ground, self.signing)
        self.codes, self.devices = (
            Codes(ground, self.clients, self.tokens),
            DeviceGrant(ground, self.clients, self.tokens),
        )
        self.outside, self.saml, self.passkeys = Outside(ground, folder), Saml(ground, folder), Passkeys(ground)
        self.entry = Entry(
            Parts(ground, passwords, self.throttle, self.sessions, self.people, self.totp, self.stop_tokens)
        )

    @classmethod
    def open(
        cls,
        folder: Path,
        clock: Clock,
        *,
        origin: str,
        site_ids: Collection[str],
        is_demo: bool = False,
        url: str | None = None,
        hasher: PasswordHasher | None = None,
    ) -> "Accounts":
        """Open the accounts in a folder, made where there are none.

        Args:
            folder: Where keys, audit and, unless told otherwise, the database lie.
            clock: Shows the time.
            origin: Where browsers find the server.
            site_ids: The sites that there are.
            is_demo: Whether an owner is there from the start, with a password that is printed.
            url: Address of another database.
            hasher: For passwords, of another cost.

        Raises:
            StoreError: Another process uses the folder.
            VaultError: The master key is not the one that belongs to the accounts.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ExitStack() as undo:
            db = Database(url or f"sqlite:///{_private_database(folder)}")
            undo.callback(db.close)
            vault = Vault(db, masters(folder / "master.key"))
            trail = Trail(folder / "audit", clock, vault.derived("address marks"))
            undo.callback(trail.close)
            passwords = Passwords(hasher)
            undo.callback(passwords.close)
            ground = Ground(db, clock, vault, trail, origin.rstrip("/"), frozenset(site_ids))
            opened = cls(folder, ground, passwords, is_demo=is_demo)
            opened._begin()
            undo.pop_all()
        return opened

    def close(self) -> None:
        """Make everything durable and let go of the files."""
        self.passwords.close()
        self.ground.db.close()
        self.ground.trail.close()

    def _begin(self) -> None:
        if self.ground.db.do_now(owners_in):
            self.first_run.done()
        elif self.is_demo:
            self._add_demo_owner()
        else:
            self.first_run.word()

    def _add_demo_owner(self) -> None:
        password_hash = self.passwords.hashed_now(demo_password(self.folder))
        now_s = self.ground.now_s()
        self.ground.db.do_now(
            lambda each: add_owner(each, name=DEMO_NAME, email=DEMO_EMAIL, password_hash=password_hash, now_s=now_s)
        )

    # -- for whoever starts the server -------------------------------------------------------------------------

    @property
    def first_run_word(self) -> str | None:
        """What the first owner has to show, to be printed in the terminal; None when there is an owner."""
        return None if self.ground.db.do_now(owners_in) else self.first_run.word()

    @property
    def demo_sign_in(self) -> tuple[str, str] | None:
        """E-mail and password of the demo's owner, to be printed; None where this is no demo."""
        return (DEMO_EMAIL, demo_password(self.folder)) if self.is_demo else None

    @property
    def methods(self) -> list[str]:
        """In which ways one may come in."""
        others = {
            "passkey": self.passkeys.work_here,
            "oidc": self.outside.provider is not None,
            "saml": self.saml.provider is not None,
        }
        return ["password", *(name for name, is_there in others.items() if is_there)]

    @property
    def oidc_name(self) -> str | None:
        """What the outside provider is called; None where there is none."""
        return self.outside.provider.name if self.outside.provider else None

    @property
    def saml_name(self) -> str | None:
        """What the provider of SAML is called; None where there is none."""
        return self.saml.provider.name if self.saml.provider else None

    async def audit_page(self, *, limit: int, before: int | None = None, about: str = "") -> list[dict[str, Any]]:
        """Return lines of the audit, the newest first; see `Trail.page`."""
        page = partial(self.ground.trail.page, limit=limit, before=before, about=about)
        return await asyncio.to_thread(page)

    # -- who asks ----------------------------------------------------------------------------------------------

    async def caller(self, request: HTTPConnection) -> Caller | None:
        """Return whoever sends a request or opens a socket; None where nobody is known.

        An ``Authorization`` header counts alone where there is one. A session must also prove that no foreign page
        makes the browser send it.

        Raises:
            Trouble: 403, a foreign page may be behind it.
        """
        header = request.headers.get("authorization")
        if header is not None:
            return await self._bearer(header)
        secret = self.session_secret(request)
        if secret is None:
            return None
        found = await self.caller_by_session(secret)
        if found is not None:
            self._check_forgery(request, secret, found)
        return found

    def _check_forgery(self, request: HTTPConnection, secret: str, caller: Caller) -> None:
        try:
            cookies.check_forgery(request, secret, self.ground.origin)
        except Trouble as trouble:
            address = request.client.host if request.client else ""
            self.ground.trail.refused(caller.id, trouble.code, address=address)
            raise

    async def caller_by_session(self, secret: str) -> Caller | None:
        """Return whoever has a session."""
        return await self._looked_up(secret, self._by_session)

    def session_secret(self, request: HTTPConnection) -> str | None:
        """Return what a browser shows as its session."""
        return request.cookies.get(cookies.session_name(is_https=self.ground.is_https)) or None

    async def _bearer(self, header: str) -> Caller | None:
        scheme, _, shown = header.partition(" ")
        shown = shown.strip()
        if scheme.lower() != "bearer" or not shown or len(shown) > TOKEN_CHARS:
            return None
        if shown.startswith(PREFIX):
            return await self._looked_up(shown, self.keys.find)
        return await self._looked_up(shown, self.tokens.find) if shown.count(".") == JWT_DOTS else None

    async def _looked_up(self, shown: str, find: Find) -> Caller | None:
        known, now_s = self.ground.known, self.ground.now_s()
        if (caller := known.find(shown, now_s)) is not None:
            return caller
        generation = known.generation
        found = await self.ground.read(lambda connection: find(connection, shown))
        if found is None:
            return None
        caller, ends_s = found
        known.keep(shown, caller, min(ends_s, now_s + HOLDS_S), generation)
        return caller

    def _by_session(self, connection: Connection, secret: str) -> tuple[Caller, int] | None:
        session = self.sessions.find(connection, secret)
        if session is None:
            return None
        now_s, rights = self.ground.now_s(), rights_in(connection, session.person_id)
        needs = session.wants_step_up and now_s >= session.stepped_up_until_s
        caller = Caller(session.person_id, "person", session.name, rights, session.id, needs_step_up=needs)
        ends_s = session.ends_s if needs or not session.wants_step_up else session.stepped_up_until_s
        return caller, min(session.ends_s, ends_s)

    # -- shorter ways, for tests and for whoever starts the server -----------------------------------------------

    async def first_owner(self, *, name: str, email: str, password: str) -> Person:
        """Make the first owner; see `Entry.first_owner`."""
        person = await self.entry.first_owner(name=name, email=email, password=password)
        self.first_run.done()
        return person

    async def sign_in(self, email: str, password: str, code: str | None = None, visit: Visit | None = None) -> SignedIn:
        """Begin a session; see `Entry.sign_in`. Its ``cookies`` and ``headers`` are what a browser sends."""
        return await self.entry.sign_in(email, password, code, visit)

    async def issue_key(
        self, person_id: str, *, name: str = "key", scopes: Rights | None = None, lasts_s: int | None = None
    ) -> str:
        """Issue a key as a person and return it; without scopes it may do all that the person may.

        Send it as ``Authorization: Bearer ew_...``.
        """
        person = await self.people.find(person_id)
        rights = await self.ground.read(lambda connection: rights_in(connection, person_id))
        by = Caller(person.id, "person", person.name, rights)
        return (await self.keys.issue(by, name=name, scopes=scopes or rights, lasts_s=lasts_s)).secret


def _private_database(folder: Path) -> Path:
    """Return the path of the database; what SQLite lays beside it takes over who may read it."""
    path = (folder / "accounts.db").absolute()
    path.touch(mode=PRIVATE)
    path.chmod(PRIVATE)
    return path
