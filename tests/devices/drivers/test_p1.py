"""A smart meter on the network and on a serial line."""

import asyncio
import os
import pty
import termios
from collections.abc import Awaitable, Callable

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key, Reading
from enerwise.devices.drivers.driver import Driver
from enerwise.devices.drivers.p1 import P1, make
from enerwise.site.site import GRID
from enerwise.site.wiring import P1 as NAME
from enerwise.site.wiring import Device
from enerwise.testing.peer import Peer, good
from tests.builders import NOON
from tests.protocols.test_dsmr import BODY, closed, recorded

METER = Key(GRID, POWER_W)


def a_device(address: str, **options: str) -> Device:
    return Device("meter", NAME, address, serves={"meter": GRID}, is_read_only=True, options=options)


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


def test_noise_without_end_is_told_and_the_line_is_opened_afresh() -> None:
    """A peer that never stops talking and never says a telegram is as good as silent."""

    async def talk(peer: Peer, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"/no telegram\r\n" * 50)
            await writer.drain()
            await asyncio.sleep(0.005)

    async def run() -> None:
        peer = Peer(closed(BODY), talk, is_asked=False)
        await peer.stand()
        driver = P1(a_device(f"127.0.0.1:{peer.port}"), silent_s=0.1)
        await driver.open()
        try:
            async with asyncio.timeout(5.0):
                while peer.connection_count < 2:
                    await asyncio.sleep(0.005)
            assert list(await driver.read(NOON)) == []
            assert any("telegrams refused since the start" in each for each in driver.problems())
            assert driver.refused_count > 0
            await peer.turn(good)
            assert await read_until(driver, bool)
        finally:
            await driver.close()
            await peer.go()

    asyncio.run(run())


def test_halves_on_two_connections_make_no_telegram() -> None:
    async def halve(peer: Peer, writer: asyncio.StreamWriter) -> None:
        middle = len(peer.said) // 2
        writer.write(peer.said[:middle] if peer.connection_count == 1 else peer.said[middle:])
        await writer.drain()
        writer.write_eof()
        await asyncio.sleep(0.02)

    async def run() -> None:
        peer = Peer(closed(BODY), halve, is_asked=False)
        await peer.stand()
        driver = P1(a_device(f"127.0.0.1:{peer.port}"))
        await driver.open()
        try:
            async with asyncio.timeout(5.0):
                while peer.connection_count < 3:
                    await asyncio.sleep(0.005)
            assert list(await driver.read(NOON)) == []
        finally:
            await driver.close()
            await peer.go()

    asyncio.run(run())


def test_a_refused_telegram_is_told_until_enough_good_ones_have_come() -> None:
    driver = P1(a_device("127.0.0.1:1"))
    damaged = closed(BODY).replace(b"01.193", b"09.193")
    driver._take(closed(BODY) * 20 + damaged)
    driver._take(closed(BODY) * 9)
    assert driver.problems() == ("1 telegrams refused since the start",)
    driver._take(closed(BODY))
    assert driver.problems() == ()
    assert driver.refused_count == 1


def test_what_nobody_reads_is_bounded_and_the_newest_is_kept() -> None:
    driver = P1(a_device("127.0.0.1:1"))
    for _ in range(200):
        driver._take(closed(BODY))
    driver._take(recorded("dsmr50"))
    found = asyncio.run(driver.read(NOON))
    assert len(found) == 100
    assert [each.value for each in found if each.key == METER][-1] == pytest.approx(-3187.0)


def test_telegrams_that_tell_nothing_of_the_connection_are_told() -> None:
    driver = P1(a_device("127.0.0.1:1"))
    driver._take(closed("/XYZ5 water\r\n\r\n8-1:1.0.0(00012.3*m3)\r\n!"))
    assert driver.problems() == ("127.0.0.1:1: telegrams tell nothing of the connection",)


def test_an_old_meter_speaks_slowly_with_seven_bits_and_parity() -> None:
    ours, theirs = pty.openpty()

    async def use(driver: P1) -> None:
        async with asyncio.timeout(5.0):
            while driver.problems() != ("no telegram yet",):
                await asyncio.sleep(0.01)
        mode = termios.tcgetattr(theirs)
        assert mode[4] == termios.B9600
        # A pseudo terminal has no parity of its own, so only the stripping of its bit shows.
        assert mode[0] & termios.ISTRIP
        os.write(ours, bytes(byte | 0x80 if byte.bit_count() % 2 else byte for byte in recorded("dsmr22")))
        found = await read_until(driver, bool)
        assert {each.key: each.value for each in found}[METER] == pytest.approx(-1270.0)

    try:
        run_with(P1(a_device(os.ttyname(theirs), version="2.2")), use)
    finally:
        os.close(ours)
        os.close(theirs)


def test_everything_wrong_with_its_options_is_told_at_once() -> None:
    with pytest.raises(ProblemsFound) as found:
        make(a_device("nowhere", version="7", baud="9600"))
    assert [each.place for each in found.value.problems] == [
        "meter.options.version",
        "meter.options.baud",
        "meter.address",
    ]
