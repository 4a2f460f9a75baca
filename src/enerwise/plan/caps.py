"""Caps: the most that a term may cost, in expectation over the scenarios; a wish, given up last but for the limits."""

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.plan.model import Model

RANK = 4
"""After limits, levels and departures: a budget never costs what physics or people need."""


def cap_faults(caps: tuple[tuple[str, float], ...], terms: tuple[str, ...]) -> list[Fault]:
    """Return what is wrong with caps for a problem of some terms."""
    found = [
        Fault(f"caps.{term}", "is no term of this plan", f"use one of {', '.join(terms)}")
        for term, _ in caps
        if term not in terms
    ]
    found += [Fault(f"caps.{term}", f"{most} is no amount", "give euros") for term, most in caps if np.isnan(most)]
    return found


def add(model: Model, caps: tuple[tuple[str, float], ...]) -> None:
    """Cap terms whose costs are all in the model."""
    for term, most_eur in caps:
        costs = model.costs.get(model.owner + term, [])
        columns = np.concatenate([columns for columns, _ in costs]) if costs else np.zeros(0, np.int64)
        if not columns.size:
            continue
        # A column may be priced twice, as by two scenarios.
        distinct, place = np.unique(columns, return_inverse=True)
        price = np.bincount(place, np.concatenate([eur for _, eur in costs])).astype(np.float64)
        row = model.rows(-np.inf, most_eur - model.constants.get(model.owner + term, 0.0), 1)
        over = model.columns(1, 0.0, 0.0)
        model.put(np.repeat(row, distinct.size), distinct, price)
        model.put(row, over, -1.0)
        model.wish(f"{term} within its cap", over, rank=RANK, unit="EUR")
