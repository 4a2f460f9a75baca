r"""What every driver beside the door must withstand: peers that say nothing, talk garbage, break off, or are not there.

A plug-in's test inherits the suite, says how its driver is made and what a good peer says::

    class TestMyDriver(DriverContract):
        driver = "my_driver"
        said = b"power=1500\r\n"
        means = {Key("grid", "power_w"): 1500.0}

        def make(self, host: str, port: int) -> Driver:
            return MyDriver(Device("meter", "my_driver", f"{host}:{port}", serves={"meter": "grid"}))

The peer stands on the loopback interface. Waits are bounded; a driver should be made with short times.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import ClassVar, Final, TypeVar

import numpy as np
import pytest

from enerwise.core.plugin import load
from enerwise.core.quantity import QUANTITIES
from enerwise.core.series import Key, Reading
from enerwise.core.time import LiveClock, elapsed_s
from enerwise.devices.drivers.driver import Driver
from enerwise.testing.peer import BAD, HOST, SLOW, Manner, Peer, good

LOOK_S: Final = 0.005
PATIENCE_S: Final = 8.0
"""How long a driver may take to come back."""
AT_ONCE_S: Final = 1.0
"""How long a read or a close may take, whatever the peer does."""
STALL_S: Final = 0.5
"""How long a driver may keep the whole loop."""
WATCHED_S: Final = 0.1
TEXT_LENGTH: Final = 400

Value = TypeVar("Value")


class DriverContract:
    """Inherit, set ``driver``, ``said`` and ``means``, and write `make`."""

    driver: ClassVar[str]
    """Its name among the plug-ins."""
    said: ClassVar[bytes]
    """What a good peer says on one connection."""
    means: ClassVar[Mapping[Key, float]]
    """What follows from it, in house units and the house sign."""
    is_asked: ClassVar[bool] = False
    """Whether the driver asks before the peer speaks."""

    def make(self, host: str, port: int) -> Driver:
        """Return a driver, not opened yet, whose peer is there; it should lose patience within a second."""
        raise NotImplementedError

    def test_is_registered(self) -> None:
        assert callable(load("enerwise.drivers", self.driver))

    def test_what_a_good_peer_says_is_read_once_and_nothing_is_wrong(self) -> None:
        async def use(peer: Peer, driver: Driver) -> None:
            found = await until_read(driver, set(self.means))
            again = await driver.read(LiveClock().now())
            assert not set(found) & set(again), "a reading was handed out twice"
            self._check(found)
            assert driver.problems() == ()

        self._run(good, use)

    @pytest.mark.parametrize("manner", BAD, ids=lambda each: each.__name__)
    def test_a_bad_peer_raises_nothing_is_told_and_a_good_one_is_heard_again(self, manner: Manner) -> None:
        async def use(peer: Peer, driver: Driver) -> None:
            await until(lambda: peer.connection_count > 0)
            self._check(await watched(driver))
            assert driver.problems(), "nothing is told of a peer that is of no use"
            for text in driver.problems():
                assert text.isprintable() and 0 < len(text) <= TEXT_LENGTH
            await peer.turn(good)
            self._check(await until_read(driver, set(self.means)))

        self._run(manner, use)

    def test_a_peer_that_is_not_there_yet_is_heard_when_it_comes(self) -> None:
        async def use(peer: Peer, driver: Driver) -> None:
            await until(lambda: bool(driver.problems()))
            assert not await watched(driver)
            await peer.stand()
            self._check(await until_read(driver, set(self.means)))

        self._run(good, use, is_there=False)

    def test_a_lost_peer_is_told_and_heard_again_when_it_is_back(self) -> None:
        async def use(peer: Peer, driver: Driver) -> None:
            await until_read(driver, set(self.means))
            await peer.go()
            await until(lambda: bool(driver.problems()))
            await driver.read(LiveClock().now())
            assert not await watched(driver), "readings come from nowhere"
            await peer.stand()
            self._check(await until_read(driver, set(self.means)))

        self._run(good, use)

    @pytest.mark.parametrize("manner", SLOW, ids=lambda each: each.__name__)
    def test_a_slow_peer_keeps_no_other_driver(self, manner: Manner) -> None:
        async def use(peer: Peer, driver: Driver) -> None:
            neighbour = Peer(self.said, good, is_asked=self.is_asked)
            await neighbour.stand()
            other = self.make(HOST, neighbour.port)
            try:
                await other.open()
                await until(lambda: peer.connection_count > 0)
                self._check(await until_read(other, set(self.means), beside=driver))
            finally:
                await other.close()
                await neighbour.go()

        self._run(manner, use)

    def test_opens_and_closes_as_often_as_it_is_told_and_leaves_nothing_behind(self) -> None:
        async def run() -> None:
            before = asyncio.all_tasks()
            driver = self.make(HOST, 9)
            await driver.close()
            assert list(await driver.read(LiveClock().now())) == []
            for _ in range(2):
                await driver.open()
            await asyncio.sleep(0)
            for _ in range(2):
                await driver.close()
            assert asyncio.all_tasks() == before
            await driver.read(LiveClock().now())
            assert all(isinstance(each, str) for each in driver.problems())

        asyncio.run(run())

    def _check(self, found: list[Reading]) -> None:
        """A peer that is misunderstood is worse than one that is not heard."""
        for each in found:
            assert each.key.quantity in QUANTITIES
            assert each.key in self.means and np.isclose(each.value, self.means[each.key]), f"{each} was never said"
            assert each.start_utc <= each.known_at <= LiveClock().now()

    def _run(
        self,
        manner: Manner,
        use: Callable[[Peer, Driver], Awaitable[None]],
        *,
        is_there: bool = True,
        made_by: Callable[[str, int], Driver] | None = None,
    ) -> None:
        async def run() -> None:
            peer = Peer(self.said, manner, is_asked=self.is_asked)
            await peer.stand()
            driver = (made_by or self.make)(HOST, peer.port)
            if not is_there:
                await peer.go()
            try:
                await driver.open()
                async with asyncio.timeout(PATIENCE_S), _going_on():
                    await use(peer, driver)
            finally:
                await at_once(driver.close())
                await peer.go()

        asyncio.run(run())


async def at_once(waited: Awaitable[Value]) -> Value:
    """Wait for what must not take long, whatever the peer does."""
    began_s = elapsed_s()
    value = await waited
    assert elapsed_s() - began_s < AT_ONCE_S, "it keeps everybody else waiting"
    return value


@contextlib.asynccontextmanager
async def _going_on() -> AsyncIterator[None]:
    """Watch that the loop goes round all the time."""
    longest_s = 0.0

    async def pulse() -> None:
        nonlocal longest_s
        while True:
            began_s = elapsed_s()
            await asyncio.sleep(LOOK_S)
            longest_s = max(longest_s, elapsed_s() - began_s)

    task = asyncio.create_task(pulse())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert longest_s < STALL_S, f"the loop stood still for {longest_s:.1f} s"


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; whoever calls bounds the wait."""
    while not holds():
        await asyncio.sleep(LOOK_S)


async def until_read(driver: Driver, keys: set[Key], *, beside: Driver | None = None) -> list[Reading]:
    """Read until every channel has told something, with another driver read beside; return all readings."""
    found: list[Reading] = []
    while not keys <= {each.key for each in found}:
        if beside is not None:
            await at_once(beside.read(LiveClock().now()))
        found += await at_once(driver.read(LiveClock().now()))
        await asyncio.sleep(LOOK_S)
    return found


async def watched(driver: Driver) -> list[Reading]:
    """Read for a while, and return all that came."""
    found: list[Reading] = []
    end_s = elapsed_s() + WATCHED_S
    while elapsed_s() < end_s:
        found += await at_once(driver.read(LiveClock().now()))
        await asyncio.sleep(LOOK_S)
    return found
