"""`enerwise simulate`: a generated home on twins and a virtual clock; same file, same seed, same bytes."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from enerwise.core.time import Instant
from enerwise.core.units import FloatArray, show_energy, show_ratio
from enerwise.run.cycle import Turn
from enerwise.run.loop import play
from enerwise.run.world import simulated
from enerwise.serve import asked
from enerwise.serve.calls import Call, call_of, hear
from enerwise.serve.console import err, out, say
from enerwise.serve.files import STDOUT, write_bytes, write_csv, write_json, write_text
from enerwise.serve.generated import START_SOC_RATIO, Generated, Recorded, generate, keep_history
from enerwise.serve.meter_words import measured_splits, meters_table, remarks
from enerwise.serve.results import a_time
from enerwise.serve.sites import check_prices, read_site_file, read_text, remember, with_step
from enerwise.serve.stores import check_replaceable, fresh_store
from enerwise.serve.summary import (
    air_lines,
    clock_lines,
    days_table,
    headline,
    picture,
    played_columns,
    result_json,
    tally_lines,
    totals,
)
from enerwise.serve.tables import costs_table
from enerwise.serve.totals import Played, played
from enerwise.site.machines import HeatPump, Machine
from enerwise.site.site import MODES, Site
from enerwise.site.submeters import Split
from enerwise.site.zones import Presence
from enerwise.store.memory import MemoryStore
from enerwise.store.store import Store

START: Final = "2024-06-03"
"""A Monday in early summer; a default that never moves keeps runs comparable."""
Progress = Callable[[Turn], None]


@dataclass(frozen=True, slots=True)
class Files:
    """Where the run is written to."""

    json: Path | None = None
    csv: Path | None = None
    plot: Path | None = None
    events: Path | None = None
    store: Path | None = None

    def check(self) -> None:
        """Complain before long work about places that cannot be written to."""
        asked.target("--json", self.json)
        asked.target("--csv", self.csv, (".csv", ".parquet"))
        asked.target("--plot", self.plot, (".svg",))
        asked.target("--events", self.events)
        asked.target("--store", self.store)
        if self.store is not None:
            check_replaceable(self.store)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to simulate, as asked for."""

    day_count: float
    seed: int
    start: str = START
    mode: str | None = None
    step: str | None = None
    presence: str | None = None
    """A file of days on which somebody saw who was there, ``FILE@COLUMN``."""
    curtail: tuple[str, ...] = ()
    """``13.5 kW from 2024-07-08 15:00 to 16:00 told 13:00``, each asked of the site while it runs."""


def simulate(site_path: Path, wish: Asked, files: Files) -> None:
    """Simulate a site over some days and show what came of it."""
    files.check()
    if wish.day_count <= 0:
        raise asked.wrong("--days", f"{wish.day_count:g}", "write a number of days above 0")
    text, site = read_text(site_path), _as_wished(read_site_file(site_path), wish)
    start_utc = asked.day("--start", wish.start, site.timezone)
    home = generate(
        site,
        start_utc,
        step_s=site.control.step_s,
        seed=wish.seed,
        days=wish.day_count,
        recorded=_recorded(site, wish),
    )
    check_prices(site, home.ahead, "choose a --start within the prices, or write prices into the site file")
    with ExitStack() as stack:
        store: Store = MemoryStore()
        progress = _progress(stack, home.ahead.step_count)
        run(
            site,
            home,
            store,
            seed=wish.seed,
            progress=progress,
            calls=tuple(call_of(each, site) for each in wish.curtail),
        )
        if files.store is not None:
            _save(store, files.store, text, site_path.parent, home.ahead.start_utc)
    result = played(store, site, home.ahead, start_soc_ratio=START_SOC_RATIO)
    if site.of_kind(Machine) or any(each.inverter for each in site.circuits):
        result = replace(
            result, unplanned=unplanned(site, home, seed=wish.seed), by_clock=by_clock(site, home, seed=wish.seed)
        )
    _write(result, store, files, wish)
    if files.json != STDOUT:
        _show(result, files, wish, measured_splits(store, site, home.ahead) if site.circuits else [])


def run(
    site: Site,
    home: Generated,
    store: Store,
    *,
    seed: int,
    progress: Progress | None = None,
    calls: tuple[Call, ...] = (),
) -> None:
    """Play a generated home from the end of its history on."""
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=seed, start_soc_ratio=START_SOC_RATIO)

    def after(turn: Turn) -> None:
        hear(world, calls, turn.now)
        if progress is not None:
            progress(turn)

    play(world, home.ahead.step_count, progress=after)


