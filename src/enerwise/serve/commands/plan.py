"""`enerwise plan`: one plan for an outlook that a person gives, as table, JSON, CSV and picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from enerwise.core.time import show_local
from enerwise.plan.aims import UNPAID, money_eur
from enerwise.serve import asked
from enerwise.serve.console import out, say
from enerwise.serve.deeds import stretches
from enerwise.serve.files import STDOUT, write_csv, write_json, write_text
from enerwise.serve.plan_data import plan_columns, plan_json
from enerwise.serve.plan_words import answer, headline, hours_table, reasons
from enerwise.serve.plans import Planned, make_plan
from enerwise.serve.plot import plan_svg
from enerwise.serve.plot.panels import Scene
from enerwise.serve.scenes import soc_band_ratio
from enerwise.serve.sites import read_site_file
from enerwise.serve.tables import costs_table
from enerwise.store.files import read_outlook


@dataclass(frozen=True, slots=True)
class Files:
    """Where the plan is written to."""

    json: Path | None = None
    csv: Path | None = None
    plot: Path | None = None

    def check(self) -> None:
        """Complain before long work about places that cannot be written to."""
        asked.target("--json", self.json)
        asked.target("--csv", self.csv, (".csv", ".parquet"))
        asked.target("--plot", self.plot, (".svg",))


def plan(site_path: Path, outlook_path: Path, start: Sequence[str], end: Sequence[str], files: Files) -> None:
    """Plan an outlook and show the plan."""
    files.check()
    site = read_site_file(site_path)
    levels_wh = asked.levels({"--start": start, "--end": end}, site)
    outlook = read_outlook(outlook_path)
    made = make_plan(site, outlook, levels_wh["--start"], levels_wh["--end"], source=str(outlook_path))
    if files.json is not None:
        write_json(files.json, plan_json(made))
    if files.csv is not None:
        write_csv(files.csv, plan_columns(made))
    if files.plot is not None:
        write_text(files.plot, plan_picture(made))
    if files.json != STDOUT:
        show(made)
        for written in (files.json, files.csv, files.plot):
            if written is not None:
                say(f"Written: {written}")


def show(made: Planned) -> None:
    """Print the plan: the answer first, then hours, costs and reasons."""
    say(headline(made))
    out().print(hours_table(made))
    paid = [(term, eur) for term, eur in made.plan.cost_eur.items() if term not in UNPAID]
    out().print(costs_table("Cost by term", paid, money_eur(made.plan.cost_eur)))
    for reason in reasons(made):
        say(f"- {reason}")
    for wish in made.plan.broken:
        say(f"Not kept: {wish}")
    for note in made.notes:
        say(f"Note: {note}")


def scene_of(made: Planned) -> Scene:
    """Return what the picture shows."""
    return Scene(
        grid=made.plan.grid,
        zone=made.site.timezone,
        buy_eur_per_kwh=made.problem.import_eur_per_kwh,
        sell_eur_per_kwh=made.problem.export_eur_per_kwh,
        load_w=made.load_w,
        pv_w=made.pv_w,
        battery_w=made.battery_w,
        grid_w=made.plan.grid_power_w,
        soc_ratio=made.soc_ratio,
        soc_band_ratio=soc_band_ratio(made.problem.batteries),
        stretches=stretches(made.battery_w, made.plan.grid_power_w),
    )


def plan_picture(made: Planned) -> str:
    """Return the plan as a picture."""
    zone, grid = made.site.timezone, made.plan.grid
    title = f"{made.site.name}: plan to {show_local(grid.end_utc, zone)}"
    return plan_svg(scene_of(made), title=title, lead=f"The{answer(made)[3:]}")
