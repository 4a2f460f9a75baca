"""`enerwise bench`: how quick this machine is, in a few seconds. `make bench` measures the committed instances."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from enerwise.core.time import cpu_s, instant
from enerwise.plan.problem import Problem
from enerwise.plan.solve import build, solve
from enerwise.plan.solver import LinearProgram
from enerwise.run.loop import play
from enerwise.run.world import simulated
from enerwise.serve.commands.init import Answers, site_text
from enerwise.serve.console import out, say
from enerwise.serve.generated import generate, keep_history
from enerwise.serve.plans import make_problem
from enerwise.serve.sites import with_step
from enerwise.serve.tables import table
from enerwise.site.assets import Battery, BatteryArrays
from enerwise.site.read import read_site
from enerwise.site.site import Site
from enerwise.store.files import Outlook
from enerwise.store.memory import MemoryStore

HOMES: Final = 10_000
REPEATS: Final = 15
BENCH_DAYS: Final = 0.5
START: Final = "2024-03-11"


def bench() -> None:
    """Measure plan, turn and twin, and print them with their ratios."""
    site = read_site(site_text(Answers(), "home", Path("home.yaml")))
    problem = _problem(site)
    plan_s, bare_s = _least_s(lambda: _solved(problem)), _bare_s(problem)
    turn_s, plan_turn_s = _turn_s(site, "self_consumption"), _turn_s(site, "follow_plan")
    twin_s = _twin_s(site)
    made = table("Processor time", "What", "Time", "Ratio", "Against", left=1)
    made.add_row(
        "plan of a day, 96 steps", f"{plan_s * 1e3:.1f} ms", f"{plan_s / bare_s:.2f}", "the bare linear program"
    )
    made.add_row(
        "turn in self-consumption", f"{turn_s * 1e3:.2f} ms", f"{900 / turn_s:,.0f}", "times real time at 15 min"
    )
    made.add_row(
        "turn with a new plan", f"{plan_turn_s * 1e3:.1f} ms", f"{900 / plan_turn_s:,.0f}", "times real time at 15 min"
    )
    year_s = twin_s * 35_040
    made.add_row(
        f"step of {HOMES:,} battery twins", f"{twin_s * 1e3:.2f} ms", f"{year_s:.0f} s", "for a year of 15 min"
    )
    out().print(made)
    say("`make bench` in a clone measures committed instances against the solver alone.")


def _problem(site: Site) -> Problem:
    home = generate(site, instant(START, site.timezone), step_s=900, seed=3, days=1, history_days=0)
    load_w, pv_w = (next(each for key, each in home.power_w.items() if key.asset == name) for name in ("home", "roof"))
    return make_problem(site, Outlook(home.grid, load_w, pv_w), {}, {})


def _solved(problem: Problem) -> None:
    solve(problem, problem.grid.start_utc)


def _bare_s(problem: Problem) -> float:
    arrays = build(problem)[0].arrays()

    def bare() -> None:
        assert LinearProgram(arrays).solve() is not None

    return _least_s(bare)


def _least_s(work: Callable[[], None]) -> float:
    """Return the least processor time of some repeats: what else the machine does only ever adds. [s]"""
    work()
    least_s = math.inf
    for _ in range(REPEATS):
        began_s = cpu_s()
        work()
        least_s = min(least_s, cpu_s() - began_s)
    return max(least_s, 1e-9)


def _turn_s(site: Site, mode: str) -> float:
    site = with_step(site, 900, mode)
    home = generate(site, instant(START, site.timezone), step_s=900, seed=3, days=BENCH_DAYS)
    store = MemoryStore()
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=3)
    began_s = cpu_s()
    play(world, home.ahead.step_count)
    return (cpu_s() - began_s) / home.ahead.step_count


def _twin_s(site: Site) -> float:
    from enerwise.physics import battery
    from enerwise.physics.battery import BatteryState

    facts = BatteryArrays.of([*site.of_kind(Battery)] * HOMES)
    state = BatteryState.new(facts, soc_ratio=0.5)
    asked_w = np.linspace(-3000.0, 3000.0, HOMES)
    return _least_s(lambda: _ignored(battery.step(facts, state, asked_w, ambient_degc=20.0, step_s=900.0)))


def _ignored(result: object) -> None:
    del result
