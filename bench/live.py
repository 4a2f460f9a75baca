"""A thousand browsers hear live events, one message a second: all delivered, and the server's share of one core.

The server is the whole one, with accounts and everything before the routes; each client holds a key. The reference is a
bare Starlette application that hands the same bytes to as many streams.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
CLIENTS, SECONDS, SETTLES_S, ARRIVES_S = 1000, 20, 4.0, 1.0
NUMBER = re.compile(rb"id: (\d+)\nevent: delta\n")
KEYS = 10
"""Nobody may ask for everything at once: browsers of ten people."""
TICKS = os.sysconf("SC_CLK_TCK")
PATH = "/api/v1/sites/lindenweg-8/events"


def main() -> None:
    """Measure and print."""
    table = Table(title=f"{CLIENTS} clients, one message a second, {SECONDS} s")
    for name in ("server", "delivered", "of one core", "to the reference"):
        table.add_column(name, justify="right")
    bare_share, bare_ratio = measured("bare")
    share, ratio = measured("enerwise")
    table.add_row("bare Starlette", f"{bare_ratio:.2%}", f"{bare_share:.1%}", "1.00")
    table.add_row("Enerwise", f"{ratio:.2%}", f"{share:.1%}", f"{share / bare_share:.2f}")
    Console().print(table)


def measured(kind: str) -> tuple[float, float]:
    """Return the server's share of one core, and the share of messages that arrived."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, __file__, kind, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert server.stdout is not None
        try:
            port, key = server.stdout.readline().split()
            return asyncio.run(listened(server.pid, int(port), key))
        finally:
            server.kill()
            server.wait()


class Ear(asyncio.Protocol):
    """One client: notes the numbers of the messages that arrive."""

    def __init__(self, request: bytes) -> None:
        self._request, self._tail = request, b""
        self.numbers: set[int] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note the numbers in a piece of the stream."""
        data = self._tail + data
        self.numbers.update(int(each) for each in NUMBER.findall(data))
        # A number that is cut in half is found whole with the next piece, and one that is found twice counts once.
        self._tail = data[-32:]


async def listened(pid: int, port: int, key: str) -> tuple[float, float]:
    """Listen with all clients for a while."""
    head = f"GET {PATH} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer "
    requests = [f"{head}{each}\r\n\r\n".encode() for each in key.split(",")]
    loop = asyncio.get_running_loop()
    ears: list[Ear] = []
    for count in range(CLIENTS):
        request = requests[count % len(requests)]
        ears.append((await loop.create_connection(partial(Ear, request), "127.0.0.1", port))[1])
    await asyncio.sleep(SETTLES_S)
    first, began_s, cpu_s = await told(port), time.perf_counter(), used_s(pid)
    await asyncio.sleep(SECONDS)
    share = (used_s(pid) - cpu_s) / (time.perf_counter() - began_s)
    last = await told(port)
    await asyncio.sleep(ARRIVES_S)
    sent = set(range(first + 1, last + 1))
    return share, sum(len(each.numbers & sent) for each in ears) / (len(sent) * CLIENTS)


async def told(port: int) -> int:
    """Return how many messages the server has told so far."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /count HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return int(answer.rpartition(b"\r\n\r\n")[2])


def used_s(pid: int) -> float:
    """Return the processor time of a process so far. [s]"""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


# ---------------------------------------------------------------------------------------------------------------
# The servers, each in a process of its own


def serve(kind: str, folder: Path) -> None:
    """Be a server until killed."""
    import socket

    import uvicorn

    from enerwise.serve import logs

    logs.configure()
    app, key = (asyncio.run(enerwise(folder))) if kind == "enerwise" else (bare(), "none")
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    print(listener.getsockname()[1], key, flush=True)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", log_config=None, access_log=False, backlog=2048)
    uvicorn.Server(config).run([listener])


async def enerwise(folder: Path) -> tuple[Any, str]:
    """Return the whole server with a home whose meter moves once a second, and a key."""
    from enerwise.core.time import LiveClock
    from enerwise.serve.accounts.accounts import Accounts
    from enerwise.serve.api.face import Desk, Face, SocketLine
    from enerwise.serve.api.server import make_server
    from enerwise.store.memory import MemoryStore
    from tests.serve.api.builders import OWN, ADoor, a_home

    class Moving(ADoor):
        def look(self) -> Any:
            self.grid_w = float(int(time.time()) % 5000)
            return super().look()

    clock = LiveClock()
    accounts = Accounts.open(folder / "accounts", clock, origin="http://localhost", site_ids=(OWN,))
    person = await accounts.first_owner(name="Ada", email="ada@example.org", password="correct horse battery")
    keys = [await accounts.issue_key(person.id, name=f"browser {each}") for each in range(KEYS)]
    line = SocketLine(folder / "nobody.sock")
    desk = Desk(a_home(), MemoryStore(), folder, Moving(), line, line)
    face = Face({OWN: desk}, accounts, clock, folder)
    way = make_server(face)

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == "/count":
            hub = app.state.hubs[OWN]
            await answer(send, str(hub.number).encode())
        else:
            await way(scope, receive, send)

    app: Any = way._behind._app  # type: ignore[union-attr]
    return counted, ",".join(keys)


def bare() -> Any:
    """Return an application that does nothing but hand bytes to streams."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response, StreamingResponse
    from starlette.routing import Route

    queues: set[asyncio.Queue[bytes]] = set()
    count = [0]
    content = b"\nevent: delta\ndata: " + b"x" * 700 + b"\n\n"

    async def stream(request: Request) -> Response:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        queues.add(queue)

        async def told() -> Any:
            while True:
                yield await queue.get()

        return StreamingResponse(told(), media_type="text/event-stream")

    async def tell() -> None:
        while True:
            await asyncio.sleep(1.0)
            count[0] += 1
            message = b"id: %d" % count[0] + content
            for queue in queues:
                queue.put_nowait(message)

    async def number(request: Request) -> Response:
        return Response(str(count[0]))

    import contextlib

    @contextlib.asynccontextmanager
    async def life(app: Any) -> Any:
        task = asyncio.create_task(tell())
        yield
        task.cancel()

    return Starlette(routes=[Route(PATH, stream), Route("/count", number)], lifespan=life)


async def answer(send: Any, body: bytes) -> None:
    """Answer with a text."""
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    if len(sys.argv) > 2:
        serve(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
