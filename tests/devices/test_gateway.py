"""A gateway: what it does when all is well, and what when whoever hands it permits falls silent, lies or dies."""

import asyncio
import json
import math
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key, Reading
from enerwise.core.time import AnchoredClock, Instant, LiveClock
from enerwise.devices import gateway_link
from enerwise.devices.gateway import Gateway
from enerwise.devices.gateway_errand import LENGTH, GatewayErrand, hand_down, take
from enerwise.devices.gateway_link import AWAY, GatewayLink
from enerwise.devices.gateway_words import (
    LINE_BYTES,
    Allowed,
    Beat,
    News,
    Rested,
    Stop,
    Took,
    Troubles,
    Word,
    line_of,
    word_of,
)
from enerwise.devices.port import Receipt
from enerwise.guard.permit import Check, Checker, Permit, seal
from enerwise.site.wiring import MQTT, OCPP, Device
from tests.devices.drivers.charger_rig import CAR, Rig, a_client
from tests.peers.broker import a_broker
from tests.peers.ports import LOOPBACK, free_port, wait_for

KEY = bytes(range(32))
PATIENCE_S = 8.0
LOOK_S = 0.005
BEAT_LIMIT_S = 0.15
POWER = Key(CAR, POWER_W)


def a_permit(value: float = 3000.0, *, nonce: int = 1, asset: str = CAR, valid_s: float = 5.0) -> Permit:
    until = LiveClock().now() + np.timedelta64(round(valid_s * 1000), "ms")
    return seal(KEY, asset=asset, quantity=POWER_W, value=value, valid_until=until, nonce=nonce)


def a_reading(value: float) -> Reading:
    now = LiveClock().now()
    return Reading(POWER, now, value, now)


@dataclass
class Told:
    """A driver that notes what it is told; it stands for no device."""

    id: str = "told"
    moves: frozenset[str] = frozenset({CAR})
    checker: Checker = field(default_factory=lambda: Checker(KEY))
    applied: list[float] = field(default_factory=list)
    rested_count: int = 0
    confirms: bool = True
    stopped: list[str] = field(default_factory=list)
    heard: list[Reading] = field(default_factory=list)
    new: list[Reading] = field(default_factory=list)
    trouble: tuple[str, ...] = ()
    waits_s: float = 0.0
    fault: Exception | None = None
    is_open: bool = False

    async def open(self) -> None:
        self.is_open = True

    async def close(self) -> None:
        self.is_open = False

    async def read(self, now: Instant) -> Sequence[Reading]:
        found, self.new = self.new, []
        return found

    def problems(self) -> tuple[str, ...]:
        return self.trouble

    async def apply(self, permit: Permit, now: Instant) -> Receipt:
        if self.fault is not None:
            raise self.fault
        await asyncio.sleep(self.waits_s)
        check = self.checker.check(permit, now)
        if check is Check.OPENS:
            self.applied.append(permit.value)
        return Receipt(permit.asset, permit.quantity, permit.value, check, now)

    async def rest(self) -> bool:
        self.rested_count += 1
        return self.confirms

    async def stop(self, asset: str) -> bool:
        self.stopped.append(asset)
        return True

    def tell(self, readings: list[Reading]) -> None:
        self.heard += readings


@dataclass
class Rig2:
    """A gateway with its driver and its near side."""

    driver: Told
    link: GatewayLink
    path: Path
    ends: asyncio.Event
    task: "asyncio.Task[None]"

    async def until(self, holds: Callable[[], bool], *, beats: bool = True) -> None:
        while not holds():
            if beats:
                self.link.beat()
            await asyncio.sleep(LOOK_S)

    async def applied(self, permit: Permit) -> Receipt:
        """Hand a permit over, and return what became of it."""
        assert self.link.permit(permit)
        while (receipt := self.link.receipt(permit.nonce)) is None:
            self.link.beat()
            await asyncio.sleep(LOOK_S)
        return receipt


@asynccontextmanager
async def a_gateway(path: Path, driver: Told | None = None) -> AsyncIterator[Rig2]:
    driver = driver or Told()
    gateway = Gateway(driver, LiveClock(), path=path / "gateway.sock", beat_limit_s=BEAT_LIMIT_S, look_s=0.01)
    ends = asyncio.Event()
    task = asyncio.create_task(gateway.run(ends))
    rig = Rig2(driver, GatewayLink(path / "gateway.sock"), path / "gateway.sock", ends, task)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await rig.until(lambda: rig.link.is_open)
            yield rig
    finally:
        ends.set()
        await asyncio.wait([task], timeout=PATIENCE_S)
        rig.link.close()


