"""MUDA: dealt by participant, priced by the others."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.book import Book
from enerwise.market.clearing import trades_of
from enerwise.market.mechanisms.muda import Muda
from enerwise.market.welfare import best_welfare_neur, welfare_neur
from enerwise.testing.contracts.mechanisms import MechanismContract, books


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


@given(books(least=1), st.data())
def test_nobody_has_a_say_in_the_own_price(book: Book, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(book) - 1))
    price, quantity = book.price_ueur_per_kwh.copy(), book.quantity_wh.copy()
    price[row], quantity[row] = data.draw(st.integers(-200_000, 1_000_000)), data.draw(st.integers(1, 20_000))
    told, other = Muda().clear(book), Muda().clear(replace(book, price_ueur_per_kwh=price, quantity_wh=quantity))
    if told.filled_wh[row] and other.filled_wh[row]:
        assert told.price_ueur_per_kwh[row] == other.price_ueur_per_kwh[row]
