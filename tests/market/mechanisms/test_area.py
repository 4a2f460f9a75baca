"""The area market: the worked line, every promise with and without lines, and the program's welfare nearly reached."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.book import Book
from enerwise.market.clearing import CONGESTION, FEES, LOSS, ROUNDING, Clearing, payments
from enerwise.market.mechanisms.area import Area, _program
from enerwise.market.mechanisms.uniform import Uniform
from enerwise.market.network import PPM, Line, both_ways
from enerwise.market.welfare import best_welfare_neur, welfare_neur
from enerwise.testing.contracts.mechanisms import MechanismContract, books


class TestApart(MechanismContract):
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


@given(books(most=16, area_count=3))
def test_one_area_alone_is_worth_what_one_price_brings(book: Book) -> None:
    for area in range(3):
        alone = book.take(np.flatnonzero(book.area == area))
        assert welfare_neur(alone, Area().clear(alone).filled_wh) == best_welfare_neur(alone)
        assert Area().clear(alone).filled_wh.tolist() == Uniform().clear(alone).filled_wh.tolist()


@given(books(most=16, area_count=3))
def test_a_network_without_limits_losses_and_fees_is_one_market(book: Book) -> None:
    wide = (*both_ways(0, 1, 10**9), *both_ways(1, 2, 10**9))
    assert welfare_neur(book, Area(wide).clear(book).filled_wh) == best_welfare_neur(book)


@given(books(least=1, most=16, area_count=3))
def test_the_welfare_of_the_program_is_missed_by_single_watt_hours_only(book: Book) -> None:
    cleared = Area(RING).clear(book)
    sent, _ = _program(book, RING, 3)
    best = _program_welfare(book, RING)
    assert cleared.flow is not None
    own = welfare_neur(book, cleared.filled_wh) - sum(
        int(each) * line.fee_ueur_per_kwh for each, line in zip(cleared.flow.sent_wh, RING, strict=True)
    )
    slack = (len(book) + 4 * len(RING)) * (int(np.abs(book.price_ueur_per_kwh).max()) + 10_000)
    if bool((book.price_ueur_per_kwh >= 0).all()):
        assert best - slack <= own <= best + slack
    assert bool((cleared.flow.sent_wh <= [line.limit_wh for line in RING]).all())
    assert bool((cleared.flow.sent_wh >= 0).all()) and sent.size == len(RING)


def _program_welfare(book: Book, lines: tuple[Line, ...]) -> float:
    """The same program with one variable an order, by a solver asked in another way. [10^-9 EUR]"""
    import highspy

    highs, sign = highspy.Highs(), np.where(book.is_buy, 1.0, -1.0)
    highs.setOptionValue("output_flag", False)
    orders = [highs.addVariable(0.0, float(each)) for each in book.quantity_wh]
    flows = [highs.addVariable(0.0, float(line.limit_wh)) for line in lines]
    for area in range(3):
        taken = sum((float(sign[row]) * orders[row] for row in np.flatnonzero(book.area == area)), start=0.0 * flows[0])
        for line, flow in zip(lines, flows, strict=True):
            if line.source == area:
                taken = taken + flow
            if line.target == area:
                taken = taken - (1 - line.loss_ppm / PPM) * flow
        highs.addConstr(taken == 0.0)
    worth = sum(
        (float(sign[row] * book.price_ueur_per_kwh[row]) * orders[row] for row in range(len(book))),
        start=0.0 * flows[0],
    )
    fees = sum(
        (float(line.fee_ueur_per_kwh) * flow for line, flow in zip(lines, flows, strict=True)), start=0.0 * flows[0]
    )
    highs.maximize(worth - fees)
    return float(highs.getInfo().objective_function_value)


@given(books(most=16, area_count=2), st.integers(0, 400_000), st.integers(0, 5000), st.integers(0, 200_000))
def test_what_the_operator_takes_is_named(book: Book, loss_ppm: int, limit_wh: int, fee: int) -> None:
    lines = both_ways(0, 1, limit_wh, loss_ppm=loss_ppm, fee_ueur_per_kwh=fee)
    cleared = Area(lines).clear(book)
    paid, flow = payments(book, cleared), cleared.flow
    assert flow is not None
    assert not (flow.sent_wh[0] and flow.sent_wh[1]), "opposite flows are netted"
    assert -paid.accounts_ueur.get(FEES, 0) == sum(int(each) * fee // 1000 for each in flow.sent_wh)
    assert paid.accounts_ueur.get(CONGESTION, 0) <= 0
    if not (flow.sent_wh == limit_wh).any():
        assert CONGESTION not in paid.accounts_ueur


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
