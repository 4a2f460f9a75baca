"""PublicPST: a public site keeps to a setpoint told step by step; nobody tells what vehicles need or when they go.

What a vehicle can take is learned from what it took; those that take little are served from then on as what they are:
slow, and dear to leave waiting. What it may still need and when it goes nobody knows, only how long vehicles stay and
charge at such sites: from both follows the chance that it leaves short unless it is charged now, and so much a kWh in
it is worth, beside what the longest there are served first for. The product's planner runs once a step: a charger for
each vehicle, and the setpoint as a schedule whose price rises with the distance, as the score squares it. The setpoint
asks for more energy than vehicles need; falling short of it evenly is better than running dry.
"""

from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray
from v2g_profit import START, name

from enerwise.core.time import TimeGrid
from enerwise.plan.aims import Aims, Schedule
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.flexible import LINE_V
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve

FOLLOWED_RATIO, LESS_KW = 0.8, 2.0
"""Share of the setpoint that is followed, and how much less: what is asked for is 1.8 times what vehicles need."""
TIER_KW, TIERS = 1.0, 48
"""A kW beside what is followed costs as much as its distance in kW, so that worths are distances: what is worth 5 is
charged until the power is 5 kW above."""
SHORT_KW = 4.5
"""Worth of a kWh in a vehicle that leaves short without it, at the power of a point; the slower the vehicle the more,
since it is the smaller and misses the larger share of what it holds."""
OLD_KW, OLDEST_RATIO = 3.0, 2.0
"""Worth of a kWh in a vehicle that is there for the mean stay, and age over mean stay at which it is worth no more."""
STAY_SPREAD_RATIO = 0.22
"""Deviation of stays, as a share of their mean."""
NEED_H, NEED_SPREAD_H, NEED_LEAST_H = 2.2, 1.1, 0.3
"""Hours of its full power that a vehicle needs: mean, deviation and least."""
AHEAD_RATIO = 0.9
"""Share of its full power that a vehicle is reckoned to get from now on."""
TAPERS_RATIO, TAIL_H = 0.7, 0.15
"""Who takes less than this share of its full power is nearly full: so many hours of what it takes are left."""
HALVES_RATIO = 0.6
"""What a vehicle that is nearly full takes in a step, as a share of what it took in the one before."""
SPARE_KWH = 40.0
"""More than a vehicle takes in a step."""
RATIO = 0.975
"""Share of what a point gives that reaches the cells, on the mean."""
SHOWN_RATIO = 0.6
"""Who takes more than this share of what a point can give as asked takes all of it."""
FELL_SHORT_RATIO, NOTICED_KW, LEAST_KW, PLATE_LEAST_KW = 0.9, 0.2, 0.1, 0.5
"""A vehicle that took less than this share of what it was asked to cannot take more."""
QUANTILES = np.array([NormalDist().inv_cdf((at + 0.5) / 15) for at in range(15)])


@dataclass
class Believed:
    """One vehicle at a point."""

    point_kw: float
    """What the point can give."""
    limit_kw: float
    """Most it takes now, as far as was seen."""
    plate_kw: float | None = None
    """Its full power, once it was seen."""
    taken_kwh: float = 0.0
    asked_kw: float = 0.0
    most_kw: float = 0.0

    @property
    def full_kw(self) -> float:
        """Return its full power, or the most it can be."""
        return self.plate_kw or self.point_kw

    def learn(self, taken_kwh: float, step_h: float) -> None:
        """Take in what it took in the step before."""
        took_kw, self.taken_kwh = (taken_kwh - self.taken_kwh) / step_h, taken_kwh
        self.most_kw = max(self.most_kw, took_kw)
        if self.asked_kw > NOTICED_KW and took_kw < FELL_SHORT_RATIO * self.asked_kw:
            ratio = HALVES_RATIO if self.plate_kw else 1.0
            self.limit_kw = max(ratio * took_kw, LEAST_KW)
            self.plate_kw = self.plate_kw or max(self.most_kw, PLATE_LEAST_KW)
        elif self.asked_kw > SHOWN_RATIO * self.point_kw:
            self.plate_kw = self.plate_kw or self.point_kw

    def short_ratio(self, steps_here: int, stay_steps: float, step_h: float) -> float:
        """Return the chance that it leaves short of energy unless it is charged in this step."""
        had_h = self.taken_kwh / self.full_kw
        left_h = beyond(np.maximum(NEED_H + NEED_SPREAD_H * QUANTILES, NEED_LEAST_H), had_h, NEED_LEAST_H)
        if self.limit_kw < TAPERS_RATIO * self.full_kw:
            left_h = np.array([TAIL_H * self.limit_kw / self.full_kw])
        stays = beyond(stay_steps * (1 + STAY_SPREAD_RATIO * QUANTILES), steps_here, 1.0, least=0.5)
        return float(np.mean(left_h[:, None] > AHEAD_RATIO * step_h * stays))


