"""A line to one address: requests wait in a queue, one is on its way at a time, an urgent one overtakes them all.

The line never blocks: connecting, sending and receiving go on when the loop says that the file is ready. What is not
answered in time is given up together with the connection, for nobody knows what the peer will say next; it is not sent
again by the line, whoever asked decides afresh. After a loss the line comes back within two seconds.
"""

import contextlib
import errno
import os
import socket
import termios
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from enerwise.protocols import modbus
from enerwise.protocols.modbus import ModbusFrameError, Request, Response

MS: Final = 1_000_000
FIRST_PAUSE_NS: Final = 100 * MS
LONGEST_PAUSE_NS: Final = 1000 * MS
CONNECT_NS: Final = 1000 * MS
QUEUE_LIMIT: Final = 256
RECEIVE_BYTES: Final = 4096
BAUD_RATES: Final = {9600: termios.B9600, 19200: termios.B19200, 38400: termios.B38400, 115200: termios.B115200}

Done = Callable[[Response | None, str, int], None]
"""Is told the answer, or None and why there is none, and when. [ns]"""


@dataclass(slots=True)
class Call:
    """One request on its way."""

    request: Request
    done: Done
    timeout_ns: int
    is_urgent: bool = False
    deadline_ns: int = 0


class Link:
    """What lines of every kind have in common."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.fd: int | None = None
        self.is_open = False
        self.problem = "not connected yet"
        self.lost_count = 0
        self.refused_count = 0
        """Answers that did not belong to a question, or were damaged."""
        self._urgent: deque[Call] = deque()
        self._waiting: deque[Call] = deque()
        self._flying: dict[int | None, Call] = {}
        self._unsent = b""
        self._retry_ns = 0
        self._pause_ns = FIRST_PAUSE_NS
        self._opening_ns = 0
        self._request_count = 0

    # -- for those who ask ---------------------------------------------------------------------------------------

    def ask(self, request: Request, done: Done, *, timeout_s: float, now_ns: int, is_urgent: bool = False) -> None:
        """Send a request as soon as it is its turn; an urgent one now."""
        queue = self._urgent if is_urgent else self._waiting
        if len(queue) >= QUEUE_LIMIT:
            done(None, "too many requests wait", now_ns)
            return
        queue.append(Call(request, done, int(timeout_s * 1e9), is_urgent))
        if is_urgent:
            self._hurry(now_ns)
        self._send_next(now_ns)

    def drop_writes(self, now_ns: int) -> None:
        """Give up every write that waits: after a stop an older value must not go out any more."""
        dropped = [call for call in self._waiting if not call.request.is_read]
        self._waiting = deque(call for call in self._waiting if call.request.is_read)
        for call in dropped:
            call.done(None, "overtaken by a stop", now_ns)

    @property
    def wants_to_write(self) -> bool:
        """Whether the loop should say when the file takes more bytes."""
        return bool(self._unsent) or (self.fd is not None and not self.is_open)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and nothing is on its way."""
        return not (self._urgent or self._waiting or self._flying)

    # -- for the loop --------------------------------------------------------------------------------------------

    def ready(self, now_ns: int, *, readable: bool, writable: bool) -> None:
        """Go on: the file can be read or written."""
        if self.fd is None:
            return
        if not self.is_open:
            self._opened(now_ns)
            return
        if writable and self._unsent:
            self._flush(now_ns)
        if readable:
            self._receive(now_ns)

    def tick(self, now_ns: int) -> None:
        """Open what is closed, and give up what is late."""
        if self.fd is None:
            if now_ns >= self._retry_ns:
                self._open(now_ns)
        elif not self.is_open and now_ns - self._opening_ns > CONNECT_NS:
            self._lose("no answer to the connection", now_ns)
        elif any(now_ns >= call.deadline_ns for call in self._flying.values()):
            self._late(now_ns)

    def close(self) -> None:
        """Let go of the file."""
        if self.fd is not None:
            with contextlib.suppress(OSError):
                self._shut()
        self.fd, self.is_open = None, False

    # -- inside --------------------------------------------------------------------------------------------------

    def _open(self, now_ns: int) -> None:
        raise NotImplementedError

    def _shut(self) -> None:
        raise NotImplementedError

    def _frame(self, call: Call) -> tuple[int | None, bytes]:
        raise NotImplementedError

    def _feed(self, data: bytes) -> list[Response]:
        raise NotImplementedError

    def _opened(self, now_ns: int) -> None:
        self.is_open, self.problem, self._pause_ns = True, "", FIRST_PAUSE_NS
        self._send_next(now_ns)

    def _hurry(self, now_ns: int) -> None:
        """Whoever must stop does not wait for a pause to end."""
        if self.fd is None:
            self._retry_ns = now_ns
            self._open(now_ns)

    def _next_call(self) -> Call | None:
        """Return the call whose turn it is; here urgent ones wait for nothing."""
        if self._urgent:
            return self._urgent.popleft()
        return self._waiting.popleft() if self._waiting and not self._flying else None

    def _send_next(self, now_ns: int) -> None:
        while self.is_open and (call := self._next_call()) is not None:
            transaction, frame = self._frame(call)
            call.deadline_ns = now_ns + call.timeout_ns
            self._flying[transaction] = call
            self._unsent += frame
            self._flush(now_ns)

    def _flush(self, now_ns: int) -> None:
        assert self.fd is not None
        try:
            self._unsent = self._unsent[os.write(self.fd, self._unsent) :]
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error.strerror or "cannot be written to", now_ns)

    def _receive(self, now_ns: int) -> None:
        assert self.fd is not None
        try:
            data = os.read(self.fd, RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error.strerror or "cannot be read", now_ns)
            return
        if not data:
            self._lose("closed by the device", now_ns)
            return
        try:
            responses = self._feed(data)
        except ModbusFrameError as error:
            self.refused_count += 1
            self._lose(str(error), now_ns)
            return
        for response in responses:
            self._answer(response, now_ns)
        self._send_next(now_ns)

    def _answer(self, response: Response, now_ns: int) -> None:
        number = response.transaction
        call = self._flying.get(number)
        why = None if call is None else modbus.mismatch(call.request, response, transaction=number)
        if call is None or (why and not _is_refusal(call.request, response)):
            # It may be late, repeated or damaged; the question stays open until its time is over.
            self.refused_count += 1
            return
        del self._flying[number]
        call.done(None if why else response, why or "", now_ns)

    def _late(self, now_ns: int) -> None:
        self._lose("no answer in time", now_ns)

    def _lose(self, why: str, now_ns: int) -> None:
        """Close, and tell everybody who waits; they decide what is still wanted."""
        self.close()
        self.problem = why
        self.lost_count += 1
        self._retry_ns = now_ns + self._pause_ns
        self._pause_ns = min(2 * self._pause_ns, LONGEST_PAUSE_NS)
        self._unsent = b""
        given_up = [*self._flying.values(), *self._urgent, *self._waiting]
        for each in (self._flying, self._urgent, self._waiting):
            each.clear()
        for call in given_up:
            call.done(None, why, now_ns)


