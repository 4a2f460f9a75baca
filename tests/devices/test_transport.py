"""Wires with peers that are good, silent, slow, noisy or gone, all on the loopback interface."""

import asyncio
import contextlib
import os
import pty
import shutil
import ssl
import subprocess
import termios
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from enerwise.core.time import elapsed_s
from enerwise.devices.transport import Line, Web, _Question, line_of, listening, shown, web_problem

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
TIMEOUT_S = 0.25
SECRET = "s3cret"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextlib.asynccontextmanager
async def a_peer(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on a free port; its connections end with it."""
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await serve(reader, writer)
        writer.transport.abort()
        tasks.discard(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        if tasks:
            await asyncio.wait(list(tasks))
        await server.wait_closed()


def answers(*parts: bytes, stays: bool = False) -> Serve:
    """Read a question and say these parts, one after another."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
        if stays:
            await asyncio.Event().wait()
        writer.write_eof()
        await asyncio.sleep(0.01)

    return serve


async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say one more header every few milliseconds, so that no single wait ever ends."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for count in range(10_000):
        writer.write(b"X-%d: 1\r\n" % count)
        await writer.drain()
        await asyncio.sleep(0.02)


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say one more byte of a long answer every few milliseconds."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def asked(serve: Serve, *, bytes_max: int = 1000) -> bytes:
    """Return what such a peer answers to one question with a token in it."""

    async def run() -> bytes:
        async with a_peer(serve) as port:
            web = Web(timeout_s=TIMEOUT_S, bytes_max=bytes_max)
            return await web.get(f"http://127.0.0.1:{port}/api?token={SECRET}", {"Authorization": f"Bearer {SECRET}"})

    return asyncio.run(run())


async def no_threads() -> None:
    """Wait until no question is on its way any more."""
    async with asyncio.timeout(2.0):
        while any(each.name == "web" for each in threading.enumerate()):
            await asyncio.sleep(0.005)


# ---------------------------------------------------------------------------------------------------------------
# Addresses


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("192.168.1.5:2001", Line(host="192.168.1.5", port=2001)),
        ("tcp://meter.local:23", Line(host="meter.local", port=23)),
        ("[fe80::1]:2001", Line(host="fe80::1", port=2001)),
        ("/dev/ttyUSB0", Line(path="/dev/ttyUSB0")),
    ],
)
def test_lines_are_serial_ports_or_hosts_with_a_port(address: str, line: Line) -> None:
    assert line_of(address) == line


@pytest.mark.parametrize(
    "address", ["", "meter", "meter:", "meter:0", "meter:70000", "meter:x", "udp://meter:1", "me@meter:1", "meter:1/x"]
)
def test_everything_else_is_no_line(address: str) -> None:
    with pytest.raises(ValueError, match="is no line"):
        line_of(address)


def test_a_speed_that_no_line_has_is_told() -> None:
    with pytest.raises(ValueError, match="12345 is no baud rate; write one of 300"):
        line_of("/dev/ttyUSB0", baud_count=12_345)


@pytest.mark.parametrize("address", ["http://meter/status", "https://a.example:8443/v1?x=1", "http://[::1]:80/"])
def test_web_addresses_are_known(address: str) -> None:
    assert web_problem(address) == ""


@pytest.mark.parametrize(
    "address", ["", "meter", "ftp://meter/", "http://", "http:///x", "http://meter:x/", "http://me ter/", "file:///etc"]
)
def test_everything_else_is_no_web_address(address: str) -> None:
    assert "is no web address" in web_problem(address)


def test_no_message_shows_a_password_or_a_token() -> None:
    address = f"https://me:{SECRET}@server.example/api?securityToken={SECRET}#{SECRET}"
    assert "holds a name or password" in web_problem(address)
    for text in (web_problem(address), shown(address), web_problem(f"http://[{SECRET}")):
        assert SECRET not in text


# ---------------------------------------------------------------------------------------------------------------
# Questions


def test_an_answer_is_returned_whole() -> None:
    assert asked(answers(OK)) == b"ok"
    assert asked(answers(b"HTTP/1.0 200 OK\r\n\r\n", b"a", b"b")) == b"ab"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    assert asked(answers(chunked)) == b"ok"


