"""Modbus messages: what is asked and answered, free of the wire they travel on.

Source: MODBUS Application Protocol Specification V1.1b3. Only reading and writing of registers, coils and discrete
inputs is spoken. Everything received is checked to the last byte: a message of another length than its function and
its byte count allow is none.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ModbusFrameError(ValueError):
    """Bytes that cannot be a message here; what follows them on the wire cannot be trusted either."""


class Table(StrEnum):
    """The four tables of a Modbus device."""

    COIL = "coil"
    DISCRETE = "discrete"
    HOLDING = "holding"
    INPUT = "input"


READ_FUNCTIONS: Final[Mapping[Table, int]] = {Table.COIL: 1, Table.DISCRETE: 2, Table.HOLDING: 3, Table.INPUT: 4}
TABLES: Final[Mapping[int, Table]] = {function: table for table, function in READ_FUNCTIONS.items()} | {
    5: Table.COIL,
    6: Table.HOLDING,
    15: Table.COIL,
    16: Table.HOLDING,
}
"""Which table a function reads or writes."""
COUNT_MAX: Final[Mapping[int, int]] = {1: 2000, 2: 2000, 3: 125, 4: 125, 5: 1, 6: 1, 15: 1968, 16: 123}
"""How many registers or bits one message may read or write."""
BIT_READS: Final = (1, 2)
WORD_READS: Final = (3, 4)
READS: Final = BIT_READS + WORD_READS
SINGLE_WRITES: Final = (5, 6)
MULTIPLE_WRITES: Final = (15, 16)
COIL_ON: Final = 0xFF00

ILLEGAL_FUNCTION: Final = 1
ILLEGAL_ADDRESS: Final = 2
ILLEGAL_VALUE: Final = 3
EXCEPTIONS: Final[Mapping[int, str]] = {
    ILLEGAL_FUNCTION: "illegal function",
    ILLEGAL_ADDRESS: "illegal data address",
    ILLEGAL_VALUE: "illegal data value",
    4: "device failure",
    5: "acknowledged, still working on it",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target does not answer",
}
EXCEPTION_BIT: Final = 0x80


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks of one unit. A write carries its words; coils are words of 0 and 1."""

    unit_id: int
    function: int
    address: int
    count: int
    words: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.unit_id <= 0xFF:
            raise ValueError(f"unit id {self.unit_id} is not within 0..255")
        if self.function not in COUNT_MAX:
            raise ValueError(f"function {self.function} is not one of {sorted(COUNT_MAX)}")
        if not 1 <= self.count <= COUNT_MAX[self.function]:
            raise ValueError(f"function {self.function} takes 1 to {COUNT_MAX[self.function]}, not {self.count}")
        if not 0 <= self.address <= 0x10000 - self.count:
            raise ValueError(f"{self.count} from address {self.address} on are not within 0..65535")
        if len(self.words) != (0 if self.is_read else self.count):
            raise ValueError(f"function {self.function} on {self.count} carries {len(self.words)} words")
        top = 1 if self.table is Table.COIL else 0xFFFF
        if not all(0 <= word <= top for word in self.words):
            raise ValueError(f"{list(self.words)} are not all within 0..{top}")

    @classmethod
    def read(cls, unit_id: int, table: Table, address: int, count: int) -> "Request":
        """Ask for the content of consecutive addresses."""
        return cls(unit_id, READ_FUNCTIONS[table], address, count)

    @classmethod
    def write(cls, unit_id: int, function: int, address: int, words: tuple[int, ...]) -> "Request":
        """Ask to take up words from an address on, by function 5, 6, 15 or 16."""
        return cls(unit_id, function, address, len(words), words)

    @property
    def is_read(self) -> bool:
        return self.function in READS

    @property
    def table(self) -> Table:
        return TABLES[self.function]


@dataclass(frozen=True, slots=True)
class Response:
    """What a unit answered. Of bits read there are as many words of 0 and 1 as fill whole bytes."""

    unit_id: int
    function: int
    """Without the bit that marks an exception."""
    words: tuple[int, ...] = ()
    """What was read, or the echo of a single write."""
    address: int = 0
    """Echo of a write."""
    count: int = 0
    """Echo of a write of several."""
    exception_code: int = 0
    transaction: int | None = None
    """None on a serial line."""


def mismatch(request: Request, response: Response, *, transaction: int | None = None) -> str | None:
    """Tell why a response is no good answer to a request: not its own, not whole, or refused; None where it is good.

    Args:
        request: What was asked.
        response: What came back.
        transaction: What the request was sent under; None on a serial line.
    """
    if response.transaction != transaction:
        return f"answers transaction {response.transaction}, not {transaction}"
    if response.unit_id != request.unit_id:
        return f"comes from unit {response.unit_id}, not {request.unit_id}"
    if response.function != request.function:
        return f"answers function {response.function}, not {request.function}"
    if code := response.exception_code:
        return (
            f"unit {request.unit_id} refused function {request.function}: {EXCEPTIONS.get(code, 'exception')} ({code})"
        )
    return _other_length(request, response) if request.is_read else _other_echo(request, response)


def payload(request: Request, response: Response) -> tuple[int, ...]:
    """Return what was read, without the bits that only fill the last byte."""
    return response.words[: request.count]


def _other_length(request: Request, response: Response) -> str | None:
    expected = _byte_count(request) * 8 if request.function in BIT_READS else request.count
    return None if len(response.words) == expected else f"holds {len(response.words)} values, not {expected}"


