"""What the least cost is, said in another way: one dense mixed-integer program in the words of highspy's own modelling.

Nothing is shared with the product but the facts: no energy columns (levels are sums over all steps before), a binary
for charging and for buying at every step, and the k highest daily peaks as "no choice of k days has a higher mean".
Billed intervals, days and months are counted with Python's own calendar.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import highspy
import numpy as np

from enerwise.plan.problem import DemandProblem, Problem
from enerwise.site.calendar import Window
from enerwise.site.tariff import DemandComponent, DemandState

Expression = Any


def least_cost_eur(problem: Problem, *, zone: str = "UTC", demand: Sequence[DemandProblem] | None = None) -> float:
    """Return the optimum of a problem without wishes, worth of energy at the end included as the product books it."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 1e-6)
    total: Expression = 0.0
    first_charges = []
    for scenario, probability in enumerate(problem.probability.tolist()):
        cost, bought_kw, first_charge = _scenario(highs, problem, scenario)
        for each in problem.demand if demand is None else demand:
            cost += _demand_eur(highs, each, problem, bought_kw, zone)
        total += probability * cost
        first_charges.append(first_charge)
    for other in first_charges[1:]:
        for mine, its in zip(first_charges[0], other, strict=True):
            highs.addConstr(mine - its == 0)
    highs.minimize(total)
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal, highs.getModelStatus()
    return float(highs.getInfo().objective_function_value)


def _scenario(highs: Any, problem: Problem, scenario: int) -> tuple[Expression, list[Expression], list[Expression]]:
    hours, steps = problem.grid.step_s / 3600.0, problem.grid.step_count
    net: list[Expression] = [float(each) / 1e3 for each in problem.load_w[scenario]]
    for row, plant in enumerate(problem.pvs):
        for step in range(steps):
            delivered_kw = -float(problem.available_w[scenario, row, step]) / 1e3
            net[step] -= highs.addVariable(0.0, delivered_kw) if plant.can_curtail else delivered_kw
    cost: Expression = 0.0
    first_charge = []
    for row, battery in enumerate(problem.batteries):
        way = battery.round_trip_ratio**0.5
        start_kwh, stored = float(problem.start_wh[row]) / 1e3, []
        for step in range(steps):
            charge, discharge = _either(highs, battery.charge_limit_w / 1e3, battery.discharge_limit_w / 1e3)
            stored.append(hours * way * charge - hours / way * discharge)
            level = highs.qsum(stored)
            highs.addConstr(battery.energy_min_wh / 1e3 - start_kwh <= level)
            highs.addConstr(level <= battery.energy_max_wh / 1e3 - start_kwh)
            net[step] += charge - discharge
            cost += battery.ageing_eur_per_kwh * hours * (charge + discharge)
        cost += -float(problem.end_value_eur_per_kwh[row]) * highs.qsum(stored)
        first_charge.append(stored[0])
    bought = []
    for step in range(steps):
        buy, sell = _either(highs, problem.import_limit_w[step] / 1e3, problem.export_limit_w[step] / 1e3)
        highs.addConstr(buy - sell - net[step] == 0.0)
        cost += float(problem.import_eur_per_kwh[step]) * hours * buy
        cost += -float(problem.export_eur_per_kwh[step]) * hours * sell
        bought.append(buy)
    return cost, bought, first_charge


def _either(highs: Any, first_limit: float, second_limit: float) -> tuple[Expression, Expression]:
    """Return two variables of which one is zero."""
    is_first = highs.addBinary()
    first, second = highs.addVariable(0.0, first_limit), highs.addVariable(0.0, second_limit)
    highs.addConstr(first - first_limit * is_first <= 0.0)
    highs.addConstr(second + second_limit * is_first <= second_limit)
    return first, second


def _demand_eur(highs: Any, demand: DemandProblem, problem: Problem, bought: list[Expression], zone: str) -> Expression:
    component = demand.component
    means = _interval_means(component, problem, bought, zone, demand.elapsed_w / 1e3)
    cost: Expression = 0.0
    for period in sorted({period for period, _, _ in means}):
        already = {day: peak / 1e3 for day, peak in demand.state.within(period).items()}
        peaks: dict[int, Expression] = dict(already)
        for each, day, mean in means:
            if each == period:
                if day not in peaks or not hasattr(peaks[day], "index"):
                    peaks[day] = highs.addVariable(already.get(day, 0.0), highspy.kHighsInf)
                highs.addConstr(peaks[day] - mean >= 0.0)
        paid = highs.addVariable(0.0, highspy.kHighsInf)
        for chosen in combinations(peaks.values(), min(component.top_count, len(peaks))):
            highs.addConstr(paid - sum(chosen) / component.top_count >= -component.above_w / 1e3)
        cost += component.price_eur_per_kw * paid - component.price_eur_per_kw * _charged_kw(component, already)
    return cost


def _charged_kw(component: DemandComponent, already: dict[int, float]) -> float:
    highest = sorted(already.values(), reverse=True)[: component.top_count]
    return max(0.0, sum(highest) / component.top_count - component.above_w / 1e3)


def _interval_means(
    component: DemandComponent, problem: Problem, bought: list[Expression], zone: str, elapsed_kw: float
) -> list[tuple[int, int, Expression]]:
    """Return period, day and mean import of every billed interval; zones are whole hours off UTC."""
    step_s = problem.grid.step_s
    per_interval = max(1, -(-component.interval_s // step_s))
    groups: dict[int, list[int]] = {}
    start = datetime.fromtimestamp(int(problem.grid.start_utc.astype("datetime64[s]").astype(np.int64)), UTC)
    at = [start + timedelta(seconds=step_s * step) for step in range(problem.grid.step_count)]
    for step, when in enumerate(at):
        groups.setdefault(int(when.timestamp()) // (per_interval * step_s), []).append(step)
    means = []
    for place, steps in enumerate(groups.values()):
        local = at[steps[0]].astimezone(ZoneInfo(zone))
        if component.window is not None and not _inside(component.window, local):
            continue
        day = (local.date() - datetime(1970, 1, 1).date()).days
        period = {"day": day, "month": local.year * 12 + local.month - 1, "year": local.year}[component.per]
        mean = sum(bought[step] for step in steps) * (1.0 / per_interval)
        means.append((period, day, mean + (elapsed_kw / per_interval if place == 0 else 0.0)))
    return means


def _inside(window: Window, local: datetime) -> bool:
    second = local.hour * 3600 + local.minute * 60 + local.second
    return window.from_s <= second < window.to_s and local.weekday() in window.days and local.month in window.months


def no_state() -> DemandState:
    return DemandState()
