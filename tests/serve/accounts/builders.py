"""Accounts that stand in a moment: cheap passwords, a clock that jumps, an owner.

With ``ENERWISE_TEST_POSTGRES`` (an address such as ``postgresql+psycopg://...``) all these tests run on PostgreSQL, in
a schema of its own for each folder.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

import httpx
import numpy as np
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import create_engine
from sqlalchemy.schema import CreateSchema

from enerwise.core.time import VirtualClock, instant
from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.accounts.entry import SignedIn
from enerwise.serve.api.access import Action, Caller
from enerwise.serve.api.app import make_app
from enerwise.serve.api.face import Face

ORIGIN: Final = "http://localhost:8600"
EMAIL: Final = "ada@example.org"
PASSWORD: Final = "a short sentence of hers"
CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
APPS: Final = WeakKeyDictionary[Accounts, FastAPI]()
"""One for each: the first request of an application costs much."""
SITES: Final = ("home", "shed", "mill")


def a_clock() -> VirtualClock:
    """Return a clock at a fixed moment."""
    return VirtualClock(instant("2026-05-14T12:00Z"))


def later(clock: VirtualClock, seconds: float) -> None:
    """Let time pass."""
    clock.jump_to(clock.now() + np.timedelta64(int(seconds * 1000), "ms"))


@contextmanager
def open_accounts(
    folder: Path, clock: VirtualClock | None = None, *, origin: str = ORIGIN, is_demo: bool = False
) -> Iterator[Accounts]:
    """Open accounts and close them again."""
    accounts = Accounts.open(
        folder / "accounts",
        clock or a_clock(),
        origin=origin,
        site_ids=SITES,
        is_demo=is_demo,
        hasher=CHEAP,
        url=database_url(folder),
    )
    try:
        yield accounts
    finally:
        accounts.close()


def database_url(folder: Path) -> str | None:
    """Return the address of a database of its own for a folder; None for the file in it."""
    server = os.environ.get("ENERWISE_TEST_POSTGRES")
    if not server:
        return None
    schema = f"t{sha256(str(folder).encode()).hexdigest()[:20]}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(CreateSchema(schema, if_not_exists=True))
    engine.dispose()
    return f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"


async def an_owner(accounts: Accounts) -> SignedIn:
    """Make the first owner and sign in."""
    await accounts.first_owner(name="Ada", email=EMAIL, password=PASSWORD)
    return await accounts.sign_in(EMAIL, PASSWORD)


def as_owner(signed_in: SignedIn) -> Caller:
    """Return an owner as a caller."""
    return Caller(signed_in.person.id, "person", signed_in.person.name, {"*": frozenset(Action)})


@asynccontextmanager
async def a_client(accounts: Accounts, signed_in: SignedIn | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Speak to an application that shows no site, as a browser of somebody, or of nobody."""
    if accounts not in APPS:
        face = Face({}, accounts, accounts.ground.clock, accounts.folder, origin=accounts.ground.origin)
        APPS[accounts] = make_app(face)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(APPS[accounts]),
        base_url=accounts.ground.origin,
        cookies=signed_in.cookies if signed_in else None,
        headers=signed_in.headers if signed_in else None,
    )
    async with client:
        yield client