def run(path: Path, use: Callable[[Rig2], object], driver: Told | None = None) -> None:
    async def body() -> None:
        async with a_gateway(path, driver) as rig:
            await use(rig)  # type: ignore[misc]

    asyncio.run(body())


# ---------------------------------------------------------------------------------------------------------------
# All is well


def test_permits_go_in_and_receipts_and_readings_come_out(tmp_path: Path) -> None:
    async def use(rig: Rig2) -> None:
        receipt = await rig.applied(a_permit())
        assert (receipt.value, receipt.check) == (3000.0, Check.OPENS)
        assert (await rig.applied(a_permit())).check is Check.USED
        altered = replace(a_permit(nonce=2), value=9000.0)
        assert (await rig.applied(altered)).check is Check.ALTERED
        assert rig.driver.applied == [3000.0]
        rig.driver.new = [a_reading(float(each)) for each in range(1200)]
        rig.driver.trouble = ("no car",)
        found: list[Reading] = []
        while len(found) < 1200:
            rig.link.beat()
            found += rig.link.readings()
            await asyncio.sleep(LOOK_S)
        assert [each.value for each in found] == [float(each) for each in range(1200)]
        await rig.until(lambda: rig.link.problems() == ("no car",))
        rig.link.tell([a_reading(1.0), a_reading(math.nan)])
        assert rig.link.stop(CAR)
        await rig.until(lambda: rig.driver.stopped == [CAR] and len(rig.driver.heard) == 2)
        assert math.isnan(rig.driver.heard[1].value)

    run(tmp_path, use)


def test_the_newest_permit_of_an_asset_wins_and_a_slow_one_keeps_no_other(tmp_path: Path) -> None:
    async def use(rig: Rig2) -> None:
        rig.driver.waits_s = 0.1
        for nonce in range(1, 21):
            rig.link.permit(a_permit(float(nonce), nonce=nonce))
        rig.link.permit(a_permit(-5.0, nonce=50, asset="boiler"))
        await rig.until(lambda: {20.0, -5.0} <= set(rig.driver.applied))
        assert rig.driver.applied[-1] == 20.0 or rig.driver.applied[-2:] == [20.0, -5.0]
        assert len(rig.driver.applied) <= 3, "a permit that a newer one had overtaken was carried out"

    run(tmp_path, use)


def test_what_was_measured_while_nobody_was_there_is_told_when_somebody_is(tmp_path: Path) -> None:
    async def use(rig: Rig2) -> None:
        rig.link.close()
        await rig.until(lambda: rig.driver.rested_count > 1, beats=False)
        rig.driver.new = [a_reading(7.0)]
        await asyncio.sleep(0.05)
        assert rig.driver.new, "it was read for nobody"
        found: list[Reading] = []
        while not found:
            rig.link.beat()
            await asyncio.sleep(LOOK_S)
            found += rig.link.readings()
        assert [each.value for each in found] == [7.0]

    run(tmp_path, use)


def test_only_its_user_can_open_its_socket(tmp_path: Path) -> None:
    async def use(rig: Rig2) -> None:
        assert stat.S_IMODE(rig.path.stat().st_mode) == 0o600

    run(tmp_path, use)
    assert not (tmp_path / "gateway.sock").exists()


# ---------------------------------------------------------------------------------------------------------------
# All is not well


def test_it_begins_at_rest_and_rests_again_when_the_heartbeat_stops_until_a_new_permit_comes(tmp_path: Path) -> None:
    async def use(rig: Rig2) -> None:
        await rig.until(lambda: rig.link.rested == "nobody has connected yet")
        count = rig.driver.rested_count
        rig.link.permit(a_permit())
        await rig.until(lambda: rig.driver.applied == [3000.0])
        began_s = time.monotonic()
        await rig.until(lambda: rig.driver.rested_count > count, beats=False)
        assert BEAT_LIMIT_S * 0.5 < time.monotonic() - began_s < BEAT_LIMIT_S + 0.5
        await rig.until(lambda: rig.link.rested.startswith("no heartbeat for"))
        count = rig.driver.rested_count
        await asyncio.sleep(0.05)
        assert rig.driver.rested_count == count, "what has confirmed its rest is told again"
        rig.link.permit(a_permit(nonce=2))
        await rig.until(lambda: rig.driver.applied == [3000.0, 3000.0])
        await rig.until(lambda: rig.driver.rested_count > count, beats=False)

    run(tmp_path, use)


