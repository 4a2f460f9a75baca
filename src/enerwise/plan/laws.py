"""From planned powers and values to laws: what an asset may do inside a step when the load is not as foreseen.

A plan knows what one more stored kWh is worth in each step. Taking surplus pays while that worth, less the loss, is
above the price of selling; covering a deficit pays while the worth is below the price of buying. So the law follows
from the plan's own duals, and only a step that trades with the grid keeps its planned power.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from enerwise.core.outlook import Law
from enerwise.core.units import BoolArray, ByteArray, FloatArray
from enerwise.plan.problem import CAUTIOUS_TERMS, DemandProblem, Problem

RESTING_W: Final = 20.0
"""Powers below this are rest."""
TIE_EUR_PER_KWH: Final = 0.002
"""Worth and price closer than this are a tie: what is planned is then done in full."""
ROUNDING_EUR_PER_KWH: Final = 1e-6
"""An exact tie costs nothing either way; acting now spares the risk of never acting."""


def battery_laws(
    problem: Problem,
    *,
    power_w: FloatArray,
    grid_w: FloatArray,
    worth_eur_per_kwh: FloatArray,
    gain: float,
    drain: float,
    buy_eur_per_kwh: FloatArray | None = None,
) -> ByteArray:
    """Return the law of one battery in each step. Shapes (step,); see `Law`.

    ``buy_eur_per_kwh`` is what a bought kWh counts for where aims weigh it beside its price (`buying_eur_per_kwh`).
    """
    buy = problem.import_eur_per_kwh if buy_eur_per_kwh is None else buy_eur_per_kwh
    if (agreed := agreed_steps(problem)).any():
        return _kept(problem, agreed, power_w, grid_w, worth_eur_per_kwh, gain, drain, buy)
    return _free(problem, power_w, grid_w, worth_eur_per_kwh, gain, drain, buy)


def agreed_steps(problem: Problem) -> BoolArray:
    """Tell in which steps a power at the connection was agreed, so that it is held inside them. Shape (step,)"""
    schedule, steps = problem.aims.schedule, problem.grid.step_count
    if "schedule" not in problem.terms or not schedule.is_priced:
        return np.zeros(steps, dtype=np.bool_)
    return np.isfinite(schedule.target_w)


def _kept(
    problem: Problem,
    agreed: BoolArray,
    power_w: FloatArray,
    grid_w: FloatArray,
    worth_eur_per_kwh: FloatArray,
    gain: float,
    drain: float,
    buy_eur_per_kwh: FloatArray,
) -> ByteArray:
    """Return laws that hold what the plan meant to flow where that was agreed, as far as being off costs more.

    A kWh more or less than agreed counts for its price at the connection and for that of the schedule.
    """
    off_eur = float(problem.aims.schedule.eur_per_kwh.max())
    takes = _pays(worth_eur_per_kwh * gain - problem.export_eur_per_kwh + off_eur, power_w > RESTING_W)
    gives = _pays(buy_eur_per_kwh + off_eur - worth_eur_per_kwh * drain, power_w < -RESTING_W)
    held = np.select([takes & gives, takes, gives], [Law.FOLLOW, Law.CHARGE, Law.FEED], Law.FIXED)
    usual = _free(problem, power_w, grid_w, worth_eur_per_kwh, gain, drain, buy_eur_per_kwh)
    return np.where(agreed, held, usual).astype(np.uint8)


def _free(
    problem: Problem,
    power_w: FloatArray,
    grid_w: FloatArray,
    worth_eur_per_kwh: FloatArray,
    gain: float,
    drain: float,
    buy: FloatArray,
) -> ByteArray:
    """Return laws that nothing but prices decides."""
    fills, feeds = power_w > RESTING_W, power_w < -RESTING_W
    absorb = _pays(worth_eur_per_kwh * gain - problem.export_eur_per_kwh, fills)
    cover = _pays(buy - worth_eur_per_kwh * drain, feeds)
    law = np.select([absorb & cover, absorb, cover], [Law.FOLLOW, Law.ABSORB, Law.COVER], Law.FIXED)
    law = np.where(fills & (grid_w > RESTING_W), Law.CHARGE, law)
    law = np.where(feeds & (grid_w < -RESTING_W), Law.FEED, law)
    return law.astype(np.uint8)


def buying_eur_per_kwh(problem: Problem, marginal_eur: Mapping[str, float]) -> FloatArray:
    """Return what a bought kWh counts for in a plan: its price, and what aims make of it. Shape (step,)

    Args:
        problem: What was asked.
        marginal_eur: What a unit less of aims costs whose cap binds; of others their own price counts.
    """
    counts = {each: marginal_eur.get(each, problem.aims.unit_price(each)) for each in ("carbon", "self_sufficiency")}
    carbon = problem.aims.carbon.kg_per_kwh if counts["carbon"] else 0.0
    total: FloatArray = problem.import_eur_per_kwh + carbon * counts["carbon"] + counts["self_sufficiency"]
    return total


def _pays(margin_eur_per_kwh: FloatArray, is_planned: BoolArray) -> BoolArray:
    tolerance = np.where(is_planned, TIE_EUR_PER_KWH, ROUNDING_EUR_PER_KWH)
    return np.asarray(margin_eur_per_kwh > -tolerance)


def pv_laws(
    *, curtailed_w: FloatArray, power_w: FloatArray, grid_w: FloatArray, sells: BoolArray | bool = False
) -> ByteArray:
    """Return the law of one PV plant in each step: all, what the site uses, or a held power. Shapes (step,)

    Where a sale pays (``sells``), what is curtailed does not fit through a limit: the guard keeps that anyway, and what
    is drawn beyond the forecast, or fits into a battery after all, is not lost.
    """
    is_curtailed = (curtailed_w > RESTING_W) & ~np.asarray(sells)
    serves_site = (np.abs(grid_w) <= RESTING_W) & (power_w < -RESTING_W)
    law = np.where(is_curtailed, np.where(serves_site, Law.COVER, Law.FIXED), Law.FOLLOW)
    return law.astype(np.uint8)


def sells(problem: Problem) -> BoolArray:
    """Tell in which steps nothing but a limit speaks against selling. Shape (step,)

    Who is paid for buying may hold back his own sun for it.
    """
    is_plain = set(problem.terms) <= set(CAUTIOUS_TERMS)
    return np.asarray((problem.export_eur_per_kwh > 0) & (problem.import_eur_per_kwh >= 0) & is_plain)


def grid_ceiling_w(problem: Problem, grid_w: FloatArray) -> FloatArray:
    """Return the import above which a demand component, or a peak, would cost more than planned. Shape (step,)"""
    ceiling_w = np.full(grid_w.size, np.inf)
    for demand in problem.demand:
        if demand.component.price_eur_per_kw > 0:
            ceiling_w = np.minimum(ceiling_w, _ceiling_w(demand, np.maximum(grid_w, 0.0)))
    if problem.aims.peak.is_priced and "peak" in problem.terms:
        ceiling_w = np.minimum(ceiling_w, max(float(grid_w.max(initial=0.0)), problem.aims.peak.before_w))
    return ceiling_w


def _ceiling_w(demand: DemandProblem, import_w: FloatArray) -> FloatArray:
    """Return the import of each step that lifts no billed mean above its level, the other steps as planned."""
    top, above_w = demand.component.top_count, demand.component.above_w
    total_w = np.bincount(demand.interval, weights=import_w, minlength=demand.day.size).astype(np.float64)
    total_w[:1] += demand.elapsed_w
    mean_w = total_w / demand.steps_per_interval
    level_w = np.full(demand.day.size, np.inf)
    for period in np.unique(demand.period):
        inside = (demand.period == period) & (demand.is_billed > 0)
        daily = dict(demand.state.within(int(period)))
        for day in np.unique(demand.day[inside]):
            planned = float(mean_w[inside & (demand.day == day)].max())
            daily[int(day)] = max(daily.get(int(day), 0.0), planned)
        highest = np.sort([*daily.values(), *np.zeros(top)])[::-1]
        free_w = max(0.0, top * above_w - float(highest[:top].sum()))
        for day in np.unique(demand.day[inside]):
            level_w[inside & (demand.day == day)] = max(daily[int(day)], float(highest[top - 1])) + free_w
    ceiling_w: FloatArray = import_w + ((level_w - mean_w) * demand.steps_per_interval)[demand.interval]
    return ceiling_w
