"""What a solution says of flexible assets, as further rows of a plan."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from enerwise.core.outlook import Plan
from enerwise.core.units import FloatArray
from enerwise.plan.flexible import FlexiblePart


def with_flexible(
    plan: Plan, scenarios: Sequence[Sequence[FlexiblePart]], main: int, column: FloatArray, row_dual: FloatArray
) -> Plan:
    """Return a plan of batteries and PV with the flexible assets beneath.

    Args:
        plan: What is planned for the others; its power at the connection already counts these.
        scenarios: Where the assets live in each scenario.
        main: The scenario that is shown.
        column: The solution that is carried out.
        row_dual: Duals of the optimum.
    """
    parts, steps = scenarios[main], plan.grid.step_count
    if not parts:
        return plan
    states = {each.asset.id: each.foretell(column) for each in parts}
    powers_w = [each.power_w(column, steps) for each in parts]
    laws = [
        each.asset.laws(plan.grid, power_w, plan.grid_power_w) for each, power_w in zip(parts, powers_w, strict=True)
    ]
    none_wh = np.full(steps + 1, np.nan)
    worth = [_worth(each, row_dual, steps) for each in zip(*scenarios, strict=True)]
    return replace(
        plan,
        assets=(*plan.assets, *states),
        power_w=np.concatenate([plan.power_w, powers_w]),
        energy_wh=np.concatenate([plan.energy_wh, [each.get("energy_wh", none_wh) for each in states.values()]]),
        law=np.concatenate([plan.law, laws]),
        dual_eur_per_kwh=np.concatenate([plan.dual_eur_per_kwh, worth]),
        states=states,
    )


def _worth(parts: Sequence[FlexiblePart], row_dual: FloatArray, steps: int) -> FloatArray:
    """Return what one more stored kWh is worth, expected over the scenarios; NaN where nothing is stored."""
    known = [part.worth(row_dual) for part in parts if part.worth is not None]
    return np.sum(known, axis=0) if known else np.full(steps, np.nan)