def test_it_rests_at_once_when_the_line_ends(tmp_path: Path) -> None:
    async def use(rig: Rig2) -> None:
        rig.link.permit(a_permit())
        await rig.until(lambda: rig.driver.applied == [3000.0])
        count = rig.driver.rested_count
        rig.link.close()
        assert (rig.link.problem, rig.link.problems()) == (AWAY, ())
        assert not rig.link.permit(a_permit(nonce=3))
        await rig.until(lambda: rig.driver.rested_count > count, beats=False)
        await rig.until(lambda: rig.link.rested == "the line of whoever hands out permits has ended")

    run(tmp_path, use)


def test_a_rest_that_is_not_confirmed_is_told_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enerwise.devices.gateway.AGAIN_S", 0.02)

    async def use(rig: Rig2) -> None:
        await rig.until(lambda: rig.driver.rested_count > 3)
        rig.driver.confirms = True

    run(tmp_path, use, Told(confirms=False))


def test_a_permit_that_is_being_carried_out_when_the_line_ends_is_given_up_before_the_rest(tmp_path: Path) -> None:
    async def use(rig: Rig2) -> None:
        rig.driver.waits_s = 0.2
        count = rig.driver.rested_count
        rig.link.permit(a_permit())
        await asyncio.sleep(0.05)
        rig.link.close()
        await rig.until(lambda: rig.driver.rested_count > count, beats=False)
        await asyncio.sleep(0.25)
        assert rig.driver.applied == []

    run(tmp_path, use)


def test_a_second_caller_is_not_heard_while_there_is_a_first(tmp_path: Path) -> None:
    async def use(rig: Rig2) -> None:
        count = rig.driver.rested_count
        second = GatewayLink(rig.path)
        second.beat()
        second.permit(a_permit(9.0, nonce=9))

        def is_refused() -> bool:
            second.look()
            return not second.is_open

        await rig.until(is_refused)
        assert rig.driver.applied == [] and rig.driver.rested_count <= count + 1
        assert rig.link.permit(a_permit())
        await rig.until(lambda: rig.driver.applied == [3000.0])
        second.close()

    run(tmp_path, use)


GARBAGE = (
    b"\n",
    b"no json\n",
    b"\xff\xfe\n",
    b"[]\n",
    b'{"is":7}\n',
    b'{"is":"permit","permit":[1]}\n',
    b"[" * 9000 + b"\n",
)


def test_garbage_is_passed_over_and_is_no_heartbeat(tmp_path: Path) -> None:
    async def use(rig: Rig2) -> None:
        rig.link.close()
        await rig.until(lambda: rig.driver.rested_count > 1, beats=False)
        _reader, writer = await asyncio.open_unix_connection(str(rig.path))
        writer.write(b"".join(GARBAGE) + line_of(Allowed(a_permit())))
        await rig.until(lambda: rig.driver.applied == [3000.0], beats=False)
        count = rig.driver.rested_count
        while rig.driver.rested_count == count:
            writer.write(b"".join(GARBAGE))
            await asyncio.sleep(LOOK_S)
        writer.close()

    run(tmp_path, use)


def test_a_line_without_end_costs_its_sender_the_line(tmp_path: Path) -> None:
    async def use(rig: Rig2) -> None:
        rig.link.close()
        await rig.until(lambda: rig.driver.rested_count > 1, beats=False)
        _reader, writer = await asyncio.open_unix_connection(str(rig.path))
        count = rig.driver.rested_count
        writer.write(b"x" * (2 * LINE_BYTES))
        await rig.until(lambda: rig.driver.rested_count > count, beats=False)
        writer.close()

    run(tmp_path, use)


def test_a_driver_that_breaks_is_brought_to_rest_and_ends_its_process(tmp_path: Path) -> None:
    async def body() -> None:
        async with a_gateway(tmp_path, Told()) as rig:
            await rig.until(lambda: rig.driver.rested_count == 1)
            rig.driver.fault = RuntimeError("broken")
            rig.link.permit(a_permit())
            with pytest.raises(RuntimeError, match="broken"):
                await rig.task
            assert rig.driver.rested_count == 2 and not rig.driver.is_open

    asyncio.run(body())


def test_when_it_ends_everything_is_at_rest_and_closed(tmp_path: Path) -> None:
    async def body() -> None:
        async with a_gateway(tmp_path) as rig:
            rig.link.permit(a_permit())
            await rig.until(lambda: rig.driver.applied == [3000.0])
            count = rig.driver.rested_count
            rig.ends.set()
            await rig.task
            assert rig.driver.rested_count > count and not rig.driver.is_open
            await rig.until(lambda: not rig.link.is_open)

    asyncio.run(body())


