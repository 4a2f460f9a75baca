"""What changed between two plans: the told cause is the input that was changed, and nothing else."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from enerwise.core.outlook import Plan
from enerwise.core.time import TimeGrid
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.blocks.interruptible import Interruptible
from enerwise.plan.blocks.program import Program
from enerwise.plan.blocks.wind import Wind
from enerwise.plan.carried import carried
from enerwise.plan.changed import HORIZON, Changed, changed
from enerwise.plan.circuit import Circuit
from enerwise.plan.flexible import Passed
from enerwise.plan.problem import Problem
from enerwise.plan.risk import Risk
from enerwise.plan.solve import solve
from enerwise.site.tariff import DemandComponent, DemandState
from tests.builders import a_battery, a_grid, a_pv
from tests.plan.blocks.test_charger import a_charger
from tests.plan.blocks.test_generator import a_generator
from tests.plan.blocks.test_heat_pump import a_heat_pump
from tests.plan.blocks.test_ventilation import an_air
from tests.plan.blocks.test_water_heater import a_heater
from tests.plan.builders import a_demand_problem, a_problem

DAY = a_grid(step_s=3600, steps=24)
HOUR = np.arange(24, dtype=np.float64)


def grid_after(steps: int) -> TimeGrid:
    return TimeGrid(DAY.start_utc + np.timedelta64(steps, "h"), 3600, 24)


def a_home(**facts: Any) -> Problem:
    """A battery, a roof, a car, a peak that is billed, and a circuit over a day."""
    peak = DemandComponent("peak", price_eur_per_kw=1.0, interval_s=3600, top_count=1, per="month")
    buy = 0.30 + 0.15 * np.sin((HOUR - 13) / 24 * 2 * np.pi)
    known: dict[str, Any] = {
        "grid": DAY,
        "batteries": (a_battery(),),
        "pvs": (a_pv(),),
        "available_w": -4000.0 * np.exp(-((HOUR - 13.0) ** 2) / 12),
        "load_w": 400.0 + 60.0 * HOUR,
        "buy": buy,
        "flexible": (a_charger(stays=((2, 15),), current_min_a=0.0),),
        "circuits": (Circuit("garage", ("car",), import_limit_w=11_000.0),),
        "demand": (a_demand_problem(peak, DAY, state=DemandState(-1, {})),),
        "end_value_eur_per_kwh": np.array([0.25]),
    }
    return a_problem(**{**known, **facts})


def followed(before: Problem, steps: int) -> tuple[Plan, Problem, Plan]:
    """Return a plan, and the problem and plan some steps later when all came as foretold and hours repeat."""
    planned = solve(before, DAY.start_utc)
    grid = grid_after(steps)
    passed = Passed.between(DAY, grid)
    assert passed is not None
    fresh = replace(
        before,
        grid=grid,
        **{
            name: np.roll(getattr(before, name), -steps, axis=-1)
            for name in ("load_w", "available_w", "import_eur_per_kwh", "export_eur_per_kwh")
        },
        demand=tuple(
            replace(each, period=np.roll(each.period, -steps), day=np.roll(each.day, -steps)) for each in before.demand
        ),
    )
    after = carried(before, planned, fresh, passed)
    return planned, after, solve(after, grid.start_utc)


def told(before: Problem, steps: int, **news: Any) -> Changed:
    planned, after, _ = followed(before, steps)
    after = replace(after, **news)
    found = changed(before, planned, after, solve(after, after.grid.start_utc))
    assert found is not None
    return found


def named(found: Changed) -> set[tuple[str, str]]:
    return {(each.group, each.subject) for each in found.causes}


def test_nothing_but_the_horizon_has_changed_where_all_came_as_foretold() -> None:
    found = told(a_home(), 2)
    assert named(found) == {(HORIZON, "")}
    assert found.more_eur == 0.0


def news_of(group: str, after: Problem) -> dict[str, Any]:
    """Return one input of a problem otherwise than before."""
    match group:
        case "prices":
            return {"import_eur_per_kwh": after.import_eur_per_kwh + 0.1 * (HOUR > 8)}
        case "limits":
            return {"import_limit_w": np.full(24, 1600.0)}
        case "circuit":
            return {"circuits": (replace(after.circuits[0], import_limit_w=2500.0),)}
        case "load":
            return {"load_w": after.load_w + 500.0}
        case "sun":
            return {"available_w": 0.5 * after.available_w}
        case "outlook":
            paths = {"load_w": np.concatenate([after.load_w * each for each in (0.8, 1.0, 1.3)])}
            return {**paths, "available_w": np.repeat(after.available_w, 3, axis=0), "probability": np.full(3, 1 / 3)}
        case "level":
            return {"start_wh": 0.5 * after.start_wh}
        case "peak":
            days = {int(each): 6000.0 for each in after.demand[0].day}
            return {"demand": (replace(after.demand[0], state=DemandState(int(after.demand[0].period[0]), days)),)}
        case "settings":
            return {"batteries": (replace(after.batteries[0], soc_min_ratio=0.3),)}
        case "risk":
            return {"risk": Risk(0.5, 0.5)}
        case "machine":
            (car,) = after.flexible
            assert isinstance(car, Charger)
            return {"flexible": (replace(car, target_wh=car.target_wh + 8e3),)}
        case _:
            return {"flexible": (), "circuits": (replace(after.circuits[0], members=()),)}


GROUPS = (
    "prices",
    "limits",
    "circuit",
    "load",
    "sun",
    "outlook",
    "level",
    "peak",
    "settings",
    "risk",
    "machine",
    "gone",
)
TOLD_AS = {
    "circuit": ("limits", ""),
    "machine": ("machine", "car"),
    "gone": ("machine", "car"),
    "risk": ("settings", ""),
}


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("group", GROUPS)
def test_the_told_cause_is_the_one_input_that_changed(group: str, steps: int) -> None:
    before = a_home()
    planned, after, _ = followed(before, steps)
    after = replace(after, **news_of(group, after))
    found = changed(before, planned, after, solve(after, after.grid.start_utc))
    assert found is not None
    assert named(found) == {(HORIZON, ""), TOLD_AS.get(group, (group, ""))}
    (cause,) = [each for each in found.causes if each.group != HORIZON]
    # One piece of news alone is the whole difference.
    assert cause.more_eur == pytest.approx(found.more_eur, abs=2e-4)
    assert found.together_eur == pytest.approx(0.0, abs=2e-4)


@pytest.mark.parametrize(("group", "sign"), [("load", 1), ("sun", 1), ("level", 1), ("gone", -1), ("machine", 1)])
def test_news_that_need_more_cost_more(group: str, sign: int) -> None:
    before = a_home()
    _, after, _ = followed(before, 2)
    found = told(before, 2, **news_of(group, after))
    assert sign * found.more_eur > 0.01


def test_a_move_is_put_down_to_the_news_that_explain_it() -> None:
    before = a_home(available_w=0.0)
    _, after, _ = followed(before, 2)
    dear = after.import_eur_per_kwh.copy()
    dear[:4], dear[8:11] = 0.9, 0.01
    found = told(before, 2, import_eur_per_kwh=dear, load_w=after.load_w + 1.0)
    assert {"prices", "load"} <= {each.group for each in found.causes}
    cause = found.cause_of(0)
    assert cause is not None
    assert cause.group == "prices"


def test_two_news_are_each_told_with_what_they_cost_alone() -> None:
    before = a_home()
    _, after, _ = followed(before, 3)
    news = news_of("load", after) | news_of("level", after)
    found = told(before, 3, **news)
    alone = {group: told(before, 3, **news_of(group, after)).more_eur for group in ("load", "level")}
    by_group = {each.group: each.more_eur for each in found.causes}
    assert by_group["load"] == pytest.approx(alone["load"], abs=2e-4)
    assert by_group["level"] == pytest.approx(alone["level"], abs=2e-4)
    assert found.together_eur == pytest.approx(found.more_eur - sum(alone.values()), abs=5e-4)


def test_plans_of_other_steps_or_other_batteries_are_not_compared() -> None:
    before = a_home()
    planned, after, plan = followed(before, 1)
    other = replace(after, batteries=(a_battery("another"),))
    assert changed(before, planned, other, plan) is None
    assert Passed.between(DAY, a_grid(step_s=1800, steps=24)) is None
    assert Passed.between(DAY, grid_after(24)) is None


@pytest.mark.parametrize("steps", [0, 3, 9])
def test_every_machine_is_carried_to_where_it_was_foretold(steps: int) -> None:
    wind = Wind("mill", -1000.0 - 10.0 * HOUR)
    machines = (
        a_charger("car", stays=((1, 9), (14, 24))),
        a_heat_pump(DAY),
        a_heater(DAY),
        an_air(DAY, people=np.where(HOUR > 8, 20.0, 0.0)),
        Program("dishes", np.array([2000.0, 500.0]), 3, 12),
        Interruptible("pool", 800.0, 4, 2, 14),
        a_generator(),
        wind,
    )
    before = a_problem(grid=DAY, flexible=machines, buy=0.3 + 0.01 * HOUR, import_limit_w=40e3, load_w=1000.0)
    planned, after, _ = followed(before, steps)
    assert [each.id for each in after.flexible] == [each.id for each in before.flexible if _left(each, planned, steps)]
    for each in after.flexible:
        assert each.check(after.grid) == []
        if each.id == "mill":
            assert isinstance(each, Wind)
            assert np.array_equal(each.available_w[: 24 - steps], wind.available_w[steps:])
    found = changed(before, planned, after, solve(after, after.grid.start_utc))
    assert found is not None
    assert named(found) == {(HORIZON, "")}


def _left(machine: Any, planned: Plan, steps: int) -> bool:
    """Tell whether a machine has anything left to do."""
    power_w = planned.power_w[planned.assets.index(machine.id)]
    return machine.id not in ("dishes", "pool") or bool((power_w[steps:] > 1.0).any())
