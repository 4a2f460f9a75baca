"""`enerwise tune`: how a site should plan, chosen by what its own past would have cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from enerwise.run.learned import can_train
from enerwise.run.tuning import Told, Tuned, tune
from enerwise.run.ways import FILE, Ways, write
from enerwise.serve import asked
from enerwise.serve.commands.plan import Files
from enerwise.serve.console import err, out, say
from enerwise.serve.files import STDOUT, write_csv, write_json
from enerwise.serve.measured import billed, read_data
from enerwise.serve.sites import check_prices, read_site_file, run_folder
from enerwise.serve.tables import money_words, table

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class Wish:
    """What to try, as asked for."""

    days: int = 28
    learns: bool = False
    keeps: bool = False


def choose(site_path: Path, data_path: Path, columns: Path | None, wish: Wish, files: Files) -> None:
    """Try ways to plan on a recording, show what each would have cost, and keep the better one where asked to."""
    files.check()
    site = read_site_file(site_path)
    if wish.learns and not can_train():
        raise asked.wrong("--learn", "yes", "pip install 'enerwise[learn]'")
    frame = read_data(site, data_path, columns)
    check_prices(site, billed(frame, 0), "cut the data to the days with prices, or write others")
    path = run_folder(site_path) / FILE
    with _bar() as told:
        made = tune(site, frame, Ways(path).serving(), days=wish.days, can_listen=wish.learns, progress=told)
    if wish.keeps and made.is_changed:
        write(path, made.way, {**made.told, "at": str(frame.start_utc[-1])[:16]})
    if files.json is not None:
        write_json(files.json, tuned_json(made))
    if files.csv is not None:
        write_csv(files.csv, _columns(made))
    if files.json != STDOUT:
        _show(made, wish, path)


def tuned_json(made: Tuned) -> dict[str, Any]:
    """Return the choice with all that was tried."""
    return {
        "way": asdict(made.way),
        "is_changed": made.is_changed,
        **made.told,
        "trials": [
            {"way": asdict(each.way), "words": each.way.words, "is_unseen": each.is_unseen, "cost_eur": each.cost_eur,
             "day_eur": each.day_eur}
            for each in made.trials
        ],
    }  # fmt: skip


def tuned_table(made: Tuned) -> "Table":
    """Return what each way cost, the serving one first."""
    shown = table("", "Way", "Half", "Cost", "Saved a day", left=2)
    for is_unseen in (False, True):
        same = [each for each in made.trials if each.is_unseen == is_unseen]
        for each in same:
            saved = (same[0].cost_eur - each.cost_eur) / each.day_eur.size
            half = "second, unseen" if is_unseen else "first"
            shown.add_row(each.way.words, half, money_words(each.cost_eur), f"{saved:+.3f} EUR")
        shown.add_section()
    return shown


def _show(made: Tuned, wish: Wish, path: Path) -> None:
    out().print(tuned_table(made))
    say(f"{'Better' if made.is_changed else 'Nothing to change'}: {made.reason}.")
    if made.is_changed:
        say(f"Kept in {path}; the site plans so from its next plan on." if wish.keeps else "Keep it with --keep.")


def _columns(made: Tuned) -> dict[str, Any]:
    days = [each.day_eur.size for each in made.trials]
    return {
        "way": np.repeat([each.way.words for each in made.trials], days),
        "is_unseen": np.repeat([each.is_unseen for each in made.trials], days),
        "day": np.concatenate([np.arange(each) for each in days]),
        "cost_eur": np.concatenate([each.day_eur for each in made.trials]),
    }


@contextmanager
def _bar() -> Iterator[Told]:
    """Show how far the trials are, on a terminal."""
    console = err()
    if not console.is_terminal:
        yield lambda name, done, total: None
        return
    from rich.progress import Progress

    with Progress(console=console, transient=True) as shown:
        task = shown.add_task("playing", total=None)
        yield lambda name, done, total: shown.update(task, description=name, completed=done, total=total)
