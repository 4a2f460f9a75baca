"""Modbus frames: what was sent is received in any pieces; whatever is damaged, foreign or refused is told apart."""

import contextlib
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.protocols.modbus import (
    Asked,
    ModbusFrameError,
    Request,
    Response,
    RtuReader,
    RtuServerReader,
    Table,
    TcpReader,
    TcpServerReader,
    crc16,
    mismatch,
    payload,
    rtu_answer,
    rtu_frame,
    tcp_answer,
    tcp_frame,
    transaction_id,
)
from enerwise.protocols.pdu import COUNT_MAX, decode_request, decode_response, encode_request

from .strategies import TRANSACTIONS, answers, exchanges, refusals, requests

READ = Request.read(17, Table.HOLDING, 0x6B, 3)


# ---------------------------------------------------------------------------------------------------------------
# Known frames


@pytest.mark.parametrize(
    ("request_", "frame"),
    [
        # Examples of the MODBUS Application Protocol Specification V1.1b3, sections 6.1 to 6.12.
        (Request.read(1, Table.COIL, 19, 19), "01 00 13 00 13"),
        (Request.read(1, Table.DISCRETE, 196, 22), "02 00 C4 00 16"),
        (Request.read(1, Table.HOLDING, 107, 3), "03 00 6B 00 03"),
        (Request.read(1, Table.INPUT, 8, 1), "04 00 08 00 01"),
        (Request.write(1, 5, 172, (1,)), "05 00 AC FF 00"),
        (Request.write(1, 6, 1, (3,)), "06 00 01 00 03"),
        (Request.write(1, 15, 19, (1, 0, 1, 1, 0, 0, 1, 1, 1, 0)), "0F 00 13 00 0A 02 CD 01"),
        (Request.write(1, 16, 1, (10, 0x102)), "10 00 01 00 02 04 00 0A 01 02"),
    ],
)
def test_requests_look_as_the_specification_shows_them(request_: Request, frame: str) -> None:
    assert encode_request(request_) == bytes.fromhex(frame)


@pytest.mark.parametrize(
    ("frame", "response"),
    [
        ("03 06 02 2B 00 00 00 64", Response(1, 3, (555, 0, 100))),
        ("04 02 00 0A", Response(1, 4, (10,))),
        ("01 01 05", Response(1, 1, (1, 0, 1, 0, 0, 0, 0, 0))),
        ("05 00 AC FF 00", Response(1, 5, (1,), address=172)),
        ("06 00 01 00 03", Response(1, 6, (3,), address=1)),
        ("10 00 01 00 02", Response(1, 16, address=1, count=2)),
        ("81 02", Response(1, 1, exception_code=2)),
    ],
)
def test_answers_are_read_as_the_specification_shows_them(frame: str, response: Response) -> None:
    assert decode_response(1, bytes.fromhex(frame)) == response


def test_serial_frames_look_as_a_meter_maker_shows_them() -> None:
    """Eastron, SDM630 Modbus protocol: phase 1 voltage, asked and answered."""
    request = Request.read(1, Table.INPUT, 0, 2)
    assert rtu_frame(request) == bytes.fromhex("01 04 00 00 00 02 71 CB")
    _, (response,) = RtuReader(request).feed(bytes.fromhex("01 04 04 43 66 33 34 1B 38"))
    assert payload(request, response) == (0x4366, 0x3334)


def test_checksum_is_that_of_the_specification() -> None:
    """MODBUS over Serial Line V1.02, appendix B, and the check value of CRC-16/MODBUS."""
    assert crc16(bytes.fromhex("02 07")).to_bytes(2, "little") == bytes.fromhex("41 12")
    assert crc16(b"123456789") == 0x4B37


# ---------------------------------------------------------------------------------------------------------------
# There and back, in any pieces


@given(exchange=TRANSACTIONS.flatmap(exchanges))
def test_what_was_answered_over_tcp_is_received(exchange: tuple[Request, Response]) -> None:
    _, response = exchange
    assert response.transaction is not None
    assert TcpReader().feed(tcp_answer(response.transaction, response)) == (TcpReader(), [response])


@given(request=requests(), transaction=TRANSACTIONS)
def test_what_was_asked_reaches_a_device(request: Request, transaction: int) -> None:
    reader, (asked,) = TcpServerReader().feed(tcp_frame(transaction, request))
    assert asked == Asked(request.unit_id, request.function, request, transaction=transaction)
    assert reader == TcpServerReader()
    assert RtuServerReader().feed(rtu_frame(request))[1] == [Asked(request.unit_id, request.function, request)]


