"""Settling where nobody has a partner: everybody trades in full with the pool, and with it do the named accounts.

Shared prices, pools behind a connection and areas over lines are settled this way: grid, losses, fees, congestion rent
and rounding each get what the clearing says. What a meter counts beyond is settled with the balancing party, as
everywhere. Where somebody has no reading that was accepted, the balancing party stands in for them at the same price.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.market.allocate import Rule, first_in
from enerwise.market.book import Book
from enerwise.market.clearing import ACCOUNTS, FEES, Clearing, payments, trades_of
from enerwise.market.imbalance import ImbalancePrices, Supplier
from enerwise.market.ledger import Transfer
from enerwise.market.money import summed
from enerwise.market.settle import (
    BALANCING,
    ESCROW,
    Settlement,
    Slot,
    assessed,
    beyond,
    cash,
    drawn,
    energy,
    figures,
    known,
    moved,
    owed,
    post,
    settled,
)

NOTHING: Mapping[str, Transfer] = {}


def settlement(
    slot: Slot,
    clearing: Clearing,
    metered_wh: IntArray,
    prices: ImbalancePrices,
    waiting: Mapping[str, Transfer] = NOTHING,
    *,
    supplier: Supplier | None = None,
    rule: Rule = Rule.FIFO,
    has_reading: BoolArray | None = None,
) -> Settlement:
    """Return everything that is posted for a slot, by whichever rule it was cleared; the arguments are `settled`'s.

    Where meters have counted before anybody reserved, `settled_in_pool` takes any clearing.
    """
    if is_pool(slot.book, clearing):
        return settled_in_pool(slot, clearing, metered_wh, prices, waiting, supplier=supplier, has_reading=has_reading)
    trades = trades_of(slot.book, clearing)
    return settled(slot, trades, metered_wh, prices, waiting, supplier=supplier, rule=rule, has_reading=has_reading)


def assessment(
    slot: Slot, clearing: Clearing, metered_wh: IntArray, prices: ImbalancePrices, *, supplier: Supplier | None = None
) -> Settlement:
    """Return the figures of a slot, by whichever rule it was cleared: arrays alone, for whoever plays many slots."""
    if is_pool(slot.book, clearing):
        return figures_in_pool(slot, clearing, metered_wh, prices, supplier=supplier)
    return figures(slot, trades_of(slot.book, clearing), metered_wh, prices, supplier=supplier)


def is_pool(book: Book, clearing: Clearing) -> bool:
    """Tell whether everybody trades with a pool: nobody has a partner, or orders were filled beyond their limits.

    A shared price looks at no limits, also in the one slot where neighbours need nobody else.
    """
    if clearing.trades is not None:
        return False
    over = (clearing.price_ueur_per_kwh - book.price_ueur_per_kwh) * np.where(book.is_buy, 1, -1)
    return bool(clearing.accounts_wh or clearing.flow is not None or (over[clearing.filled_wh > 0] > 0).any())


def settled_in_pool(
    slot: Slot,
    clearing: Clearing,
    metered_wh: IntArray,
    prices: ImbalancePrices,
    waiting: Mapping[str, Transfer] = NOTHING,
    *,
    supplier: Supplier | None = None,
    has_reading: BoolArray | None = None,
) -> Settlement:
    """Return everything that is posted for a slot that was cleared with a pool.

    Args:
        slot: The orders.
        clearing: What became of them.
        metered_wh: What each participant's meter counts: above zero taken in, below zero sent out. Shape (participant,)
        prices: For what was agreed and not done, and where there is no supplier, for all beyond.
        waiting: What is reserved for the slot, by id; what reserves do not cover is owed.
        supplier: Who delivers beyond what was traded.
        has_reading: Whose reading was accepted; left out everybody's. Shape (participant,)
    """
    made = figures_in_pool(slot, clearing, metered_wh, prices, supplier=supplier, has_reading=has_reading)
    book, count = slot.book, len(slot.participants)
    filled = np.where(made.is_known[book.participant], clearing.filled_wh, 0)
    bought, sold = np.where(book.is_buy, filled, 0), np.where(book.is_buy, 0, filled)
    fee, money = slot.fee_ueur(bought), made.paid_ueur
    charge = np.maximum(money, 0)
    drawn_money = _from_reserves(slot, charge, waiting)
    rest = charge - summed(book.participant, drawn_money, count)
    accounts_ueur = payments(book, clearing).accounts_ueur
    transfers = [
        *drawn(slot, {"money": drawn_money, "energy": sold, "fee": fee}, waiting, made.is_known),
        *_unreserved(slot, rest, sold, fee, waiting),
        *_handed_on(slot, summed(book.participant, bought, count), money),
        *_named(slot, clearing, int(made.recognised_wh.sum()), int(money.sum()), accounts_ueur),
        *beyond(slot, made, prices),
    ]
    return replace(made, transfers=tuple(transfers))


def figures_in_pool(
    slot: Slot,
    clearing: Clearing,
    metered_wh: IntArray,
    prices: ImbalancePrices,
    *,
    supplier: Supplier | None = None,
    has_reading: BoolArray | None = None,
) -> Settlement:
    """Return the figures of a slot that was cleared with a pool, without what is posted."""
    book, count = slot.book, len(slot.participants)
    is_known = known(has_reading, count)
    signed = np.where(book.is_buy, 1, -1) * clearing.filled_wh
    traded = summed(book.participant, signed, count)
    paid = payments(book, clearing).participant_ueur
    money = np.where(is_known, np.pad(paid, (0, count - paid.size)), 0)
    bought = np.where(book.is_buy & is_known[book.participant], clearing.filled_wh, 0)
    fee = summed(book.participant, slot.fee_ueur(bought), count)
    taken = np.where(is_known, traded, 0)
    return assessed(traded, taken, money, fee, metered_wh, prices, is_known=is_known, supplier=supplier)


def _from_reserves(slot: Slot, charge: IntArray, waiting: Mapping[str, Transfer]) -> IntArray:
    """Deal what participants pay to what their orders have reserved, the earlier row first. Shape (order,)"""
    held = {each: waiting[name].amount for each in slot.book.id.tolist() if (name := slot.id("money", each)) in waiting}
    reserved = np.array([held.get(each, 0) for each in slot.book.id.tolist()], np.int64)
    return first_in(slot.book.participant, reserved, charge)


def _unreserved(
    slot: Slot, rest: IntArray, sold: IntArray, fee: IntArray, waiting: Mapping[str, Transfer]
) -> Iterator[Transfer]:
    """Bring in what nothing was reserved for: money is owed, energy is counted already."""
    for number in np.flatnonzero(rest).tolist():
        who = slot.participants[number]
        yield moved(slot, "pool-owed", who, owed(who), cash(ESCROW), int(rest[number]))
    for row in np.flatnonzero(sold + fee).tolist():
        order, who = int(slot.book.id[row]), slot.who(row)
        if sold[row] and slot.id("energy", order) not in waiting:
            yield post(slot, "pool-given", order, energy(who), energy(ESCROW), int(sold[row]))
        if fee[row] and slot.id("fee", order) not in waiting:
            yield post(slot, "pool-fee", order, owed(who), cash(FEES), int(fee[row]))


def _handed_on(slot: Slot, bought: IntArray, money: IntArray) -> Iterator[Transfer]:
    for number in np.flatnonzero(bought).tolist():
        who = slot.participants[number]
        yield moved(slot, "pool-energy", who, energy(ESCROW), energy(who), int(bought[number]))
    for number in np.flatnonzero(money < 0).tolist():
        who = slot.participants[number]
        yield moved(slot, "pool-money", who, cash(ESCROW), cash(who), -int(money[number]))


def _named(
    slot: Slot, clearing: Clearing, taken_wh: int, paid_ueur: int, accounts_ueur: Mapping[str, int]
) -> Iterator[Transfer]:
    """Settle with the named accounts, and with the balancing party for whoever has no reading."""
    wh = {name: clearing.accounts_wh.get(name, 0) for name in ACCOUNTS}
    ueur = {name: accounts_ueur.get(name, 0) for name in ACCOUNTS}
    wh[BALANCING], ueur[BALANCING] = -taken_wh - sum(wh.values()), -paid_ueur - sum(ueur.values())
    for name, taken in wh.items():
        if taken:
            yield moved(slot, "named-energy", name, energy(ESCROW), energy(name), taken)
    for name, paid in ueur.items():
        if paid:
            yield moved(slot, "named-money", name, cash(name), cash(ESCROW), paid)
