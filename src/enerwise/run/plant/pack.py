"""The cells of a simulated battery and what guards them: voltages, the hottest cell, insulation and contactors.

It opens its contactors by itself where a cell is too hot or the insulation too low, closes them when that is over, and
says so in its alarm bits. A welded contactor stays closed and carries on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Final

import numpy as np

from enerwise.core import quantity as q
from enerwise.run.plant.faults import WELL_INSULATED_OHM, Faults
from enerwise.site.assets import Battery

SOC_POINTS: Final = (0.0, 0.05, 0.1, 0.2, 0.5, 0.9, 0.97, 1.0)
CELL_V: Final = (2.8, 3.1, 3.2, 3.25, 3.29, 3.33, 3.38, 3.45)
"""Cells of lithium iron phosphate at rest, rounded: flat in the middle, steep at both ends. A stand-in for a curve."""
CURRENT_A: Final = 100.0
"""Current that a pack is laid out for; as many cells in a row as that takes, from 16 on."""
CELLS_MIN: Final = 16
CELLS_MAX: Final = 448
"""More would be beyond 1500 V."""
LIMIT_SHARE: Final = 1.5
"""Most current over the one at full power."""
HOT_DEGC: Final = 60.0
COOL_DEGC: Final = 50.0
EARTHED_OHM: Final = 50e3
SPOT_COOLS_S: Final = 20.0
"""Time constant with which a hot cell becomes like the others."""


class Alarm(IntFlag):
    """Bits of the alarm code."""

    HOT = 1
    EARTHED = 2
    WELDED = 4


WELL: Final = Alarm(0)


@dataclass(slots=True)
class Pack:
    """How the cells of one battery stand, beside their energy."""

    cell_count: int
    current_limit_a: float
    spot_k: float = 0.0
    """How much the hottest cell is above the others."""
    insulation_ohm: float = WELL_INSULATED_OHM
    wants_open: bool = False
    is_welded: bool = False
    alarms: Alarm = WELL

    @classmethod
    def of(cls, facts: Battery) -> "Pack":
        """Lay out a battery."""
        most_w = max(facts.charge_limit_w, facts.discharge_limit_w)
        count = min(max(math.ceil(most_w / (CURRENT_A * CELL_V[3])), CELLS_MIN), CELLS_MAX)
        return cls(count, current_limit_a=LIMIT_SHARE * most_w / (count * CELL_V[3]))

    @property
    def is_open(self) -> bool:
        """Whether no current can flow."""
        return self.wants_open and not self.is_welded

    def step(self, faults: Sequence[Faults], temperature_degc: float, dt_s: float) -> None:
        """Move on: what the devices that stand for this battery have, it has."""
        heat_k_per_s = max((each.heat_k_per_s for each in faults), default=0.0)
        if heat_k_per_s > 0.0:
            self.spot_k += heat_k_per_s * dt_s
        else:
            self.spot_k *= math.exp(-dt_s / SPOT_COOLS_S)
        self.insulation_ohm = min((each.insulation_ohm for each in faults), default=WELL_INSULATED_OHM)
        self.is_welded = any(each.is_welded for each in faults)
        hottest_degc = temperature_degc + self.spot_k
        is_hot = hottest_degc >= (COOL_DEGC if Alarm.HOT in self.alarms else HOT_DEGC)
        is_earthed = self.insulation_ohm < EARTHED_OHM
        self.wants_open = is_hot or is_earthed
        causes = {Alarm.HOT: is_hot, Alarm.EARTHED: is_earthed, Alarm.WELDED: self.wants_open and self.is_welded}
        self.alarms = Alarm(sum(alarm for alarm, is_there in causes.items() if is_there))

    def told(self, *, soc_ratio: float, power_w: float, temperature_degc: float) -> dict[str, float]:
        """Return what a battery management tells of cells that are all alike but for the hottest."""
        cell_v = float(np.interp(soc_ratio, SOC_POINTS, CELL_V))
        pack_v = cell_v * self.cell_count
        return {
            q.CELL_VOLTAGE_MIN_V: cell_v,
            q.CELL_VOLTAGE_MAX_V: cell_v,
            q.CELL_TEMPERATURE_MIN_DEGC: temperature_degc,
            q.CELL_TEMPERATURE_MAX_DEGC: temperature_degc + self.spot_k,
            q.PACK_VOLTAGE_V: pack_v,
            q.BUS_VOLTAGE_V: 0.0 if self.is_open else pack_v,
            q.CURRENT_A: power_w / pack_v,
            q.CHARGE_CURRENT_LIMIT_A: 0.0 if self.wants_open else self.current_limit_a,
            q.DISCHARGE_CURRENT_LIMIT_A: 0.0 if self.wants_open else self.current_limit_a,
            q.IS_CLOSED: 0.0 if self.is_open else 1.0,
            q.INSULATION_OHM: self.insulation_ohm,
            q.STATE_CODE: 0.0 if self.is_open else 1.0,
            q.ALARM_CODE: float(self.alarms),
        }
