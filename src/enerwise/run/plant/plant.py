"""The plant: battery, sun, load and connection of a site, moved on in real seconds, shown and told through registers.

Machines follow their setpoints with a lag, within hard limits of their own that no register can change. What was ever
beyond a limit of the site is counted: it is what a safety test looks at. All of it is simulated.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from enerwise.core import quantity as q
from enerwise.core.time import Instant
from enerwise.core.units import FloatArray
from enerwise.devices.supply import Supply
from enerwise.physics import battery
from enerwise.physics.battery import BatteryState
from enerwise.run.plant.box import DeviceTwin
from enerwise.site.assets import Battery, BatteryArrays, Load, Pv
from enerwise.site.site import GRID, Site

LAG_S: Final = 0.3
"""Time constant of an inverter on its way to a setpoint."""
TOLERANCE_W: Final = 50.0
"""What a meter and a regulator may be off before a limit counts as broken."""
CELL_EMPTY_V: Final = 3.0
CELL_FULL_V: Final = 3.4
"""Cells of lithium iron phosphate between empty and full, as a straight line: a plain stand-in for their curve."""
CELL_COUNT: Final = 16
VOLTAGE_NOISE_V: Final = 0.5
FREQUENCY_NOISE_HZ: Final = 0.01


@dataclass(slots=True)
class Counts:
    """What has been beyond a limit, in steps."""

    battery_power: int = 0
    battery_energy: int = 0
    import_limit: int = 0
    export_limit: int = 0
    steps: int = 0
    worst: dict[str, float] = field(default_factory=dict)

    @property
    def violations(self) -> int:
        """All of it."""
        return self.battery_power + self.battery_energy + self.import_limit + self.export_limit


class Plant:
    """Every machine of a site, simulated."""

    def __init__(
        self,
        site: Site,
        devices: Sequence[DeviceTwin],
        supply: Supply,
        *,
        rng: np.random.Generator,
        start_soc_ratio: float = 0.5,
    ) -> None:
        """Begin at the first step of the supply.

        Args:
            site: Its assets and limits.
            devices: The boxes on the wire.
            supply: Load and sun.
            rng: Draws the small noise of voltage and frequency.
            start_soc_ratio: How full the batteries are.
        """
        self.site, self.devices, self._supply, self._rng = site, devices, supply, rng
        self._batteries = site.of_kind(Battery)
        self._facts = BatteryArrays.of(self._batteries)
        self._battery = BatteryState.new(self._facts, soc_ratio=start_soc_ratio)
        self.power_w: dict[str, float] = {each.id: 0.0 for each in site}
        self._roles = {asset: (device, role) for device in devices for role, asset in device.device.serves.items()}
        self._imported_wh = self._exported_wh = 0.0
        self._at_rest_w = {each.id: 0.0 for each in self._batteries}
        self.counts = Counts()
        self.t_s = 0.0

    @property
    def grid_w(self) -> float:
        """Power at the connection, import above zero."""
        return sum(self.power_w.values())

    def step(self, at: Instant, t_s: float, dt_s: float) -> None:
        """Move on by ``dt_s``: setpoints become power, power becomes energy, and the registers show it.

        Args:
            at: Which load and sun there are.
            t_s: Now, on the clock that devices watch their connections with. [s]
            dt_s: Length of the step. [s]
        """
        self.t_s = t_s
        row = min(max(self._supply.grid.step_at(at), 0), self._supply.grid.step_count - 1)
        for load in self.site.of_kind(Load):
            switched_w = self._told_w(load.id, t_s) if load.switch_power_w else 0.0
            self.power_w[load.id] = float(self._supply.load_w[load.id][row]) + (switched_w or 0.0)
        available_w = {each.id: self._available_w(each, row) for each in self.site.of_kind(Pv)}
        for plant in self.site.of_kind(Pv):
            self._deliver(plant, available_w[plant.id], t_s, dt_s)
        self._move_batteries(t_s, dt_s)
        self._count(at, dt_s)
        self._show(available_w)

    def state(self) -> dict[str, Any]:
        """Return everything that a test may want to know."""
        return {
            "simulated": True,
            "power_w": {**self.power_w, GRID: self.grid_w},
            "soc_ratio": dict(zip([b.id for b in self._batteries], self._soc().tolist(), strict=True)),
            "violations": self.counts.violations,
            "worst": dict(self.counts.worst),
            "steps": self.counts.steps,
            "writes": {each.device.id: each.write_count for each in self.devices},
        }

    # -- machines ------------------------------------------------------------------------------------------------

    def _told_w(self, asset: str, t_s: float) -> float:
        """Return the setpoint of an asset, NaN where it has none or its device ignores it."""
        device, role = self._roles.get(asset, (None, ""))
        if device is None or device.faults.is_stuck:
            return math.nan
        return device.asked_w(role, t_s)

    def _available_w(self, plant: Pv, row: int) -> float:
        return max(float(self._supply.available_w[plant.id][row]), -plant.output_limit_w) + 0.0

    def _deliver(self, plant: Pv, available_w: float, t_s: float, dt_s: float) -> None:
        told_w = self._told_w(plant.id, t_s)
        aim_w = available_w if math.isnan(told_w) else max(available_w, min(told_w, 0.0))
        self.power_w[plant.id] = _lagged(self.power_w[plant.id], aim_w, dt_s)

    def _move_batteries(self, t_s: float, dt_s: float) -> None:
        asked_w = []
        for each in self._batteries:
            told_w = self._told_w(each.id, t_s)
            told_w = self.power_w[each.id] if self._is_stuck(each.id) else 0.0 if math.isnan(told_w) else told_w
            # The machine's own limits hold, whatever a register says.
            aim_w = min(max(told_w, -each.discharge_limit_w), each.charge_limit_w)
            asked_w.append(_lagged(self.power_w[each.id], aim_w, dt_s))
        if not self._batteries:
            return
        self._battery, flow = battery.step(
            self._facts, self._battery, np.array(asked_w), ambient_degc=self._supply.ambient_at(0), step_s=dt_s
        )
        self.power_w |= dict(zip([each.id for each in self._batteries], flow.power_w.tolist(), strict=True))

    def _is_stuck(self, asset: str) -> bool:
        device, _ = self._roles.get(asset, (None, ""))
        return device is not None and device.faults.is_stuck

    def _soc(self) -> FloatArray:
        return self._battery.energy_wh / self._facts.capacity_wh

    # -- what is counted and shown -------------------------------------------------------------------------------

    def _count(self, at: Instant, dt_s: float) -> None:
        counts, connection, zone = self.counts, self.site.connection, self.site.timezone
        now = np.array([at])
        grid_w, hours = self.grid_w, dt_s / 3600.0
        counts.steps += 1
        self._imported_wh += max(grid_w, 0.0) * hours
        self._exported_wh += max(-grid_w, 0.0) * hours
        over = {
            "import_limit": grid_w - float(connection.import_limit_w(now, zone)[0]),
            "export_limit": -grid_w - float(connection.export_limit_w(now, zone)[0]),
        }
        for each, soc in zip(self._batteries, self._soc().tolist(), strict=True):
            power_w = self.power_w[each.id]
            over["battery_power"] = max(power_w - each.charge_limit_w, -power_w - each.discharge_limit_w)
            band_wh = max(soc - each.soc_max_ratio, each.soc_min_ratio - soc) * each.capacity_wh
            # Beyond its band a battery may still come back: only power that leads further out is a fault.
            leads_out = (power_w > TOLERANCE_W) if soc > each.soc_max_ratio else (power_w < -TOLERANCE_W)
            over["battery_energy"] = band_wh if leads_out else -1.0
        for name, by in over.items():
            if by > (TOLERANCE_W if name != "battery_energy" else TOLERANCE_W / 10):
                setattr(counts, name, getattr(counts, name) + 1)
                counts.worst[name] = max(by, counts.worst.get(name, 0.0))

    def _show(self, available_w: Mapping[str, float]) -> None:
        shown = {each.id: {q.POWER_W: self.power_w[each.id]} for each in self.site}
        for plant, value_w in available_w.items():
            shown[plant][q.AVAILABLE_POWER_W] = value_w
        sensors = battery.sensors(self._facts, self._battery) if self._batteries else {}
        for at, each in enumerate(self._batteries):
            shown[each.id] |= {name: float(value[at]) for name, value in sensors.items()}
            shown[each.id] |= _cells(shown[each.id])
        shown[GRID] = self._meter()
        for asset, values in shown.items():
            device, role = self._roles.get(asset, (None, ""))
            if device is not None:
                for name, value in values.items():
                    device.show(role, name, value)

    def _meter(self) -> dict[str, float]:
        nominal_v = self.site.connection.nominal_v
        lines_v = nominal_v + self._rng.normal(0.0, VOLTAGE_NOISE_V, 3)
        lines = dict(zip((q.VOLTAGE_L1_V, q.VOLTAGE_L2_V, q.VOLTAGE_L3_V), lines_v.tolist(), strict=True))
        return {
            q.POWER_W: self.grid_w,
            q.FREQUENCY_HZ: 50.0 + float(self._rng.normal(0.0, FREQUENCY_NOISE_HZ)),
            q.VOLTAGE_V: float(lines_v.mean()),
            **lines,
            q.REACTIVE_POWER_VAR: 0.0,
            q.IMPORTED_WH: self._imported_wh,
            q.EXPORTED_WH: self._exported_wh,
        }


def _lagged(power_w: float, aim_w: float, dt_s: float) -> float:
    """Return the power after a first-order step towards its aim."""
    return aim_w + (power_w - aim_w) * math.exp(-dt_s / LAG_S)


def _cells(shown: Mapping[str, float]) -> dict[str, float]:
    """Return what a battery management would tell of cells that are all alike."""
    cell_v = CELL_EMPTY_V + (CELL_FULL_V - CELL_EMPTY_V) * min(max(shown[q.SOC_RATIO], 0.0), 1.0)
    pack_v = cell_v * CELL_COUNT
    return {
        q.CELL_VOLTAGE_MIN_V: cell_v,
        q.CELL_VOLTAGE_MAX_V: cell_v,
        q.CELL_TEMPERATURE_MIN_DEGC: shown[q.TEMPERATURE_DEGC],
        q.CELL_TEMPERATURE_MAX_DEGC: shown[q.TEMPERATURE_DEGC],
        q.PACK_VOLTAGE_V: pack_v,
        q.BUS_VOLTAGE_V: pack_v,
        q.CURRENT_A: shown[q.POWER_W] / pack_v,
        q.CHARGE_CURRENT_LIMIT_A: 200.0,
        q.DISCHARGE_CURRENT_LIMIT_A: 200.0,
        q.IS_CLOSED: 1.0,
        q.INSULATION_OHM: 2e6,
        q.STATE_CODE: 1.0,
        q.ALARM_CODE: 0.0,
    }
