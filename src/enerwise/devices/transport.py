"""Wires of the devices beside the door: a line that is listened to, and questions to a web server.

Every wait has an end, every answer a size. A web server is asked in a thread of its own, one question at a time: when
the time is up its connection is cut, so that a peer that trickles holds neither thread nor socket.
"""

import asyncio
import contextlib
import http.client
import os
import socket
import ssl
import termios
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import SplitResult, urlsplit

READ_BYTES: Final = 4096
LATER_S: Final = 1.0
ANSWER_BYTES: Final = 1 << 20
CONNECT_S: Final = 5.0
PORT_MOST: Final = 65_535
BAUDS: Final = {
    count: getattr(termios, f"B{count}") for count in (300, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200)
}
WEB: Final = ("http", "https")


# ---------------------------------------------------------------------------------------------------------------
# Lines that are listened to


@dataclass(frozen=True, slots=True)
class Line:
    """Where a device can be heard: a serial port by its path, or a host and port."""

    path: str = ""
    host: str = ""
    port: int = 0
    baud_count: int = 115_200
    has_parity: bool = False
    """Seven bits and even parity, as old meters speak; otherwise eight bits and none."""

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


def line_of(address: str, *, baud_count: int = 115_200, has_parity: bool = False) -> Line:
    """Read an address: ``/dev/ttyUSB0``, ``host:port`` or ``tcp://host:port``.

    Raises:
        ValueError: It is none of these, or the baud rate is none that lines have.

    >>> line_of("tcp://192.168.1.5:2001")
    Line(path='', host='192.168.1.5', port=2001, baud_count=115200, has_parity=False)
    """
    if address.startswith("/"):
        if baud_count not in BAUDS:
            raise ValueError(f"{baud_count} is no baud rate; write one of {', '.join(map(str, BAUDS))}")
        return Line(path=address, baud_count=baud_count, has_parity=has_parity)
    split = urlsplit(f"tcp://{address.removeprefix('tcp://')}")
    port = _port(split)
    if not split.hostname or not port or split.path or split.query or split.username is not None:
        raise ValueError(f"{address!r} is no line; write host:port or a serial port such as /dev/ttyUSB0")
    return Line(host=split.hostname, port=port)


@contextlib.asynccontextmanager
async def listening(line: Line, *, timeout_s: float = CONNECT_S) -> AsyncIterator[asyncio.StreamReader]:
    """Open a line, hand out what comes from it, and let go of it. Nothing is ever sent.

    Raises:
        OSError: The line cannot be opened.
        TimeoutError: The peer does not take the connection within ``timeout_s``.
    """
    if line.path:
        async with _serial(line) as reader:
            yield reader
        return
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(line.host, line.port)
    except TimeoutError:
        raise TimeoutError(f"{line} does not answer within {timeout_s:g} s") from None
    except UnicodeError:
        raise OSError(f"{line.host!r} is no name of a host") from None
    try:
        yield reader
    finally:
        writer.transport.abort()


@contextlib.asynccontextmanager
async def _serial(line: Line) -> AsyncIterator[asyncio.StreamReader]:
    fd = os.open(line.path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    with os.fdopen(fd, "rb", buffering=0) as file:
        try:
            _set_up(fd, line)
        except termios.error as error:
            raise OSError(f"{line.path} is no serial port: {error.args[-1]}") from None
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), file
        )
        try:
            yield reader
        finally:
            transport.close()


def _set_up(fd: int, line: Line) -> None:
    """Raw bytes at the line's speed, without waiting for a modem."""
    mode = termios.tcgetattr(fd)
    bits = termios.CS7 | termios.PARENB if line.has_parity else termios.CS8
    mode[0:4] = [termios.ISTRIP if line.has_parity else 0, 0, bits | termios.CREAD | termios.CLOCAL, 0]
    mode[4] = mode[5] = BAUDS[line.baud_count]
    termios.tcsetattr(fd, termios.TCSANOW, mode)


# ---------------------------------------------------------------------------------------------------------------
# Questions to a web server


def web_problem(address: str) -> str:
    """Return why an address cannot be asked, empty where it can; a password in it is not shown.

    >>> web_problem("ftp://meter/status")
    "'ftp://meter/status' is no web address"
    """
    try:
        split = urlsplit(address)
    except ValueError:
        return "is no web address"
    if split.username is not None or split.password is not None:
        return f"{shown(address)!r} holds a name or password, which every message would show"
    is_web = split.scheme in WEB and bool(split.hostname) and _port(split) is not None
    is_plain = address.isascii() and address.isprintable() and " " not in address
    return "" if is_web and is_plain else f"{shown(address)!r} is no web address"


def shown(address: str) -> str:
    """Return an address as messages may show it: without what follows the path, where tokens stand.

    >>> shown("https://web-api.tp.entsoe.eu/api?securityToken=secret")
    'https://web-api.tp.entsoe.eu/api'
    """
    split = urlsplit(address)
    return SplitResult(split.scheme, split.netloc.rpartition("@")[2], split.path, "", "").geturl()


