"""A look at a device that can only look: a Modbus line without a way to write, for people who set up a site.

The door owns every socket through which a machine can be moved; this one has no method that writes. It blocks, for a
person who waits, and every wait is bounded.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from enerwise.devices.bound import Bound
from enerwise.devices.points import Read
from enerwise.devices.profile import Profile
from enerwise.protocols import sunspec
from enerwise.protocols.modbus import (
    ModbusFrameError,
    Request,
    Response,
    Table,
    TcpReader,
    mismatch,
    payload,
    tcp_frame,
)
from enerwise.protocols.pdu import EXCEPTIONS

TIMEOUT_S: Final = 1.0
COMMON_LENGTH: Final = 66


class NoAnswer(OSError):
    """The device did not answer, or said no; the text says what."""


@dataclass(frozen=True, slots=True)
class Nameplate:
    """What a SunSpec device says of itself."""

    manufacturer: str
    model: str
    serial: str
    models: tuple[int, ...]


class Looker:
    """One connection to one address."""

    def __init__(self, address: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """Connect.

        Raises:
            OSError: Nobody listens there.
        """
        host, _, port = address.rpartition(":")
        self._line = socket.create_connection((host.strip("[]"), int(port)), timeout=timeout_s)
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()

    def read(self, unit_id: int, table: Table, address: int, count: int) -> tuple[int, ...]:
        """Return registers.

        Raises:
            NoAnswer: There is none, or the device refuses.
        """
        self._count += 1
        request = Request.read(unit_id, table, address, count)
        try:
            self._line.sendall(tcp_frame(self._count, request))
            response = self._answer(self._count)
        except (OSError, ModbusFrameError) as error:
            raise NoAnswer(str(error) or "no answer in time") from None
        if response.exception_code:
            raise NoAnswer(EXCEPTIONS.get(response.exception_code, f"exception {response.exception_code}"))
        if why := mismatch(request, response, transaction=self._count):
            raise NoAnswer(why)
        return payload(request, response)

    def bound(self, unit_id: int, profile: Profile) -> Bound:
        """Return a profile at its addresses in this device, scales learned.

        Raises:
            NoAnswer: The device shows no SunSpec map where the profile needs one, or does not answer.
        """
        bound = profile.bind(self.walk(unit_id).bases if profile.sunspec else None)
        return bound.learned(self._words(unit_id, bound.fact_reads()))

    def values(self, unit_id: int, bound: Bound) -> dict[tuple[str, str], float]:
        """Return everything the device measures, by role and quantity, in house units and the house sign.

        Raises:
            NoAnswer: The device does not answer.
        """
        return bound.decode(self._words(unit_id, bound.reads()))

    def walk(self, unit_id: int) -> sunspec.Walk:
        """Return the SunSpec models of a device.

        Raises:
            NoAnswer: There are none.
        """
        walk = sunspec.Walk()
        while (wanted := walk.wants) is not None:
            try:
                walk = walk.told(self.read(unit_id, Table.HOLDING, *wanted))
            except NoAnswer:
                walk = walk.told(None)
        if not walk.models:
            raise NoAnswer(walk.problem)
        return walk

    def nameplate(self, unit_id: int) -> Nameplate:
        """Return what a SunSpec device says of itself.

        Raises:
            NoAnswer: It is none.
        """
        walk = self.walk(unit_id)
        at = walk.bases.get(1)
        words = self.read(unit_id, Table.HOLDING, at + 2, COMMON_LENGTH - 2) if at is not None else ()
        return Nameplate(
            _text(words[0:16]), _text(words[16:32]), _text(words[48:64]), tuple(each.id for each in walk.models)
        )

    def _words(self, unit_id: int, reads: Sequence[Read]) -> dict[Read, tuple[int, ...]]:
        return {each: self.read(unit_id, each.table, each.address, each.count) for each in reads}

    def _answer(self, transaction: int) -> Response:
        reader = TcpReader()
        while True:
            data = self._line.recv(4096)
            if not data:
                raise ConnectionError("closed by the device")
            reader, found = reader.feed(data)
            for each in found:
                if each.transaction == transaction:
                    return each


def _text(words: Sequence[int]) -> str:
    content = b"".join(word.to_bytes(2, "big") for word in words)
    return content.split(b"\0")[0].decode("ascii", errors="replace").strip()
