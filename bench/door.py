"""The door at work: fifty devices polled and told once a second; its share of one core, and the same without devices.

The devices are fifty processes of a C program on libmodbus. The reference is a door with one device.
"""

import contextlib
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
DEVICES, SECONDS = 50, 10


def share(count: int) -> tuple[float, float, float]:
    """Return the share of one core, the latest turn, and how long a stop takes to the last device. [ratio, ms, ms]"""
    from tests.door.rig import a_rig
    from tests.peers.modbus_peer import c_device

    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(c_device()) for _ in range(count)]
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rig = stack.enter_context(a_rig(folder, *ports, device={"poll_s": 1.0}))
        rig.wish(500.0)
        time.sleep(1.0)
        before = rig.told.health
        for at in range(SECONDS):
            rig.wish(500.0 + at)
            time.sleep(1.0)
        after = rig.told.health
        used = (after["cpu_s"] - before["cpu_s"]) / (after["uptime_s"] - before["uptime_s"])
        acked_ms = rig.command("stop", cause="bench")["acked_ms"]
        return used, after["late_max_ms"], float(np.max(list(acked_ms.values())))


def main() -> None:
    """Measure and print."""
    one, _, _ = share(1)
    many, late_ms, stop_ms = share(DEVICES)
    table = Table(title=f"door with {DEVICES} devices, cycle of 1 s")
    for name in ("of one core", "one device", "ratio", "latest turn ms", "stop to the last device ms"):
        table.add_column(name, justify="right")
    table.add_row(f"{many:.1%}", f"{one:.1%}", f"{many / one:.1f}", f"{late_ms:.1f}", f"{stop_ms:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
