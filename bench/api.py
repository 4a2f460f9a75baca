"""Typed reads of the API, who asks looked up each time, beside a bare route of the framework that sends the same bytes.

Both are served by the same server with the same settings, each in a process of its own, and asked in turns. Answers are
counted for each second of a core that the server has used: what else this machine does would fall on either by chance.

Run: ``python bench/api.py``
"""

import asyncio
import contextlib
import os
import selectors
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from enerwise.core.time import elapsed_s

CALLERS = 600
"""So many share the load, from as many places: each for himself may ask only some dozen times a second."""
CONNECTIONS = 8
ROUNDS, ROUND_S = 7, 0.8
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
LEAST_RATIO = 0.8
DAY = "/api/v1/sites/lindenweg-8/series?key=grid.power_w&key=home.power_w&from=2026-05-12T22:00Z&to=2026-05-13T20:00Z"
READS = {"a day of two channels at 15 min": f"{DAY}&step_s=900", "the list of sites": "/api/v1/sites"}
PLACES = ((f"127.0.{net}.{host}", 0) for net in range(1, 250) for host in range(1, 250))


def main() -> None:
    """Measure and print."""
    print(f"{'':44}{'ours':>12}{'reference':>12}{'ratio':>8}  reference")
    with tempfile.TemporaryDirectory() as folder, served("ours", folder) as ours:
        keys = Path(folder, "keys").read_text(encoding="utf-8").split()
        for name, path in READS.items():
            told(name, path, ours, keys, Path(folder))


def told(name: str, path: str, ours: "Server", keys: Sequence[str], folder: Path) -> None:
    """Ask both in turns and print a line: the median of the rounds, and of their ratios."""
    asking = [request(path, key) for key in keys]
    (folder / "body").write_bytes(once(ours, asking[0]))
    with served("bare", str(folder)) as bare:
        plain = [request("/bare", "")]
        pairs = [(rate(ours, asking), rate(bare, plain)) for _ in range(ROUNDS + 1)][1:]
    mine, theirs = (float(np.median(each)) for each in zip(*pairs, strict=True))
    ratio = float(np.median([one / other for one, other in pairs]))
    print(f"{name:44}{mine:>10.0f}/s{theirs:>10.0f}/s{ratio:>8.2f}  a bare route, at least {LEAST_RATIO}")


@dataclass(frozen=True, slots=True)
class Server:
    """A child that serves."""

    pid: int
    port: int

    def cpu_s(self) -> float:
        """Return how long it has run on a core, threads and kernel included. [s]"""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


# -- asking: as little work as can be, so that the server is what is measured -------------------------------------


@dataclass(slots=True)
class Wire:
    """A connection, and how much of its answer is still to come."""

    socket: socket.socket
    left: int = 0
    head: bytearray = field(default_factory=bytearray)


def rate(server: Server, asking: Sequence[bytes]) -> float:
    """Return how many answers come for each second of a core, over connections that are asked again at once. [1/s]"""
    selector, place, count = selectors.DefaultSelector(), 0, 0
    wires = [
        Wire(socket.create_connection(("127.0.0.1", server.port), source_address=next(PLACES)))
        for _ in range(CONNECTIONS)
    ]
    for wire in wires:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(wire.socket, selectors.EVENT_READ, wire)
        wire.socket.sendall(asking[place % len(asking)])
        place += 1
    began_s, used_s = elapsed_s(), server.cpu_s()
    while elapsed_s() - began_s < ROUND_S:
        for ready, _ in selector.select(timeout=1.0):
            if taken(ready.data):
                count, place = count + 1, place + 1
                ready.data.socket.sendall(asking[place % len(asking)])
    for wire in wires:
        wire.socket.close()
    return count / (server.cpu_s() - used_s)


def taken(wire: Wire) -> bool:
    """Read what is there; tell whether the answer is whole."""
    part = wire.socket.recv(1 << 16)
    assert part, "the server has closed the connection"
    if wire.left:
        wire.left -= len(part)
        return wire.left == 0
    wire.head += part
    end = wire.head.find(b"\r\n\r\n")
    if end < 0:
        return False
    assert wire.head.startswith(b"HTTP/1.1 200 "), bytes(wire.head[:end])
    size = int(wire.head[:end].lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    wire.left = size - (len(wire.head) - end - 4)
    wire.head.clear()
    return wire.left == 0


def once(server: Server, asked: bytes) -> bytes:
    """Return the body of one answer."""
    with socket.create_connection(("127.0.0.1", server.port)) as wire:
        wire.sendall(asked.replace(b"keep-alive", b"close"))
        answer = b"".join(iter(lambda: wire.recv(1 << 16), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    return body


def request(path: str, key: str) -> bytes:
    """Return a request as it goes over the wire."""
    proof = f"Authorization: Bearer {key}\r\n" if key else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n{proof}\r\n".encode()


# -- serving, in a process of its own -----------------------------------------------------------------------------


@contextlib.contextmanager
def served(kind: str, folder: str) -> Iterator[Server]:
    """Let a child serve ours or the bare route."""
    child = subprocess.Popen([sys.executable, __file__, kind, folder], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield Server(child.pid, int(child.stdout.readline()))
    finally:
        child.terminate()
        child.wait(timeout=20.0)
        child.stdout.close()


def serve(kind: str, folder: Path) -> None:
    """Serve until told to end."""
    import uvicorn

    from enerwise.serve import logs
    from enerwise.serve.face_process import uvicorn_options

    logs.configure()
    app = ours(folder) if kind == "ours" else bare((folder / "body").read_bytes())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        print(listener.getsockname()[1], flush=True)
        options = uvicorn_options(tls=None)
        config = uvicorn.Config(app, loop="uvloop", **options)
        uvicorn.Server(config).run(sockets=[listener])


def bare(body: bytes) -> Any:
    """Return an application with one route, which knows its answer."""
    from fastapi import FastAPI, Response

    app = FastAPI()

    @app.get("/bare")
    async def read() -> Response:
        return Response(body, media_type="application/json")

    return app


def ours(folder: Path) -> Any:
    """Return the whole server over a home that was really run, with a key for each caller."""
    from dataclasses import replace

    from enerwise.serve.accounts.accounts import Accounts
    from enerwise.serve.api.server import make_server
    from tests.serve.api.builders import FOREIGN, OWN, a_face

    face = a_face(folder)
    accounts = Accounts.open(folder / "accounts", face.clock, origin=face.origin, site_ids=(OWN, FOREIGN))
    keys = asyncio.run(_keys(accounts))
    (folder / "keys").write_text("\n".join(keys), encoding="utf-8")
    return make_server(replace(face, accounts=accounts))


async def _keys(accounts: Any) -> list[str]:
    person = await accounts.first_owner(name="Ada", email="ada@example.org", password="a short sentence of hers")
    return [await accounts.issue_key(person.id, name=f"key {count}") for count in range(CALLERS)]


if __name__ == "__main__":
    if len(sys.argv) == 3:
        serve(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
