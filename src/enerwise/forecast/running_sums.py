"""Columns that add up over each day and begin anew, as weather models tell radiation and rain: their differences count.

A column is taken for a running sum when it never falls but at one time of day, where it falls nearly every day, and
when what it gains differs from step to step; an hour of the day gains the same each time and is left as it is.
"""

from typing import Final

import numpy as np

from enerwise.core.units import FloatArray

LEAST_DAYS: Final = 7
FALLS_AT_MOST: Final = 0.005
"""Share of steps besides the one at which it begins anew."""
FALLS_AT_LEAST: Final = 0.5
"""Share of days on which it is seen to begin anew; a dry day of rain is not."""
LEAST_GAINS: Final = 8
"""So many different gains; a counter has one."""


def beginning(value: FloatArray, steps_per_day: int) -> int | None:
    """Return the slot of the day at which a column begins anew; None where it is no running sum.

    Args:
        value: Whole days or more, NaN where nothing is known. Shape (step,)
        steps_per_day: Slots are counted from the first step.
    """
    gain = np.diff(value)
    told = np.flatnonzero(np.isfinite(gain))
    if told.size < LEAST_DAYS * steps_per_day or steps_per_day < 3:
        return None
    slot, is_fall = (told + 1) % steps_per_day, gain[told] < 0.0
    falls = np.bincount(slot, is_fall, steps_per_day) / np.maximum(np.bincount(slot, minlength=steps_per_day), 1)
    first = int(np.argmax(falls))
    rest = slot != first
    is_sum = falls[first] >= FALLS_AT_LEAST and float(is_fall[rest].mean()) <= FALLS_AT_MOST
    is_varied = np.unique(gain[told][rest].round(9)).size >= LEAST_GAINS
    return first if is_sum and is_varied else None


def gained(value: FloatArray, steps_per_day: int, first: int) -> FloatArray:
    """Return what a running sum gains with each step; where it begins anew that is its value.

    >>> gained(np.array([5.0, 1.0, 4.0, 4.0, 2.0, 3.0]), 3, 1).tolist()
    [5.0, 1.0, 3.0, 0.0, 2.0, 1.0]
    """
    gain = np.diff(value, prepend=np.nan)
    is_first = np.arange(value.size) % steps_per_day == first
    is_first[:1] = True
    return np.asarray(np.where(is_first, value, np.maximum(gain, 0.0)))


def without_sums(known: FloatArray, steps_per_day: int) -> tuple[FloatArray, tuple[int, ...]]:
    """Return columns with running sums replaced by what they gain, and which those were. Shape (step, column)"""
    found = [(at, beginning(known[:, at], steps_per_day)) for at in range(known.shape[1])]
    sums = {at: first for at, first in found if first is not None}
    columns = [
        gained(known[:, at], steps_per_day, sums[at]) if at in sums else known[:, at] for at in range(known.shape[1])
    ]
    return (np.stack(columns, axis=1) if columns else known), tuple(sums)
