"""Settling: orders, trades and meters become transfers of the ledger, whole and exact.

An accepted order reserves: the buyer what it may cost at most, with the fee, the seller the energy, and, below price
zero, the money. A trade binds: when meters have spoken, its money is posted, and of its energy what the seller's meter
shows. What a seller lacks is bought from the balancing party, and what a buyer does not take is sold to it, each at the
expense of whoever deviates: the partner gets and pays what was agreed. What is left of the reserves is given back.
Rules without partners are settled alike with the pool (`enerwise.market.settle_pool`). Ids follow from market, slot and
order, so that settling again, after whatever happened, books nothing twice.

Whoever has no reading that was accepted (`enerwise.market.readings`) has shown nothing: nothing is posted for them, and
the balancing party stands in for them at the price of the trade, so that no partner is harmed.

Accounts: ``cash:`` and ``energy:`` before a participant or a named account; ``owed:`` is what a participant owes beyond
what was reserved. ``escrow`` is empty again after each slot.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.market.allocate import Rule, first_in, recognised_wh
from enerwise.market.book import Book
from enerwise.market.clearing import ACCOUNTS, FEES, GRID, SURPLUS, Trades
from enerwise.market.imbalance import ImbalancePrices, Supplier, deviation_ueur, parted_wh
from enerwise.market.ledger import Account, Kind, Transfer, Unit
from enerwise.market.money import amount_ueur, summed

ESCROW: Final = "escrow"
BALANCING: Final = "balancing"
UNREAD: Final = "unread"
"""In the name of what comes back because no reading was accepted; statements tell it."""
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
    """The figures of everybody in a slot, and what is posted for them. Shapes (participant,)

    What a meter counts is, to the last Wh, what was traded, the deviation, and what is the supplier's.
    """

    traded_wh: IntArray
    """Bought less sold, as it was agreed. [Wh]"""
    recognised_wh: IntArray
    """Bought less sold, as both meters of a trade show it: the least of traded, pushed and pulled. [Wh]"""
    deviation_wh: IntArray
    """Above zero sold and not given, or taken and not bought. [Wh]"""
    grid_wh: IntArray
    """From the supplier, where one stands behind the market. [Wh]"""
    paid_ueur: IntArray
    """For what was traded. [micro-EUR]"""
    deviation_ueur: IntArray
    grid_ueur: IntArray
    fee_ueur: IntArray
    surplus_ueur: int
    """What deviations take in beyond what balancing them costs. [micro-EUR]"""
    is_known: BoolArray
    """Whose reading was accepted; the others' trades are void for them."""
    transfers: tuple[Transfer, ...] = ()

    @property
    def total_ueur(self) -> IntArray:
        """What everybody pays in all; received below zero."""
        return self.paid_ueur + self.deviation_ueur + self.grid_ueur + self.fee_ueur


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


def known(has_reading: BoolArray | None, count: int) -> BoolArray:
    """Return whose reading was accepted; where nothing is said, everybody's."""
    return np.ones(count, np.bool_) if has_reading is None else np.asarray(has_reading, np.bool_)


def figures(
    slot: Slot,
    trades: Trades,
    metered_wh: IntArray,
    prices: ImbalancePrices,
    *,
    supplier: Supplier | None = None,
    rule: Rule = Rule.FIFO,
    has_reading: BoolArray | None = None,
) -> Settlement:
    """Return the figures of a slot whose trades have partners, without what is posted; see `settled`."""
    book, count = slot.book, len(slot.participants)
    is_known = known(has_reading, count)
    seller, buyer = book.participant[trades.sell], book.participant[trades.buy]
    traded = summed(buyer, trades.quantity_wh, count) - summed(seller, trades.quantity_wh, count)
    shown = _recognised_wh(slot, trades, metered_wh, is_known, rule)
    paid = np.where(is_known[buyer], amount_ueur(trades.quantity_wh, trades.buy_price_ueur_per_kwh), 0)
    got = np.where(is_known[seller], amount_ueur(trades.quantity_wh, trades.sell_price_ueur_per_kwh), 0)
    fee = summed(book.participant, slot.fee_ueur(summed(trades.buy, shown, len(book))), count)
    own = summed(buyer, paid, count) - summed(seller, got, count)
    net = summed(buyer, shown, count) - summed(seller, shown, count)
    return assessed(traded, net, own, fee, metered_wh, prices, is_known=is_known, supplier=supplier)


