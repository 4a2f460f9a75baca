"""The site's side of the door, with a mailbox instead of one."""

import asyncio
import os
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from enerwise.core.quantity import POWER_W, SOC_RATIO
from enerwise.core.series import Key, Reading
from enerwise.core.time import AnchoredClock, Instant, now_ns
from enerwise.devices.door_port import DoorDevices
from enerwise.devices.door_words import ASK_BYTES, TOLD_BYTES, Answer, Ask, Told
from enerwise.devices.drivers.driver import Driver
from enerwise.devices.mailbox import Mailbox, shared_memory
from enerwise.guard.permit import Check
from enerwise.site.site import GRID
from tests.builders import a_site
from tests.door.builders import a_wish

METER, HOME = Key(GRID, POWER_W), Key("home", POWER_W)


class Speaking:
    """A driver that says what a test tells it to, or fails as it is told to."""

    def __init__(self, id: str, value: float = 0.0, *, error: Exception | None = None, hangs: bool = False) -> None:
        self.id, self._value, self._error, self._hangs = id, value, error, hangs

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def read(self, now: Instant) -> Sequence[Reading]:
        if self._error is not None:
            raise self._error
        if self._hangs:
            await asyncio.sleep(60)
        return [Reading(METER, now, self._value, now)]

    def problems(self) -> tuple[str, ...]:
        return ()


class Box:
    """The mailboxes of a door that is not there."""

    def __init__(self) -> None:
        self.fds = [shared_memory("test", size) for size in (ASK_BYTES, TOLD_BYTES, 256)]
        self.clock = AnchoredClock.here()
        self.ask, self.told = Mailbox(self.fds[0], ASK_BYTES), Mailbox(self.fds[1], TOLD_BYTES)

    def devices(self, *drivers: Driver) -> DoorDevices:
        boxes = [Mailbox(fd, size) for fd, size in zip(self.fds, (ASK_BYTES, TOLD_BYTES, 256), strict=True)]
        return DoorDevices(
            a_site(), self.clock, ask=boxes[0], told=boxes[1], beat=boxes[2], turn_s=1.0, drivers=drivers
        )

    def says(self, told: Told) -> None:
        self.told.write(told.to_bytes(), written_ns=now_ns())

    def live(self, **powers_w: float) -> dict[Key, tuple[float, int]]:
        return {Key(asset, POWER_W): (value_w, now_ns()) for asset, value_w in powers_w.items()}


@pytest.fixture
def box() -> Iterator[Box]:
    made = Box()
    yield made
    for fd in made.fds:
        os.close(fd)


def test_before_the_door_has_spoken_nothing_is_read(box: Box) -> None:
    read = asyncio.run(box.devices().read(box.clock.now()))
    assert read.live == read.measured == ()


def test_what_the_door_tells_is_read_with_its_age_and_the_home_follows(box: Box) -> None:
    devices = box.devices()
    box.says(Told(state="running", live=box.live(grid=-800.0, roof=-2000.0, battery=500.0)))
    values = {each.key: each for each in asyncio.run(devices.read(box.clock.now())).live}
    assert values[HOME].value == pytest.approx(700.0)
    assert values[HOME].known_at <= box.clock.now()


def test_a_turn_has_the_mean_of_all_that_was_told_since_the_last(box: Box) -> None:
    devices = box.devices()
    first = box.clock.now()
    box.says(Told(state="running", live=box.live(grid=100.0, roof=0.0, battery=0.0)))
    asyncio.run(devices.read(first))
    for value_w in (300.0, 500.0):
        box.says(Told(state="running", live=box.live(grid=value_w, roof=0.0, battery=0.0)))
        devices._means.add(devices._live(devices.told))
    later = first + np.timedelta64(1000, "ms")
    measured = {each.key: each for each in asyncio.run(devices.read(later)).measured}
    assert measured[METER].value == 400.0
    assert (measured[METER].start_utc, measured[METER].known_at) == (first, later)
    assert measured[HOME].value == 400.0


def test_states_are_read_as_they_are(box: Box) -> None:
    devices = box.devices()
    level = Key("battery", SOC_RATIO)
    box.says(Told(state="running", live={level: (0.4, now_ns())}))
    assert [each.key for each in asyncio.run(devices.read(box.clock.now())).measured] == [level]


def test_permits_go_to_the_door_and_its_answers_come_back(box: Box) -> None:
    devices = box.devices()
    permit = a_wish(800.0, nonce=7)

    async def run() -> None:
        waiting = asyncio.create_task(devices.apply([permit], box.clock.now()))
        await asyncio.sleep(0.02)
        message = box.ask.read()
        assert message is not None
        ask = Ask.from_bytes(message.content)
        assert ask is not None
        assert ask.permits == (permit,)
        answers = (Answer("battery", 7, "opens", "cut", "charge limit", 500.0), Answer("battery", 6, "opens"))
        box.says(Told(state="running", turn=ask.turn, answers=answers))
        receipts = await waiting
        assert [(each.check, each.value) for each in receipts] == [(Check.OPENS, 500.0)]

    asyncio.run(run())


def test_a_door_that_does_not_answer_costs_a_bounded_time(box: Box) -> None:
    assert asyncio.run(box.devices().apply([a_wish(1.0)], box.clock.now())) == ()


def test_devices_beside_the_door_are_read_and_a_broken_or_slow_one_keeps_nobody(box: Box) -> None:
    devices = box.devices(Speaking("p1", 640.0), Speaking("bad", error=OSError("gone")), Speaking("slow", hangs=True))
    values = {each.key: each.value for each in asyncio.run(devices.read(box.clock.now())).live}
    assert values[METER] == 640.0
    assert devices.troubles["bad"] == "OSError: gone"
    assert devices.troubles["slow"].startswith("TimeoutError")


def test_the_heart_beats_until_it_is_stopped(box: Box) -> None:
    devices, beat = box.devices(), Mailbox(box.fds[2], 256)
    devices.start()
    end_ns = now_ns() + 3_000_000_000
    while beat.read() is None:
        assert now_ns() < end_ns
    devices.stop()
