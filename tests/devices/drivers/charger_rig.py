"""A central system on a free loopback port for a test, permits for it, and a plain client that may say anything."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key, Reading
from enerwise.core.time import LiveClock
from enerwise.devices.drivers.ocpp import Ocpp
from enerwise.devices.seat import Seat
from enerwise.guard.permit import Checker, Permit, seal
from enerwise.site.wiring import OCPP, Device
from tests.peers.ports import LOOPBACK, free_port

KEY = bytes(range(32))
CAR = "car"
SAFE_W = 1380.0
PATIENCE_S = 5.0
LOOK_S = 0.005


def a_device(port: int = 9000, serves: dict[str, str] | None = None, **facts: Any) -> Device:
    """A central system for one charger, ``CP-1``."""
    options = {"CP-1.tag": "ENERWISE", **facts.pop("options", {})}
    facts = {"timeout_s": 0.5, **facts}
    served = {"CP-1": CAR} if serves is None else serves
    return Device("chargers", OCPP, f"{LOOPBACK}:{port}", serves=served, options=options, **facts)


def a_seat(**facts: Any) -> Seat:
    return Seat(**{"checker": Checker(KEY), "safe_power_w": {CAR: SAFE_W}, **facts})


def a_permit(value: float, *, nonce: int, valid_s: float = 5.0, asset: str = CAR, key: bytes = KEY) -> Permit:
    until = LiveClock().now() + np.timedelta64(round(valid_s * 1000), "ms")
    return seal(key, asset=asset, quantity=POWER_W, value=value, valid_until=until, nonce=nonce)


@dataclass
class Rig:
    """A central system that listens, and everything it has read."""

    driver: Ocpp
    port: int
    read: list[Reading] = field(default_factory=list)
    nonce: int = 0

    @property
    def endpoint(self) -> str:
        return f"ws://{LOOPBACK}:{self.port}/ocpp"

    async def apply(self, value: float, **facts: Any) -> float:
        """Hand it a permit, and return what came of it."""
        self.nonce += 1
        permit = a_permit(value, nonce=self.nonce, **facts)
        return (await self.driver.apply(permit, LiveClock().now())).value

    async def until_read(self, key: Key) -> float:
        """Return what it reads next of a channel."""
        while True:
            for each in await self.look():
                if each.key == key:
                    return each.value
            await asyncio.sleep(LOOK_S)

    async def look(self) -> list[Reading]:
        found = list(await self.driver.read(LiveClock().now()))
        self.read += found
        return found

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await asyncio.sleep(LOOK_S)

    def is_told(self, text: str) -> bool:
        return any(text in each for each in self.driver.problems())


@asynccontextmanager
async def a_rig(*, seat: Seat | None = None, port: int = 0, **facts: Any) -> AsyncIterator[Rig]:
    """Run a central system for as long as the block lasts, within bounded time."""
    port = port or free_port()
    driver = Ocpp(a_device(port, **facts), seat=a_seat() if seat is None else seat)
    rig = Rig(driver, port)
    await driver.open()
    try:
        async with asyncio.timeout(4 * PATIENCE_S):
            await rig.until(lambda: not rig.is_told("is not open yet"))
            yield rig
    finally:
        await driver.close()


class Client:
    """A charger that says whatever it is told to: well or badly."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.asked: list[list[Any]] = []
        """Calls of the central system, in their order."""
        self.answers: dict[str, Any] = {}
        """What it answers, by action; accepted otherwise."""
        self._count = 0

    async def call(self, action: str, **payload: Any) -> Any:
        """Call the central system, and return its whole answer, whatever it answers to other things before."""
        self._count += 1
        await self.connection.send(json.dumps([2, f"c{self._count}", action, payload]))
        while (row := await self.answer())[1] != f"c{self._count}":
            pass
        return row

    async def say(self, text: str | bytes) -> Any:
        """Say anything, and return the next message that is no call."""
        await self.connection.send(text)
        return await self.answer()

    async def answer(self) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                row = await self._next()
                if row[0] != 2:
                    return row

    async def until_asked(self, action: str, *, count: int = 1) -> dict[str, Any]:
        """Return what it is asked, once it has been asked so often."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = [each[3] for each in self.asked if each[2] == action]
                if len(found) >= count:
                    return dict(found[count - 1])
                await self._next()

    async def _next(self) -> list[Any]:
        row: list[Any] = json.loads(await self.connection.recv())
        if row[0] == 2:
            self.asked.append(row)
            answer = self.answers.get(row[2], {"status": "Accepted"})
            if answer is not None:
                await self.connection.send(answer if isinstance(answer, str) else json.dumps([3, row[1], answer]))
        return row


@asynccontextmanager
async def a_client(
    rig: Rig, identity: str = "CP-1", *, version: str = "ocpp1.6", password: str = ""
) -> AsyncIterator[Client]:
    """Connect a plain client."""
    token = base64.b64encode(f"{identity}:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {token}"} if password else {}
    protocols = [Subprotocol(version)] if version else None
    async with connect(
        f"{rig.endpoint}/{identity}", subprotocols=protocols, additional_headers=headers, compression=None
    ) as connection:
        yield Client(connection)
