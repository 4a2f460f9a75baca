"""Settling bids against published prices, whole and exact.

What was accepted is paid at the day-ahead price, to the auction; what the meter counts beyond it at the balancing
price, to the balancing party (`enerwise.market.imbalance`). An amount is rounded once a slot and kind, and posted alike
on both sides, so that everything sums to zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.imbalance import ImbalancePrices, deviation_ueur
from enerwise.market.ledger import Account, Transfer, Unit
from enerwise.market.money import amount_ueur
from enerwise.market.settle import BALANCING, cash, energy
from enerwise.market.wholesale.balancing import BalancingSignal, balancing_signal

AUCTION: Final = "auction"


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a bid. Shapes (slot,); paid above zero, received below. [micro-EUR]"""

    price_ueur_per_kwh: IntArray
    """Of the day-ahead auction."""
    accepted_wh: IntArray
    auction_ueur: IntArray
    metered_wh: IntArray
    deviation_wh: IntArray
    """Metered less accepted: above zero short, below zero long."""
    deviation_ueur_per_kwh: IntArray
    """The price that holds for the deviation; for none, that of the next watt-hour short."""
    deviation_ueur: IntArray
    signal: BalancingSignal

    @property
    def total_ueur(self) -> IntArray:
        """Everything that is paid."""
        return self.auction_ueur + self.deviation_ueur


def imbalance_prices(
    day_ahead_ueur_per_kwh: IntArray,
    balancing_ueur_per_kwh: IntArray,
    *,
    margin_ueur_per_kwh: int = 0,
    is_single: bool = False,
) -> tuple[ImbalancePrices, ...]:
    """Return the prices of deviations: by two prices who is short pays the dearer, who is long gets the cheaper.

    Args:
        day_ahead_ueur_per_kwh: Shape (slot,)
        balancing_ueur_per_kwh: Shape (slot,)
        margin_ueur_per_kwh: On top of two prices, against whoever deviates; zero or above.
        is_single: One price, that of balancing, both ways.
    """
    pairs = zip(balancing_ueur_per_kwh.tolist(), day_ahead_ueur_per_kwh.tolist(), strict=True)
    return tuple(ImbalancePrices(spot, slot, margin_ueur_per_kwh, is_single) for spot, slot in pairs)


def settle(
    accepted_wh: IntArray,
    metered_wh: IntArray,
    day_ahead_ueur_per_kwh: IntArray,
    balancing_ueur_per_kwh: IntArray,
    *,
    margin_ueur_per_kwh: int = 0,
    is_single: bool = False,
) -> Settled:
    """Settle what was accepted and what was metered. Shapes (slot,); see `imbalance_prices`."""
    prices = imbalance_prices(
        day_ahead_ueur_per_kwh, balancing_ueur_per_kwh, margin_ueur_per_kwh=margin_ueur_per_kwh, is_single=is_single
    )
    deviation = np.asarray(metered_wh - accepted_wh, np.int64)
    short, long = (
        np.array([getattr(each, way) for each in prices], np.int64)
        for way in ("short_ueur_per_kwh", "long_ueur_per_kwh")
    )
    each_ueur = [deviation_ueur(deviation[at : at + 1], price) for at, price in enumerate(prices)]
    return Settled(
        price_ueur_per_kwh=day_ahead_ueur_per_kwh,
        accepted_wh=accepted_wh,
        auction_ueur=amount_ueur(accepted_wh, day_ahead_ueur_per_kwh),
        metered_wh=metered_wh,
        deviation_wh=deviation,
        deviation_ueur_per_kwh=np.where(deviation < 0, long, short),
        deviation_ueur=np.concatenate(each_ueur) if each_ueur else np.zeros(0, np.int64),
        signal=balancing_signal(day_ahead_ueur_per_kwh, balancing_ueur_per_kwh),
    )


def wholesale_accounts(who: str) -> list[Account]:
    """Return the accounts of somebody who trades with the auction and the balancing party."""
    names = (who, AUCTION, BALANCING)
    return [*(Account(cash(each), Unit.UEUR) for each in names), *(Account(energy(each), Unit.WH) for each in names)]


def transfers(settled: Settled, who: str, slots: list[str]) -> list[Transfer]:
    """Return what is posted, money and energy; ids follow from slot and kind, so that nothing is booked twice.

    Args:
        settled: What came of a bid.
        who: Whose bid it was.
        slots: Name of each slot.
    """
    kinds = (
        ("auction", AUCTION, settled.accepted_wh, settled.auction_ueur),
        ("deviation", BALANCING, settled.deviation_wh, settled.deviation_ueur),
    )
    return [
        each
        for at, slot in enumerate(slots)
        for kind, party, wh, ueur in kinds
        for each in _posted(f"{slot}/{who}/{kind}", slot, who, party, int(wh[at]), int(ueur[at]))
    ]


def _posted(name: str, slot: str, who: str, party: str, wh: int, ueur: int) -> Iterator[Transfer]:
    """Yield energy from a party to whoever takes it, and money the other way."""
    ways = (("energy", energy(party), energy(who), wh), ("money", cash(who), cash(party), ueur))
    for what, debit, credit, amount in ways:
        if amount:
            pair = (debit, credit) if amount > 0 else (credit, debit)
            yield Transfer(f"{name}/{what}", *pair, abs(amount), slot=slot)
