"""The parent's side of the face: its sockets opened, its errand written, and a keeper where no box keeps it."""

import contextlib
import importlib.util
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import LiveClock
from enerwise.devices.mailbox import only_readable
from enerwise.serve.console import say
from enerwise.serve.errand import hand_down
from enerwise.serve.face_errand import FaceErrand, MarketShown, SiteShown
from enerwise.serve.listening import Place, check, opened, tls_files

MODULE: Final = ("enerwise.serve.face_process",)
NEEDED: Final = ("fastapi", "uvicorn", "sqlalchemy", "argon2", "joserfc", "structlog", "prometheus_client")
NOT_INSTALLED: Final = "No page: it needs more libraries. Install them with: pip install 'enerwise[face]'"
ACCOUNTS: Final = "accounts"
"""Folder of accounts and keys within that of the run."""
LOOK_S: Final = 0.5
GOODBYE_S: Final = 5.0


def is_installed() -> bool:
    """Tell whether the libraries of the page are there."""
    return all(importlib.util.find_spec(each) is not None for each in NEEDED)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A face that can be started, again and again."""

    errand: FaceErrand
    place: Place
    sockets: tuple[socket.socket, ...]
    own_fds: tuple[int, ...] = ()

    @property
    def fds(self) -> tuple[int, ...]:
        """The open files that the face gets."""
        return (*(each.fileno() for each in self.sockets), *self.own_fds)

    def hand_down(self, stream: IO[bytes]) -> None:
        """Tell a newborn face its errand."""
        hand_down(self.errand, stream)

    def close(self) -> None:
        """Let go of the ports."""
        for each in self.sockets:
            each.close()
        for fd in self.own_fds:
            os.close(fd)


def prepared(place: Place, shown: SiteShown, *, life_fd: int, told_fd: int | None = None) -> Prepared | None:
    """Open what the face of a site needs; None where no page is wanted, or its libraries are missing.

    Raises:
        ProblemsFound: The options do not go together, a certificate cannot be used, or the port cannot be had.
    """
    if not place.port:
        return None
    check(place)
    if not is_installed():
        say(NOT_INSTALLED)
        return None
    folder, markets = shown.folder / ACCOUNTS, _markets(place, shown.folder)
    files = _files(place, folder)
    first, second = opened(place)
    own = () if told_fd is None else (only_readable(told_fd),)
    errand = FaceErrand(
        sites=(replace(shown, told_fd=own[0] if own else None),),
        folder=folder,
        origin=place.address,
        socket_fd=first.fileno(),
        stop_fd=None if second is None else second.fileno(),
        life_fd=life_fd,
        tls_cert=None if files is None else files[0],
        tls_key=None if files is None else files[1],
        client_ca=place.client_ca,
        is_self_signed=files is not None and place.tls_cert is None,
        is_demo=shown.is_demo,
        opens_metrics=place.opens_metrics,
        markets=markets,
    )
    return Prepared(errand, place, (first,) if second is None else (first, second), own)


def _markets(place: Place, folder: Path) -> tuple[MarketShown, ...]:
    """Read the files of markets, so that what is wrong in one is told before anything starts."""
    if not place.markets:
        return ()
    from enerwise.run.venue_read import read_market
    from enerwise.serve.sites import read_text

    shown, seen = list[MarketShown](), dict[str, Path]()
    for path in place.markets:
        facts = read_market(read_text(path), source=str(path))
        if seen.setdefault(facts.id, path) != path:
            problem = Problem(str(path), f"has the id {facts.id!r} of {seen[facts.id]}", "give each market its own")
            raise ProblemsFound("--market", [problem])
        shown.append(MarketShown(facts, folder))
    return tuple(shown)


def _files(place: Place, folder: Path) -> tuple[Path, Path] | None:
    try:
        files = tls_files(place, folder, LiveClock().now())
    except OSError as error:
        problem = Problem(str(folder), f"cannot be written: {error.strerror or error}", "check its rights")
        raise ProblemsFound("page", [problem]) from None
    if files is None:
        return None
    if place.tls_cert is None:
        say("The page speaks TLS with a certificate that this machine made; browsers ask once whether to trust it.")
        say(f"Compare before you do: SHA-256 {files.fingerprint()}")
    return files.cert, files.key


@contextlib.contextmanager
def kept(place: Place, shown: SiteShown) -> Iterator[None]:
    """Keep a face beside whatever runs in this process, and start it again when it dies.

    Raises:
        ProblemsFound: It cannot be started.
    """
    life_read, life_write = os.pipe()
    os.set_inheritable(life_read, True)
    face, ends = None, threading.Event()
    try:
        face = prepared(place, shown, life_fd=life_read)
        if face is None:
            yield
            return
        keeper = threading.Thread(target=_keep, args=(face, (life_read, *face.fds), ends), daemon=True)
        keeper.start()
        yield
        ends.set()
        os.close(life_write)
        life_write = -1
        keeper.join(GOODBYE_S + LOOK_S)
    finally:
        ends.set()
        for fd in (life_read, life_write):
            if fd >= 0:
                os.close(fd)
        if face is not None:
            face.close()


def _keep(face: Prepared, fds: tuple[int, ...], ends: threading.Event) -> None:
    from enerwise.serve.box import RESTART_PAUSES_S, born, waited

    deaths = 0
    child = born(MODULE, face.hand_down, fds)
    while not ends.wait(LOOK_S):
        if child.poll() is not None and not ends.wait(RESTART_PAUSES_S[min(deaths, len(RESTART_PAUSES_S) - 1)]):
            deaths += 1
            child = born(MODULE, face.hand_down, fds)
    waited(child)
