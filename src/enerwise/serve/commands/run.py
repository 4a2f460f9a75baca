"""`enerwise run SITE`: the site on the machine's own clock, its devices as twins, until it is told to stop."""

import asyncio
import contextlib
import secrets
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.quantity import ENERGY_WH
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, LiveClock, TimeGrid
from enerwise.devices.twin import TwinDevices
from enerwise.guard import Checker
from enerwise.run.learned import FOLDER, Learned
from enerwise.run.loop import run_live
from enerwise.run.models import FOLDER as MODELS
from enerwise.run.models import Models
from enerwise.run.planner import Planner
from enerwise.run.response import ResponseWatch
from enerwise.run.ways import FILE, Ways
from enerwise.run.world import World, live
from enerwise.serve import asked
from enerwise.serve.backup import Places, apply_staged
from enerwise.serve.console import say
from enerwise.serve.face_errand import SiteShown
from enerwise.serve.faces import kept
from enerwise.serve.generated import START_SOC_RATIO, Generated, generate, keep_history
from enerwise.serve.listening import Place, check
from enerwise.serve.live import viewer
from enerwise.serve.site_desk import SOCKET, listening
from enerwise.serve.sites import check_prices, read_site_file, read_text, remember, run_folder
from enerwise.serve.stores import open_store
from enerwise.serve.trainer import identification_of, training_of
from enerwise.serve.watch import Watch
from enerwise.site.assets import Battery
from enerwise.site.site import Site
from enerwise.store.store import Store

LONGEST_DAYS: Final = 30
"""Days of weather and appliances drawn ahead; a twin that lives longer is started again."""
SEED: Final = 1
TURN: Final = "1 min"
WIRED_TURN: Final = "10 s"
"""Inside a turn the door goes on by itself; more turns would only fill the history."""


def run(
    path: Path,
    store_path: Path | None,
    day_count: float | None,
    turn: str | None,
    *,
    place: Place,
    stop_port: int = 0,
    stop_inputs: Sequence[Path] = (),
    is_demo: bool = False,
) -> None:
    """Run a site until it is stopped, or for some days, and show it on a page."""
    check(place)
    where = store_path or path.with_suffix(".db")
    _restore(path, where)
    site, text = read_site_file(path), read_text(path)
    turn_s = asked.step_s("--turn", turn or (WIRED_TURN if site.devices else TURN), least_s=1 if site.devices else 60)
    if site.control.step_s % turn_s:
        raise asked.wrong("--turn", turn or TURN, f"use a part of the planning step of {site.control.step_s // 60} min")
    if day_count is not None and not 0 < day_count <= LONGEST_DAYS:
        raise asked.wrong("--days", f"{day_count:g}", f"write a number of days above 0, up to {LONGEST_DAYS}")
    check_prices(
        site,
        TimeGrid(LiveClock().now(), site.control.step_s, 1),
        "bring the price file up to date, or write prices into the site file",
        may_feed=True,
    )
    store = open_store(where)
    try:
        _check_no_past(store, where)
        remember(store, text, path.parent, LiveClock().now())
        if site.devices:
            from enerwise.serve.box import Options
            from enerwise.serve.commands.run_wired import Runner, open_stop_inputs

            store.close()
            fds = open_stop_inputs(stop_inputs)
            options = Options(run_folder(path), stop_port=stop_port, stop_fds=fds)
            say(f"{site.name}: {len(site.devices)} devices. Everything is kept in {where} and {options.folder}.")
            say("Stop with Ctrl-C; it brings every machine to rest first.")
            Runner(site, path, where, turn_s=turn_s, options=options, place=place, is_demo=is_demo).run(day_count)
            return
        world = twin_world(site, store, turn_s=turn_s)
        say(f"{site.name}: devices are simulated twins of a generated home. Everything is kept in {where}.")
        say("Stop with Ctrl-C.")
        folder = run_folder(path)
        folder.mkdir(parents=True, exist_ok=True)
        _learns(world, where, folder)
        with kept(place, SiteShown(site, path, where, folder, is_demo=is_demo)):
            asyncio.run(_run(world, min(day_count or LONGEST_DAYS, LONGEST_DAYS), desk_path=folder / SOCKET))
    finally:
        store.close()
    say(f'Stopped; {where} is closed. Ask why: enerwise why "14:05" --store {where}')


def _restore(path: Path, store_path: Path) -> None:
    """Apply a backup that was staged while the site ran."""
    before = apply_staged(Places(path, store_path, run_folder(path)), LiveClock().now())
    if before is not None:
        say(f"A backup is restored; what was there before lies in {before}.")


def _check_no_past(store: Store, path: Path) -> None:
    """Refuse a store that a backtest or simulation filled: its past is not this site's."""
    if store.get("run", "command") is not None:
        remedy = "choose another --store, such as one that ends in .live.db"
        raise ProblemsFound("--store", [Problem(str(path), "was filled by a simulation or backtest", remedy)])


def twin_world(site: Site, store: Store, *, turn_s: int) -> World:
    """Return a live world over twins; what the store remembers of the batteries and of four weeks goes on."""
    now = LiveClock().now()
    minute_s = int(now.astype("datetime64[s]").astype(np.int64)) // turn_s * turn_s
    start_utc = np.datetime64(minute_s * 1000, "ms")
    soc_ratio = np.array([_soc_ratio(store, each, now) for each in site.of_kind(Battery)])
    past = generate(site, start_utc, step_s=site.control.step_s, seed=SEED, days=1)
    if not _remembers(store, past, now):
        keep_history(store, past, site)
    ahead = generate(site, start_utc, step_s=turn_s, seed=SEED, days=LONGEST_DAYS + 1, history_days=0)
    key = secrets.token_bytes(32)
    devices = TwinDevices(site, ahead.supply(), Checker(key), start_soc_ratio=soc_ratio)
    return live(site, store, devices, key, turn_s=turn_s)


def _learns(world: World, store_path: Path, folder: Path) -> None:
    """Let a world plan with trained forecasts, and train them where that can be done."""
    step_s = max(world.turn_s, world.site.control.step_s)
    learned, models = Learned(folder / FOLDER, world.store), Models(folder / MODELS)
    world.planner = Planner(
        world.site, world.store, world.prices, step_s=step_s, learned=learned, models=models,
        ways=Ways(folder / FILE).serving,
    )  # fmt: skip
    world.training = training_of(world.site, store_path, folder, turn_s=world.turn_s)
    world.response = ResponseWatch(world.site)
    world.identification = identification_of(world.site, store_path, folder, turn_s=world.turn_s)


def _soc_ratio(store: Store, battery: Battery, now: Instant) -> float:
    """Return the level a battery had when it was last seen, half full where it never was."""
    seen = store.read(Key(battery.id, ENERGY_WH), now - np.timedelta64(400, "D"), now)
    return float(seen.value[-1]) / battery.capacity_wh if len(seen) else START_SOC_RATIO


def _remembers(store: Store, past: Generated, now: Instant) -> bool:
    """Tell whether the store holds measurements of the last week."""
    week = now - np.timedelta64(7 * DAY_S, "s")
    return any(len(store.read(key, week, now)) for key in past.power_w)


async def _run(world: World, day_count: float, *, desk_path: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        # Not every platform, and no thread but the first, lets signals be heard here; then Ctrl-C ends it as usual.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(each, stop.set)
    loop.call_later(day_count * DAY_S, stop.set)
    watch = Watch(world)
    async with listening(world, desk_path):
        with viewer(watch, f"{world.site.name} (twin)", every="turn") as shown:
            async for turn in run_live(world, stop=stop):
                shown.show(watch.look(turn))