def unplanned(site: Site, home: Generated, *, seed: int) -> Played:
    """Return what a home would have done with batteries at rest and machines left to themselves."""
    site = replace(site, control=replace(site.control, mode="passive"))
    store = MemoryStore()
    run(site, home, store, seed=seed)
    return played(store, site, home.ahead, start_soc_ratio=START_SOC_RATIO)


def by_clock(site: Site, home: Generated, *, seed: int) -> Played | None:
    """Return what plans by the clock would have done, who comes or not; None where nobody's presence is followed."""
    pumps = {each.id: each for each in site.of_kind(HeatPump) if each.follows_presence}
    if not pumps or site.control.mode != "follow_plan":
        return None
    looking = {name: replace(each, presence=looks_only(each)) for name, each in pumps.items()}
    site = replace(site, assets=tuple(looking.get(each.id, each) for each in site.assets))
    store = MemoryStore()
    run(site, home, store, seed=seed)
    return played(store, site, home.ahead, start_soc_ratio=START_SOC_RATIO)


def looks_only(pump: HeatPump) -> Presence:
    """Return a presence that is seen and not followed."""
    assert pump.presence is not None
    return replace(pump.presence, is_followed=False)


def _recorded(site: Site, wish: Asked) -> Recorded | None:
    if wish.presence is None:
        return None
    if not any(each.presence is not None for each in site.of_kind(HeatPump)):
        remedy = "add 'presence: {sensors: [presence], band: [21 degC, 24 degC]}' to a heat pump of the site"
        raise asked.wrong("--presence", wish.presence, remedy)
    from enerwise.serve.presence_file import read_presence

    return read_presence(wish.presence, step_s=site.control.step_s, zone=site.timezone)


def event_log(store: Store) -> bytes:
    """Return all events as lines of JSON: same file, same seed, same bytes."""
    return b"".join(event.to_bytes() + b"\n" for event in store.events())


def _as_wished(site: Site, wish: Asked) -> Site:
    mode = None if wish.mode is None else asked.names("--mode", wish.mode, MODES)[0]
    step_s = site.control.step_s if wish.step is None else asked.step_s("--step", wish.step)
    return with_step(site, step_s, mode)


def _progress(stack: ExitStack, step_count: int) -> Progress | None:
    console = err()
    if not console.is_terminal:
        return None
    from rich.progress import Progress as Bar

    bar = stack.enter_context(Bar(console=console, transient=True))
    task = bar.add_task("simulating", total=step_count)
    return lambda turn: bar.advance(task)


def _save(memory: Store, path: Path, site_text: str, folder: Path, at: Instant) -> None:
    from enerwise.store.copy import copy_all

    with fresh_store(path, "simulate", at) as store:
        remember(store, site_text, folder, at)
        copy_all(memory, store)


def _write(result: Played, store: Store, files: Files, wish: Asked) -> None:
    if files.events is not None:
        write_bytes(files.events, event_log(store))
    if files.json is not None:
        write_json(files.json, result_json(result, wish.seed))
    if files.csv is not None:
        write_csv(files.csv, played_columns(result))
    if files.plot is not None:
        write_text(files.plot, picture(result))


def _show(result: Played, files: Files, wish: Asked, meters: list[Split[FloatArray]]) -> None:
    say(f"{result.site.name} (generated home on twins, seed {wish.seed})")
    say(headline(result))
    out().print(days_table(result))
    bill = result.bill()
    out().print(costs_table("Bill", list(bill.cost_eur.items()), bill.total_eur))
    sums = totals(result)
    for line in (*tally_lines(result.tallies), *air_lines(result), *clock_lines(result)):
        say(line)
    if len(meters) > 1:
        out().print(meters_table(meters, result.grid.step_h))
    for remark in remarks(meters, result.grid.step_h):
        say(f"Remark: {remark}.")
    say(f"Own power: {show_ratio(sums['self_sufficiency_ratio'])} of {show_energy(sums['load_wh'])} used.")
    for note in bill.notes:
        say(f"Note: {note}")
    for written in (files.json, files.csv, files.plot, files.events, files.store):
        if written is not None:
            say(f"Written: {written}")
    if files.store is not None:
        say(f'Ask why: enerwise why "{a_time(result.grid, result.site.timezone)}" --store {files.store}')
