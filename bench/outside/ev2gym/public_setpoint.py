"""PublicPST: a public site keeps to a setpoint told step by step; nobody tells what vehicles need or when they go.

What a vehicle can take is learned from what it took. What it may still need nobody knows; that it leaves soon is the
likelier the longer it is there, against the mean stay of such sites by the hour of arrival: so much more is a kWh worth
in it. The product's planner runs once a step: a charger for each vehicle, and the setpoint as a schedule whose price
rises with the distance, as the score squares it. The setpoint asks for more energy than vehicles need; falling short of
it evenly is better than running dry.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from v2g_profit import START, name

from enerwise.core.time import TimeGrid
from enerwise.plan.aims import Aims, Schedule
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.flexible import LINE_V
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve

FOLLOWED_RATIO = 0.7
"""Share of the setpoint that is followed: what is asked for is 1.8 times what vehicles need."""
OLD_EUR_PER_KWH = 2.0
"""Worth of a kWh in a vehicle that is there for the mean stay, where a kW beside the schedule costs 1 and more."""
OLDEST_RATIO = 2.0
"""Age over mean stay at which it is worth no more."""
SPARE_KWH = 40.0
"""More than a vehicle takes within the horizon."""
RATIO = 0.975
"""Share of what a point gives that reaches the cells, on the mean."""
HORIZON = 4
TIER_KW, TIERS = 3.0, 16
FELL_SHORT_RATIO, NOTICED_KW, LEAST_KW = 0.9, 0.2, 0.1
"""A vehicle that took less than this share of what it was asked to cannot take more."""


@dataclass
class Believed:
    """One vehicle at a point."""

    limit_kw: float
    """Most it takes, as far as was seen."""
    taken_kwh: float = 0.0
    asked_kw: float = 0.0

    def learn(self, taken_kwh: float, step_h: float) -> None:
        """Take in what it took in the step before."""
        took_kw, self.taken_kwh = (taken_kwh - self.taken_kwh) / step_h, taken_kwh
        if self.asked_kw > NOTICED_KW and took_kw < FELL_SHORT_RATIO * self.asked_kw:
            self.limit_kw = max(took_kw, LEAST_KW)


@dataclass
class Controller:
    """Plans each step anew."""

    plant: dict[str, Any]
    solve_s: float = 0.0
    believed: dict[int, Believed] = field(default_factory=dict)

    def act(self, seen: dict[str, Any]) -> list[float]:
        """Return the action of each point, 0..1."""
        vehicles, actions = seen["vehicles"], np.zeros(len(seen["vehicles"]))
        self._learn(vehicles)
        there = [at for at, each in enumerate(vehicles) if each is not None and not each["is_full"]]
        for each in self.believed.values():
            each.asked_kw = 0.0
        if not there:
            return actions.tolist()
        problem = self.problem(seen, there)
        plan = solve(problem, problem.grid.start_utc)
        self.solve_s += sum(plan.timing.values())
        for at, power_w in zip(there, plan.power_w[:, 0], strict=True):
            self.believed[at].asked_kw = power_w / 1e3
            actions[at] = power_w / 1e3 / RATIO / self.plant["point_kw"][at]
        return np.clip(actions, 0.0, 1.0).tolist()

    def _learn(self, vehicles: list[dict[str, Any] | None]) -> None:
        step_h = self.plant["step_s"] / 3600
        for at, vehicle in enumerate(vehicles):
            if vehicle is None:
                self.believed.pop(at, None)
            elif at not in self.believed or vehicle["steps_here"] == 0:
                self.believed[at] = Believed(self.plant["point_kw"][at] * RATIO)
            else:
                self.believed[at].learn(vehicle["taken_kwh"], step_h)

    def problem(self, seen: dict[str, Any], there: list[int]) -> Problem:
        """Return the question of a step."""
        flexible = tuple(self.charger(at, seen["vehicles"][at], seen["step"]) for at in there)
        step_s = self.plant["step_s"]
        grid = TimeGrid(START + np.timedelta64(seen["step"] * step_s, "s"), step_s, HORIZON)
        nothing, open_w = np.zeros(HORIZON), np.full(HORIZON, np.inf)
        target_w = np.full(HORIZON, FOLLOWED_RATIO * seen["setpoint_kw"] * 1e3)
        tiers = Schedule(target_w, 1.0 + 2.0 * np.arange(TIERS), np.full(TIERS, TIER_KW * 1e3))
        return Problem(
            grid=grid, batteries=(), pvs=(), load_w=nothing[None], available_w=np.zeros((1, 0, HORIZON)),
            import_eur_per_kwh=nothing, export_eur_per_kwh=nothing, import_limit_w=open_w, export_limit_w=open_w,
            start_wh=np.zeros(0), end_wh=np.zeros(0), end_value_eur_per_kwh=np.zeros(0), terms=("schedule",),
            flexible=flexible, aims=Aims(schedule=tiers),
        )  # fmt: skip

    def charger(self, at: int, vehicle: dict[str, Any], step: int) -> Charger:
        """Return what is believed of a vehicle as the planner's charger, seen from its cells."""
        plant, here = self.plant, vehicle["steps_here"]
        half = (plant["start_s"] + (step - here) * plant["step_s"]) // 1800 % 48
        age_ratio = here * plant["step_s"] / 3600 / plant["stay_h"][half]
        return Charger(
            name(at), np.array([0]), np.array([HORIZON]), np.zeros(1), np.zeros(1), capacity_wh=SPARE_KWH * 1e3,
            current_max_a=self.believed[at].limit_kw * 1e3 / (3 * LINE_V), current_min_a=0.0, charge_ratio=1.0,
            value_eur_per_kwh=OLD_EUR_PER_KWH * min(age_ratio, OLDEST_RATIO),
        )  # fmt: skip
