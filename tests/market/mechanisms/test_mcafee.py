"""McAfee's reduction: the published cases."""

from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.book import Book
from enerwise.market.clearing import SURPLUS, payments
from enerwise.market.mechanisms.mcafee import McAfee
from enerwise.testing.contracts.mechanisms import MechanismContract


class TestMcAfee(MechanismContract):
    mechanism = "mcafee"


def units(bids: list[int], asks: list[int]) -> Book:
    sides = [(price, True) for price in bids] + [(price, False) for price in asks]
    return Book.of([(number, number, is_buy, 1, price) for number, (price, is_buy) in enumerate(sides)])


def test_all_trade_at_the_mean_of_the_next_two_where_the_last_accept_it() -> None:
    cleared = McAfee().clear(units([9, 8, 7, 4], [2, 3, 4, 8]))
    assert cleared.filled_wh.tolist() == [1, 1, 1, 0, 1, 1, 1, 0]
    assert set(cleared.price_ueur_per_kwh[cleared.filled_wh > 0].tolist()) == {6}, "(4 + 8) / 2"


def test_otherwise_the_last_gives_way_and_sets_both_prices() -> None:
    book = units([9_000, 8_000, 7_000, 6_500], [2_000, 3_000, 4_000, 9_900])
    cleared = McAfee().clear(book)
    assert cleared.filled_wh.tolist() == [1, 1, 0, 0, 1, 1, 0, 0], "(6500 + 9900) / 2 lies above the third bid"
    assert cleared.price_ueur_per_kwh[[0, 4]].tolist() == [7_000, 4_000]
    paid = payments(book, cleared)
    assert dict(paid.accounts_ueur) == {SURPLUS: -6}, "two units, 7000 less 4000 each"


def test_without_a_next_order_on_both_sides_the_last_gives_way() -> None:
    assert McAfee().clear(units([9, 8], [2, 3])).filled_wh.tolist() == [1, 0, 1, 0]
    assert McAfee().clear(units([9], [2])).filled_wh.tolist() == [0, 0]


def test_a_rest_of_the_last_order_sets_no_price() -> None:
    book = Book.of([(1, 0, True, 5, 90), (2, 1, True, 5, 80), (3, 2, False, 7, 10), (4, 3, False, 7, 95)])
    assert McAfee().clear(book).filled_wh.tolist() == [0, 0, 0, 0]


EVEN = st.lists(st.integers(-5, 12).map(lambda each: 2000 * each), max_size=9)


@given(EVEN, EVEN)
def test_units_are_cleared_as_published(bids: list[int], asks: list[int]) -> None:
    bid, ask = sorted(bids, reverse=True), sorted(asks)
    most = sum(b >= a for b, a in zip(bid, ask, strict=False))
    traded, buy, sell = most - 1, bid[most - 1 : most], ask[most - 1 : most]
    if 0 < most < min(len(bid), len(ask)) and sell[0] <= (middle := (bid[most] + ask[most]) // 2) <= buy[0]:
        traded, buy, sell = most, [middle], [middle]
    book = units(bids, asks)
    cleared = McAfee().clear(book)
    assert int(cleared.filled_wh[book.is_buy].sum()) == max(traded, 0)
    kept_ueur = max(traded, 0) * (sum(buy) - sum(sell)) // 1000
    assert -payments(book, cleared).accounts_ueur.get(SURPLUS, 0) == kept_ueur
