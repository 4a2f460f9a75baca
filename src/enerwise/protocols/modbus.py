"""Modbus frames on TCP and on a serial line (RTU), from the client's side and from the device's.

Readers are values: they take bytes as they come, in any pieces, and return the reader that goes on and the messages
that are whole. What cannot be a message raises `ModbusFrameError`: framing is lost, and the caller starts anew, on TCP
with a new connection, on a serial line after a silence. Sources: MODBUS Messaging on TCP/IP V1.0b, MODBUS over Serial
Line V1.02.
"""

import struct
from dataclasses import dataclass
from typing import Final

from enerwise.protocols.pdu import (
    COUNT_MAX,
    EXCEPTION_BIT,
    MULTIPLE_WRITES,
    ModbusFrameError,
    Request,
    Response,
    Table,
    decode_request,
    decode_response,
    encode_request,
    encode_response,
    expected_length,
    mismatch,
    payload,
    response_length,
)

__all__ = [
    "Asked",
    "ModbusFrameError",
    "Request",
    "Response",
    "RtuReader",
    "RtuServerReader",
    "Table",
    "TcpReader",
    "TcpServerReader",
    "crc16",
    "mismatch",
    "payload",
    "rtu_answer",
    "rtu_frame",
    "tcp_answer",
    "tcp_frame",
    "transaction_id",
]

HEAD: Final = struct.Struct(">HHHB")
"""Transaction, protocol (0), bytes that follow the length, unit."""
LENGTH_MAX: Final = 254
RTU_EXTRA: Final = 3
"""Unit before a message, checksum behind it."""


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        rest = byte
        for _ in range(8):
            rest = rest >> 1 ^ (0xA001 if rest & 1 else 0)
        table.append(rest)
    return tuple(table)


CRC_TABLE: Final = _crc_table()


def crc16(content: bytes) -> int:
    """Return the checksum of a serial frame; it is sent with the less significant byte first."""
    rest = 0xFFFF
    for byte in content:
        rest = rest >> 8 ^ CRC_TABLE[(rest ^ byte) & 0xFF]
    return rest


