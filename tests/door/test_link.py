"""Lines: what overtakes, what is given up, what is never believed, and a serial line shared by two devices."""

import os
import pty
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from enerwise.core.time import now_ns
from enerwise.door.link import Link, RtuLink, TcpLink
from enerwise.protocols.modbus import (
    ModbusFrameError,
    Request,
    Response,
    RtuServerReader,
    Table,
    TcpServerReader,
    rtu_answer,
    tcp_answer,
)
from tests.peers.modbus_peer import c_device
from tests.peers.ports import free_port

SECOND = 1_000_000_000
READ = Request.read(1, Table.HOLDING, 10, 1)
WRITE = Request.write(1, 6, 20, (5,))
Answers = list[tuple[str, tuple[int, ...] | None, str]]


def spin(link: Link, holds: Callable[[], object], *, patience_s: float = 5.0) -> None:
    """Be the loop for one line until something holds."""
    end_ns = now_ns() + int(patience_s * SECOND)
    while not holds():
        now = now_ns()
        assert now < end_ns, link.problem
        link.tick(now)
        if link.fd is not None:
            poll = select.poll()
            poll.register(link.fd, select.POLLIN | (select.POLLOUT if link.wants_to_write else 0))
            for _, events in poll.poll(5):
                broken = bool(events & ~(select.POLLIN | select.POLLOUT))
                readable, writable = bool(events & select.POLLIN) or broken, bool(events & select.POLLOUT) or broken
                link.ready(now_ns(), readable=readable, writable=writable)


def noting(answers: Answers, name: str) -> Callable[[Response | None, str, int], None]:
    return lambda response, why, at_ns: answers.append((name, None if response is None else response.words, why))


@contextmanager
def a_line(link: Link) -> Iterator[Link]:
    try:
        yield link
    finally:
        link.close()


