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
STARTS_S = 90.0
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
    rest_ms: list[float] = field(default_factory=list)
    """Until every device was read back at rest."""


def main() -> None:
    """Measure and print."""
    with a_demo() as (base, email, password):
        quiet = asyncio.run(pressed(base, email, password, readers=0, streams=0))
        loaded = asyncio.run(pressed(base, email, password, readers=READERS, streams=STREAMS))
    table = Table(title=f"{PRESSES} stops; {READERS} readers and {STREAMS} streams as load")
    for name in ("server", "receipt ms median", "worst", "all at rest ms median", "worst", "to the reference"):
        table.add_column(name, justify="right")
    for name, found in (("quiet", quiet), ("loaded", loaded)):
        ratio = np.median(found.receipt_ms) / np.median(quiet.receipt_ms)
        rests = found.rest_ms or [np.nan]
        told = [np.median(found.receipt_ms), np.max(found.receipt_ms), np.median(rests), np.max(rests)]
        table.add_row(name, *(f"{each:.0f}" for each in told), f"{ratio:.1f}")
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
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=base, timeout=60.0, limits=limits) as page:
        signed_in = await page.post("/api/v1/auth/sign-in", json={"email": email, "password": password})
        signed_in.raise_for_status()
        page.headers["X-CSRF-Token"] = (await page.get("/api/v1/auth/state")).json()["csrf_token"]
        async with load(page, readers, streams):
            for count in range(PRESSES):
                await press(page, f"bench-{readers}-{count}", figures)
    return figures


@contextlib.asynccontextmanager
async def load(page: httpx.AsyncClient, readers: int, streams: int) -> AsyncIterator[None]:
    """Read heavily, and listen, for as long as the block lasts."""

    async def read(count: int) -> None:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = await page.get(HEAVY[count % len(HEAVY)], headers={"If-None-Match": ""})
                # Whoever asks too often is told to wait; a busy page does.
                await asyncio.sleep(0.5 if answer.status_code == 429 else 0.0)

    async def listen() -> None:
        async with page.stream("GET", f"/api/v1/sites/{SITE}/events") as answer:
            async for _ in answer.aiter_raw():
                continue

    tasks = [asyncio.create_task(read(count)) for count in range(readers)]
    tasks += [asyncio.create_task(listen()) for _ in range(streams)]
    await asyncio.sleep(3.0 if tasks else 0.0)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def press(page: httpx.AsyncClient, stop_id: str, figures: Figures) -> None:
    """Stop by both ways at once as the page does, follow it, and start again."""
    began_s = time.perf_counter()
    receipt = await first_of(page, {"id": stop_id, "site": SITE, "what": "site"})
    figures.receipt_ms.append((time.perf_counter() - began_s) * 1e3)
    assert receipt.status_code == 202, receipt.text
    for _ in range(100):
        told = (await page.get(f"/stop/{stop_id}")).json()
        if told["state"] == "stopped":
            figures.rest_ms.append(max((each["confirmed_ms"] for each in told["devices"]), default=0.0))
            break
        await asyncio.sleep(0.05)
    await start_again(page)


async def first_of(page: httpx.AsyncClient, order: dict[str, str]) -> httpx.Response:
    """Return the first answer of the two ways to the server."""
    port = page.base_url.port or 80
    async with httpx.AsyncClient(cookies=page.cookies, timeout=30.0) as fresh:
        ways = [f"http://localhost:{each}/stop" for each in (port, port + 1)]
        sent = [asyncio.create_task(fresh.post(way, json=order)) for way in ways]
        done, rest = await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
        found = done.pop().result()
        await asyncio.gather(*rest, return_exceptions=True)
        return found


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
    main()
