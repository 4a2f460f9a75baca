"""The mailbox: shared memory in which one process leaves its newest message for others, whole or not at all.

Two slots are written in turn; each carries a sequence number, the moment it was written and the moment it expires on
the monotonic clock, its length and a checksum over all of that. A writer killed in the middle spoils the slot it was
writing and never the message before. A reader takes the whole slot with the highest sequence; what does not check out
is as if it had not been written. Nobody waits and nobody locks.

The memory is an open file without a name, handed down to child processes; it goes when the last of them goes.
"""

import mmap
import os
import struct
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HEAD: Final = struct.Struct("<QqqI")
SUM: Final = struct.Struct("<I")
NEVER_NS: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Message:
    """What was left, and when. Times are nanoseconds on the monotonic clock."""

    sequence: int
    written_ns: int
    expires_ns: int
    content: bytes

    def is_fresh(self, now_ns: int) -> bool:
        """Tell whether it may still be acted on."""
        return self.written_ns <= now_ns < self.expires_ns


class Mailbox:
    """One writer, any number of readers."""

    def __init__(self, fd: int, size: int, *, only_reads: bool = False) -> None:
        """Map the memory behind an open file; the file itself stays the caller's, and may be open for reading only."""
        self._memory = mmap.mmap(fd, size, access=mmap.ACCESS_READ if only_reads else mmap.ACCESS_DEFAULT)
        self._slot_size = size // 2
        self._sequence = self._last_sequence()

    @property
    def capacity(self) -> int:
        """Bytes that a message may have."""
        return self._slot_size - HEAD.size - SUM.size

    def write(self, content: bytes, *, written_ns: int, expires_ns: int = NEVER_NS) -> int:
        """Leave a message and return its sequence number.

        Raises:
            ValueError: The message is larger than the mailbox.
        """
        if len(content) > self.capacity:
            raise ValueError(f"a message of {len(content)} bytes does not fit into a mailbox of {self.capacity}")
        self._sequence += 1
        head = HEAD.pack(self._sequence, written_ns, expires_ns, len(content))
        at = self._sequence % 2 * self._slot_size
        whole = head + SUM.pack(zlib.crc32(content, zlib.crc32(head))) + content
        self._memory[at : at + len(whole)] = whole
        return self._sequence

    def read(self) -> Message | None:
        """Return the newest whole message, None where there is none."""
        found = [message for at in (0, self._slot_size) if (message := self._slot(at))]
        return max(found, key=lambda message: message.sequence, default=None)

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()

    def _slot(self, at: int) -> Message | None:
        # Copied first: the writer may be at work on these bytes while they are looked at.
        head = self._memory[at : at + HEAD.size]
        sequence, written_ns, expires_ns, length = HEAD.unpack(head)
        if not sequence or length > self.capacity:
            return None
        body = at + HEAD.size
        (checksum,) = SUM.unpack(self._memory[body : body + SUM.size])
        content = self._memory[body + SUM.size : body + SUM.size + length]
        if zlib.crc32(content, zlib.crc32(head)) != checksum:
            return None
        return Message(sequence, written_ns, expires_ns, content)

    def _last_sequence(self) -> int:
        last = self.read()
        # The number of a message that was spoilt half-way is used again: the next one goes over that, not over the last
        # whole one.
        return 0 if last is None else last.sequence


def shared_memory(name: str, size: int) -> int:
    """Return a new open file of ``size`` bytes that lives in memory and has no name anybody could open."""
    if hasattr(os, "memfd_create"):
        fd = os.memfd_create(name)
    else:  # pragma: no cover - other systems than Linux
        fd, path = tempfile.mkstemp(prefix=name)
        Path(path).unlink()
    os.ftruncate(fd, size)
    os.set_inheritable(fd, True)
    return fd


def only_readable(fd: int) -> int:
    """Return the same memory as another open file, through which nothing can be written where that can be had."""
    try:
        found = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # pragma: no cover - other systems than Linux
        found = os.dup(fd)
    os.set_inheritable(found, True)
    return found
