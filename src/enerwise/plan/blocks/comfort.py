"""Thermal nodes as columns: exact dynamics over the steps, and bands of comfort that may be left at a price.

What `heat_pump` and `tank` share. A node with a band is the sum of a column inside the band and two that lie beyond it;
so no row is needed for comfort, and the model stays as small as its physics.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.physics.thermal import Discrete
from enerwise.plan.model import Model

SMALL: float = 1e-12
"""Couplings below it are left out."""


@dataclass(frozen=True, slots=True)
class Band:
    """What a node shall keep at the end of each step. Shapes (step,); infinite where nobody minds"""

    low_degc: FloatArray
    high_degc: FloatArray
    low_name: str
    """What is broken below it."""
    high_name: str
    eur_per_kh: float | FloatArray
    """Price of a degree for an hour beyond it; one for all steps, or one for each."""


@dataclass(frozen=True, slots=True)
class Source:
    """Columns that warm nodes: degrees of each node at the end of the step per unit of the column."""

    columns: IntArray
    """Shape (step,)"""
    warming_k: FloatArray
    """Shape (step, node)"""


@dataclass(frozen=True, slots=True)
class Nodes:
    """Where temperatures live among the columns: sums of columns. Shapes (step,) for each node"""

    start_degc: FloatArray
    terms: tuple[tuple[tuple[IntArray, float], ...], ...]
    """For each node the columns whose sum, with these signs, is its temperature."""
    rows: tuple[IntArray, ...]

    def temperature_degc(self, column: FloatArray, node: int) -> FloatArray:
        """Return the temperature of a node at the edges of the steps. Shape (step + 1,)"""
        parts = [sign * column[columns] for columns, sign in self.terms[node]]
        return np.concatenate([self.start_degc[node : node + 1], np.sum(parts, axis=0)])


def add_nodes(
    model: Model,
    exact: Discrete,
    *,
    start_degc: FloatArray,
    drift_k: FloatArray,
    sources: Sequence[Source],
    bands: Sequence[Band | None],
    step_h: float,
) -> Nodes:
    """Add temperatures and their dynamics.

    Args:
        model: The model under construction.
        exact: Step of the network: the same for all steps, or one for each. Shapes (node, node) or (step, node, node)
        start_degc: Temperatures at the start. Shape (node,)
        drift_k: What each step adds that no decision changes. Shape (step, node)
        sources: Columns that warm.
        bands: For each node what it shall keep, or None.
        step_h: Length of a step.
    """
    steps, count = drift_k.shape
    keep = np.broadcast_to(exact.keep, (steps, count, count))
    terms = tuple(_columns(model, band, steps, step_h) for band in bands)
    rows = []
    for node in range(count):
        known = drift_k[:, node].copy()
        known[0] += keep[0, node] @ start_degc
        row = model.rows(known, known, steps)
        for columns, sign in terms[node]:
            model.put(row, columns, sign)
        for other in range(count):
            held = keep[1:, node, other]
            if np.abs(held).max(initial=0.0) > SMALL:
                for columns, sign in terms[other]:
                    model.put(row[1:], columns[:-1], -sign * held)
        for source in sources:
            if np.abs(source.warming_k[:, node]).max(initial=0.0) > SMALL:
                model.put(row, source.columns, -source.warming_k[:, node])
        rows.append(row)
    return Nodes(start_degc, terms, tuple(rows))


def value_end(model: Model, nodes: Nodes, eur_per_k: FloatArray) -> None:
    """Credit what each node holds at the end above what it held at the start, at its worth. Shape (node,)"""
    for terms, worth_eur, start_degc in zip(nodes.terms, eur_per_k.tolist(), nodes.start_degc.tolist(), strict=True):
        if not worth_eur:
            continue
        for columns, sign in terms:
            model.cost("end_value", columns[-1:], -sign * worth_eur)
        model.constant("end_value", worth_eur * start_degc)


def _columns(model: Model, band: Band | None, steps: int, step_h: float) -> tuple[tuple[IntArray, float], ...]:
    if band is None:
        return ((model.columns(steps, -np.inf, np.inf), 1.0),)
    inside = model.columns(steps, band.low_degc, band.high_degc)
    above = model.columns(steps, 0.0, np.where(np.isfinite(band.high_degc), np.inf, 0.0))
    below = model.columns(steps, 0.0, np.where(np.isfinite(band.low_degc), np.inf, 0.0))
    for columns, name in ((above, band.high_name), (below, band.low_name)):
        model.cost("comfort", columns, band.eur_per_kh * step_h)
        model.priced_wish(name, columns, unit="K")
    return (inside, 1.0), (above, 1.0), (below, -1.0)
