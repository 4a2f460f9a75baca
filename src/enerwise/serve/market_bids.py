"""Bids of those for whom the server bids: its own sites by their plans, simulated neighbours by their strategies.

Each is a trader agent that looks at one picture of a slot; its order is narrowed to what its people allow, and goes to
the venue like everybody's: the guard's order side judges it, the journal keeps it, the ledger reserves for it. It is
sent when the slot comes near, and once more shortly before the gate where what is known has moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import numpy as np

from enerwise.agents.trader import MarketView
from enerwise.agents.trader_household import Household
from enerwise.core.intent import Order, Side
from enerwise.market.product import Slot
from enerwise.market.strategy import Strategy, strategy
from enerwise.run.venue import Venue
from enerwise.run.venue_book import Batch, SlotBook
from enerwise.run.venue_facts import Bidding, Facts
from enerwise.run.venue_words import Asked

S_NS: Final = 1_000_000_000
AGAIN_NS: Final = 30 * S_NS
"""How often bidders look."""
LAST_LOOK_NS: Final = 300 * S_NS
"""So long before the gate an order is put right."""
MOVED_RATIO: Final = 0.1
"""An order is put right where the energy has moved by more than this."""
AHEAD_NS: Final = 4 * 3600 * S_NS


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a slot for one participant."""

    view: MarketView
    sell_most_wh: float
    """What may be sold without going below the reserve. [Wh]"""


class Outlook(Protocol):
    """Whoever knows what a participant will need or have left."""

    def seen(self, slot: Slot, gate_ns: int, bidding: Bidding, at_ns: int) -> Seen | None:
        """Return what is known of a slot; None where that is not enough to bid."""
        ...


@dataclass(eq=False)
class Bidders:
    """Everybody for whom the server bids at one market."""

    facts: Facts
    outlooks: Mapping[str, Outlook]
    """By participant."""
    rng: np.random.Generator
    ahead_ns: int = AHEAD_NS
    """How far before its gate a slot is bid for."""
    _looked_ns: int = 0
    _ways: dict[str, Strategy] = field(default_factory=dict)

    def __call__(self, venue: Venue, at_ns: int) -> None:
        """Bid for the slots that are near; whoever is halted does not."""
        if at_ns - self._looked_ns < AGAIN_NS:
            return
        self._looked_ns = at_ns
        halted, asked = venue.halted(), list[Asked]()
        near = [each for each in self.facts.open_slots(at_ns) if self.facts.gate_ns(each) - at_ns <= self.ahead_ns]
        for number, party in enumerate(venue.facts.parties):
            outlook = self.outlooks.get(party.id)
            if outlook is None or party.bidding is None or halted[number]:
                continue
            for slot in near:
                asked += self._asked(venue, number, party.bidding, outlook, slot, at_ns)
        if asked:
            venue.take(asked, at_ns)

    def _asked(
        self, venue: Venue, number: int, bidding: Bidding, outlook: Outlook, slot: Slot, at_ns: int
    ) -> Sequence[Asked]:
        book, gate_ns = venue.books.get(slot.id), self.facts.gate_ns(slot)
        standing = _standing(book, number)
        is_last = gate_ns - at_ns <= LAST_LOOK_NS
        if standing is not None and not is_last:
            return ()
        seen = outlook.seen(slot, gate_ns, bidding, at_ns)
        order = None if seen is None else self.order(seen, bidding)
        if standing is not None:
            if order is not None and _is_alike(book, standing, order):
                return ()
            venue.take_out(slot.id, np.array([standing]), at_ns)
        return () if order is None else (_as_asked(number, slot, order, _count(book, number)),)

    def order(self, seen: Seen, bidding: Bidding) -> Order | None:
        """Return what the trader of a participant offers, within what its people allow; None for nothing."""
        way = self._ways.setdefault(bidding.strategy, strategy(bidding.strategy))
        made = Household(strategy=way).orders(seen.view, self.rng)
        return None if not made else narrowed(made[0], bidding, seen.sell_most_wh)


def narrowed(order: Order, bidding: Bidding, sell_most_wh: float) -> Order | None:
    """Return an order within the limits of whoever it is for; None where nothing is left of it."""
    if order.side is Side.BUY:
        cap = bidding.buy_cap_ueur_per_kwh
        return (
            order if cap is None else replace(order, limit_price_ueur_per_kwh=min(order.limit_price_ueur_per_kwh, cap))
        )
    floor, quantity_wh = bidding.sell_floor_ueur_per_kwh, int(min(order.quantity_wh, sell_most_wh))
    if quantity_wh < 1:
        return None
    price = order.limit_price_ueur_per_kwh if floor is None else max(order.limit_price_ueur_per_kwh, floor)
    return replace(order, quantity_wh=quantity_wh, limit_price_ueur_per_kwh=price)


def _standing(book: SlotBook | None, number: int) -> int | None:
    """Return the number of the order of a participant that stands; None where none does."""
    if book is None:
        return None
    found = np.flatnonzero(book.standing() & (book.orders["participant"] == number))
    return int(found[-1]) if found.size else None


def _is_alike(book: SlotBook | None, standing: int, order: Order) -> bool:
    """Tell whether an order that stands says what would be said now."""
    assert book is not None
    before_wh = int(book.orders["quantity_wh"][standing])
    is_buy = bool(book.orders["is_buy"][standing])
    return is_buy == (order.side is Side.BUY) and abs(order.quantity_wh - before_wh) <= MOVED_RATIO * before_wh


def _count(book: SlotBook | None, number: int) -> int:
    return 0 if book is None else int((book.orders["participant"] == number).sum())


def _as_asked(number: int, slot: Slot, order: Order, count: int) -> Asked:
    name = f"bid-{str(slot.start_utc)[:16].replace('-', '').replace(':', '')}-{count + 1}"
    batch = Batch(
        np.array([number], np.int64),
        [name],
        np.array([order.side is Side.BUY]),
        np.array([order.quantity_wh], np.int64),
        np.array([order.limit_price_ueur_per_kwh], np.int64),
    )
    return Asked(number, slot, batch)
