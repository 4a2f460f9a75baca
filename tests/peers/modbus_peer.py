"""A Modbus TCP device in C on libmodbus, built once and started for a test.

    with c_device(delay_us=0) as port:
        ...

It holds 1000 holding registers (each begins as its own address), input registers, coils and discrete inputs, answers
every unit, and counts accepted writes in holding register 999.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from .ports import LOOPBACK, free_port, wait_for
from .processes import running

SOURCE = Path(__file__).with_name("modbus_peer.c")
NEEDS = "the C peer needs gcc, pkg-config and libmodbus (apt-get install gcc pkg-config libmodbus-dev)"
WRITE_COUNTER = 999


@contextmanager
def c_device(*, delay_us: int = 0, drop_every: int = 0, exception_every: int = 0) -> Iterator[int]:
    """Run the device and yield its port; skip the test where it cannot be built.

    Args:
        delay_us: How long it takes over each answer. [us]
        drop_every: It swallows every n-th request; 0 for none.
        exception_every: It answers every n-th request that it is busy; 0 for none.
    """
    port = free_port()
    faults = [str(each) for each in (delay_us, drop_every, exception_every)]
    with running([str(built()), LOOPBACK, str(port), *faults]):
        wait_for(port)
        yield port


@cache
def built() -> Path:
    """Return the program, built where it has not been before."""
    mark = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"enerwise-peers-{os.getuid()}"
    program = folder / f"modbus_peer-{mark}"
    if not program.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        _build(program)
    return program


def _build(program: Path) -> None:
    if not (shutil.which("gcc") and shutil.which("pkg-config")):
        pytest.skip(NEEDS)
    asked = ["pkg-config", "--cflags", "--libs", "libmodbus"]
    flags = subprocess.run(asked, capture_output=True, text=True, check=False)
    if flags.returncode:
        pytest.skip(NEEDS)
    # Under a name of its own first: another process may be building the same.
    rough = program.with_suffix(f".{os.getpid()}")
    command = ["gcc", "-O2", "-o", str(rough), str(SOURCE), *flags.stdout.split()]
    subprocess.run(command, check=True, capture_output=True)
    rough.replace(program)
