"""`python -m enerwise.serve.processes site|brain`: the two processes above the door, started by the box.

Like the door they are handed what they need through a pipe, once. When the parent is gone they end.
"""

import asyncio
import contextlib
import os
import select
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Final

from enerwise.core.time import AnchoredClock
from enerwise.devices.door_port import DoorDevices
from enerwise.devices.door_words import ASK_BYTES, TOLD_BYTES
from enerwise.devices.drivers.driver import Driver
from enerwise.devices.drivers.make import make_drivers
from enerwise.devices.mailbox import Mailbox
from enerwise.door.setup import BEAT_BYTES
from enerwise.run.brain import RemotePlanner, serve
from enerwise.run.feeds import FeedKeeper
from enerwise.run.learned import FOLDER, Learned
from enerwise.run.loop import run_live
from enerwise.run.models import FOLDER as MODELS
from enerwise.run.models import Models
from enerwise.run.planner import Planner
from enerwise.run.prices import PriceBook
from enerwise.run.response import ResponseWatch
from enerwise.run.ways import FILE, Ways
from enerwise.run.world import World, live
from enerwise.serve.errand import Errand, take
from enerwise.serve.live import viewer
from enerwise.serve.site_desk import listening
from enerwise.serve.stores import open_store
from enerwise.serve.trainer import identification_of, training_of
from enerwise.serve.watch import Watch
from enerwise.store.sqlite import SqliteStore

BRAIN_STARTS_S: Final = 30.0
"""Until then nobody is told that there is no brain: it begins to listen a little after everything else runs."""
BRAIN_NICE: Final = 15
"""A plan may come a second later; a turn, a stop or a page may not."""


def main() -> None:
    """Be the site process or the brain until the parent is gone."""
    role, errand = sys.argv[1], take(sys.stdin.buffer)
    # The parent decides when to go; a key pressed in its terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    {"site": be_site, "brain": be_brain}[role](errand)


def be_brain(errand: Errand) -> None:
    """Make plans for whoever asks, after whatever moves machines and answers people."""
    os.nice(BRAIN_NICE)

    def make() -> Planner:
        site = errand.site
        step_s = max(errand.turn_s, site.control.step_s)
        store = SqliteStore(errand.store_path, read_only=True)
        prices = PriceBook(site.tariff, site.timezone, step_s, store=store)
        learned = Learned(errand.brain_path.with_name(FOLDER), store)
        models, ways = Models(errand.brain_path.with_name(MODELS)), Ways(errand.brain_path.with_name(FILE))
        return Planner(site, store, prices, step_s=step_s, learned=learned, models=models, ways=ways.serving)

    serve(errand.brain_path, make, goes_on=_parent_lives(errand.life_fd))


def be_site(errand: Errand) -> None:
    """Run the turns of a site whose machines are behind the door."""
    site, store = errand.site, open_store(errand.store_path)
    drivers = make_drivers(site.devices)
    clock = AnchoredClock(*errand.anchor)
    devices = DoorDevices(
        site,
        clock,
        ask=Mailbox(errand.ask_fd, ASK_BYTES),
        told=Mailbox(errand.told_fd, TOLD_BYTES),
        beat=Mailbox(errand.beat_fd, BEAT_BYTES),
        turn_s=errand.turn_s,
        control_path=errand.control_path,
        drivers=drivers,
    )
    world = live(
        site,
        store,
        devices,
        errand.ask_key,
        turn_s=errand.turn_s,
        clock=clock,
        first_nonce=errand.first_nonce,
    )
    world.planner = RemotePlanner(errand.brain_path, starts_s=BRAIN_STARTS_S)
    folder = errand.brain_path.parent
    world.training = training_of(site, errand.store_path, folder, turn_s=errand.turn_s)
    world.identification = identification_of(site, errand.store_path, folder, turn_s=errand.turn_s)
    world.response = ResponseWatch(site)
    devices.start()
    try:
        asyncio.run(_turns(world, errand, drivers))
    finally:
        devices.stop()
        store.close()


async def _turns(world: World, errand: Errand, drivers: Sequence[Driver]) -> None:
    for driver in drivers:
        await driver.open()
    try:
        async with listening(world, errand.desk_path):
            await _turns_until_end(world, errand.life_fd, drivers)
    finally:
        for driver in drivers:
            await driver.close()


async def _turns_until_end(world: World, life_fd: int, drivers: Sequence[Driver]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(life_fd, stop.set)
    for each in (signal.SIGTERM,):
        loop.add_signal_handler(each, stop.set)
    watch, keeper = Watch(world), FeedKeeper(world.store)
    with viewer(watch, world.site.name, every="turn") as shown:
        async for turn in run_live(world, stop=stop):
            shown.show(watch.look(turn))
            keeper.keep(drivers, turn.now)
    with contextlib.suppress(ValueError):
        loop.remove_reader(life_fd)


def _parent_lives(life_fd: int) -> Callable[[], bool]:
    def lives() -> bool:
        return not select.select([life_fd], [], [], 0)[0]

    return lives


if __name__ == "__main__":
    main()
    # Threads of a job that hangs must not hold up the end.
    sys.stdout.flush()
    os._exit(0)
