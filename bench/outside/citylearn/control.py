"""From what was seen to what the batteries do next: the product's planner over all homes, once an hour.

The score is turned into prices. A third of it is the bill of the sum, a third the carbon of each home's draw, a sixth
the ramping of the sum, a sixth the mean over months of one less the load factor, each against idle batteries. What idle
batteries would have cost so far is known, so that each part has a price per kWh, kg, kW of change and kW of peak. All
are stated in the currency of the bill.
"""

from dataclasses import dataclass, replace

import numpy as np
from foresight import HORIZON, HOUR, START, WEEK, Foresight, Seen

from enerwise.core.time import TimeGrid
from enerwise.plan.aims import Aims, Carbon, Peak, Ramping
from enerwise.plan.district import District, DistrictPlan, solve
from enerwise.plan.problem import Problem
from enerwise.site.assets import Battery

WINDOW = 730
"""Hours over which a load factor is taken."""
ROUND_TRIP_RATIO = 0.86
"""Of the simulated batteries, which have 0.83 below 30 % of their power and 0.9 at most."""
FULL_POWER_TO, LEAST_POWER = 0.8, 0.2
"""Level from which their greatest power falls, both ways, and the share of it that a full one has."""
ERROR_DAYS = 28
FREE = {"import_limit_w": np.full(HORIZON, np.inf), "export_limit_w": np.full(HORIZON, np.inf),
        "export_eur_per_kwh": np.zeros(HORIZON), "stability_eur": 0.0}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """What was chosen in closed loop."""

    scenarios: int = 1
    ramping_weight: float = 1.0
    peak_weight: float = 2.0
    spread_ratio: float = 0.6
    """Spread that import and export are planned with, as a share of how far the next hour turned out lately."""
    ramping_ratio: tuple[float, float] = (0.8, 0.4)
    """The same of changes of power: of the next one, and of later ones, which can still answer to what comes."""
    free_ratio: float = 2.5
    """Room kept under the peak, in the same size."""
    worth_ratio: float = 0.9
    """Of energy left at the end, against the cheapest hour ahead."""


