"""A tree of futures: what nobody can tell apart until a stage begins shares its node until then."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.time import TimeGrid
from enerwise.forecast.scenarios import Outlook, branched, outlook
from enerwise.plan.tree import node_faults
from tests.forecast.builders import PER_DAY
from tests.forecast.test_scenarios import a_house


def a_tree(stages: list[int], ways: list[int], *, days: int = 40, steps: int = PER_DAY) -> Outlook:
    house = a_house(days)
    past = house[0][1]
    grid = TimeGrid(past.grid.end_utc, past.grid.step_s, steps)
    return branched(house, grid, past.grid.end_utc, stages=stages, ways=ways)


@settings(max_examples=25)
@given(first=st.integers(1, 20), gap=st.integers(1, 20), ways=st.lists(st.integers(2, 3), min_size=2, max_size=2))
def test_its_nodes_are_a_tree_and_all_paths_share_the_first_step(first: int, gap: int, ways: list[int]) -> None:
    found = a_tree([first, first + gap], ways)
    count = ways[0] * ways[1]
    assert found.value.shape == (count, 2, PER_DAY)
    assert found.probability.sum() == pytest.approx(1.0)
    assert found.node is not None
    assert node_faults(found.node, count, PER_DAY) == []
    assert np.ptp(found.value[:, :, 0], axis=0).max() < 1e-9
    assert len(np.unique(found.node[:, 0])) == 1
    assert len(np.unique(found.node[:, first])) == ways[0]
    assert len(np.unique(found.node[:, -1])) == count


def test_its_mean_is_the_centre_and_the_mean_error() -> None:
    tree, fan = a_tree([4, 20], [3, 3]), a_tree([], [])
    assert fan.node is None and fan.probability.size == 3
    mean = [np.tensordot(each.probability, each.value, axes=1)[0].sum() for each in (tree, fan)]
    assert mean[0] == pytest.approx(mean[1], rel=0.03)


def test_its_leaves_are_ranked_within_their_node() -> None:
    found = a_tree([4, 20], [2, 3])
    net_w = found.value.sum(axis=1)
    assert (np.diff(net_w[:3, 20:].sum(axis=1)) > 0).all()
    assert net_w[0, 4:20].sum() < net_w[3, 4:20].sum()


def test_too_few_days_or_no_stage_inside_leave_the_paths_there_were() -> None:
    house = a_house()
    past = house[0][1]
    grid = TimeGrid(past.grid.end_utc, past.grid.step_s, PER_DAY)
    usual = outlook(house, grid, past.grid.end_utc)
    for stages, ways in (([PER_DAY], [3]), ([4, 20], [5, 5])):
        found = branched(house, grid, past.grid.end_utc, stages=stages, ways=ways)
        assert found.node is None
        assert np.array_equal(found.value, usual.value)
