"""What all outside providers have in common: browsers that leave and come back, and who somebody is here.

Nobody comes in whom an owner has not added before: a person is found by the link made the first time, and then by an
e-mail that the provider vouches for.
"""

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, insert, select

from enerwise.core.errors import EnerwiseError
from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.tables import LINKS, PEOPLE
from enerwise.serve.accounts.vault import VaultError
from enerwise.serve.api.problems import Trouble

WAY_S: Final = 600
LEEWAY_S: Final = 60
NAME_CHARS: Final = 250


class OutsideError(EnerwiseError):
    """The file that names an outside provider is wrong."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A browser that leaves for the provider."""

    address: str
    sealed: str
    """What it must bring back, for a cookie."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person who came back."""

    person_id: str
    onward: str
    """Path of ours to go to."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider says about somebody."""

    issuer: str
    subject: str
    """Its own lasting name for that person."""
    email: str
    """One that it vouches for; empty where there is none."""


def seal_way(ground: Ground, place: str, facts: dict[str, Any], onward: str) -> str:
    """Return what a browser takes along and brings back, unreadable to everybody else."""
    kept = {**facts, "onward": own_path(onward), "ends": ground.now_s() + WAY_S}
    return ground.vault.seal(json.dumps(kept).encode(), place)


def open_sealed(ground: Ground, place: str, sealed: str) -> dict[str, Any]:
    """Return what a browser brings back.

    Raises:
        Trouble: 401, it did not leave from here, or too long ago.
    """
    try:
        kept: dict[str, Any] = json.loads(ground.vault.open(sealed, place))
    except VaultError:
        raise refused("this browser did not leave from here; begin again") from None
    if ground.now_s() >= kept["ends"]:
        raise refused("that took too long; begin again")
    return kept


async def arrived(ground: Ground, vouched: Vouched, onward: str) -> Arrival:
    """Return who came back.

    Raises:
        Trouble: 403, nobody here is known by what the provider says.
    """
    person_id = await ground.change(lambda connection: known_as(connection, vouched, ground.now_s()))
    if person_id is None:
        ground.trail.refused("unknown", "outside provider")
        raise Trouble(403, "unknown-person", "nobody here has this e-mail; ask an owner to add you")
    return Arrival(person_id, onward)


def known_as(connection: Connection, vouched: Vouched, now_s: int) -> str | None:
    """Return who that is here, and link him the first time; None where nobody is known by it."""
    if not vouched.subject:
        return None
    live = select(PEOPLE.c.id).where(PEOPLE.c.disabled_at.is_(None), PEOPLE.c.erased_at.is_(None))
    linked = live.join(LINKS, LINKS.c.person_id == PEOPLE.c.id)
    mine = linked.where(LINKS.c.issuer == vouched.issuer, LINKS.c.subject == vouched.subject)
    if (found := connection.execute(mine).scalar()) is not None:
        return str(found)
    email = vouched.email.strip().lower()
    found = connection.execute(live.where(PEOPLE.c.email == email)).scalar() if email else None
    others = select(LINKS.c.subject).where(LINKS.c.issuer == vouched.issuer, LINKS.c.person_id == found)
    # An e-mail that the provider has given to somebody else since does not open the account of its first owner.
    if found is None or connection.execute(others).first() is not None:
        return None
    facts = {"issuer": vouched.issuer, "subject": vouched.subject, "person_id": found}
    connection.execute(insert(LINKS).values(**facts, made_at=now_s))
    return str(found)


def own_path(path: str) -> str:
    """Return a path of our own page to go on to; anything else becomes the first page."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if is_own else "/"


def is_safe(address: str) -> bool:
    """Tell whether nobody on the way can read or change what is sent to an address."""
    parts = urlsplit(address)
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_here))


def refused(told: str) -> Trouble:
    """Say that a provider's word does not hold."""
    return Trouble(401, "outside-refused", told)