def test_a_gateway_that_takes_nothing_keeps_nobody_waiting(tmp_path: Path) -> None:
    """A process that is stopped still has its socket: what is said to it is given up, never waited for."""
    path = tmp_path / "deaf.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        link = GatewayLink(path)
        began_s = time.monotonic()
        link.beat()
        for _ in range(50):
            link.tell([a_reading(1.0)] * 2000)
        assert not link.permit(a_permit())
        assert time.monotonic() - began_s < 5.0
        peer, _ = listener.accept()
        with peer:
            peer.setblocking(False)
            taken = b""
            for _ in range(200):
                try:
                    taken += peer.recv(1 << 16)
                except BlockingIOError:
                    link.beat()
            lines = taken.split(b"\n")[:-1]
            assert all(word_of(each) is not None for each in lines), "half a line spoils the next"
        link.close()


def test_receipts_that_nobody_asks_for_are_not_kept_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_link, "KEPT_COUNT", 3)
    link = GatewayLink(tmp_path / "none.sock")
    receipt = Receipt(CAR, POWER_W, 1.0, Check.OPENS, LiveClock().now())
    link._received = b"".join(line_of(Took(nonce, receipt)) for nonce in range(9))
    link._sort_lines()
    assert [nonce for nonce in range(9) if link.receipt(nonce) is not None] == [6, 7, 8]


# ---------------------------------------------------------------------------------------------------------------
# Words

names = st.text(st.characters(codec="utf-8", exclude_characters="."), min_size=1, max_size=8)
instants = st.integers(0, 2**42).map(lambda ms: np.datetime64(ms, "ms"))
finite = st.floats(allow_nan=False, allow_infinity=False)
permits = st.builds(Permit, names, names, finite, instants, st.integers(0, 2**64 - 1), st.binary(max_size=32))
readings = st.builds(Reading, st.builds(Key, names, names), instants, finite, instants)
receipts = st.builds(Receipt, names, names, finite, st.sampled_from(list(Check)), instants)
words = st.one_of(
    st.just(Beat()),
    st.builds(Allowed, permits),
    st.builds(Stop, names),
    st.builds(News, st.lists(readings, max_size=4).map(tuple)),
    st.builds(Took, st.integers(0, 2**64 - 1), receipts),
    st.builds(Troubles, st.lists(names, max_size=3).map(tuple)),
    st.builds(Rested, names, st.booleans()),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from(["is", "permit", "readings"]), inner),
    max_leaves=10,
)


@given(word=words)
def test_a_word_that_was_said_is_the_one_that_is_heard(word: Word) -> None:
    line = line_of(word)
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert word_of(line) == word


@given(row=json_values, kind=st.sampled_from(["beat", "permit", "news", "took", "troubles", "rested", "stop"]))
def test_whatever_is_said_nothing_breaks(row: object, kind: str) -> None:
    found = [word_of(json.dumps(each).encode()) for each in (row, {"is": kind, "permit": row, "readings": row})]
    assert all(each is None or isinstance(each, Word) for each in found)


def test_a_key_is_never_shown() -> None:
    errand = GatewayErrand(Device("d", MQTT, "broker"), (KEY,), AnchoredClock.here().anchor, "x.sock")
    assert repr(KEY) not in repr(errand) and KEY.hex() not in repr(errand)


def test_a_gateway_without_an_errand_does_not_begin(tmp_path: Path) -> None:
    path = tmp_path / "errand"
    for content in (b"", LENGTH.pack(99)[:4], LENGTH.pack(99) + b"half"):
        path.write_bytes(content)
        with path.open("rb") as stream, pytest.raises(ValueError, match="no errand"):
            take(stream)


# ---------------------------------------------------------------------------------------------------------------
# A process


@contextmanager
def a_process(folder: Path, device: Device, **facts: object) -> Iterator["subprocess.Popen[bytes]"]:
    """A real gateway, born as the parent of all processes bears one."""
    facts = {"safe_power_w": {CAR: 1000.0}, "beat_limit_s": 0.5, **facts}
    errand = GatewayErrand(device, (KEY,), AnchoredClock.here().anchor, str(folder / "g.sock"), **facts)  # type: ignore[arg-type]
    fds = [] if errand.life_fd is None else [errand.life_fd]
    process = subprocess.Popen([sys.executable, "-m", "enerwise.devices.gateway"], stdin=subprocess.PIPE, pass_fds=fds)
    assert process.stdin is not None
    with process.stdin:
        hand_down(errand, process.stdin)
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=PATIENCE_S)


