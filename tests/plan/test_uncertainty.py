"""Trees, risk, chances and what knowing more is worth."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.units import FloatArray
from enerwise.plan.information import alone, at_first, information
from enerwise.plan.model import cost_by_term_eur
from enerwise.plan.problem import DEFAULT_TERMS, Problem
from enerwise.plan.risk import Risk
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import build, solve
from enerwise.plan.solver import LinearProgram
from enerwise.plan.tree import fan, node_faults, sharing, tree
from tests.builders import a_battery, a_demand, a_grid
from tests.plan.builders import a_demand_problem, a_problem

GRID = a_grid(step_s=3600, steps=6)
THIRDS = np.array([0.3, 0.4, 0.3])
LOADS = st.lists(st.floats(0.0, 4000.0), min_size=18, max_size=18).map(lambda each: np.array(each).reshape(3, 6))
PRICES = st.lists(st.floats(0.05, 0.6), min_size=6, max_size=6).map(np.array)


def three(load_w: FloatArray, buy: FloatArray | float = 0.3, **facts: object) -> Problem:
    defaults = {"sell": 0.04, "end_value_eur_per_kwh": np.array([0.12]), "stability_eur": 0.0}
    return a_problem(grid=GRID, load_w=load_w, buy=buy, probability=THIRDS, **{**defaults, **facts})  # type: ignore[arg-type]


def energies_kwh(problem: Problem) -> FloatArray:
    """Stored energy in each scenario, from the linear program itself. Shape (scenario, step)"""
    model, parts = build(problem)
    found = LinearProgram(model.arrays()).solve()
    assert found is not None
    return np.array([found.column[each.batteries[0].energy] for each in parts])


def test_a_tree_parts_by_what_will_differ() -> None:
    paths = np.array([[1.0, 1, 1, 9], [1, 1, 5, 9], [1, 1, 1, 2], [1, 1, 5, 2]])
    made = tree(paths, stages=(2, 3), ways=(2, 2))
    assert made.tolist() == [[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 2], [0, 0, 1, 3]]
    assert node_faults(made, 4, 4) == []


@given(paths=LOADS, stages=st.sets(st.integers(1, 5), max_size=3).map(sorted), ways=st.integers(1, 3))
def test_every_tree_is_one(paths: FloatArray, stages: list[int], ways: int) -> None:
    made = tree(paths, stages, [ways] * len(stages))
    assert node_faults(made, 3, 6) == [] and np.array_equal(sharing(made), made)


def test_stages_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="do not rise"):
        tree(np.zeros((2, 4)), (3, 2), (2, 2))


@given(load_w=LOADS, buy=PRICES, stage=st.integers(1, 5))
def test_who_shares_a_node_does_the_same_there(load_w: FloatArray, buy: FloatArray, stage: int) -> None:
    node = tree(load_w, (stage,), (3,))
    stored = energies_kwh(three(load_w, buy, node=node))
    assert np.allclose(stored[:, :stage], stored[:1, :stage], atol=1e-6)


@given(load_w=LOADS, buy=PRICES)
def test_sharing_more_never_costs_less(load_w: FloatArray, buy: FloatArray) -> None:
    costs = [solve(three(load_w, buy, node=fan(3, 6, shared)), GRID.start_utc).total_eur for shared in (1, 3, 6)]
    assert costs[0] <= costs[1] + 1e-6 <= costs[2] + 2e-6
    assert costs[0] == pytest.approx(solve(three(load_w, buy), GRID.start_utc).total_eur, abs=1e-9)


@pytest.mark.parametrize(
    ("node", "told"),
    [
        (np.zeros((2, 6), np.int64), "shape"),
        (np.repeat(np.arange(3)[:, None], 6, axis=1), "before the first step"),
        (np.array([[0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 2, 2, 2, 2, 2]]), "meets a path again"),
    ],
)
def test_what_is_no_tree_is_refused(node: np.ndarray, told: str) -> None:
    with pytest.raises(ProblemsFound, match=told):
        three(np.full((3, 6), 500.0), node=node)


def scenario_costs_eur(problem: Problem) -> FloatArray:
    """What each scenario costs by the terms of money, at the optimum of the linear program. Shape (scenario,)"""
    model, parts = build(problem)
    found = LinearProgram(model.arrays()).solve()
    assert found is not None
    plain, _ = build(replace(problem, risk=Risk()))
    each = []
    for scenario, probability in enumerate(THIRDS.tolist()):
        first = parts[scenario].connection.bought[0]
        last = parts[scenario + 1].connection.bought[0] if scenario < 2 else plain.column_count
        column = np.where(
            (np.arange(found.column.size) >= first) & (np.arange(found.column.size) < last), found.column, 0
        )
        moving = sum(cost_by_term_eur(plain, column[: plain.column_count]).values()) - sum(plain.constants.values())
        each.append(moving / probability + sum(plain.constants.values()))
    return np.array(each)


def cvar_eur(costs: FloatArray, worst_ratio: float) -> float:
    """Mean of the worst share, by its definition."""
    order = np.argsort(costs)[::-1]
    taken = np.diff(np.minimum(THIRDS[order].cumsum(), worst_ratio), prepend=0.0)
    return float(taken @ costs[order]) / worst_ratio


@given(load_w=LOADS, buy=PRICES, weight=st.floats(0.1, 1.0), worst=st.floats(0.1, 0.9))
def test_risk_is_what_the_worst_futures_cost_beyond_the_mean(
    load_w: FloatArray, buy: FloatArray, weight: float, worst: float
) -> None:
    problem = three(load_w, buy, risk=Risk(weight, worst))
    costs, plan = scenario_costs_eur(problem), solve(problem, GRID.start_utc)
    # Several plans may be as good; what they are worth together is one figure.
    expected_eur = (1 - weight) * float(THIRDS @ costs) + weight * cvar_eur(costs, worst)
    assert plan.total_eur == pytest.approx(expected_eur, abs=1e-5)


def test_who_fears_the_worst_pays_for_it_on_the_mean() -> None:
    """A shared first stage must choose: what is stored for a hard evening is of little use in a mild one."""
    load_w = np.array([[400.0] * 6, [400.0] * 6, [400.0, 400.0, 400.0, 6000.0, 6000.0, 6000.0]])
    buy, node = np.array([0.3, 0.3, 0.3, 0.32, 0.32, 0.32]), fan(3, 6, shared=3)
    demand = (a_demand_problem(a_demand(top_count=1, price_eur_per_kw=1.0), GRID),)
    facts = {"node": node, "demand": demand, "terms": (*DEFAULT_TERMS,), "start_ratio": 0.2}
    calm, careful = (scenario_costs_eur(three(load_w, buy, risk=Risk(weight, 0.3), **facts)) for weight in (0.0, 1.0))
    assert careful.max() < calm.max() - 0.05
    assert float(THIRDS @ careful) > float(THIRDS @ calm) + 0.01


@pytest.mark.parametrize("is_tree", [False, True])
def test_a_wish_tells_how_likely_it_is_missed(is_tree: bool) -> None:
    load_w = np.full((3, 6), 500.0)
    load_w[2, 3:] = 9000.0
    problem = three(load_w, import_limit_w=5000.0, batteries=[a_battery(ageing_eur_per_kwh=0.0)], start_ratio=0.1)
    problem = replace(problem, node=tree(load_w, (3,), (2,)) if is_tree else None)
    (told,) = solve(problem, GRID.start_utc).broken
    assert told.name == "import limit" and told.chance_ratio == pytest.approx(0.3)
    assert str(told).endswith("chance 30%")
    sure = solve(replace(problem, load_w=np.tile(load_w[2], (3, 1))), GRID.start_utc).broken[0]
    assert sure.chance_ratio == pytest.approx(1.0) and "chance" not in str(sure)


@given(load_w=LOADS, buy=PRICES)
def test_knowing_is_never_worth_less_than_nothing_nor_are_scenarios(load_w: FloatArray, buy: FloatArray) -> None:
    found = information(three(load_w, buy), GRID.start_utc)
    assert found.perfect_eur >= -1e-6 and found.scenarios_eur >= -1e-6


def test_what_information_is_worth_is_what_it_spares() -> None:
    """An evening that may be dear: knowing spares what is stored in vain, and the middle path alone stores nothing."""
    load_w = np.array([[0.0] * 6, [0.0] * 6, [0.0] * 5 + [4000.0]])
    buy = np.array([0.30, 1.60, 1.60, 1.60, 1.60, 1.60])
    problem = three(load_w, buy, start_ratio=0.1, node=fan(3, 6, 1), end_value_eur_per_kwh=np.array([0.0]))
    found = information(problem, GRID.start_utc)
    known = [solve(alone(problem, scenario), GRID.start_utc).total_eur for scenario in range(3)]
    assert found.known_eur == pytest.approx(float(THIRDS @ known))
    assert found.perfect_eur > 0.01 and found.single_eur > found.plan_eur


def test_a_plan_may_begin_with_the_step_of_another() -> None:
    load_w = np.full((1, 6), 800.0)
    cheap = a_problem(grid=GRID, load_w=load_w, buy=np.array([0.1, 0.4, 0.4, 0.4, 0.4, 0.4]), start_ratio=0.1)
    cheap = replace(cheap, stability_eur=0.0)
    dear = replace(cheap, import_eur_per_kwh=cheap.import_eur_per_kwh[::-1].copy())
    first = solve(cheap, GRID.start_utc)
    bound = at_first(dear, first, GRID.start_utc)
    assert bound.energy_wh[0, 1] == pytest.approx(first.energy_wh[0, 1], abs=1e-3)
    assert bound.total_eur > solve(dear, GRID.start_utc).total_eur + 0.01


def test_nodes_and_risk_travel_with_the_stored_problem() -> None:
    problem = three(np.full((3, 6), 500.0), node=fan(3, 6, 2), risk=Risk(0.4, 0.3))
    again = from_bytes(to_bytes(problem))
    assert again.node is not None and np.array_equal(again.node, fan(3, 6, 2)) and again.risk == Risk(0.4, 0.3)
    assert again.node.dtype == fan(3, 6, 2).dtype


@pytest.mark.parametrize("risk", [Risk(1.5), Risk(-0.1), Risk(0.5, 0.0), Risk(0.5, 1.2)])
def test_shares_that_are_none_are_refused(risk: Risk) -> None:
    with pytest.raises(ProblemsFound, match=r"risk\."):
        three(np.full((3, 6), 500.0), risk=risk)
