"""Asking round for a price: the promises, and how near it comes to the linear program."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.market.book import Book
from enerwise.market.mechanisms.lagrangian import Lagrangian
from enerwise.market.mechanisms.uniform import Uniform
from enerwise.market.welfare import best_welfare_neur, welfare_neur
from enerwise.testing.contracts.mechanisms import MechanismContract, books


class TestLagrangian(MechanismContract):
    mechanism = "lagrangian"


@settings(max_examples=60, deadline=None)
@given(books(least=2, most=40))
def test_whoever_settles_has_the_price_and_the_welfare_of_the_linear_program(book: Book) -> None:
    rule = Lagrangian()
    if book.is_buy.all() or not book.is_buy.any():
        return
    trace, cleared, flat = rule.rounds(book), rule.clear(book), Uniform().clear(book)
    if trace.is_settled:
        assert trace.gap_neur(book, cleared) == 0
        if flat.bounds_ueur_per_kwh is not None:
            low, high = flat.bounds_ueur_per_kwh
            assert low <= int(cleared.price_ueur_per_kwh[0]) <= high
    assert trace.gap_neur(book, cleared) >= 0


def a_street(seed: int, count: int) -> Book:
    rng = np.random.default_rng(seed)
    at = np.arange(count)
    price = rng.integers(50_000, 350_000, count) // 1000 * 1000
    return Book(at, at, rng.random(count) < 0.5, rng.integers(1, 6000, count), price)


def test_a_hundred_streets_come_to_the_linear_program(capsys: pytest.CaptureFixture[str]) -> None:
    """Of streets of 2 to 200 homes nearly all settle without a gap; the sum of gaps is printed."""
    rule, gaps, rounds, settled = Lagrangian(), list[int](), list[int](), 0
    best = 0
    for seed in range(100):
        book = a_street(seed, 2 + 2 * seed)
        if book.is_buy.all() or not book.is_buy.any():
            continue
        trace, cleared = rule.rounds(book), rule.clear(book)
        gaps.append(trace.gap_neur(book, cleared))
        rounds.append(trace.primal_wh.size)
        settled += trace.is_settled
        best += best_welfare_neur(book)
    with capsys.disabled():
        words = f"{settled} of {len(gaps)} streets settled, median {int(np.median(rounds))} rounds"
        print(f"\nLagrangian: {words}, gap {sum(gaps) / best:.2e} of the welfare of the linear program")
    assert settled >= 0.97 * len(gaps)
    assert sum(gaps) <= 1e-4 * best


def test_where_the_rounds_are_over_the_gap_is_told_and_the_books_balance() -> None:
    book = a_street(7, 60)
    short = Lagrangian(rounds_most=3)
    trace, cleared = short.rounds(book), short.clear(book)
    assert not trace.is_settled and trace.primal_wh.size == 3
    assert trace.gap_neur(book, cleared) == best_welfare_neur(book) - welfare_neur(book, cleared.filled_wh) >= 0
    signed = np.where(book.is_buy, cleared.filled_wh, -cleared.filled_wh)
    assert int(signed.sum()) == 0


def test_residuals_fall_and_nobody_shows_an_order() -> None:
    """What a coordinator sees of each round is a sum and a count: two orders in place of one change neither."""
    book = a_street(3, 40)
    trace = Lagrangian().rounds(book)
    assert trace.primal_wh[-1] <= 0.1 < trace.primal_wh[0]
    assert trace.dual_ueur_per_kwh[-1] <= 0.05


@pytest.mark.parametrize("name", ["rounds_most", "primal_mwh", "dual_neur_per_kwh"])
def test_bounds_that_cannot_be_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        replace(Lagrangian(), **{name: 0})  # type: ignore[arg-type]


@given(st.integers(-900, 900))
def test_one_buyer_and_one_seller_meet_between_their_prices(shift: int) -> None:
    book = Book.of([(1, 0, True, 500, 300_000 + shift), (2, 1, False, 700, 100_000)])
    cleared = Lagrangian().clear(book)
    assert cleared.filled_wh.tolist() == [500, 500]
    assert 100_000 <= int(cleared.price_ueur_per_kwh[0]) <= 300_000 + shift
