"""Small changes of runs and choices, with what each promises: how a rounded plan gets better.

With runs decided, the linear program tells what a little more power would save in each step. A run that begins earlier,
ends later, moves by a step, falls away or is new is worth the sum of that over the steps it changes: a guess, by which
the changes are tried in order.
"""

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.plan.model import Choice, Gate
from enerwise.plan.rounding import keeps_dwell

LEAST_GAIN_EUR: float = 1e-6


def run_moves(
    gate: Gate,
    on: BoolArray,
    can: BoolArray,
    used_kw: FloatArray,
    reduced_eur: FloatArray,
    running_eur: FloatArray | float = 0.0,
) -> list[tuple[float, BoolArray]]:
    """Return changed runs of one gate with the gain each promises, the best first.

    Args:
        gate: Least power, shortest runs and pauses.
        on: Runs as they are. Shape (step,)
        can: Where it could run. Shape (step,)
        used_kw: Power of the solution with these runs. Shape (step,)
        reduced_eur: Reduced costs of that power. Shape (step,)
        running_eur: Reduced costs of running at all, where that costs something by itself. Shape (step,)
    """
    gain = np.where(on, reduced_eur * used_kw, np.where(can, -reduced_eur * gate.least, -np.inf))
    gain = gain + np.where(on, running_eur, -np.asarray(running_eur))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]]).astype(np.int8)))
    flips: list[tuple[tuple[int, int], ...]] = []
    for first, end in edges.reshape(-1, 2).tolist():
        earlier, later = (first - 1, first), (end, end + 1)
        shrunk_left, shrunk_right = (first, first + 1), (end - 1, end)
        flips += [(earlier,), (later,), (shrunk_left,), (shrunk_right,), ((first, end),)]
        flips += [(earlier, shrunk_right), (later, shrunk_left)]
    length = gate.run_steps
    flips += [((at, at + length),) for at in _fresh(on, gain, length)]
    found = []
    for spans in flips:
        changed, promised = _flipped(on, gain, spans)
        if promised > LEAST_GAIN_EUR and keeps_dwell(gate, changed):
            found.append((promised, changed))
    return sorted(found, key=lambda each: -each[0])


def _fresh(on: BoolArray, gain: FloatArray, length: int, most: int = 12) -> list[int]:
    """Return where a new run of some length inside a pause promises most."""
    if on.size < length:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(np.where(on, -np.inf, gain), length).sum(axis=1)
    best = np.argsort(-windows, kind="stable")[:most]
    return [int(at) for at in best if windows[at] > LEAST_GAIN_EUR]


def _flipped(on: BoolArray, gain: FloatArray, spans: tuple[tuple[int, int], ...]) -> tuple[BoolArray, float]:
    changed, promised = on.copy(), 0.0
    for first, end in spans:
        if first < 0 or end > on.size:
            return on, -np.inf
        changed[first:end] = ~changed[first:end]
        promised += float(gain[first:end].sum())
    return changed, promised


def choice_moves(choice: Choice, picked: BoolArray, reduced_eur: FloatArray) -> list[tuple[float, BoolArray]]:
    """Return changed picks, one column for another, with the gain each promises, the best first."""
    found = []
    for old in np.flatnonzero(picked).tolist():
        gains = np.where(picked, -np.inf, reduced_eur[old] - reduced_eur)
        for new in np.argsort(-gains, kind="stable")[:3].tolist():
            if gains[new] > LEAST_GAIN_EUR:
                changed = picked.copy()
                changed[[old, new]] = False, True
                found.append((float(gains[new]), changed))
    return sorted(found, key=lambda each: -each[0])
