"""Vectors up and a price down: the promises, and the flat market on the same grid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.book import Book
from enerwise.market.curves import on_grid
from enerwise.market.mechanisms.hierarchical import Hierarchical
from enerwise.market.mechanisms.uniform import Uniform
from enerwise.market.welfare import best_welfare_neur, welfare_neur
from enerwise.testing.contracts.mechanisms import MechanismContract, books


class TestHierarchical(MechanismContract):
    mechanism = "hierarchical"


@given(books(most=20), st.integers(2, 5), st.sampled_from([1, 5_000, 70_000]))
def test_the_tree_trades_what_a_flat_market_trades_on_the_same_grid(book: Book, fan_out: int, step: int) -> None:
    cleared = Hierarchical(step, fan_out).clear(book)
    flat = Uniform().clear(on_grid(book, step))
    assert cleared.filled_wh.tolist() == flat.filled_wh.tolist()
    if flat.bounds_ueur_per_kwh is not None:
        assert flat.bounds_ueur_per_kwh[0] <= cleared.price_ueur_per_kwh[0] <= flat.bounds_ueur_per_kwh[1]


@given(books(most=20), st.integers(2, 5))
def test_a_fine_grid_loses_no_welfare_and_the_shape_of_the_tree_changes_nothing(book: Book, fan_out: int) -> None:
    cleared = Hierarchical(1, fan_out).clear(book)
    assert welfare_neur(book, cleared.filled_wh) == best_welfare_neur(book)
    assert cleared.price_ueur_per_kwh.tolist() == Hierarchical(1, 99).clear(book).price_ueur_per_kwh.tolist()


def test_a_tree_that_cannot_be_is_refused() -> None:
    for step, fan_out in ((0, 16), (5_000, 1)):
        with pytest.raises(ValueError, match="at least"):
            Hierarchical(step, fan_out)
