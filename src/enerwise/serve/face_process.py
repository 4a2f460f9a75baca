"""`python -m enerwise.serve.face_process`: the web server, a process of its own that reads, asks, and moves nothing.

It is handed open sockets and what to show through a pipe, once. When it dies, turns and door go on without it, and the
parent starts it again; when the parent is gone it ends.
"""

import asyncio
import gc
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enerwise.core.time import LiveClock, now_ns
from enerwise.devices.door_words import TOLD_BYTES, Told
from enerwise.devices.mailbox import Mailbox
from enerwise.serve.api.face import Desk, Door, Face, NoDoor, SocketLine
from enerwise.serve.console import say
from enerwise.serve.errand import take_as
from enerwise.serve.face_errand import FaceErrand, SiteShown
from enerwise.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from enerwise.run.venue import Venue
    from enerwise.run.venue_facts import Facts
    from enerwise.serve.market_desk import MarketDesk

SILENT_NS: Final = 3_000_000_000
"""What a door said longer ago is no news."""
GRACE_S: Final = 2
"""Streams never end by themselves; at the end they are cut after so long."""
LOOK_S: Final = 0.02
SWITCH_S: Final = 0.0005
MESSAGE_BYTES: Final = 1 << 16
"""Of one message on a socket; more than any command has."""
SITE_SOCKET: Final = "site.sock"
DOOR_SOCKET: Final = "door.sock"


class MailboxDoor:
    """The newest words of a door, out of shared memory, read only when they are new."""

    def __init__(self, told_fd: int) -> None:
        self._mailbox = Mailbox(told_fd, TOLD_BYTES, only_reads=True)
        self._sequence = -1
        self._told: Told | None = None

    def look(self) -> Told | None:
        """Return what the door says; None where it has said nothing lately."""
        message = self._mailbox.read()
        if message is None or now_ns() - message.written_ns > SILENT_NS:
            return None
        if message.sequence != self._sequence:
            self._told, self._sequence = Told.from_bytes(message.content), message.sequence
        return self._told


def main() -> None:
    """Be the face until the parent is gone."""
    errand = take_as(FaceErrand, sys.stdin.buffer)
    # The parent decides when to go; a key pressed in its terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nearly all that is read in stays: looking through it for garbage again and again would only take time.
    gc.disable()
    from enerwise.serve import logs

    logs.configure()
    # Threads that reckon give way sooner, so that a stop waits less for them.
    sys.setswitchinterval(SWITCH_S)
    serve(errand)


def serve(errand: FaceErrand) -> None:
    """Show the sites of an errand until the parent is gone."""
    from enerwise.serve.accounts.accounts import Accounts
    from enerwise.serve.api.server import make_server, stop_thread

    clock = LiveClock()
    desks = {each.site.id: _desk(each) for each in errand.sites}
    accounts = Accounts.open(errand.folder, clock, origin=errand.origin, site_ids=tuple(desks), is_demo=errand.is_demo)
    settings = {
        "opens_metrics": errand.opens_metrics,
        "stop_port": None if errand.stop_fd is None else _port(errand.stop_fd),
        "is_self_signed": errand.is_self_signed,
    }
    markets = _markets(errand, clock, desks)
    face = Face(desks, accounts, clock, errand.folder, errand.origin, errand.is_demo, settings, markets)
    try:
        way = make_server(face)
        with stop_thread(way, errand.stop_fd, uvicorn_options(_tls(errand))):
            asyncio.run(_until_alone(way, errand, lambda: say(greeting(face))))
    finally:
        accounts.close()
        for market in markets.values():
            market.close()
        for each in desks.values():
            each.store.close()


def _desk(shown: SiteShown) -> Desk:
    door: Door = NoDoor() if shown.told_fd is None else MailboxDoor(shown.told_fd)
    return Desk(
        site=shown.site,
        store=SqliteStore(shown.store_path, read_only=True),
        folder=shown.folder,
        door=door,
        site_line=SocketLine(shown.folder / SITE_SOCKET),
        door_line=SocketLine(shown.folder / DOOR_SOCKET),
        site_path=shown.path,
        is_demo=shown.is_demo,
    )


def _markets(errand: FaceErrand, clock: LiveClock, desks: Mapping[str, Desk]) -> "dict[str, MarketDesk]":
    if not errand.markets:
        return {}
    from enerwise.serve.market_deliveries import Deliveries
    from enerwise.serve.market_desk import MarketDesk, Places

    found = dict[str, MarketDesk]()
    for each in errand.markets:
        facts, places = each.facts, Places.within(each.folder, each.facts.id)
        beside, deliveries = _crew(facts, desks), Deliveries(facts, desks)
        found[facts.id] = MarketDesk(facts, clock, places, beside=beside, deliveries=deliveries)
    return found


def _crew(facts: "Facts", desks: Mapping[str, Desk]) -> "Callable[[Venue, int], None]":
    """Return what works beside a market, called together at its first tick: the first page does not wait for it."""

    @cache
    def called() -> "Callable[[Venue, int], None]":
        from enerwise.serve.market_crew import crew

        return crew(facts, desks)

    def work(venue: "Venue", at_ns: int) -> None:
        called()(venue, at_ns)

    return work


async def _until_alone(app: "ASGIApp", errand: FaceErrand, welcome: Callable[[], None]) -> None:
    import uvicorn

    config = uvicorn.Config(app, timeout_graceful_shutdown=GRACE_S, **uvicorn_options(_tls(errand)))
    server = uvicorn.Server(config)
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.remove_reader(errand.life_fd)
        server.should_exit = True

    loop.add_reader(errand.life_fd, end)
    served = asyncio.create_task(server.serve(sockets=[socket.socket(fileno=errand.socket_fd)]))
    while not server.started and not served.done():
        await asyncio.sleep(LOOK_S)
    gc.freeze()
    gc.enable()
    welcome()
    with suppress(asyncio.CancelledError):
        await served


def greeting(face: Face) -> str:
    """Say where the page is, and how to come in for the first time."""
    accounts = face.accounts
    if (found := accounts.demo_sign_in) is not None:
        return f"Page: {face.origin}\n  sign in as {found[0]} with the password {found[1]}"
    if (word := accounts.first_run_word) is not None:
        return f"Page: {face.origin}\n  nobody owns it yet; become its owner: {face.origin}/first-run?token={word}"
    return f"Page: {face.origin}"


def uvicorn_options(tls: tuple[Path, Path, Path | None] | None) -> dict[str, Any]:
    """Return how every listener of the face is run."""
    options: dict[str, Any] = {
        "http": "httptools",
        "log_config": None,
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
        "ws_max_size": MESSAGE_BYTES,
    }
    if tls is None:
        return options
    cert, key, client_ca = tls
    options |= {"ssl_certfile": cert, "ssl_keyfile": key}
    if client_ca is not None:
        options |= {"ssl_ca_certs": client_ca, "ssl_cert_reqs": ssl.CERT_REQUIRED}
    return options


def _tls(errand: FaceErrand) -> tuple[Path, Path, Path | None] | None:
    if errand.tls_cert is None or errand.tls_key is None:
        return None
    return errand.tls_cert, errand.tls_key, errand.client_ca


def _port(fd: int) -> int:
    with socket.socket(fileno=os.dup(fd)) as looked:
        return int(looked.getsockname()[1])


if __name__ == "__main__":
    main()
    # Threads that still wait for a disk must not hold up the end.
    sys.stdout.flush()
    os._exit(0)
