"""Caution: a spread that does not clear the hurdle is left alone."""

from dataclasses import replace

import numpy as np
import pytest

from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve
from enerwise.plan.terms.caution import HURDLE_EUR_PER_KWH
from tests.builders import a_battery, a_grid
from tests.plan.builders import a_problem

GRID = a_grid(step_s=3600, steps=8)


def a_spread(gain_eur_per_kwh: float) -> Problem:
    """Four cheap hours, four dear ones: a kWh charged earns so much, losses paid."""
    buy = np.where(np.arange(8) < 4, 0.20, (0.20 + gain_eur_per_kwh) / 0.9)
    problem = a_problem(grid=GRID, batteries=[a_battery()], load_w=1500.0, buy=buy, sell=0.0, start_ratio=0.1)
    return replace(problem, terms=(*problem.terms, "caution"), stability_eur=0.0)


@pytest.mark.parametrize(("gain", "charges"), [(0.5, False), (1.5, True)])
def test_a_spread_below_the_hurdle_is_left_alone(gain: float, charges: bool) -> None:
    plan = solve(a_spread(gain * HURDLE_EUR_PER_KWH), GRID.start_utc)
    assert (plan.power_w[0].max() > 100.0) == charges


def test_the_hurdle_is_told_under_its_own_name() -> None:
    plan = solve(a_spread(10 * HURDLE_EUR_PER_KWH), GRID.start_utc)
    charged_kwh = float(np.maximum(plan.power_w[0], 0.0).sum()) / 1e3
    assert plan.cost_eur["caution"] == pytest.approx(charged_kwh * HURDLE_EUR_PER_KWH, abs=1e-6)
