"""`enerwise run --demo`: how long until its page answers, and until the first new plan can be read there.

The first start lives through four weeks before it serves; each later start goes on where the last ended. The server is
a process of its own and is timed from its birth, as the kernel tells it; the command is timed from its call. The
reference is a bare FastAPI application on uvicorn, from its call to its first answer, started in between. What either
server itself reckoned until then is told beside it: on a busy machine that says more.

Run: ``python bench/ready.py``
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

SITE, SERVER = "demo-home", b"enerwise.serve.face_process"
SIGN_IN = re.compile(r"sign in as (\S+) with the password (\S+)")
STARTS, LOOK_S, PATIENCE_S, SETTLES_S = 4, 0.01, 180.0, 30.0
READY_S, PLAN_S = 3.0, 20.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
BARE = """
import sys, fastapi, uvicorn
app = fastapi.FastAPI()
app.get("/health")(lambda: {})
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


@dataclass(frozen=True, slots=True)
class Start:
    """What one start took. [s]"""

    command_s: float
    """From the call of the command to the first answer of the page."""
    server_s: float
    """From the birth of the server to the same."""
    plan_s: float
    """From the birth of the server to the first plan that was made since."""
    cpu_s: float
    """What the server reckoned until its first answer."""
    bare_s: float
    """Of the reference, right before."""
    bare_cpu_s: float


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        first, *later = [started(Path(folder)) for _ in range(STARTS)]
    title = f"median of {len(later)} starts; the very first took {first.command_s:.1f} s, with four weeks to live"
    table = Table(title=title)
    for name in ("from", "until", "s", "worst s", "bound s", "to the reference", "first start s"):
        table.add_column(name, justify="right")
    for begin, end, name, reference, bound_s in (
        ("server's birth", "page answers", "server_s", "bare_s", READY_S),
        ("", "the same, reckoned", "cpu_s", "bare_cpu_s", None),
        ("server's birth", "plan served", "plan_s", "bare_s", PLAN_S),
        ("call of the command", "page answers", "command_s", "bare_s", None),
        ("call of bare FastAPI", "first answer", "bare_s", "bare_s", None),
        ("", "the same, reckoned", "bare_cpu_s", "bare_cpu_s", None),
    ):
        taken, theirs = ([float(getattr(each, field)) for each in later] for field in (name, reference))
        facts = (
            np.median(taken),
            np.max(taken),
            f"{bound_s:g}" if bound_s else "",
            np.median(taken) / np.median(theirs),
        )
        told = (each if isinstance(each, str) else f"{each:.2f}" for each in facts)
        table.add_row(begin, end, *told, f"{getattr(first, name):.2f}")
    Console().print(table)


def started(folder: Path) -> Start:
    """Start the reference, then the demo in a folder, and return what both took."""
    bare_s, bare_cpu_s = bare()
    port, out = free_port(), folder / "out.txt"
    command = [str(Path(sys.executable).with_name("enerwise")), "run", "--demo", "--port", str(port)]
    with out.open("w", encoding="utf-8") as stream:
        began_s = time.monotonic()
        home = subprocess.Popen([*command, "--out", str(folder / "home")], stdout=stream, stderr=subprocess.DEVNULL)
    with ended(home):
        answered_s = answering(home, port)
        born_s, cpu_s = server_of(home.pid)
        plan_s = planned(f"http://127.0.0.1:{port}", out, born_s)
    return Start(answered_s - began_s, answered_s - born_s, plan_s - born_s, cpu_s, bare_s, bare_cpu_s)


def bare() -> tuple[float, float]:
    """Return how long a bare application takes, and what it reckons. [s]"""
    port, began_s = free_port(), time.monotonic()
    server = subprocess.Popen([sys.executable, "-c", BARE, str(port)])
    with ended(server):
        return answering(server, port) - began_s, facts_of(Path(f"/proc/{server.pid}"))[2]


def answering(process: subprocess.Popen[bytes], port: int) -> float:
    """Wait until a server of a process answers, whatever it says, and return when that was. [s, monotonic]"""
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s and process.poll() is None:
        with contextlib.suppress(OSError, HTTPException):
            asking = HTTPConnection("127.0.0.1", port, timeout=5.0)
            asking.request("GET", "/health")
            asking.getresponse().read()
            return time.monotonic()
        time.sleep(LOOK_S)
    sys.exit(f"nobody answered at port {port} within {PATIENCE_S:.0f} s")


def server_of(parent: int) -> tuple[float, float]:
    """Return when the server among the children of a process was born [s, monotonic], and what it has reckoned. [s]"""
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent_of_it, born_s, cpu_s = facts_of(path)
            if parent_of_it == parent and SERVER in (path / "cmdline").read_bytes():
                return born_s, cpu_s
    sys.exit("the demo runs without a server")


def facts_of(path: Path) -> tuple[int, float, float]:
    """Return the parent of a process, when it was born [s, monotonic], and what it has reckoned. [s]"""
    facts = (path / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(facts[1]), int(facts[19]) / TICKS_PER_S, (int(facts[11]) + int(facts[12])) / TICKS_PER_S


def planned(base: str, out: Path, born_s: float) -> float:
    """Wait until a plan can be read that is younger than the server, and return when that was. [s, monotonic]"""
    since = np.datetime64(round((time.time() - (time.monotonic() - born_s)) * 1e3), "ms")
    with httpx.Client(base_url=base, timeout=30.0) as page:
        email, password = signs_in(out)
        page.post("/api/v1/auth/sign-in", json={"email": email, "password": password}).raise_for_status()
        while time.monotonic() < born_s + PATIENCE_S:
            answer = page.get(f"/api/v1/sites/{SITE}/plan")
            if answer.is_success and np.datetime64(answer.json()["made_at"].removesuffix("Z"), "ms") >= since:
                return time.monotonic()
            time.sleep(0.1)
    sys.exit("no plan was served")


def signs_in(out: Path) -> tuple[str, str]:
    """Return e-mail and password, as the demo prints them."""
    until_s = time.monotonic() + SETTLES_S
    while time.monotonic() < until_s:
        if found := SIGN_IN.search(out.read_text(encoding="utf-8")):
            return found[1], found[2]
        time.sleep(LOOK_S)
    sys.exit("the demo tells nobody how to sign in")


@contextlib.contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let a process run for as long as the block lasts."""
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=SETTLES_S)


def free_port() -> int:
    """Return a port that is free, and the next with it, where the stop listens."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                other.bind(("127.0.0.1", port + 1))
                return port


if __name__ == "__main__":
    main()
