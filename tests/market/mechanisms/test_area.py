"""The area market: the worked line, every promise with and without lines, and the program's welfare nearly reached."""

from dataclasses import replace
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.book import Book
from enerwise.market.clearing import CONGESTION, FEES, LOSS, ROUNDING, Clearing, payments
from enerwise.market.curves import steps_of
from enerwise.market.mechanisms.area import Area, acyclic
from enerwise.market.mechanisms.uniform import Uniform
from enerwise.market.money import amount_ueur
from enerwise.market.network import PPM, Line, both_ways, circle
from enerwise.market.welfare import best_welfare_neur, welfare_neur
from enerwise.testing.contracts.mechanisms import MechanismContract, books, keeps_priority


class TestApart(MechanismContract):
    """What areas do not promise: one price (each has its own); efficiency and priority over a whole book, which lines
    keep apart (within an area both are tried below); monotony, which a watt-hour of rounding may break; no surplus,
    since fees and rents are the operator's."""

    mechanism = "area"
    area_count = 3


RING = (
    *both_ways(0, 1, 4000, loss_ppm=50_000, fee_ueur_per_kwh=10_000),
    *both_ways(1, 2, 900, fee_ueur_per_kwh=3_000),
    Line(2, 0, 7, loss_ppm=333_333),
)


class TestInARing(MechanismContract):
    mechanism = "area"
    area_count = 3

    def make(self) -> Area:
        return Area(RING)


AREAS: Final = 3
Case = tuple[Book, tuple[Line, ...]]


@st.composite
def networks(draw: st.DrawFn) -> Case:
    """Draw orders in a few areas, and lines of any loss, fee and limit between them."""
    book = draw(books(most=16, area_count=AREAS))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lines = []
    for _ in range(int(rng.integers(0, 7))):
        source, target = rng.permutation(AREAS)[:2].tolist()
        loss, fee = (
            rng.choice([0, 50_000, int(rng.integers(0, 400_000))]),
            rng.choice([0, int(rng.integers(0, 200_000))]),
        )
        limit = int(rng.choice([0, 3, int(rng.integers(0, 5000)), 10**9]))
        lines.append(Line(source, target, limit, int(loss), int(fee)))
    return book, tuple(lines)


def a_line(limit_wh: int) -> tuple[Book, Clearing]:
    """A buyer in the town, a seller and a second buyer in the country, and a lossy line between."""
    book = Book.of([(1, 0, True, 1000, 300_000, 0), (2, 1, False, 2000, 100_000, 1), (3, 2, True, 500, 120_000, 1)])
    return book, Area(both_ways(0, 1, limit_wh, loss_ppm=50_000, fee_ueur_per_kwh=20_000)).clear(book)


def test_a_full_line_parts_the_prices_and_earns_fee_and_rent() -> None:
    book, cleared = a_line(600)
    assert cleared.filled_wh.tolist() == [570, 1100, 500]
    assert cleared.area_price_ueur_per_kwh is not None
    assert cleared.area_price_ueur_per_kwh.tolist() == [300_000, 100_000]
    paid = payments(book, cleared)
    assert dict(paid.accounts_ueur) == {FEES: -12_000, CONGESTION: -99_000}, "570 Wh at 0.30, 600 at 0.10, 600 at 0.02"
    assert cleared.accounts_wh == {LOSS: 30}


def test_over_a_free_line_the_price_rises_by_loss_and_fee_only() -> None:
    book, cleared = a_line(60_000)
    assert cleared.area_price_ueur_per_kwh is not None
    assert cleared.area_price_ueur_per_kwh.tolist() == [126_315, 100_000], "(0.10 + 0.02) / 0.95"
    paid = payments(book, cleared)
    assert CONGESTION not in paid.accounts_ueur
    assert abs(paid.accounts_ueur.get(ROUNDING, 0)) <= 200


@given(books(most=16), st.sampled_from([0, 500_000, 1_000_000]))
def test_one_area_alone_is_the_uniform_auction(book: Book, k_ppm: int) -> None:
    cleared, uniform = Area(k_ppm=k_ppm).clear(book), Uniform(k_ppm).clear(book)
    assert cleared.filled_wh.tolist() == uniform.filled_wh.tolist()
    at = uniform.filled_wh > 0
    assert cleared.price_ueur_per_kwh[at].tolist() == uniform.price_ueur_per_kwh[at].tolist()
    assert welfare_neur(book, cleared.filled_wh) == best_welfare_neur(book)


