"""MUDA: dealt by participant, priced by the others."""

import numpy as np

from enerwise.market.book import Book
from enerwise.market.clearing import trades_of
from enerwise.market.mechanisms.muda import Muda
from enerwise.market.welfare import best_welfare_neur, welfare_neur
from enerwise.testing.contracts.mechanisms import MechanismContract


class TestMuda(MechanismContract):
    mechanism = "muda"


def a_market(seed: int = 3, count: int = 400) -> Book:
    rng, price = np.random.default_rng(seed), np.random.default_rng(seed + 1).integers(50, 350, count) * 1000
    return Book(
        np.arange(count), rng.integers(0, 90, count), rng.random(count) < 0.5, rng.integers(1, 2000, count), price
    )


def test_each_half_trades_within_itself_at_the_price_of_the_other() -> None:
    book = a_market()
    cleared = Muda().clear(book)
    trades = trades_of(book, cleared)
    prices: dict[int, set[int]] = {price: set() for price in set(trades.buy_price_ueur_per_kwh.tolist())}
    for row, price in zip([*trades.buy, *trades.sell], [*trades.buy_price_ueur_per_kwh] * 2, strict=True):
        prices[int(price)].add(int(book.participant[row]))
    one, other = prices.values()
    assert not one & other, "a participant stands in one half only"


def test_another_seed_deals_otherwise_and_the_same_alike() -> None:
    book = a_market()
    deals = [Muda(seed).clear(book).filled_wh.tolist() for seed in (1, 2, 1)]
    assert deals[0] == deals[2] != deals[1]


def test_most_of_what_could_be_gained_is_gained() -> None:
    book = a_market(count=4000)
    share = welfare_neur(book, Muda().clear(book).filled_wh) / best_welfare_neur(book)
    assert 0.8 < share <= 1.0
