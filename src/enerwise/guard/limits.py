"""Levels and derating lines as array kernels: when a limit counts as violated, and what is left of an asset's power.

A level is a small machine with memory: violated time between samples is counted up, time in which all is well is
counted down, and what is unknown moves nothing, neither towards an alarm nor away from one. All counting is by the time
of the samples, so that one corrupt sample looked at a hundred times is still one sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.site.numbered import Gates, Levels, Line

EPSILON_S: Final = 1e-9
"""Ten tenths of a second are a second."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What the levels remember. Shapes (level,)"""

    count: FloatArray
    is_violated: BoolArray
    is_active: BoolArray

    @classmethod
    def zero(cls, level_count: int) -> "Counters":
        """Nothing has happened yet."""
        nothing = np.zeros(level_count, dtype=bool)
        return cls(np.zeros(level_count), nothing, nothing)


def counted(levels: Levels, before: Counters, signals: FloatArray, gain_s: FloatArray) -> tuple[Counters, BoolArray]:
    """Count on.

    Args:
        levels: What is watched.
        before: The counters until now.
        signals: Every signal, NaN where unknown. Shape (signal,)
        gain_s: Time from the last sample of each signal to this one; 0 or NaN where there is none. [s], shape (signal,)

    Returns:
        The counters, and which levels could be looked at.
    """
    value, condition = turned(levels.gates, signals), turned(levels.when, signals)
    is_known = ~(np.isnan(value) | np.isnan(condition))
    limit = np.where(before.is_active, levels.until, levels.gates.at)
    is_violated = is_known & (value > limit) & (condition > levels.when.at)
    gain = np.fmax(gain_s[levels.gates.signal], 0.0)
    gain = np.where(levels.is_counted, np.greater(gain, 0.0), gain)
    # Between a good sample and a bad one nobody knows when it went wrong: time counts from the first bad one.
    rise = np.where(before.is_violated | levels.is_counted, gain, 0.0)
    count = np.clip(before.count + np.where(is_violated, rise, -gain), 0.0, levels.after)
    is_active = np.where(
        is_violated, before.is_active | (count >= levels.after - EPSILON_S), before.is_active & (count > EPSILON_S)
    )
    return (
        Counters(np.where(is_known, count, before.count), is_violated, np.where(is_known, is_active, before.is_active)),
        is_known,
    )


def turned(gates: Gates, signals: FloatArray) -> FloatArray:
    """Return what each gate looks at, so that more is worse. Shape (gate,)"""
    value = signals[gates.signal]
    return gates.sign * np.where(gates.is_size, np.abs(value), value)


def left_ratio(
    lines: Sequence[Line], levels: Levels, is_active: BoolArray, fresh: FloatArray, was_due: BoolArray, asset_count: int
) -> FloatArray:
    """Return what is left of every asset's power, the most restrictive of all lines and active levels.

    Args:
        lines: Derating lines.
        levels: Levels, with what each leaves while it is active.
        is_active: Which are. Shape (level,)
        fresh: Measured values, NaN where unknown. Shape (channel,)
        was_due: Channels of which a value was seen before, or must be: unknown, they leave nothing. Shape (channel,)
        asset_count: Number of assets; the index behind the last one means all of them.

    Returns:
        Shares 0..1. Shape (way, asset)
    """
    left = np.ones((2, asset_count + 1))
    for line in lines:
        value = fresh[line.channel]
        unknown = np.where(was_due[line.channel], 0.0, 1.0)
        share = np.where(np.isnan(value), unknown, np.interp(value, line.value, line.share))
        np.minimum.at(left[line.way], line.asset, share)
    for way, ratio in enumerate(levels.ratio):
        np.minimum.at(left[way], levels.asset[is_active], ratio[is_active])
    return np.minimum(left[:, :-1], left[:, -1:])