@given(books(most=16, area_count=3))
def test_areas_without_lines_know_nothing_of_each_other(book: Book) -> None:
    together = Area().clear(book)
    for area in range(3):
        rows = np.flatnonzero(book.area == area)
        alone = Uniform().clear(book.take(rows))
        assert together.filled_wh[rows].tolist() == alone.filled_wh.tolist()


@given(books(most=16, area_count=3))
def test_a_network_without_limits_losses_and_fees_is_one_market(book: Book) -> None:
    wide = (*both_ways(0, 1, 10**9), *both_ways(1, 2, 10**9))
    cleared, uniform = Area(wide).clear(book), Uniform().clear(book)
    assert welfare_neur(book, cleared.filled_wh) == best_welfare_neur(book)
    at = cleared.filled_wh > 0
    assert set(cleared.price_ueur_per_kwh[at].tolist()) == set(uniform.price_ueur_per_kwh[at].tolist())


@given(networks())
def test_the_welfare_of_the_program_is_missed_by_single_watt_hours_only(case: Case) -> None:
    book, lines = case
    cleared = Area(lines).clear(book)
    assert cleared.flow is not None
    fees = sum(int(each) * line.fee_ueur_per_kwh for each, line in zip(cleared.flow.sent_wh, lines, strict=True))
    own = welfare_neur(book, cleared.filled_wh) - fees
    crumb = int(np.abs(book.price_ueur_per_kwh).sum()) + sum(line.fee_ueur_per_kwh for line in lines)
    # Below price zero circles gain, which the product leaves out, and so does a broken watt-hour that is lost.
    assert own <= _program_welfare(book, lines) + crumb
    assert own >= -acyclic(steps_of(book), lines, AREAS)[1].objective - crumb
    if bool((book.price_ueur_per_kwh >= 0).all()):
        assert _program_welfare(book, lines) - crumb <= own <= _program_welfare(book, lines) + 1


@given(networks())
def test_flows_keep_their_limits_and_balance_every_area(case: Case) -> None:
    book, lines = case
    cleared = Area(lines).clear(book)
    flow = cleared.flow
    assert flow is not None
    assert bool((flow.sent_wh >= 0).all()) and bool((flow.sent_wh <= [line.limit_wh for line in lines]).all())
    taken = np.where(book.is_buy, cleared.filled_wh, -cleared.filled_wh)
    for area in range(AREAS):
        came = int((flow.sent_wh - flow.lost_wh)[flow.target == area].sum() - flow.sent_wh[flow.source == area].sum())
        assert int(taken[book.area == area].sum()) == came
    for line, sent, lost in zip(lines, flow.sent_wh.tolist(), flow.lost_wh.tolist(), strict=True):
        assert sent * line.loss_ppm <= lost * PPM < sent * line.loss_ppm + PPM, "a broken watt-hour is lost"


@given(networks())
def test_nothing_is_sent_in_a_circle(case: Case) -> None:
    book, lines = case
    flow = Area(lines).clear(book).flow
    assert flow is not None
    assert not circle(lines, np.flatnonzero(flow.sent_wh)).size


@given(networks())
def test_prices_differ_by_loss_and_fee_and_by_more_only_over_full_lines(case: Case) -> None:
    book, lines = case
    cleared = Area(lines).clear(book)
    price, flow = cleared.area_price_ueur_per_kwh, cleared.flow
    assert price is not None and flow is not None
    for line, sent in zip(lines, flow.sent_wh.tolist(), strict=True):
        rent = (PPM - line.loss_ppm) * int(price[line.target]) / PPM - int(price[line.source]) - line.fee_ueur_per_kwh
        # A line that rounding kept from being full is nearly full.
        if sent and sent < line.limit_wh - 2 * len(lines):
            assert abs(rent) <= 2
        if sent:
            assert rent >= -2


@given(networks())
def test_within_an_area_nobody_is_left_who_could_agree(case: Case) -> None:
    book, lines = case
    cleared = Area(lines).clear(book)
    left = book.quantity_wh - cleared.filled_wh
    for area in range(AREAS):
        bids, asks = (
            np.flatnonzero((book.area == area) & (book.is_buy == each) & (left > 0)) for each in (True, False)
        )
        for bid in bids:
            could = asks[book.price_ueur_per_kwh[asks] <= book.price_ueur_per_kwh[bid]]
            assert min(int(left[bid]), int(left[could].sum())) <= 2 * len(lines), "only what rounding leaves"


