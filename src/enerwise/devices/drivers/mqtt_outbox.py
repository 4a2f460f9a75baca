"""What waits to be published: in its order, bounded, and gone only when the broker has it."""

import asyncio
from collections import deque

from enerwise.protocols.mqtt import Message


class Outbox:
    """A queue that survives connections. When it is full the oldest that is not on its way makes room."""

    def __init__(self, most_count: int) -> None:
        """Begin empty, and never hold more than ``most_count`` messages."""
        self._most_count = most_count
        self._waiting: deque[Message] = deque()
        self._sent_count = 0
        self._news = asyncio.Event()
        self.dropped_count = 0
        """Messages that nobody will ever get."""

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, message: Message) -> None:
        """Take a message."""
        if len(self._waiting) >= self._most_count:
            # What is on its way may have arrived: to drop it would not make it unsaid.
            del self._waiting[min(self._sent_count, len(self._waiting) - 1)]
            self.dropped_count += 1
        self._waiting.append(message)
        self._news.set()

    def begin_afresh(self) -> None:
        """Send everything again that the broker has not confirmed: a new connection knows nothing of the old one."""
        self._sent_count = 0
        self._news.set()

    def next(self) -> Message | None:
        """Return the next message to be sent, None where there is none now."""
        if self._sent_count >= len(self._waiting):
            self._news.clear()
            return None
        self._sent_count += 1
        return self._waiting[self._sent_count - 1]

    def confirm(self) -> None:
        """Forget the oldest message: the broker has it."""
        self._waiting.popleft()
        self._sent_count -= 1

    async def wait(self) -> None:
        """Wait until there may be something to be sent."""
        await self._news.wait()
