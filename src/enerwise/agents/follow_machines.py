"""Machines follow the plan: what is planned for the step, bent to what the step really brings.

Five things bend it. People in rooms that are far from right are not left to wait for the next plan. A car below the
level it shall always have charges at once. Where the home draws more than the plan knew, what can wait gives way before
a peak is paid for, and before a limit is broken, whatever it is worth. A car that is worth charging, but not at the
price of buying, takes the surplus there is: no less than was foreseen, and nothing from the grid. And where a circuit
would carry more than it may, what hangs on it slows down before it stands still, who is worth least to the plan first.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from enerwise.agents.agent import View
from enerwise.agents.shares import Speaker, prices, propose
from enerwise.core.intent import Proposal, Reason
from enerwise.core.outlook import Plan
from enerwise.core.quantity import (
    CO2_PPM,
    IS_OCCUPIED,
    PRICE_EXPORT_EUR_PER_KWH,
    PRICE_IMPORT_EUR_PER_KWH,
    TEMPERATURE_DEGC,
)
from enerwise.core.time import TimeGrid, show_local
from enerwise.guard.branches import Row
from enerwise.site.assets import Battery, Pv
from enerwise.site.habits import band_degc
from enerwise.site.machines import Charger, HeatPump, Interruptible, Machine, WaterHeater
from enerwise.site.ventilation import Ventilation
from enerwise.site.zones import Zone

GIVES_WAY: Final = (Charger, Interruptible, WaterHeater, Ventilation, HeatPump)
"""Who waits first where a peak would be paid for; what has begun and cannot pause never does."""
NOTHING_W: Final = 1e-6
NEAR_K: Final = 0.3
"""So near to the least that is wished for nobody waits for a peak."""
FAR_K: Final = 0.5
"""So far from right rooms with people in them are heated or cooled at full power."""
NEAR_PPM: Final = 50.0
"""Air this near to its limit is not left to get worse for a peak."""
SAME_EUR_PER_KWH: Final = 1e-4
"""A worth this near to a price is that price: the plan did not mind."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one machine is asked for, and why."""

    machine: Machine
    power_w: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Ceiling:
    """What the connection shall stay below, and how that is told."""

    power_w: float
    reason: Reason
    is_law: bool = False
    """Whether it holds at the cost of comfort too."""


def follow_machines(speaker: Speaker, view: View, plan: Plan, step: int) -> tuple[list[Proposal], float]:
    """Carry out what is planned for machines.

    Args:
        speaker: Who speaks.
        view: The picture.
        plan: In force.
        step: Of the plan, the one that holds now.

    Returns:
        Proposals, and how much more all of them take than by themselves. [W]
    """
    machines = [each for each in view.controlled(Machine) if each.id in plan.assets]
    asked = [_asked(view, plan, step, each) for each in machines]
    rest_w = _rest_w(view, plan, step, machines)
    if math.isfinite(rest_w):
        asked = _with_sun(view, plan, step, asked, rest_w)
        asked = _below_ceiling(
            view, asked, rest_w, _Ceiling(float(plan.grid_ceiling_w[step]), Reason("machine_ceiling"))
        )
        asked = _below_ceiling(view, asked, rest_w, _limit_of(view))
    for row in view.envelope.rows:
        asked = _within_circuit(view, plan, step, asked, row)
    proposals = [propose(speaker, view, each.machine.id, each.power_w, each.reason) for each in asked]
    return proposals, sum(each.power_w - view.own_w(each.machine) for each in asked)


def _asked(view: View, plan: Plan, step: int, machine: Machine) -> _Asked:
    row, allowed = plan.assets.index(machine.id), view.envelope.assets[machine.id]
    planned_w, worth = float(plan.power_w[row, step]), float(plan.dual_eur_per_kwh[row, step])
    facts: dict[str, float | str] = {"planned_w": planned_w, **prices(view)}
    facts |= {"dual_eur_per_kwh": worth} if math.isfinite(worth) else {}
    if isinstance(machine, Charger) and view.energy_wh(machine) < machine.least_wh:
        energy = {"energy_wh": view.energy_wh(machine), "least_wh": machine.least_wh}
        return _Asked(machine, allowed.clamp(machine.power_max_w), Reason("machine_least", {**energy, **prices(view)}))
    if isinstance(machine, HeatPump) and _waits_for_plan(view, machine):
        seen = {"temperature_degc": view.value(machine.id, TEMPERATURE_DEGC), **facts}
        return _Asked(machine, allowed.clamp(machine.power_max_w), Reason("machine_people", seen))
    return _Asked(machine, allowed.clamp(planned_w), Reason("plan_machine", facts))


