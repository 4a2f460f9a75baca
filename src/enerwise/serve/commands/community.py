"""`enerwise community simulate`: homes that trade, under one strategy or several side by side."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.market.mechanism import mechanism_names
from enerwise.run.community import ALONE, NO_MARKET, Slot
from enerwise.run.community_bids import strategy_names
from enerwise.run.community_compare import Comparison, Observer, Progress, compare, known_names
from enerwise.run.community_entries import CommunityEntry
from enerwise.run.community_homes import Community
from enerwise.run.community_market import field_names, rule_of
from enerwise.run.community_read import read_community
from enerwise.run.community_supply import build
from enerwise.serve import asked
from enerwise.serve.community_report import (
    at_connection,
    fairness_table,
    headline,
    home_columns,
    homes_table,
    losers,
    named,
    picture,
    result_json,
    slot_columns,
    strategies_table,
    with_operator,
)
from enerwise.serve.console import err, out, say
from enerwise.serve.files import STDOUT, write_csv, write_json, write_text
from enerwise.serve.sites import read_text

ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What to simulate, as asked for; None takes what the file says."""

    strategies: str | None = None
    mechanism: str | None = None
    days: int | None = None
    seed: int | None = None


def simulate(
    path: Path, wish: Asked, *, folder: Path | None = None, json: Path | None = None, ledger: Path | None = None
) -> None:
    """Simulate a community and show what came of it."""
    asked.target("--json", json)
    asked.target("--ledger", ledger)
    entry = _as_wished(read_community(read_text(path), source=str(path)), wish)
    names = _names(entry, wish)
    if folder is not None:
        _make(folder)
    community, supply = build(entry, path.parent)
    with _bars(names) as told, _ledger(ledger, community, names) as observe:
        result = compare(
            community,
            supply,
            names,
            mechanism_name=entry.market.mechanism,
            rule=rule_of(entry.market.mechanism, community),
            progress=told,
            observe=observe,
        )
    written = [*_write(result, folder, json), *([ledger] if ledger else [])]
    if json != STDOUT:
        _show(result, written)


def _as_wished(entry: CommunityEntry, wish: Asked) -> CommunityEntry:
    changes: dict[str, object] = {}
    if wish.days is not None:
        if not 1 <= wish.days <= 366:
            raise asked.wrong("--days", str(wish.days), "write a number of days within 1 and 366")
        changes["days"] = wish.days
    if wish.seed is not None:
        changes["seed"] = wish.seed
    if wish.mechanism is not None:
        name = asked.names("--mechanism", wish.mechanism, mechanism_names())[0]
        changes["market"] = entry.market.model_copy(update={"mechanism": name})
    return entry.model_copy(update=changes)


def _names(entry: CommunityEntry, wish: Asked) -> tuple[str, ...]:
    """Return what to run: as asked for; else all there is, the strategy of the file first."""
    if wish.strategies is not None and wish.strategies.strip() != ALL:
        return asked.names("--strategy", wish.strategies, known_names())
    return tuple(dict.fromkeys([entry.market.strategy, *known_names()]))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = Problem("--out", f"{str(folder)!r} cannot be made: {error.strerror}", "name a folder")
        raise ProblemsFound("command line", [problem]) from None


@contextmanager
def _ledger(path: Path | None, community: Community, names: Sequence[str]) -> Iterator[Observer | None]:
    """Keep the slots of the first strategy that trades in a ledger of its own."""
    traded = next((name for name in names if name in strategy_names()), None)
    if path is None or traded is None:
        yield None
        return
    if path.exists():
        raise asked.wrong("--ledger", str(path), "name a file that is not there yet: a ledger is never overwritten")
    from enerwise.run.community_ledger import keep, open_accounts
    from enerwise.store.ledger_sqlite import SqliteLedger

    ledger = SqliteLedger(path)
    try:
        open_accounts(ledger, community.homes)
        grid = community.grid

        def observe(name: str, slot: Slot) -> None:
            if name == traded:
                end_utc = grid.part(slot.slot, 1).end_utc
                at_ns = int(end_utc.astype("datetime64[ns]").astype("int64"))
                keep(ledger, slot, at_ns)

        yield observe
    finally:
        ledger.close()


@contextmanager
def _bars(names: Sequence[str]) -> Iterator[Progress]:
    """Show a progress bar for each strategy on a terminal; in a pipe say nothing."""
    console = err()
    if not console.is_terminal:
        yield lambda name, done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True) as shown:
        tasks = {name: shown.add_task(named(name), total=None) for name in dict.fromkeys([NO_MARKET, *names])}

        def told(name: str, done: int, total: int) -> None:
            shown.update(tasks[name], completed=done, total=total)

        yield told


def _write(result: Comparison, folder: Path | None, json: Path | None) -> list[Path]:
    written = []
    if json is not None:
        write_json(json, result_json(result))
        written += [json] if json != STDOUT else []
    if folder is not None:
        write_json(folder / "summary.json", result_json(result))
        write_csv(folder / "homes.csv", home_columns(result))
        write_csv(folder / "slots.csv", slot_columns(result))
        write_text(folder / "community.svg", picture(result))
        written += [folder / name for name in ("summary.json", "homes.csv", "slots.csv", "community.svg")]
    return written


def _show(result: Comparison, written: Sequence[Path]) -> None:
    community = result.community
    days = community.grid.step_count * community.grid.step_s / 86_400
    say(f"{community.name}: {len(community)} homes, {days:g} days, rule {result.mechanism}")
    trading = [name for name in result.outcomes if name not in (NO_MARKET, ALONE)]
    for name in trading[:1]:
        say(headline(result, name))
    out().print(strategies_table(result))
    if len(result.outcomes) > 1:
        out().print(fairness_table(result))
    out().print(homes_table(result))
    for name in result.outcomes:
        if told := at_connection(result, name):
            say(told)
    for name in trading:
        say(losers(result, name))
    for name in trading:
        if kept := with_operator(result, name):
            say(kept)
    if community.lines and "lines" not in field_names(rule_of(result.mechanism, community)):
        say(f"Note: the rule {result.mechanism} looks at no lines; `--mechanism area` does.")
    if result.gap_count:
        say(f"Note: {result.gap_count} slots with a gap in the data repeat the day before.")
    for each in written:
        say(f"Written: {each}")
