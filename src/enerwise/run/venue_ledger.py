"""What a venue books: deposits, what orders reserve and give back, and what a slot comes to."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.imbalance import ImbalancePrices
from enerwise.market.ledger import Kind, LedgerError, Transfer
from enerwise.market.money import summed
from enerwise.market.settle import BANK, Settlement, Slot, accounts, cash, reserves, settled
from enerwise.market.settle_pool import settled_in_pool
from enerwise.run.venue_book import SlotBook
from enerwise.run.venue_facts import SETTLE_WITHIN_NS, Facts, to_ns
from enerwise.run.venue_meters import closed
from enerwise.store.ledger import LedgerStore

CHUNK: Final = 2000
"""So many reserves are given back in one go, so that nobody waits long behind them."""


def open_accounts(ledger: LedgerStore, facts: Facts, at_ns: int) -> None:
    """Open the accounts of a market, and book what participants have brought in beyond what was booked before."""
    ledger.open_accounts(accounts(facts.names))
    brought: dict[str, int] = {}
    for each in ledger.entries(account=cash(BANK)):
        if each.transfer.id.startswith("deposit/"):
            brought[each.transfer.credit] = brought.get(each.transfer.credit, 0) + each.transfer.amount
    made = [
        Transfer(f"deposit/{each.id}/{each.deposit_ueur}", cash(BANK), cash(each.id), more)
        for each in facts.parties
        if (more := each.deposit_ueur - brought.get(cash(each.id), 0)) > 0
    ]
    booked(ledger, made, at_ns)


def free_ueur(ledger: LedgerStore, names: Sequence[str]) -> IntArray:
    """Return the money of participants that is there and not reserved. [micro-EUR], shape (name,)"""
    balances = ledger.balances()
    seen = (balances[cash(each)] for each in names)
    return np.array([each.credits - each.debits - each.debits_pending for each in seen], np.int64)


def ledger_slot(facts: Facts, book: SlotBook, numbers: IntArray | None = None) -> Slot:
    """Return a slot, or some of its orders, as the ledger knows it."""
    return Slot(book.slot.id, book.book(numbers), facts.names)


def end_ns(book: SlotBook) -> int:
    """Return when the delivery of a slot ends. [ns since 1970]"""
    return to_ns(book.slot.end_utc)


def reserve(ledger: LedgerStore, facts: Facts, book: SlotBook, numbers: IntArray, at_ns: int) -> None:
    """Reserve what orders need."""
    booked(ledger, _reserves(facts, book, numbers), at_ns)


def give_back(ledger: LedgerStore, facts: Facts, book: SlotBook, numbers: IntArray, at_ns: int) -> None:
    """Give back what orders have reserved that are gone and were not filled at all."""
    made = [
        Transfer(f"{each.id}/void", each.debit, each.credit, 0, Kind.VOID_PENDING, each.slot, each.id)
        for each in _reserves(facts, book, numbers)
    ]
    booked(ledger, made, at_ns)


def _reserves(facts: Facts, book: SlotBook, numbers: IntArray) -> list[Transfer]:
    return reserves(ledger_slot(facts, book, numbers), timeout_ns=end_ns(book) + SETTLE_WITHIN_NS)


def settlement(facts: Facts, book: SlotBook, waiting: dict[str, Transfer]) -> Settlement:
    """Return what a slot comes to; whoever has no accepted reading is posted nothing."""
    slot, orders = ledger_slot(facts, book), book.orders
    signed = np.where(orders["is_buy"], book.filled_wh, -book.filled_wh)
    traded = summed(orders["participant"], signed, len(facts.parties))
    metered, has_reading, refused = closed(facts, book, traded)
    book.refused |= refused
    known = (metered, prices(facts, book), waiting)
    if book.pooled is not None:
        return settled_in_pool(slot, book.pooled, *known, has_reading=has_reading)
    return settled(slot, book.all_trades(), *known, has_reading=has_reading)


def prices(facts: Facts, book: SlotBook) -> ImbalancePrices:
    """Return what deviations of a slot are settled at; its own price is the mean over what was traded."""
    spot = facts.balancing.spot_ueur_per_kwh
    energy, price = (each.tolist() for each in book.bought())
    worth = sum(wh * each for wh, each in zip(energy, price, strict=True))
    mean = worth // sum(energy) if energy else spot
    return ImbalancePrices(spot, mean, facts.balancing.margin_ueur_per_kwh)


def booked(ledger: LedgerStore, transfers: Sequence[Transfer], at_ns: int) -> None:
    """Book transfers that cannot be refused.

    Raises:
        LedgerError: One was; that would be a mistake of ours.
        StoreError: They could not be written.
    """
    if not transfers:
        return
    told = ledger.submit(transfers, at_ns)
    refused = [(each.id, why) for each, why in zip(transfers, told, strict=True) if not why.is_done]
    if refused:
        raise LedgerError(f"the ledger refused {len(refused)} transfers, the first {refused[0][0]}: {refused[0][1]}")


def close(ledger: LedgerStore, slot: str, made: Settlement, at_ns: int) -> None:
    """Book what a slot comes to, and let nothing more happen in it."""
    booked(ledger, made.transfers, at_ns)
    ledger.close_slot(slot, at_ns)