def beating(link: GatewayLink, holds: Callable[[], bool]) -> None:
    """Beat until something holds."""
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s, "it takes too long"
        link.beat()
        time.sleep(0.02)


def carried_out(link: GatewayLink, permit: Permit) -> Receipt:
    """Hand a permit over until the gateway takes it, and return what became of it."""
    found: list[Receipt] = []

    def is_known() -> bool:
        receipt = link.receipt(permit.nonce)
        found.extend([receipt] if receipt is not None else [])
        return bool(found)

    beating(link, lambda: link.permit(permit))
    beating(link, is_known)
    return found[0]


def test_a_process_carries_out_permits_rests_in_silence_and_leaves_rest_behind_when_it_is_killed(
    tmp_path: Path,
) -> None:
    options = {"car.power_w.command": "chargers/1/set | $value | W"}
    with a_broker(tmp_path) as broker, broker.watched("#") as watcher:
        device = Device("broker", MQTT, f"{LOOPBACK}:{broker.port}", serves={CAR: CAR}, options=options)
        link = GatewayLink(tmp_path / "g.sock")
        with a_process(tmp_path, device) as process:
            beating(link, lambda: "1000" in watcher.values("chargers/1/set"))
            for name in ("cmdline", "environ"):
                content = Path(f"/proc/{process.pid}/{name}").read_bytes()
                assert KEY not in content and KEY.hex().encode() not in content
            assert carried_out(link, a_permit(valid_s=30.0)).value == 3000.0
            watcher.until("3000", topic="chargers/1/set")
            # Silence: nobody beats.
            watcher.until_so(lambda heard: heard[-1] == "1000", topic="chargers/1/set")
            assert carried_out(link, a_permit(4000.0, nonce=2, valid_s=30.0)).value == 4000.0
            watcher.until_so(lambda heard: heard[-1] == "4000", topic="chargers/1/set")
            process.send_signal(signal.SIGKILL)
            # The broker speaks for it now.
            watcher.until_so(lambda heard: heard[-1] == "1000", topic="chargers/1/set")
            watcher.until("offline", topic="enerwise/status")
        link.close()


def test_a_process_whose_parent_is_gone_leaves_rest_behind_and_ends(tmp_path: Path) -> None:
    options = {"car.power_w.command": "chargers/1/set | $value | W"}
    life, parent = os.pipe()
    try:
        with a_broker(tmp_path) as broker, broker.watched("#") as watcher:
            device = Device("broker", MQTT, f"{LOOPBACK}:{broker.port}", serves={CAR: CAR}, options=options)
            link = GatewayLink(tmp_path / "g.sock")
            with a_process(tmp_path, device, life_fd=life) as process:
                beating(link, lambda: "1000" in watcher.values("chargers/1/set"))
                assert carried_out(link, a_permit(valid_s=30.0)).value == 3000.0
                os.close(parent)
                parent = -1
                assert process.wait(timeout=PATIENCE_S) == 0
                watcher.until("offline", topic="enerwise/status")
                watcher.until_so(lambda heard: heard[-1] == "1000", topic="chargers/1/set")
            link.close()
    finally:
        os.close(life)
        if parent >= 0:
            os.close(parent)


def test_a_process_with_chargers_limits_them_and_lets_go_in_silence(tmp_path: Path) -> None:
    port = free_port()
    device = Device("chargers", OCPP, f"{LOOPBACK}:{port}", serves={"CP-1": CAR})
    link = GatewayLink(tmp_path / "g.sock")

    async def talk() -> None:
        # The rig is only asked where its central system is: that one lives in the process.
        async with asyncio.timeout(PATIENCE_S), a_client(Rig(None, port)) as charger:  # type: ignore[arg-type]
            await charger.call("BootNotification", chargePointVendor="V", chargePointModel="M")
            await charger.until_asked("TriggerMessage", count=2)
            handed = asyncio.create_task(asyncio.to_thread(carried_out, link, a_permit(valid_s=30.0)))
            asked = await charger.until_asked("SetChargingProfile", count=2)
            assert asked["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == 3000.0
            assert (await handed).value == 3000.0
            count = len([each for each in charger.asked if each[2] == "ClearChargingProfile"])
            await charger.until_asked("ClearChargingProfile", count=count + 1)

    with a_process(tmp_path, device):
        wait_for(port)
        beating(link, lambda: link.is_open)
        asyncio.run(talk())
        beating(link, lambda: link.rested.startswith("no heartbeat"))
    link.close()
