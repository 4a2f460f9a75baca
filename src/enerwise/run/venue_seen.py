"""What a venue shows: slots, the sum of orders at each price, trades, and where one participant stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.market import surveillance
from enerwise.market.clearing import payments
from enerwise.run.venue_book import CANCELLED, SlotBook, State
from enerwise.run.venue_facts import Facts
from enerwise.run.venue_ledger import prices

LEVELS_MOST: Final = 200


def slot_facts(facts: Facts, book: SlotBook) -> dict[str, Any]:
    """Return what everybody may know of a slot."""
    energy, price = book.bought()
    is_traded = energy.size > 0
    return {
        "slot": book.slot.id,
        "state": book.state.value,
        "order_count": book.orders.count,
        "trade_count": int(energy.size),
        "traded_wh": int(energy.sum()),
        "mean_price_ueur_per_kwh": prices(facts, book).slot_ueur_per_kwh if is_traded else None,
        "lowest_price_ueur_per_kwh": int(price.min()) if is_traded else None,
        "highest_price_ueur_per_kwh": int(price.max()) if is_traded else None,
        "unread_count": unread_count(book),
        "area_price_ueur_per_kwh": area_prices(facts, book),
    }


def trade_facts(book: SlotBook, rows: slice) -> dict[str, Any]:
    """Return trades as everybody may know them: by numbers of orders, without names."""
    told = {name: book.trades[name][rows].copy() for name in ("buy", "sell", "quantity_wh")}
    price = book.trades["buy_price_ueur_per_kwh"][rows].copy()
    return {"slot": book.slot.id, "number": np.arange(rows.start, rows.stop), **told, "price_ueur_per_kwh": price}


def levels(book: SlotBook, *, is_buy: bool) -> tuple[IntArray, IntArray, IntArray]:
    """Return price, energy and number of orders that stand on one side, the best price first."""
    rows = np.flatnonzero(book.standing() & (book.orders["is_buy"] == is_buy))
    price, at = np.unique(book.orders["price_ueur_per_kwh"][rows], return_inverse=True)
    energy = np.zeros(price.size, np.int64)
    np.add.at(energy, at, book.orders["left_wh"][rows])
    count = np.bincount(at, minlength=price.size)
    best = slice(None, None, -1) if is_buy else slice(None)
    return price[best][:LEVELS_MOST], energy[best][:LEVELS_MOST], count[best][:LEVELS_MOST]


def states(book: SlotBook, numbers: IntArray) -> list[str]:
    """Return for orders ``open``, ``filled``, ``part`` (over, and filled in part), ``cancelled`` or ``over``."""
    orders = book.orders
    left, whole = orders["left_wh"][numbers], orders["quantity_wh"][numbers]
    stands, gone = book.standing()[numbers], orders["gone"][numbers]
    told = np.select(
        [left == 0, stands, left < whole, gone == CANCELLED], ["filled", "open", "part", "cancelled"], "over"
    )
    return [str(each) for each in told]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a participant stands in one slot. [Wh], [micro-EUR]"""

    slot: str
    state: State
    bought_wh: int
    sold_wh: int
    open_buy_wh: int
    open_sell_wh: int
    agreed_ueur: int
    """What was agreed for what was traded: paid, below zero received."""
    recognised_wh: int | None = None
    """From here on only of settled slots: bought less sold as both meters of each trade show it."""
    deviation_wh: int | None = None
    paid_ueur: int | None = None
    deviation_ueur: int | None = None
    is_unread: bool = False
    """No reading was accepted: what was traded is void, and nothing is posted."""
    refused: str = ""
    """Why the last reading was refused, where none was accepted."""


def position(book: SlotBook, party: int) -> Position:
    """Return where a participant stands in a slot."""
    orders, settled = book.orders, book.settlement
    own = orders["participant"] == party
    filled = np.where(own, book.filled_wh, 0)
    open_wh = np.where(book.standing() & own, orders["left_wh"], 0)
    names = ("recognised_wh", "deviation_wh", "paid_ueur", "deviation_ueur")
    told: dict[str, Any] = {name: int(getattr(settled, name)[party]) for name in names} if settled else {}
    return Position(
        book.slot.id,
        book.state,
        int(filled[orders["is_buy"]].sum()),
        int(filled[~orders["is_buy"]].sum()),
        int(open_wh[orders["is_buy"]].sum()),
        int(open_wh[~orders["is_buy"]].sum()),
        _agreed_ueur(book, own),
        **told,
        is_unread=settled is not None and not settled.is_known[party],
        refused=book.refused[party].name.lower() if party in book.refused else "",
    )


def _agreed_ueur(book: SlotBook, own: BoolArray) -> int:
    """Return what somebody pays for what was traded; received below zero."""
    if book.pooled is not None:
        seen, party = book.book(), book.orders["participant"][own]
        paid = payments(seen, book.pooled).participant_ueur
        return int(paid[party[0]]) if party.size else 0
    trades = book.trades
    bought, sold, energy = own[trades["buy"]], own[trades["sell"]], trades["quantity_wh"]
    paid_ueur = _worth(energy[bought], trades["buy_price_ueur_per_kwh"][bought])
    return paid_ueur - _worth(energy[sold], trades["sell_price_ueur_per_kwh"][sold])


def area_prices(facts: Facts, book: SlotBook) -> dict[str, int]:
    """Return the price of each area by its name, where the rule has one for each. [micro-EUR/kWh]"""
    told = None if book.pooled is None else book.pooled.area_price_ueur_per_kwh
    return {} if told is None else dict(zip(facts.areas, told.tolist(), strict=False))


def _worth(energy_wh: IntArray, price: IntArray) -> int:
    """Return what trades come to, each rounded toward zero as the ledger does."""
    products = (wh * each for wh, each in zip(energy_wh.tolist(), price.tolist(), strict=True))
    return sum(each // 1000 if each >= 0 else -(-each // 1000) for each in products)


def look_over(
    facts: Facts, book: SlotBook, watch: surveillance.Watch, *, newest: int | None = None
) -> Sequence[surveillance.Finding]:
    """Return what a supervisor sees in a slot, in all of it or among its newest orders."""
    owners = {name: at for at, name in enumerate(dict.fromkeys(each.owner for each in facts.parties))}
    owner = np.array([owners[each.owner] for each in facts.parties], np.int64)
    first = 0 if newest is None else max(0, book.orders.count - newest)
    rows = (book.trades["buy"] >= first) & (book.trades["sell"] >= first)
    orders = {name: book.orders[name][first:] for name in ("participant", "is_buy", "quantity_wh", "came_ns")}
    trades = {name: book.trades[name][rows] for name in ("buy", "sell", "quantity_wh", "at_ns")}
    tape = surveillance.Tape(
        **orders,
        gone_ns=np.where(book.orders["gone"] == CANCELLED, book.orders["gone_ns"], 0)[first:],
        buy=trades["buy"] - first,
        sell=trades["sell"] - first,
        traded_wh=trades["quantity_wh"],
        price_ueur_per_kwh=book.trades["buy_price_ueur_per_kwh"][rows],
        traded_ns=trades["at_ns"],
    )
    return surveillance.look_over(tape, owner, watch)


def unread_count(book: SlotBook) -> int:
    """Return how many have traded in a settled slot and have no accepted reading: nothing is posted for them."""
    if book.settlement is None:
        return 0
    took_part = np.zeros(book.settlement.is_known.size, np.bool_)
    took_part[book.orders["participant"][book.filled_wh > 0]] = True
    return int((took_part & ~book.settlement.is_known).sum())
