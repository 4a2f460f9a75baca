"""The mailbox never shows half a message, whatever happens to the writer."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.devices.mailbox import HEAD, SUM, Mailbox, shared_memory

SIZE = 4096


@pytest.fixture
def fd() -> Iterator[int]:
    fd = shared_memory("test", SIZE)
    yield fd
    os.close(fd)


def test_an_empty_mailbox_holds_nothing(fd: int) -> None:
    assert Mailbox(fd, SIZE).read() is None


def test_the_newest_message_is_read_by_anybody(fd: int) -> None:
    writer, reader = Mailbox(fd, SIZE), Mailbox(fd, SIZE)
    for count in range(5):
        sequence = writer.write(b"%d" % count, written_ns=count, expires_ns=count + 10)
        message = reader.read()
        assert message is not None
        assert (message.sequence, message.content, message.written_ns) == (sequence, b"%d" % count, count)


def test_a_message_is_fresh_from_when_it_was_written_until_it_expires(fd: int) -> None:
    box = Mailbox(fd, SIZE)
    box.write(b"", written_ns=100, expires_ns=200)
    message = box.read()
    assert message is not None
    assert [message.is_fresh(at) for at in (99, 100, 199, 200)] == [False, True, True, False]


def test_too_large_a_message_is_refused_and_leaves_the_last_one(fd: int) -> None:
    box = Mailbox(fd, SIZE)
    box.write(b"kept", written_ns=1)
    with pytest.raises(ValueError, match="does not fit"):
        box.write(bytes(SIZE), written_ns=2)
    message = box.read()
    assert message is not None
    assert message.content == b"kept"


@given(st.binary(min_size=1, max_size=200), st.data())
def test_any_spoilt_byte_of_the_newest_message_shows_the_one_before(content: bytes, data: st.DataObject) -> None:
    fd = shared_memory("test", SIZE)
    try:
        box = Mailbox(fd, SIZE)
        box.write(b"before", written_ns=1)
        sequence = box.write(content, written_ns=2)
        at = sequence % 2 * (SIZE // 2) + data.draw(st.integers(0, HEAD.size + SUM.size + len(content) - 1))
        (old,) = os.pread(fd, 1, at)
        os.pwrite(fd, bytes([old ^ (1 << data.draw(st.integers(0, 7)))]), at)
        message = Mailbox(fd, SIZE).read()
        assert message is not None
        assert message.content == b"before"
    finally:
        os.close(fd)


@given(st.binary(max_size=SIZE))
def test_garbage_raises_nothing(garbage: bytes) -> None:
    fd = shared_memory("test", SIZE)
    try:
        os.pwrite(fd, garbage, 0)
        Mailbox(fd, SIZE).read()
    finally:
        os.close(fd)


def test_a_writer_goes_on_after_the_last_number(fd: int) -> None:
    first = Mailbox(fd, SIZE).write(b"a", written_ns=1)
    second = Mailbox(fd, SIZE).write(b"b", written_ns=2)
    assert second > first
    message = Mailbox(fd, SIZE).read()
    assert message is not None
    assert message.content == b"b"


def test_a_writer_after_a_killed_one_leaves_the_last_whole_message_alone(fd: int) -> None:
    box = Mailbox(fd, SIZE)
    box.write(b"whole", written_ns=1)
    for _ in range(3):
        sequence = Mailbox(fd, SIZE).write(b"spoilt", written_ns=2)
        os.pwrite(fd, b"\xff", sequence % 2 * (SIZE // 2) + HEAD.size)
        message = Mailbox(fd, SIZE).read()
        assert message is not None
        assert message.content == b"whole"


WRITER = """
import sys
from enerwise.devices.mailbox import Mailbox
box, count = Mailbox(int(sys.argv[1]), int(sys.argv[2])), 0
while True:
    count += 1
    box.write(bytes([count % 256]) * 1500, written_ns=count)
    if count == 1:
        print("ready", flush=True)
"""


def test_a_killed_writer_never_leaves_half_a_message(fd: int) -> None:
    reader = Mailbox(fd, SIZE)
    read_count = 0
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(fd), str(SIZE)], pass_fds=[fd], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(300):
            message = reader.read()
            if message is not None:
                read_count += 1
                assert len(set(message.content)) == 1
                assert len(message.content) == 1500
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        message = reader.read()
        assert message is not None
        assert len(set(message.content)) == 1
    print(f"{read_count} whole messages read beside a writer at full speed, 5 writers killed")
