"""Assets that share rooms: what one of them gives to, or takes from, the heat balance of another.

A ventilation takes heat from the rooms that a heat pump warms. Its columns enter the rows of their temperatures, and
the heat pump foretells that heat beside its temperatures, so that its twin meets it as what it is: not its own.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.plan.flexible import FlexiblePart, Heat, States
from enerwise.plan.model import Model

FROM_OTHERS: Final = "heat of others_w"
"""Heat that other assets put into the rooms, below zero where they take it. Shape (step,)"""


def coupled(model: Model, parts: Sequence[FlexiblePart]) -> tuple[FlexiblePart, ...]:
    """Let heat of some assets reach the rooms of others, and return the parts with what they foretell of it.

    Heat into rooms that are not in this plan goes nowhere: then only what it costs to move it counts.
    """
    rooms = {part.asset.id: part.rooms for part in parts if part.rooms is not None}
    given: dict[str, list[Heat]] = defaultdict(list)
    for heat in (part.heat for part in parts if part.heat is not None and part.heat.into in rooms):
        into = rooms[heat.into]
        given[heat.into].append(heat)
        for rows, warming_k in zip(into.rows, into.warming_k_per_kw.tolist(), strict=True):
            model.put(rows, heat.columns, -warming_k * heat.kw)
    return tuple(
        replace(part, foretell=_with_heat(part.foretell, given[part.asset.id])) if part.asset.id in given else part
        for part in parts
    )


def _with_heat(foretell: Callable[[FloatArray], States], given: Sequence[Heat]) -> Callable[[FloatArray], States]:
    def told(column: FloatArray) -> States:
        heat_w = np.sum([each.kw * column[each.columns] for each in given], axis=0) * 1e3
        return {**foretell(column), FROM_OTHERS: heat_w}

    return told
