"""`python -m enerwise.serve.demo_plant FOLDER BEGAN LIFE_FD`: the machines of the demo home, in a process of their own.

They go on while the site stops, so that it can bring them to rest, and end when whoever started them is gone.
"""

import asyncio
import signal
import sys
from pathlib import Path

import numpy as np

from enerwise.core.time import LiveClock
from enerwise.devices.profiles import load_profile
from enerwise.run.plant.host import Host
from enerwise.run.plant.places import played
from enerwise.serve.demo_home import SEED, DemoFiles, soc_ratio, supply
from enerwise.serve.sites import read_site_file
from enerwise.site.wiring import DOOR_DRIVERS


def main() -> None:
    """Play until the parent is gone."""
    files, began, life_fd = DemoFiles(Path(sys.argv[1])), np.datetime64(sys.argv[2], "ms"), int(sys.argv[3])
    # The parent decides when to go; a key pressed in its terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_live(a_host(files, began), life_fd))


def a_host(files: DemoFiles, began: np.datetime64) -> Host:
    """Return the machines, as full as the store last saw them."""
    site, clock = read_site_file(files.site), LiveClock()
    profiles = {each.id: load_profile(each.profile) for each in played(site) if each.driver in DOOR_DRIVERS}
    level = soc_ratio(files.store, site, clock.now())
    rng = np.random.default_rng(SEED)
    return Host(site, profiles, supply(site, began), clock, rng=rng, start_soc_ratio=level)


async def _live(host: Host, life_fd: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.remove_reader(life_fd)
        stop.set()

    loop.add_reader(life_fd, end)
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await host.run(stop)


if __name__ == "__main__":
    main()