def transaction_id(count: int) -> int:
    """Return the id of the n-th request: any two differ in two bits or more, so that no flipped bit makes one another.

    >>> [transaction_id(count) for count in range(4)]
    [0, 3, 5, 6]
    """
    number = count & 0x7FFF
    return number << 1 | number.bit_count() & 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What reached a device: a request, or the code with which it is refused."""

    unit_id: int
    function: int
    request: Request | None
    exception_code: int = 0
    transaction: int | None = None

    def refused(self, code: int = 0) -> Response:
        """Return the answer that refuses it."""
        return Response(
            self.unit_id, self.function, exception_code=code or self.exception_code, transaction=self.transaction
        )


# ---------------------------------------------------------------------------------------------------------------
# TCP


def tcp_frame(transaction: int, request: Request) -> bytes:
    """Return a request as it goes over TCP."""
    return _tcp(transaction, request.unit_id, encode_request(request))


def tcp_answer(transaction: int, response: Response) -> bytes:
    """Return an answer as it goes over TCP."""
    return _tcp(transaction, response.unit_id, encode_response(response))


@dataclass(frozen=True, slots=True)
class TcpReader:
    """Answers out of a stream of bytes."""

    rest: bytes = b""

    def feed(self, data: bytes) -> "tuple[TcpReader, list[Response]]":
        """Take bytes; return the reader that goes on and the answers that are whole.

        Raises:
            ModbusFrameError: The stream is not one of answers.
        """
        rest, parts = _split(self.rest + data)
        found = [decode_response(unit_id, message, transaction=number) for number, unit_id, message in parts]
        return TcpReader(rest), found


@dataclass(frozen=True, slots=True)
class TcpServerReader:
    """Requests out of a stream of bytes, for a device."""

    rest: bytes = b""

    def feed(self, data: bytes) -> "tuple[TcpServerReader, list[Asked]]":
        """Take bytes; return the reader that goes on and the requests that are whole.

        Raises:
            ModbusFrameError: The stream is not one of requests.
        """
        rest, parts = _split(self.rest + data)
        return TcpServerReader(rest), [_asked(unit_id, message, number) for number, unit_id, message in parts]


def _tcp(transaction: int, unit_id: int, message: bytes) -> bytes:
    return HEAD.pack(transaction, 0, len(message) + 1, unit_id) + message


def _split(stream: bytes) -> tuple[bytes, list[tuple[int, int, bytes]]]:
    """Return what is left over, and transaction, unit and message of each whole frame."""
    parts = []
    while len(stream) >= HEAD.size:
        transaction, protocol, length, unit_id = HEAD.unpack_from(stream)
        if protocol or not 2 <= length <= LENGTH_MAX:
            raise ModbusFrameError(f"protocol {protocol} and length {length} head no frame")
        end = HEAD.size - 1 + length
        if len(stream) < end:
            break
        parts.append((transaction, unit_id, stream[HEAD.size : end]))
        stream = stream[end:]
    return stream, parts


def _asked(unit_id: int, message: bytes, transaction: int | None = None) -> Asked:
    found = decode_request(unit_id, message)
    function = message[0] & ~EXCEPTION_BIT
    if isinstance(found, Request):
        return Asked(unit_id, function, found, transaction=transaction)
    return Asked(unit_id, function, None, found, transaction)


# ---------------------------------------------------------------------------------------------------------------
# Serial line


def rtu_frame(request: Request) -> bytes:
    """Return a request as it goes over a serial line."""
    return _rtu(request.unit_id, encode_request(request))


def rtu_answer(response: Response) -> bytes:
    """Return an answer as it goes over a serial line."""
    return _rtu(response.unit_id, encode_response(response))


@dataclass(frozen=True, slots=True)
class RtuReader:
    """The one answer to a request: a serial frame does not tell where it ends, what was asked tells."""

    request: Request
    rest: bytes = b""

    def feed(self, data: bytes) -> "tuple[RtuReader, list[Response]]":
        """Take bytes; return the reader that goes on and the answer as soon as it is whole.

        Raises:
            ModbusFrameError: The bytes are no answer to the request, or damaged.
        """
        frame = self.rest + data
        length = self._length(frame)
        if len(frame) < length:
            return RtuReader(self.request, frame), []
        if len(frame) > length:
            raise ModbusFrameError(f"{len(frame) - length} bytes follow the answer")
        return RtuReader(self.request), [decode_response(frame[0], _checked(frame))]

    def _length(self, frame: bytes) -> int:
        """Return how long the frame will be; the shortest possible while it cannot be told."""
        if frame and frame[0] != self.request.unit_id:
            raise ModbusFrameError(f"unit {frame[0]} speaks, {self.request.unit_id} was asked")
        if len(frame) < 3:
            return 2 + RTU_EXTRA
        function, message = frame[1], frame[1:]
        if function == self.request.function | EXCEPTION_BIT:
            return 2 + RTU_EXTRA
        expected = expected_length(self.request)
        if function != self.request.function or response_length(message) != expected:
            raise ModbusFrameError(f"function {function} with {frame[2]} does not answer what was asked")
        return expected + RTU_EXTRA


@dataclass(frozen=True, slots=True)
class RtuServerReader:
    """Requests from a serial line, for a device; after a silence on the line a fresh one begins."""

    rest: bytes = b""

    def feed(self, data: bytes) -> "tuple[RtuServerReader, list[Asked]]":
        """Take bytes; return the reader that goes on and the requests that are whole.

        Raises:
            ModbusFrameError: The bytes are no request, or damaged.
        """
        stream, found = self.rest + data, []
        while (length := _request_length(stream)) <= len(stream):
            message = _checked(stream[:length])
            found.append(_asked(stream[0], message))
            stream = stream[length:]
        return RtuServerReader(stream), found


def _request_length(stream: bytes) -> int:
    """Return how long the first frame is; the shortest possible while it cannot be told."""
    if len(stream) >= 2 and stream[1] not in COUNT_MAX:
        raise ModbusFrameError(f"function {stream[1]} is not known; where its frame ends cannot be told")
    if len(stream) < 2 or stream[1] not in MULTIPLE_WRITES:
        return 5 + RTU_EXTRA
    return 6 + RTU_EXTRA + (stream[6] if len(stream) > 6 else 0)


def _rtu(unit_id: int, message: bytes) -> bytes:
    content = bytes([unit_id]) + message
    return content + crc16(content).to_bytes(2, "little")


def _checked(frame: bytes) -> bytes:
    """Return the message of a whole serial frame."""
    if crc16(frame[:-2]) != int.from_bytes(frame[-2:], "little"):
        raise ModbusFrameError("checksum does not fit")
    return frame[1:-2]
