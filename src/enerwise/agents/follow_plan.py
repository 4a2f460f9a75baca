"""Follow the plan: the current step becomes a band and a preferred power, by the law the plan gives each asset.

Silent without a plan, with one that is too old, and where it says nothing about now. PV delivers all it can unless the
plan says otherwise: under the law FIXED at most the planned power, under COVER no more than the site takes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from enerwise.agents import laws
from enerwise.agents.agent import View
from enerwise.agents.follow_machines import follow_machines
from enerwise.agents.shares import Speaker, prices, produce, propose, share_surplus, unclipped_w
from enerwise.core.intent import Priority, Proposal, Reason
from enerwise.core.outlook import Law, Plan
from enerwise.core.time import Instant
from enerwise.site.assets import Battery, Pv

PLAN_MAX_AGE_S: Final = 6 * 3600.0
"""A plan issued longer ago knows too little of today."""


def step_in_force(plan: Plan | None, now: Instant, *, max_age_s: float = PLAN_MAX_AGE_S) -> int | None:
    """Return the step of the plan that holds ``now``; None without a plan that is young enough and covers it."""
    if plan is None or not np.timedelta64(0, "ms") <= now - plan.issued_at <= np.timedelta64(round(max_age_s), "s"):
        return None
    step = plan.grid.step_at(now)
    return step if 0 <= step < plan.grid.step_count else None


@dataclass(frozen=True, slots=True)
class FollowPlan:
    """Turns the step in force into proposals."""

    name: ClassVar[str] = "follow_plan"

    max_age_s: float = PLAN_MAX_AGE_S

    def decide(self, view: View) -> Sequence[Proposal]:
        """Propose what the plan wants of machines, batteries and PV, and give unforeseen surplus to switched loads."""
        step = step_in_force(view.plan, view.now, max_age_s=self.max_age_s)
        if view.plan is None or step is None:
            return ()
        speaker = Speaker(self.name, Priority.PLAN)
        held_w = _held_w(view, view.plan, step)
        machines, moved_w = follow_machines(speaker, view, view.plan, step)
        others_w = view.others_w + moved_w + _lost_w(view, held_w)
        asked_w = {each.asset: each.preferred for each in machines if each.preferred is not None}
        proposals, balance_w = _batteries(speaker, view, view.plan, step, others_w, asked_w)
        given, balance_w = share_surplus(speaker, view, balance_w) if math.isfinite(balance_w) else ([], balance_w)
        keeps_home = Law.COVER in _plant_laws(view, view.plan, step).values()
        return [
            *machines,
            *proposals,
            *given,
            *produce(speaker, view, balance_w - _lost_w(view, held_w), held_w, keeps_home=keeps_home),
        ]


def _plant_laws(view: View, plan: Plan, step: int) -> dict[str, int]:
    """Return the law of each PV plant that the plan speaks of."""
    known = [plant.id for plant in view.controlled(Pv) if plant.id in plan.assets]
    return {each: int(plan.law[plan.assets.index(each), step]) for each in known}


def _held_w(view: View, plan: Plan, step: int) -> dict[str, float]:
    """Return the PV plants that the plan holds back, and at which power."""
    held = [each for each, law in _plant_laws(view, plan, step).items() if law == Law.FIXED]
    return {each: float(plan.power_w[plan.assets.index(each), step]) for each in held}


def _lost_w(view: View, held_w: dict[str, float]) -> float:
    """Return what the sun offers and the plan does not want, as a size."""
    plants = [plant for plant in view.controlled(Pv) if plant.id in held_w]
    return sum(max(0.0, held_w[plant.id] - view.available_w(plant)) for plant in plants)


def _batteries(
    speaker: Speaker, view: View, plan: Plan, step: int, balance_w: float, machines_w: Mapping[str, float]
) -> tuple[list[Proposal], float]:
    """Carry out the batteries' laws one after the other, fixed powers first: the others then work against those."""
    rows = [plan.assets.index(each.id) for each in view.controlled(Battery) if each.id in plan.assets]
    proposals, powers_w = [], dict(machines_w)
    for row in sorted(rows, key=lambda row: (plan.law[row, step] != Law.FIXED, row)):
        power_w, band_w = _power(view, plan, row, step, balance_w, powers_w)
        if math.isnan(power_w):  # The law follows others that are unknown; rest, and the manager, take over.
            continue
        reason = _reason(view, plan, row, step, balance_w)
        proposals.append(propose(speaker, view, plan.assets[row], power_w, reason, band_w=band_w))
        balance_w += power_w
        powers_w[plan.assets[row]] = power_w
    return proposals, balance_w


def _power(
    view: View, plan: Plan, row: int, step: int, others_w: float, powers_w: Mapping[str, float]
) -> tuple[float, tuple[float, float]]:
    """Return the power a battery's law asks for, and the band it insists on."""
    allowed = view.envelope.assets[plan.assets[row]]
    law, planned_w = int(plan.law[row, step]), float(plan.power_w[row, step])
    target_w, ceiling_w = float(plan.grid_target_w[step]), float(plan.grid_ceiling_w[step])
    bounds_w = allowed.lower_w, allowed.upper_w
    asked_w = laws.law_power(law, planned_w, target_w, ceiling_w, others_w, *bounds_w)
    power_w = unclipped_w(view, plan.assets[row], float(asked_w), others_w, powers_w)
    low_w = 0.0 if law in (Law.ABSORB, Law.CHARGE) else -math.inf
    high_w = 0.0 if law in (Law.COVER, Law.FEED) else math.inf
    return power_w, (min(low_w, power_w), max(high_w, power_w))


def _reason(view: View, plan: Plan, row: int, step: int, others_w: float) -> Reason:
    numbers = {
        "planned_w": float(plan.power_w[row, step]),
        "grid_target_w": float(plan.grid_target_w[step]),
        "grid_ceiling_w": float(plan.grid_ceiling_w[step]),
        "energy_planned_wh": float(plan.energy_wh[row, step + 1]),
        "dual_eur_per_kwh": float(plan.dual_eur_per_kwh[row, step]),
        "others_w": others_w,
        **prices(view),
    }
    law = Law(int(plan.law[row, step])).name.lower()
    return Reason("plan", {"law": law, **{name: each for name, each in numbers.items() if math.isfinite(each)}})