def assessed(
    traded_wh: IntArray,
    recognised: IntArray,
    paid_ueur: IntArray,
    fee_ueur: IntArray,
    metered_wh: IntArray,
    prices: ImbalancePrices,
    *,
    is_known: BoolArray,
    supplier: Supplier | None,
) -> Settlement:
    """Return figures with what is beyond the trades: the one rule for deviations, whoever cleared the slot."""
    deviation, grid = parted_wh(metered_wh, traded_wh, has_supplier=supplier is not None)
    deviation, grid = np.where(is_known, deviation, 0), np.where(is_known, grid, 0)
    fine = deviation_ueur(deviation, prices)
    bill = supplier.bill_ueur(grid) if supplier is not None else np.zeros_like(grid)
    surplus = int(fine.sum()) - prices.balanced_ueur(int(deviation.sum()))
    return Settlement(
        traded_wh, recognised, deviation, grid, paid_ueur, fine, bill, fee_ueur, surplus, is_known=is_known
    )


def _recognised_wh(slot: Slot, trades: Trades, metered_wh: IntArray, is_known: BoolArray, rule: Rule) -> IntArray:
    """Return what both sides of each trade can show. [Wh], shape (trade,)"""
    metered = np.where(is_known, metered_wh, 0)
    seller, buyer = slot.book.participant[trades.sell], slot.book.participant[trades.buy]
    return recognised_wh(seller, buyer, trades.quantity_wh, np.maximum(-metered, 0), np.maximum(metered, 0), rule)


def settled(
    slot: Slot,
    trades: Trades,
    metered_wh: IntArray,
    prices: ImbalancePrices,
    waiting: Mapping[str, Transfer],
    *,
    supplier: Supplier | None = None,
    rule: Rule = Rule.FIFO,
    has_reading: BoolArray | None = None,
) -> Settlement:
    """Return everything that is posted for a slot whose trades have partners.

    Args:
        slot: The orders.
        trades: What was agreed.
        metered_wh: What each participant's meter counts: above zero taken in, below zero sent out. Shape (participant,)
        prices: For what was agreed and not done, and where there is no supplier, for all beyond.
        waiting: What is reserved for the slot, by id.
        supplier: Who delivers beyond what was traded; None where a deviation is all that a meter counts beyond.
        rule: How a meter that counts less is dealt to trades.
        has_reading: Whose reading was accepted; left out everybody's. Shape (participant,)
    """
    made = figures(slot, trades, metered_wh, prices, supplier=supplier, rule=rule, has_reading=has_reading)
    book, is_known = slot.book, made.is_known
    buyer, seller = book.participant[trades.buy], book.participant[trades.sell]
    bought = np.where(is_known[buyer], trades.quantity_wh, 0)
    sold = np.where(is_known[seller], trades.quantity_wh, 0)
    paid = np.where(is_known[buyer], amount_ueur(trades.quantity_wh, trades.buy_price_ueur_per_kwh), 0)
    got = np.where(is_known[seller], amount_ueur(trades.quantity_wh, trades.sell_price_ueur_per_kwh), 0)
    due = np.where(is_known[buyer], amount_ueur(trades.quantity_wh, trades.sell_price_ueur_per_kwh), 0)
    money = np.maximum(
        summed(trades.buy, np.maximum(paid, 0), len(book)), summed(trades.sell, np.maximum(-got, 0), len(book))
    )
    fee = slot.fee_ueur(summed(trades.buy, _recognised_wh(slot, trades, metered_wh, is_known, rule), len(book)))
    given = summed(trades.sell, sold, len(book))
    pushed = first_in(book.participant, given, np.where(is_known, np.maximum(-metered_wh, 0), 0))
    transfers = [
        *drawn(slot, {"money": money, "energy": pushed, "fee": fee}, waiting, is_known),
        *made_up(slot, given - pushed),
        *_handed_on(slot, trades, bought, paid, got, paid - due),
        *stood_in(slot, int((bought - sold).sum()), int((due - got).sum())),
        *beyond(slot, made, prices),
    ]
    return replace(made, transfers=tuple(transfers))


def drawn(
    slot: Slot, due: Mapping[str, IntArray], waiting: Mapping[str, Transfer], is_known: BoolArray
) -> Iterator[Transfer]:
    """Draw what orders have reserved, and give the rest back.

    Args:
        slot: The orders.
        due: What each is to give, by what its reserve is called. Shapes (order,)
        waiting: What is reserved for the slot, by id.
        is_known: Whose reading was accepted; the reserves of others come back under a name of their own.
    """
    unread = set(slot.book.id[~is_known[slot.book.participant]].tolist())
    of_order = {what: dict(zip(slot.book.id.tolist(), amounts.tolist(), strict=True)) for what, amounts in due.items()}
    for transfer in waiting.values():
        _, what, number = transfer.id.rsplit("/", 2)
        amount = of_order[what][int(number)]
        kind = Kind.POST_PENDING if amount else Kind.VOID_PENDING
        done = "drawn" if amount else UNREAD if int(number) in unread else "void"
        name = slot.id(f"{what}-{done}", number)
        yield Transfer(name, transfer.debit, transfer.credit, amount, kind, slot.name, transfer.id)


