"""`enerwise plan --pareto AIM`: what less of something costs, as plans between which nothing is given away."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.errors import ProblemsFound
from enerwise.plan.aims import Carbon
from enerwise.plan.pareto import Front, front
from enerwise.serve import asked
from enerwise.serve.commands.plan import Files
from enerwise.serve.console import err, out, say
from enerwise.serve.files import STDOUT, stamps, write_csv, write_json, write_text
from enerwise.serve.plans import carbon_kg_per_kwh, make_problem
from enerwise.serve.plot.tradeoff import tradeoff_svg
from enerwise.serve.sites import read_site_file
from enerwise.serve.tables import money_words, table
from enerwise.site.aims import UNITS
from enerwise.site.site import Site
from enerwise.store.files import read_outlook

WORDS: Final = {
    "carbon": ("CO2", "CO2 of what is drawn, kg"),
    "peak": ("Highest draw", "Highest draw, kW"),
    "ramping": ("Changes", "Changes of power from step to step, summed, kW"),
    "self_sufficiency": ("Drawn", "Drawn from the grid, kWh"),
}
"""Head of the column, and name of the axis."""


def tradeoff(
    site_path: Path, outlook_path: Path, start: Sequence[str], end: Sequence[str], aim: str, files: Files
) -> None:
    """Plan an outlook for every price that an aim may have, and show the plans that come of it."""
    files.check()
    if aim not in UNITS:
        raise ProblemsFound("command line", [Fault("--pareto", f"{aim!r} is not known", f"use {', '.join(UNITS)}")])
    site = read_site_file(site_path)
    levels_wh = asked.levels({"--start": start, "--end": end}, site)
    outlook = read_outlook(outlook_path)
    problem = make_problem(site, outlook, levels_wh["--start"], levels_wh["--end"], source=str(outlook_path))
    if (kg_per_kwh := carbon_kg_per_kwh(site, outlook)) is not None:
        problem = replace(problem, aims=replace(problem.aims, carbon=Carbon(kg_per_kwh)))
    elif aim == "carbon":
        remedy = "add a column carbon_g_per_kwh to the outlook, or 'carbon: {grid: 363 g/kWh, source: ...}' to the site"
        raise ProblemsFound(str(outlook_path), [Fault("--pareto carbon", "nobody tells what a kWh emits", remedy)])
    with err().status("planning") as status:

        def tell(count: int) -> None:
            status.update(f"planning: {count} plans")

        made = front(problem, aim, outlook.grid.start_utc, tell=tell)
    _write(made, site, files)


def _write(made: Front, site: Site, files: Files) -> None:
    if files.json is not None:
        write_json(files.json, front_json(made, site))
    if files.csv is not None:
        write_csv(files.csv, front_columns(made))
    if files.plot is not None:
        title, what = f"{site.name}: what less costs", WORDS[made.aim][1]
        write_text(files.plot, tradeoff_svg(made, title=title, lead=answer(made), what=what))
    if files.json == STDOUT:
        return
    say(answer(made))
    out().print(front_table(made))
    for written in (files.json, files.csv, files.plot):
        if written is not None:
            say(f"Written: {written}")


def answer(made: Front) -> str:
    """Return the range in one sentence."""
    cheap, least = made.points[0], made.points[-1]
    if len(made.points) == 1:
        return f"Nothing to trade: the cheapest plan has the least too, {cheap.amount:.2f} {made.unit}."
    return (
        f"From {cheap.amount:.2f} to {least.amount:.2f} {made.unit} costs "
        f"{money_words(least.money_eur - cheap.money_eur)}; the first {made.unit} less at "
        f"{made.marginal_eur[0]:.3f} EUR, the last at {made.marginal_eur[-1]:.3f} EUR."
    )


def front_table(made: Front) -> Any:
    """Return the plans, the cheapest first."""
    shown = table("", "Plan", "Cost", WORDS[made.aim][0], f"Next {made.unit} less costs")
    for at, each in enumerate(made.points):
        price = f"{made.marginal_eur[at]:.3f} EUR" if at < len(made.marginal_eur) else ""
        shown.add_row(f"{at + 1}", money_words(each.money_eur), f"{each.amount:.2f} {made.unit}", price)
    return shown


def front_json(made: Front, site: Site) -> dict[str, Any]:
    """Return the plans as what JSON holds."""
    return {
        "site": site.name,
        "aim": made.aim,
        "unit": made.unit,
        "marginal_eur_per_unit": made.marginal_eur,
        "points": [
            {
                "money_eur": each.money_eur,
                "amount": each.amount,
                "cost_eur": dict(each.plan.cost_eur),
                "start_utc": stamps(each.plan.grid.starts_utc),
                "grid_power_w": each.plan.grid_power_w,
                "power_w": dict(zip(each.plan.assets, each.plan.power_w, strict=True)),
                "broken": [str(wish) for wish in each.plan.broken],
            }
            for each in made.points
        ],
    }


def front_columns(made: Front) -> dict[str, Any]:
    """Return the plans as columns, one row for each."""
    return {
        "money_eur": np.array([each.money_eur for each in made.points]),
        f"{made.aim}_{made.unit.lower()}": np.array([each.amount for each in made.points]),
        "next_unit_less_eur": np.array([*made.marginal_eur, np.nan]),
    }
