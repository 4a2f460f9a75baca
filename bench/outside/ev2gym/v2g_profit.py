"""V2GProfitMax: vehicles that come unannounced charge where it is cheap, give back where it is dear, and leave full.

The product's planner runs once a step over the vehicles that are there: a charger for each, a circuit for each
transformer, the prices that are shown. The simulator meters, bills and limits what reaches the cells, so that cells
stand where the planner has the AC side; what its own efficiencies do is to make everything slower.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from enerwise.core.time import TimeGrid, instant
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.circuit import Circuit
from enerwise.plan.flexible import LINE_V
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve

START = instant("2022-01-03T05:00Z")
"""Steps are counted; the date means nothing."""
FALLS_FROM_RATIO, STEEPNESS = 0.7, 5.0
"""A vehicle takes all it can up to 0.7..0.9 of its capacity, nobody knows which; from there less, with the steepness of
the scenario. The planner assumes the lowest."""
SATISFIED_RATIO = 0.991
"""Share of what a vehicle wants that it leaves with: the score counts profit from a satisfaction of 0.99 on."""
MARGIN_RATIO = 0.98
"""Share of a transformer's limit that is planned with: at low currents less reaches the cells than the best share."""
TIE_EUR_PER_KWH = 0.001
"""Hurdle for giving back, and difference of both prices: without losses doing nothing and going round cost the same."""


@dataclass
class Controller:
    """Plans each step anew."""

    plant: dict[str, Any]
    satisfied_ratio: float = SATISFIED_RATIO
    solve_s: float = 0.0

    def act(self, seen: dict[str, Any]) -> list[float]:
        """Return the action of each point, -1..1."""
        actions = np.zeros(len(seen["vehicles"]))
        there = [at for at, each in enumerate(seen["vehicles"]) if each is not None]
        if not there:
            return actions.tolist()
        problem = self.problem(seen, there)
        plan = solve(problem, problem.grid.start_utc)
        self.solve_s += sum(plan.timing.values())
        for at, power_w in zip(there, plan.power_w[:, 0], strict=True):
            limit_kw = self.plant["point_kw" if power_w > 0 else "point_gives_kw"][at]
            # Nothing reaches the cells at more than the best efficiency.
            actions[at] = power_w / 1e3 / seen["vehicles"][at]["best_ratio"] / limit_kw
        return np.clip(actions, -1.0, 1.0).tolist()

    def problem(self, seen: dict[str, Any], there: list[int]) -> Problem:
        """Return the question of a step: until the last of those who are there leaves."""
        vehicles = [seen["vehicles"][at] for at in there]
        steps = max(each["steps_left"] for each in vehicles) + 1
        grid = TimeGrid(START + np.timedelta64(seen["step"] * self.plant["step_s"], "s"), self.plant["step_s"], steps)
        buy = prices_ahead(np.array(seen["eur_per_kwh"]), steps)
        limits = {name: np.full(steps, np.inf) for name in ("import_limit_w", "export_limit_w")}
        return Problem(
            grid=grid, batteries=(), pvs=(), load_w=np.zeros((1, steps)), available_w=np.zeros((1, 0, steps)),
            import_eur_per_kwh=buy, export_eur_per_kwh=buy - TIE_EUR_PER_KWH, start_wh=np.zeros(0), end_wh=np.zeros(0),
            end_value_eur_per_kwh=np.zeros(0), terms=("energy",), stability_eur=0.0, circuits=self.circuits(there),
            flexible=tuple(self.charger(at, each) for at, each in zip(there, vehicles, strict=True)), **limits,
        )  # fmt: skip

    def circuits(self, there: list[int]) -> tuple[Circuit, ...]:
        """Return a circuit for each transformer that feeds somebody."""
        found = []
        for number, limit_kw in enumerate(self.plant["transformer_kw"]):
            members = tuple(name(at) for at in there if self.plant["transformer"][at] == number)
            if members:
                found.append(
                    Circuit(
                        f"transformer {number}", members, MARGIN_RATIO * limit_kw * 1e3, MARGIN_RATIO * limit_kw * 1e3
                    )
                )
        return tuple(found)

    def charger(self, at: int, vehicle: dict[str, Any]) -> Charger:
        """Return a plugged-in vehicle as the planner's charger, seen from its cells."""
        ratio, capacity_wh = vehicle["best_ratio"], vehicle["capacity_kwh"] * 1e3
        charge_w = min(vehicle["charge_kw"], self.plant["point_kw"][at]) * ratio * 1e3
        gives_w = min(vehicle["discharge_kw"], self.plant["point_gives_kw"][at]) * ratio * 1e3
        energy_wh = min(vehicle["energy_kwh"] * 1e3, capacity_wh)
        falls_wh = (1 - FALLS_FROM_RATIO) * capacity_wh
        return Charger(
            name(at), np.array([0]), np.array([vehicle["steps_left"] + 1]), np.array([energy_wh]),
            np.array([min(self.satisfied_ratio * vehicle["wanted_kwh"] * 1e3, capacity_wh)]), capacity_wh=capacity_wh,
            current_max_a=charge_w / (3 * LINE_V), current_min_a=0.0, charge_ratio=1.0, discharge_ratio=1.0,
            discharge_max_w=gives_w, floor_wh=vehicle["floor_kwh"] * 1e3, wear_eur_per_kwh=TIE_EUR_PER_KWH,
            gives_surplus=True, absorption_s=falls_wh / (STEEPNESS * charge_w) * 3600.0,
        )  # fmt: skip


def name(at: int) -> str:
    """Return the name of a point."""
    return f"point {at}"


def prices_ahead(shown: np.ndarray, steps: int) -> np.ndarray:
    """Return prices for so many steps; beyond those shown stands their mean. [EUR/kWh], shape (step,)"""
    return np.concatenate([shown, np.full(max(0, steps - shown.size), shown.mean())])[:steps]
