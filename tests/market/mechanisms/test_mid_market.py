"""The mid-market rate: the published three cases, with the grid's money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.book import Book
from enerwise.market.clearing import GRID, ROUNDING, payments
from enerwise.market.mechanisms.mid_market import MidMarket
from enerwise.testing.contracts.mechanisms import MechanismContract, books


class TestMidMarket(MechanismContract):
    mechanism = "mid_market"


def a_book(wanted_wh: int, offered_wh: int) -> Book:
    """Two buyers and two sellers, alike in pairs."""
    half = [(number, number, number < 2, (wanted_wh if number < 2 else offered_wh) // 2, 0) for number in range(4)]
    return Book.of(half)


@pytest.mark.parametrize(
    ("wanted_wh", "offered_wh", "paid_ueur", "grid_ueur"),
    [
        (4000, 4000, [400_000, 400_000, -400_000, -400_000], 0),
        (8000, 4000, [1_000_000, 1_000_000, -400_000, -400_000], -1_200_000),
        (4000, 8000, [400_000, 400_000, -600_000, -600_000], 400_000),
    ],
    ids=["enough", "too little", "too much"],
)
def test_neighbours_share_what_the_grid_takes_or_pays_for_the_rest(
    wanted_wh: int, offered_wh: int, paid_ueur: list[int], grid_ueur: int
) -> None:
    book = a_book(wanted_wh, offered_wh)
    paid = payments(book, MidMarket(300_000, 100_000).clear(book))
    assert paid.participant_ueur.tolist() == paid_ueur
    assert paid.accounts_ueur.get(GRID, 0) == grid_ueur


@given(books(least=1), st.integers(-200_000, 600_000), st.integers(0, 400_000))
def test_nobody_does_worse_than_with_the_grid_alone(book: Book, feed_in: int, spread: int) -> None:
    cleared = MidMarket(feed_in + spread, feed_in).clear(book)
    assert bool((cleared.price_ueur_per_kwh[book.is_buy] <= feed_in + spread).all())
    assert bool((cleared.price_ueur_per_kwh[~book.is_buy] >= feed_in).all())


def test_a_grid_that_pays_more_than_it_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="pays 200000 and takes 100000"):
        MidMarket(100_000, 200_000)


@given(books(least=1), st.integers(-200_000, 600_000), st.integers(0, 400_000))
def test_what_neighbours_pay_is_the_bill_of_the_grid_but_for_prices_rounded_down(
    book: Book, feed_in: int, spread: int
) -> None:
    cleared = MidMarket(feed_in + spread, feed_in).clear(book)
    rest_ueur = payments(book, cleared).accounts_ueur.get(ROUNDING, 0)
    traded_kwh = int(cleared.filled_wh.sum()) // 1000 + 1
    assert abs(rest_ueur) <= traded_kwh + len(book) + 1
