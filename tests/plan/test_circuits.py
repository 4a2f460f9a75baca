"""Circuits of a site file in the plan: what hangs on them keeps within their limits, both ways and line by line."""

from dataclasses import replace

import numpy as np
import pytest

from enerwise.core.outlook import Plan
from enerwise.physics.inverter import loss_w
from enerwise.plan.circuit import Circuit, circuits_of, load_ratio
from enerwise.plan.problem import Problem
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import solve
from enerwise.serve.circuit_words import full_circuits
from enerwise.site.circuits import Circuit as Declared
from tests.builders import NOON
from tests.plan.builders import a_problem

DECLARED = (
    Declared("cellar", ("battery", "home"), fuse_a=8.0),
    Declared("barn", ("roof",), parent="cellar", limit_w=1500.0),
    Declared("shed", (), fuse_a=16.0, line=2),
)


def planned(declared: tuple[Declared, ...] = DECLARED) -> tuple[Problem, Plan]:
    hour = np.arange(24)
    problem = a_problem(
        available_w=-5000.0 * np.clip(1 - np.abs(hour - 12) / 6, 0, 1), buy=np.where(hour < 6, 0.1, 0.4)
    )
    load_w = {"home": problem.load_w[0]}
    problem = replace(problem, circuits=circuits_of(declared, problem.asset_ids, load_w))
    return problem, solve(problem, NOON)


def test_a_circuit_without_any_limit_is_not_planned() -> None:
    assert circuits_of((Declared("cellar", ("home",), meter="m"),), ("home",), {}) == ()


def test_limits_members_and_lines_are_those_of_the_site() -> None:
    cellar, barn, shed = circuits_of(DECLARED, ("battery", "roof"), {"home": np.ones(3)})
    assert (cellar.members, barn.members, cellar.fuse_a) == (("battery", "barn"), ("roof",), 8.0)
    assert cellar.load_w is not None and cellar.load_w.tolist() == [1.0, 1.0, 1.0]
    assert (barn.import_limit_w, barn.export_limit_w) == (1500.0, 1500.0)
    assert (shed.import_limit_w, shed.fuse_a, shed.line) == (16 * 230, np.inf, 2)


def test_what_hangs_on_a_circuit_stays_within_it_and_it_is_told_when_it_is_full() -> None:
    problem, plan = planned()
    ratios = load_ratio(problem, plan)
    assert all((each <= 1 + 1e-6).all() for each in ratios.values())
    row = plan.assets.index("roof")
    assert plan.power_w[row].min() == pytest.approx(-1500.0)
    assert {each.circuit.id for each in full_circuits(problem, plan)} >= {"barn"}
    assert solve(from_bytes(to_bytes(problem)), NOON).power_w.tolist() == plan.power_w.tolist()


def test_one_phase_counts_wholly_on_its_line() -> None:
    problem, _ = planned()
    wide = (Circuit("all", ("battery", "one"), fuse_a=20.0), Circuit("one", ("roof",), import_limit_w=1e5, line=1))
    asked = replace(problem, circuits=wide)
    plan = solve(asked, NOON)
    roof, battery = (plan.power_w[plan.assets.index(each)] for each in ("roof", "battery"))
    assert np.abs(roof + battery / 3).max() <= 20 * 230 + 1e-3
    assert roof.min() < -20 * 230 / 3


HYBRID = (Declared("inverter", ("battery", "roof"), limit_w=2000.0, one_way_ratio=0.95),)


def test_behind_a_hybrid_inverter_the_battery_takes_what_would_not_pass() -> None:
    problem, plan = planned(HYBRID)
    inner_w = plan.power_w.sum(axis=0)
    lost_w = plan.grid_power_w - problem.load_w[0] - inner_w
    inverter = HYBRID[0].inverter
    assert inverter is not None
    assert lost_w == pytest.approx(loss_w(inverter, inner_w), abs=1e-3)
    assert np.abs(inner_w + lost_w).max() <= 2000.0 + 1e-3
    charged_w, sun_w = plan.power_w[plan.assets.index("battery")], plan.power_w[plan.assets.index("roof")]
    assert -sun_w.min() > 2000.0 / 0.95 + 1000.0
    assert charged_w[sun_w.argmin()] > 1000.0


def test_what_an_inverter_loses_counts_for_the_circuits_above_it() -> None:
    above = Declared("cellar", ("home",), limit_w=1000.0)
    problem, plan = planned((above, replace(HYBRID[0], parent="cellar")))
    assert np.abs(plan.grid_power_w).max() == pytest.approx(1000.0)
    assert solve(from_bytes(to_bytes(problem)), NOON).power_w.tolist() == plan.power_w.tolist()
