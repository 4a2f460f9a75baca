"""Stops: how long from the press to the device's acknowledgement, whatever happens beside."""

import gc
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from tests.door.rig import SETPOINT, Rig, a_register, a_rig
from tests.peers.modbus_peer import c_device
from tests.safety.evidence import Figure, Scale, requirement

P999_MS, MAX_MS, PROMISE_MS = 10.0, 50.0, 100.0
BUSY = "x = 0\nwhile True: x += 1"
FAKETIME = Path("/usr/lib") / f"{os.uname().machine}-linux-gnu" / "faketime" / "libfaketime.so.1"


def pressed_ms(rig: Rig, count: int) -> np.ndarray:
    """Press stop again and again; return from press to acknowledgement, infinity where none came. [ms]"""
    took_ms = np.full(count, np.inf)
    with socket.socket(socket.AF_UNIX) as line, line.makefile("rb") as answers:
        line.settimeout(5.0)
        line.connect(str(rig.box.options.control_path))
        for at in range(count):
            # Nobody presses faster; the system rations real-time processes that take a whole core.
            time.sleep(0.001)
            line.sendall(b'{"do":"stop","cause":"press"}\n')
            took_ms[at] = json.loads(answers.readline())["acked_ms"].get("battery", np.inf)
    return took_ms


@contextmanager
def both_cores_busy() -> Iterator[None]:
    """As many busy processes as there are cores."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for each in busy:
            each.kill()
            each.wait()


def figures(name: str, took_ms: np.ndarray, *, p999_ms: float = P999_MS, max_ms: float = MAX_MS) -> list[Figure]:
    p50_ms, p99_ms, p999 = np.percentile(took_ms, [50.0, 99.0, 99.9])
    return [
        Figure(f"{name}, p50", float(p50_ms), "ms", "<=", p999_ms),
        Figure(f"{name}, p99", float(p99_ms), "ms", "<=", p999_ms),
        Figure(f"{name}, p99.9", float(p999), "ms", "<=", p999_ms),
        Figure(f"{name}, longest of {took_ms.size}", float(took_ms.max()), "ms", "<=", max_ms),
        Figure(f"{name}, without acknowledgement", float(np.isinf(took_ms).sum()), "presses", "==", 0.0),
    ]


@requirement(1, "Stop pressed: the device acknowledges", is_timed=True)
def stop_under_load(scale: Scale, folder: Path) -> list[Figure]:
    with c_device() as port, a_rig(folder, port) as rig, both_cores_busy():
        return figures("both cores loaded", pressed_ms(rig, scale.presses))


@requirement(2, "Stop works while the site process is wedged", is_timed=True)
def stop_while_wedged(scale: Scale, folder: Path) -> list[Figure]:
    """The stand-in for the site process shares this process: it is wedged together with it, the door is not."""
    found = []
    for name, wedge in WEDGES.items():
        with c_device() as port, a_rig(folder / name, port, beat_limit_s=30.0) as rig, wedge(rig):
            found += figures(name, pressed_ms(rig, scale.wedge_presses))
    return found


@contextmanager
def _busy_loop(rig: Rig) -> Iterator[None]:
    ends = threading.Event()

    def spin() -> None:
        while not ends.is_set():
            sum(range(1000))

    threads = [threading.Thread(target=spin, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ends.set()
        for thread in threads:
            thread.join()


@contextmanager
def _garbage(rig: Rig) -> Iterator[None]:
    cycles = [[] for _ in range(1_000_000)]  # type: ignore[var-annotated]
    for each in cycles:
        each.append(each)
    cycles.clear()
    collector = threading.Thread(target=gc.collect)
    collector.start()
    try:
        yield
    finally:
        collector.join()


@contextmanager
def _deadlock(rig: Rig) -> Iterator[None]:
    with rig.site._lock:
        yield


@contextmanager
def _silence(rig: Rig) -> Iterator[None]:
    """No heartbeat any more, as after SIGSTOP."""
    rig.site._ends.set()
    rig.site._thread.join()
    yield


WEDGES = {"busy loop": _busy_loop, "garbage": _garbage, "deadlock": _deadlock, "no heartbeat": _silence}


@requirement(12, "Clock jumps change nothing", is_timed=True)
def clock_jumps(scale: Scale, folder: Path) -> list[Figure]:
    """The door sees a wall clock that another program moves about; it goes by the one nobody can set."""
    if not FAKETIME.exists():
        return []
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "faketime"
    told.write_text("+0", encoding="utf-8")
    faked = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(told),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_RESET": "1",
    }
    jumps = ("+3600", "-3600", "+1577880000", "-1577880000", "+0")
    states: set[str] = set()
    shifts_s: list[float] = []
    late_ms: list[float] = []
    with c_device() as port, _environment(faked), a_rig(folder, port) as rig:
        for jump in jumps:
            told.write_text(jump, encoding="utf-8")
            rig.move(float(300 + len(shifts_s)))
            time.sleep(scale.jump_s)
            now = rig.told
            states.add(now.state)
            shifts_s.append(abs(now.health["clock_shift_s"]))
            late_ms.append(now.health["late_max_ms"])
        changes = [each for each in rig.audit if each["kind"] == "lifecycle"][2:]
        took_ms = pressed_ms(rig, scale.wedge_presses)
    return [
        Figure("the wall clock was seen to move by", max(shifts_s), "s", ">=", 1e9),
        Figure("changes of state", float(len(changes) + len(states - {"running"})), "", "==", 0.0),
        Figure("turn that came latest", max(late_ms), "ms", "<=", 100.0),
        *figures("stop after the jumps", took_ms),
    ]


@contextmanager
def _environment(names: dict[str, str]) -> Iterator[None]:
    """Set variables for the children only: this process read its own at its start."""
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@requirement(13, "Full, read-only and slow disks change nothing at the door", is_timed=True)
def disks(scale: Scale, folder: Path) -> list[Figure]:
    """The parent, which alone writes, is held up altogether: nobody takes the audit, as with an fsync of seconds."""
    count = max(scale.presses // 2, 600)
    with c_device() as port, a_rig(folder, port) as rig, both_cores_busy():
        before = len(rig.audit)
        took_ms = pressed_ms(rig, count)
        untaken = len(rig.audit) - before
        told = [each["kind"] for each in _drained(rig)].count("stopped")
        lost = rig.command("state")["health"]["audit_lost_count"]
        full = _with_full_disk(rig)
    return [
        *figures("nobody takes the audit", took_ms),
        Figure("lines the parent took meanwhile", float(untaken), "lines", "==", 0.0),
        # Each press tells one line; with the first come two more.
        Figure(
            "stops of which the audit neither tells nor counts the loss",
            float(max(0, count - told - lost)),
            "",
            "==",
            0.0,
        ),
        Figure("device rests while the disk refuses every write, and that is told", full, "", "==", 1.0),
    ]


def _drained(rig: Rig) -> list[Any]:
    """Take everything that waits."""
    count = -1
    while count < len(rig.audit):
        count = len(rig.audit)
        time.sleep(0.1)
        rig.box.look()
    return rig.audit


def _with_full_disk(rig: Rig) -> float:
    """Let every write of the parent's memory fail, stop once more for another cause, and see what is told."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    rig.box._memory.state = ""
    with patch("enerwise.serve.memory.keep", refuse):
        took_ms = pressed_ms(rig, 5)
        rig.box.look()
    is_told = any(each["subject"] == "memory" for each in rig.audit)
    return float(np.isfinite(took_ms).all() and is_told)


