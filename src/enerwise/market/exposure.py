"""Exposure: what each participant may still come to owe or deliver, from its trades and the orders that stand.

Everybody's exposure is public to the market's supervisor and to each participant its own. Position is what a
participant is bound to: bought less sold; at the worst every order that stands on one side is filled too. Money at risk
is what trades have cost so far, what standing orders may cost besides, and what delivering nothing of it all would.
"""

from dataclasses import dataclass

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.market.money import amount_ueur, summed
from enerwise.market.surveillance import Finding, Pattern, Tape


@dataclass(frozen=True, slots=True)
class Exposure:
    """What each participant is exposed to in a slot. Shapes (participant,)"""

    bought_wh: IntArray
    sold_wh: IntArray
    buying_wh: IntArray
    """Standing bids, what is left of them."""
    selling_wh: IntArray
    paid_ueur: IntArray
    """For trades; below zero received. [micro-EUR]"""
    bidding_ueur: IntArray
    """What standing orders may cost. [micro-EUR]"""
    missing_ueur: IntArray
    """What it may cost to deliver or take nothing, at the price of a deviation. [micro-EUR]"""

    @property
    def position_wh(self) -> IntArray:
        """What is bound: bought, or below zero sold. [Wh]"""
        return self.bought_wh - self.sold_wh

    @property
    def long_most_wh(self) -> IntArray:
        """Bought at the most, in one direction: every bid filled. [Wh]"""
        return self.bought_wh + self.buying_wh

    @property
    def short_most_wh(self) -> IntArray:
        """Sold at the most. [Wh]"""
        return self.sold_wh + self.selling_wh

    @property
    def cost_most_ueur(self) -> IntArray:
        """What trades and standing orders cost at the most, were nothing earned. [micro-EUR]"""
        return np.maximum(self.paid_ueur, 0) + self.bidding_ueur


def exposure(tape: Tape, limit_ueur_per_kwh: IntArray, count: int, *, short_ueur_per_kwh: int) -> Exposure:
    """Return what participants are exposed to.

    Args:
        tape: Orders and trades of a slot.
        limit_ueur_per_kwh: The price of each order. Shape (order,)
        count: How many participants there are.
        short_ueur_per_kwh: What a kWh that was sold and is missing costs, at the worst.
    """
    buyer, seller = tape.participant[tape.buy], tape.participant[tape.sell]
    bought_wh, sold_wh = summed(buyer, tape.traded_wh, count), summed(seller, tape.traded_wh, count)
    left_wh = _standing_wh(tape)
    cost_ueur = worst_ueur(tape.is_buy, left_wh, limit_ueur_per_kwh)
    paid_ueur = amount_ueur(tape.traded_wh, tape.price_ueur_per_kwh)
    short_wh = np.maximum(sold_wh - bought_wh, 0)
    return Exposure(
        bought_wh=bought_wh,
        sold_wh=sold_wh,
        buying_wh=summed(tape.participant, np.where(tape.is_buy, left_wh, 0), count),
        selling_wh=summed(tape.participant, np.where(tape.is_buy, 0, left_wh), count),
        paid_ueur=summed(buyer, paid_ueur, count) - summed(seller, paid_ueur, count),
        bidding_ueur=summed(tape.participant, cost_ueur, count),
        missing_ueur=np.maximum(amount_ueur(short_wh, np.full(count, short_ueur_per_kwh)), 0),
    )


def worst_ueur(is_buy: BoolArray, energy_wh: IntArray, price_ueur_per_kwh: IntArray) -> IntArray:
    """Return what orders may cost at most, rounded as trades are: a buy above price zero, a sale below. [micro-EUR]"""
    cost_ueur = amount_ueur(energy_wh, np.where(is_buy, price_ueur_per_kwh, -price_ueur_per_kwh))
    return np.maximum(cost_ueur, 0)


def beyond(seen: Exposure, *, position_wh: IntArray, credit_ueur: IntArray) -> tuple[Finding, ...]:
    """Return who is exposed beyond what it may be. Limits have the shape (participant,)"""
    most_wh = np.maximum(seen.long_most_wh, seen.short_most_wh)
    cost_ueur = seen.cost_most_ueur
    return (
        *_over(Pattern.POSITION, most_wh > position_wh, position_wh=most_wh, limit_wh=position_wh),
        *_over(Pattern.CREDIT, cost_ueur > credit_ueur, cost_ueur=cost_ueur, limit_ueur=credit_ueur),
    )


def _over(pattern: Pattern, is_over: BoolArray, **facts: IntArray) -> list[Finding]:
    return [
        Finding(pattern, (who,), {name: int(each[who]) for name, each in facts.items()})
        for who in np.flatnonzero(is_over).tolist()
    ]


def _standing_wh(tape: Tape) -> IntArray:
    """Return what is left of each order that nobody has taken away. [Wh], shape (order,)"""
    count = tape.participant.size
    filled_wh = summed(tape.buy, tape.traded_wh, count) + summed(tape.sell, tape.traded_wh, count)
    return np.where(tape.gone_ns > 0, 0, np.maximum(tape.quantity_wh - filled_wh, 0))