class Web:
    """Questions to web servers, one at a time. Certificates are checked; nobody is followed elsewhere."""

    def __init__(self, *, timeout_s: float, bytes_max: int = ANSWER_BYTES) -> None:
        """Ask nothing yet.

        Args:
            timeout_s: How long one question may take from the look-up of the name to the last byte. [s]
            bytes_max: No answer is longer.
        """
        self._timeout_s, self._bytes_max = timeout_s, bytes_max
        self._context: ssl.SSLContext | None = None
        self._thread: threading.Thread | None = None

    async def get(self, address: str, headers: Mapping[str, str] | None = None) -> bytes:
        """Return what stands at an address.

        Raises:
            ValueError: The address is none, or the answer is too long.
            OSError: There is no answer, a late one, or one that says no; the text is for people.
        """
        if problem := web_problem(address):
            raise ValueError(problem)
        if self._thread is not None and self._thread.is_alive():
            # The look-up of a name cannot be cut, nor the greeting of TLS; one thread waits for them, never two.
            raise TimeoutError(f"{shown(address)}: the question before still hangs")
        # The loop's own clock cuts it; its socket gives up later, so that one of the two always speaks first.
        socket_s = self._timeout_s + LATER_S
        question = _Question(address, {"Connection": "close", **(headers or {})}, socket_s, self._bytes_max)
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[bytes] = loop.create_future()
        self._thread = threading.Thread(target=self._ask, args=(question, loop, answered), daemon=True, name="web")
        self._thread.start()
        try:
            async with asyncio.timeout(self._timeout_s):
                return await answered
        except TimeoutError:
            raise TimeoutError(f"{shown(address)} does not answer within {self._timeout_s:g} s") from None
        finally:
            question.cut()

    def _ask(self, question: "_Question", loop: asyncio.AbstractEventLoop, answered: "asyncio.Future[bytes]") -> None:
        try:
            content, error = question.answer(self._checked_context(question.address)), None
        except Exception as failure:  # Whatever it was, the question gets an end.
            content, error = b"", _told(failure, question.address)
        # The loop may have ended while the peer was thinking; then nobody waits any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, answered, content, error)

    def _checked_context(self, address: str) -> ssl.SSLContext | None:
        if self._context is None and address.startswith("https:"):
            self._context = ssl.create_default_context()
        return self._context


class _Question:
    """One question on its own connection, which another thread may cut."""

    def __init__(self, address: str, headers: Mapping[str, str], timeout_s: float, bytes_max: int) -> None:
        self.address, self._headers = address, headers
        self._timeout_s, self._bytes_max = timeout_s, bytes_max
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_cut = False

    def answer(self, context: ssl.SSLContext | None) -> bytes:
        """Ask, and wait for all of the answer."""
        split = urlsplit(self.address)
        line = _connection(split, self._timeout_s, context)
        with contextlib.closing(line):
            line.connect()
            self._hold(line.sock)
            target = SplitResult("", "", split.path or "/", split.query, "").geturl()
            line.request("GET", target, headers=dict(self._headers))
            with line.getresponse() as response:
                _check_status(response.status, self.address)
                return self._content(response)

    def cut(self) -> None:
        """End the connection, whatever it waits for; before it stands, as soon as it does."""
        with self._lock:
            self._is_cut = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    # Under TLS too it is the plain connection that is cut: nobody waits for a farewell.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _hold(self, line: socket.socket) -> None:
        with self._lock:
            if self._is_cut:
                raise TimeoutError
            self._socket = line

    def _content(self, response: http.client.HTTPResponse) -> bytes:
        content = bytearray()
        while part := response.read1(READ_BYTES):
            content += part
            if len(content) > self._bytes_max:
                raise ValueError(f"{shown(self.address)}: the answer is longer than {self._bytes_max} bytes")
        if response.length:
            raise OSError(f"{shown(self.address)}: the answer ends {response.length} bytes early")
        return bytes(content)


def _connection(split: SplitResult, timeout_s: float, context: ssl.SSLContext | None) -> http.client.HTTPConnection:
    assert split.hostname is not None
    port = split.port
    if split.scheme == "https":
        return http.client.HTTPSConnection(split.hostname, port, timeout=timeout_s, context=context)
    return http.client.HTTPConnection(split.hostname, port, timeout=timeout_s)


def _check_status(status: int, address: str) -> None:
    if status == HTTPStatus.OK:
        return
    if 300 <= status < 400:
        raise OSError(f"{shown(address)} sends elsewhere ({status}); nobody is followed, write the right address")
    known = {each.value: each.phrase for each in HTTPStatus}
    raise OSError(f"{shown(address)} answers {status} {known.get(status, '')}".rstrip())


def _told(failure: Exception, address: str) -> Exception:
    """Return a failure in words that name the server and hold no token."""
    if isinstance(failure, http.client.HTTPException):
        return OSError(f"{shown(address)} does not speak HTTP: {type(failure).__name__}")
    if isinstance(failure, ssl.SSLCertVerificationError):
        return OSError(f"{shown(address)}: its certificate is not trusted: {failure.verify_message}")
    if isinstance(failure, OSError) and not str(failure).startswith(shown(address)):
        return OSError(f"{shown(address)}: {failure.strerror or str(failure) or type(failure).__name__}")
    return failure


def _settle(answered: "asyncio.Future[bytes]", content: bytes, error: Exception | None) -> None:
    if answered.done():
        return
    if error is None:
        answered.set_result(content)
    else:
        answered.set_exception(error)


def _port(split: SplitResult) -> int | None:
    """Return the port, 0 where none is named, None where it is no number."""
    try:
        return split.port or 0
    except ValueError:
        return None
