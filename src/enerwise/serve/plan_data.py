"""A plan as data: what ``--json`` and ``--csv`` write. Positive is taken, AC side; energy at the end of each step."""

from typing import Any

from enerwise.core.outlook import Law
from enerwise.core.units import FloatArray
from enerwise.serve.aim_words import aims_told
from enerwise.serve.files import stamps
from enerwise.serve.machine_reasons import machine_reasons
from enerwise.serve.plans import Planned
from enerwise.serve.words import sentence
from enerwise.site.assets import Load


def plan_json(made: Planned) -> dict[str, Any]:
    """Return the plan as what JSON holds."""
    plan, problem = made.plan, made.problem
    batteries = range(len(problem.batteries))
    return {
        "site": made.site.name,
        "timezone": made.site.timezone,
        "step_s": plan.grid.step_s,
        "start_utc": stamps(plan.grid.starts_utc),
        "power_w": _powers(made),
        "energy_wh": {plan.assets[row]: plan.energy_wh[row, 1:] for row in batteries},
        "start_energy_wh": {plan.assets[row]: plan.energy_wh[row, 0] for row in batteries},
        "states": {asset: dict(told) for asset, told in plan.states.items()},
        "reasons": [
            {"asset": each.asset, "code": each.key, "facts": dict(each.facts), "text": sentence(each.key, each.facts)}
            for each in machine_reasons(problem, plan, made.site.timezone)
        ],
        "law": {
            asset: [Law(int(law)).name.lower() for law in row] for asset, row in zip(plan.assets, plan.law, strict=True)
        },
        "worth_eur_per_kwh": {plan.assets[row]: plan.dual_eur_per_kwh[row] for row in batteries},
        "price_import_eur_per_kwh": problem.import_eur_per_kwh,
        "price_export_eur_per_kwh": problem.export_eur_per_kwh,
        "cost_eur": dict(plan.cost_eur),
        "total_eur": plan.total_eur,
        "marginal_eur": dict(plan.marginal_eur),
        "aims": [
            {"aim": each.aim, "code": each.key, "facts": dict(each.facts), "text": sentence(each.key, each.facts)}
            for each in aims_told(problem, plan, made.site.aims)
        ],
        "gap": plan.gap_eur,
        "broken": [
            {"name": each.name, "amount": each.amount, "unit": each.unit, "chance_ratio": each.chance_ratio}
            for each in plan.broken
        ],
        "notes": list(made.notes),
        "cpu_s": made.cpu_s,
    }


def _powers(made: Planned) -> dict[str, FloatArray]:
    loads = made.site.of_kind(Load)
    load_name = loads[0].id if loads else "load"
    planned = dict(zip(made.plan.assets, made.plan.power_w, strict=True))
    return {**planned, load_name: made.load_w, "grid": made.plan.grid_power_w}


def plan_columns(made: Planned) -> dict[str, Any]:
    """Return the plan as columns, one row for each step."""
    columns: dict[str, Any] = {"start_utc": made.plan.grid.starts_utc}
    columns |= {f"{asset}_power_w": power_w for asset, power_w in _powers(made).items()}
    for row, battery in enumerate(made.problem.batteries):
        columns[f"{battery.id}_energy_wh"] = made.plan.energy_wh[row, 1:]
        columns[f"{battery.id}_worth_eur_per_kwh"] = made.plan.dual_eur_per_kwh[row]
    columns["price_import_eur_per_kwh"] = made.problem.import_eur_per_kwh
    columns["price_export_eur_per_kwh"] = made.problem.export_eur_per_kwh
    return columns