@requirement(14, "Memory and descriptor exhaustion beside it", is_timed=True)
def exhaustion(scale: Scale, folder: Path) -> list[Figure]:
    hog = (
        "import os, resource, time\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))\n"
        "held = []\n"
        "try:\n"
        "    while True: held.append(os.open('/dev/null', os.O_RDONLY))\n"
        "except OSError: pass\n"
        "blocks = [bytearray(64 << 20) for _ in range(8)]\n"
        "end = time.monotonic() + 60\n"
        "while time.monotonic() < end:\n"
        "    for block in blocks: block[::4096] = b'x' * len(block[::4096])\n"
    )
    forker = (
        "import subprocess, time\nend = time.monotonic() + 60\nwhile time.monotonic() < end: subprocess.run(['true'])\n"
    )
    with c_device() as port, a_rig(folder, port) as rig:
        beside = [subprocess.Popen([sys.executable, "-c", each]) for each in (hog, hog, forker, forker, forker)]
        try:
            time.sleep(0.3)
            took_ms = pressed_ms(rig, scale.presses // 2)
        finally:
            for each in beside:
                each.kill()
                each.wait()
        with a_register(port) as register:
            rests = register.read(SETPOINT)
    return [*figures("beside hogs of memory, files and processes", took_ms), Figure("setpoint", rests, "W", "==", 0.0)]
