"""Bilateral contracts: delivered first, at their own price, out of what both bring."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.book import Book
from enerwise.market.clearing import Clearing, payments, trades_of
from enerwise.market.mechanisms.bilateral import Bilateral, Contract
from enerwise.market.mechanisms.mid_market import MidMarket
from enerwise.market.mechanisms.pay_as_bid import PayAsBid
from enerwise.market.mechanisms.uniform import Uniform
from enerwise.testing.contracts.mechanisms import MechanismContract, books

AGREED = (Contract(0, 1, 700, 150_000), Contract(2, 1, 5, -20_000), Contract(3, 4, 2**40, 10), Contract(0, 6, 3, 0))
CONTRACTS = st.lists(
    st.tuples(st.permutations(range(8)), st.integers(1, 12) | st.integers(1, 20_000), st.integers(-200_000, 400_000)),
    max_size=5,
).map(lambda rows: tuple(Contract(who[0], who[1], quantity, price) for who, quantity, price in rows))


class Nothing(Uniform):
    """Clears nothing, so that what contracts do is seen alone."""

    def clear(self, book: Book) -> Clearing:
        return Clearing(np.zeros(len(book), np.int64), np.zeros(len(book), np.int64))


class TestBilateral(MechanismContract):
    mechanism = "bilateral"

    def make(self) -> Bilateral:
        return Bilateral(AGREED)


def test_a_contract_goes_first_whatever_the_market_says_and_the_rest_goes_on() -> None:
    book = Book.of(
        [
            (1, 0, True, 3000, 100_000),  # would get nothing at one price
            (2, 1, True, 4000, 300_000),
            (3, 2, False, 5000, 120_000),
        ]
    )
    cleared = Bilateral((Contract(0, 2, 2000, 180_000),)).clear(book)
    trades = trades_of(book, cleared)
    told = zip(trades.buy, trades.sell, trades.quantity_wh, trades.buy_price_ueur_per_kwh, strict=True)
    assert list(told) == [(0, 2, 2000, 180_000), (1, 2, 3000, 300_000)], "the rest of the second bid bounds the price"
    assert payments(book, cleared).participant_ueur.tolist() == [360_000, 900_000, -1_260_000]


def test_a_contract_delivers_no_more_than_both_bring_the_earlier_orders_first() -> None:
    book = Book.of([(1, 0, True, 4, 10, 0, 2), (2, 0, True, 4, 90, 0, 1), (3, 1, False, 5, 99)])
    assert Bilateral((Contract(0, 1, 100, 50),)).clear(book).filled_wh.tolist() == [1, 4, 5]


def test_contracts_are_served_in_their_sequence() -> None:
    book = Book.of([(1, 0, True, 5, 0), (2, 1, True, 5, 0), (3, 2, False, 6, 99)])
    first, second = Contract(0, 2, 5, 50), Contract(1, 2, 5, 50)
    assert Bilateral((first, second)).clear(book).filled_wh.tolist() == [5, 1, 6]
    assert Bilateral((second, first)).clear(book).filled_wh.tolist() == [1, 5, 6]


@given(books(least=1))
def test_without_contracts_it_is_the_rule_for_the_rest(book: Book) -> None:
    with_none, alone = Bilateral().clear(book), Uniform().clear(book)
    assert with_none.filled_wh.tolist() == alone.filled_wh.tolist()
    assert payments(book, with_none).participant_ueur.tolist() == payments(book, alone).participant_ueur.tolist()


@given(books(least=1), CONTRACTS)
def test_each_contract_is_delivered_at_its_price_and_no_further(book: Book, contracts: tuple[Contract, ...]) -> None:
    trades = trades_of(book, Bilateral(contracts, rest=Nothing()).clear(book))
    who = list(zip(book.participant[trades.buy].tolist(), book.participant[trades.sell].tolist(), strict=True))
    for buyer, seller in set(who):
        between = [at for at, pair in enumerate(who) if pair == (buyer, seller)]
        agreed = [each for each in contracts if (each.buyer, each.seller) == (buyer, seller)]
        assert int(trades.quantity_wh[between].sum()) <= sum(each.quantity_wh for each in agreed)
        assert set(trades.buy_price_ueur_per_kwh[between].tolist()) <= {each.price_ueur_per_kwh for each in agreed}


@given(books(least=1), CONTRACTS)
def test_any_rule_with_pairs_clears_the_rest(book: Book, contracts: tuple[Contract, ...]) -> None:
    cleared = Bilateral(contracts, rest=PayAsBid()).clear(book)
    paid = payments(book, cleared)
    assert int(paid.participant_ueur.sum()) + sum(paid.accounts_ueur.values()) == 0
    assert bool((cleared.filled_wh <= book.quantity_wh).all())


def test_a_rule_that_trades_with_the_grid_is_refused_for_the_rest() -> None:
    book = Book.of([(1, 0, True, 5, 0), (2, 1, False, 9, 0)])
    with pytest.raises(ValueError, match="trades with a pool"):
        Bilateral(rest=MidMarket()).clear(book)


@pytest.mark.parametrize(
    ("row", "says"), [((1, 1, 5, 0), "itself"), ((1, 2, 0, 0), "over 0 Wh"), ((1, 2, 5, 2 * 10**9), "stay within")]
)
def test_a_contract_that_makes_no_sense_is_refused(row: tuple[int, int, int, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Contract(*row)
