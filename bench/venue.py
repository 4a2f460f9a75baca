"""A market over HTTP: ten thousand orders a second through the batch endpoint, and from one order to its trade event.

The whole server in a process of its own, with accounts, keys, the guard, journal and ledger on disk; whoever
sends is another process. Orders are of a continuous market and meet as they come. The reference is a bare Starlette
route that reads the same bytes as JSON and sends as many back. Both are asked as fast as they answer for the ratio, per
second of a core, for what else the machine does would fall on either by chance; then ours is asked at the rate that is
promised, for as long. What else runs is told as the load of the machine.

Run: ``python bench/venue.py [seconds]``
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

AGENTS = 100
BATCH, RATE_PER_S, SECONDS = 1000, 10_000, 60.0
SENDERS = 8
"""Batches that may be under way at once."""
ROUNDS, ROUND_ORDERS, BARE_ORDERS = 3, 20_000, 400_000
SINGLES_S, EACH_S = 20.0, 1.0
"""How long every agent sends single orders, and how often."""
ORDERS = "/api/v1/markets/bench/orders"
TICKS = os.sysconf("SC_CLK_TCK")
HEAD = "Host: localhost\r\nContent-Type: application/json\r\n"
MARKET = """\
id: bench
name: Bench
timezone: UTC
product: intraday
mechanism: continuous
horizon: 48 h
limits: {volume: 1000000000 kWh, position: 1000000000 kWh, budget: 100000000 EUR}
balancing: {spot: 0.25 EUR/kWh}
participants:
"""


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].replace(".", "").isdigit() else SECONDS
    print(f"load of the machine at the beginning: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder, served("ours", folder) as ours:
        keys = Path(folder, "keys").read_text(encoding="utf-8").split()
        asking = Asking(keys, slot_start())
        told_ratio(ours, asking, folder)
        told_sustained(ours, asking, seconds)
        told_latency(ours, asking)


def told_ratio(ours: "Server", asking: "Asking", folder: str) -> None:
    """Print how many orders each second of a core takes, ours beside a bare route in turns."""
    with served("bare", folder) as bare:
        pairs = [
            (orders_per_core_s(ours, asking, ROUND_ORDERS), orders_per_core_s(bare, asking, BARE_ORDERS, path="/bare"))
            for _ in range(ROUNDS + 1)
        ]
    mine, theirs = (float(np.median(each)) for each in zip(*pairs[1:], strict=True))
    print(f"orders a second of a core: {mine:,.0f}, a bare Starlette route {theirs:,.0f}, ratio {mine / theirs:.2f}")


def told_sustained(server: "Server", asking: "Asking", seconds: float) -> None:
    """Print what rate the server holds at the rate that is promised, and what it costs."""
    cpu_s = server.cpu_s()
    began_s = time.perf_counter()
    taken = asyncio.run(paced(server, asking, seconds))
    took_s = time.perf_counter() - began_s
    count, waits_s = sum(each[0] for each in taken), np.array([each[1] for each in taken])
    share = (server.cpu_s() - cpu_s) / took_s
    print(
        f"{count:,} orders accepted in {took_s:.1f} s: {count / took_s:,.0f}/s (promised {RATE_PER_S:,}/s for "
        f"{SECONDS:.0f} s), {share:.0%} of a core; a batch of {BATCH} is answered in "
        f"{1e3 * np.median(waits_s):.0f} ms (median), {1e3 * np.percentile(waits_s, 99):.0f} ms (p99)"
    )


def told_latency(server: "Server", asking: "Asking") -> None:
    """Print how long it takes from sending one order to the event of its trade, under all agents."""
    waits_s, count = asyncio.run(singles(server, asking))
    print(
        f"{AGENTS} agents, an order every {EACH_S:g} s each: {count} orders, {waits_s.size} traded at once; "
        f"order to trade event {1e3 * np.median(waits_s):.1f} ms (median), "
        f"{1e3 * np.percentile(waits_s, 99):.1f} ms (p99, at most 100 ms)"
    )


# -- asking -------------------------------------------------------------------------------------------------------


@dataclass
class Asking:
    """Makes requests, each with ids of its own."""

    keys: Sequence[str]
    slot: str
    count: int = 0

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(1)

    def batch(self, count: int, *, agent: int | None = None, path: str = ORDERS) -> bytes:
        """Return a request with so many orders of one agent."""
        self.count += 1
        who = self.count % AGENTS if agent is None else agent
        body = json.dumps(
            {
                "slot": self.slot,
                "id": [f"{self.count}-{each}" for each in range(count)],
                "side": np.where(self._rng.random(count) < 0.5, "buy", "sell").tolist(),
                "quantity_wh": self._rng.integers(100, 2000, count).tolist(),
                "price_ueur_per_kwh": self._rng.integers(150_000, 350_000, count).tolist(),
            },
            separators=(",", ":"),
        ).encode()
        head = f"POST {path} HTTP/1.1\r\n{HEAD}Authorization: Bearer {self.keys[who]}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def orders_per_core_s(server: "Server", asking: Asking, count: int, *, path: str = ORDERS) -> float:
    """Return how many orders are taken for each second that the server is on a core. [1/s]"""
    if path == ORDERS:
        requests = [asking.batch(BATCH) for _ in range(count // BATCH)]
    else:
        requests = [asking.batch(BATCH, path=path)] * (count // BATCH)
    cpu_s = server.cpu_s()
    asyncio.run(flat_out(server, requests))
    return count / (server.cpu_s() - cpu_s)


async def flat_out(server: "Server", requests: list[bytes]) -> None:
    """Send all of them over a few connections, each as soon as the one before is answered."""

    async def send(wire: "Wire") -> None:
        while requests:
            await wire.ask(requests.pop())

    wires = [await Wire.to(server) for _ in range(SENDERS)]
    await asyncio.gather(*map(send, wires))
    for each in wires:
        each.close()


async def paced(server: "Server", asking: Asking, seconds: float) -> list[tuple[int, float]]:
    """Send batches at the promised rate; return how many orders of each were accepted, and when it was answered. [s]"""
    wires, free = [await Wire.to(server) for _ in range(SENDERS)], asyncio.Queue[Wire]()
    for each in wires:
        free.put_nowait(each)
    taken, tasks = list[tuple[int, float]](), list[asyncio.Task[None]]()
    began_s = time.perf_counter()

    async def send(wire: Wire, request: bytes, due_s: float) -> None:
        answer = json.loads(await wire.ask(request))
        taken.append((answer["accepted"], time.perf_counter() - due_s))
        free.put_nowait(wire)

    for number in range(int(seconds * RATE_PER_S / BATCH)):
        request, due_s = asking.batch(BATCH), began_s + number * BATCH / RATE_PER_S
        await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
        tasks.append(asyncio.create_task(send(await free.get(), request, due_s)))
    await asyncio.gather(*tasks)
    for each in wires:
        each.close()
    return taken


async def singles(server: "Server", asking: Asking) -> tuple[np.ndarray[Any, Any], int]:
    """Let every agent send single orders; return from sending to the event of the trade, and how many were sent."""
    asking.slot = slot_start(later_h=2)
    heard, sent = dict[int, float](), dict[int, float]()
    ear = asyncio.create_task(listen(server, asking, heard))
    await asyncio.sleep(1.0)
    ends_s = time.perf_counter() + SINGLES_S
    rng = np.random.default_rng(2)

    async def trade(agent: int, wait_s: float) -> None:
        wire = await Wire.to(server)
        await asyncio.sleep(wait_s)
        while time.perf_counter() < ends_s:
            began_s = time.perf_counter()
            answer = json.loads(await wire.ask(asking.batch(1, agent=agent)))
            # What rests and trades later trades when another comes; only what trades at once is timed.
            sent[answer["number"][0]] = began_s if answer["filled_wh"][0] else np.inf
            await asyncio.sleep(max(0.0, began_s + EACH_S - time.perf_counter()))
        wire.close()

    await asyncio.gather(*(trade(each, wait_s) for each, wait_s in enumerate(rng.random(AGENTS) * EACH_S)))
    await asyncio.sleep(1.0)
    ear.cancel()
    await asyncio.gather(ear, return_exceptions=True)
    timed = [number for number, began_s in sent.items() if began_s < np.inf]
    assert all(number in heard for number in timed), "a trade was told to nobody"
    return np.array([heard[number] - sent[number] for number in timed]), len(sent)


async def listen(server: "Server", asking: Asking, heard: dict[int, float]) -> None:
    """Note when each order is first told of in a trade."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 24)
    head = f"GET /api/v1/markets/bench/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {asking.keys[0]}"
    writer.write(f"{head}\r\n\r\n".encode())
    try:
        while line := await reader.readline():
            at_s = time.perf_counter()
            if not line.startswith(b'data: {"seq"'):
                continue
            told = json.loads(line[6:])
            if str(told.get("slot", "")).startswith(asking.slot[:16]):
                for number in (*told.get("buy", ()), *told.get("sell", ())):
                    heard.setdefault(number, at_s)
    finally:
        writer.close()


