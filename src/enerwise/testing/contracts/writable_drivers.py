"""What a driver that can be told something must withstand besides: permits that open nothing, and permits that stop.

A plug-in's test inherits the suite instead of `DriverContract`, and says besides what its peer was told::

    class TestMyDriver(WritableDriverContract):
        asset, value, safe = "charger", 3000.0, 0.0

        def make_writable(self, host: str, port: int, checker: Checker) -> WritableDriver:
            return MyDriver(..., checker)

        def told(self, heard: bytes) -> Sequence[float]:
            return [float(each) for each in re.findall(rb"limit=([-.0-9]+)", heard)]
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import ClassVar, Final

import numpy as np
import pytest

from enerwise.core.quantity import POWER_W
from enerwise.core.time import LiveClock
from enerwise.devices.drivers.driver import Driver, WritableDriver
from enerwise.guard.permit import Check, Checker, Permit, seal
from enerwise.testing.contracts.drivers import DriverContract, at_once, until, until_read, watched
from enerwise.testing.peer import SLOW, Manner, Peer, good

KEY: Final = bytes(range(32))
FOREIGN_KEY: Final = bytes(32)
VALID: Final = np.timedelta64(5, "s")
ALTERED_VALUES: Final = (float("nan"), float("inf"), -float("inf"), 1e308, 2.0**31)


class WritableDriverContract(DriverContract):
    """Inherit, set ``asset``, ``value`` and ``safe`` too, and write `make_writable` and `told`."""

    asset: ClassVar[str]
    quantity: ClassVar[str] = POWER_W
    value: ClassVar[float]
    """A setpoint that the peer can be told, and that is not the safe one."""
    safe: ClassVar[float]
    """What the peer must be told when permits stop; the driver should wait no longer than a few seconds for them."""

    def make_writable(self, host: str, port: int, checker: Checker) -> WritableDriver:
        """Return a driver, not opened yet, that believes only this checker."""
        raise NotImplementedError

    def told(self, heard: bytes) -> Sequence[float]:
        """Return the setpoints in all that a peer has heard, in their order, in house units and the house sign."""
        raise NotImplementedError

    def make(self, host: str, port: int) -> Driver:
        """Return the same driver, to be read."""
        return self.make_writable(host, port, Checker(KEY))

    def test_it_says_what_it_moves(self) -> None:
        driver = self.make_writable("127.0.0.1", 9, Checker(KEY))
        assert self.quantity != POWER_W or self.asset in driver.moves

    def test_a_permit_is_carried_out_once(self) -> None:
        async def use(peer: Peer, driver: WritableDriver) -> None:
            permit, now = self._permit(), LiveClock().now()
            receipt = await at_once(driver.apply(permit, now))
            assert (receipt.asset, receipt.quantity, receipt.check) == (self.asset, self.quantity, Check.OPENS)
            assert np.isclose(receipt.value, self.value)
            await until(lambda: self._has_heard(peer, self.value))
            count = self._count(peer)
            assert (await at_once(driver.apply(permit, now))).check is Check.USED
            await watched(driver)
            assert self._count(peer) == count, "a used permit was carried out"

        self._run_writable(good, use)

    def test_a_permit_that_is_not_genuine_or_not_in_time_tells_the_peer_nothing(self) -> None:
        async def use(peer: Peer, driver: WritableDriver) -> None:
            permit, now = self._permit(), LiveClock().now()
            altered = [replace(permit, value=each) for each in (self.value + 1.0, *ALTERED_VALUES)]
            altered += [replace(permit, nonce=9), replace(permit, asset="other"), replace(permit, seal=b"")]
            altered += [replace(permit, valid_until=permit.valid_until + VALID), self._permit(key=FOREIGN_KEY)]
            for each in altered:
                assert (await at_once(driver.apply(each, now))).check is Check.ALTERED
            assert (await at_once(driver.apply(permit, permit.valid_until))).check is Check.EXPIRED
            await watched(driver)
            assert not self._has_heard(peer, *(each.value for each in altered))

        self._run_writable(good, use)

    @pytest.mark.parametrize("manner", SLOW, ids=lambda each: each.__name__)
    def test_a_peer_that_does_not_answer_costs_a_bounded_time(self, manner: Manner) -> None:
        async def use(peer: Peer, driver: WritableDriver) -> None:
            await until(lambda: peer.connection_count > 0)
            receipt = await at_once(driver.apply(self._permit(), LiveClock().now()))
            assert receipt.asset == self.asset

        self._run_writable(manner, use, is_heard=False)

    def test_a_peer_that_is_gone_costs_a_bounded_time(self) -> None:
        async def use(peer: Peer, driver: WritableDriver) -> None:
            await peer.go()
            await at_once(driver.apply(self._permit(), LiveClock().now()))

        self._run_writable(good, use)

    def test_when_permits_stop_the_safe_value_is_told(self) -> None:
        async def use(peer: Peer, driver: WritableDriver) -> None:
            await driver.apply(self._permit(), LiveClock().now())
            await until(lambda: self._has_heard(peer, self.value))
            await until(lambda: bool(np.isclose(self.told(bytes(peer.heard))[-1], self.safe)))

        self._run_writable(good, use)

    def _permit(self, *, key: bytes = KEY, nonce: int = 1) -> Permit:
        until_utc = LiveClock().now() + VALID
        return seal(key, asset=self.asset, quantity=self.quantity, value=self.value, valid_until=until_utc, nonce=nonce)

    def _has_heard(self, peer: Peer, *values: float) -> bool:
        return any(np.isclose(each, value) for each in self.told(bytes(peer.heard)) for value in values)

    def _count(self, peer: Peer) -> int:
        return sum(bool(np.isclose(each, self.value)) for each in self.told(bytes(peer.heard)))

    def _run_writable(
        self, manner: Manner, use: Callable[[Peer, WritableDriver], Awaitable[None]], *, is_heard: bool = True
    ) -> None:
        async def begin(peer: Peer, driver: Driver) -> None:
            if is_heard:
                await until_read(driver, set(self.means))
            await use(peer, made[-1])

        made: list[WritableDriver] = []
        self._run(manner, begin, made_by=lambda host, port: _kept(made, self.make_writable(host, port, Checker(KEY))))


def _kept(made: list[WritableDriver], driver: WritableDriver) -> WritableDriver:
    made.append(driver)
    return driver
