"""Frames against code that is not ours, on loopback: pymodbus as device and as client, and a device on libmodbus."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.framer import FramerRTU
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from enerwise.protocols.modbus import (
    Asked,
    Request,
    Response,
    RtuReader,
    RtuServerReader,
    Table,
    TcpReader,
    TcpServerReader,
    mismatch,
    payload,
    rtu_answer,
    rtu_frame,
    tcp_answer,
    tcp_frame,
    transaction_id,
)
from tests.peers.modbus_peer import WRITE_COUNTER, c_device
from tests.peers.ports import LOOPBACK, free_port

from .strategies import requests

T = TypeVar("T")
UNIT = 7
LIMIT_S = 5.0
ASKED = [
    Request.read(UNIT, Table.HOLDING, 10, 125),
    Request.write(UNIT, 6, 11, (0xBEEF,)),
    Request.write(UNIT, 16, 12, tuple(range(123))),
    Request.read(UNIT, Table.HOLDING, 10, 125),
    Request.read(UNIT, Table.INPUT, 0, 3),
    Request.write(UNIT, 5, 3, (1,)),
    Request.write(UNIT, 15, 8, (1, 0, 1, 1, 0, 0, 1, 1, 1, 0)),
    Request.read(UNIT, Table.COIL, 0, 19),
    Request.read(UNIT, Table.DISCRETE, 0, 5),
]
ANSWERS: list[tuple[int, ...]] = [
    (5,) * 125,
    (0xBEEF,),
    (),
    (5, 0xBEEF, *range(123)),
    (6, 6, 6),
    (1,),
    (),
    (0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0),
    (0, 0, 0, 0, 0),
]


# ---------------------------------------------------------------------------------------------------------------
# Their device, our client


@pytest.mark.parametrize("is_serial", [False, True], ids=["tcp", "rtu"])
def test_a_pymodbus_device_understands_us(is_serial: bool) -> None:
    assert asyncio.run(_with_their_device(_ask_all, is_serial)) == ANSWERS


def test_a_pymodbus_device_refuses_what_it_has_not() -> None:
    async def beyond(port: int, is_serial: bool) -> str | None:
        request = Request.read(UNIT, Table.HOLDING, 5000, 1)
        return mismatch(request, await _answer(port, request, is_serial), transaction=transaction_id(1))

    assert asyncio.run(_with_their_device(beyond, False)) == "unit 7 refused function 3: illegal data address (2)"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=requests())
def test_pymodbus_reads_our_serial_frames(request: Request) -> None:
    """Their framer finds the same unit and the same message, and its checksum agrees."""
    frame = rtu_frame(request)
    assert FramerRTU.compute_CRC(frame[:-2]) == int.from_bytes(frame[-2:], "big")


async def _with_their_device(ask: Callable[[int, bool], Awaitable[T]], is_serial: bool) -> T:
    port = free_port()
    blocks = (
        [SimData(0, count=64, values=False, datatype=DataType.BITS)],
        [SimData(0, count=64, values=False, datatype=DataType.BITS)],
        [SimData(0, count=200, values=5, datatype=DataType.REGISTERS)],
        [SimData(0, count=200, values=6, datatype=DataType.REGISTERS)],
    )
    framer = FramerType.RTU if is_serial else FramerType.SOCKET
    server = ModbusTcpServer(SimDevice(UNIT, blocks), framer=framer, address=(LOOPBACK, port))
    await server.serve_forever(background=True)
    try:
        return await asyncio.wait_for(ask(port, is_serial), LIMIT_S)
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]


async def _ask_all(port: int, is_serial: bool) -> list[tuple[int, ...]]:
    found = []
    for request in ASKED:
        response = await _answer(port, request, is_serial)
        assert mismatch(request, response, transaction=None if is_serial else transaction_id(1)) is None
        found.append(payload(request, response))
    return found


async def _answer(port: int, request: Request, is_serial: bool) -> Response:
    stream, sink = await asyncio.open_connection(LOOPBACK, port)
    sink.write(rtu_frame(request) if is_serial else tcp_frame(transaction_id(1), request))
    reader: RtuReader | TcpReader = RtuReader(request) if is_serial else TcpReader()
    found: list[Response] = []
    while not found:
        data = await stream.read(4096)
        assert data, "the device hung up"
        reader, found = reader.feed(data)
    sink.close()
    await sink.wait_closed()
    return found[0]


# ---------------------------------------------------------------------------------------------------------------
# Our device, their client


@pytest.mark.parametrize("is_serial", [False, True], ids=["tcp", "rtu"])
def test_a_pymodbus_client_understands_our_device(is_serial: bool) -> None:
    heard, told = asyncio.run(_with_our_device(is_serial))
    assert heard == [each for each in ASKED if each.function != 2]
    assert told == [
        [5] * 125,
        [0xBEEF],
        [],
        [5] * 125,
        [5] * 3,
        [True],
        [],
        [True, False, True] + [False] * 21,
        2,
    ]


async def _with_our_device(is_serial: bool) -> tuple[list[Request], list[object]]:
    heard: list[Request] = []
    ended = asyncio.Event()

    async def serve(stream: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        reader: RtuServerReader | TcpServerReader = RtuServerReader() if is_serial else TcpServerReader()
        while data := await stream.read(4096):
            reader, found = reader.feed(data)
            for asked in found:
                sink.write(_reply(asked, heard))
        sink.close()
        await sink.wait_closed()
        ended.set()

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    framer = FramerType.RTU if is_serial else FramerType.SOCKET
    client = AsyncModbusTcpClient(LOOPBACK, port=port, framer=framer, retries=0, timeout=LIMIT_S)
    async with server:
        assert await client.connect()
        told = [_told(await each) for each in _calls(client)]
        client.close()
        await asyncio.wait_for(ended.wait(), LIMIT_S)
    return heard, told


def _calls(client: AsyncModbusTcpClient) -> list[Awaitable[ModbusPDU]]:
    return [
        client.read_holding_registers(10, count=125, device_id=UNIT),
        client.write_register(11, 0xBEEF, device_id=UNIT),
        client.write_registers(12, list(range(123)), device_id=UNIT),
        client.read_holding_registers(10, count=125, device_id=UNIT),
        client.read_input_registers(0, count=3, device_id=UNIT),
        client.write_coil(3, True, device_id=UNIT),
        client.write_coils(8, [bool(bit) for bit in ASKED[6].words], device_id=UNIT),
        client.read_coils(0, count=19, device_id=UNIT),
        client.read_discrete_inputs(0, count=5, device_id=UNIT),
    ]


def _told(answer: ModbusPDU) -> object:
    if answer.isError():
        return answer.exception_code
    return answer.bits if answer.function_code in (1, 5) else answer.registers


def _reply(asked: Asked, heard: list[Request]) -> bytes:
    """Answer as a device with fives in its registers, which knows no discrete inputs."""
    request = asked.request
    if request is None or request.table is Table.DISCRETE:
        response = asked.refused(2)
    else:
        heard.append(request)
        words = request.words if request.function in (5, 6) else ()
        if request.is_read:
            words = (5,) * request.count if request.function > 2 else (1, 0, 1, *(0,) * 21)
        response = Response(request.unit_id, request.function, words, address=request.address, count=request.count)
    return rtu_answer(response) if asked.transaction is None else tcp_answer(asked.transaction, response)


# ---------------------------------------------------------------------------------------------------------------
# A device in C


def test_a_libmodbus_device_understands_us() -> None:
    with c_device() as port, socket.create_connection((LOOPBACK, port), timeout=LIMIT_S) as line:
        assert _asked(line, Request.read(UNIT, Table.HOLDING, 10, 3), 1) == (10, 11, 12)
        _asked(line, Request.write(UNIT, 6, 10, (1000,)), 2)
        _asked(line, Request.write(UNIT, 16, 11, (2000, 3000)), 3)
        _asked(line, Request.write(UNIT, 15, 0, (1, 0, 1)), 4)
        assert _asked(line, Request.read(UNIT, Table.HOLDING, 10, 3), 5) == (1000, 2000, 3000)
        assert _asked(line, Request.read(UNIT, Table.COIL, 0, 3), 6) == (1, 0, 1)
        assert _asked(line, Request.read(UNIT, Table.HOLDING, WRITE_COUNTER, 1), 7) == (3,)


def test_a_libmodbus_device_that_is_busy_is_told_apart() -> None:
    request = Request.read(UNIT, Table.HOLDING, 10, 3)
    with c_device(exception_every=1) as port, socket.create_connection((LOOPBACK, port), timeout=LIMIT_S) as line:
        why = mismatch(request, _response(line, request, 1), transaction=transaction_id(1))
    assert why == "unit 7 refused function 3: device busy (6)"


def test_a_libmodbus_device_refuses_what_it_has_not() -> None:
    request = Request.read(UNIT, Table.HOLDING, 999, 2)
    with c_device() as port, socket.create_connection((LOOPBACK, port), timeout=LIMIT_S) as line:
        why = mismatch(request, _response(line, request, 1), transaction=transaction_id(1))
    assert why == "unit 7 refused function 3: illegal data address (2)"


def _asked(line: socket.socket, request: Request, number: int) -> tuple[int, ...]:
    response = _response(line, request, number)
    assert mismatch(request, response, transaction=transaction_id(number)) is None
    return payload(request, response)


def _response(line: socket.socket, request: Request, number: int) -> Response:
    line.sendall(tcp_frame(transaction_id(number), request))
    reader = TcpReader()
    found: list[Response] = []
    while not found:
        data = line.recv(4096)
        assert data, "the device hung up"
        reader, found = reader.feed(data)
    return found[0]
