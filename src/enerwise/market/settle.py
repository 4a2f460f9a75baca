"""Settling: orders, trades and meters become transfers of the ledger, whole and exact.

An accepted order reserves: the buyer what it may cost at most, the seller the energy, and, below price zero, the money.
When meters have spoken, what both sides of a trade can show is posted, what is left of the reserves is given back, and
what a meter counts beyond is settled with the balancing party. Ids follow from market, slot and order, so that settling
again, after whatever happened, books nothing twice.

Accounts: ``cash:`` and ``energy:`` before a participant or a named account; ``owed:`` is what a participant owes beyond
what was reserved. ``escrow`` is empty again after each slot.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.allocate import Rule, recognised_wh
from enerwise.market.book import Book
from enerwise.market.clearing import ACCOUNTS, SURPLUS, Clearing, Trades, payments
from enerwise.market.imbalance import ImbalancePrices, deviation_ueur
from enerwise.market.ledger import Account, Kind, Transfer, Unit
from enerwise.market.money import amount_ueur, summed

ESCROW: Final = "escrow"
BALANCING: Final = "balancing"
BANK: Final = "bank"
"""Where deposits come from; a unit of it is owed by whoever runs the market."""


def cash(name: str) -> str:
    """Return the account of somebody's money."""
    return f"cash:{name}"


def energy(name: str) -> str:
    """Return the account of somebody's energy."""
    return f"energy:{name}"


def owed(name: str) -> str:
    """Return the account of what somebody owes for deviations: it may be overdrawn, for a meter asks nobody first."""
    return f"owed:{name}"


def accounts(participants: Sequence[str]) -> list[Account]:
    """Return the accounts of a market: money of participants is never overdrawn, energy is what nature gives."""
    named = (ESCROW, BALANCING, BANK, *ACCOUNTS)
    return [
        *(Account(cash(each), Unit.UEUR, has_no_overdraft=True) for each in participants),
        *(Account(energy(each), Unit.WH) for each in participants),
        *(Account(owed(each), Unit.UEUR) for each in participants),
        *(Account(cash(each), Unit.UEUR) for each in named),
        *(Account(energy(each), Unit.WH) for each in named),
    ]


