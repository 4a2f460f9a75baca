"""Ageing of LFP cells: what time takes and what cycling takes, added up.

Both losses grow with a square root, so the state of health follows from sums: of squared stress over time for the
calendar, of energy moved for the cycles. Sums may be split anywhere: a year in one call or in hours gives the same.

Depth and rate of the cycles enter once per battery, as the operating band and the rated power: the deepest and fastest
cycle that the guard lets happen. Shallower and slower ones age less, so this errs on the careful side.
"""

import dataclasses
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.physics.battery import BatteryState, cycles_count
from enerwise.site.assets import BatteryArrays

ZERO_DEGC_K: Final = 273.15
GAS_CONSTANT_J_PER_K_PER_MOL: Final = 8.314462618

# Naumann 2018, the numbers as in the open simulator SimSES (TU Munich); a share of the capacity when new.
REFERENCE_K: Final = 298.15
CALENDAR_PER_ROOT_S: Final = 1.2571e-5
ACTIVATION_J_PER_MOL: Final = 17_126.0
CALENDAR_SOC: Final = (2.8575, 0.60225)
"""Stress of the level: c (soc - 0.5)^3 + d."""

# Naumann 2020, likewise; in percent of the capacity when new.
CYCLE_RATE: Final = (0.0630, 0.0971)
"""Stress of the current: a rate + b, rate in capacities an hour."""
CYCLE_DEPTH: Final = (4.0253, 1.0923)
"""Stress of the depth: c (depth - 0.6)^3 + d."""


def age(facts: BatteryArrays, state: BatteryState, *, elapsed_s: float) -> BatteryState:
    """Let batteries grow older by the time and the cycles since the last call.

    Args:
        facts: What the batteries are. Shapes (home,)
        state: How they stand: its temperature and level stand for the whole time since the last call, so call at every
            step for one home, every few hours for a fleet. Cycles come from its throughput. Shapes (home,)
        elapsed_s: Time since the last call. [s]

    Returns:
        The same state with its new health; energy that the aged cells no longer hold is gone from it.

    Source: Naumann, Schimpe, Keil, Hesse, Jossen 2018, J. Energy Storage 17, 153-169 (calendar); Naumann, Spingler,
        Jossen 2020, J. Power Sources 451, 227666 (cycles).
    Holds for: the LFP/graphite cell of that study (Sony US26650FTC1), its 885 days of storage and its cycles; for other
        LFP cells, the years after, and temperatures below 10 degC it is an extrapolation.
    """
    calendar_ratio = calendar_loss_ratio(
        state.calendar_loss_ratio,
        soc_ratio=state.energy_wh / facts.capacity_wh,
        temperature_degc=state.temperature_degc,
        elapsed_s=elapsed_s,
    )
    # Never upwards: the sum of two roots may lose a last bit where nothing happened.
    soh_ratio = np.clip(1.0 - calendar_ratio - cycle_loss_ratio(facts, state), 0.0, state.soh_ratio)
    return dataclasses.replace(
        state,
        energy_wh=np.minimum(state.energy_wh, facts.capacity_wh * soh_ratio),
        soh_ratio=soh_ratio,
        calendar_loss_ratio=calendar_ratio,
    )


def calendar_loss_ratio(
    before_ratio: FloatArray, *, soc_ratio: FloatArray, temperature_degc: FloatArray, elapsed_s: float
) -> FloatArray:
    """Return the share of capacity lost to time, ``elapsed_s`` after it was ``before_ratio``. Shape (home,)

    Loss is stress times the root of time; squared, it adds up, whatever the stress was before.

    >>> calendar_loss_ratio(np.zeros(1), soc_ratio=np.full(1, 0.5), temperature_degc=np.full(1, 25.0),
    ...                     elapsed_s=365 * 86400.0).round(4)
    array([0.0425])
    """
    steepness, level = CALENDAR_SOC
    middle = soc_ratio - 0.5
    inverse_per_k = 1.0 / (temperature_degc + ZERO_DEGC_K) - 1.0 / REFERENCE_K
    warmth = np.exp(inverse_per_k * (-ACTIVATION_J_PER_MOL / GAS_CONSTANT_J_PER_K_PER_MOL))
    stress = CALENDAR_PER_ROOT_S * warmth * (steepness * middle * middle * middle + level)
    after_ratio: FloatArray = np.sqrt(before_ratio * before_ratio + stress * stress * elapsed_s)
    return after_ratio


def cycle_loss_ratio(facts: BatteryArrays, state: BatteryState) -> FloatArray:
    """Return the share of capacity lost to cycles since new: stress times the root of full cycles. Shape (home,)"""
    rate_per_h = 0.5 * (facts.charge_limit_w + facts.discharge_limit_w) / facts.capacity_wh
    depth = (facts.energy_max_wh - facts.energy_min_wh) / facts.capacity_wh - 0.6
    rate_stress = CYCLE_RATE[0] * rate_per_h + CYCLE_RATE[1]
    depth_stress = CYCLE_DEPTH[0] * depth * depth * depth + CYCLE_DEPTH[1]
    loss_ratio: FloatArray = 0.01 * rate_stress * depth_stress * np.sqrt(cycles_count(facts, state))
    return loss_ratio
