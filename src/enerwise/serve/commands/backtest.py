"""`enerwise backtest`: what a home would have paid last year, under each strategy, on its own recorded data."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from enerwise.run.backtest import KNOWN, STRATEGIES, BacktestResult, Progress, backtest
from enerwise.serve import asked
from enerwise.serve.console import err, out, say
from enerwise.serve.files import STDOUT, write_csv, write_json, write_text
from enerwise.serve.measured import Span, billed, cut, read_data
from enerwise.serve.results import a_time, headline, notes, picture, result_columns, result_json
from enerwise.serve.sites import check_prices, read_site_file, read_text, remember
from enerwise.serve.stores import fresh_store
from enerwise.serve.summary import tally_lines
from enerwise.serve.tables import NAMES, strategies_table


@dataclass(frozen=True, slots=True)
class Asked:
    """What to run, as asked for."""

    strategies: str = ",".join(STRATEGIES)
    columns: Path | None = None
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class Files:
    """Where results are written to."""

    json: Path | None = None
    csv: Path | None = None
    plot: Path | None = None
    store: Path | None = None

    def check(self) -> None:
        """Complain before long work about places that cannot be written to."""
        asked.target("--json", self.json)
        asked.target("--csv", self.csv, (".csv", ".parquet"))
        asked.target("--plot", self.plot, (".svg",))
        asked.target("--store", self.store)


def run(site_path: Path, data_path: Path, wish: Asked, files: Files) -> None:
    """Run strategies over recorded data and show what they cost."""
    files.check()
    strategies = asked.names("--strategies", wish.strategies, KNOWN)
    text, site = read_text(site_path), read_site_file(site_path)
    frame, warmup_days = cut(read_data(site, data_path, wish.columns), site, wish.span)
    check_prices(site, billed(frame, warmup_days), "choose --from and --to within the prices, or write others")
    with bars(strategies) as told:
        if files.store is None or "plan" not in strategies:
            result = backtest(site, frame, strategies=strategies, warmup_days=warmup_days, progress=told)
        else:
            with fresh_store(files.store, "backtest", frame.start_utc[0]) as store:
                remember(store, text, site_path.parent, frame.start_utc[0])
                result = backtest(
                    site, frame, strategies=strategies, warmup_days=warmup_days, store=store, progress=told
                )
    write(result, files)
    if files.json != STDOUT:
        show(result)
        _show_written(result, files)


@contextmanager
def bars(strategies: Sequence[str]) -> Iterator[Progress]:
    """Show a progress bar for each strategy on a terminal; in a pipe say nothing."""
    console = err()
    if not console.is_terminal:
        yield lambda name, done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:18}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True) as shown:
        tasks = {name: shown.add_task(NAMES[name], total=None, start=False) for name in strategies}

        def told(name: str, done: int, total: int) -> None:
            if not shown.tasks[tasks[name]].started:
                shown.start_task(tasks[name])
            shown.update(tasks[name], completed=done, total=total)

        yield told


def write(result: BacktestResult, files: Files) -> None:
    """Write JSON, CSV and picture, as far as asked for."""
    if files.json is not None:
        write_json(files.json, result_json(result))
    if files.csv is not None:
        write_csv(files.csv, result_columns(result))
    if files.plot is not None:
        write_text(files.plot, picture(result))


def show(result: BacktestResult) -> None:
    """Print the answer, the table and the notes."""
    say(headline(result))
    out().print(strategies_table(result))
    for name, each in result.results.items():
        for line in tally_lines(each.machines):
            say(f"{NAMES[name]}: {line}")
    for note in notes(result):
        say(f"Note: {note}")


def _show_written(result: BacktestResult, files: Files) -> None:
    for written in (files.json, files.csv, files.plot):
        if written is not None:
            say(f"Written: {written}")
    if files.store is not None and "plan" in result.results:
        say(f'Ask why: enerwise why "{a_time(result.grid, result.site.timezone)}" --store {files.store}')
