"""Caps: the most that a term may cost, in expectation over the scenarios; a wish, given up last but for the limits."""

from typing import Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.units import FloatArray
from enerwise.plan.aims import Aims
from enerwise.plan.model import Model
from enerwise.site.aims import UNITS

RANK: Final = 4
"""After limits, levels and departures: a budget never costs what physics or people need."""
NOTICED_EUR: Final = 1e-6
"""Below it a cap does not bind."""


def cap_faults(caps: tuple[tuple[str, float], ...], terms: tuple[str, ...]) -> list[Fault]:
    """Return what is wrong with caps for a problem of some terms."""
    found = [
        Fault(f"caps.{term}", "is no term of this plan", f"use one of {', '.join(terms)}")
        for term, _ in caps
        if term not in terms
    ]
    found += [Fault(f"caps.{term}", f"{most} is no amount", "give euros") for term, most in caps if np.isnan(most)]
    return found


def add(model: Model, caps: tuple[tuple[str, float], ...], aims: Aims) -> None:
    """Cap terms whose costs are all in the model; those of an aim that is counted are counted in its unit."""
    for term, most_eur in caps:
        costs = model.costs.get(model.owner + term, [])
        columns = np.concatenate([columns for columns, _ in costs]) if costs else np.zeros(0, np.int64)
        if not columns.size:
            continue
        unit_eur = aims.unit_price(term) or 1.0
        # A column may be priced twice, as by two scenarios.
        distinct, place = np.unique(columns, return_inverse=True)
        amount = np.bincount(place, np.concatenate([eur for _, eur in costs])).astype(np.float64) / unit_eur
        row = model.rows(-np.inf, (most_eur - model.constants.get(model.owner + term, 0.0)) / unit_eur, 1)
        over = model.columns(1, 0.0, 0.0)
        model.put(np.repeat(row, distinct.size), distinct, amount)
        model.put(row, over, -1.0)
        model.caps[model.owner + term] = int(row[0])
        model.wish(f"{term} within its cap", over, rank=RANK, unit=UNITS.get(term, "EUR"))


def marginal_eur(
    model: Model, caps: tuple[tuple[str, float], ...], aims: Aims, row_dual: FloatArray
) -> dict[str, float]:
    """Return what one unit less of each capped term costs, of those whose cap is what binds. [EUR/unit]

    Its own price counts too, where it has one: at the cap a unit less spares that and costs the rest of the bill more.
    """
    rows = {term: model.caps[model.owner + term] for term, _ in caps if model.owner + term in model.caps}
    found = {term: -float(row_dual[row]) for term, row in rows.items()}
    return {term: dual + aims.unit_price(term) for term, dual in found.items() if dual > NOTICED_EUR}