@contextmanager
def a_device(answer: Callable[[socket.socket, Request, int], None]) -> Iterator[int]:
    """A Modbus device that answers as a test tells it to; one connection at a time, as many real ones."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    ends = threading.Event()

    def serve() -> None:
        while not ends.is_set():
            try:
                line, _ = listener.accept()
            except TimeoutError:
                continue
            with line:
                line.settimeout(0.1)
                reader = TcpServerReader()
                while not ends.is_set():
                    try:
                        data = line.recv(4096)
                    except TimeoutError:
                        continue
                    except OSError:
                        break
                    if not data:
                        break
                    reader, asked = reader.feed(data)
                    try:
                        for each in asked:
                            assert each.request is not None
                            assert each.transaction is not None
                            answer(line, each.request, each.transaction)
                    except OSError:
                        break

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        ends.set()
        thread.join()
        listener.close()


def echo(request: Request, words: tuple[int, ...] = (7,)) -> Response:
    return Response(request.unit_id, request.function, words if request.is_read else request.words, request.address)


def test_requests_go_out_one_after_the_other_and_an_urgent_one_at_once() -> None:
    answers: Answers = []
    with c_device() as port, a_line(TcpLink(f"127.0.0.1:{port}")) as link:
        for name in ("first", "second", "third"):
            link.ask(READ, noting(answers, name), timeout_s=1.0, now_ns=now_ns())
        link.ask(WRITE, noting(answers, "urgent"), timeout_s=1.0, now_ns=now_ns(), is_urgent=True)
        spin(link, lambda: len(answers) == 4)
    assert [name for name, _, _ in answers] == ["urgent", "first", "second", "third"]
    assert answers[1][1] == (10,)


def test_writes_that_wait_are_given_up_at_a_stop_and_polls_are_not() -> None:
    answers: Answers = []
    with c_device() as port, a_line(TcpLink(f"127.0.0.1:{port}")) as link:
        link.ask(READ, noting(answers, "poll"), timeout_s=1.0, now_ns=now_ns())
        link.ask(WRITE, noting(answers, "old value"), timeout_s=1.0, now_ns=now_ns())
        link.drop_writes(now_ns())
        assert answers == [("old value", None, "overtaken by a stop")]
        spin(link, lambda: len(answers) == 2)
    assert answers[1][:2] == ("poll", (10,))


def test_a_line_that_was_lost_is_back_within_two_seconds_and_sends_nothing_again() -> None:
    answers: Answers = []
    port = free_port()
    with a_line(TcpLink(f"127.0.0.1:{port}")) as link:
        link.ask(WRITE, noting(answers, "write"), timeout_s=0.2, now_ns=now_ns())
        spin(link, lambda: answers)
        assert answers[0][1] is None
        spin(link, lambda: link.lost_count > 4)

        def answer(line: socket.socket, request: Request, transaction: int) -> None:
            answers.append((f"asked {request.function}", None, ""))
            line.sendall(tcp_answer(transaction, echo(request)))

        listener = socket.create_server(("127.0.0.1", port))
        began_ns = now_ns()
        spin(link, lambda: link.is_open)
        assert now_ns() - began_ns < 2 * SECOND
        listener.close()
        assert len(answers) == 1, "what was given up is not sent again"


@pytest.mark.parametrize("wrong", ["transaction", "unit", "function", "length", "echo"])
def test_answers_to_other_questions_are_counted_and_not_believed(wrong: str) -> None:
    answers: Answers = []

    def answer(line: socket.socket, request: Request, transaction: int) -> None:
        right = echo(request)
        shown = {
            "unit": Response(9, right.function, right.words, right.address),
            "function": Response(1, 4, (7,)),
            "length": Response(1, 3, (7, 8)),
            "echo": Response(1, 3, (7, 8, 9)),
        }.get(wrong, right)
        line.sendall(tcp_answer(transaction ^ 3 if wrong == "transaction" else transaction, shown))

    with a_device(answer) as port, a_line(TcpLink(f"127.0.0.1:{port}")) as link:
        link.ask(READ, noting(answers, "read"), timeout_s=0.3, now_ns=now_ns())
        spin(link, lambda: answers)
        assert answers == [("read", None, "no answer in time")]
        assert link.refused_count >= 1


def test_a_device_that_says_no_is_heard() -> None:
    answers: Answers = []

    def answer(line: socket.socket, request: Request, transaction: int) -> None:
        line.sendall(tcp_answer(transaction, Response(1, request.function, exception_code=2)))

    with a_device(answer) as port, a_line(TcpLink(f"127.0.0.1:{port}")) as link:
        link.ask(READ, noting(answers, "read"), timeout_s=1.0, now_ns=now_ns())
        spin(link, lambda: answers)
        assert answers[0][1] is None
        assert "illegal data address" in answers[0][2]
        assert link.is_open


def test_bytes_that_are_no_frames_close_the_line() -> None:
    answers: Answers = []
    with (
        a_device(lambda line, request, transaction: line.sendall(b"\xff" * 40)) as port,
        a_line(TcpLink(f"127.0.0.1:{port}")) as link,
    ):
        link.ask(READ, noting(answers, "read"), timeout_s=1.0, now_ns=now_ns())
        spin(link, lambda: answers)
        assert answers[0][1] is None
        assert not link.is_open


def test_too_many_requests_are_refused_at_once() -> None:
    answers: Answers = []
    link = TcpLink("127.0.0.1:1")
    for _ in range(300):
        link.ask(READ, noting(answers, "read"), timeout_s=1.0, now_ns=now_ns())
    assert [why for _, _, why in answers] == ["too many requests wait"] * 44


# ---------------------------------------------------------------------------------------------------------------
# A serial line


@contextmanager
def a_bus(units: dict[int, int]) -> Iterator[tuple[str, list[Request]]]:
    """A serial line on which these units answer reads with their number; others are silent."""
    ours, theirs = pty.openpty()
    heard: list[Request] = []
    ends = threading.Event()

    def serve() -> None:
        reader = RtuServerReader()
        while not ends.is_set():
            if not select.select([ours], [], [], 0.05)[0]:
                continue
            try:
                reader, asked = reader.feed(os.read(ours, 4096))
            except ModbusFrameError:
                reader = RtuServerReader()
                continue
            for each in asked:
                assert each.request is not None
                heard.append(each.request)
                if each.unit_id in units:
                    os.write(ours, rtu_answer(echo(each.request, (units[each.unit_id],))))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield os.ttyname(theirs), heard
    finally:
        ends.set()
        thread.join()
        os.close(ours)
        os.close(theirs)


def test_two_devices_share_a_serial_line_and_a_silent_one_keeps_nobody() -> None:
    answers: Answers = []
    with a_bus({1: 11, 3: 33}) as (path, _), a_line(RtuLink(path, 9600)) as link:
        for unit in (1, 2, 3):
            request = Request.read(unit, Table.HOLDING, 0, 1)
            link.ask(request, noting(answers, str(unit)), timeout_s=0.2, now_ns=now_ns())
        spin(link, lambda: len(answers) == 3)
    assert answers == [("1", (11,), ""), ("2", None, "no answer in time"), ("3", (33,), "")]
    assert link.lost_count == 0


def test_a_stop_on_a_serial_line_breaks_off_the_poll_that_is_on_its_way() -> None:
    answers: Answers = []
    with a_bus({1: 11}) as (path, heard), a_line(RtuLink(path, 9600)) as link:
        link.tick(now_ns())
        link.ask(Request.read(9, Table.HOLDING, 0, 1), noting(answers, "poll"), timeout_s=3.0, now_ns=now_ns())
        spin(link, lambda: heard)
        link.ask(WRITE, noting(answers, "stop"), timeout_s=1.0, now_ns=now_ns(), is_urgent=True)
        spin(link, lambda: answers)
        assert answers[0][0] == "stop"
        assert answers[0][1] == (5,)


def test_what_is_no_serial_line_is_told(tmp_path: object) -> None:
    for path in ("/dev/null", "/dev/nowhere"):
        link = RtuLink(path, 9600)
        link.tick(now_ns())
        assert not link.is_open
        assert link.problem
        link.close()
