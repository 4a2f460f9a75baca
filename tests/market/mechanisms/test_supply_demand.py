"""The supply-demand ratio: its ends, its middle, and what it does without a feed-in price."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.book import Book
from enerwise.market.clearing import ROUNDING, payments
from enerwise.market.mechanisms.mid_market import MidMarket
from enerwise.market.mechanisms.supply_demand import SupplyDemand
from enerwise.testing.contracts.mechanisms import MechanismContract, books


class TestSupplyDemand(MechanismContract):
    mechanism = "supply_demand"


def a_book(wanted_wh: int, offered_wh: int) -> Book:
    return Book.of([(1, 0, True, wanted_wh, 0), (2, 1, False, offered_wh, 0)])


@pytest.mark.parametrize(
    ("offered_wh", "buy", "sell"),
    [
        (1, 299_940, 299_400),  # almost nothing is offered: as dear as the grid
        (500, 225_000, 150_000),  # S = 1/2: 0.3 x 0.1 / (0.2 x 0.5 + 0.1)
        (1000, 100_000, 100_000),
        (2000, 100_000, 100_000),
    ],
)
def test_the_price_falls_as_supply_grows(offered_wh: int, buy: int, sell: int) -> None:
    cleared = SupplyDemand(300_000, 100_000).clear(a_book(1000, offered_wh))
    assert cleared.price_ueur_per_kwh[1] == pytest.approx(sell, abs=10)
    assert cleared.price_ueur_per_kwh[0] == pytest.approx(buy, abs=400)


def test_without_a_feed_in_price_the_mid_market_rate_takes_over() -> None:
    book = a_book(1000, 500)
    mine, other = SupplyDemand(300_000, 0).clear(book), MidMarket(300_000, 0).clear(book)
    assert mine.price_ueur_per_kwh.tolist() == other.price_ueur_per_kwh.tolist() == [225_000, 150_000]


@given(books(least=1), st.integers(1, 600_000), st.integers(0, 400_000))
def test_nobody_does_worse_than_with_the_grid_alone(book: Book, feed_in: int, spread: int) -> None:
    cleared = SupplyDemand(feed_in + spread, feed_in).clear(book)
    assert bool((cleared.price_ueur_per_kwh[book.is_buy] <= feed_in + spread).all())
    assert bool((cleared.price_ueur_per_kwh[~book.is_buy] >= feed_in).all())


@given(books(least=1), st.integers(1, 600_000), st.integers(0, 400_000))
def test_what_neighbours_pay_is_the_bill_of_the_grid_but_for_prices_rounded_down(
    book: Book, feed_in: int, spread: int
) -> None:
    cleared = SupplyDemand(feed_in + spread, feed_in).clear(book)
    rest_ueur = payments(book, cleared).accounts_ueur.get(ROUNDING, 0)
    traded_kwh = int(cleared.filled_wh.sum()) // 1000 + 1
    assert abs(rest_ueur) <= traded_kwh + len(book) + 1


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 600_000), st.integers(0, 400_000))
def test_prices_are_the_published_ones_rounded_down(wanted: int, offered: int, feed_in: int, spread: int) -> None:
    cleared = SupplyDemand(feed_in + spread, feed_in).clear(a_book(wanted, offered))
    ratio, retail = Fraction(offered, wanted), feed_in + spread
    sell = floor(retail * feed_in / ((retail - feed_in) * ratio + feed_in)) if ratio <= 1 else feed_in
    buy = floor(sell * ratio + retail * (1 - ratio)) if ratio <= 1 else feed_in
    assert cleared.price_ueur_per_kwh.tolist() == [buy, sell]
