"""A smart meter on the network and on a serial line."""

import asyncio
import os
import pty
from collections.abc import Awaitable, Callable

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key, Reading
from enerwise.devices.drivers.driver import Driver
from enerwise.devices.drivers.p1 import P1, make
from enerwise.site.site import GRID
from enerwise.site.wiring import P1 as NAME
from enerwise.site.wiring import Device
from tests.builders import NOON
from tests.protocols.test_dsmr import BODY, closed

METER = Key(GRID, POWER_W)


def a_device(address: str) -> Device:
    return Device("meter", NAME, address, serves={"meter": GRID}, is_read_only=True)


async def read_until(driver: P1, holds: Callable[[list[Reading]], bool]) -> list[Reading]:
    found: list[Reading] = []
    async with asyncio.timeout(5.0):
        while not holds(found):
            found += await driver.read(NOON)
            await asyncio.sleep(0.01)
    return found


def run_with(driver: P1, use: Callable[[P1], Awaitable[None]]) -> None:
    async def run() -> None:
        await driver.open()
        try:
            await use(driver)
        finally:
            await driver.close()

    asyncio.run(run())


def test_telegrams_over_the_network_are_read_and_a_lost_line_comes_back() -> None:
    async def run() -> None:
        connections = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            writer.write(b"half a line\r\n" + closed(BODY)[:100])
            writer.write(closed(BODY))
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        driver: Driver = make(a_device(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
        assert isinstance(driver, P1)
        await driver.open()
        try:
            found = await read_until(driver, lambda found: [each.key for each in found].count(METER) >= 2)
        finally:
            await driver.close()
            server.close()
            await server.wait_closed()
        assert connections >= 2
        assert {each.value for each in found if each.key == METER} == {1193.0}
        assert driver.problems(), "the meter closes its line after each telegram"

    asyncio.run(run())


def test_telegrams_on_a_serial_line_are_read() -> None:
    ours, theirs = pty.openpty()

    async def use(driver: P1) -> None:
        async with asyncio.timeout(5.0):
            while driver.problems() != ("no telegram yet",):
                await asyncio.sleep(0.01)
        os.write(ours, closed(BODY))
        found = await read_until(driver, bool)
        assert METER in [each.key for each in found]
        assert driver.problems() == ()

    try:
        run_with(P1(a_device(os.ttyname(theirs))), use)
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_meter_that_is_not_there_is_told_and_raises_nothing() -> None:
    async def use(driver: P1) -> None:
        await asyncio.sleep(0.05)
        assert list(await driver.read(NOON)) == []
        assert driver.problems()

    for address in ("/dev/nowhere", "127.0.0.1:1"):
        run_with(P1(a_device(address)), use)