def _other_echo(request: Request, response: Response) -> str | None:
    if response.address != request.address:
        return f"echoes address {response.address}, not {request.address}"
    if request.function in SINGLE_WRITES:
        same = response.words == request.words
        return None if same else f"echoes {list(response.words)}, not {list(request.words)}"
    return None if response.count == request.count else f"echoes a count of {response.count}, not {request.count}"


def encode_request(request: Request) -> bytes:
    """Return the message without its frame."""
    function, address = request.function, request.address
    if function == 5:
        return struct.pack(">BHH", function, address, COIL_ON * request.words[0])
    if function == 6:
        return struct.pack(">BHH", function, address, request.words[0])
    head = struct.pack(">BHH", function, address, request.count)
    if request.is_read:
        return head
    content = _packed(request.words, function)
    return head + bytes([len(content)]) + content


def decode_request(unit_id: int, message: bytes) -> Request | int:
    """Return what a client asks, or the exception code with which the device refuses it."""
    if not message or message[0] not in COUNT_MAX:
        return ILLEGAL_FUNCTION
    function = message[0]
    if len(message) < 5:
        return ILLEGAL_VALUE
    address, number = struct.unpack(">HH", message[1:5])
    try:
        return Request(unit_id, function, address, *_asked(function, number, message))
    except ModbusFrameError:
        return ILLEGAL_VALUE
    except ValueError:
        return ILLEGAL_ADDRESS if address + number > 0x10000 and number <= COUNT_MAX[function] else ILLEGAL_VALUE


def _asked(function: int, number: int, message: bytes) -> tuple[int, tuple[int, ...]]:
    """Return count and words of a request."""
    if function in MULTIPLE_WRITES:
        content = message[6:]
        if len(message) < 7 or message[5] != len(content) or len(content) != _bytes_of(function, number):
            raise ModbusFrameError("byte count and length differ")
        return number, _unpacked(content, function)[:number]
    if len(message) != 5:
        raise ModbusFrameError("a request of this function has five bytes")
    if function in READS:
        return number, ()
    if function == 5:
        if number not in (0, COIL_ON):
            raise ModbusFrameError("a coil is neither on nor off")
        return 1, (number // COIL_ON,)
    return 1, (number,)


def encode_response(response: Response) -> bytes:
    """Return the message without its frame."""
    function = response.function
    if response.exception_code:
        return bytes([function | EXCEPTION_BIT, response.exception_code])
    if function in READS:
        content = _packed(response.words, function)
        return bytes([function, len(content)]) + content
    if function == 5:
        return struct.pack(">BHH", function, response.address, COIL_ON * response.words[0])
    number = response.words[0] if function == 6 else response.count
    return struct.pack(">BHH", function, response.address, number)


def decode_response(unit_id: int, message: bytes, *, transaction: int | None = None) -> Response:
    """Return what a unit answered.

    Raises:
        ModbusFrameError: The bytes are no answer.
    """
    function = message[0] if message else 0
    if function & ~EXCEPTION_BIT not in COUNT_MAX:
        raise ModbusFrameError(f"function {function} is not one that was asked for")
    if len(message) != response_length(message):
        raise ModbusFrameError(f"{len(message)} bytes cannot be an answer of function {function}")
    if function & EXCEPTION_BIT:
        code = message[1]
        if not code:
            raise ModbusFrameError("an exception without a code")
        return Response(unit_id, function & ~EXCEPTION_BIT, exception_code=code, transaction=transaction)
    if function in READS:
        words = _unpacked(message[2:], function)
        return Response(unit_id, function, words, transaction=transaction)
    return _echo(unit_id, message, transaction)


def response_length(message: bytes) -> int:
    """Return how many bytes the answer that begins like this has, 0 where none can.

    Needs the first two bytes.
    """
    if len(message) < 2:
        return 0
    function, second = message[0], message[1]
    if function & EXCEPTION_BIT:
        return 2
    if function not in READS:
        return 5
    is_whole = second > 0 and (function in BIT_READS or second % 2 == 0)
    return 2 + second if is_whole else 0


def expected_length(request: Request) -> int:
    """Return how many bytes the good answer to a request has, without its frame."""
    return 2 + _byte_count(request) if request.is_read else 5


def _echo(unit_id: int, message: bytes, transaction: int | None) -> Response:
    function, address, number = struct.unpack(">BHH", message)
    if function in MULTIPLE_WRITES:
        return Response(unit_id, function, address=address, count=number, transaction=transaction)
    if function == 5 and number not in (0, COIL_ON):
        raise ModbusFrameError(f"a coil is on or off, not {number}")
    word = number // COIL_ON if function == 5 else number
    return Response(unit_id, function, (word,), address=address, transaction=transaction)


def _byte_count(request: Request) -> int:
    return _bytes_of(request.function, request.count)


def _bytes_of(function: int, count: int) -> int:
    return 2 * count if TABLES[function] in (Table.HOLDING, Table.INPUT) else (count + 7) // 8


def _packed(words: tuple[int, ...], function: int) -> bytes:
    if TABLES[function] in (Table.HOLDING, Table.INPUT):
        return struct.pack(f">{len(words)}H", *words)
    number = sum(bit << at for at, bit in enumerate(words))
    return number.to_bytes((len(words) + 7) // 8, "little")


def _unpacked(content: bytes, function: int) -> tuple[int, ...]:
    if TABLES[function] in (Table.HOLDING, Table.INPUT):
        return struct.unpack(f">{len(content) // 2}H", content)
    return tuple(byte >> bit & 1 for byte in content for bit in range(8))
