"""`enerwise design`: which battery, which PV, which tariff, weighed over a home's own measured year."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.units import show_energy, show_power, show_ratio
from enerwise.run.design import Choice, Design, Home, Judged
from enerwise.run.design_search import search, undominated
from enerwise.serve.commands.plan import Files
from enerwise.serve.console import err, out, say
from enerwise.serve.files import STDOUT, write_csv, write_json, write_text
from enerwise.serve.measured import read_data
from enerwise.serve.plot.designs import designs_svg
from enerwise.serve.sites import check_prices, read_site_file
from enerwise.serve.tables import money_words, table
from enerwise.site.assets import Battery, Pv
from enerwise.site.machines import Machine
from enerwise.site.site import Site

SHOWN: Final = 11


@dataclass(frozen=True, slots=True)
class Wish:
    """What is searched for, as asked for."""

    choice: Choice
    """Its tariffs are those of the site alone; others come from files."""
    tariffs: Sequence[Path] = ()
    """Site files whose tariff may be taken instead."""
    aims: str = "cost,invest"
    generations: int = 12
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """Designs, the cheapest to buy first, and what stands there now."""

    site: Site
    tariffs: tuple[str, ...]
    designs: tuple[Judged, ...]
    now: Judged
    days: float


def design(site_path: Path, data_path: Path, columns: Path | None, wish: Wish, files: Files) -> None:
    """Search designs for a site and show them."""
    files.check()
    site = read_site_file(site_path)
    frame = read_data(site, data_path, columns)
    others = [(each.stem, read_site_file(each).tariff) for each in wish.tariffs]
    choice = replace(wish.choice, tariffs=((site_path.stem, site.tariff), *others))
    _check_names(choice)
    home = Home(site, frame, choice)
    for _, tariff in choice.tariffs:
        check_prices(replace(site, tariff=tariff), home.grid, "cut the data to the days with prices, or write others")
    with _bar() as tell:
        made = search(home, aims=wish.aims.split(","), generations=wish.generations, seed=wish.seed, tell=tell)
        whole = tuple(home.judge_whole(each.design) for each in made)
    whole = tuple(undominated(whole, wish.aims.split(",")))
    now = home.judge_whole(_present(site))
    days = home.grid.step_count * home.grid.step_s / 86_400
    _write(Found(site, tuple(name for name, _ in choice.tariffs), whole, now, days), files)


def _check_names(choice: Choice) -> None:
    names = [name for name, _ in choice.tariffs]
    if len(set(names)) < len(names):
        told = f"{', '.join(names)}: two files are called the same"
        raise ProblemsFound("command line", [Problem("--tariff", told, "rename one: tables call a tariff by its file")])


def _present(site: Site) -> Design:
    battery_wh = sum(each.capacity_wh for each in site.of_kind(Battery))
    return Design(battery_wh, sum(each.peak_w for each in site.of_kind(Pv)), 0)


@contextmanager
def _bar() -> Iterator[Any]:
    """Show how far the search is, on a terminal."""
    console = err()
    if not console.is_terminal:
        yield lambda done, total: None
        return
    from rich.progress import Progress

    with Progress(console=console, transient=True) as shown:
        task = shown.add_task("searching", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def _write(found: Found, files: Files) -> None:
    if files.json is not None:
        write_json(files.json, designs_json(found))
    if files.csv is not None:
        write_csv(files.csv, designs_columns(found))
    if files.plot is not None:
        title = f"{found.site.name}: what to buy"
        write_text(files.plot, designs_svg(found.designs, found.now, title=title, lead=answer(found)))
    if files.json == STDOUT:
        return
    say(answer(found))
    out().print(designs_table(found))
    say("Each year is run as well as can be, every hour known before; a real plan keeps most of it (docs/results.md).")
    if machines := ", ".join(each.id for each in found.site.of_kind(Machine)):
        say(f"Note: {machines}: left out, as far as the load does not hold them; sizes are weighed for the load alone.")
    if found.days < 360:
        say(f"Note: reckoned from {found.days:.0f} days; seasons that are missing count as those that are there.")
    if len(found.designs) > SHOWN:
        say(f"All {len(found.designs)} designs are in --json and --csv.")
    for written in (files.json, files.csv, files.plot):
        if written is not None:
            say(f"Written: {written}")


def answer(found: Found) -> str:
    """Return the cheapest design in one sentence."""
    best = min(found.designs, key=lambda each: each.cost_eur)
    saved_eur = found.now.bill_eur - best.bill_eur
    return (
        f"Least cost a year: {_words(found, best)}, {money_words(best.cost_eur)} with what it costs to buy "
        f"({money_words(best.invest_eur)}); its bill is {money_words(abs(saved_eur))} "
        f"{'below' if saved_eur >= 0 else 'above'} today's."
    )


def _words(found: Found, each: Judged) -> str:
    battery = show_energy(each.design.battery_wh) if each.design.battery_wh else "no battery"
    pv = f"{show_power(each.design.pv_w)} of PV" if each.design.pv_w else "no PV"
    tariff = f", tariff {found.tariffs[each.design.tariff]}" if len(found.tariffs) > 1 else ""
    return f"{battery}, {pv}{tariff}"


def designs_table(found: Found) -> Any:
    """Return the designs, the cheapest to buy first, and today's home last."""
    shown = table("", "Tariff", "Battery", "PV", "To buy", "Bill a year", "Cost a year", "Own power", "Peak", left=1)
    for each in (*shown_designs(found), found.now):
        is_now = each is found.now
        tariff = "as it is" if is_now else found.tariffs[each.design.tariff]
        money = ("", money_words(each.bill_eur), "") if is_now else _money(each)
        sizes = (show_energy(each.design.battery_wh), show_power(each.design.pv_w))
        shown.add_row(
            tariff, *sizes, *money, show_ratio(max(0.0, each.self_sufficiency_ratio)), show_power(each.peak_w)
        )
    return shown


def shown_designs(found: Found) -> list[Judged]:
    """Return as many as fit a screen, evenly, the cheapest a year among them."""
    count = len(found.designs)
    best = min(range(count), key=lambda at: found.designs[at].cost_eur)
    chosen = {best, *np.linspace(0, count - 1, min(count, SHOWN)).astype(int).tolist()}
    return [found.designs[at] for at in sorted(chosen)]


def _money(each: Judged) -> tuple[str, str, str]:
    return money_words(each.invest_eur), money_words(each.bill_eur), money_words(each.cost_eur)


def designs_json(found: Found) -> dict[str, Any]:
    """Return the designs as what JSON holds."""
    return {
        "site": found.site.name,
        "days": found.days,
        "designs": [_row(found, each) for each in found.designs],
        "now": _row(found, found.now),
    }


def _row(found: Found, each: Judged) -> dict[str, Any]:
    return {
        "tariff": found.tariffs[each.design.tariff],
        "battery_wh": each.design.battery_wh,
        "pv_w": each.design.pv_w,
        "invest_eur": each.invest_eur,
        "bill_eur_per_year": each.bill_eur,
        "cost_eur_per_year": each.cost_eur,
        "import_wh_per_year": each.import_wh,
        "self_sufficiency_ratio": each.self_sufficiency_ratio,
        "peak_w": each.peak_w,
    }


def designs_columns(found: Found) -> dict[str, Any]:
    """Return the designs as columns, one row for each."""
    rows = [_row(found, each) for each in found.designs]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
