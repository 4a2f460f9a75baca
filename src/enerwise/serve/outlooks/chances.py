"""How far it may come otherwise: an outlook's outer paths, and what a plan or the humble mode would do along them.

The band is meant as 8 in 10. Outlooks hold a few joint paths of load and sun, each the mean of a group of past days on
which the forecast was wrong alike; the outer groups are the least and the most net use. The mean of the outer three
tenths lies 1.16 standard deviations from the middle where errors are normal, the edge of 8 in 10 at 1.28: so the outer
paths are drawn apart by that ratio. Where there is one path only, because too few days are known, every quantile at
once stands in, which is wider than 8 in 10.
"""

from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Final

import numpy as np

from enerwise.core.outlook import Forecast
from enerwise.core.quantity import AVAILABLE_POWER_W
from enerwise.core.units import FloatArray
from enerwise.plan.problem import DemandProblem
from enerwise.run.end_worth import end_value_eur_per_kwh
from enerwise.serve.outlooks.made import Made
from enerwise.serve.outlooks.paths import Powers, Supply, along
from enerwise.site.tariff import DemandComponent

EDGE: Final = 0.9
"""Upper edge of 8 in 10."""
SCENARIOS, QUANTILES, NONE = "scenarios", "quantiles", "none"


@dataclass(frozen=True, slots=True)
class Outer:
    """The paths of least and most net use."""

    load_w: FloatArray
    """Shape (2, step)"""
    available_w: FloatArray
    """Shape (2, pv, step)"""
    method: str


def outer(made: Made, forecasts: tuple[Forecast, ...]) -> Outer:
    """Return the outer paths of a plan's outlook."""
    problem = made.problem
    if problem.probability.size >= 3:
        load_w, available_w = (
            _drawn_apart(each, problem.probability)
            for each in (problem.load_w + made.machines_w.sum(axis=0), problem.available_w)
        )
        return Outer(np.maximum(load_w, 0.0), np.minimum(available_w, 0.0), SCENARIOS)
    if forecasts and all(each.grid == made.grid for each in forecasts):
        levels = [1 - EDGE, EDGE]
        loads = [each for each in forecasts if each.key.quantity != AVAILABLE_POWER_W]
        suns = {each.key.asset: each for each in forecasts if each.key.quantity == AVAILABLE_POWER_W}
        load_w = np.array(
            [sum((each.at_level(level) for each in loads), made.machines_w.sum(axis=0)) for level in levels]
        )
        sun_w = np.array(
            [[_at(suns.get(plant.id), level, row, made) for row, plant in enumerate(made.pvs)] for level in levels]
        )
        return Outer(load_w, sun_w.reshape(2, len(made.pvs), made.grid.step_count), QUANTILES)
    return Outer(np.tile(made.load_w, (2, 1)), np.tile(made.available_w, (2, 1, 1)), NONE)


def _at(forecast: Forecast | None, level: float, row: int, made: Made) -> FloatArray:
    return made.available_w[row] if forecast is None else np.minimum(forecast.at_level(level), 0.0)


def _drawn_apart(path: FloatArray, probability: FloatArray) -> FloatArray:
    """Return the first and the last of some paths, drawn apart to the edges of 8 in 10."""
    centre = np.tensordot(probability, path, axes=1)
    return np.stack([centre + (path[at] - centre) * stretch_ratio(float(probability[at])) for at in (0, -1)])


def stretch_ratio(probability: float) -> float:
    """Return how much further out the edge of 8 in 10 lies than the mean of an outer group of errors.

    Holds for: errors whose sum over a day is about normal.

    >>> round(stretch_ratio(0.3), 2)
    1.11
    """
    normal = NormalDist()
    mean = normal.pdf(normal.inv_cdf(probability)) / probability
    return normal.inv_cdf(EDGE) / mean


