"""A SunSpec device that is not our code, on loopback: pymodbus serves it, we move it, pysunspec2 looks at it.

We find the models by our walk and write by our frames; what then is in force is read by pysunspec2's own client.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from sunspec2.modbus.client import SunSpecModbusClientDeviceTCP  # type: ignore[import-untyped]

from enerwise.devices.bound import Bound
from enerwise.devices.points import Read
from enerwise.devices.profiles import load_profile
from enerwise.protocols.modbus import Request, Response, TcpReader, mismatch, payload, tcp_frame, transaction_id
from enerwise.protocols.pdu import Table
from enerwise.protocols.sunspec import Walk
from enerwise.testing.contracts.recording import Recording, parse_recording
from tests.peers.ports import LOOPBACK, free_port

RECORDINGS = Path(__file__).with_name("recordings")
UNIT = 1
LIMIT_S = 5.0
T = TypeVar("T")


def test_pysunspec2_sees_what_we_set_in_a_storage() -> None:
    """Minus 2000 W of 8000 W: charging at most at -25 %, discharging at 25 %, both rates active."""
    seen = at_the_device("sunspec_storage", lambda port: moved(port, "sunspec_storage", -2000.0, model=124))
    assert (seen["InWRte"], seen["OutWRte"], seen["StorCtl_Mod"]) == (-25.0, 25.0, 3)
    assert seen["InOutWRte_RvrtTms"] == 5


def test_pysunspec2_sees_what_we_set_in_a_newer_inverter() -> None:
    seen = at_the_device("sunspec_7xx", lambda port: moved(port, "sunspec_7xx", 3000.0, model=704))
    assert (seen["WSet"], seen["WSetMod"], seen["WSetEna"]) == (-3000, 1, 1)
    assert (seen["WSetRvrt"], seen["WSetEnaRvrt"], seen["WSetRvrtTms"]) == (0, 1, 5)


@pytest.mark.parametrize("name", ["sunspec_inverter", "sunspec_storage", "sunspec_7xx", "sunspec_meter", "sunspec_bms"])
def test_we_find_and_read_a_device_as_recorded(name: str) -> None:
    recorded = parse_recording((RECORDINGS / f"{name}.toml").read_text(encoding="utf-8"))
    bases, found = at_the_device(name, lambda port: read(port, name))
    assert bases == recorded.bases
    assert found == pytest.approx(dict(recorded.expected), rel=1e-6, nan_ok=True)


def read(port: int, name: str) -> tuple[dict[int, int], dict[tuple[str, str], float]]:
    with closing(socket.create_connection((LOOPBACK, port), timeout=LIMIT_S)) as line:
        walk = walked(line)
        bound = load_profile(name).bind(walk.bases)
        return dict(walk.bases), bound.decode(looks(line, bound))


def moved(port: int, name: str, power_w: float, *, model: int) -> dict[str, float]:
    """Set a power, and return what pysunspec2 then reads of a model."""
    with closing(socket.create_connection((LOOPBACK, port), timeout=LIMIT_S)) as line:
        bound = load_profile(name).bind(walked(line).bases)
        bound = bound.learned(looks(line, bound))
        assert not bound.problems()
        for write in (*bound.comms_loss_writes(5.0), *bound.writes("battery", "power_w", power_w)):
            asked(line, Request.write(UNIT, write.function, write.address, write.words))
    return looked(port, model)


def looked(port: int, model: int) -> dict[str, float]:
    """Return what pysunspec2 reads of one model, in the units of the model."""
    device = SunSpecModbusClientDeviceTCP(slave_id=UNIT, ipaddr=LOOPBACK, ipport=port, timeout=LIMIT_S)
    try:
        device.scan()
        points = device.models[model][0].points
        return {name: point.cvalue for name, point in points.items()}
    finally:
        device.close()


def walked(line: socket.socket) -> Walk:
    walk = Walk()
    while (wants := walk.wants) is not None:
        response, request = _exchanged(line, Request.read(UNIT, Table.HOLDING, *wants))
        walk = walk.told(None if response.exception_code else payload(request, response))
    return walk


def looks(line: socket.socket, bound: Bound) -> dict[Read, tuple[int, ...]]:
    reads = bound.reads()
    return {each: asked(line, Request.read(UNIT, each.table, each.address, each.count)) for each in reads}


def asked(line: socket.socket, request: Request) -> tuple[int, ...]:
    response, _ = _exchanged(line, request)
    assert mismatch(request, response, transaction=transaction_id(1)) is None
    return payload(request, response)


def _exchanged(line: socket.socket, request: Request) -> tuple[Response, Request]:
    line.sendall(tcp_frame(transaction_id(1), request))
    reader = TcpReader()
    found: list[Response] = []
    while not found:
        data = line.recv(4096)
        assert data, "the device hung up"
        reader, found = reader.feed(data)
    return found[0], request


def at_the_device(name: str, use: Callable[[int], T]) -> T:
    """Serve a recording by pymodbus for as long as somebody uses it."""
    recorded = parse_recording((RECORDINGS / f"{name}.toml").read_text(encoding="utf-8"))
    return asyncio.run(_served(recorded, use))


async def _served(recorded: Recording, use: Callable[[int], T]) -> T:
    addresses = sorted(address for _, address in recorded.image)
    words = [recorded.image[Table.HOLDING, address] for address in addresses]
    registers = SimData(addresses[0], values=words, datatype=DataType.REGISTERS)
    port = free_port()
    server = ModbusTcpServer(SimDevice(UNIT, [registers]), address=(LOOPBACK, port))
    await server.serve_forever(background=True)
    try:
        return await asyncio.wait_for(asyncio.to_thread(use, port), 2 * LIMIT_S)
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]