@dataclass(frozen=True, slots=True)
class Slot:
    """What is settled: one slot of one market, and who stands behind the numbers of its book."""

    name: str
    book: Book
    participants: Sequence[str]

    def who(self, row: int) -> str:
        return self.participants[int(self.book.participant[row])]

    def id(self, what: str, number: object) -> str:
        return f"{self.name}/{what}/{number}"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is posted for a slot, and the figures of everybody. Shapes (participant,)"""

    transfers: tuple[Transfer, ...]
    traded_wh: IntArray
    """Bought less sold, as it was agreed. [Wh]"""
    recognised_wh: IntArray
    """Bought less sold, as meters show it. [Wh]"""
    deviation_wh: IntArray
    """What a meter counts beyond; above zero taken. [Wh]"""
    paid_ueur: IntArray
    """For what is recognised. [micro-EUR]"""
    deviation_ueur: IntArray


def reserves(slot: Slot, *, timeout_ns: int = 0) -> list[Transfer]:
    """Return what accepted orders reserve; energy and money of one order are linked.

    Args:
        slot: The orders.
        timeout_ns: When a reserve is over where nobody settles. [ns since 1970]
    """
    most = amount_ueur(slot.book.quantity_wh, np.where(slot.book.is_buy, 1, -1) * slot.book.price_ueur_per_kwh)
    made = list[Transfer]()
    for row in range(len(slot.book)):
        who, number, is_buy = slot.who(row), int(slot.book.id[row]), bool(slot.book.is_buy[row])
        money = int(most[row])
        if money > 0:
            made.append(_pend(slot, "money", number, cash(who), cash(ESCROW), money, timeout_ns, is_linked=not is_buy))
        if not is_buy:
            wh = int(slot.book.quantity_wh[row])
            made.append(_pend(slot, "energy", number, energy(who), energy(ESCROW), wh, timeout_ns))
    return made


def _pend(
    slot: Slot,
    what: str,
    number: int,
    debit: str,
    credit: str,
    amount: int,
    timeout_ns: int,
    *,
    is_linked: bool = False,
) -> Transfer:
    return Transfer(
        slot.id(what, number), debit, credit, amount, Kind.PEND, slot.name, timeout_ns=timeout_ns, is_linked=is_linked
    )


def settled(
    slot: Slot,
    trades: Trades,
    metered_wh: IntArray,
    prices: ImbalancePrices,
    waiting: Mapping[str, Transfer],
    *,
    rule: Rule = Rule.FIFO,
) -> Settlement:
    """Return everything that is posted for a slot.

    Args:
        slot: The orders.
        trades: What was agreed.
        metered_wh: What each participant's meter counts: above zero taken in, below zero sent out. Shape (participant,)
        prices: For what was not agreed.
        waiting: What is reserved for the slot, by id.
        rule: How a meter that counts less is dealt to trades.
    """
    book, count = slot.book, len(slot.participants)
    seller, buyer = book.participant[trades.sell], book.participant[trades.buy]
    pushed, pulled = np.maximum(-metered_wh, 0), np.maximum(metered_wh, 0)
    known = recognised_wh(seller, buyer, trades.quantity_wh, pushed, pulled, rule)
    paid, got = amount_ueur(known, trades.buy_price_ueur_per_kwh), amount_ueur(known, trades.sell_price_ueur_per_kwh)
    net = summed(buyer, known, count) - summed(seller, known, count)
    traded = summed(buyer, trades.quantity_wh, count) - summed(seller, trades.quantity_wh, count)
    deviation = metered_wh - net
    fine = deviation_ueur(deviation, prices)
    transfers = [
        *_drawn(slot, trades, known, paid, got, waiting),
        *_handed_on(slot, trades, known, paid, got),
        *_balanced(slot, deviation, fine, prices),
    ]
    money = summed(buyer, paid, count) - summed(seller, got, count)
    return Settlement(tuple(transfers), traded, net, deviation, money, fine)


def settled_with_pool(slot: Slot, clearing: Clearing) -> tuple[Transfer, ...]:
    """Return what is posted where a rule without pairs has cleared what meters have counted already.

    Everybody trades with the escrow, and so do the named accounts; payers owe, for nothing was reserved.
    """
    count, book = len(slot.participants), slot.book
    taken = summed(book.participant, np.where(book.is_buy, clearing.filled_wh, -clearing.filled_wh), count)
    paid = payments(book, clearing)
    made = list[Transfer]()
    for number, who in enumerate(slot.participants):
        money = int(paid.participant_ueur[number]) if number < paid.participant_ueur.size else 0
        made += _with_escrow(slot, "pool", who, int(taken[number]), money, owed(who) if money > 0 else cash(who))
    for name in ACCOUNTS:
        wh, money = clearing.accounts_wh.get(name, 0), paid.accounts_ueur.get(name, 0)
        made += _with_escrow(slot, "pool", name, wh, money, cash(name))
    return tuple(made)


def _with_escrow(slot: Slot, what: str, who: str, taken_wh: int, paid_ueur: int, purse: str) -> Iterator[Transfer]:
    if taken_wh:
        yield _moved(slot, f"{what}-energy", who, energy(ESCROW), energy(who), taken_wh)
    if paid_ueur:
        yield _moved(slot, f"{what}-money", who, purse, cash(ESCROW), paid_ueur)


def _drawn(
    slot: Slot, trades: Trades, known: IntArray, paid: IntArray, got: IntArray, waiting: Mapping[str, Transfer]
) -> Iterator[Transfer]:
    """Draw what was reserved into the escrow, and give the rest back."""
    count, rows = len(slot.book), {int(number): row for row, number in enumerate(slot.book.id)}
    money = np.maximum(summed(trades.buy, np.maximum(paid, 0), count), summed(trades.sell, np.maximum(-got, 0), count))
    wh = summed(trades.sell, known, count)
    for transfer in waiting.values():
        what, number = transfer.id.split("/")[-2:]
        row = rows[int(number)]
        due = int(money[row] if what == "money" else wh[row])
        kind = Kind.POST_PENDING if due else Kind.VOID_PENDING
        name = slot.id(f"{what}-{'drawn' if due else 'void'}", number)
        yield Transfer(name, transfer.debit, transfer.credit, due, kind, slot.name, transfer.id)


def _handed_on(slot: Slot, trades: Trades, known: IntArray, paid: IntArray, got: IntArray) -> Iterator[Transfer]:
    """Hand on from the escrow what was drawn: energy to buyers, money to sellers, below price zero to buyers."""
    for at in np.flatnonzero(known > 0):
        buyer, seller = slot.who(int(trades.buy[at])), slot.who(int(trades.sell[at]))
        yield _post(slot, "delivered", at, energy(ESCROW), energy(buyer), int(known[at]))
        spread = int(paid[at] - got[at])
        if got[at] > 0:
            yield _post(slot, "earned", at, cash(ESCROW), cash(seller), int(got[at]))
        if paid[at] < 0:
            yield _post(slot, "refunded", at, cash(ESCROW), cash(buyer), -int(paid[at]))
        if spread > 0:
            yield _post(slot, "spread", at, cash(ESCROW), cash(SURPLUS), spread)


def _balanced(slot: Slot, deviation: IntArray, fine: IntArray, prices: ImbalancePrices) -> Iterator[Transfer]:
    """Settle what was not agreed with the balancing party, which keeps spot; the rest is surplus."""
    for number in np.flatnonzero(deviation):
        who, wh, money = slot.participants[int(number)], int(deviation[number]), int(fine[number])
        yield _moved(slot, "deviation", who, energy(BALANCING), energy(who), wh)
        if money:
            own = owed(who) if money > 0 else cash(who)
            yield _moved(slot, "deviation-money", who, own, cash(BALANCING), money)
    at_spot = int(amount_ueur(int(deviation.sum()), prices.spot_ueur_per_kwh))
    if rest := int(fine.sum()) - at_spot:
        yield _moved(slot, "balancing", SURPLUS, cash(BALANCING), cash(SURPLUS), rest)


def _post(slot: Slot, what: str, number: object, debit: str, credit: str, amount: int) -> Transfer:
    return Transfer(slot.id(what, number), debit, credit, amount, slot=slot.name)


def _moved(slot: Slot, what: str, who: str, debit: str, credit: str, amount: int) -> Transfer:
    """Post an amount of either sign."""
    pair = (debit, credit) if amount > 0 else (credit, debit)
    return _post(slot, what, who, *pair, abs(amount))
