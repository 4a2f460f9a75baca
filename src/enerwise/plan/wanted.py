"""What the owner of a site wants, laid over a problem: prices, caps and a strict order become aims, terms and caps."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.time import Instant
from enerwise.core.units import FloatArray
from enerwise.plan import aims as plan_aims
from enerwise.plan.pareto import LEAST_EUR, in_order, priced
from enerwise.plan.problem import Problem
from enerwise.site.aims import LEVELS, Aims, Band, Outages, Reserve, Schedule, Wear

HOURS_A_DAY: Final = 24.0
WIDE_W: Final = 1e9
"""Stands for a limit that nobody has set."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a plan knows beside its problem."""

    zone: str
    kg_per_kwh: FloatArray | None = None
    """What drawing a kWh emits; None where nobody tells. Shape (step,)"""
    before_w: float | None = None
    """Power at the connection before the plan, import less export; None where nobody knows."""


def wanted(problem: Problem, aims: Aims, known: Known, issued_at: Instant) -> Problem:
    """Return the problem whose best plan is what the owner wants; the very same one where only the bill counts.

    A cap of a day counts as much as falls to the hours of the plan. Aims in strict order are made as small as they can
    be, one after the other, and capped there: that takes a plan for each of them.

    Raises:
        PlanError: The solver failed.
        ProblemsFound: An aim lacks facts.
    """
    if aims.are_none:
        return problem
    asked = _with_prices(problem, aims, known)
    hours = problem.grid.step_count * problem.grid.step_h
    for aim, amount in aims.most.items():
        most = amount if aim in LEVELS else amount * hours / HOURS_A_DAY
        asked = _capped(asked, aim, most)
    return in_order(asked, aims.order, issued_at)


def _capped(problem: Problem, aim: str, most: float) -> Problem:
    """Return the problem with at most so much of an aim; without a price of its own it costs a trifle."""
    price = problem.aims.unit_price(aim)
    asked = problem if price else priced(problem, aim, LEAST_EUR)
    return replace(asked, caps=(*asked.caps, (aim, most * (price or LEAST_EUR))))


def _with_prices(problem: Problem, aims: Aims, known: Known) -> Problem:
    steps = problem.grid.step_count
    ramping = plan_aims.Ramping(before_w=known.before_w)
    carbon = plan_aims.Carbon() if known.kg_per_kwh is None else plan_aims.Carbon(known.kg_per_kwh)
    found = replace(problem.aims, ramping=ramping, carbon=carbon)
    terms = list(problem.terms)
    if aims.wear is not None:
        found, terms = replace(found, wear=_wear(aims.wear)), [*terms, "wear"]
    if aims.outages is not None:
        found, terms = replace(found, resilience=_resilience(aims.outages, steps)), [*terms, "resilience"]
    if aims.reserve is not None:
        found, terms = replace(found, reserve=_reserve(aims.reserve, problem)), [*terms, "reserve"]
    if aims.band is not None:
        found, terms = replace(found, band=_band(aims.band, problem, known.zone)), [*terms, "band"]
    if aims.schedule is not None:
        found, terms = replace(found, schedule=_schedule(aims.schedule, problem, known.zone)), [*terms, "schedule"]
    asked = replace(problem, aims=found, terms=tuple(dict.fromkeys(terms)))
    for aim, price in aims.price_eur.items():
        asked = priced(asked, aim, price)
    return asked


def _wear(wear: Wear) -> plan_aims.Wear:
    edges, prices = np.array(wear.depth_ratio), np.array(wear.depth_eur_per_kwh)
    return plan_aims.Wear(edges, prices, wear.full_ratio, wear.full_eur_per_kwh_h)


def _resilience(outages: Outages, steps: int) -> plan_aims.Resilience:
    critical_w = np.full(steps, outages.critical_w)
    return plan_aims.Resilience(outages.per_year, outages.lasts_h, outages.eur_per_kwh, critical_w)


def _reserve(reserve: Reserve, problem: Problem) -> plan_aims.Reserve:
    steps = problem.grid.step_count
    return plan_aims.Reserve(
        np.full(steps, reserve.up_eur_per_kw_h),
        np.full(steps, reserve.down_eur_per_kw_h),
        reserve.lasts_h,
        max(1, round(reserve.block_h / problem.grid.step_h)),
        reserve.most_w,
        reserve.is_symmetric,
    )


def _band(band: Band, problem: Problem, zone: str) -> plan_aims.Band:
    """Return the band of each step; outside its window all that the connection carries costs nothing more."""
    inside = band.window.holds(problem.grid.starts_utc, zone)
    high_w = np.where(inside, band.draw_w, np.fmax(np.fmin(problem.import_limit_w, WIDE_W), band.draw_w))
    low_w = np.where(inside, -band.feed_w, -np.fmax(np.fmin(problem.export_limit_w, WIDE_W), band.feed_w))
    return plan_aims.Band(low_w, high_w, band.eur_per_kwh)


def _schedule(schedule: Schedule, problem: Problem, zone: str) -> plan_aims.Schedule:
    """Return what was agreed for each step, by where the step begins; NaN where nothing was."""
    target_w = np.full(problem.grid.step_count, np.nan)
    for each in reversed(schedule.profile):
        target_w = np.where(each.window.holds(problem.grid.starts_utc, zone), each.grid_w, target_w)
    tiers = [(0.0, schedule.tolerance_w)] if schedule.tolerance_w else []
    prices, widths = zip(*tiers, (schedule.eur_per_kwh, WIDE_W), strict=True)
    return plan_aims.Schedule(target_w, np.array(prices), np.array(widths))