@pytest.mark.parametrize(
    ("serve", "why"),
    [
        (answers(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"), "answers 500 Internal Server Error"),
        (answers(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"), "answers 401 Unauthorized"),
        (answers(b"HTTP/1.1 799 No\r\nContent-Length: 0\r\n\r\n"), "answers 799"),
        (answers(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"), "sends elsewhere"),
        (answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"), "7 bytes early|does not speak HTTP"),
        (answers(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001), "longer than 1000 bytes"),
        (answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b"x" * 9999), "longer than 1000 bytes"),
        (answers(b"\x00\xff noise\r\n\r\n"), "does not speak HTTP: BadStatusLine"),
        (answers(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 500 + b"\r\n"), "does not speak HTTP"),
        (answers(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000), "does not speak HTTP: LineTooLong"),
        (answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok"), "does not speak HTTP|invalid"),
        (answers(), "does not speak HTTP: RemoteDisconnected|closed connection"),
        (stay_silent, f"does not answer within {TIMEOUT_S} s"),
        (trickle, f"does not answer within {TIMEOUT_S} s"),
        (drip, f"does not answer within {TIMEOUT_S} s"),
        (answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", stays=True), "does not answer within"),
    ],
)
def test_a_peer_that_is_of_no_use_is_told_in_time_and_without_the_token(serve: Serve, why: str) -> None:
    began_s = elapsed_s()
    with pytest.raises((OSError, ValueError), match=why) as found:
        asked(serve)
    assert elapsed_s() - began_s < TIMEOUT_S + 1.0
    assert SECRET not in str(found.value)
    assert "127.0.0.1" in str(found.value)


@pytest.mark.parametrize("serve", [stay_silent, trickle, drip])
def test_a_connection_is_cut_when_its_time_is_up_and_no_thread_stays(serve: Serve) -> None:
    async def run() -> None:
        async with a_peer(serve) as port:
            web = Web(timeout_s=0.05)
            for _ in range(4):
                with pytest.raises(TimeoutError):
                    await web.get(f"http://127.0.0.1:{port}/")
                await no_threads()

    asyncio.run(run())


def test_whoever_waits_no_more_leaves_no_thread() -> None:
    async def run() -> None:
        async with a_peer(stay_silent) as port:
            task = asyncio.create_task(Web(timeout_s=30.0).get(f"http://127.0.0.1:{port}/"))
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.wait([task])
            await no_threads()

    asyncio.run(run())


def test_what_was_cut_before_its_connection_stood_asks_nothing() -> None:
    async def run() -> None:
        heard = asyncio.Event()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if await reader.read():
                heard.set()

        async with a_peer(listen) as port:
            question = _Question(f"http://127.0.0.1:{port}/", {}, timeout_s=1.0, bytes_max=10)
            question.cut()
            with pytest.raises(TimeoutError):
                await asyncio.to_thread(question.answer, None)
            await asyncio.sleep(0.01)
            assert not heard.is_set()

    asyncio.run(run())


def test_a_silent_peer_keeps_no_other_from_its_answer() -> None:
    async def run() -> None:
        async with a_peer(stay_silent) as deaf, a_peer(answers(OK)) as good:
            # More silent peers than the loop's own pool has threads.
            waiting = [asyncio.create_task(Web(timeout_s=1.0).get(f"http://127.0.0.1:{deaf}/")) for _ in range(50)]
            await asyncio.sleep(0.05)
            began_s = elapsed_s()
            assert await Web(timeout_s=1.0).get(f"http://127.0.0.1:{good}/") == b"ok"
            assert elapsed_s() - began_s < 0.5
            for each in waiting:
                each.cancel()
            await asyncio.wait(waiting)
            await no_threads()

    asyncio.run(run())


def test_a_peer_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(OSError, match=r"http://127.0.0.1:1/x: Connection refused"):
        asyncio.run(Web(timeout_s=5.0).get(f"http://127.0.0.1:1/x?{SECRET}"))


def test_a_name_that_nobody_has_is_told() -> None:
    with pytest.raises(OSError, match=r"http://nobody.invalid/"):
        asyncio.run(Web(timeout_s=5.0).get("http://nobody.invalid/"))


def test_what_is_no_web_address_is_never_asked() -> None:
    with pytest.raises(ValueError, match="is no web address"):
        asyncio.run(Web(timeout_s=1.0).get("file:///etc/hostname"))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {certificate}"
    subprocess.run(words.split(), check=True, capture_output=True, timeout=30)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def run() -> None:
        async with a_peer(answers(OK), context) as port:
            # Whoever refuses the greeting makes the server's side of it fail: that is meant.
            asyncio.get_running_loop().set_exception_handler(lambda loop, told: None)
            with pytest.raises(OSError, match="its certificate is not trusted: self-signed certificate"):
                await Web(timeout_s=5.0).get(f"https://localhost:{port}/?{SECRET}")

    asyncio.run(run())


def test_a_server_without_tls_is_refused_where_tls_is_asked_for() -> None:
    async def run() -> None:
        async with a_peer(answers(OK)) as port:
            with pytest.raises(OSError, match=r"https://127.0.0.1"):
                await Web(timeout_s=0.2).get(f"https://127.0.0.1:{port}/")

    asyncio.run(run())


# ---------------------------------------------------------------------------------------------------------------
# Lines


def test_what_a_peer_says_is_heard_to_its_end() -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.write_eof()
        await reader.read()

    async def run() -> None:
        async with a_peer(say) as port, listening(line_of(f"127.0.0.1:{port}")) as stream, asyncio.timeout(2.0):
            assert await stream.read() == b"hello"

    asyncio.run(run())


def test_a_serial_line_is_raw_and_as_fast_as_told() -> None:
    ours, theirs = pty.openpty()

    async def run() -> None:
        async with listening(line_of(os.ttyname(theirs), baud_count=9600)) as stream:
            mode = termios.tcgetattr(theirs)
            assert (mode[4], mode[5]) == (termios.B9600, termios.B9600)
            assert not mode[3] & (termios.ICANON | termios.ECHO)
            os.write(ours, b"\x03/half a line")
            async with asyncio.timeout(2.0):
                assert await stream.readexactly(13) == b"\x03/half a line"

    try:
        asyncio.run(run())
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/dev/nowhere", "nobody.invalid:1", f"{'x' * 70}:1"])
def test_a_line_that_is_not_there_is_an_error_of_the_system(address: str) -> None:
    async def run() -> None:
        with pytest.raises(OSError):
            async with listening(line_of(address)):
                pass

    asyncio.run(run())


def test_a_file_is_no_serial_port(tmp_path: Path) -> None:
    path = tmp_path / "meter"
    path.write_bytes(b"/telegram")

    async def run() -> None:
        with pytest.raises(OSError, match="is no serial port"):
            async with listening(line_of(str(path))):
                pass

    asyncio.run(run())
