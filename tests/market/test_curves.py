"""Curves: steps lose nothing and know no sequence; vectors add up and say what each price would bring."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.book import Book
from enerwise.market.curves import most_traded, on_grid, steps_of, summed_up, vectors
from enerwise.testing.contracts.mechanisms import books


def test_a_vector_says_what_is_taken_at_every_price() -> None:
    book = Book.of([(1, 0, True, 5, 30), (2, 0, True, 2, 10), (3, 1, False, 4, 20)])
    grid = np.array([10, 20, 30])
    assert vectors(book, book.participant, grid, is_buy=True).tolist() == [[7, 5, 5], [0, 0, 0]]
    assert vectors(book, book.participant, grid, is_buy=False).tolist() == [[0, 0, 0], [0, 4, 4]]
    assert summed_up(vectors(book, book.participant, grid, is_buy=True), 2).tolist() == [7, 5, 5]


def test_most_is_traded_in_the_middle_of_the_prices_that_leave_nobody_out() -> None:
    assert most_traded(np.array([7, 5, 5, 0]), np.array([0, 5, 5, 9])) == (1, 5)
    assert most_traded(np.array([9, 9, 5]), np.array([4, 4, 4])) == (2, 4), "below it there are buyers left"
    assert most_traded(np.array([3, 0]), np.array([0, 3])) == (0, 0)


@given(books(area_count=3), st.integers(0, 99))
def test_steps_are_what_the_orders_say_in_whatever_sequence(book: Book, seed: int) -> None:
    rows = np.random.default_rng(seed).permutation(len(book))
    steps, other = steps_of(book), steps_of(book.take(rows))
    for name in ("area", "sign", "price_ueur_per_kwh", "quantity_wh"):
        assert getattr(steps, name).tolist() == getattr(other, name).tolist()
    told = {
        (area, sign, price): quantity
        for area, sign, price, quantity in zip(
            steps.area.tolist(),
            steps.sign.tolist(),
            steps.price_ueur_per_kwh.tolist(),
            steps.quantity_wh.tolist(),
            strict=True,
        )
    }
    added: dict[tuple[int, int, int], int] = {}
    for row in range(len(book)):
        key = (int(book.area[row]), 1 if book.is_buy[row] else -1, int(book.price_ueur_per_kwh[row]))
        added[key] = added.get(key, 0) + int(book.quantity_wh[row])
    assert told == added and len(told) == len(steps)


@given(books(most=20), st.integers(2, 7), st.sampled_from([1, 5_000, 70_000]))
def test_what_a_root_holds_is_what_all_would_take_at_each_price(book: Book, fan_out: int, step: int) -> None:
    coarse = on_grid(book, step)
    grid = np.unique(coarse.price_ueur_per_kwh)
    for is_buy in (True, False):
        root = summed_up(vectors(coarse, coarse.participant, grid, is_buy=is_buy), fan_out)
        for price, told in zip(grid, root, strict=True):
            limit = coarse.price_ueur_per_kwh
            accepts = limit >= price if is_buy else limit <= price
            assert told == coarse.quantity_wh[accepts & (coarse.is_buy == is_buy)].sum()


@given(books(), st.sampled_from([1, 7, 5_000]))
def test_a_grid_moves_no_price_beyond_a_limit(book: Book, step: int) -> None:
    coarse = on_grid(book, step).price_ueur_per_kwh
    moved = np.where(book.is_buy, book.price_ueur_per_kwh - coarse, coarse - book.price_ueur_per_kwh)
    assert bool((moved >= 0).all()) and bool((moved < step).all()) and not (coarse % step).any()