def _waits_for_plan(view: View, pump: HeatPump) -> bool:
    """Tell whether somebody is in rooms that are far from right: they are not left to wait for the next plan."""
    told = pump.presence
    if told is None or not told.is_followed or not view.value(pump.id, IS_OCCUPIED) > 0.5:
        return False
    degc = view.value(pump.id, TEMPERATURE_DEGC)
    return bool(degc > told.high_degc + FAR_K if pump.cools else degc < told.low_degc - FAR_K)


def _rest_w(view: View, plan: Plan, step: int, machines: Sequence[Machine]) -> float:
    """Return what all else will draw: as it is seen now, batteries as planned; NaN where nobody knows."""
    batteries = [plan.assets.index(each.id) for each in view.controlled(Battery) if each.id in plan.assets]
    stored_w = sum(float(plan.power_w[row, step]) for row in batteries)
    return view.others_w - sum(view.own_w(each) for each in machines) + stored_w


def _with_sun(view: View, plan: Plan, step: int, asked: Sequence[_Asked], rest_w: float) -> list[_Asked]:
    """Let cars that are not worth buying for take the surplus that is left, one after the other."""
    surplus_w = -rest_w - sum(each.power_w for each in asked if not isinstance(each.machine, Charger))
    bent = []
    for each in asked:
        is_car = isinstance(each.machine, Charger)
        bent.append(_sunny(view, plan, step, each, each.machine, surplus_w) if is_car else each)
        surplus_w -= bent[-1].power_w if is_car else 0.0
    return bent


def _sunny(view: View, plan: Plan, step: int, asked: _Asked, car: Machine, surplus_w: float) -> _Asked:
    assert isinstance(car, Charger)
    buy, sell = (view.value("grid", each) for each in (PRICE_IMPORT_EUR_PER_KWH, PRICE_EXPORT_EUR_PER_KWH))
    worth = float(plan.dual_eur_per_kwh[plan.assets.index(car.id), step]) * car.charge_ratio
    missing_wh = car.target_wh - view.energy_wh(car)
    is_open = asked.reason.code == "plan_machine" and asked.power_w >= 0 and missing_wh > 0
    if not is_open or not math.isfinite(worth + buy + sell + surplus_w) or worth >= buy - SAME_EUR_PER_KWH:
        return asked
    wanted_w = min(max(surplus_w, 0.0), missing_wh / car.charge_ratio * 3600.0 / view.hold_s)
    power_w = wanted_w if worth > sell + SAME_EUR_PER_KWH else min(wanted_w, asked.power_w)
    # Half of its least power from the sun is worth buying the other half.
    power_w = 0.0 if power_w < 0.5 * car.power_min_w else max(power_w, car.power_min_w)
    power_w = view.envelope.assets[car.id].clamp(power_w)
    if abs(power_w - asked.power_w) < 1.0:
        return asked
    facts = {**asked.reason.facts, "surplus_w": max(surplus_w, 0.0), "worth_eur_per_kwh": worth}
    return _Asked(car, power_w, Reason("machine_sun", facts))


def _hardly_does(view: View, machine: Machine) -> bool:
    """Tell whether rooms, their air or water are hardly within what is wished for: then a peak is worth paying for."""
    if isinstance(machine, Ventilation):
        return view.value(machine.id, CO2_PPM) > machine.limit_ppm - NEAR_PPM
    if isinstance(machine, WaterHeater):
        return view.value(machine.id, TEMPERATURE_DEGC) < machine.low_degc + NEAR_K
    return isinstance(machine, HeatPump) and any(_hardly_right(view, machine, each) for each in machine.rooms)


def _hardly_right(view: View, pump: HeatPump, room: Zone) -> bool:
    degc = view.value(room.id, TEMPERATURE_DEGC)
    low_degc, high_degc = _band_now(view, pump, room)
    return degc > high_degc - NEAR_K if pump.cools else degc < low_degc + NEAR_K


def _band_now(view: View, pump: HeatPump, room: Zone) -> tuple[float, float]:
    """Return the band that is wished for now: by who is there, where that is seen and followed, else by the clock."""
    seen = view.value(pump.id, IS_OCCUPIED)
    if pump.presence is not None and pump.presence.is_followed and math.isfinite(seen):
        told = pump.presence
        return (told.low_degc, told.high_degc) if seen > 0.5 else (pump.low_degc, pump.high_degc)
    low_degc, high_degc = band_degc(room, TimeGrid(view.now, 60, 1), view.site.timezone)
    return float(low_degc[0]), float(high_degc[0])


def _worth_eur(asked: _Asked) -> float:
    """Return what an hour of a load that may pause is worth: the cheapest waits first."""
    return asked.machine.missed_eur if isinstance(asked.machine, Interruptible) else 0.0


