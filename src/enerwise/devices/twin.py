"""The site as twins behind the device port: what a laptop has instead of a house. It says so in its name.

A step of the supply is carried out when it has ended: with the permits that were in force, and at rest from the moment
a permit expired; cells age once a day. A permit is checked here as a real driver would check it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from enerwise.core.quantity import (
    AVAILABLE_POWER_W,
    CYCLES_COUNT,
    ENERGY_WH,
    POWER_W,
    SOC_RATIO,
    SOH_RATIO,
    TEMPERATURE_DEGC,
)
from enerwise.core.series import Key, Reading
from enerwise.core.time import DAY_S, Instant
from enerwise.core.units import FloatArray
from enerwise.devices import inverters
from enerwise.devices.machine_twins import MILD_DEGC, MachineTwin, twin_of
from enerwise.devices.port import Readings, Receipt
from enerwise.devices.supply import Supply
from enerwise.devices.ventilation_twin import VentilationTwin
from enerwise.devices.warm_twins import Around, HeatPumpTwin
from enerwise.guard.permit import Check, Checker, Permit
from enerwise.physics import ageing, battery, pv
from enerwise.physics.battery import BatteryState
from enerwise.site.assets import Battery, BatteryArrays, Load, Pv
from enerwise.site.circuits import inside, members
from enerwise.site.machines import Machine
from enerwise.site.site import GRID, WEATHER, Site
from enerwise.site.ventilation import Ventilation

SENSORS = (ENERGY_WH, SOC_RATIO, SOH_RATIO, TEMPERATURE_DEGC, CYCLES_COUNT)


@dataclass(frozen=True, slots=True)
class _Order:
    """A value in force until its permit ends."""

    value: float
    valid_until: Instant


class TwinDevices:
    """All devices of one site, simulated."""

    is_simulated = True

    def __init__(
        self, site: Site, supply: Supply, checker: Checker, *, start_soc_ratio: float | FloatArray = 0.5
    ) -> None:
        """Begin at the first step of the supply, batteries at ``start_soc_ratio`` of their capacity."""
        self._site, self._supply, self._checker = site, supply, checker
        self._batteries = site.of_kind(Battery)
        self._facts = BatteryArrays.of(self._batteries)
        self._state = BatteryState.new(self._facts, soc_ratio=start_soc_ratio)
        self._orders: dict[str, _Order] = {}
        self._machines = _machine_twins(site, supply)
        self._next_step = 0

    @property
    def machines(self) -> Mapping[str, MachineTwin]:
        """The twins of machines, by id."""
        return self._machines

    @property
    def state(self) -> BatteryState:
        """State of the batteries after the last step carried out."""
        return self._state

    async def read(self, now: Instant) -> Readings:
        """Carry out every step that has ended, and tell of the last one and of now."""
        step = self._supply.grid.step_at(now)
        # Machines tell how they stand before anything was carried out, so that the first plan knows.
        measured = self._machine_states(0) if step == self._next_step == 0 else []
        while self._next_step < min(step, self._supply.grid.step_count):
            measured += self._carry_out(self._next_step)
            self._next_step += 1
        return Readings(tuple(measured), tuple(self._live(step, now)))

    async def apply(self, permits: Sequence[Permit], now: Instant) -> tuple[Receipt, ...]:
        """Put genuine permits in force."""
        receipts = []
        for permit in permits:
            check = self._checker.check(permit, now)
            if check is Check.OPENS:
                self._orders[permit.asset] = _Order(permit.value, permit.valid_until)
            receipts.append(Receipt(permit.asset, permit.quantity, permit.value, check, now))
        return tuple(receipts)

    def _live(self, step: int, now: Instant) -> list[Reading]:
        """What the step that begins now brings, as its own mean, and the batteries as they are."""
        if not 0 <= step < self._supply.grid.step_count:
            return []
        values = {Key(each, POWER_W): float(load_w[step]) for each, load_w in self._supply.load_w.items()}
        for plant in self._site.of_kind(Pv):
            available_w = self._available_w(plant, step)
            values[Key(plant.id, AVAILABLE_POWER_W)] = available_w
            if not plant.can_curtail:
                values[Key(plant.id, POWER_W)] = available_w
        for each, twin in self._machines.items():
            values[Key(each, POWER_W)] = twin.own_w(step)
            values |= twin.sensed(step)
        values |= self._weather(step)
        return [Reading(key, now, value, now) for key, value in (values | self._sensed()).items()]

    def _sensed(self) -> dict[Key, float]:
        told = battery.sensors(self._facts, self._state)
        return {
            Key(each.id, quantity): float(told[quantity][at])
            for at, each in enumerate(self._batteries)
            for quantity in SENSORS
        }

    def _carry_out(self, step: int) -> list[Reading]:
        grid = self._supply.grid
        start_utc = grid.part(step, 1).start_utc
        end_utc = grid.part(step + 1, 1).start_utc
        asked_w = {each.id: self._asked_w(each.id, each.safe_power_w, start_utc, end_utc) for each in self._batteries}
        sun_w = {each.id: self._delivered_w(each, step, start_utc, end_utc) for each in self._site.of_kind(Pv)}
        asked_w, _ = inverters.held(self._site, asked_w, sun_w)
        self._state, flow = battery.step(
            self._facts,
            self._state,
            np.array(list(asked_w.values())),
            ambient_degc=self._supply.ambient_at(step),
            step_s=float(grid.step_s),
        )
        if (step + 1) * grid.step_s % DAY_S == 0:
            self._state = ageing.age(self._facts, self._state, elapsed_s=float(DAY_S))
        values = {Key(each.id, POWER_W): float(flow.power_w[at]) for at, each in enumerate(self._batteries)}
        for load in self._site.of_kind(Load):
            switched_w = self._asked_w(load.id, 0.0, start_utc, end_utc) if load.switch_power_w else 0.0
            values[Key(load.id, POWER_W)] = float(self._supply.load_w[load.id][step]) + switched_w
        flows_w = dict(zip(asked_w, flow.power_w.tolist(), strict=True))
        values |= {Key(each, POWER_W): w for each, w in inverters.held(self._site, flows_w, sun_w)[1].items()}
        for each, twin in self._machines.items():
            values[Key(each, POWER_W)] = twin.carry_out(step, self._told_w(each, start_utc, end_utc))
        values |= self._counted(values)
        values |= self._weather(step)
        for plant in self._site.of_kind(Pv):
            values[Key(plant.id, AVAILABLE_POWER_W)] = self._available_w(plant, step)
        means = [Reading(key, start_utc, value, end_utc) for key, value in values.items()]
        states = [Reading(key, end_utc, value, end_utc) for key, value in self._sensed().items()]
        return means + states + self._machine_states(step + 1)

    def _counted(self, values: Mapping[Key, float]) -> dict[Key, float]:
        """Return what the meters of the connection and of circuits count of what was taken."""
        circuits = self._site.circuits
        lost_w = inverters.lost_w(self._site, {key.asset: power_w for key, power_w in values.items()})
        counted = {
            Key(each.meter, POWER_W): sum(values[Key(member, POWER_W)] for member in members(circuits, each.id))
            + sum(lost_w.get(name, 0.0) for name in inside(circuits, each.id))
            for each in circuits
            if each.meter
        }
        return {Key(GRID, POWER_W): sum(values.values()) + sum(lost_w.values()), **counted}

    def _machine_states(self, step: int) -> list[Reading]:
        """Return what machines tell as a step begins."""
        if step >= self._supply.grid.step_count:
            return []
        at = self._supply.grid.part(step, 0).start_utc
        told = (twin.sensed(step) for twin in self._machines.values())
        return [Reading(key, at, value, at) for states in told for key, value in states.items()]

    def _weather(self, step: int) -> dict[Key, float]:
        known = self._supply.outdoor_degc
        return {} if known is None else {Key(WEATHER, TEMPERATURE_DEGC): float(known[step])}

    def _told_w(self, asset_id: str, start_utc: Instant, end_utc: Instant) -> float | None:
        """Return what a machine is told for most of a step; None where it is left to itself."""
        order = self._orders.get(asset_id)
        if order is None or order.valid_until - start_utc < (end_utc - start_utc) / 2:
            return None
        return order.value

    def _asked_w(self, asset_id: str, safe_w: float, start_utc: Instant, end_utc: Instant) -> float:
        """Return the mean of what was permitted over a step; the rest of it is at the safe power."""
        order = self._orders.get(asset_id)
        if order is None:
            return safe_w
        held_ratio = float(np.clip((order.valid_until - start_utc) / (end_utc - start_utc), 0.0, 1.0))
        return order.value * held_ratio + safe_w * (1.0 - held_ratio)

    def _available_w(self, plant: Pv, step: int) -> float:
        return max(float(self._supply.available_w[plant.id][step]), -plant.output_limit_w) + 0.0

    def _delivered_w(self, plant: Pv, step: int, start_utc: Instant, end_utc: Instant) -> float:
        ceiling_w = np.inf
        if plant.can_curtail and plant.id in self._orders:
            ceiling_w = -self._asked_w(plant.id, plant.safe_power_w, start_utc, end_utc)
        delivered_w: FloatArray = pv.step(
            np.array([self._supply.available_w[plant.id][step]]), plant.output_limit_w, np.array([max(0.0, ceiling_w)])
        )
        return float(delivered_w[0]) + 0.0


def _machine_twins(site: Site, supply: Supply) -> dict[str, MachineTwin]:
    """Return a twin for each machine; without weather it is mild outside."""
    outdoor_degc = supply.outdoor_degc
    if outdoor_degc is None:
        outdoor_degc = np.full(supply.grid.step_count, MILD_DEGC)
    around = Around(supply.grid, site.timezone, outdoor_degc)

    twins = {
        each.id: twin_of(
            each,
            around,
            recorded_w=supply.machine_w.get(each.id),
            stays=supply.stays.get(each.id),
            is_occupied=supply.presence.get(each.id),
        )
        for each in site.of_kind(Machine)
        if not isinstance(each, Ventilation)
    }
    # Air goes first: what it takes from rooms in a step is theirs to make up for in the same step.
    return {each.id: _airing(each, around, supply, twins) for each in site.of_kind(Ventilation)} | twins


def _airing(unit: Ventilation, around: Around, supply: Supply, twins: Mapping[str, MachineTwin]) -> MachineTwin:
    rooms = twins.get(unit.rooms)
    people = supply.presence.get(unit.rooms)
    return VentilationTwin(unit, around, rooms if isinstance(rooms, HeatPumpTwin) else None, people)