@given(exchange=exchanges())
def test_what_was_answered_on_a_serial_line_is_received(exchange: tuple[Request, Response]) -> None:
    request, response = exchange
    assert RtuReader(request).feed(rtu_answer(response)) == (RtuReader(request), [response])


@given(exchanges=st.lists(exchanges(3), min_size=1, max_size=3), cuts=st.lists(st.integers(0, 800), max_size=8))
def test_any_split_gives_the_same_answers(exchanges: list[tuple[Request, Response]], cuts: list[int]) -> None:
    responses = [response for _, response in exchanges]
    stream = b"".join(tcp_answer(3, each) for each in responses)
    reader, found = TcpReader(), []
    for part in pieces(stream, cuts):
        reader, more = reader.feed(part)
        found += more
    assert (reader, found) == (TcpReader(), responses)


@given(asked=st.lists(requests(), min_size=1, max_size=3), cuts=st.lists(st.integers(0, 800), max_size=8))
def test_any_split_gives_the_same_requests(asked: list[Request], cuts: list[int]) -> None:
    tcp, rtu, seen, heard = TcpServerReader(), RtuServerReader(), [], []
    for part in pieces(b"".join(tcp_frame(9, each) for each in asked), cuts):
        tcp, more = tcp.feed(part)
        seen += more
    for part in pieces(b"".join(rtu_frame(each) for each in asked), cuts):
        rtu, more = rtu.feed(part)
        heard += more
    assert [each.request for each in seen] == [each.request for each in heard] == asked


@given(exchange=exchanges(), cuts=st.lists(st.integers(0, 260), max_size=8))
def test_a_serial_answer_may_come_byte_by_byte(exchange: tuple[Request, Response], cuts: list[int]) -> None:
    request, response = exchange
    reader, found = RtuReader(request), []
    for part in pieces(rtu_answer(response), cuts):
        reader, more = reader.feed(part)
        found += more
    assert found == [response]


# ---------------------------------------------------------------------------------------------------------------
# Damage


@given(request=requests(), streams=st.lists(st.binary(max_size=300), max_size=4))
def test_any_bytes_are_read_or_refused_and_never_hoarded(request: Request, streams: list[bytes]) -> None:
    readers = [TcpReader(), TcpServerReader(), RtuReader(request), RtuServerReader()]
    for reader in readers:
        after: Any = reader
        with contextlib.suppress(ModbusFrameError):
            for data in streams:
                after, _ = after.feed(data)
                assert len(after.rest) <= 264


@given(data=st.binary(max_size=300), unit_id=st.integers(0, 255))
def test_any_message_is_a_request_or_refused_with_a_code(data: bytes, unit_id: int) -> None:
    found = decode_request(unit_id, data)
    assert isinstance(found, Request) or found in (1, 2, 3)


@given(data=st.data(), request=requests())
def test_a_flipped_bit_on_a_serial_line_is_always_refused(data: st.DataObject, request: Request) -> None:
    """The one frame that is not refused is one that is still waited for; it never becomes an answer."""
    response = data.draw(st.one_of(answers(request), refusals(request)))
    frame = rtu_answer(response)
    with contextlib.suppress(ModbusFrameError):
        _, found = RtuReader(request).feed(flipped(frame, data.draw(st.integers(0, 8 * len(frame) - 1))))
        assert not found


@given(data=st.data(), request=requests())
def test_a_flipped_bit_never_reaches_a_serial_device(data: st.DataObject, request: Request) -> None:
    frame = rtu_frame(request)
    with contextlib.suppress(ModbusFrameError):
        _, found = RtuServerReader().feed(flipped(frame, data.draw(st.integers(0, 8 * len(frame) - 1))))
        assert not found


def test_every_flipped_bit_of_a_serial_answer_is_refused() -> None:
    frame = rtu_answer(Response(17, 3, (1, 2, 3)))
    for bit in range(8 * len(frame)):
        with contextlib.suppress(ModbusFrameError):
            _, found = RtuReader(READ).feed(flipped(frame, bit))
            assert not found


