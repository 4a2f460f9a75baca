"""Risk: beside the expected cost, what the worst futures cost on average (conditional value at risk).

The objective becomes ``(1 - weight) * mean + weight * CVaR``; what that adds to the mean is the term ``risk``, which is
no bill. (Source: Rockafellar and Uryasev 2000, Optimization of conditional value-at-risk, Journal of Risk.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.units import FloatArray, IntArray
from enerwise.plan.model import Model

TERM: Final = "risk"


@dataclass(frozen=True, slots=True)
class Risk:
    """How much the worst futures count, and how many of them are the worst."""

    weight_ratio: float = 0.0
    """0 plans for the mean alone, 1 for the worst alone."""
    worst_ratio: float = 0.2
    """Probability of what counts as the worst."""

    def faults(self) -> list[Fault]:
        """Return what is wrong with it."""
        found = list[Fault]()
        if not 0 <= self.weight_ratio <= 1:
            found.append(Fault("risk.weight_ratio", f"{self.weight_ratio} is no share", "give 0 to 1"))
        if not 0 < self.worst_ratio <= 1:
            found.append(Fault("risk.worst_ratio", f"{self.worst_ratio} is no share", "give more than 0, at most 1"))
        return found


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the costs of a model had come before a scenario was added."""

    lengths: dict[str, int]
    constants: dict[str, float]

    @classmethod
    def of(cls, model: Model) -> "Mark":
        """Take note of a model."""
        return cls({term: len(parts) for term, parts in model.costs.items()}, dict(model.constants))


def add(model: Model, risk: Risk, probability: FloatArray, marks: Sequence[Mark]) -> None:
    """Weigh the worst futures of a model whose costs are complete.

    Args:
        model: With all scenarios and their terms.
        risk: What counts.
        probability: Of each scenario. Shape (scenario,)
        marks: Before each scenario, and after the last.
    """
    weight = risk.weight_ratio
    if not weight or probability.size < 2:
        return
    threshold, above = model.columns(1, -np.inf, np.inf), model.columns(probability.size, 0.0, np.inf)
    everything = [part for parts in model.costs.values() for part in parts]
    for scenario, chance in enumerate(probability.tolist()):
        columns, eur, constant = _scenario(model, marks[scenario], marks[scenario + 1])
        # cost - threshold - above <= 0
        row = model.rows(-np.inf, -constant / chance, 1)
        model.put(np.repeat(row, columns.size), columns, eur / chance)
        model.put(row, threshold, -1.0)
        model.put(row, above[scenario : scenario + 1], -1.0)
    model.cost(TERM, threshold, weight)
    model.cost(TERM, above, weight * probability / risk.worst_ratio)
    for columns, eur in everything:
        model.cost(TERM, columns, -weight * eur)
    model.constant(TERM, -weight * sum(each for term, each in model.constants.items() if term != TERM))


def _scenario(model: Model, before: Mark, after: Mark) -> tuple[IntArray, FloatArray, float]:
    """Return what one scenario costs, weighed with its probability: distinct columns, their prices, and a constant."""
    parts = [
        part
        for term, length in after.lengths.items()
        for part in model.costs[term][before.lengths.get(term, 0) : length]
    ]
    distinct, place = np.unique(np.concatenate([columns for columns, _ in parts]), return_inverse=True)
    price = np.bincount(place, np.concatenate([eur for _, eur in parts])).astype(np.float64)
    constant = sum(eur - before.constants.get(term, 0.0) for term, eur in after.constants.items())
    return distinct, price, constant
