"""What an order comes to that traded several times: its energy, and one price to show for it.

Money never goes through the price told here; it is rounded once per trade (`enerwise.market.clearing.payments`).
"""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from enerwise.core.units import IntArray
from enerwise.market.clearing import Trades
from enerwise.market.money import EXACT_MOST, summed


def joined(parts: Sequence[Trades]) -> Trades:
    """Return the trades of several parts of a slot, one after the other."""
    every = [Trades.none(), *parts]
    return Trades(*[np.concatenate([getattr(each, column.name) for each in every]) for column in fields(Trades)])


def filled_at_mean(trades: Trades, count: int) -> tuple[IntArray, IntArray]:
    """Return what each of ``count`` orders traded and its mean price; zero where it traded nothing.

    A mean is rounded down, which never leads beyond the limit of a buyer or a seller, since limits are whole.

    Returns:
        [Wh] and [micro-EUR/kWh], shape (order,)

    >>> one = Trades(*[np.array(each) for each in ([0, 0], [1, 2], [1, 2], [10, 15], [10, 15])])
    >>> [each.tolist() for each in filled_at_mean(one, 3)]
    [[3, 1, 2], [13, 10, 15]]
    """
    row = np.concatenate([trades.buy, trades.sell])
    energy_wh = np.concatenate([trades.quantity_wh] * 2)
    price = np.concatenate([trades.buy_price_ueur_per_kwh, trades.sell_price_ueur_per_kwh])
    filled_wh = summed(row, energy_wh, count)
    largest = float(np.max(np.abs(price), initial=0)) * float(energy_wh.max(initial=0)) * max(len(row), 1)
    if largest < EXACT_MOST:
        return filled_wh, summed(row, energy_wh * price, count) // np.maximum(filled_wh, 1)
    worth = [0] * count
    for order, energy, each in zip(row.tolist(), energy_wh.tolist(), price.tolist(), strict=True):
        worth[order] += energy * each
    means = [total // max(energy, 1) for total, energy in zip(worth, filled_wh.tolist(), strict=True)]
    return filled_wh, np.array(means, np.int64)
