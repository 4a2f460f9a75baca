"""`python -m enerwise.door door|watchdog`: started by the parent process, which hands the setup down through stdin."""

import os
import signal
import sys

from enerwise.door import realtime
from enerwise.door.loop import Door
from enerwise.door.setup import Setup, receive
from enerwise.door.watchdog import Watchdog


def main() -> None:
    """Be the door, or its watchdog, until the parent says goodbye or is gone."""
    role = sys.argv[1]
    setup = receive(sys.stdin.buffer)
    # The parent decides when to go; a key pressed in its terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if role == "watchdog":
        watchdog = Watchdog(setup)
        realtime.ask(wanted=setup.is_realtime, priority=realtime.PRIORITY - 1)
        watchdog.run()
        watchdog.close()
        return
    be_door(setup)


def be_door(setup: Setup) -> None:
    """Run the door with what the system grants it."""
    granted = realtime.ask(wanted=setup.is_realtime)
    door = Door(setup, granted)
    door.open()
    try:
        door.run()
    finally:
        door.close()
    # Nothing is left to be done that a finaliser could do better.
    os._exit(0)


if __name__ == "__main__":
    main()
