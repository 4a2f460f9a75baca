"""The plant: battery, sun, load and connection of a site, moved on in real seconds, shown and told through registers.

Machines follow their setpoints with a lag and a ramp, within hard limits of their own that no register can change. What
was ever beyond a limit of the site is counted. All of it is simulated.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from enerwise.core import quantity as q
from enerwise.core.time import Instant
from enerwise.core.units import FloatArray
from enerwise.devices import inverters
from enerwise.devices.supply import Supply
from enerwise.physics import battery
from enerwise.physics.battery import BatteryState
from enerwise.run.plant.counts import Counts
from enerwise.run.plant.pack import Pack
from enerwise.run.plant.twin import Twin
from enerwise.site.assets import Battery, BatteryArrays, Load, Pv
from enerwise.site.site import GRID, Site

LAG_S: Final = 0.3
"""Time constant of an inverter on its way to a setpoint."""
RAMP_PER_S: Final = 2.0
"""Share of its rating by which an inverter moves in a second at most."""
NOISE_W: Final = 1.0
"""What a meter trembles: readings that stand still are a fault of their own."""
VOLTAGE_NOISE_V: Final = 0.5
FREQUENCY_NOISE_HZ: Final = 0.01
NOMINAL_HZ: Final = 50.0
CABINET_K: Final = 15.0
"""How much an inverter is warmer than the air."""
OPEN_WHILE_RUNNING: Final = "contactor_precharge"
"""The one contactor that opens once the battery is connected."""


class Plant:
    """Every machine of a site, simulated."""

    def __init__(
        self,
        site: Site,
        devices: Sequence[Twin],
        supply: Supply,
        *,
        rng: np.random.Generator,
        start_soc_ratio: float = 0.5,
    ) -> None:
        """Begin at the first step of the supply.

        Args:
            site: Its assets and limits.
            devices: The boxes on the wire.
            supply: Load and sun; after its end it begins again.
            rng: Draws the small noise of what is measured.
            start_soc_ratio: How full the batteries are.
        """
        self.site, self.devices, self._supply, self._rng = site, devices, supply, rng
        self._batteries = site.of_kind(Battery)
        self._facts = BatteryArrays.of(self._batteries)
        self._battery = BatteryState.new(self._facts, soc_ratio=start_soc_ratio)
        self._packs = {each.id: Pack.of(each) for each in self._batteries}
        self.power_w: dict[str, float] = {each.id: 0.0 for each in site}
        self._taken_wh = dict.fromkeys([*self.power_w, GRID], 0.0)
        self._given_wh = dict.fromkeys([*self.power_w, GRID], 0.0)
        self._roles: dict[str, list[tuple[Twin, str]]] = {}
        for device in devices:
            for role, asset in device.device.serves.items():
                self._roles.setdefault(asset, []).append((device, role))
        self._switched_w: dict[str, float] = {each.id: 0.0 for each in site.of_kind(Load)}
        """What flows through the switch of each load."""
        self.counts = Counts()

    @property
    def grid_w(self) -> float:
        """Power at the connection, import above zero."""
        return sum(self.power_w.values()) + sum(inverters.lost_w(self.site, self.power_w).values())

    def soc_ratio(self) -> dict[str, float]:
        """Return how full each battery is."""
        filled: FloatArray = self._battery.energy_wh / self._facts.capacity_wh
        return dict(zip(self._packs, filled.tolist(), strict=True))

    def step(self, at: Instant, t_s: float, dt_s: float) -> None:
        """Move on by ``dt_s``: setpoints become power, power becomes energy, and the registers show it.

        Args:
            at: Which load and sun there are.
            t_s: Now, on the clock that devices watch their connections with. [s]
            dt_s: Length of the step; nothing happens in none. [s]
        """
        if not dt_s > 0.0:
            return
        row = self._supply.grid.step_at(at) % self._supply.grid.step_count
        ambient_degc = self._supply.ambient_at(row)
        for load in self.site.of_kind(Load):
            self._draw(load, row, t_s)
        available_w = {each.id: self._available_w(each, row) for each in self.site.of_kind(Pv)}
        for plant in self.site.of_kind(Pv):
            self._deliver(plant, available_w[plant.id], t_s, dt_s)
        if self._batteries:
            self._move_batteries(t_s, dt_s, ambient_degc)
        self.power_w |= inverters.held(self.site, self._powers_w(Battery), self._powers_w(Pv))[1]
        self._meter(dt_s)
        self.counts.look(self.site, at, self.power_w, list(self.soc_ratio().values()))
        self._show(self._measured(available_w, ambient_degc))

    def state(self) -> dict[str, Any]:
        """Return everything that a test may want to know."""
        return {
            "simulated": True,
            "power_w": {**self.power_w, GRID: self.grid_w},
            "soc_ratio": self.soc_ratio(),
            "imported_wh": self._taken_wh[GRID],
            "exported_wh": self._given_wh[GRID],
            "open": [asset for asset, pack in self._packs.items() if pack.is_open],
            "violations": self.counts.violations,
            "worst": dict(self.counts.worst),
            "steps": self.counts.steps,
            "writes": {each.device.id: each.write_count for each in self.devices},
            "written": {each.device.id: each.written() for each in self.devices},
        }

    # -- machines ------------------------------------------------------------------------------------------------

    def _told_w(self, asset: str, t_s: float) -> float:
        """Return the setpoint of an asset, NaN where it has none."""
        for device, role in self._roles.get(asset, ()):
            if device.moves(role):
                return device.asked_w(role, t_s)
        return math.nan

    def _draw(self, load: Load, row: int, t_s: float) -> None:
        told_w = self._told_w(load.id, t_s) if load.switch_power_w else math.nan
        switched_w = 0.0 if math.isnan(told_w) else min(max(told_w, 0.0), load.switch_power_w)
        drawn_w = self._supply.load_w.get(load.id)
        self._switched_w[load.id] = switched_w
        self.power_w[load.id] = switched_w + (0.0 if drawn_w is None else float(drawn_w[row]))

    def _available_w(self, plant: Pv, row: int) -> float:
        return max(float(self._supply.available_w[plant.id][row]), -plant.output_limit_w) + 0.0

    def _deliver(self, plant: Pv, available_w: float, t_s: float, dt_s: float) -> None:
        told_w = self._told_w(plant.id, t_s)
        aim_w = available_w if math.isnan(told_w) else max(available_w, min(told_w, 0.0))
        self.power_w[plant.id] = _followed(self.power_w[plant.id], aim_w, plant.output_limit_w, dt_s)

    def _move_batteries(self, t_s: float, dt_s: float, ambient_degc: float) -> None:
        for (asset, pack), warm_degc in zip(self._packs.items(), self._battery.temperature_degc.tolist(), strict=True):
            pack.step([device.faults for device, _ in self._roles.get(asset, ())], warm_degc, dt_s)
        asked_w = {each.id: self._asked_w(each, t_s, dt_s) for each in self._batteries}
        asked = np.array(list(inverters.held(self.site, asked_w, self._powers_w(Pv))[0].values()))
        self._battery, flow = battery.step(self._facts, self._battery, asked, ambient_degc=ambient_degc, step_s=dt_s)
        self.power_w |= dict(zip(self._packs, flow.power_w.tolist(), strict=True))

    def _powers_w(self, kind: type[Battery] | type[Pv]) -> dict[str, float]:
        return {each.id: self.power_w[each.id] for each in self.site.of_kind(kind)}

    def _asked_w(self, facts: Battery, t_s: float, dt_s: float) -> float:
        if self._packs[facts.id].is_open:
            return 0.0
        told_w = self._told_w(facts.id, t_s)
        # The machine's own limits hold, whatever a register says.
        aim_w = 0.0 if math.isnan(told_w) else min(max(told_w, -facts.discharge_limit_w), facts.charge_limit_w)
        rating_w = max(facts.charge_limit_w, facts.discharge_limit_w)
        return _followed(self.power_w[facts.id], aim_w, rating_w, dt_s)

    def _meter(self, dt_s: float) -> None:
        for asset, power_w in (*self.power_w.items(), (GRID, self.grid_w)):
            counter_wh = self._taken_wh if power_w > 0.0 else self._given_wh
            counter_wh[asset] += abs(power_w) * dt_s / 3600.0

    # -- what is shown -------------------------------------------------------------------------------------------

    def _measured(self, available_w: Mapping[str, float], ambient_degc: float) -> dict[str, dict[str, float]]:
        """Return what there is to be measured, by asset and quantity."""
        wired = [asset for asset in (*self.power_w, GRID) if asset in self._roles]
        lines = self._lines()
        noise_w = self._rng.normal(0.0, NOISE_W, len(wired)).tolist()
        power_w = {**self.power_w, GRID: self.grid_w}
        measured = {
            asset: {
                q.POWER_W: power_w[asset] + tremble_w,
                q.REACTIVE_POWER_VAR: 0.0,
                q.IMPORTED_WH: self._taken_wh[asset],
                q.EXPORTED_WH: self._given_wh[asset],
                q.TEMPERATURE_DEGC: ambient_degc + CABINET_K,
                q.STATE_CODE: 1.0,
                q.ALARM_CODE: 0.0,
                **lines,
            }
            for asset, tremble_w in zip(wired, noise_w, strict=True)
        }
        for load in self.site.of_kind(Load):
            if load.id in measured and load.switch_power_w:
                measured[load.id][q.IS_CLOSED] = float(self._switched_w[load.id] > 0.0)
        for plant in measured.keys() & available_w.keys():
            measured[plant][q.AVAILABLE_POWER_W] = available_w[plant]
        self._look_into_batteries(measured)
        return measured

    def _look_into_batteries(self, measured: Mapping[str, dict[str, float]]) -> None:
        sensors = battery.sensors(self._facts, self._battery) if self._batteries else {}
        for at, (asset, pack) in enumerate(self._packs.items()):
            if asset in measured:
                shown = measured[asset]
                shown |= {name: float(value[at]) for name, value in sensors.items()}
                shown |= pack.told(
                    soc_ratio=shown[q.SOC_RATIO],
                    power_w=0.0 if pack.is_open else shown[q.POWER_W],
                    temperature_degc=shown[q.TEMPERATURE_DEGC],
                )

    def _lines(self) -> dict[str, float]:
        lines_v = self.site.connection.nominal_v + self._rng.normal(0.0, VOLTAGE_NOISE_V, 3)
        return {
            q.FREQUENCY_HZ: NOMINAL_HZ + float(self._rng.normal(0.0, FREQUENCY_NOISE_HZ)),
            q.VOLTAGE_V: float(lines_v.mean()),
            **dict(zip((q.VOLTAGE_L1_V, q.VOLTAGE_L2_V, q.VOLTAGE_L3_V), lines_v.tolist(), strict=True)),
        }

    def _show(self, measured: Mapping[str, Mapping[str, float]]) -> None:
        for asset, values in measured.items():
            for device, role in self._roles[asset]:
                for name, value in values.items():
                    is_open = role == OPEN_WHILE_RUNNING and name == q.IS_CLOSED
                    device.show(role, name, 0.0 if is_open else value)


def _followed(power_w: float, aim_w: float, rating_w: float, dt_s: float) -> float:
    """Return the power after a step towards its aim: first-order lag, and never faster than the ramp."""
    lagged_w = aim_w + (power_w - aim_w) * math.exp(-dt_s / LAG_S)
    most_w = RAMP_PER_S * rating_w * dt_s
    return min(max(lagged_w, power_w - most_w), power_w + most_w)
