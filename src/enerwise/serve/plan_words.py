"""A plan in words: the answer, hour by hour, and why."""

from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.core.time import local_fields, show_local
from enerwise.core.units import show_energy, show_money, show_power, show_price, show_ratio
from enerwise.plan.aims import money_eur
from enerwise.plan.blocks.battery import conversion
from enerwise.serve.aim_words import aims_told
from enerwise.serve.circuit_words import full_circuits, full_facts
from enerwise.serve.deeds import DEEDS, Stretch, stretches
from enerwise.serve.machine_reasons import machine_reasons
from enerwise.serve.plans import Planned
from enerwise.serve.runs import equal_runs
from enerwise.serve.tables import grid_words, sources_word, table
from enerwise.serve.words import sentence, upper_first
from enerwise.site.assets import Wind

if TYPE_CHECKING:
    from rich.table import Table

HOUR_S: Final = 3600
ROW_HOURS: Final = (1, 2, 3, 6, 12, 24)
ROW_LIMIT: Final = 48
"""Rows of a table that a person still reads."""
TOLD_COUNT: Final = 4
"""Stretches of a battery that are explained."""


def headline(made: Planned) -> str:
    """Return the answer in a sentence."""
    grid, zone = made.plan.grid, made.site.timezone
    span = f"{show_local(grid.start_utc, zone)} to {show_local(grid.end_utc, zone)}"
    return f"{made.site.name}, {span}: {answer(made)}"


def answer(made: Planned) -> str:
    """Return what the plan costs, buys and sells, as a sentence that begins with "the plan"."""
    bought, sold = (
        float(np.maximum(each, 0.0).sum()) * made.plan.grid.step_h
        for each in (made.plan.grid_power_w, -made.plan.grid_power_w)
    )
    paid_eur = money_eur(made.plan.cost_eur)
    verb = "earns" if paid_eur < -0.005 else "costs"
    amount = show_money(abs(paid_eur))
    return f"the plan {verb} {amount}, buys {show_energy(bought)} and sells {show_energy(sold)}."


def hours_table(made: Planned) -> "Table":
    """Return one row for each hour or so, the deed that fills most of it in words."""
    plan, problem = made.plan, made.problem
    has_battery = bool(problem.batteries)
    made_table = table(
        "Hour by hour",
        "Time",
        "Battery" if has_battery else "",
        "Price",
        "Home",
        sources_word(made.site),
        *(["Machines"] if made.machine_w else []),
        "Level",
        "Grid",
        left=2,
    )
    level = made.soc_ratio
    battery_w, pv_w = made.battery_w, made.pv_w
    machines_w = np.sum(list(made.machine_w.values()), axis=0)
    deeds = np.array(
        [each.deed for each in stretches(battery_w, plan.grid_power_w) for _ in range(each.first, each.last)]
    )
    for steps in _row_steps(made):
        names, counts = np.unique(deeds[steps], return_counts=True)
        deed = str(names[counts.argmax()]) if has_battery else ""
        made_table.add_row(
            show_local(plan.grid.part(steps.start, 1).start_utc, made.site.timezone)[5:],
            _deed_words(made, deed),
            show_price(float(problem.import_eur_per_kwh[steps].mean())),
            show_power(float(made.load_w[steps].mean())),
            show_power(-float(pv_w[steps].mean()) + 0.0),
            *([show_power(float(machines_w[steps].mean()) + 0.0)] if made.machine_w else []),
            show_ratio(float(level[steps.stop])) if has_battery else "",
            grid_words(float(plan.grid_power_w[steps].sum()) * plan.grid.step_h),
        )
    return made_table


def _deed_words(made: Planned, deed: str) -> str:
    """Return what a battery does; where a turbine turns, nobody knows whose surplus it is."""
    if deed == "fills_sun" and made.site.of_kind(Wind):
        return "Fills from surplus"
    return DEEDS[deed].words[0] if deed else ""


def _row_steps(made: Planned) -> list[slice]:
    """Return the steps of each row: an hour, or several where the plan is long; rows end with the day."""
    grid = made.plan.grid
    total_h = grid.step_count * grid.step_h
    hours = next((each for each in ROW_HOURS if total_h <= ROW_LIMIT * each), ROW_HOURS[-1])
    local = local_fields(grid.starts_utc, made.site.timezone)
    # The hour that autumn repeats has one label and is one row of two hours.
    return equal_runs(local.day * 24 + local.second // (hours * HOUR_S))


def reasons(made: Planned) -> list[str]:
    """Return why batteries and machines do what they do, and which circuits they fill.

    Of batteries the longest stretches, with what a kWh is worth against its price; of machines what their energy costs,
    and what they would cost if left to themselves.
    """
    found = []
    plan, problem, zone = made.plan, made.problem, made.site.timezone
    for row, battery in enumerate(problem.batteries):
        moves = [each for each in stretches(plan.power_w[row], plan.grid_power_w) if each.deed != "waits"]
        moves.sort(key=lambda each: -_moved_wh(made, row, each))
        for each in sorted(moves[:TOLD_COUNT], key=lambda each: each.first):
            start = show_local(plan.grid.part(each.first, 1).start_utc, zone)[11:]
            end = show_local(plan.grid.part(each.last, 0).start_utc, zone)[11:]
            found.append(f"{start} to {end} {battery.id} {_why(made, row, each)}")
    found += [sentence(each.key, each.facts) for each in machine_reasons(problem, plan, zone)]
    found += [upper_first(sentence(each.key, each.facts)) for each in aims_told(problem, plan, made.site.aims)]
    return found + [
        sentence("plan.circuit_full", full_facts(each, plan, zone)) for each in full_circuits(problem, plan)
    ]


def _moved_wh(made: Planned, row: int, stretch: Stretch) -> float:
    return float(np.abs(made.plan.power_w[row, stretch.first : stretch.last]).sum()) * made.plan.grid.step_h


def _why(made: Planned, row: int, stretch: Stretch) -> str:
    steps = slice(stretch.first, stretch.last)
    weight = np.abs(made.plan.power_w[row, steps])
    gain, drain = conversion(made.problem.batteries[row])
    # What a kWh at the meter is worth in the battery: it loses a little on the way in, and on the way out.
    stored = made.plan.dual_eur_per_kwh[row] * (gain if stretch.deed.startswith("fills") else drain)
    worth, buy, sell = (
        show_price(float(np.average(each[steps], weights=weight)))
        for each in (stored, made.problem.import_eur_per_kwh, made.problem.export_eur_per_kwh)
    )
    energy = show_energy(_moved_wh(made, row, stretch))
    match stretch.deed:
        case "fills_sun":
            source = "of surplus" if made.site.of_kind(Wind) else "from the sun"
            return f"takes {energy} {source}: stored it is worth {worth}, sold it earns {sell}"
        case "fills_grid":
            return f"takes {energy}, bought at {buy}: stored it is worth {worth}"
        case "sells":
            return f"gives {energy} and sells what the home leaves: it earns {sell} and uses up {worth} of stored worth"
        case _:
            return f"gives {energy} to the home: it spares buying at {buy} and uses up {worth} of stored worth"
