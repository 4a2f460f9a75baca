"""What a site does along given paths of load and sun: under the laws of a plan, or under self-consumption.

The same kernels that run the site: bounds of the guard, laws of the modes, twins of the batteries. All paths advance
together, so a month of days costs as many steps as its longest day. Where load or sun is unknown (NaN) the batteries
rest, their energy stays, and the powers of that step are unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from enerwise.agents import laws
from enerwise.core.outlook import Law, Plan
from enerwise.core.units import BoolArray, FloatArray
from enerwise.guard import kernels
from enerwise.physics import battery as twin
from enerwise.physics.battery import BatteryState
from enerwise.site.assets import Battery, BatteryArrays, Pv

ROOM_DEGC = 20.0


@dataclass(frozen=True, slots=True)
class Supply:
    """What is given along each path: everything but the batteries. Powers in W, positive is taken."""

    load_w: FloatArray
    """Shape (path, step)"""
    available_w: FloatArray
    """What each PV plant could deliver, zero or below. Shape (path, pv, step)"""
    import_limit_w: FloatArray
    """Shape (step,) or (path, step)"""
    export_limit_w: FloatArray
    """As a size. Shape (step,) or (path, step)"""
    step_s: float


@dataclass(frozen=True, slots=True)
class Powers:
    """What came of it. Powers in W, positive is taken."""

    battery_w: FloatArray
    """Shape (path, battery, step)"""
    pv_w: FloatArray
    """Shape (path, pv, step)"""
    grid_w: FloatArray
    """Shape (path, step)"""
    energy_wh: FloatArray
    """At the edges of the steps. Shape (path, battery, step + 1)"""


def along(
    supply: Supply,
    batteries: Sequence[Battery],
    pvs: Sequence[Pv],
    start_wh: FloatArray,
    *,
    plan: Plan | None = None,
) -> Powers:
    """Run a site along paths.

    Args:
        supply: Load, sun and limits.
        batteries: What stands there.
        pvs: In the order of the supply.
        start_wh: Energy in the batteries at the start. Shape (path, battery)
        plan: Whose laws hold, on the same steps; without one every battery follows self-consumption.
    """
    paths, steps = supply.load_w.shape
    run = _Run(supply, tuple(batteries), tuple(pvs), plan, start_wh)
    battery_w = np.zeros((paths, len(batteries), steps))
    pv_w = np.zeros((paths, len(pvs), steps))
    energy_wh = np.zeros((paths, len(batteries), steps + 1))
    energy_wh[:, :, 0] = start_wh
    for step in range(steps):
        battery_w[:, :, step], pv_w[:, :, step] = run.advance(step)
        for row, state in enumerate(run.states):
            energy_wh[:, row, step + 1] = state.energy_wh
    grid_w = supply.load_w + battery_w.sum(axis=1) + pv_w.sum(axis=1)
    unknown = np.isnan(grid_w)
    battery_w[np.broadcast_to(unknown[:, None, :], battery_w.shape)] = np.nan
    return Powers(battery_w, pv_w, grid_w, energy_wh)


class _Run:
    """Batteries on their way along all paths."""

    def __init__(
        self,
        supply: Supply,
        batteries: tuple[Battery, ...],
        pvs: tuple[Pv, ...],
        plan: Plan | None,
        start_wh: FloatArray,
    ) -> None:
        paths = supply.load_w.shape[0]
        self._supply, self._batteries, self._pvs, self._plan = supply, batteries, pvs, plan
        self._facts = [BatteryArrays.of([each] * paths) for each in batteries]
        self._floor_wh = [np.maximum(each.energy_min_wh, each.reserve_wh) for each in self._facts]
        self.states = [
            BatteryState.new(facts, soc_ratio=np.nan_to_num(start_wh[:, row]) / facts.capacity_wh)
            for row, facts in enumerate(self._facts)
        ]
        self._output_w = np.array([each.output_limit_w for each in pvs])
        self._can_curtail = np.array([each.can_curtail for each in pvs], dtype=np.bool_)

    def advance(self, step: int) -> tuple[FloatArray, FloatArray]:
        """Return powers of batteries (path, battery) and PV (path, pv) in a step, and move on."""
        load_w = self._supply.load_w[:, step]
        sun_w = self._sun_w(step)
        others_w = load_w + sun_w.sum(axis=1)
        known = np.isfinite(others_w)
        power_w = np.zeros((load_w.size, len(self._batteries)))
        for row in self._order(step):
            asked_w = np.where(known, self._asked_w(row, step, others_w), 0.0)
            self.states[row], flow = twin.step(
                self._facts[row], self.states[row], asked_w, ambient_degc=ROOM_DEGC, step_s=self._supply.step_s
            )
            power_w[:, row] = flow.power_w
            others_w = others_w + flow.power_w
        return power_w, self._held_w(step, sun_w, others_w)

    def _order(self, step: int) -> list[int]:
        """Fixed powers first: the other batteries then work against those, as `follow_plan` does."""
        rows = range(len(self._batteries))
        if self._plan is None:
            return list(rows)
        law = self._plan.law
        return sorted(rows, key=lambda row: (law[row, step] != Law.FIXED, row))

    def _sun_w(self, step: int) -> FloatArray:
        """Return what the plants offer: all they can, under the law FIXED at most the planned power."""
        sun_w = np.maximum(np.minimum(self._supply.available_w[:, :, step], 0.0), 0.0 - self._output_w)
        for row in self._plants(step, Law.FIXED):
            assert self._plan is not None
            sun_w[:, row] = np.maximum(sun_w[:, row], self._plan.power_w[len(self._batteries) + row, step])
        return sun_w

    def _plants(self, step: int, law: Law) -> list[int]:
        if self._plan is None:
            return []
        count = len(self._batteries)
        return [row for row in range(len(self._pvs)) if self._plan.law[count + row, step] == law]

    def _asked_w(self, row: int, step: int, others_w: FloatArray) -> FloatArray:
        facts, energy_wh, hold_s = self._facts[row], self.states[row].energy_wh, self._supply.step_s
        lower_w, upper_w = kernels.battery_bounds(
            facts, energy_wh, charge_ratio=1.0, discharge_ratio=1.0, hold_s=hold_s
        )
        if self._plan is None:
            spare_w = kernels.drain_limit_w(facts, energy_wh, self._floor_wh[row], hold_s=hold_s)
            asked_w = laws.self_consumption(others_w, lower_w, upper_w, deliver_limit_w=spare_w)
        else:
            plan = self._plan
            asked_w = laws.law_power(
                int(plan.law[row, step]),
                float(plan.power_w[row, step]),
                float(plan.grid_target_w[step]),
                float(plan.grid_ceiling_w[step]),
                others_w,
                lower_w,
                upper_w,
            )
        asked_w = laws.unclipped(asked_w, others_w, upper_w, row_lower_w=0.0 - self._export_w(step))
        # Charging gives way before the connection does.
        room_w = np.maximum(self._import_w(step) - others_w, 0.0)
        kept_w: FloatArray = np.where(asked_w > room_w, np.maximum(room_w, np.minimum(asked_w, 0.0)), asked_w)
        return kept_w

    def _held_w(self, step: int, sun_w: FloatArray, total_w: FloatArray) -> FloatArray:
        """Hold plants back that the plan wants for the home only, and all that may be where the limit would break."""
        for row in self._plants(step, Law.COVER):
            over_w = np.maximum(0.0 - total_w, 0.0)
            held_w = np.minimum(sun_w[:, row] + over_w, 0.0)
            total_w = total_w + held_w - sun_w[:, row]
            sun_w[:, row] = held_w
        over_w = np.maximum(0.0 - self._export_w(step) - total_w, 0.0)
        may: BoolArray = self._can_curtail
        if not may.any() or not (over_w > 0).any():
            return sun_w
        offered_w = np.where(may, sun_w, 0.0)
        whole_w = reduce(np.add, offered_w.T)
        share = np.where(whole_w < 0, np.minimum(over_w / np.where(whole_w < 0, -whole_w, 1.0), 1.0), 0.0)
        return np.asarray(sun_w - offered_w * share[:, None])

    def _export_w(self, step: int) -> FloatArray:
        return np.asarray(self._supply.export_limit_w[..., step])

    def _import_w(self, step: int) -> FloatArray:
        return np.asarray(self._supply.import_limit_w[..., step])