def beyond(values: NDArray[np.float64], so_far: float, otherwise: float, *, least: float = 0.0) -> NDArray[np.float64]:
    """Return what is left of those values that are above what was so far, or one left over where none is."""
    left = values - so_far
    return left[left > least] if np.any(left > least) else np.array([otherwise])


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
        for at, vehicle in enumerate(vehicles):
            if vehicle is None:
                self.believed.pop(at, None)
            elif at not in self.believed or vehicle["steps_here"] == 0:
                point_kw = self.plant["point_kw"][at]
                self.believed[at] = Believed(point_kw, point_kw * RATIO)
            else:
                self.believed[at].learn(vehicle["taken_kwh"], self.step_h)

    @property
    def step_h(self) -> float:
        """Return the length of a step in hours."""
        return float(self.plant["step_s"] / 3600)

    def problem(self, seen: dict[str, Any], there: list[int]) -> Problem:
        """Return the question of a step."""
        flexible = tuple(self.charger(at, seen["vehicles"][at], seen["step"]) for at in there)
        step_s = self.plant["step_s"]
        grid = TimeGrid(START + np.timedelta64(seen["step"] * step_s, "s"), step_s, 1)
        nothing, open_w = np.zeros(1), np.full(1, np.inf)
        target_w = np.full(1, max(0.0, FOLLOWED_RATIO * seen["setpoint_kw"] - LESS_KW) * 1e3)
        tiers = Schedule(target_w, TIER_KW * (0.5 + np.arange(TIERS)), np.full(TIERS, TIER_KW * 1e3))
        return Problem(
            grid=grid, batteries=(), pvs=(), load_w=nothing[None], available_w=np.zeros((1, 0, 1)),
            import_eur_per_kwh=nothing, export_eur_per_kwh=nothing, import_limit_w=open_w, export_limit_w=open_w,
            start_wh=np.zeros(0), end_wh=np.zeros(0), end_value_eur_per_kwh=np.zeros(0), terms=("schedule",),
            flexible=flexible, aims=Aims(schedule=tiers),
        )  # fmt: skip

    def charger(self, at: int, vehicle: dict[str, Any], step: int) -> Charger:
        """Return what is believed of a vehicle as the planner's charger, seen from its cells."""
        believed, here = self.believed[at], vehicle["steps_here"]
        stay_steps = self.plant["stay_steps"][step - here]
        short = believed.short_ratio(here, stay_steps, self.step_h) * SHORT_KW * believed.point_kw / believed.full_kw
        return Charger(
            name(at), np.array([0]), np.array([1]), np.zeros(1), np.zeros(1), capacity_wh=SPARE_KWH * 1e3,
            current_max_a=believed.limit_kw * 1e3 / (3 * LINE_V), current_min_a=0.0, charge_ratio=1.0,
            value_eur_per_kwh=short + OLD_KW * min(here / stay_steps, OLDEST_RATIO),
        )  # fmt: skip