@given(data=st.data(), request=requests(), other=requests(), count=st.integers(0, 2**20))
def test_a_flipped_bit_over_tcp_never_answers_another_request(
    data: st.DataObject, request: Request, other: Request, count: int
) -> None:
    """TCP has a checksum of its own, Modbus on it has none: a flipped value passes, a flipped address never does."""
    sent, next_sent = transaction_id(count), transaction_id(count + data.draw(st.integers(1, 1000)))
    response = data.draw(st.one_of(answers(request), refusals(request)))
    frame = tcp_answer(sent, response)
    with contextlib.suppress(ModbusFrameError):
        _, found = TcpReader().feed(flipped(frame, data.draw(st.integers(0, 8 * len(frame) - 1))))
        for each in found:
            assert mismatch(other, each, transaction=next_sent)
            if mismatch(request, each, transaction=sent) is None:
                assert replace(each, words=response.words, transaction=None) == response


def test_a_flip_that_looks_like_a_refusal_stays_a_refusal() -> None:
    """The rarest case: behind a flipped function stands, by chance, the very checksum of an exception."""
    request = Request.read(17, Table.HOLDING, 0, 2)
    checksum = crc16(bytes([17, 0x83, 4]))
    words = (checksum % 256 * 256 + checksum // 256, 7)
    frame = flipped(rtu_answer(Response(17, 3, words)), 15)
    assert frame[1] == 0x83
    with pytest.raises(ModbusFrameError, match="follow"):
        RtuReader(request).feed(frame)
    _, (response,) = RtuReader(request).feed(frame[:5])
    assert "refused" in str(mismatch(request, response))


@given(count=st.integers(0, 2**40), other=st.integers(0, 2**40))
def test_transaction_ids_differ_in_two_bits(count: int, other: int) -> None:
    difference = transaction_id(count) ^ transaction_id(other)
    assert (difference.bit_count() >= 2) == (count % 2**15 != other % 2**15)
    assert 0 <= transaction_id(count) <= 0xFFFF


@pytest.mark.parametrize(
    "frame",
    [
        "00 01 00 01 00 03 01 83 02",  # another protocol
        "00 01 00 00 00 00",  # an incomplete head says nothing yet
        "00 01 00 00 01 00 01 03",  # too long
        "00 01 00 00 00 01 01",  # no message
        "00 01 00 00 00 02 01 03",  # a function and nothing else
        "00 01 00 00 00 03 01 03 00",  # nothing read
        "00 01 00 00 00 04 01 03 01 00",  # half a register
        "00 01 00 00 00 06 01 03 02 00 01 00",  # longer than its byte count
        "00 01 00 00 00 04 01 03 02 00",  # shorter than its byte count
        "00 01 00 00 00 03 01 83 00",  # an exception without a code
        "00 01 00 00 00 06 01 05 00 01 00 01",  # neither on nor off
        "00 01 00 00 00 06 01 2B 00 01 00 01",  # a function nobody asked for
        "00 01 00 00 00 05 01 06 00 01 00",  # half an echo
    ],
)
def test_a_stream_that_is_not_one_of_answers_is_refused(frame: str) -> None:
    content = bytes.fromhex(frame)
    if len(content) < 7:
        assert TcpReader().feed(content) == (TcpReader(content), [])
        return
    with pytest.raises(ModbusFrameError):
        TcpReader().feed(content)


def test_bytes_after_a_serial_answer_are_refused() -> None:
    with pytest.raises(ModbusFrameError, match="follow"):
        RtuReader(READ).feed(rtu_answer(Response(17, 3, (1, 2, 3))) + b"\0")


@pytest.mark.parametrize(
    "response",
    [Response(18, 3, (1, 2, 3)), Response(17, 4, (1, 2, 3)), Response(17, 3, (1, 2)), Response(17, 6, (1,), address=2)],
)
def test_a_serial_answer_to_something_else_is_refused(response: Response) -> None:
    with pytest.raises(ModbusFrameError):
        RtuReader(READ).feed(rtu_answer(response))


def test_a_serial_device_does_not_guess_where_an_unknown_request_ends() -> None:
    with pytest.raises(ModbusFrameError, match="not known"):
        RtuServerReader().feed(bytes.fromhex("01 2B 0E 01 00 70 77"))


# ---------------------------------------------------------------------------------------------------------------
# Whose answer it is


@given(exchange=exchanges(7))
def test_a_good_answer_is_good_and_a_refusal_is_told(exchange: tuple[Request, Response]) -> None:
    request, response = exchange
    why = mismatch(request, response, transaction=7)
    assert ("refused" in why) if response.exception_code else why is None  # type: ignore[operator]


@given(data=st.data(), request=requests())
def test_what_was_read_is_as_long_as_what_was_asked(data: st.DataObject, request: Request) -> None:
    response = data.draw(answers(request))
    assert len(payload(request, response)) == (request.count if request.is_read else len(response.words))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"transaction": 8}, "answers transaction 8, not 7"),
        ({"transaction": None}, "answers transaction None, not 7"),
        ({"unit_id": 2}, "comes from unit 2, not 17"),
        ({"function": 4}, "answers function 4, not 3"),
        ({"words": (1, 2)}, "holds 2 values, not 3"),
        ({"words": ()}, "holds 0 values, not 3"),
        ({"exception_code": 2}, r"unit 17 refused function 3: illegal data address (2)"),
        ({"exception_code": 99}, r"unit 17 refused function 3: exception (99)"),
    ],
)
def test_an_answer_to_something_else_is_refused_with_a_reason(change: dict[str, int], why: str) -> None:
    good = Response(17, 3, (1, 2, 3), transaction=7)
    assert mismatch(READ, good, transaction=7) is None
    assert mismatch(READ, replace(good, **change), transaction=7) == why  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_", "response", "why"),
    [
        (Request.write(1, 6, 5, (9,)), Response(1, 6, (9,), address=6), "echoes address 6, not 5"),
        (Request.write(1, 6, 5, (9,)), Response(1, 6, (8,), address=5), "echoes [8], not [9]"),
        (Request.write(1, 5, 5, (1,)), Response(1, 5, (0,), address=5), "echoes [0], not [1]"),
        (Request.write(1, 16, 5, (9, 9)), Response(1, 16, address=5, count=1), "echoes a count of 1, not 2"),
        (Request.write(1, 15, 5, (1, 0)), Response(1, 15, address=4, count=2), "echoes address 4, not 5"),
        (Request.read(1, Table.COIL, 0, 9), Response(1, 1, (0,) * 8), "holds 8 values, not 16"),
    ],
)
def test_an_echo_that_differs_is_refused(request_: Request, response: Response, why: str) -> None:
    assert mismatch(request_, response) == why


