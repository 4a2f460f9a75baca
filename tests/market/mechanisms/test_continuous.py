"""First come, first served: the rule by example, and two engines that write one tape."""

from collections.abc import Callable
from typing import Final

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market import tape_compiled
from enerwise.market.book import Book
from enerwise.market.mechanisms.continuous import Continuous
from enerwise.market.tape import CANCEL, REPLACE, SUBMIT, Engine, Entries, PlainEngine, Tape, engine
from enerwise.testing.contracts.mechanisms import MechanismContract, books, split


class TestContinuous(MechanismContract):
    mechanism = "continuous"


ENGINES = [pytest.param(False, id="plain"), pytest.param(True, id="compiled")]


FULL: Final[dict[int, Callable[[tuple[int, ...]], tuple[int, ...]]]] = {
    1: lambda row: (CANCEL, *row, 0, 0, 0, 0),
    4: lambda row: (SUBMIT, -1, *row),
    5: lambda row: (REPLACE, *row),
}


def tape_of(*rows: tuple[int, ...], book: Engine | None = None) -> Tape:
    """Play rows ``(participant, is_buy, quantity, price)``, ``(target,)`` to cancel, or both parts to replace."""
    full = [FULL[len(row)](row) for row in rows]
    kind, target, who, is_buy, quantity, price = (np.array(each, np.int64) for each in zip(*full, strict=True))
    return (book or PlainEngine()).play(Entries(kind, target, who, is_buy.astype(np.bool_), quantity, price))


def rows_of(tape: Tape) -> list[tuple[int, ...]]:
    return list(
        zip(
            *[each.tolist() for each in (tape.came, tape.rested, tape.quantity_wh, tape.price_ueur_per_kwh)],
            strict=True,
        )
    )


@pytest.mark.parametrize("is_compiled", ENGINES)
def test_the_best_then_the_first_that_rests_trades_at_its_own_price(is_compiled: bool) -> None:
    asks = [(1, 0, 5, 30), (2, 0, 5, 20), (3, 0, 5, 20)]
    tape = tape_of(*asks, (4, 1, 12, 40), book=engine(is_compiled=is_compiled))
    assert rows_of(tape) == [(3, 1, 5, 20), (3, 2, 5, 20), (3, 0, 2, 30)]


@pytest.mark.parametrize("is_compiled", ENGINES)
def test_what_was_cancelled_is_gone_and_what_was_replaced_waits_anew(is_compiled: bool) -> None:
    book = engine(is_compiled=is_compiled)
    tape_of((1, 0, 5, 20), (2, 0, 5, 20), (0,), (1, 0, 5, 20), book=book)
    tape = tape_of((3, 1, 7, 20), (99,), book=book)
    assert rows_of(tape) == [(4, 1, 5, 20), (4, 3, 2, 20)]
    assert book.left_wh().tolist() == [0, 0, 0, 3, 0, 0]


@pytest.mark.parametrize("is_compiled", ENGINES)
def test_orders_come_one_by_one_and_replacing_loses_time_and_never_brings_back_what_is_gone(is_compiled: bool) -> None:
    book = engine(is_compiled=is_compiled)
    for who in (1, 2):
        book.play(Entries.submit(who, is_buy=False, quantity_wh=5, price_ueur_per_kwh=20))
    book.play(Entries.replace(0, 1, is_buy=False, quantity_wh=4, price_ueur_per_kwh=20))
    first = book.play(Entries.submit(3, is_buy=True, quantity_wh=7, price_ueur_per_kwh=20))
    assert rows_of(first) == [(3, 1, 5, 20), (3, 2, 2, 20)], "the second is first now"
    late = book.play(Entries.replace(1, 2, is_buy=False, quantity_wh=9, price_ueur_per_kwh=20))
    assert late.refused.tolist() == [4], "it is filled already"
    book.play(Entries.cancel(2))
    assert book.left_wh().tolist() == [0] * 6


@pytest.mark.parametrize("is_compiled", ENGINES)
def test_nobody_trades_with_himself(is_compiled: bool) -> None:
    book = engine(is_compiled=is_compiled)
    tape = tape_of((1, 0, 5, 10), (2, 0, 5, 20), (2, 1, 9, 30), (3, 1, 9, 30), book=book)
    assert rows_of(tape) == [(2, 0, 5, 10), (3, 1, 5, 20)]
    assert tape.refused.tolist() == [2]
    assert book.left_wh().tolist() == [0, 0, 0, 4], "what was left of the refused order is gone"


ORDERS = st.tuples(st.integers(0, 4), st.integers(0, 1), st.integers(1, 9) | st.just(2**40), st.integers(-3, 9))
TARGETS = st.integers(-1, 40)
ROWS = ORDERS | ORDERS | st.tuples(TARGETS) | st.tuples(TARGETS, ORDERS).map(lambda each: (each[0], *each[1]))


@given(st.lists(ROWS, max_size=40))
def test_no_book_is_crossed_after_whatever_came(rows: list[tuple[int, ...]]) -> None:
    book = PlainEngine()
    if rows:
        tape_of(*rows, book=book)
    rests = [row for row, rest in zip(rows, book.left_wh(), strict=True) if rest]
    bids, asks = ([row[-1] for row in rests if row[-3] == is_buy] for is_buy in (1, 0))
    assert not bids or not asks or max(bids) < min(asks)


@given(books(least=1), st.data())
def test_two_orders_in_place_of_one_trade_the_same_energy(book: Book, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(book) - 1))
    if (whole := int(book.quantity_wh[row])) > 1:
        parts = Continuous(is_compiled=False).clear(split(book, row, data.draw(st.integers(1, whole - 1)))).filled_wh
        parts[row] += parts[-1]
        assert parts[:-1].tolist() == Continuous(is_compiled=False).clear(book).filled_wh.tolist()


def test_without_a_folder_to_keep_it_the_engine_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def njit(*functions: object, cache: bool = False) -> object:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return functions[0]

    monkeypatch.setattr(numba, "njit", njit)
    assert tape_compiled._compiled(rows_of) is rows_of


@given(st.lists(st.lists(ROWS, min_size=1, max_size=20), max_size=4))
def test_two_engines_write_one_tape_however_it_is_cut(batches: list[list[tuple[int, ...]]]) -> None:
    plain, compiled, whole = engine(is_compiled=False), engine(is_compiled=True), engine(is_compiled=True)
    told = b""
    for batch in batches:
        one, other = tape_of(*batch, book=plain), tape_of(*batch, book=compiled)
        assert one.to_bytes() == other.to_bytes()
        assert one.refused.tolist() == other.refused.tolist()
        told += one.to_bytes()
    assert plain.left_wh().tolist() == compiled.left_wh().tolist()
    if batches:
        at_once = tape_of(*[row for batch in batches for row in batch], book=whole)
        assert len(at_once.to_bytes()) == len(told)
        assert whole.left_wh().tolist() == plain.left_wh().tolist()


def test_a_compiled_book_grows() -> None:
    book = engine(is_compiled=True)
    rows = [(number, number % 2, 3, 10 + number % 7) for number in range(5000)]
    plain = PlainEngine()
    assert tape_of(*rows, book=book).to_bytes() == tape_of(*rows, book=plain).to_bytes()


def test_a_fill_in_parts_says_its_mean_price_within_the_limit() -> None:
    book = Book.of([(1, 0, False, 1, 10, 0, 1), (2, 1, False, 2, 15, 0, 2), (3, 2, True, 3, 20, 0, 3)])
    assert Continuous().clear(book).price_ueur_per_kwh.tolist() == [10, 15, 13]
