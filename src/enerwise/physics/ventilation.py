"""The ventilation twin: fans that move air, the carbon dioxide it carries off, and the heat that leaves with it.

A room is one well-mixed volume. People breathe out carbon dioxide, fresh air takes it away; at a flow that does not
change inside a step the solution is exact, so that one step of an hour and four of a quarter agree.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import SECONDS_PER_HOUR, FloatArray
from enerwise.site.ventilation import OUTDOOR_PPM

AIR_WH_PER_M3_K: Final = 0.335
"""Heat that a cubic metre of air holds per degree: 1.2 kg/m3 of 1005 J/(kg K), at some 20 degC and sea level."""
PPM: Final = 1e6


@dataclass(frozen=True, slots=True)
class AirHandler:
    """An air handling unit: its fans, and the share of the heat that it keeps."""

    flow_min_m3_per_h: float
    """Least flow; zero where it may stand still."""
    flow_max_m3_per_h: float
    specific_fan_wh_per_m3: float
    """Electricity of all fans per cubic metre of air at full flow: 0.5 is 1.8 kW/(m3/s)."""
    fan_exponent: float = 2.5
    """Power goes with this power of the flow: 3 by the affinity laws, less where a pressure is held in the ducts."""
    recovery_ratio: float = 0.0
    """Share of the difference between room and outside that the fresh air gets back from the air that leaves."""

    def __post_init__(self) -> None:
        if not 0 <= self.flow_min_m3_per_h <= self.flow_max_m3_per_h < np.inf or not self.flow_max_m3_per_h > 0:
            raise ValueError(f"flow {self.flow_min_m3_per_h}..{self.flow_max_m3_per_h} m3/h is not a range")
        if not 0 < self.specific_fan_wh_per_m3 < np.inf:
            raise ValueError(f"specific fan power must be above 0 Wh/m3, got {self.specific_fan_wh_per_m3}")
        if not 1 <= self.fan_exponent <= 3:
            raise ValueError(f"fan exponent {self.fan_exponent} is not within 1..3")
        if not 0 <= self.recovery_ratio <= 1:
            raise ValueError(f"recovery {self.recovery_ratio} is not within 0..1")

    @property
    def power_max_w(self) -> float:
        """Of the fans at full flow."""
        return self.specific_fan_wh_per_m3 * self.flow_max_m3_per_h

    @property
    def power_min_w(self) -> float:
        """Of the fans at the least flow."""
        return float(fan_w(self, np.array(self.flow_min_m3_per_h)))


def fan_w(unit: AirHandler, flow_m3_per_h: FloatArray) -> FloatArray:
    """Return what the fans take. [W], shape of ``flow_m3_per_h``

    Source: affinity laws of fans (power with the cube of the flow in unchanged ducts), with an exponent that is told.

    >>> fan_w(AirHandler(0.0, 2000.0, 0.5, fan_exponent=3.0), np.array([1000.0, 2000.0]))
    array([ 125., 1000.])
    """
    share = np.asarray(flow_m3_per_h, dtype=np.float64) / unit.flow_max_m3_per_h
    power_w: FloatArray = unit.power_max_w * share**unit.fan_exponent
    return power_w


def flow_m3_per_h(unit: AirHandler, power_w: FloatArray) -> FloatArray:
    """Return the flow at which the fans take this much, within what the unit can. [m3/h], shape of ``power_w``

    >>> flow_m3_per_h(AirHandler(200.0, 2000.0, 0.5, fan_exponent=3.0), np.array([0.0, 125.0, 5000.0]))
    array([ 200., 1000., 2000.])
    """
    share = np.maximum(np.asarray(power_w, dtype=np.float64), 0.0) / unit.power_max_w
    flow: FloatArray = unit.flow_max_m3_per_h * share ** (1.0 / unit.fan_exponent)
    return np.clip(flow, unit.flow_min_m3_per_h, unit.flow_max_m3_per_h)


def step(unit: AirHandler, power_w: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Run the fans for a step with the power asked for.

    Returns:
        Power taken, within that of the least and of the full flow. [W]; and the flow. [m3/h]; shapes of ``power_w``
    """
    flow = flow_m3_per_h(unit, power_w)
    return fan_w(unit, flow), flow


def air_ppm(
    co2_ppm: FloatArray | float,
    flow_m3_per_h: FloatArray | float,
    exhaled_m3_per_h: FloatArray | float,
    *,
    volume_m3: float,
    step_s: float,
    outdoor_ppm: float = OUTDOOR_PPM,
) -> FloatArray:
    """Return the carbon dioxide in a room at the end of a step.

    Args:
        co2_ppm: At its start. [ppm]
        flow_m3_per_h: Fresh air, constant in the step. [m3/h]
        exhaled_m3_per_h: Carbon dioxide that people give. [m3/h]
        volume_m3: Of the room, well mixed. [m3]
        step_s: Length of the step, above zero. [s]
        outdoor_ppm: Of the fresh air. [ppm]

    Returns:
        Shape of the three together. [ppm]

    Source: mass balance of a well-mixed room, ``V dC/dt = 1e6 G - Q (C - C_out)``, solved exactly.
    Holds for: air that is mixed; what people give is small beside the flow; nothing comes in by leaks.

    >>> air_ppm(np.array([420.0]), 720.0, 0.36, volume_m3=300.0, step_s=36_000.0).round(1)
    array([920.])
    """
    hours = step_s / SECONDS_PER_HOUR
    changes = np.asarray(flow_m3_per_h, dtype=np.float64) * (hours / volume_m3)
    excess_ppm = np.asarray(co2_ppm, dtype=np.float64) - outdoor_ppm
    given_ppm = np.asarray(exhaled_m3_per_h, dtype=np.float64) * (PPM * hours / volume_m3)
    after: FloatArray = outdoor_ppm + excess_ppm * np.exp(-changes) + given_ppm * remaining_ratio(changes)
    return after


def remaining_ratio(changes: FloatArray) -> FloatArray:
    """Return the share of what people give in a step that is still there at its end, after so many changes of air.

    >>> remaining_ratio(np.array([0.0, 1.0])).round(4)
    array([1.    , 0.6321])
    """
    safe = np.where(changes > 1e-9, changes, 1.0)
    return np.where(changes > 1e-9, -np.expm1(-safe) / safe, 1.0)


def steady_m3_per_h(exhaled_m3_per_h: FloatArray | float, limit_ppm: float, outdoor_ppm: float) -> FloatArray:
    """Return the flow that holds the air at a limit for as long as these people are there. [m3/h]"""
    return np.asarray(exhaled_m3_per_h, dtype=np.float64) * PPM / (limit_ppm - outdoor_ppm)


def heat_taken_w(
    flow_m3_per_h: FloatArray | float,
    room_degc: FloatArray | float,
    outdoor_degc: FloatArray | float,
    recovery_ratio: FloatArray | float,
) -> FloatArray:
    """Return the heat that the air takes from a room; below zero where it is warmer outside. [W]

    >>> heat_taken_w(np.array([1000.0]), 21.0, 1.0, 0.75)
    array([1675.])
    """
    apart_k = np.asarray(room_degc, dtype=np.float64) - outdoor_degc
    taken_w: FloatArray = AIR_WH_PER_M3_K * np.asarray(flow_m3_per_h) * (1.0 - np.asarray(recovery_ratio)) * apart_k
    return taken_w
