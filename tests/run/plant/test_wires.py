"""The wires of the plant, asked by clients that are not ours: Modbus TCP, and a serial line."""

import asyncio
import os
import select
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from enerwise.core.errors import ProblemsFound
from enerwise.core.time import now_ns
from enerwise.door.link import RtuLink
from enerwise.protocols.modbus import Request, Response, Table, TcpReader, rtu_frame, tcp_frame
from enerwise.run.plant.host import Host
from enerwise.run.plant.places import at_places, moved_here
from enerwise.site.wiring import MODBUS_RTU, Device
from tests.builders import a_site
from tests.run.plant.builders import a_device, a_host

WAIT_S = 2.0
Ask = Callable[[AsyncModbusTcpClient, Host], Awaitable[None]]


def alive(host: Host, ask: Callable[[], Awaitable[None]]) -> None:
    """Do something while the plant lives."""

    async def run() -> None:
        stop = asyncio.Event()
        living = asyncio.create_task(host.run(stop))
        end_s = time.monotonic() + WAIT_S
        while not (all(each.port for each in host.wires) and all(Path(each.path).exists() for each in host.lines)):
            assert time.monotonic() < end_s
            await asyncio.sleep(0.005)
        try:
            await ask()
        finally:
            stop.set()
            await asyncio.wait_for(living, WAIT_S)

    asyncio.run(run())


def on_the_wire(host: Host, ask: Ask) -> None:
    async def run() -> None:
        client = AsyncModbusTcpClient("127.0.0.1", port=host.wires[0].port, timeout=0.25, retries=0)
        try:
            assert await client.connect()
            await ask(client, host)
        finally:
            client.close()

    alive(host, run)


def test_a_foreign_client_reads_and_writes() -> None:
    async def ask(client: AsyncModbusTcpClient, host: Host) -> None:
        answer = await client.read_input_registers(4, count=1, device_id=1)
        assert answer.registers == [5000]
        written = await client.write_registers(100, [0, 1500], device_id=1)
        assert not written.isError()
        assert host.boxes["hybrid"].asked_w("battery", host.boxes["hybrid"].heard_s) == 1500.0
        assert not (await client.write_register(111, 7, device_id=1)).isError()
        assert (await client.read_holding_registers(111, count=1, device_id=1)).registers == [7]

    on_the_wire(a_host(), ask)


def test_what_is_not_there_is_refused() -> None:
    async def ask(client: AsyncModbusTcpClient, host: Host) -> None:
        assert (await client.read_input_registers(900, count=1, device_id=1)).exception_code == 2
        assert (await client.write_register(900, 1, device_id=1)).exception_code == 2
        assert (await client.write_register(4, 1, device_id=1)).exception_code == 2
        assert (await client.read_input_registers(0, count=1, device_id=9)).exception_code == 11
        assert (await client.read_device_information(device_id=1)).exception_code == 1

    on_the_wire(a_host(), ask)


def test_two_units_share_a_port_and_two_ports_a_plant() -> None:
    meter = a_device("eastron_sdm630", id="meter", serves={"meter": "grid"}, unit_id=2)
    roof = a_device(id="roof", serves={"pv": "roof"}, address="localhost:1")

    async def ask(client: AsyncModbusTcpClient, host: Host) -> None:
        assert not (await client.read_input_registers(4, count=1, device_id=1)).isError()
        answer = await client.read_input_registers(52, count=2, device_id=2)
        power_w = client.convert_from_registers(answer.registers, client.DATATYPE.FLOAT32)
        assert power_w == pytest.approx(host.plant.grid_w, abs=300.0)

    host = a_host(a_site(devices=[a_device(), meter, roof]))
    assert [len(wire.units) for wire in host.wires] == [2, 1]
    host.wires[1].port = 0
    on_the_wire(host, ask)


@pytest.mark.parametrize("fault", ["silent", "resets"])
def test_a_device_that_does_not_answer(fault: str) -> None:
    async def ask(client: AsyncModbusTcpClient, host: Host) -> None:
        host.fault("hybrid", fault=fault)
        with pytest.raises(ModbusException):
            await client.read_input_registers(4, count=1, device_id=1)

    on_the_wire(a_host(), ask)


