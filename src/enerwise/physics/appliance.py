"""Twins of appliances: programs that run through once they are started, and loads that are simply on or off."""

import numpy as np

from enerwise.core.units import BoolArray, FloatArray, IntArray


def run_program(sequence_w: FloatArray, position: IntArray, is_asked: BoolArray) -> tuple[IntArray, FloatArray]:
    """Run appliances that go through a sequence of powers once started, whatever is asked of them then.

    Args:
        sequence_w: Mean power in each step after the start. [W], shape (program step,)
        position: Steps since the start, below zero before it. Shape (home,)
        is_asked: Whether a start is asked for. Shape (home,)

    Returns:
        The position after the step, and the power taken in it. [W], shapes (home,)

    >>> run_program(np.array([2000.0, 100.0]), np.array([-1, -1, 1, 2]), np.array([False, True, False, True]))
    (array([-1,  1,  2,  3]), array([   0., 2000.,  100.,    0.]))
    """
    now = np.where((position < 0) & is_asked, 0, position)
    runs = (now >= 0) & (now < sequence_w.size)
    power_w = np.where(runs, sequence_w[np.clip(now, 0, sequence_w.size - 1)], 0.0)
    return np.where(now < 0, now, now + 1), power_w


def switch(rated_w: FloatArray | float, power_w: FloatArray) -> FloatArray:
    """Return what a load that is on or off takes: its rated power where at least half of it is asked for. [W]"""
    return np.where(power_w >= 0.5 * np.asarray(rated_w), rated_w, 0.0)
