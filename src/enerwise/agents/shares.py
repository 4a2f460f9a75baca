"""Shares: how the modes hand out power once the storages have theirs, and how a wish becomes a proposal.

Surplus goes to the storages first, then to switched loads by priority, and what is left is exported; PV delivers all
it can, unless the owner wants no export, and then just what the site takes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from enerwise.agents import laws
from enerwise.agents.agent import View
from enerwise.core.intent import Priority, Proposal, Reason
from enerwise.core.quantity import POWER_W, PRICE_EXPORT_EUR_PER_KWH, PRICE_IMPORT_EUR_PER_KWH
from enerwise.guard import kernels
from enerwise.site.assets import Battery, BatteryArrays, Load, Pv
from enerwise.site.machines import Machine
from enerwise.site.site import GRID

KEEP_ON_RATIO: Final = 0.8
"""A load that runs keeps running while surplus covers this share of it, so that a cloud does not wear its switch."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, and with which weight."""

    name: str
    priority: int = Priority.MODE


def propose(
    speaker: Speaker,
    view: View,
    asset: str,
    preferred_w: float,
    reason: Reason,
    *,
    band_w: tuple[float, float] | None = None,
) -> Proposal:
    """Return a proposal until the next turn; without a band it insists on nothing."""
    allowed = view.envelope.assets[asset]
    low_w, high_w = band_w or (allowed.lower_w, allowed.upper_w)
    cause = view.plan_id if speaker.priority == Priority.PLAN else view.mode_id
    return Proposal(
        speaker.name, speaker.priority, asset, low_w, high_w, preferred_w, view.valid_until, reason, cause=cause
    )


def deliverable_w(view: View, battery: Battery, *, reserve_ratio: float = 0.0) -> float:
    """Return the most a battery may deliver until the next turn and still hold its reserve, a size. [W]

    Args:
        view: The picture.
        battery: Which; its own reserve holds in any case.
        reserve_ratio: A reserve that somebody else wants kept besides. 0..1
    """
    facts, low_wh = BatteryArrays.of((battery,)), max(floor_wh(battery), battery.capacity_wh * reserve_ratio)
    return float(kernels.drain_limit_w(facts, view.energy_wh(battery), low_wh, hold_s=view.hold_s)[0])


def floor_wh(battery: Battery) -> float:
    """Return what modes leave in a battery. [Wh]"""
    return max(battery.energy_min_wh, battery.capacity_wh * battery.reserve_ratio)


def unclipped_w(view: View, battery: str, power_w: float, balance_w: float, powers_w: Mapping[str, float]) -> float:
    """Return what a battery takes so that nothing is lost at the export limit, or at a full circuit it hangs on. [W]

    Args:
        view: The picture.
        battery: Its id.
        power_w: What is asked of it anyway.
        balance_w: Expected power at the connection before.
        powers_w: What is asked of other batteries and of machines, by id; machines that are not named mind themselves.
    """
    upper_w = view.envelope.assets[battery].upper_w
    power_w = float(laws.unclipped(power_w, balance_w, upper_w, row_lower_w=view.envelope.row_lower_w))
    stuck_w = _stuck_w(view, battery, powers_w)
    return max(power_w, min(stuck_w, upper_w)) if stuck_w > 0.0 else power_w


def _stuck_w(view: View, battery: str, powers_w: Mapping[str, float]) -> float:
    """Return what the sun offers beyond what the circuits carry that a battery hangs on, a size. [W]"""
    sun_w = {plant.id: view.available_w(plant) for plant in view.controlled(Pv)}
    own_w = {machine.id: view.own_w(machine) for machine in view.controlled(Machine)}
    offered_w = {each: power_w for each, power_w in sun_w.items() if math.isfinite(power_w)}
    known_w = {**own_w, **powers_w, **offered_w}
    beyond_w = [
        row.lower_w - row.others_low_w - sum(share * known_w.get(each, 0.0) for each, share in row.share.items())
        for row in view.envelope.rows
        if row.share.get(battery) == 1.0
    ]
    return max(beyond_w, default=0.0)


def share_surplus(speaker: Speaker, view: View, balance_w: float) -> tuple[list[Proposal], float]:
    """Give what is left over to switched loads, the highest priority first.

    Args:
        speaker: Who speaks.
        view: The picture.
        balance_w: Expected power at the connection before, export below zero.

    Returns:
        Proposals for all loads that take part, and the balance after them.
    """
    proposals = []
    for load in sorted(view.controlled(Load), key=lambda each: (-each.surplus_priority, each.id)):
        if load.surplus_priority <= 0:
            continue
        is_on = -balance_w >= load.switch_power_w * (KEEP_ON_RATIO if _runs(load, view) else 1.0)
        facts = {"surplus_w": max(0.0, -balance_w), "needed_w": load.switch_power_w}
        reason = Reason("surplus_load" if is_on else "no_surplus", facts)
        proposals.append(propose(speaker, view, load.id, load.switch_power_w if is_on else 0.0, reason))
        balance_w += load.switch_power_w if is_on else 0.0
    return proposals, balance_w


def produce(
    speaker: Speaker,
    view: View,
    balance_w: float,
    held_w: Mapping[str, float] | None = None,
    *,
    keeps_home: bool = False,
) -> list[Proposal]:
    """Let PV deliver all it can, at most what the site takes where the owner wants no export.

    Args:
        speaker: Who speaks.
        view: The picture.
        balance_w: Expected power at the connection with all available PV, export below zero.
        held_w: PV that something else holds back already, by id, below zero.
        keeps_home: Whether nothing shall be exported now, whatever the owner's setting.
    """
    held_w = held_w or {}
    plants = view.controlled(Pv)
    most_w = _no_export(view, plants, balance_w) if view.site.control.zero_export or keeps_home else {}
    return [_production(speaker, view, plant, held_w.get(plant.id), most_w.get(plant.id)) for plant in plants]


def prices(view: View) -> dict[str, float]:
    """Return the prices of this instant, as far as they are among the readings, as facts for a reason."""
    found = {name: view.value(GRID, name) for name in (PRICE_IMPORT_EUR_PER_KWH, PRICE_EXPORT_EUR_PER_KWH)}
    return {name: value for name, value in found.items() if math.isfinite(value)}


def _runs(load: Load, view: View) -> bool:
    return view.value(load.id, POWER_W) > load.switch_power_w / 2.0


def _no_export(view: View, plants: Sequence[Pv], balance_w: float) -> dict[str, float]:
    """Return what each plant may deliver (below zero) so that nothing is exported; nothing where that is unknown."""
    available_w = {plant.id: view.available_w(plant) for plant in plants}
    total_w = sum(available_w.values())
    taken_w = max(0.0, balance_w - total_w) if math.isfinite(balance_w - total_w) else 0.0
    by_sun = total_w < 0.0
    weight = available_w if by_sun else {plant.id: -plant.output_limit_w for plant in plants}
    whole = sum(weight.values())
    return {plant.id: -taken_w * (weight[plant.id] / whole) for plant in plants}


def _production(speaker: Speaker, view: View, plant: Pv, held_w: float | None, no_export_w: float | None) -> Proposal:
    all_w = -plant.output_limit_w
    wanted = {"produce": all_w, "plan_curtails": held_w, "zero_export": no_export_w}
    code, value_w = max(
        ((code, max(each, all_w)) for code, each in wanted.items() if each is not None), key=lambda pair: pair[1]
    )
    available_w = view.available_w(plant)
    facts = {"available_w": available_w} if math.isfinite(available_w) else {}
    return propose(speaker, view, plant.id, value_w, Reason(code, {**facts, "at_most_w": value_w}))
