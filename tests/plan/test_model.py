"""A model under construction becomes one matrix, column by column, whatever the order in which it was told."""

import numpy as np
import pytest

from enerwise.core.errors import PlanError
from enerwise.plan.model import Model, cost_by_term_eur


def test_entries_are_sorted_by_column_then_row() -> None:
    model = Model()
    first, second = model.columns(2, 0.0, 1.0), model.columns(1, -1.0, np.inf)
    rows = model.rows(0.0, 1.0, 2)
    model.put(rows[1:], second, 5.0)
    model.put(rows, first, np.array([1.0, 2.0]))
    model.put(rows[:1], second, 4.0)
    arrays = model.arrays()
    assert arrays.start.tolist() == [0, 1, 2, 4]
    assert arrays.index.tolist() == [0, 1, 0, 1]
    assert arrays.value.tolist() == [1.0, 2.0, 4.0, 5.0]
    assert arrays.lower.tolist() == [0.0, 0.0, -1.0]


def test_a_column_in_no_row_has_no_entries() -> None:
    model = Model()
    model.columns(3, 0.0, 1.0)
    assert model.arrays().start.tolist() == [0, 0, 0, 0]


def test_costs_of_terms_add_up_in_the_objective_and_are_told_apart() -> None:
    model = Model()
    columns = model.columns(2, 0.0, 1.0)
    model.weight = 0.5
    model.cost("energy", columns, np.array([2.0, 4.0]))
    model.cost("ageing", columns[:1], 1.0)
    model.constant("energy", 6.0)
    assert model.arrays().cost.tolist() == [1.5, 2.0]
    assert cost_by_term_eur(model, np.array([1.0, 10.0])) == {"energy": 3.0 + 1.0 + 20.0, "ageing": 0.5}


def test_a_term_of_constants_alone_is_told() -> None:
    model = Model()
    model.constant("fixed", 3.0)
    assert cost_by_term_eur(model, np.zeros(0)) == {"fixed": 3.0}


def test_a_price_that_is_no_number_names_its_term() -> None:
    model = Model()
    model.cost("carbon", model.columns(2, 0.0, 1.0), np.array([1.0, np.nan]))
    with pytest.raises(PlanError, match="term carbon: a price of the plan is not a number"):
        model.arrays()


@pytest.mark.parametrize("most", [np.inf, 2.5])
def test_a_wish_says_how_far_it_may_give_way(most: float) -> None:
    model = Model()
    slack = model.columns(2, 0.0, 0.0)
    model.wish("import limit", slack, rank=1, unit="kW", most=most)
    assert model.wishes[0].most.tolist() == [most, most]
    assert model.arrays().upper.tolist() == [0.0, 0.0], "closed until it has to give"