def _limit_of(view: View) -> _Ceiling:
    """Return the limit of the connection, or what somebody asks for: rooms and water may suffer for it."""
    asked = view.curtailment
    if asked is None:
        return _Ceiling(view.envelope.row_upper_w, Reason("machine_limit"), is_law=True)
    facts = {"who": asked.who, "until": show_local(asked.until, view.site.timezone)[11:]}
    return _Ceiling(view.envelope.row_upper_w, Reason("machine_curtailed", facts), is_law=True)


def _below_ceiling(view: View, asked: Sequence[_Asked], rest_w: float, ceiling: _Ceiling) -> list[_Asked]:
    """Let machines give way, one after the other, until the ceiling holds."""
    over_w = rest_w + sum(each.power_w for each in asked) - ceiling.power_w
    bent = {each.machine.id: each for each in asked}
    for kind in GIVES_WAY:
        for each in sorted((each for each in asked if isinstance(each.machine, kind)), key=_worth_eur):
            is_needed = each.reason.code == "machine_least" or _hardly_does(view, each.machine)
            if not over_w > NOTHING_W or each.power_w <= 0 or (is_needed and not ceiling.is_law):
                continue
            power_w = max(0.0, each.power_w - over_w)
            power_w = min(each.power_w, power_w if power_w >= each.machine.power_min_w else 0.0)
            over_w -= each.power_w - power_w
            facts = {**each.reason.facts, **ceiling.reason.facts, "ceiling_w": ceiling.power_w, "others_w": rest_w}
            bent[each.machine.id] = _Asked(each.machine, power_w, Reason(ceiling.reason.code, facts))
    return list(bent.values())


def _within_circuit(view: View, plan: Plan, step: int, asked: Sequence[_Asked], row: Row) -> list[_Asked]:
    """Let what hangs on a circuit share what is left: first all slow down, then one after the other stands still."""
    fixed_w = row.others_high_w + _unasked_w(view, plan, step, row)
    mine = [each for each in asked if each.machine.id in row.share]
    order = sorted((each for each in mine if each.power_w > 0), key=lambda each: _rank(each, plan, step))
    powers_w = {each.machine.id: each.power_w for each in mine}
    for count in range(len(order) + 1):
        powers_w = {each.machine.id: 0.0 if each in order[:count] else each.power_w for each in mine}
        over_w = fixed_w + sum(row.share[each] * power_w for each, power_w in powers_w.items()) - row.upper_w
        for each in order[count:]:
            room_w = max(0.0, each.power_w - max(each.machine.power_min_w, 0.0))
            less_w = min(room_w, max(over_w, 0.0) / row.share[each.machine.id])
            powers_w[each.machine.id] -= less_w
            over_w -= less_w * row.share[each.machine.id]
        if not over_w > 1e-6:
            break
    return [_slowed(each, powers_w.get(each.machine.id, each.power_w), powers_w, row, fixed_w) for each in asked]


def _slowed(asked: _Asked, power_w: float, powers_w: Mapping[str, float], row: Row, fixed_w: float) -> _Asked:
    if abs(power_w - asked.power_w) < 1.0:
        return asked
    others_w = fixed_w + sum(
        row.share[each] * other_w for each, other_w in powers_w.items() if each != asked.machine.id
    )
    facts = {**asked.reason.facts, "circuit": row.circuit, "limit_w": row.upper_w, "others_w": others_w}
    return _Asked(asked.machine, power_w, Reason("machine_circuit", facts))


def _unasked_w(view: View, plan: Plan, step: int, row: Row) -> float:
    """Return what batteries are planned to take on a circuit, and what the sun offers there."""
    stored_w = sum(
        row.share[each.id] * float(plan.power_w[plan.assets.index(each.id), step])
        for each in view.controlled(Battery)
        if each.id in row.share and each.id in plan.assets
    )
    sun_w = sum(row.share[each.id] * view.available_w(each) for each in view.controlled(Pv) if each.id in row.share)
    return stored_w + (sun_w if math.isfinite(sun_w) else 0.0)


def _rank(asked: _Asked, plan: Plan, step: int) -> tuple[int, int, float]:
    """Return who gives way first on a circuit: what can wait, cars first, and of them the one worth least."""
    kind = next((at for at, each in enumerate(GIVES_WAY) if isinstance(asked.machine, each)), len(GIVES_WAY))
    worth = float(plan.dual_eur_per_kwh[plan.assets.index(asked.machine.id), step])
    ratio = asked.machine.charge_ratio if isinstance(asked.machine, Charger) else 1.0
    known = worth * ratio if math.isfinite(worth) else _worth_eur(asked)
    return (asked.reason.code == "machine_least", kind, known)
