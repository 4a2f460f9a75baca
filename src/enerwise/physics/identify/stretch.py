"""The longest stretch of a record in which all that drives rooms is known, short gaps drawn across."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from enerwise.core.series import Key
from enerwise.core.units import FloatArray
from enerwise.physics.identify.identifier import Record

LONGEST_GAP_S: Final = 2 * 3600
"""Shorter gaps of power and weather are drawn across."""
MOSTLY_RATIO: Final = 0.9
"""What is known so much of the time has to be known in the stretch."""


def longest_known(
    drives: Mapping[Key, FloatArray], needed: Sequence[Key], sun: Key, rooms: Sequence[Key], record: Record
) -> tuple[int, int]:
    """Return first step and length of the longest stretch in which what drives the rooms is known.

    Args:
        drives: Power and weather, gaps drawn across. Shapes (step,)
        needed: Of these, what has to be known.
        sun: Has to be known where it mostly is.
        rooms: All are known as the stretch begins.
        record: With the rooms.
    """
    known = np.all([np.isfinite(drives[key]) for key in needed], axis=0)
    if np.isfinite(drives[sun]).mean() > MOSTLY_RATIO:
        known &= np.isfinite(drives[sun])
    edges = np.flatnonzero(np.diff(known.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    first, end = max(edges.tolist(), key=lambda each: each[1] - each[0], default=(0, 0))
    seen = np.all([np.isfinite(record.of(key)) for key in rooms], axis=0)[first:end]
    first = first + int(np.argmax(seen)) if seen.any() else end
    return first, end - first


def bridged(value: FloatArray, step_s: int) -> FloatArray:
    """Return a channel with straight lines across short gaps. Shape (step,)"""
    known = np.flatnonzero(np.isfinite(value))
    if known.size < 2:
        return value
    at = np.arange(value.size)
    after = np.clip(np.searchsorted(known, at), 1, known.size - 1)
    gap = known[after] - known[after - 1] - 1
    inside = (at >= known[0]) & (at <= known[-1]) & (gap <= LONGEST_GAP_S // step_s)
    return np.where(np.isfinite(value), value, np.where(inside, np.interp(at, known, value[known]), np.nan))