@dataclass
class Wire:
    """A connection that is kept."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def to(cls, server: "Server") -> "Wire":
        """Connect."""
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(reader, writer)

    async def ask(self, request: bytes) -> bytes:
        """Send a request and return the body of its answer."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await self.reader.readexactly(size)
        assert head.startswith(b"HTTP/1.1 200 "), body[:500]
        return body

    def close(self) -> None:
        """Let go."""
        self.writer.close()


# -- serving, in a process of its own -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Server:
    """A child that serves."""

    pid: int
    port: int

    def cpu_s(self) -> float:
        """Return how long it has run on a core, threads and kernel included. [s]"""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def served(kind: str, folder: str) -> Iterator[Server]:
    """Let a child serve ours or the bare route."""
    child = subprocess.Popen(
        [sys.executable, __file__, kind, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert child.stdout is not None
    try:
        yield Server(child.pid, int(child.stdout.readline()))
    finally:
        child.terminate()
        child.wait(timeout=60.0)
        child.stdout.close()


def serve(kind: str, folder: Path) -> None:
    """Serve until told to end."""
    import uvicorn

    from enerwise.serve import logs
    from enerwise.serve.face_process import SWITCH_S, uvicorn_options

    logs.configure()
    sys.setswitchinterval(SWITCH_S)
    app = ours(folder) if kind == "ours" else bare()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        print(listener.getsockname()[1], flush=True)
        config = uvicorn.Config(app, loop="uvloop", **uvicorn_options(tls=None))
        uvicorn.Server(config).run(sockets=[listener])


def bare() -> Any:
    """Return an application with one route, which reads what it is sent and sends as much back."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    async def take(request: Request) -> Response:
        return JSONResponse({**await request.json(), "accepted": 0})

    return Starlette(routes=[Route("/bare", take, methods=["POST"])])


def ours(folder: Path) -> Any:
    """Return the whole server, with a market and a key for each agent."""
    from enerwise.core.time import LiveClock
    from enerwise.run.venue_read import read_market
    from enerwise.serve.accounts.accounts import Accounts
    from enerwise.serve.api.face import Face
    from enerwise.serve.api.server import make_server
    from enerwise.serve.market_desk import MarketDesk, Places

    clock = LiveClock()
    accounts = Accounts.open(folder / "accounts", clock, origin="http://localhost", site_ids=())
    ids = asyncio.run(_keys(accounts, folder / "keys"))
    lines = [f"  - {{id: agent-{at}, accounts: [{each}], deposit: 100000000 EUR}}\n" for at, each in enumerate(ids)]
    facts = read_market(MARKET + "".join(lines))
    desk = MarketDesk(facts, clock, Places.within(folder, facts.id))
    return make_server(Face({}, accounts, clock, folder, markets={facts.id: desk}))


async def _keys(accounts: Any, path: Path) -> list[str]:
    """Issue a key that may trade to each agent; return their ids."""
    from enerwise.serve.api.access import Action, Caller

    person = await accounts.first_owner(name="Ada", email="ada@example.org", password="a short sentence of hers")
    scopes = {"*": frozenset({Action.SEE, Action.TRADE})}
    by = Caller(person.id, "person", person.name, scopes)
    issued = [await accounts.keys.issue(by, name=f"agent {at}", scopes=scopes, lasts_s=None) for at in range(AGENTS)]
    path.write_text("\n".join(each.secret for each in issued), encoding="utf-8")
    return [each.key.id for each in issued]


def slot_start(later_h: int = 0) -> str:
    """Return the start of a slot some hours from now."""
    now_s = int(time.time())
    start_s = now_s - now_s % 900 + 12 * 3600 + later_h * 3600
    return f"{np.datetime64(start_s, 's')}Z"


if __name__ == "__main__":
    if len(sys.argv) == 3:
        serve(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
