"""Settling: orders, trades and meters become transfers of the ledger, whole and exact.

An accepted order reserves: the buyer what it may cost at most, with the fee, the seller the energy, and, below price
zero, the money. When meters have spoken, what both sides of a trade can show is posted, what is left of the reserves is
given back, and what a meter counts beyond is settled with the balancing party. Rules without partners are settled in
full with the pool (`enerwise.market.settle_pool`). Ids follow from market, slot and order, so that settling again,
after whatever happened, books nothing twice.

Whoever has no reading that was accepted (`enerwise.market.readings`) has shown nothing: nothing is posted for them, and
what a partner pushed or pulled for them is that partner's deviation. A market that would rather wait settles later.

Accounts: ``cash:`` and ``energy:`` before a participant or a named account; ``owed:`` is what a participant owes beyond
what was reserved. ``escrow`` is empty again after each slot.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.market.allocate import Rule, recognised_wh
from enerwise.market.book import Book
from enerwise.market.clearing import ACCOUNTS, FEES, SURPLUS, Trades
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
    fee_ueur_per_kwh: int = 0
    """What buyers pay to the account "fees" on top of their price, for what is recognised; once an order, however many
    trades it was filled by. At least zero. [micro-EUR/kWh]"""

    def __post_init__(self) -> None:
        if self.fee_ueur_per_kwh < 0:
            raise ValueError(f"a fee of {self.fee_ueur_per_kwh} micro-EUR/kWh would be a gift; give zero or more")

    def who(self, row: int) -> str:
        return self.participants[int(self.book.participant[row])]

    def id(self, what: str, number: object) -> str:
        return f"{self.name}/{what}/{number}"

    def fee_ueur(self, bought_wh: IntArray) -> IntArray:
        """Return the fee of every order for what it has bought. [micro-EUR]"""
        return amount_ueur(bought_wh, self.fee_ueur_per_kwh)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is posted for a slot, and the figures of everybody. Shapes (participant,)"""

    transfers: tuple[Transfer, ...]
    traded_wh: IntArray
    """Bought less sold, as it was agreed. [Wh]"""
    recognised_wh: IntArray
    """Bought less sold, as it is paid for. [Wh]"""
    deviation_wh: IntArray
    """What a meter counts beyond; above zero taken. [Wh]"""
    paid_ueur: IntArray
    """For what is recognised. [micro-EUR]"""
    deviation_ueur: IntArray
    fee_ueur: IntArray

    @property
    def total_ueur(self) -> IntArray:
        """What everybody pays in all; received below zero."""
        return self.paid_ueur + self.deviation_ueur + self.fee_ueur


def reserves(slot: Slot, *, timeout_ns: int = 0) -> list[Transfer]:
    """Return what accepted orders reserve; energy and money of one order are linked.

    Args:
        slot: The orders.
        timeout_ns: When a reserve is over where nobody settles. [ns since 1970]
    """
    book = slot.book
    price = amount_ueur(book.quantity_wh, np.where(book.is_buy, 1, -1) * book.price_ueur_per_kwh)
    wh = np.where(book.is_buy, 0, book.quantity_wh)
    fee = slot.fee_ueur(np.where(book.is_buy, book.quantity_wh, 0))
    columns = (book.id, book.participant, np.maximum(price, 0), wh, fee)
    made = list[Transfer]()
    for number, row, *amounts in zip(*(each.tolist() for each in columns), strict=True):
        who = slot.participants[row]
        pairs = (("money", cash(who), cash(ESCROW)), ("energy", energy(who), energy(ESCROW)))
        parts = [(*part, each) for part, each in zip((*pairs, ("fee", cash(who), cash(FEES))), amounts, strict=True)]
        made += _linked(slot, number, [part for part in parts if part[-1]], timeout_ns)
    return made


def _linked(slot: Slot, number: int, parts: Sequence[tuple[str, str, str, int]], timeout_ns: int) -> Iterator[Transfer]:
    """Reserve what one order needs: all of it or nothing."""
    for at, (what, debit, credit, amount) in enumerate(parts, 1):
        name = slot.id(what, number)
        yield Transfer(name, debit, credit, amount, Kind.PEND, slot.name, "", timeout_ns, is_linked=at < len(parts))