# ---------------------------------------------------------------------------------------------------------------
# What cannot be asked


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Request(256, 3, 0, 1),
        lambda: Request(1, 7, 0, 1),
        lambda: Request(1, 3, 0, 126),
        lambda: Request(1, 3, 0, 0),
        lambda: Request(1, 3, 65535, 2),
        lambda: Request(1, 3, -1, 1),
        lambda: Request(1, 3, 0, 1, (1,)),
        lambda: Request(1, 6, 0, 1, ()),
        lambda: Request(1, 16, 0, 2, (1, 0x10000)),
        lambda: Request(1, 16, 0, 124, (1,) * 124),
        lambda: Request(1, 15, 0, 1, (2,)),
    ],
)
def test_a_request_that_cannot_be_is_a_mistake(bad: object) -> None:
    assert callable(bad)
    with pytest.raises(ValueError):
        bad()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("07", 1),
        ("2B 0E 01 00", 1),
        ("03 00 00", 3),
        ("03 00 00 00 7E", 3),
        ("03 00 00 00 00", 3),
        ("03 FF FF 00 02", 2),
        ("05 00 00 00 01", 3),
        ("10 00 00 00 02 04 00 01", 3),
        ("10 00 00 00 02 02 00 01", 3),
        ("10 00 00 00 00 00", 3),
        ("0F 00 00 00 09 01 FF", 3),
        ("06 00 00 00 01 00", 3),
    ],
)
def test_a_device_refuses_a_wrong_request_with_its_code(message: str, code: int) -> None:
    content = bytes.fromhex(message)
    assert decode_request(1, content) == code
    frame = bytes.fromhex("00 05 00 00 00") + bytes([len(content) + 1, 1]) + content
    _, (asked,) = TcpServerReader().feed(frame)
    response = asked.refused()
    assert (response.exception_code, response.function, response.transaction) == (code, content[0], 5)
    assert asked.refused(4).exception_code == 4


def test_every_function_has_a_bound_that_fits_into_a_frame() -> None:
    for function, count in COUNT_MAX.items():
        words = () if function < 5 else (0,) * count
        assert len(tcp_frame(0, Request(1, function, 0, count, words))) <= 260


# ---------------------------------------------------------------------------------------------------------------


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    """Cut a stream at these places."""
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def flipped(frame: bytes, bit: int) -> bytes:
    """Return a frame with one bit turned over."""
    at, place = divmod(bit, 8)
    return frame[:at] + bytes([frame[at] ^ 1 << place]) + frame[at + 1 :]
