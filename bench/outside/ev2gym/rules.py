"""Rules of thumb to compare with, by what the planner is told: at once, as late as possible, and each in its turn."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class AtOnce:
    """Every vehicle takes all it can: the most satisfaction that can be had."""

    plant: dict[str, Any]
    solve_s: float = 0.0

    def act(self, seen: dict[str, Any]) -> list[float]:
        """Return the action of each point."""
        return [1.0] * len(seen["vehicles"])


@dataclass
class Late:
    """Every vehicle waits until full power just fills it by departure (V2GProfitMax tells level and departure)."""

    plant: dict[str, Any]
    solve_s: float = 0.0

    def act(self, seen: dict[str, Any]) -> list[float]:
        """Return the action of each point."""
        pairs = zip(seen["vehicles"], self.plant["point_kw"], strict=True)
        return [float(each is not None and self._is_due(each, point_kw)) for each, point_kw in pairs]

    def _is_due(self, vehicle: dict[str, Any], point_kw: float) -> bool:
        missing_kwh = vehicle["capacity_kwh"] - vehicle["energy_kwh"]
        steps = np.ceil(missing_kwh / (point_kw * self.plant["step_s"] / 3600))
        return bool(missing_kwh > 0 and vehicle["steps_left"] <= steps)


@dataclass
class RoundRobin:
    """As many points as the setpoint feeds at full power, in turn; who is new comes first (PublicPST)."""

    plant: dict[str, Any]
    solve_s: float = 0.0
    turn: list[int] = field(default_factory=list)

    def act(self, seen: dict[str, Any]) -> list[float]:
        """Return the action of each point."""
        wanting = [at for at, each in enumerate(seen["vehicles"]) if each is not None and not each["is_full"]]
        new = [at for at in wanting if at not in self.turn]
        waiting = [*reversed(new), *(at for at in self.turn if at in wanting)]
        points = seen["setpoint_kw"] / np.mean(self.plant["point_kw"])
        served = waiting[: int(np.ceil(points))]
        self.turn = waiting[len(served) :] + served
        actions = np.zeros(len(seen["vehicles"]))
        actions[served] = np.clip(points - np.arange(len(served)), 0.0, 1.0)
        return actions.tolist()