class Controller:
    """Holds what was seen and foreseen, and plans."""

    def __init__(self, batteries: list[dict[str, float]], steps: int, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.capacity_kwh = np.array([each["capacity_kwh"] for each in batteries])
        self._batteries = [
            Battery("battery", each["capacity_kwh"] * 1e3, each["power_kw"] * 1e3, each["power_kw"] * 1e3,
                    round_trip_ratio=ROUND_TRIP_RATIO)
            for each in batteries
        ]  # fmt: skip
        self.seen = Seen(len(batteries), steps)
        self.foresight = Foresight(len(batteries), steps)
        self._power_kw = np.array([each["power_kw"] for each in batteries])
        self._plan: DistrictPlan | None = None
        self.solve_s = 0.0

    def act(self, seen: dict[str, np.ndarray]) -> np.ndarray:
        """Return what each battery shall draw in the next hour, as a share of its capacity. Shape (home,)"""
        self.seen.take(seen)
        net, carbon = self.foresight.look(self.seen)
        paths, spread = self.paths(net), self.foresight.spread(self.seen)
        soc_ratio = np.clip(seen["electrical_storage_soc"], 0.0, 1.0)
        district = self.district(paths, carbon, soc_ratio, spread)
        basis = None if self._plan is None else self._plan.basis
        self._plan = solve(district, district.shared.grid.start_utc, basis=basis, basis_shift=1)
        self.solve_s += self._plan.solve_s
        power_kw = np.array([each.power_w[0, 0] for each in self._plan.homes]) / 1e3
        return np.asarray(within(power_kw, *self.able_kw(soc_ratio)) / self.capacity_kwh)

    def able_kw(self, soc_ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the least (below zero) and the most that each battery can draw in the next hour. Shapes (home,)"""
        over = np.clip((soc_ratio - FULL_POWER_TO) / (1 - FULL_POWER_TO), 0.0, 1.0)
        most_kw = self._power_kw * (1 - (1 - LEAST_POWER) * over)
        full_kwh, one_way = soc_ratio * self.capacity_kwh, ROUND_TRIP_RATIO**0.5
        return -np.minimum(most_kw, full_kwh * one_way), np.minimum(most_kw, (self.capacity_kwh - full_kwh) / one_way)

    def paths(self, net: np.ndarray) -> np.ndarray:
        """Return scenarios of the net load: groups of the last days on which the foresight was wrong in the same way.

        Days are ranked by how much more the sum drew than foreseen. Shape (scenario, home, HORIZON)
        """
        count, wanted = self.seen.count, self.settings.scenarios
        days = [day for day in range(1, ERROR_DAYS + 1) if count - 24 * day >= WEEK]
        if wanted == 1 or len(days) < 7:
            return np.repeat(net[None], wanted, axis=0)
        idle = self.seen.idle
        errors = np.array(
            [idle[:, at : at + HORIZON] - self.foresight.net[at - 1] for at in (count - 24 * day for day in days)]
        )
        order = np.argsort(errors.sum(axis=(1, 2)), kind="stable")
        return np.array([net + errors[group].mean(axis=0) for group in np.array_split(order, wanted)])

    def district(
        self, net: np.ndarray, carbon: np.ndarray, soc_ratio: np.ndarray, spread: tuple[np.ndarray, np.ndarray]
    ) -> District:
        """Return the question: homes with their carbon, and a point with bill, ramping and peak of the sum."""
        seen, settings, count = self.seen, self.settings, self.seen.count
        grid = TimeGrid(START + count * HOUR, 3600, HORIZON)
        idle = seen.idle.sum(axis=0)
        bill = max(float(np.maximum(0.0, seen.price[:count] * idle).sum()), 1e-3)
        kg = max(float((seen.carbon[:count] * np.maximum(0.0, seen.idle)).sum()), 1e-3)
        ramps = max(float(np.abs(np.diff(idle)).sum()), 1e-3)
        price = _filled(seen.price[count : count + HORIZON], seen.price[:count])
        eur_per_kg, ramping = bill / kg, settings.ramping_weight * 0.5 * bill / ramps
        year_eur = bill / count * 8760
        free_ratio = settings.free_ratio / settings.spread_ratio
        peak = Peak(
            settings.peak_weight * self._peak_share() * year_eur, max(self._highest_kw(), 0.0) * 1e3, free_ratio
        )
        homes_w, sum_w = (settings.spread_ratio * 1e3 * each for each in spread)
        change_w = 1e3 * spread[1] * np.repeat(settings.ramping_ratio, (1, HORIZON - 1))
        worth = settings.worth_ratio * (price.min() + eur_per_kg * float(carbon.mean()))
        probability = np.full(net.shape[0], 1 / net.shape[0])
        before_w = float(seen.net[:, count - 1].sum()) * 1e3
        aims = Aims(ramping=Ramping(ramping, before_w, change_w), peak=peak, spread_w=sum_w)
        shared = Problem(
            grid=grid, batteries=(), pvs=(), load_w=np.zeros((net.shape[0], HORIZON)),
            available_w=np.zeros((net.shape[0], 0, HORIZON)), import_eur_per_kwh=price, start_wh=np.zeros(0),
            end_wh=np.zeros(0), end_value_eur_per_kwh=np.zeros(0), probability=probability,
            terms=("energy", "ramping", "peak"), aims=aims, **FREE,
        )  # fmt: skip
        homes = tuple(
            replace(
                shared, batteries=(battery,), load_w=net[:, home] * 1e3, import_eur_per_kwh=np.zeros(HORIZON),
                start_wh=np.array([soc_ratio[home] * battery.capacity_wh]), end_wh=np.full(1, np.nan),
                end_value_eur_per_kwh=np.full(1, worth), terms=("carbon", "end_value"),
                aims=Aims(carbon=Carbon(carbon, eur_per_kg), spread_w=homes_w[home]),
            )
            for home, battery in enumerate(self._batteries)
        )  # fmt: skip
        return District(homes, shared)

    def _highest_kw(self) -> float:
        """Return the peak that the running window has already."""
        net = self.seen.net[:, : self.seen.count].sum(axis=0)
        return float(net[self.seen.count // WINDOW * WINDOW :].max(initial=0.0))

    def _peak_share(self) -> float:
        """Return what a kW of peak costs, as a share of the bill: half the slope of one less the mean over the peak."""
        net, idle = self.seen.net[:, : self.seen.count].sum(axis=0), self.seen.idle.sum(axis=0)
        lately = slice(max(0, self.seen.count - WINDOW), None)
        highest = max(self._highest_kw(), 0.5 * float(idle[lately].max()), 1.0)
        mean = max(0.0, float(net[lately].mean()))
        months = [idle[at : at + WINDOW] for at in range(0, self.seen.count, WINDOW)]
        factors = [1 - each.mean() / max(each.max(), 1e-3) for each in months]
        return 0.5 * mean / highest**2 / (8760 / WINDOW) / max(float(np.mean(factors)), 0.3)


def within(power: np.ndarray, least: np.ndarray, most: np.ndarray) -> np.ndarray:
    """Return powers within bounds: what one cannot do the others do, all moved alike, so that the sum stays.

    A plan takes every battery for one of constant power; a full one can give little at once. Where all are at their
    bounds, the sum is what those allow.
    """
    kept, span = np.clip(power, least, most), float(np.max(most - least) + np.abs(power).max())
    if np.array_equal(kept, power):
        return kept
    low, high = -span, span
    for _ in range(50):
        moved = (low + high) / 2
        kept = np.clip(power + moved, least, most)
        low, high = (moved, high) if kept.sum() < power.sum() else (low, moved)
    return kept


def _filled(value: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Fill what was not told yet (the first day) with the same hour a day before, else the latest value."""
    day = before[-24:] if before.size >= 24 else np.full(24, before[-1])
    return np.where(np.isfinite(value), value, day)
