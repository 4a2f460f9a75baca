"""`enerwise run --demo`: the demo home, lived in for four weeks, on simulated machines, with its page."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import Instant, LiveClock, elapsed_s
from enerwise.serve.commands.run import run
from enerwise.serve.console import err, out, say
from enerwise.serve.demo_home import DemoFiles, began_of, fill, write_site
from enerwise.serve.demo_market import open_market
from enerwise.serve.listening import Place, check, opened

PLANT: Final = "enerwise.serve.demo_plant"
PATIENCE_S: Final = 30.0
LOOK_S: Final = 0.05
TURN: Final = "5 s"
"""Shorter than a real site's, so that people see what follows what."""


def live_demo(folder: Path, day_count: float | None, place: Place) -> None:
    """Run the demo home until Ctrl-C, or for some days."""
    check(place)
    _check_port(place)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remedy = "name another folder with --out"
        raise ProblemsFound("--out", [Problem(str(folder), error.strerror or "cannot be made", remedy)]) from None
    files, port = DemoFiles(folder.absolute()), _free_port()
    site, before = write_site(files, port), began_of(files)
    say("This is a demo: the home is generated and its machines are simulated. Nothing real is moved.")
    with _told("living through four weeks") as progress:
        began = fill(files, site, LiveClock().now(), progress=progress)
    if place.port:
        street = open_market(files, site, LiveClock().now(), is_new=began != before)
        place = replace(place, markets=(street, *place.markets))
    with _plant(files, began, port):
        if place.port and _has_desktop():
            threading.Thread(target=_open_browser, args=(place,), daemon=True).start()
        run(files.site, files.store, day_count, TURN, place=place, is_demo=True)


def _check_port(place: Place) -> None:
    """Complain about a port that is taken before four weeks are lived through."""
    if place.port:
        for each in opened(place):
            if each is not None:
                each.close()


def _free_port() -> int:
    with socket.socket() as looked:
        looked.bind(("127.0.0.1", 0))
        return int(looked.getsockname()[1])


@contextlib.contextmanager
def _told(what: str) -> Iterator[Callable[[float], None] | None]:
    """Show how far something is, where there is a terminal."""
    console = err()
    if not console.is_terminal:
        yield None
        return
    from rich.progress import Progress as Bar

    with Bar(console=console, transient=True) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda share: bar.update(task, completed=share)


@contextlib.contextmanager
def _plant(files: DemoFiles, began: Instant, port: int) -> Iterator[None]:
    """Let the machines live as long as this."""
    life_read, life_write = os.pipe()
    command = [sys.executable, "-m", PLANT, str(files.folder), str(began), str(life_read)]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[life_read])
    try:
        _await(child, port)
        yield
    finally:
        os.close(life_write)
        os.close(life_read)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=5.0)
        if child.poll() is None:
            child.kill()
            child.wait()


def _await(child: "subprocess.Popen[bytes]", port: int) -> None:
    """Wait until the machines answer.

    Raises:
        ProblemsFound: They do not.
    """
    end_s = elapsed_s() + PATIENCE_S
    while elapsed_s() < end_s and child.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return
        time.sleep(LOOK_S)
    raise ProblemsFound("demo", [Problem("plant", "the simulated machines did not start", "see what was said above")])


def _has_desktop(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether a person sits in front of this machine."""
    if not out().is_terminal:
        return False
    return sys.platform in ("darwin", "win32") or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _open_browser(place: Place) -> None:
    """Open the page as soon as it answers."""
    end_s = elapsed_s() + PATIENCE_S
    while elapsed_s() < end_s:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", place.port), timeout=1.0) as line:
            line.sendall(b"GET /health HTTP/1.0\r\n\r\n")
            if line.recv(16).startswith(b"HTTP/"):
                webbrowser.open(place.address)
                return
        time.sleep(0.2)
