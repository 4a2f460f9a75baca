"""Signing in by a provider of SAML: browsers leave with a request, and come back with an answer that is signed.

The answer comes with a form from another site, so that the browser brings no cookie of ours along. It is believed and
used up there, and becomes a ticket for a minute; the next step, on our own site, sees the cookie, and lets in only the
browser that had left with the very request that was answered.
"""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, delete, insert, select

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import hash_of
from enerwise.serve.accounts.outsiders import (
    Arrival,
    Departure,
    OutsideError,
    Vouched,
    arrived,
    open_sealed,
    refused,
    seal_way,
)
from enerwise.serve.accounts.saml.provider import FILE, Provider, read_provider
from enerwise.serve.accounts.tables import USED
from enerwise.serve.api.problems import Trouble
from enerwise.serve.logs import log

if TYPE_CHECKING:
    from enerwise.serve.accounts.saml.words import Words

ROOT: Final = "/api/v1/auth/saml"
ENTITY: Final = f"{ROOT}/metadata"
RECEIVES: Final = f"{ROOT}/acs"
WAY: Final = "saml way"
TICKET: Final = "saml ticket"
TICKET_S: Final = 60


class Saml:
    """Sends browsers to the provider, and takes them back."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        """Read the file; the libraries are needed only where there is one.

        Raises:
            OutsideError: The file is wrong, or the extra ``saml`` is missing.
            NotPrivate: Others may read it.
        """
        self._ground = ground
        self.provider = read_provider(folder / FILE, ground)
        self._words = _words(self.provider, ground.origin) if self.provider else None

    def depart(self, onward: str) -> Departure:
        """Return where a browser goes, and what it must bring back.

        Raises:
            Trouble: 404, there is no provider.
        """
        request_id, address = self._spoken().request()
        return Departure(address, seal_way(self._ground, WAY, {"request": request_id}, onward))

    def metadata(self) -> bytes:
        """Return what the provider needs to know about us, as XML.

        Raises:
            Trouble: 404, there is no provider.
        """
        return self._spoken().metadata()

    async def receive(self, shown: str) -> str:
        """Believe an answer, once, and return the ticket for it.

        Raises:
            Trouble: 401, it does not hold, or was used; 404, there is no provider.
        """
        # Imported already: without a provider nobody comes this far.
        words, now_s = self._spoken(), self._ground.now_s()
        from enerwise.serve.accounts.saml.words import NotBelieved

        try:
            answer = await asyncio.to_thread(words.answer, shown, now_s)
        except NotBelieved as why:
            raise self._refused(str(why)) from None
        if not await self._use_up(f"answer {answer.id}", answer.ends_s):
            raise self._refused("it was used before")
        facts = {**asdict(answer), "ends": now_s + TICKET_S}
        return self._ground.vault.seal(json.dumps(facts).encode(), TICKET)

    async def arrive(self, sealed: str, ticket: str) -> Arrival:
        """Take a browser back and return who came.

        Raises:
            Trouble: 401, it is not the browser that left, or too late; 403, nobody here is known by the answer; 404,
                there is no provider.
        """
        self._spoken()
        kept, told = open_sealed(self._ground, WAY, sealed), open_sealed(self._ground, TICKET, ticket)
        if kept["request"] != told["request_id"]:
            raise self._refused("another browser had asked")
        if not await self._use_up(f"request {kept['request']}", int(kept["ends"])):
            raise self._refused("its request was answered before")
        return await arrived(self._ground, self._vouched(told), str(kept["onward"]))

    def _vouched(self, told: dict[str, Any]) -> Vouched:
        assert self.provider is not None
        # Its names are of another kind than those it may give by OpenID Connect.
        return Vouched(f"saml {self.provider.issuer}", str(told["subject"]), str(told["email"]))

    async def _use_up(self, what: str, ends_s: int) -> bool:
        """Tell whether something is used for the first time; it is remembered as long as it would count."""
        mark, now_s = hash_of(f"saml {what}"), self._ground.now_s()

        def work(connection: Connection) -> bool:
            connection.execute(delete(USED).where(USED.c.ends_at <= now_s))
            if connection.execute(select(USED.c.hash).where(USED.c.hash == mark)).first() is not None:
                return False
            connection.execute(insert(USED).values(hash=mark, ends_at=ends_s))
            return True

        return await self._ground.read(work)

    def _refused(self, why: str) -> Trouble:
        log().warning("saml", why=why[:200])
        self._ground.trail.refused("unknown", "outside provider")
        return refused("the provider's word does not hold here; begin again")

    def _spoken(self) -> "Words":
        if self._words is None:
            raise Trouble(404, "no-provider", f"no provider of SAML is named; an owner writes one into {FILE}")
        return self._words


def _words(provider: Provider, origin: str) -> "Words":
    try:
        from enerwise.serve.accounts.saml.words import Words
    except Exception as error:
        # Not only an ImportError: xmlsec raises one of its own beside an lxml with another libxml2.
        told = f"{FILE} asks for SAML, whose libraries are missing or do not fit: {error}"
        raise OutsideError(f"{told}; pip install 'enerwise[saml]', or remove the file") from None
    return Words(provider, origin + ENTITY, origin + RECEIVES)
