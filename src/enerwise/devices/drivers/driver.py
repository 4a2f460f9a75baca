"""What a driver outside the door is: something that can be opened, read, and closed, and says what troubles it."""

from collections.abc import Sequence
from typing import Protocol

from enerwise.core.series import Reading
from enerwise.core.time import Instant


class Driver(Protocol):
    """A device that is not behind the door."""

    @property
    def id(self) -> str:
        """The id of its device in the site file."""
        ...

    async def open(self) -> None:
        """Begin; a device that does not answer yet is no error."""
        ...

    async def close(self) -> None:
        """End, and let go of everything."""
        ...

    async def read(self, now: Instant) -> Sequence[Reading]:
        """Return what is new since the last read. Life's troubles raise nothing; `problems` tells of them."""
        ...

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong now, in words for people."""
        ...
