"""What every way of clearing must satisfy: energy and money balance to the last unit, and each promise it makes holds.

A plug-in's test inherits the suite and names its mechanism::

    class TestMyMechanism(MechanismContract):
        mechanism = "my_mechanism"
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import ClassVar, Final, TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.units import BoolArray, IntArray
from enerwise.market.book import PRICE_MAX_UEUR_PER_KWH, QUANTITY_MAX_WH, Book
from enerwise.market.clearing import LOSS, Clearing, payments, trades_of
from enerwise.market.mechanism import Mechanism, Promise, mechanism
from enerwise.market.welfare import best_welfare_neur, welfare_neur

Test = TypeVar("Test", bound=Callable[..., None])
PRICES = st.integers(-5, 40).map(lambda each: each * 10_000) | st.integers(-200_000, 1_000_000)
QUANTITIES = st.integers(1, 12) | st.integers(1, 20_000)
FEW: Final = 5


@st.composite
def books(draw: st.DrawFn, *, least: int = 0, most: int = 24, area_count: int = 1) -> Book:
    """Draw a book whose prices and times often agree, so that ties are met; ids leave room for others between.

    Few orders are drawn one by one, so that what fails is shown small; more of them come from a seed, which is quick.
    """
    if draw(st.integers(0, 3)):
        return _dealt(np.random.default_rng(draw(st.integers(0, 2**32 - 1))), least, most, area_count)
    count = draw(st.integers(least, max(least, FEW)))

    def column(each: st.SearchStrategy[int] | st.SearchStrategy[bool]) -> IntArray:
        return np.array(draw(st.lists(each, min_size=count, max_size=count)), np.int64)

    return Book(
        id=np.array(draw(st.permutations(range(0, 10 * count, 10))), np.int64),
        participant=column(st.integers(0, 7)),
        is_buy=column(st.booleans()).astype(np.bool_),
        quantity_wh=column(QUANTITIES),
        price_ueur_per_kwh=column(PRICES),
        area=column(st.integers(0, area_count - 1)),
        time_ns=column(st.integers(0, 3)),
    )


def _dealt(rng: np.random.Generator, least: int, most: int, area_count: int) -> Book:
    count = int(rng.integers(least, most, endpoint=True))
    step, largest = int(rng.choice([1, 10_000, 100_000])), int(rng.choice([4, 12, 20_000]))
    price = rng.integers(-200_000 // step, 1_000_000 // step, count, endpoint=True) * step
    return Book(
        id=rng.permutation(count) * 10,
        participant=rng.integers(0, 8, count),
        is_buy=rng.random(count) < rng.choice([0.2, 0.5, 0.8]),
        quantity_wh=rng.integers(1, largest, count, endpoint=True),
        price_ueur_per_kwh=price,
        area=rng.integers(0, area_count, count),
        time_ns=rng.integers(0, 4, count),
    )


def odd_books() -> Iterator[tuple[str, Book]]:
    """Yield the books at the edges."""
    huge, dear = QUANTITY_MAX_WH, PRICE_MAX_UEUR_PER_KWH
    yield "empty", Book.of([])
    yield "only buyers", Book.of([(1, 0, True, 5, 10), (2, 1, True, 5, 10)])
    yield "only sellers", Book.of([(1, 0, False, 5, 10), (2, 1, False, 5, 10)])
    yield (
        "equal prices",
        Book.of([(1, 0, True, 5, 10), (2, 1, True, 5, 10), (3, 2, False, 7, 10), (4, 3, False, 1, 10)]),
    )
    yield "price zero", Book.of([(1, 0, True, 5, 0), (2, 1, False, 5, 0)])
    yield "below zero", Book.of([(1, 0, True, 5, -10), (2, 1, False, 5, -30)])
    yield "one watt-hour", Book.of([(1, 0, True, 1, 300_000), (2, 1, False, 1, 100_000)])
    yield "huge", Book.of([(1, 0, True, huge, dear), (2, 1, False, huge, -dear), (3, 2, False, 1, 5)])
    yield "himself", Book.of([(1, 0, True, 5, 30), (2, 0, False, 5, 10)])


def of(promise: Promise) -> Callable[[Test], Test]:
    """Say which promise a test tries."""

    def marked(test: Test) -> Test:
        test.promise = promise  # type: ignore[attr-defined]
        return test

    return marked


class MechanismContract:
    """Inherit and set ``mechanism``; name what a rule has beyond the defaults by overriding `make`."""

    mechanism: ClassVar[str]
    area_count: ClassVar[int] = 1

    def make(self) -> Mechanism:
        """Return the mechanism as a venue makes it."""
        return mechanism(self.mechanism)

    def __init_subclass__(cls) -> None:
        """Leave out the tests of what the mechanism does not promise."""
        promises = cls().make().promises
        for name, test in vars(MechanismContract).items():
            if getattr(test, "promise", None) not in {None, *promises}:
                setattr(cls, name, None)

    def for_any(self, check: Callable[[Book], None], *, least: int = 0) -> None:
        """Try a claim on books."""
        given(books(least=least, area_count=self.area_count))(check)()

    def test_is_registered_under_its_own_name(self) -> None:
        assert self.make().name == self.mechanism

    def test_energy_and_money_balance(self) -> None:
        self.for_any(lambda book: balances(book, self.make().clear(book)))

    @pytest.mark.parametrize(("name", "book"), list(odd_books()), ids=[name for name, _ in odd_books()])
    def test_clears_what_lies_at_the_edge(self, name: str, book: Book) -> None:
        balances(book, self.make().clear(book))

    def test_the_same_book_is_cleared_alike(self) -> None:
        def check(book: Book) -> None:
            first, second = (self.make().clear(book) for _ in range(2))
            assert first.filled_wh.tobytes() == second.filled_wh.tobytes()
            assert first.price_ueur_per_kwh.tobytes() == second.price_ueur_per_kwh.tobytes()

        self.for_any(check)

    @of(Promise.LIMITS)
    def test_nobody_trades_beyond_the_price_of_the_order(self) -> None:
        made = self.make()
        self.for_any(lambda book: keeps_limits(book, made.clear(book)))

    @of(Promise.ONE_PRICE)
    def test_one_price_between_its_bounds(self) -> None:
        made = self.make()

        def check(book: Book) -> None:
            cleared = made.clear(book)
            prices = set(cleared.price_ueur_per_kwh[cleared.filled_wh > 0].tolist())
            assert len(prices) <= 1
            if prices:
                assert cleared.bounds_ueur_per_kwh is not None
                lower, upper = cleared.bounds_ueur_per_kwh
                assert lower <= prices.pop() <= upper

        self.for_any(check)

    @of(Promise.EFFICIENT)
    def test_no_trades_are_worth_more(self) -> None:
        made = self.make()
        self.for_any(lambda book: equal(welfare_neur(book, made.clear(book).filled_wh), best_welfare_neur(book)))

    @of(Promise.NOT_CROSSED)
    def test_nobody_is_left_who_could_agree(self) -> None:
        made = self.make()

        def check(book: Book) -> None:
            left = made.clear(book).filled_wh < book.quantity_wh
            bid = book.price_ueur_per_kwh[left & book.is_buy].max(initial=-(10**12))
            ask = book.price_ueur_per_kwh[left & ~book.is_buy].min(initial=10**12)
            assert bid < ask

        self.for_any(check)

    @of(Promise.PRIORITY)
    def test_the_better_then_the_earlier_is_filled_first(self) -> None:
        made = self.make()
        self.for_any(lambda book: keeps_priority(book, made.clear(book)), least=2)

    @of(Promise.PERMUTATION)
    def test_where_an_order_stands_changes_nothing(self) -> None:
        made = self.make()

        @given(books(area_count=self.area_count), st.data())
        def check(book: Book, data: st.DataObject) -> None:
            rows = np.array(data.draw(st.permutations(range(len(book)))), np.int64)
            before, after = made.clear(book), made.clear(book.take(rows))
            assert before.filled_wh[rows].tolist() == after.filled_wh.tolist()
            at = after.filled_wh > 0
            assert before.price_ueur_per_kwh[rows][at].tolist() == after.price_ueur_per_kwh[at].tolist()
            assert payments(book, before).participant_ueur.tolist() == (
                payments(book.take(rows), after).participant_ueur.tolist()
            )

        check()

    @of(Promise.SPLIT)
    def test_two_orders_in_place_of_one_are_filled_alike(self) -> None:
        made = self.make()

        @given(books(least=1, area_count=self.area_count), st.data())
        def check(book: Book, data: st.DataObject) -> None:
            row = data.draw(st.integers(0, len(book) - 1))
            if (whole := int(book.quantity_wh[row])) < 2:
                return
            cut = data.draw(st.integers(1, whole - 1))
            before, after = made.clear(book), made.clear(split(book, row, cut))
            filled = after.filled_wh[:-1].copy()
            filled[row] += after.filled_wh[-1]
            assert filled.tolist() == before.filled_wh.tolist()
            at = before.filled_wh > 0
            assert _price_of(after, at, row) == before.price_ueur_per_kwh[at].tolist()

        check()

    @of(Promise.MONOTONE)
    def test_who_offers_more_is_filled_no_less(self) -> None:
        made = self.make()

        @given(books(least=1, area_count=self.area_count), st.data())
        def check(book: Book, data: st.DataObject) -> None:
            row, more = data.draw(st.integers(0, len(book) - 1)), data.draw(st.integers(1, 300_000))
            price = book.price_ueur_per_kwh.copy()
            price[row] += more if book.is_buy[row] else -more
            better = replace(book, price_ueur_per_kwh=price)
            assert made.clear(better).filled_wh[row] >= made.clear(book).filled_wh[row]

        check()

    @of(Promise.NO_SURPLUS)
    def test_nothing_stays_with_the_operator(self) -> None:
        made = self.make()
        self.for_any(lambda book: equal(dict(payments(book, made.clear(book)).accounts_ueur), {}))

    @of(Promise.TRUTHFUL)
    def test_no_other_price_than_the_true_one_gains(self) -> None:
        made = self.make()

        @given(books(least=1, area_count=self.area_count), st.data())
        def check(book: Book, data: st.DataObject) -> None:
            book = replace(book, participant=np.arange(len(book)), quantity_wh=np.ones(len(book), np.int64))
            row, other = data.draw(st.integers(0, len(book) - 1)), data.draw(PRICES)
            price = book.price_ueur_per_kwh.copy()
            price[row] = other
            lied = replace(book, price_ueur_per_kwh=price)
            true = int(book.price_ueur_per_kwh[row])
            assert gain(made.clear(lied), row, true, book) <= gain(made.clear(book), row, true, book)

        check()


# ---------------------------------------------------------------------------------------------------------------
# Claims


def equal(left: object, right: object) -> None:
    """Claim that both are the same."""
    assert left == right


def balances(book: Book, cleared: Clearing) -> None:
    """Claim that energy and money balance, and that nobody is filled beyond the order."""
    filled = cleared.filled_wh
    assert filled.shape == cleared.price_ueur_per_kwh.shape == (len(book),)
    assert bool((filled >= 0).all()) and bool((filled <= book.quantity_wh).all())
    bought, sold = int(filled[book.is_buy].sum()), int(filled[~book.is_buy].sum())
    assert bought + sum(cleared.accounts_wh.values()) == sold
    assert cleared.accounts_wh.get(LOSS, 0) >= 0
    paid = payments(book, cleared)
    assert int(paid.participant_ueur.sum()) + sum(paid.accounts_ueur.values()) == 0
    if not (cleared.accounts_wh or cleared.flow):
        pairs_add_up(book, cleared)


def pairs_add_up(book: Book, cleared: Clearing) -> None:
    """Claim that the trades are what was filled."""
    trades = trades_of(book, cleared)
    assert bool((trades.quantity_wh > 0).all())
    assert bool(book.is_buy[trades.buy].all()) and not bool(book.is_buy[trades.sell].any())
    added = np.zeros(len(book), np.int64)
    np.add.at(added, trades.buy, trades.quantity_wh)
    np.add.at(added, trades.sell, trades.quantity_wh)
    assert added.tolist() == cleared.filled_wh.tolist()
    assert bool((trades.buy_price_ueur_per_kwh >= trades.sell_price_ueur_per_kwh).all())


def keeps_limits(book: Book, cleared: Clearing) -> None:
    """Claim that nobody trades beyond the price of the order, in any single trade."""
    filled = cleared.filled_wh > 0
    price, limit = cleared.price_ueur_per_kwh, book.price_ueur_per_kwh
    assert bool((price <= limit)[filled & book.is_buy].all())
    assert bool((price >= limit)[filled & ~book.is_buy].all())
    if cleared.trades is not None:
        trades = cleared.trades
        assert bool((trades.buy_price_ueur_per_kwh <= limit[trades.buy]).all())
        assert bool((trades.sell_price_ueur_per_kwh >= limit[trades.sell]).all())


def keeps_priority(book: Book, cleared: Clearing) -> None:
    """Claim that where somebody was filled at all, all who come before are filled in full."""
    for is_buy in (True, False):
        rows = np.flatnonzero(book.is_buy == is_buy)
        sign = -1 if is_buy else 1
        rank = sorted(rows, key=lambda row: (sign * book.price_ueur_per_kwh[row], book.time_ns[row], book.id[row]))
        is_full = [bool(cleared.filled_wh[row] == book.quantity_wh[row]) for row in rank]
        is_begun = [bool(cleared.filled_wh[row] > 0) for row in rank]
        assert all(is_full[at] or not any(is_begun[at + 1 :]) for at in range(len(rank)))


def split(book: Book, row: int, cut_wh: int) -> Book:
    """Return the book with one order in two parts; the second stands at the end, with the next id."""
    rows = np.append(np.arange(len(book)), row)
    quantity, number = book.quantity_wh[rows].copy(), book.id[rows].copy()
    quantity[row], quantity[-1] = cut_wh, quantity[row] - cut_wh
    number[-1] += 1
    return Book(
        number,
        book.participant[rows],
        book.is_buy[rows],
        quantity,
        book.price_ueur_per_kwh[rows],
        book.area[rows],
        book.time_ns[rows],
    )


def _price_of(after: Clearing, at: BoolArray, row: int) -> list[int]:
    price = after.price_ueur_per_kwh[:-1].copy()
    if not after.filled_wh[row]:
        price[row] = after.price_ueur_per_kwh[-1]
    return [int(each) for each in price[at]]


def gain(cleared: Clearing, row: int, true_price: int, book: Book) -> int:
    """Return what an order of one watt-hour gains at the true price. [10^-9 EUR]"""
    sign = 1 if book.is_buy[row] else -1
    return sign * int(cleared.filled_wh[row]) * (true_price - int(cleared.price_ueur_per_kwh[row]))
