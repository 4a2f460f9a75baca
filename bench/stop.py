"""The emergency stop of the page on a loaded server: from the press to its receipt, and to the first device at rest.

The home is the demo's, with door and simulated plant, as `enerwise run --demo` starts it. The load is two hundred
readers of long series, savings and plans at once, beside live streams. The reference is the same without a load.
"""

import asyncio
import contextlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

SITE, READERS, STREAMS, PRESSES = "demo-home", 200, 50, 8
SIGN_IN = re.compile(r"sign in as (\S+) with the password (\S+)")
STARTS_S, SETTLES_S = 90.0, 5.0
KEYS = 10
"""Of the load: programs of ten owners, each with a rate of its own."""
HEAVY = (
    f"/api/v1/sites/{SITE}/series?key=grid.power_w&key=home.power_w&key=battery.power_w&step_s=900&from=2026-01-01T00:00Z",
    f"/api/v1/sites/{SITE}/savings",
    f"/api/v1/sites/{SITE}/plan",
    f"/api/v1/sites/{SITE}/notices",
)


@dataclass
class Figures:
    """What presses took."""

    receipt_ms: list[float] = field(default_factory=list)
    told_ms: list[float] = field(default_factory=list)
    """Until every device had acknowledged its safe value: the first command is older than that."""
    rest_ms: list[float] = field(default_factory=list)
    """Until every device was read back at rest."""


def main() -> None:
    """Measure and print."""
    with a_demo() as (base, email, password):
        quiet = asyncio.run(pressed(base, email, password, readers=0, streams=0))
        loaded = asyncio.run(pressed(base, email, password, readers=READERS, streams=STREAMS))
    table = Table(title=f"{PRESSES} stops; {READERS} readers and {STREAMS} streams as load")
    heads = ("receipt", "devices told", "devices at rest")
    for name in ("server", *(f"{each} ms, median / worst" for each in heads), "receipt to the reference"):
        table.add_column(name, justify="right")
    for name, found in (("quiet", quiet), ("loaded", loaded)):
        ratio = np.median(found.receipt_ms) / np.median(quiet.receipt_ms)
        taken = [each or [np.nan] for each in (found.receipt_ms, found.told_ms, found.rest_ms)]
        table.add_row(name, *(f"{np.median(each):.0f} / {np.max(each):.0f}" for each in taken), f"{ratio:.1f}")
    Console().print(table)