def _is_refusal(request: Request, response: Response) -> bool:
    """Tell whether the device understood what was asked and says no."""
    same = (response.unit_id, response.function) == (request.unit_id, request.function)
    return same and response.exception_code > 0


class TcpLink(Link):
    """Modbus TCP: transaction numbers tell answers apart, so that a stop need not wait for a poll."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        host, _, port = address.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._socket: socket.socket | None = None
        self._reader = modbus.TcpReader()

    def _open(self, now_ns: int) -> None:
        self._reader = modbus.TcpReader()
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.fd, self._opening_ns = self._socket.fileno(), now_ns
        code = self._socket.connect_ex((self._host, self._port))
        if code == 0:
            self._opened(now_ns)
        elif code != errno.EINPROGRESS:
            self._lose(os.strerror(code), now_ns)

    def _opened(self, now_ns: int) -> None:
        assert self._socket is not None
        code = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self._lose(os.strerror(code), now_ns)
        else:
            super()._opened(now_ns)

    def _shut(self) -> None:
        assert self._socket is not None
        self._socket.close()

    def _frame(self, call: Call) -> tuple[int | None, bytes]:
        self._request_count += 1
        transaction = modbus.transaction_id(self._request_count)
        return transaction, modbus.tcp_frame(transaction, call.request)

    def _feed(self, data: bytes) -> list[Response]:
        self._reader, responses = self._reader.feed(data)
        return responses


class RtuLink(Link):
    """Modbus RTU on a serial line shared by several devices; a stop breaks off the poll that is on its way."""

    def __init__(self, address: str, baud_count: int) -> None:
        super().__init__(address)
        self._baud_count = baud_count
        self._reader: modbus.RtuReader | None = None

    def _open(self, now_ns: int) -> None:
        try:
            fd = os.open(self.address, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError as error:
            self.fd = None
            self._lose(error.strerror or "cannot be opened", now_ns)
            return
        self.fd = fd
        try:
            self._make_raw(fd)
        except (OSError, termios.error) as error:
            self._lose(f"is no serial line: {error}", now_ns)
            return
        self._opened(now_ns)

    def _make_raw(self, fd: int) -> None:
        mode = termios.tcgetattr(fd)
        mode[0:4] = [0, 0, termios.CS8 | termios.CREAD | termios.CLOCAL, 0]
        mode[4] = mode[5] = BAUD_RATES.get(self._baud_count, termios.B9600)
        termios.tcsetattr(fd, termios.TCSANOW, mode)
        termios.tcflush(fd, termios.TCIOFLUSH)

    def _shut(self) -> None:
        assert self.fd is not None
        os.close(self.fd)

    def _next_call(self) -> Call | None:
        """Return the call whose turn it is: a poll on its way is broken off for an urgent one, asked again after it."""
        if self._urgent and all(not call.is_urgent for call in self._flying.values()):
            self._waiting.extendleft(call for call in self._flying.values() if call.request.is_read)
            self._flying.clear()
            return self._urgent.popleft()
        return super()._next_call() if not self._flying else None

    def _frame(self, call: Call) -> tuple[int | None, bytes]:
        assert self.fd is not None
        # A serial answer carries no number: the bytes of an older one must not be taken for this one.
        with contextlib.suppress(termios.error):
            termios.tcflush(self.fd, termios.TCIFLUSH)
        self._reader = modbus.RtuReader(call.request)
        return None, modbus.rtu_frame(call.request)

    def _feed(self, data: bytes) -> list[Response]:
        if self._reader is None:
            return []
        self._reader, responses = self._reader.feed(data)
        return responses

    def _late(self, now_ns: int) -> None:
        """One silent device must not take the line from the others: only its own question is given up."""
        late = list(self._flying.values())
        self._flying.clear()
        self._reader = None
        for call in late:
            call.done(None, "no answer in time", now_ns)
        self._send_next(now_ns)


def link_for(driver: str, address: str, baud_count: int) -> Link:
    """Return a line to an address."""
    return TcpLink(address) if driver == "modbus_tcp" else RtuLink(address, baud_count)