def test_a_slow_device_takes_its_time() -> None:
    async def ask(client: AsyncModbusTcpClient, host: Host) -> None:
        host.fault("hybrid", delay_s=0.1)
        began_s = time.monotonic()
        assert not (await client.read_input_registers(4, count=1, device_id=1)).isError()
        assert time.monotonic() - began_s >= 0.1

    on_the_wire(a_host(), ask)


def test_our_own_frames_are_understood_in_pieces_and_rubbish_ends_the_connection() -> None:
    host = a_host()

    async def ask() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", host.wires[0].port)
        frame = tcp_frame(7, Request.read(1, Table.INPUT, 4, 2)) + tcp_frame(8, Request.read(1, Table.INPUT, 0, 2))
        writer.write(frame[:5])
        await asyncio.sleep(0.01)
        writer.write(frame[5:])
        found: list[Response] = []
        answers = TcpReader()
        while len(found) < 2:
            answers, more = answers.feed(await asyncio.wait_for(reader.read(100), WAIT_S))
            found += more
        assert [(each.transaction, len(each.words)) for each in found] == [(7, 2), (8, 2)]
        writer.write(b"\x00\x01\xff\xff\x00\x06\x01\x04\x00\x04\x00\x01")
        assert await asyncio.wait_for(reader.read(100), WAIT_S) == b""
        writer.close()
        await writer.wait_closed()

    alive(host, ask)


def test_a_port_that_is_taken_says_so_and_leaves_nothing_open() -> None:
    first = a_host()

    async def ask() -> None:
        second = a_host(a_site(devices=[a_device(), a_device(id="other", address=f"127.0.0.1:{first.wires[0].port}")]))
        with pytest.raises(OSError, match="in use"):
            await second.run(asyncio.Event())

    alive(first, ask)


# ---------------------------------------------------------------------------------------------------------------
# Serial lines


def a_serial_host(path: Path) -> Host:
    """The hybrid inverter as unit 1 and a meter as unit 2 of one line."""
    line: dict[str, Any] = {"driver": MODBUS_RTU, "address": str(path), "baud_count": 115_200}
    meter = a_device("eastron_sdm630", id="meter", serves={"meter": "grid"}, unit_id=2, **line)
    return a_host(a_site(devices=[a_device(**line), meter]))


def test_a_foreign_client_speaks_on_a_serial_line(tmp_path: Path) -> None:
    path = tmp_path / "line"
    host = a_serial_host(path)

    async def ask() -> None:
        client = AsyncModbusSerialClient(str(path), framer=FramerType.RTU, baudrate=115_200, timeout=0.25, retries=0)
        assert await client.connect()
        assert (await client.read_input_registers(4, count=1, device_id=1)).registers == [5000]
        assert not (await client.write_registers(100, [0, 1500], device_id=1)).isError()
        assert host.boxes["hybrid"].asked_w("battery", host.boxes["hybrid"].heard_s) == 1500.0
        assert len((await client.read_input_registers(52, count=2, device_id=2)).registers) == 2
        host.fault("meter", fault="silent")
        with pytest.raises(ModbusException):
            await client.read_input_registers(52, count=2, device_id=2)
        client.close()

    alive(host, ask)
    assert not path.is_symlink()


def test_the_line_of_the_door_speaks_with_it(tmp_path: Path) -> None:
    path = tmp_path / "line"
    host = a_serial_host(path)
    answers: list[Response | None] = []

    def speak() -> None:
        link = RtuLink(str(path), 115_200)
        link.tick(now_ns())
        for request in (Request.read(1, Table.INPUT, 4, 1), Request.write(1, 16, 100, (0, 900))):
            link.ask(request, lambda answer, why, at: answers.append(answer), timeout_s=WAIT_S, now_ns=now_ns())
        end_s = time.monotonic() + WAIT_S
        while len(answers) < 2 and time.monotonic() < end_s:
            assert link.fd is not None
            readable, writable, _ = select.select([link.fd], [link.fd] if link.wants_to_write else [], [], 0.1)
            link.ready(now_ns(), readable=bool(readable), writable=bool(writable))
        link.close()

    alive(host, lambda: asyncio.to_thread(speak))
    assert answers[0] is not None
    assert answers[0].words == (5000,)
    assert answers[1] is not None
    assert host.boxes["hybrid"].asked_w("battery", host.boxes["hybrid"].heard_s) == 900.0


