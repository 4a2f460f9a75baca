"""A problem that cannot be planned with says all that is wrong with it, and where."""

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.plan.problem import Problem, previous_power_w
from tests.builders import a_battery, a_demand, a_grid, a_plan, a_pv
from tests.plan.builders import a_demand_problem, a_problem


def test_wrong_shapes_are_all_named_at_once() -> None:
    with pytest.raises(ProblemsFound) as found:
        a_problem(start_wh=np.zeros(2), end_wh=np.zeros(3))
    assert [each.place for each in found.value.problems] == ["start_wh", "end_wh"]
    assert "shape (2,), expected (1,)" in str(found.value)


@pytest.mark.parametrize("name", ["load_w", "available_w", "buy", "sell"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_gap_names_its_first_place(name: str, value: float) -> None:
    series = np.zeros(24)
    series[[5, 9]] = value
    with pytest.raises(ProblemsFound, match=r"\[(0, )*5\]: .* is not a number to plan with; fill the gap"):
        a_problem(pvs=[a_pv()], **{name: series})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["import_limit_w", "export_limit_w"])
@pytest.mark.parametrize("value", [np.nan, -1.0])
def test_a_limit_is_zero_or_more(name: str, value: float) -> None:
    limit_w = np.full(24, 9000.0)
    limit_w[7] = value
    with pytest.raises(ProblemsFound, match=rf"{name}\[7\]: .* is not zero or more"):
        a_problem(**{name: limit_w})  # type: ignore[arg-type]


def test_no_limit_is_no_problem() -> None:
    a_problem(import_limit_w=np.inf, export_limit_w=np.inf)


def test_an_unknown_level_is_no_start() -> None:
    with pytest.raises(ProblemsFound, match=r"start_wh\[0\]"):
        a_problem(start_wh=np.array([np.nan]))


@pytest.mark.parametrize("probability", [[0.5, 0.4], [1.5, -0.5], [np.nan, 1.0], [0.0, 1.0]])
def test_probabilities_are_shares_of_one(probability: list[float]) -> None:
    with pytest.raises(ProblemsFound, match="probability"):
        a_problem(probability=np.array(probability))


def test_what_is_left_at_the_end_needs_a_worth_or_a_target() -> None:
    with pytest.raises(ProblemsFound, match=r"end_value_eur_per_kwh\[0\]: neither a worth nor a target"):
        a_problem(end_value_eur_per_kwh=np.array([np.nan]))
    a_problem(end_value_eur_per_kwh=np.array([np.nan]), end_wh=np.array([3000.0]))


def test_a_plan_before_has_the_shape_of_this_one() -> None:
    with pytest.raises(ProblemsFound, match="previous_w"):
        a_problem(previous_w=np.zeros((1, 23)))


def test_sun_that_cannot_be_curtailed_is_not_up_to_the_plan() -> None:
    problem = a_problem(load_w=700.0, available_w=np.array([-1000.0, -400.0])[:, None],
                        pvs=[a_pv("roof"), a_pv("shed", can_curtail=False)])  # fmt: skip
    assert problem.uncontrolled_w == pytest.approx(300.0)
    assert problem.asset_ids == ("battery", "roof", "shed")


def test_the_plan_shows_the_scenario_in_the_middle() -> None:
    def main(*probability: float) -> int:
        return a_problem(probability=np.array(probability)).main

    assert (main(1.0), main(0.5, 0.5), main(0.3, 0.4, 0.3)) == (0, 1, 1)


def test_the_plan_before_is_moved_to_the_steps_of_this_one() -> None:
    day = a_grid(step_s=3600, steps=24)
    before = a_plan({"battery": np.arange(24.0), "other": 7.0}, grid=day)
    later = a_grid("2024-07-01T22:00", step_s=3600, steps=4)
    found = previous_power_w(before, later, ("battery", "new"))
    assert np.array_equal(found, [[22.0, 23.0, np.nan, np.nan], [np.nan] * 4], equal_nan=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "grid",
    [
        a_grid(steps=96),
        a_grid("2024-07-02", step_s=3600, steps=24),
        a_grid("2024-06-30T23:00", step_s=3600, steps=24),
    ],
    ids=["other steps", "after its end", "before its start"],
)
def test_a_plan_before_that_says_nothing_about_now_is_none(grid: object) -> None:
    before = a_plan(grid=a_grid(step_s=3600, steps=24))
    assert previous_power_w(before, grid, ("battery",)) is None  # type: ignore[arg-type]
    assert previous_power_w(None, grid, ("battery",)) is None  # type: ignore[arg-type]


def test_a_demand_component_is_mapped_to_the_steps() -> None:
    grid = a_grid(steps=8)
    demand = a_demand_problem(a_demand(interval_s=3600), grid)
    assert list(demand.interval) == [0, 0, 0, 0, 1, 1, 1, 1]
    assert demand.steps_per_interval == 4
    assert isinstance(a_problem(grid=grid, demand=(demand,), batteries=[a_battery()]), Problem)
