"""Community pooling: shared in proportion, at the agreed price, by those who like it."""

import numpy as np
import pytest
from hypothesis import given

from enerwise.market.book import Book
from enerwise.market.clearing import payments
from enerwise.market.mechanisms.pooling import Pooling
from enerwise.testing.contracts.mechanisms import MechanismContract, books

PRICE = 190_000


class TestPooling(MechanismContract):
    mechanism = "pooling"


def test_buyers_share_what_there_is_in_proportion_to_what_they_want() -> None:
    book = Book.of(
        [
            (1, 0, True, 6000, 300_000),
            (2, 1, True, 3000, 200_000),
            (3, 2, True, 3000, 180_000),  # would not pay the pool's price
            (4, 3, False, 3000, 80_000),
        ]
    )
    cleared = Pooling(PRICE).clear(book)
    assert cleared.filled_wh.tolist() == [2000, 1000, 0, 3000]
    assert payments(book, cleared).participant_ueur.tolist() == [380_000, 190_000, 0, -570_000]


def test_a_watt_hour_that_does_not_divide_goes_to_the_earlier_order() -> None:
    orders = [(9, 0, True, 5, PRICE, 0, 2), (3, 1, True, 5, PRICE, 0, 1), (4, 2, True, 5, PRICE, 0, 1)]
    book = Book.of([*orders, (1, 3, False, 10, 0)])
    assert Pooling(PRICE).clear(book).filled_wh.tolist() == [3, 4, 3, 10]


@given(books(least=1))
def test_nobody_is_more_than_a_watt_hour_off_the_common_share(book: Book) -> None:
    filled = Pooling(PRICE).clear(book).filled_wh
    limit = book.price_ueur_per_kwh
    for rows in (book.is_buy & (limit >= PRICE), ~book.is_buy & (limit <= PRICE)):
        wanted, got = book.quantity_wh[rows], filled[rows]
        assert bool((np.abs(got * wanted.sum() - wanted * got.sum()) < max(int(wanted.sum()), 1)).all())


@given(books(least=1))
def test_one_side_of_the_willing_is_filled_in_full(book: Book) -> None:
    left = book.quantity_wh - Pooling(PRICE).clear(book).filled_wh
    limit = book.price_ueur_per_kwh
    sides = [left[book.is_buy & (limit >= PRICE)], left[~book.is_buy & (limit <= PRICE)]]
    assert any(not side.any() for side in sides)


def test_a_price_beyond_all_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="the pool's price is 2000000000"):
        Pooling(2_000_000_000)