def made_up(slot: Slot, lacking_wh: IntArray) -> Iterator[Transfer]:
    """Bring in what sellers have sold and their meters do not show; the balancing party gives it to them below.

    Args:
        slot: The orders.
        lacking_wh: By order. Shape (order,)
    """
    for row in np.flatnonzero(lacking_wh).tolist():
        who = energy(slot.who(row))
        yield post(slot, "made-up", int(slot.book.id[row]), who, energy(ESCROW), int(lacking_wh[row]))


def _handed_on(
    slot: Slot, trades: Trades, bought: IntArray, paid: IntArray, got: IntArray, spread: IntArray
) -> Iterator[Transfer]:
    """Hand on from the escrow what came in: energy to buyers, money to sellers, below price zero to buyers."""
    at = np.arange(len(trades))
    buyer, seller = slot.book.participant[trades.buy[at]], slot.book.participant[trades.sell[at]]
    columns = (at, buyer, seller, bought[at], paid[at], got[at], spread[at])
    for number, bought_by, sold_by, wh, cost, worth, kept in zip(*(each.tolist() for each in columns), strict=True):
        if wh:
            yield post(slot, "delivered", number, energy(ESCROW), energy(slot.participants[bought_by]), wh)
        if worth > 0:
            yield post(slot, "earned", number, cash(ESCROW), cash(slot.participants[sold_by]), worth)
        if cost < 0:
            yield post(slot, "refunded", number, cash(ESCROW), cash(slot.participants[bought_by]), -cost)
        if kept > 0:
            yield post(slot, "spread", number, cash(ESCROW), cash(SURPLUS), kept)


def stood_in(slot: Slot, lacking_wh: int, left_ueur: int) -> Iterator[Transfer]:
    """Let the balancing party stand in for whoever has no reading, at the price of the trade.

    Args:
        slot: The orders.
        lacking_wh: What it gives so that buyers get what they bought; takes below zero. [Wh]
        left_ueur: What it gets for it; pays below zero. [micro-EUR]
    """
    if lacking_wh:
        yield moved(slot, "stood-in", "energy", energy(BALANCING), energy(ESCROW), lacking_wh)
    if left_ueur:
        yield moved(slot, "stood-in", "money", cash(ESCROW), cash(BALANCING), left_ueur)


def beyond(slot: Slot, made: Settlement, prices: ImbalancePrices) -> Iterator[Transfer]:
    """Settle deviations with the balancing party, which keeps spot, and the rest of a meter with the supplier."""
    yield from _with(slot, "deviation", BALANCING, made.deviation_wh, made.deviation_ueur)
    yield from _with(slot, "grid", GRID, made.grid_wh, made.grid_ueur)
    if made.surplus_ueur:
        yield moved(slot, "balancing", SURPLUS, cash(BALANCING), cash(SURPLUS), made.surplus_ueur)


def _with(slot: Slot, what: str, other: str, taken_wh: IntArray, paid_ueur: IntArray) -> Iterator[Transfer]:
    """Take energy from a named account, and pay for it; what a meter counts nobody is asked before, so it is owed."""
    at = np.flatnonzero(taken_wh)
    for number, wh, money in zip(at.tolist(), taken_wh[at].tolist(), paid_ueur[at].tolist(), strict=True):
        who = slot.participants[number]
        yield moved(slot, what, who, energy(other), energy(who), wh)
        if money:
            yield moved(slot, f"{what}-money", who, owed(who) if money > 0 else cash(who), cash(other), money)


def post(slot: Slot, what: str, number: object, debit: str, credit: str, amount: int) -> Transfer:
    """Return one posting of a slot."""
    return Transfer(slot.id(what, number), debit, credit, amount, slot=slot.name)


def moved(slot: Slot, what: str, who: str, debit: str, credit: str, amount: int) -> Transfer:
    """Return one posting of an amount of either sign."""
    pair = (debit, credit) if amount > 0 else (credit, debit)
    return post(slot, what, who, *pair, abs(amount))