@given(networks())
def test_at_one_price_of_an_area_the_earlier_is_served_first(case: Case) -> None:
    book, lines = case
    cleared = Area(lines).clear(book)
    for area in range(AREAS):
        rows = np.flatnonzero(book.area == area)
        keeps_priority(book.take(rows), replace(cleared, filled_wh=cleared.filled_wh[rows]))


@given(networks())
def test_what_the_operator_takes_is_named_to_the_last_unit(case: Case) -> None:
    book, lines = case
    cleared = Area(lines).clear(book)
    paid, flow, price = payments(book, cleared), cleared.flow, cleared.area_price_ueur_per_kwh
    assert flow is not None and price is not None
    fees = [int(amount_ueur(int(each), line.fee_ueur_per_kwh)) for each, line in zip(flow.sent_wh, lines, strict=True)]
    assert -paid.accounts_ueur.get(FEES, 0) == sum(fees)
    rent = -paid.accounts_ueur.get(CONGESTION, 0)
    assert rent >= 0 and (not rent or any(flow.sent_wh == [line.limit_wh for line in lines]))
    assert int(paid.participant_ueur.sum()) == sum(fees) + rent - paid.accounts_ueur.get(ROUNDING, 0)
    # A price is rounded by a micro-euro a kWh, a watt-hour that rounding moves is worth its price.
    moved_wh = int(cleared.filled_wh.sum() + flow.sent_wh.sum())
    crumbs = 2 * len(lines) * (int(np.abs(price).max(initial=0)) // 1000 + 2)
    assert abs(paid.accounts_ueur.get(ROUNDING, 0)) <= len(book) + moved_wh // 1000 + crumbs


def _program_welfare(book: Book, lines: tuple[Line, ...]) -> float:
    """The same program with one variable an order, by a solver asked in another way. [10^-9 EUR]"""
    import highspy

    highs, sign = highspy.Highs(), np.where(book.is_buy, 1.0, -1.0)
    highs.setOptionValue("output_flag", False)
    orders = [highs.addVariable(0.0, float(each)) for each in book.quantity_wh]
    flows = [highs.addVariable(0.0, float(line.limit_wh)) for line in lines]
    zero = 0.0 * highs.addVariable(0.0, 0.0)
    for area in range(AREAS):
        taken = sum((float(sign[row]) * orders[row] for row in np.flatnonzero(book.area == area)), start=zero)
        for line, flow in zip(lines, flows, strict=True):
            if line.source == area:
                taken = taken + flow
            if line.target == area:
                taken = taken - (1 - line.loss_ppm / PPM) * flow
        highs.addConstr(taken == 0.0)
    prices = sign * book.price_ueur_per_kwh
    worth = sum((float(price) * order for price, order in zip(prices, orders, strict=True)), start=zero)
    fees = sum((float(line.fee_ueur_per_kwh) * flow for line, flow in zip(lines, flows, strict=True)), start=zero)
    highs.maximize(worth - fees)
    return float(highs.getInfo().objective_function_value)


def test_below_zero_nothing_is_burnt_on_the_way_around() -> None:
    book = Book.of([(1, 0, False, 5000, -100_000, 0), (2, 1, True, 1000, -20_000, 1)])
    cleared = Area(both_ways(0, 1, 3000, loss_ppm=100_000)).clear(book)
    assert cleared.flow is not None
    assert cleared.flow.sent_wh.tolist() == [1111, 0]
    assert cleared.filled_wh.tolist() == [1111, 999]


@pytest.mark.parametrize(("k_ppm", "price"), [(0, 100_000), (500_000, 200_000), (1_000_000, 300_000)])
def test_k_says_where_between_the_prices_of_the_program_the_price_lies(k_ppm: int, price: int) -> None:
    book = Book.of([(1, 0, True, 10, 300_000, 0), (2, 1, False, 10, 100_000, 1)])
    cleared = Area(both_ways(0, 1, 50), k_ppm).clear(book)
    assert cleared.price_ueur_per_kwh.tolist() == [price, price]


def test_a_k_beyond_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="k_ppm is -1"):
        Area(k_ppm=-1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ((1, 1, 5), "joins two areas"),
        ((0, 1, -1), "carries -1 Wh"),
        ((0, 1, 5, 1_000_000), "loses 1000000 per million"),
        ((0, 1, 5, 0, -1), "sending in circles"),
    ],
)
def test_a_line_that_cannot_be_is_refused(line: tuple[int, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Line(*line)
