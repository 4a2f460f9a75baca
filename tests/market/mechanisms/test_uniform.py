"""One price for everybody: the worked cases, and every promise on any book."""

import highspy
import numpy as np
import pytest
from hypothesis import given

from enerwise.market.book import Book
from enerwise.market.clearing import payments, trades_of
from enerwise.market.mechanisms.uniform import Ties, Uniform
from enerwise.market.welfare import best_welfare_neur, welfare_neur
from enerwise.testing.contracts.mechanisms import MechanismContract, books


class TestUniform(MechanismContract):
    mechanism = "uniform"


class TestProRata(MechanismContract):
    mechanism = "uniform"

    def make(self) -> Uniform:
        return Uniform(ties=Ties.PRO_RATA)


THREE = Book.of(
    [
        (1, 0, True, 4000, 300_000),
        (2, 1, True, 3000, 200_000),
        (3, 2, True, 3000, 100_000),
        (4, 3, False, 5000, 80_000),
        (5, 4, False, 4000, 160_000),
    ]
)


def test_the_last_order_served_is_filled_in_part_and_its_rest_bounds_the_price() -> None:
    cleared = Uniform().clear(THREE)
    assert cleared.filled_wh.tolist() == [4000, 3000, 0, 5000, 2000]
    assert cleared.bounds_ueur_per_kwh == (160_000, 160_000), "the rest of the last ask could still sell at 0.16"


@pytest.mark.parametrize(
    ("k_ppm", "price"), [(0, 100_000), (500_000, 150_000), (1_000_000, 200_000), (333_333, 133_333)]
)
def test_k_says_where_between_the_bounds_the_price_lies_rounded_down(k_ppm: int, price: int) -> None:
    book = Book.of([(1, 0, True, 10, 200_000), (2, 1, False, 10, 100_000)])
    assert Uniform(k_ppm).clear(book).price_ueur_per_kwh.tolist() == [price, price]


def test_k_beyond_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="k_ppm is 1000001"):
        Uniform(1_000_001)


def test_pairs_go_down_both_sides_and_everybody_pays_the_same_price() -> None:
    cleared = Uniform().clear(THREE)
    trades = trades_of(THREE, cleared)
    assert list(zip(trades.buy, trades.sell, trades.quantity_wh, strict=True)) == [
        (0, 3, 4000),
        (1, 3, 1000),
        (1, 4, 2000),
    ]
    assert payments(THREE, cleared).participant_ueur.tolist() == [640_000, 480_000, 0, -800_000, -320_000]


def test_at_the_same_price_the_earlier_is_filled_first_then_the_smaller_id() -> None:
    orders = [(9, 0, True, 5, 10, 0, 2), (3, 1, True, 5, 10, 0, 1), (4, 2, True, 5, 10, 0, 1), (1, 3, False, 7, 10)]
    assert Uniform().clear(Book.of(orders)).filled_wh.tolist() == [0, 5, 2, 7]


def test_pro_rata_the_last_price_served_is_shared_and_no_better_price_gives_way() -> None:
    orders = [(9, 0, True, 6, 10, 0, 2), (3, 1, True, 3, 10, 0, 1), (4, 2, True, 2, 11, 0, 3), (1, 3, False, 8, 10)]
    assert Uniform(ties=Ties.PRO_RATA).clear(Book.of(orders)).filled_wh.tolist() == [4, 2, 2, 8]


@given(books())
def test_ties_change_neither_the_price_nor_what_a_price_gets(book: Book) -> None:
    timed, shared = Uniform().clear(book), Uniform(ties=Ties.PRO_RATA).clear(book)
    assert timed.price_ueur_per_kwh.tolist() == shared.price_ueur_per_kwh.tolist()
    for price in set(book.price_ueur_per_kwh.tolist()):
        for side in (book.is_buy, ~book.is_buy):
            rows = side & (book.price_ueur_per_kwh == price)
            assert timed.filled_wh[rows].sum() == shared.filled_wh[rows].sum()


def test_a_thousand_books_are_worth_what_a_linear_program_says() -> None:
    rng = np.random.default_rng(11)
    for _ in range(1000):
        book = a_random_book(rng)
        assert welfare_neur(book, Uniform().clear(book).filled_wh) == best_by_solver(book) == best_welfare_neur(book)


def a_random_book(rng: np.random.Generator) -> Book:
    count = int(rng.integers(2, 200))
    is_buy, price = rng.random(count) < 0.5, rng.integers(-50, 400, count) * 1000
    return Book(np.arange(count), np.arange(count), is_buy, rng.integers(1, 5000, count), price)


def best_by_solver(book: Book) -> int:
    """The most that any fills are worth, by HiGHS. [10^-9 EUR]"""
    solver, sign = highspy.Highs(), np.where(book.is_buy, 1.0, -1.0)
    solver.setOptionValue("output_flag", False)
    count, columns = len(book), np.arange(len(book), dtype=np.int32)
    solver.addVars(count, np.zeros(count), book.quantity_wh.astype(float))
    solver.changeColsCost(count, columns, -sign * book.price_ueur_per_kwh)
    solver.addRow(0.0, 0.0, count, columns, sign)
    solver.run()
    return round(-solver.getInfo().objective_function_value)