def test_noise_on_the_line_is_forgotten_after_a_silence(tmp_path: Path) -> None:
    path = tmp_path / "line"
    host = a_serial_host(path)
    frame = rtu_frame(Request.read(1, Table.INPUT, 4, 1))

    def speak() -> bytes:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        try:
            for noise in (b"\x01\x04\x00", b"\xff\xff\xff", frame[:-1] + b"\x00"):
                os.write(fd, noise)
                time.sleep(0.08)
            os.write(fd, frame)
            assert select.select([fd], [], [], WAIT_S)[0]
            time.sleep(0.02)
            return os.read(fd, 100)
        finally:
            os.close(fd)

    async def ask() -> None:
        assert (await asyncio.to_thread(speak))[:5] == b"\x01\x04\x02\x13\x88"

    alive(host, ask)
    assert host.lines[0].request_count == 1


def test_a_slow_line_takes_its_time_and_who_interrupts_destroys_the_answer(tmp_path: Path) -> None:
    path = tmp_path / "line"
    host = a_serial_host(path)
    host.lines[0].baud_count = 2400
    first, second = (rtu_frame(Request.read(1, Table.INPUT, at, 20)) for at in (30, 0))

    def speak() -> tuple[float, bytes]:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        try:
            began_s = time.monotonic()
            os.write(fd, first)
            time.sleep(0.02)
            os.write(fd, second)
            assert select.select([fd], [], [], WAIT_S)[0]
            took_s = time.monotonic() - began_s
            time.sleep(0.02)
            return took_s, os.read(fd, 200)
        finally:
            os.close(fd)

    async def ask() -> None:
        took_s, answer = await asyncio.to_thread(speak)
        assert took_s >= (8 + 45) * 10 / 2400
        assert len(answer) == 45

    alive(host, ask)


def test_a_line_is_laid_over_a_dead_one_and_over_nothing_else(tmp_path: Path) -> None:
    dead, taken = tmp_path / "dead", tmp_path / "taken"
    dead.symlink_to("/dev/pts/99999")
    taken.write_text("mine")

    async def nothing() -> None:
        pass

    alive(a_serial_host(dead), nothing)
    with pytest.raises(OSError, match="exists"):
        asyncio.run(a_serial_host(taken).run(asyncio.Event()))
    assert taken.read_text() == "mine"


# ---------------------------------------------------------------------------------------------------------------
# Places


@pytest.mark.parametrize(
    ("devices", "why"),
    [
        ([], "there is none that can be played"),
        ([a_device(address="192.168.1.20:502")], "192.168.1.20:502 is not this machine; write 127.0.0.1:15020"),
        ([a_device(driver=MODBUS_RTU, address="/dev/ttyUSB0")], "/dev/ttyUSB0 is not this machine; write /tmp/"),
    ],
)
def test_a_site_that_cannot_be_played_says_why(devices: list[Device], why: str) -> None:
    with pytest.raises(ProblemsFound, match=why):
        a_host(a_site(devices=devices))


def test_a_site_elsewhere_is_moved_here() -> None:
    lines = {"driver": MODBUS_RTU, "address": "/dev/ttyUSB0"}
    site = a_site(
        devices=[
            a_device(address="192.168.1.20:502"),
            a_device(id="meter", address="192.168.1.20:502", unit_id=2),
            a_device(id="other", address="inverter:502"),
            a_device(id="serial", **lines),
        ]
    )
    moved = at_places(site, moved_here(site, 15_020, "/tmp"))
    assert [each.address for each in moved.devices] == [
        "127.0.0.1:15020",
        "127.0.0.1:15020",
        "127.0.0.1:15021",
        "/tmp/lindenweg-8-line-1",
    ]
    assert [each.driver for each in moved.devices] == [each.driver for each in site.devices]
    assert len(a_host(moved).boxes) == 4
    with pytest.raises(ProblemsFound, match="65535 leaves no room"):
        moved_here(site, 65_535, "/tmp")
