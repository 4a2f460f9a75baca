"""A foreign charge point: the npm package ocpp-rpc in strict mode, installed once beside the virtual environment.

    async with charge_point(endpoint, "CP-1", "1.6") as charger:
        await charger.do("boot")
        await charger.until("got", "SetChargingProfile")

It needs node and npm, and a registry at the first run; without them the test is skipped.
"""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).with_name("ocpp")
PACKAGES = ("package.json", "package-lock.json")
NEEDS = "the foreign charge point needs node and npm (nodejs.org, version 18 or newer)"
INSTALL_S = 120.0
PATIENCE_S = 8.0


class ChargePoint:
    """The program, while it runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.told: list[dict[str, Any]] = []
        """Everything it has said."""

    async def do(self, deed: str, **words: Any) -> Any:
        """Give a command, and return what came of it."""
        assert self._process.stdin is not None
        self._process.stdin.write((json.dumps({"do": deed, **words}) + "\n").encode())
        row = await self.until("did", deed)
        assert "error" not in row, row
        return row["result"]

    async def until(self, name: str, value: object = None) -> dict[str, Any]:
        """Return what it says next under a name, with this value where one is given."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                row = await self._next()
                if name in row and value in (None, row[name]):
                    return row

    def asked(self, method: str) -> list[dict[str, Any]]:
        """Return what it was asked so far under a name."""
        return [each["params"] for each in self.told if each.get("got") == method]

    async def _next(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, f"the charge point has ended; it said {self.told[-5:]}"
        row: dict[str, Any] = json.loads(line)
        assert "invalid" not in row and "broke" not in row, row
        self.told.append(row)
        return row


@asynccontextmanager
async def charge_point(endpoint: str, identity: str, version: str, password: str = "") -> AsyncIterator[ChargePoint]:
    """Run the program for as long as the block lasts."""
    program = [str(node()), str(FOLDER / "charge_point.mjs"), str(installed()), endpoint, identity, version, password]
    process = await asyncio.create_subprocess_exec(
        *program, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield ChargePoint(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        # All of what it said is read to the end, so that nothing of it is left open.
        await process.communicate()


def node() -> str:
    """Return where node is; skip the test where it is not."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        pytest.skip(NEEDS)
    return found


def installed() -> Path:
    """Return the folder the packages are in, installed where they have not been before; skip the test otherwise."""
    found = _installed()
    if isinstance(found, str):
        pytest.skip(found)
    return found


@cache
def _installed() -> Path | str:
    content = b"".join((FOLDER / name).read_bytes() for name in PACKAGES)
    folder = Path(sys.prefix) / ".enerwise-npm" / hashlib.sha256(content).hexdigest()[:16]
    if (folder / "node_modules" / "ocpp-rpc").exists():
        return folder
    # Under a name of its own first: another process may be installing the same.
    rough = folder.with_suffix(f".{os.getpid()}")
    rough.mkdir(parents=True, exist_ok=True)
    for name in PACKAGES:
        shutil.copy(FOLDER / name, rough / name)
    problem = _fetch(rough)
    if problem:
        shutil.rmtree(rough, ignore_errors=True)
        return problem
    with suppress(OSError):
        rough.rename(folder)
    return folder if folder.exists() else rough


def _fetch(folder: Path) -> str:
    """Fetch the packages, and return why that is not possible."""
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        return f"npm does not fetch ocpp-rpc within {INSTALL_S:g} s"
    return f"npm cannot fetch ocpp-rpc: {done.stderr.strip()[-200:]}" if done.returncode else ""