@dataclass(frozen=True)
class Chances:
    """A plan along its outer paths, and the humble mode along the path that the plan shows."""

    made: Made
    outer: Outer

    @cached_property
    def planned(self) -> Powers:
        """Under the plan's laws along least, shown and most."""
        made = self.made
        load_w = np.stack([self.outer.load_w[0], made.load_w, self.outer.load_w[1]])
        available_w = np.stack([self.outer.available_w[0], made.available_w, self.outer.available_w[1]])
        return self._along(load_w, available_w, with_plan=True)

    @cached_property
    def humble(self) -> Powers:
        """Self-consumption along the path that the plan shows."""
        return self._along(self.made.load_w[None], self.made.available_w[None], with_plan=False)

    def level_wh(self, row: int) -> tuple[FloatArray, FloatArray]:
        """Return the lowest and highest energy of a battery at the edges of the steps, the plan's own within."""
        own_wh = self.made.plan.energy_wh[row]
        paths_wh = np.concatenate([self.planned.energy_wh[:, row], own_wh[None]])
        return paths_wh.min(axis=0), paths_wh.max(axis=0)

    def cost_eur(self) -> tuple[float, float, float]:
        """Return what is paid over the plan: as it is shown, and from least to most."""
        shown = paid_eur(self.made, self.made.plan.grid_power_w)
        ends = [paid_eur(self.made, grid_w) for grid_w in self.planned.grid_w]
        return shown, min(shown, *ends), max(shown, *ends)

    def without_planning_eur(self) -> float:
        """Return what the shown path costs under self-consumption, energy left at the end made equal.

        What the plan leaves more in the batteries is added at the plan's worth of energy at its end, without the
        weight of a goal.
        """
        made = self.made
        kept_wh = made.plan.energy_wh[: len(made.batteries), -1] - self.humble.energy_wh[0, :, -1]
        worth = np.array([end_worth_eur_per_kwh(made, row) for row in range(len(made.batteries))])
        return paid_eur(made, self.humble.grid_w[0]) + float((kept_wh * worth).sum()) / 1e3

    def _along(self, load_w: FloatArray, available_w: FloatArray, *, with_plan: bool) -> Powers:
        made, problem = self.made, self.made.problem
        step_s = float(made.grid.step_s)
        supply = Supply(load_w, available_w, problem.import_limit_w, problem.export_limit_w, step_s)
        start_wh = np.tile(problem.start_wh, (load_w.shape[0], 1))
        return along(supply, made.batteries, made.pvs, start_wh, plan=made.plan if with_plan else None)


def end_worth_eur_per_kwh(made: Made, row: int) -> float:
    """Return what a kWh left in a battery at the plan's end is worth, at true prices."""
    return end_value_eur_per_kwh(made.batteries[row], made.prices.import_eur_per_kwh, made.prices.export_eur_per_kwh)


def energy_eur(made: Made, grid_w: FloatArray) -> FloatArray:
    """Return what energy costs in each step, a sale below zero. Shape (step,)"""
    prices = made.prices
    paid = np.maximum(grid_w, 0.0) * prices.import_eur_per_kwh - np.maximum(-grid_w, 0.0) * prices.export_eur_per_kwh
    return np.asarray(paid * made.grid.step_h / 1e3)


def paid_eur(made: Made, grid_w: FloatArray) -> float:
    """Return what a plan's steps cost: energy, and what they add to peaks; fixed fees are the same in every plan."""
    peaks = sum(_peak_eur(each, np.maximum(grid_w, 0.0)) for each in made.problem.demand)
    return float(energy_eur(made, grid_w).sum()) + peaks * (1.0 + made.site.tariff.tax_ratio)


def _peak_eur(demand: DemandProblem, import_w: FloatArray) -> float:
    """Return what import adds to one demand component."""
    total_w = np.bincount(demand.interval, weights=import_w, minlength=demand.day.size).astype(np.float64)
    total_w[:1] += demand.elapsed_w
    mean_w = np.where(demand.is_billed > 0, total_w / demand.steps_per_interval, 0.0)
    added = 0.0
    for period in np.unique(demand.period).tolist():
        before = dict(demand.state.within(int(period)))
        after = dict(before)
        inside = demand.period == period
        for day in np.unique(demand.day[inside]).tolist():
            after[day] = max(after.get(day, 0.0), float(mean_w[inside & (demand.day == day)].max()))
        added += _charge_eur(demand.component, after) - _charge_eur(demand.component, before)
    return added


def _charge_eur(component: DemandComponent, daily_max_w: dict[int, float]) -> float:
    return component.charge_eur(np.array(list(daily_max_w.values())))
