"""`enerwise run SITE` where devices are wired: door, watchdog, site, brain and face, until it is told to stop."""

import os
import signal
import stat
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import DAY_S, now_ns
from enerwise.devices.door_words import Told
from enerwise.serve.audits import Audit
from enerwise.serve.box import Box, Options
from enerwise.serve.console import complain, say
from enerwise.serve.errand import Errand, hand_down
from enerwise.serve.face_errand import SiteShown
from enerwise.serve.faces import MODULE as FACE
from enerwise.serve.faces import prepared
from enerwise.serve.listening import Place
from enerwise.site.site import Site
from enerwise.store.trace import Trace, TraceRing

LOOK_S: Final = 0.2
NONCES_A_LIFE: Final = 1 << 32
MODULE: Final = "enerwise.serve.processes"


def open_stop_inputs(paths: Sequence[Path]) -> tuple[int, ...]:
    """Open everything that shall stop the site as soon as it can be read: a GPIO event, a serial line, a FIFO.

    Raises:
        ProblemsFound: One of them cannot be opened.
    """
    found: list[int] = []
    for path in paths:
        try:
            # A FIFO that nobody writes to yet must not look like a cut wire.
            is_fifo = stat.S_ISFIFO(path.stat().st_mode)
            fd = os.open(path, (os.O_RDWR if is_fifo else os.O_RDONLY) | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as error:
            for each in found:
                os.close(each)
            remedy = "name a device, a serial line or a FIFO that may be read"
            message = f"cannot be opened: {error.strerror}"
            raise ProblemsFound("--stop-input", [Problem(str(path), message, remedy)]) from None
        os.set_inheritable(fd, True)
        found.append(fd)
    return tuple(found)


class Runner:
    """One run of a wired site."""

    def __init__(
        self, site: Site, path: Path, store_path: Path, *, turn_s: int, options: Options, place: Place, is_demo: bool
    ) -> None:
        """Prepare everything; nothing is started yet.

        Raises:
            ProblemsFound: A device or the page cannot be prepared.
        """
        self._path = path
        self._audit = Audit(options.folder / "audit")
        self._box = Box(site, options, audit=self._audit.take)
        self._errand = Errand(
            site=site,
            store_path=store_path,
            brain_path=options.folder / "brain.sock",
            control_path=options.control_path,
            ask_key=self._box.ask_key,
            anchor=self._box.clock.anchor,
            turn_s=turn_s,
            life_fd=self._box.life_fd,
            ask_fd=self._box.fds["ask"],
            told_fd=self._box.fds["told"],
            beat_fd=self._box.fds["beat"],
        )
        shown = SiteShown(site, path, store_path, options.folder, is_demo=is_demo)
        self._face = prepared(place, shown, life_fd=self._box.life_fd, told_fd=self._box.fds["told"])
        self._ring, self._trace_folder = TraceRing(), options.folder / "traces"
        self._lives = 0
        self._said = ""
        self._has_started = False
        self._ends = threading.Event()

    def run(self, day_count: float | None) -> None:
        """Run until a signal comes, or for some days."""
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda number, frame: self._ends.set())
        until_ns = None if day_count is None else now_ns() + int(day_count * DAY_S * 1e9)
        self._box.start()
        # A door that comes up stopped waits for a person, however soon that person resets it.
        self._has_started = bool(self._box.setup.starts_stopped)
        self._box.spawn("brain", (MODULE, "brain"), lambda stream: hand_down(self._errand, stream))
        self._box.spawn("site", (MODULE, "site"), self._bear_site)
        if self._face is not None:
            self._box.spawn("face", FACE, self._face.hand_down, shares=False, fds=self._face.fds)
        try:
            while not self._ends.wait(LOOK_S) and (until_ns is None or now_ns() < until_ns):
                self._tell(self._box.look())
        finally:
            self._box.goodbye()
            if self._face is not None:
                self._face.close()
            self._written(self._ring.cut())
            self._audit.close()

    def _bear_site(self, stream: IO[bytes]) -> None:
        """Each life of the site process counts its permits from elsewhere: a number opens the door once."""
        hand_down(replace(self._errand, first_nonce=self._lives * NONCES_A_LIFE), stream)
        self._lives += 1

    def _tell(self, told: Told | None) -> None:
        if told is None:
            return
        self._trace(told)
        # Whoever comes up stopped, after a power cut say, waits for a person, even when that person has reset it.
        self._has_started |= told.state in ("stopped", "error")
        if told.state == "idle" and not self._has_started and all(each["fresh"] for each in told.units):
            # Only the first start of a run goes by itself; after a stop a person starts.
            self._has_started = True
            self._box.command({"do": "start", "who": "enerwise run"})
        words = door_words(told, self._path)
        if words != self._said:
            self._said = words
            (complain if told.state in ("stopped", "error") or told.refusals or told.trips else say)(words)

    def _trace(self, told: Told) -> None:
        told_w = {asset: float(value_w) for unit in told.units for asset, value_w in unit["told"].items()}
        self._written(self._ring.look(told.live, told.trips, now_ns(), told_w=told_w))

    def _written(self, trace: Trace | None) -> None:
        if trace is None:
            return
        try:
            say(f"What led to the trip is in {trace.write(self._trace_folder)}.")
        except OSError as error:
            complain(f"The trace of the trip cannot be written: {error.strerror}")


def door_words(told: Told, path: Path) -> str:
    """Say in a line or two how the door stands, and what a person can do."""
    match told.state:
        case "running":
            trips = "".join(f"\n  tripped: {each['subject']}: {each['cause']}" for each in told.trips)
            return f"Door: running. Stop everything with: enerwise stop {path}{trips}"
        case "idle" if told.refusals:
            reasons = "".join(f"\n  {each}" for each in told.refusals)
            return f"Door: does not start:{reasons}\nPut that right, then: enerwise start {path}"
        case "idle":
            silent = [
                f"{each['id']}: {'; '.join(each['problems']) or 'no answer yet'}"
                for each in told.units
                if not each["fresh"]
            ]
            return "Door: idle, waiting for " + (", ".join(silent) or f"a start: enerwise start {path}")
        case "stopped" | "error":
            trips = "".join(f"\n  {each['subject']}: {each['cause']}" for each in told.trips)
            return f"Door: {told.state}: {told.why}{trips}\nLook at the cause, then: enerwise reset {path}"
        case other:
            return f"Door: {other}"
