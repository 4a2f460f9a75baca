"""Deliveries: what the server's own sites have traded at a market is told to their site processes, which keep it.

What is told are the totals of a slot, so that telling them twice does no harm: it is told again until the site has
answered, and from time to time after that, for a site may have lost its store. A halt or a pause takes nothing back
that was traded; the site is told of it as a reason.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.run.venue import Venue
from enerwise.run.venue_book import SlotBook
from enerwise.run.venue_facts import Facts, Party
from enerwise.run.venue_words import EVERYBODY
from enerwise.serve.api.face import Desk, NoAnswer

AGAIN_NS: Final = 300_000_000_000
"""What a site has answered to is told again so much later."""
SILENT_NS: Final = 10_000_000_000
"""A site that does not answer is asked again so much later."""
LOG: Final = logging.getLogger("enerwise.market")
Place = tuple[str, str]
"""Site and slot."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One command to one site."""

    site: str
    slot: str
    command: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a site was told last, and when it is told again."""

    command: Mapping[str, Any]
    again_ns: int


@dataclass(eq=False)
class Deliveries:
    """What the sites of this server are told of one market."""

    facts: Facts
    desks: Mapping[str, Desk]
    """Sites of this server, by id."""
    _told: dict[Place, _Told] = field(default_factory=dict)
    _silent: set[str] = field(default_factory=set)

    def due(self, venue: Venue, at_ns: int) -> list[Delivery]:
        """Return what sites must be told now: trades in slots that are not over. In the market's thread."""
        found = list(deliveries(venue, self.desks, at_ns))
        places = {(each.site, each.slot) for each in found}
        self._told = {place: told for place, told in self._told.items() if place in places}
        return [each for each in found if self._is_due(each, at_ns)]

    def _is_due(self, delivery: Delivery, at_ns: int) -> bool:
        told = self._told.get((delivery.site, delivery.slot))
        return told is None or told.command != delivery.command or at_ns >= told.again_ns

    async def tell(self, due: list[Delivery], at_ns: int) -> None:
        """Tell sites, each at its own pace; who does not answer is told again."""
        sites = dict.fromkeys(each.site for each in due)
        await asyncio.gather(*(self._tell([each for each in due if each.site == site], at_ns) for site in sites))

    async def _tell(self, due: list[Delivery], at_ns: int) -> None:
        """Tell one site, the nearest slot first; once it is silent the rest waits."""
        for at, each in enumerate(due):
            rest = due[at:]
            try:
                answer = await self.desks[each.site].site_line.ask(each.command)
            except NoAnswer as error:
                self._say_silent(each, error)
                self._told |= {(item.site, item.slot): _Told(item.command, at_ns + SILENT_NS) for item in rest}
                return
            self._silent.discard(each.site)
            if not answer.get("ok"):
                LOG.warning("%s: %s does not take what it traded in %s: %s", self.facts.id, each.site, each.slot,
                            answer.get("why"))  # fmt: skip
            self._told[each.site, each.slot] = _Told(each.command, at_ns + AGAIN_NS)

    def _say_silent(self, delivery: Delivery, error: NoAnswer) -> None:
        if delivery.site not in self._silent:
            LOG.warning("%s: %s cannot be told what it traded: %s", self.facts.id, delivery.site, error)
        self._silent.add(delivery.site)


def deliveries(venue: Venue, desks: Mapping[str, Desk], at_ns: int) -> Iterator[Delivery]:
    """Yield what each site of this server has traded in slots that are not over, the nearest slot first."""
    parties = [
        (at, each) for at, each in enumerate(venue.facts.parties) if each.site is not None and each.site in desks
    ]
    books = [each for each in venue.books.values() if at_ns < venue.facts.ends_ns(each.slot)] if parties else []
    for book in sorted(books, key=lambda each: each.gate_ns):
        traded_wh, trade_count = _traded(book, len(venue.facts.parties))
        for number, party in parties:
            if trade_count[number]:
                command = _command(venue, book, number, party)
                totals = {"traded_wh": int(traded_wh[number]), "trade_count": int(trade_count[number])}
                yield Delivery(str(party.site), book.slot.id, command | totals)


def _command(venue: Venue, book: SlotBook, number: int, party: Party) -> dict[str, Any]:
    halts = [*venue.halts.of(EVERYBODY), *venue.halts.of(number)]
    return {
        "do": "traded",
        "who": "market",
        "market": venue.facts.id,
        "slot_start_utc": f"{book.slot.start_utc}Z",
        "length_s": book.slot.length_s,
        "reserve_ratio": 0.0 if party.bidding is None else party.bidding.reserve_ratio,
        "halted": halts[0].reason if halts else "",
    }


def _traded(book: SlotBook, party_count: int) -> tuple[IntArray, IntArray]:
    """Return what everybody has bought less sold, and of how many trades that is the sum. Shapes (participant,)

    In a pool, where nobody has a partner, orders that were filled count as trades.
    """
    who, filled_wh = book.orders["participant"], book.filled_wh
    net_wh = np.zeros(party_count, np.int64)
    np.add.at(net_wh, who, np.where(book.orders["is_buy"], filled_wh, -filled_wh))
    sides = [who[book.trades["buy"]], who[book.trades["sell"]]] if book.pooled is None else [who[filled_wh > 0]]
    return net_wh, np.bincount(np.concatenate(sides), minlength=party_count)
