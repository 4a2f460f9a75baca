"""Our own drivers under the contract that foreign ones are held to."""

import asyncio
import json
import re
import threading
from collections.abc import Sequence
from typing import ClassVar

import pytest

from enerwise.core import quantity as q
from enerwise.core.series import Key, Reading
from enerwise.core.time import Instant
from enerwise.devices.drivers.driver import Driver, WritableDriver
from enerwise.devices.drivers.http import Http
from enerwise.devices.drivers.p1 import P1
from enerwise.devices.port import Receipt
from enerwise.guard.permit import Checker, Permit
from enerwise.site import wiring
from enerwise.site.site import GRID
from enerwise.site.wiring import Device
from enerwise.testing.contracts import drivers
from enerwise.testing.contracts.drivers import AT_ONCE_S, STALL_S, DriverContract
from enerwise.testing.contracts.writable_drivers import WritableDriverContract
from tests.devices.drivers.limiter import ASSET, SAFE_W, Limiter
from tests.protocols.test_dsmr import BODY, TOLD, closed

ANSWER = json.dumps({"id": 0, "total_act_power": 413.2, "total": {"act": 12.5}}).encode()


class TestP1(DriverContract):
    driver = wiring.P1
    said = closed(BODY)
    means: ClassVar = {Key(GRID, quantity): value for quantity, value in TOLD.items()}

    def make(self, host: str, port: int) -> Driver:
        device = Device("meter", wiring.P1, f"tcp://{host}:{port}", serves={"meter": GRID}, is_read_only=True)
        return P1(device, silent_s=0.5)


class TestHttp(DriverContract):
    driver = wiring.HTTP
    said = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER
    means: ClassVar = {Key(GRID, q.POWER_W): 413.2, Key(GRID, q.IMPORTED_WH): 12_500.0}
    is_asked = True

    def make(self, host: str, port: int) -> Driver:
        options = {"meter.power_w": "total_act_power | W", "meter.imported_wh": "total.act | kWh"}
        address = f"http://{host}:{port}/rpc/EM.GetStatus?id=0"
        device = Device(
            "shelly", wiring.HTTP, address, serves={"meter": GRID}, poll_s=0.05, timeout_s=0.3, options=options
        )
        return Http(device)


class TestLimiter(WritableDriverContract):
    driver = wiring.P1  # The limiter stands in this test only; any name that is registered will do.
    said = b"power=1500\r\n"
    means: ClassVar = {Key(ASSET, q.POWER_W): 1500.0}
    asset, value, safe = ASSET, 3000.0, SAFE_W

    def make_writable(self, host: str, port: int, checker: Checker) -> WritableDriver:
        return Limiter(host, port, checker)

    def told(self, heard: bytes) -> Sequence[float]:
        return [float(each) for each in re.findall(rb"limit=(\S+)", heard)]


# ---------------------------------------------------------------------------------------------------------------
# A contract that lets everything pass is none


class Credulous(Limiter):
    async def apply(self, permit: Permit, now: Instant) -> Receipt:
        self._tell(permit.value)
        return await super().apply(permit, now)


class Careless(Limiter):
    async def apply(self, permit: Permit, now: Instant) -> Receipt:
        receipt = await super().apply(permit, now)
        if self._safe is not None:
            self._safe.cancel()
        return receipt


class Patient(Limiter):
    async def apply(self, permit: Permit, now: Instant) -> Receipt:
        await asyncio.sleep(AT_ONCE_S + 0.1)
        return await super().apply(permit, now)


class Stubborn(Limiter):
    """Hands out the same readings again and again."""

    async def read(self, now: Instant) -> Sequence[Reading]:
        return tuple(self._new)


class Staring(Limiter):
    """Keeps the loop while it waits."""

    async def read(self, now: Instant) -> Sequence[Reading]:
        threading.Event().wait(STALL_S + 0.05)
        return await super().read(now)


class Frail(Limiter):
    """Does not come back."""

    async def _listen(self) -> None:
        try:
            await super()._listen()
        except Exception:
            await asyncio.Event().wait()


class Loud(Limiter):
    async def read(self, now: Instant) -> Sequence[Reading]:
        raise OSError("no answer")


FAULTS = (
    (Credulous, "test_a_permit_is_carried_out_once"),
    (Credulous, "test_a_permit_that_is_not_genuine_or_not_in_time_tells_the_peer_nothing"),
    (Careless, "test_when_permits_stop_the_safe_value_is_told"),
    (Patient, "test_a_peer_that_is_gone_costs_a_bounded_time"),
    (Stubborn, "test_what_a_good_peer_says_is_read_once_and_nothing_is_wrong"),
    (Staring, "test_what_a_good_peer_says_is_read_once_and_nothing_is_wrong"),
    (Frail, "test_a_lost_peer_is_told_and_heard_again_when_it_is_back"),
    (Loud, "test_a_peer_that_is_not_there_yet_is_heard_when_it_comes"),
)


def held_to(contract_test: str, driver: type[Limiter]) -> None:
    class Held(TestLimiter):
        def make_writable(self, host: str, port: int, checker: Checker) -> WritableDriver:
            return driver(host, port, checker)

    getattr(Held(), contract_test)()


@pytest.mark.parametrize(("fault", "contract_test"), FAULTS)
def test_the_contract_catches_a_driver_with_a_fault(
    fault: type[Limiter], contract_test: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "PATIENCE_S", 1.0)
    held_to(contract_test, Limiter)
    with pytest.raises((AssertionError, OSError)):
        held_to(contract_test, fault)
