"""Areas in a mesh: the worked triangle, every promise, limits and money on any mesh; a tree is an area market."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.units import IntArray
from enerwise.market.book import Book
from enerwise.market.clearing import CONGESTION, ROUNDING, payments
from enerwise.market.mechanisms.area import Area
from enerwise.market.mechanisms.meshed import Meshed, whole
from enerwise.market.network import Cable, both_ways, ptdf
from enerwise.market.network_check import problems
from enerwise.market.welfare import best_welfare_neur, welfare_neur
from enerwise.testing.contracts.mechanisms import MechanismContract, books

AREAS = 4
Case = tuple[Book, tuple[Cable, ...]]


class TestMeshedApart(MechanismContract):
    """Promises as few as the area market does, for the same reasons."""

    mechanism = "meshed"
    area_count = 3


TRIANGLE = (Cable(0, 1, 5000), Cable(1, 2, 5000), Cable(0, 2, 600))


class TestInATriangle(MechanismContract):
    mechanism = "meshed"
    area_count = 3

    def make(self) -> Meshed:
        return Meshed(TRIANGLE)


@st.composite
def meshes(draw: st.DrawFn, *, is_tree: bool = False) -> Case:
    """Draw orders in a few areas, and cables of any limit and reactance between some of them."""
    book = draw(books(most=16, area_count=AREAS))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pairs = [(int(rng.integers(0, at)), at) for at in range(1, AREAS) if is_tree or rng.random() < 0.9]
    if not is_tree:
        pairs += [tuple(rng.permutation(AREAS)[:2].tolist()) for _ in range(int(rng.integers(0, 4)))]
    limits = [int(rng.choice([0, 3, int(rng.integers(0, 5000)), 10**9])) for _ in pairs]
    return book, tuple(
        Cable(one, other, limit, float(rng.uniform(0.1, 3.0)))
        for (one, other), limit in zip(pairs, limits, strict=True)
    )


def given_wh(book: Book, filled: IntArray) -> IntArray:
    """What each area gives into the mesh."""
    return np.array([int(np.where(book.is_buy, -filled, filled)[book.area == area].sum()) for area in range(AREAS)])


def test_a_full_cable_parts_prices_of_areas_that_it_does_not_touch() -> None:
    """Two thirds of what goes from 0 to 2 take the direct way, which carries 600: 900 go in all, or more with a way
    back from 1, of which one third goes against it."""
    book = Book.of([(1, 0, False, 5000, 100_000, 0), (2, 1, False, 5000, 200_000, 1), (3, 2, True, 1500, 400_000, 2)])
    cleared = Meshed(TRIANGLE).clear(book)
    assert cleared.filled_wh.tolist() == [300, 1200, 1500]
    assert cleared.area_price_ueur_per_kwh is not None and cleared.flow is not None
    assert cleared.area_price_ueur_per_kwh.tolist() == [100_000, 200_000, 300_000]
    assert cleared.flow.sent_wh.tolist() == [300, 900, 600], "the first cable is used the other way"
    paid = payments(book, cleared)
    assert dict(paid.accounts_ueur) == {CONGESTION: -180_000}, "1500 at 0.30, less 300 at 0.10 and 1200 at 0.20"


@given(meshes())
def test_cables_keep_their_limits_and_islands_balance(case: Case) -> None:
    book, cables = case
    cleared = Meshed(cables).clear(book)
    given = given_wh(book, cleared.filled_wh)
    flow = ptdf(cables, AREAS) @ given
    assert bool((np.abs(flow) <= np.array([each.limit_wh for each in cables]) + 1e-5).all())
    assert cleared.flow is not None
    assert np.abs(flow) == pytest.approx(cleared.flow.sent_wh, abs=0.5 + 1e-9)
    assert int(given.sum()) == 0


@given(meshes())
def test_the_operator_takes_the_congestion_rent_and_nothing_where_no_cable_is_full(case: Case) -> None:
    book, cables = case
    cleared = Meshed(cables).clear(book)
    paid, price = payments(book, cleared), cleared.area_price_ueur_per_kwh
    assert price is not None
    rent = -paid.accounts_ueur.get(CONGESTION, 0)
    margin = -sum(wh * int(each) for wh, each in zip(given_wh(book, cleared.filled_wh).tolist(), price, strict=False))
    assert rent == max(margin // 1000, 0) or not rent
    moved_wh = int(cleared.filled_wh.sum())
    assert abs(paid.accounts_ueur.get(ROUNDING, 0)) <= len(book) + moved_wh // 1000 + 2


@given(meshes(is_tree=True))
def test_a_tree_is_an_area_market(case: Case) -> None:
    book, cables = case
    lines = tuple(line for each in cables for line in both_ways(each.one, each.other, each.limit_wh))
    meshed, area = Meshed(cables).clear(book), Area(lines).clear(book)
    crumb = len(cables) * int(np.abs(book.price_ueur_per_kwh).max(initial=0)) * 2
    assert abs(welfare_neur(book, meshed.filled_wh) - welfare_neur(book, area.filled_wh)) <= crumb


@given(meshes())
def test_physics_never_gains_over_free_choice_and_wide_cables_are_one_market(case: Case) -> None:
    book, cables = case
    lines = tuple(line for each in cables for line in both_ways(each.one, each.other, each.limit_wh))
    crumb = len(cables) * int(np.abs(book.price_ueur_per_kwh).max(initial=0)) * 2
    own = welfare_neur(book, Meshed(cables).clear(book).filled_wh)
    assert own <= welfare_neur(book, Area(lines).clear(book).filled_wh) + crumb
    wide = tuple(Cable(0, at, 10**9) for at in range(1, AREAS))
    cleared = Meshed(wide).clear(book)
    assert welfare_neur(book, cleared.filled_wh) == best_welfare_neur(book)


def test_what_a_market_trades_is_checked_against_copper() -> None:
    cables = tuple(Cable(each.one, each.other, each.limit_wh, 0.08, 0.02) for each in TRIANGLE)
    book = Book.of([(1, 0, False, 5000, 100_000, 0), (3, 2, True, 1500, 400_000, 2)])
    given = given_wh(book, Meshed(cables).clear(book).filled_wh)[:3]
    told = problems(cables, given, slot_s=3600, nominal_v=400.0)
    assert [each.place for each in told] == ["cable 0 to 2"], "losses come on top of what is full already"
    assert not problems(cables, given - given // 100, slot_s=3600, nominal_v=400.0)


@given(st.lists(st.integers(-500, 500), min_size=1, max_size=6), st.integers(1, 7))
def test_whole_watt_hours_sum_to_zero_and_none_is_far(parts: list[int], divisor: int) -> None:
    given = np.array([*parts, -sum(parts)]) / divisor
    told = whole(given, np.zeros(given.size, np.int64))
    assert int(told.sum()) == 0
    assert np.abs(told - given).max() < 1


def test_a_k_beyond_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="k_ppm is -1"):
        Meshed(k_ppm=-1)
