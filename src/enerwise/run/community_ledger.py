"""A slot of a community in the ledger: reserves with the orders, and everything that was metered and owed at its end.

Orders reserve as in any market (`enerwise.market.settle`). After the slot what meters recognise of the trades is
drawn, the rest given back, and three things are booked for each home: the trade with neighbours, what it owes for not
having kept to it, and what is between it and the supplier. Its energy account then shows what its meter counted, and
its money account what it has paid, to the last Wh and micro-euro. Homes are billed and need no deposit.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from enerwise.core.errors import StoreError
from enerwise.core.units import IntArray
from enerwise.market.book import Book
from enerwise.market.clearing import GRID
from enerwise.market.ledger import Account, Kind, Transfer
from enerwise.market.settle import BALANCING, ESCROW, Slot, accounts, cash, energy, reserves
from enerwise.run.community import BALANCING as DEVIATION
from enerwise.run.community import MARKET, SUPPLIER
from enerwise.run.community import Slot as Played
from enerwise.store.ledger import ClosedSlot, LedgerStore

NO_BOOK: Final = Book.of([])


def open_accounts(ledger: LedgerStore, homes: Sequence[str]) -> None:
    """Open the accounts of a community; money of homes may be owed, for they are billed."""
    ledger.open_accounts([Account(each.id, each.unit) for each in accounts(homes)])


def keep(ledger: LedgerStore, name: str, homes: Sequence[str], played: Played, at_ns: int) -> ClosedSlot:
    """Book a slot and close it; doing so again books nothing twice.

    Args:
        ledger: Where it is kept.
        name: Of the slot, unlike any other.
        homes: Names, as their accounts have them.
        played: What came of it.
        at_ns: When. [ns since 1970]

    Raises:
        StoreError: A transfer was refused, which would be a mistake of ours.
    """
    slot = Slot(name, played.traded.book if played.traded else NO_BOOK, homes)
    _submit(ledger, reserves(slot), at_ns)
    _submit(ledger, [*_drawn(slot, played, list(ledger.waiting(name).values())), *_booked(slot, played)], at_ns)
    return ledger.close_slot(name, at_ns)


def _submit(ledger: LedgerStore, transfers: Sequence[Transfer], at_ns: int) -> None:
    told = ledger.submit(transfers, at_ns)
    refused = [(each.id, why) for each, why in zip(transfers, told, strict=True) if not why.is_done]
    if refused:
        raise StoreError(f"the ledger refused {len(refused)} transfers, the first {refused[0][0]}: {refused[0][1]}")


def _drawn(slot: Slot, played: Played, waiting: Sequence[Transfer]) -> Iterator[Transfer]:
    """Draw what trades cost and what was delivered into the escrow, and give the rest back."""
    recognised_wh = played.traded_wh + played.deviation_wh
    home = {int(number): int(who) for number, who in zip(slot.book.id, slot.book.participant, strict=True)}
    for each in waiting:
        what, number = each.id.split("/")[-2:]
        column = played.paid_ueur[MARKET] if what == "money" else -recognised_wh
        due = max(0, int(column[home[int(number)]]))
        kind = Kind.POST_PENDING if due else Kind.VOID_PENDING
        yield Transfer(slot.id(f"{what}-drawn", number), each.debit, each.credit, due, kind, slot.name, each.id)


def _booked(slot: Slot, played: Played) -> Iterator[Transfer]:
    """Hand on what is in the escrow, and book what is between homes, balancing party and supplier."""
    recognised_wh = played.traded_wh + played.deviation_wh
    taken_wh, earned_ueur = np.maximum(recognised_wh, 0), np.minimum(played.paid_ueur[MARKET], 0)
    yield from _rows(slot, "delivered", energy(ESCROW), energy, taken_wh)
    yield from _rows(slot, "earned", cash(ESCROW), cash, -earned_ueur)
    yield from _rows(slot, "deviation", cash(BALANCING), cash, -played.paid_ueur[DEVIATION])
    yield from _rows(slot, "grid-energy", energy(GRID), energy, played.grid_wh)
    yield from _rows(slot, "grid-money", cash(GRID), cash, -played.paid_ueur[SUPPLIER])
    named_wh = dict(played.traded.clearing.accounts_wh) if played.traded else {}
    named_ueur = dict(played.traded.payments.accounts_ueur) if played.traded else {}
    # What sellers did not deliver the balancing party gives, what buyers did not take it takes.
    named_wh[BALANCING] = named_wh.get(BALANCING, 0) - int(recognised_wh.sum()) - sum(named_wh.values())
    for name, wh in named_wh.items():
        yield from _moved(slot, f"escrow-energy/{name}", energy(ESCROW), energy(name), wh)
    for name, ueur in named_ueur.items():
        yield from _moved(slot, f"escrow-money/{name}", cash(ESCROW), cash(name), -ueur)


def _rows(slot: Slot, what: str, source: str, purse: Callable[[str], str], amount: IntArray) -> Iterator[Transfer]:
    """Move an amount of either sign to each home that has one."""
    for number in np.flatnonzero(amount):
        who = slot.participants[int(number)]
        yield from _moved(slot, f"{what}/{who}", source, purse(who), int(amount[number]))


def _moved(slot: Slot, what: str, debit: str, credit: str, amount: int) -> Iterator[Transfer]:
    if amount:
        pair = (debit, credit) if amount > 0 else (credit, debit)
        yield Transfer(f"{slot.name}/{what}", *pair, abs(amount), slot=slot.name)