def settled(
    slot: Slot,
    trades: Trades,
    metered_wh: IntArray,
    prices: ImbalancePrices,
    waiting: Mapping[str, Transfer],
    *,
    rule: Rule = Rule.FIFO,
    has_reading: BoolArray | None = None,
) -> Settlement:
    """Return everything that is posted for a slot whose trades have partners.

    Args:
        slot: The orders.
        trades: What was agreed.
        metered_wh: What each participant's meter counts: above zero taken in, below zero sent out. Shape (participant,)
        prices: For what was not agreed.
        waiting: What is reserved for the slot, by id.
        rule: How a meter that counts less is dealt to trades.
        has_reading: Whose reading was accepted; left out everybody's. Shape (participant,)
    """
    book, count = slot.book, len(slot.participants)
    is_known = np.ones(count, np.bool_) if has_reading is None else has_reading
    metered = np.where(is_known, metered_wh, 0)
    seller, buyer = book.participant[trades.sell], book.participant[trades.buy]
    known = recognised_wh(seller, buyer, trades.quantity_wh, np.maximum(-metered, 0), np.maximum(metered, 0), rule)
    paid, got = amount_ueur(known, trades.buy_price_ueur_per_kwh), amount_ueur(known, trades.sell_price_ueur_per_kwh)
    fee = slot.fee_ueur(summed(trades.buy, known, len(book)))
    net = summed(buyer, known, count) - summed(seller, known, count)
    traded = summed(buyer, trades.quantity_wh, count) - summed(seller, trades.quantity_wh, count)
    deviation = np.where(is_known, metered - net, 0)
    fine = deviation_ueur(deviation, prices)
    money = np.maximum(
        summed(trades.buy, np.maximum(paid, 0), len(book)), summed(trades.sell, np.maximum(-got, 0), len(book))
    )
    sold = summed(trades.sell, known, len(book))
    transfers = [
        *drawn(slot, {"money": money, "energy": sold, "fee": fee}, waiting),
        *_handed_on(slot, trades, known, paid, got),
        *balanced(slot, deviation, fine, prices),
    ]
    own = summed(buyer, paid, count) - summed(seller, got, count)
    return Settlement(tuple(transfers), traded, net, deviation, own, fine, summed(book.participant, fee, count))


def drawn(slot: Slot, due: Mapping[str, IntArray], waiting: Mapping[str, Transfer]) -> Iterator[Transfer]:
    """Draw what orders have reserved, and give the rest back.

    Args:
        slot: The orders.
        due: What each is to give, by what its reserve is called. Shapes (order,)
        waiting: What is reserved for the slot, by id.
    """
    of_order = {what: dict(zip(slot.book.id.tolist(), amounts.tolist(), strict=True)) for what, amounts in due.items()}
    for transfer in waiting.values():
        _, what, number = transfer.id.rsplit("/", 2)
        amount = of_order[what][int(number)]
        kind = Kind.POST_PENDING if amount else Kind.VOID_PENDING
        name = slot.id(f"{what}-{'drawn' if amount else 'void'}", number)
        yield Transfer(name, transfer.debit, transfer.credit, amount, kind, slot.name, transfer.id)


def _handed_on(slot: Slot, trades: Trades, known: IntArray, paid: IntArray, got: IntArray) -> Iterator[Transfer]:
    """Hand on from the escrow what was drawn: energy to buyers, money to sellers, below price zero to buyers."""
    at = np.flatnonzero(known)
    buyer, seller = slot.book.participant[trades.buy[at]], slot.book.participant[trades.sell[at]]
    columns = (at, buyer, seller, known[at], paid[at], got[at])
    for number, bought_by, sold_by, wh, cost, worth in zip(*(each.tolist() for each in columns), strict=True):
        yield post(slot, "delivered", number, energy(ESCROW), energy(slot.participants[bought_by]), wh)
        if worth > 0:
            yield post(slot, "earned", number, cash(ESCROW), cash(slot.participants[sold_by]), worth)
        if cost < 0:
            yield post(slot, "refunded", number, cash(ESCROW), cash(slot.participants[bought_by]), -cost)
        if cost > worth:
            yield post(slot, "spread", number, cash(ESCROW), cash(SURPLUS), cost - worth)


def balanced(slot: Slot, deviation: IntArray, fine: IntArray, prices: ImbalancePrices) -> Iterator[Transfer]:
    """Settle what was not agreed with the balancing party, which keeps spot; the rest is surplus."""
    at = np.flatnonzero(deviation)
    for number, wh, money in zip(at.tolist(), deviation[at].tolist(), fine[at].tolist(), strict=True):
        who = slot.participants[number]
        yield moved(slot, "deviation", who, energy(BALANCING), energy(who), wh)
        if money:
            own = owed(who) if money > 0 else cash(who)
            yield moved(slot, "deviation-money", who, own, cash(BALANCING), money)
    at_spot = int(amount_ueur(int(deviation.sum()), prices.spot_ueur_per_kwh))
    if rest := int(fine.sum()) - at_spot:
        yield moved(slot, "balancing", SURPLUS, cash(BALANCING), cash(SURPLUS), rest)


def post(slot: Slot, what: str, number: object, debit: str, credit: str, amount: int) -> Transfer:
    """Return one posting of a slot."""
    return Transfer(slot.id(what, number), debit, credit, amount, slot=slot.name)


def moved(slot: Slot, what: str, who: str, debit: str, credit: str, amount: int) -> Transfer:
    """Return one posting of an amount of either sign."""
    pair = (debit, credit) if amount > 0 else (credit, debit)
    return post(slot, what, who, *pair, abs(amount))
