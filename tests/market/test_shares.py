"""Shares: they add up, they are fair to one unit, and no place in a table counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.shares import pro_rata

WEIGHTS = st.lists(st.integers(0, 20) | st.integers(0, 2**40), min_size=1, max_size=12).filter(any)
TOTALS = st.integers(0, 50) | st.integers(0, 2**50)


@given(WEIGHTS, TOTALS)
def test_shares_add_up_and_are_fair_to_one_unit(weights: list[int], total: int) -> None:
    share = pro_rata(np.array(weights), total).tolist()
    assert sum(share) == total
    for weight, got in zip(weights, share, strict=True):
        assert abs(got * sum(weights) - weight * total) < sum(weights)


@given(WEIGHTS, st.data())
def test_nobody_gets_more_than_asked_for(weights: list[int], data: st.DataObject) -> None:
    share = pro_rata(np.array(weights), data.draw(st.integers(0, sum(weights))))
    assert bool((share <= np.array(weights)).all())


@given(WEIGHTS, TOTALS, st.data())
def test_where_somebody_stands_changes_nothing(weights: list[int], total: int, data: st.DataObject) -> None:
    weight, rank = np.array(weights), np.arange(len(weights))
    moved = np.array(data.draw(st.permutations(range(len(weights)))))
    assert pro_rata(weight[moved], total, rank[moved]).tolist() == pro_rata(weight, total, rank)[moved].tolist()


@pytest.mark.parametrize(("weights", "total"), [([0, 0], 1), ([-1, 3], 1), ([1], -1)])
def test_what_cannot_be_divided_is_refused(weights: list[int], total: int) -> None:
    with pytest.raises(ValueError, match="cannot be divided"):
        pro_rata(np.array(weights), total)