@contextlib.contextmanager
def a_demo() -> Iterator[tuple[str, str, str]]:
    """Run the demo home; gives address, e-mail and password."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        out = Path(folder) / "out.txt"
        with out.open("w", encoding="utf-8") as stream:
            command = [str(Path(sys.executable).with_name("enerwise")), "run", "--demo", "--port", str(port)]
            home = subprocess.Popen([*command, "--out", f"{folder}/home"], stdout=stream, stderr=subprocess.DEVNULL)
        try:
            yield (f"http://localhost:{port}", *_signs_in(out))
        finally:
            home.send_signal(signal.SIGINT)
            home.wait(timeout=30.0)


def _signs_in(out: Path) -> tuple[str, str]:
    until_s = time.monotonic() + STARTS_S
    while time.monotonic() < until_s:
        text = out.read_text(encoding="utf-8")
        if (found := SIGN_IN.search(text)) and "Door: running" in text:
            return found[1], found[2]
        time.sleep(0.2)
    sys.exit("the demo home did not start in time")


async def pressed(base: str, email: str, password: str, *, readers: int, streams: int) -> Figures:
    """Press stop some times, with a load beside it."""
    figures = Figures()
    async with httpx.AsyncClient(base_url=base, timeout=60.0) as page:
        signed_in = await page.post("/api/v1/auth/sign-in", json={"email": email, "password": password})
        signed_in.raise_for_status()
        page.headers["X-CSRF-Token"] = (await page.get("/api/v1/auth/state")).json()["csrf_token"]
        async with load(page, readers, streams):
            for count in range(PRESSES):
                await press(page, f"bench-{readers}-{count}", figures)
    return figures


@contextlib.asynccontextmanager
async def load(page: httpx.AsyncClient, readers: int, streams: int) -> AsyncIterator[None]:
    """Let another process read heavily, and listen, for as long as the block lasts."""
    if not readers:
        yield
        return
    keys = [await a_key(page, each) for each in range(KEYS)]
    told = [str(page.base_url), ",".join(keys), str(readers), str(streams)]
    crowd = await asyncio.create_subprocess_exec(sys.executable, __file__, *told)
    await asyncio.sleep(SETTLES_S)
    try:
        yield
    finally:
        crowd.kill()
        await crowd.wait()


async def a_key(page: httpx.AsyncClient, count: int) -> str:
    """Return a key of a program that reads."""
    asked = {"name": f"reader {count}", "scopes": {SITE: ["see"]}}
    answer = await page.post("/api/v1/keys", json=asked)
    answer.raise_for_status()
    return str(answer.json()["secret"])


async def crowd(base: str, keys: str, readers: int, streams: int) -> None:
    """Read and listen until killed, a connection for each."""
    host, port = base.removeprefix("http://").rstrip("/").split(":")
    shown = [f"Host: {host}:{port}\r\nAuthorization: Bearer {each}\r\n" for each in keys.split(",")]

    async def read(count: int) -> None:
        path = HEAVY[count % len(HEAVY)]
        request = f"GET {path} HTTP/1.1\r\n{shown[count % len(shown)]}Connection: close\r\n\r\n"
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
                writer.write(request.encode())
                head = await reader.read(64)
                while await reader.read(1 << 16):
                    continue
                writer.close()
                # Whoever asks too often is told to wait; a busy page does.
                await asyncio.sleep(0.5 if b" 429 " in head else 0.0)

    async def listen() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        request = f"GET /api/v1/sites/{SITE}/events HTTP/1.1\r\n{shown[0]}\r\n"
        writer.write(request.encode())
        while await reader.read(1 << 16):
            continue

    await asyncio.gather(*(read(count) for count in range(readers)), *(listen() for _ in range(streams)))


async def press(page: httpx.AsyncClient, stop_id: str, figures: Figures) -> None:
    """Stop by both ways at once as the page does, follow it, and start again."""
    order, port = {"id": stop_id, "site": SITE, "what": "site"}, page.base_url.port or 80
    # A browser has its connections open already; making a client costs more than a stop.
    async with httpx.AsyncClient(cookies=page.cookies, timeout=30.0, verify=False) as fresh:
        began_s = time.perf_counter()
        sent = [
            asyncio.create_task(fresh.post(f"http://localhost:{each}/stop", json=order)) for each in (port, port + 1)
        ]
        done, rest = await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
        figures.receipt_ms.append((time.perf_counter() - began_s) * 1e3)
        receipt = done.pop().result()
        assert receipt.status_code == 202, receipt.text
        await asyncio.gather(*rest, return_exceptions=True)
        await followed(fresh, f"http://localhost:{port + 1}/stop/{stop_id}", figures)
    await start_again(page)


async def followed(page: httpx.AsyncClient, address: str, figures: Figures) -> None:
    """Follow a stop until every device was read back at rest; one that never was is no figure."""
    for _ in range(100):
        told = (await page.get(address)).json()
        if told["state"] == "stopped":
            figures.told_ms.append(figures.receipt_ms[-1] + told["answered_ms"])
            figures.rest_ms.append(max((each["confirmed_ms"] for each in told["devices"]), default=0.0))
            return
        await asyncio.sleep(0.05)


async def start_again(page: httpx.AsyncClient) -> None:
    """Reset with the cause, then start."""
    safety = f"/api/v1/sites/{SITE}/safety"
    for _ in range(50):
        state = (await page.get(safety)).json()
        if state.get("state") == "running":
            return
        if state.get("state") in ("stopped", "error"):
            await page.post(f"{safety}/reset", json={"cause": state["why"]})
        elif state.get("state") == "idle":
            await page.post(f"{safety}/start")
        await asyncio.sleep(0.2)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(crowd(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
    else:
        main()
