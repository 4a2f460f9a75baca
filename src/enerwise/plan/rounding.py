"""From shares of running to runs: sum-up rounding, which keeps what has run close to what the relaxation asks for.

A linear plan lets a heat pump run at a fifth of its least power all day. What it means is: run a fifth of the day.
Sum-up rounding switches on as soon as what is missing reaches a threshold, so that the sum over time never strays by
more than a run or pause. (Source: Sager, Bock and Diehl 2012, The integer approximation error in mixed-integer optimal
control, Mathematical Programming 133, 1-23.)
"""

from enum import Enum

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.plan.model import Choice, Gate

RESTING_KW: float = 1e-6


class Way(Enum):
    """How shares become runs: what may be missing before a gate opens, in steps, and what a step of running counts."""

    NEAREST = (0.5, False)
    """Strays least on both sides, counted at the least power."""
    AMPLE = (1e-3, False)
    """Never less than the relaxation asks for, counted at the least power: many runs."""
    PACKED = (1e-3, True)
    """The same counted at full power: few runs."""
    SPARING = (0.999, False)
    """Never more than the relaxation asks for."""


def is_gated(gate: Gate, column: FloatArray) -> bool:
    """Tell whether a solution keeps the least power, and the shortest runs and pauses of a gate."""
    power_kw = column[gate.columns]
    if np.any((power_kw > RESTING_KW) & (power_kw < gate.least - RESTING_KW)):
        return False
    if gate.on is not None and np.any(np.minimum(column[gate.on], 1.0 - column[gate.on]) > 1e-6):
        return False
    return (gate.run_steps <= 1 and gate.pause_steps <= 1) or keeps_dwell(gate, power_kw > RESTING_KW)


def keeps_dwell(gate: Gate, on: BoolArray) -> bool:
    """Tell whether runs and pauses are long enough; the last may end beyond the horizon."""
    state, held = _before(gate)
    for step in range(on.size):
        if bool(on[step]) == state:
            held += 1
            continue
        if held < (gate.run_steps if state else gate.pause_steps):
            return False
        state, held = bool(on[step]), 1
    return True


def runs(gate: Gate, column: FloatArray, upper: FloatArray, way: Way) -> BoolArray:
    """Return in which steps a gate is open.

    Args:
        gate: Columns, least power, shortest runs and pauses.
        column: A solution of the relaxation.
        upper: Upper bounds of all columns: where the least power does not fit, the gate is shut.
        way: How to round.

    Returns:
        Whether it runs. Shape (step,)
    """
    can = upper[gate.columns] >= gate.least - RESTING_KW
    threshold, is_packed = way.value
    size_kw = gate.most if is_packed else gate.least
    share = np.minimum(column[gate.columns] / np.maximum(size_kw, RESTING_KW), 1.0) * can
    if gate.on is not None and not is_packed:
        share = np.maximum(share, column[gate.on]) * can
    share[share < 1e-7] = 0.0
    on = np.zeros(share.size, np.bool_)
    state, held = _before(gate)
    missing = 0.0
    for step in range(share.size):
        if not can[step]:
            state, held, missing = False, held + 1 if not state else 1, 0.0
            continue
        shortest = gate.run_steps if state else gate.pause_steps
        if held >= shortest:
            span = gate.pause_steps if state else gate.run_steps
            wanted = missing + float(share[step : step + span].sum())
            opens = wanted > 0 and wanted >= threshold * min(span, share.size - step)
            state, held = opens, held if opens == state else 0
        held += 1
        on[step] = state
        missing += float(share[step]) - float(state)
    return on


def _before(gate: Gate) -> tuple[bool, int]:
    """Return whether the gate was open before the first step, and for how long; long enough where nobody knows."""
    if gate.held_steps:
        return gate.held_steps > 0, abs(gate.held_steps)
    return False, max(gate.run_steps, gate.pause_steps)


def chosen(choice: Choice, column: FloatArray) -> BoolArray:
    """Return the columns of a choice that are one: those the relaxation likes best, the earlier among equals."""
    picked = np.zeros(choice.columns.size, np.bool_)
    picked[np.argsort(-np.round(column[choice.columns], 6), kind="stable")[: choice.count]] = True
    return picked
