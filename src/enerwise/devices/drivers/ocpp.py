"""Chargers over OCPP 1.6J and 2.0.1: the central system to which they connect.

It listens on the loopback interface unless the site file says otherwise, knows its chargers by name and, where a
password is named, by that too. A permit becomes a limit that ends with it; below it every outlet has a default of its
safe value, so that a charger that hears nothing any more falls back by itself (`enerwise.protocols.ocpp.profiles`).
"""

import asyncio
import base64
import binascii
import hmac
import logging
import math
import ssl
from collections import deque
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

import numpy as np
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import MultipleValuesError
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Reading
from enerwise.core.time import Clock, Instant, LiveClock
from enerwise.devices.drivers.driver import CONNECTION, Backoff, Troubles, Upkeep
from enerwise.devices.drivers.http import token
from enerwise.devices.drivers.ocpp_charger import Charger
from enerwise.devices.drivers.ocpp_line import OcppLine
from enerwise.devices.drivers.ocpp_options import Central, Socket, central_of
from enerwise.devices.port import Receipt
from enerwise.devices.seat import Seat
from enerwise.guard.permit import Check, Permit
from enerwise.protocols.ocpp.v16 import V16
from enerwise.protocols.ocpp.v201 import V201
from enerwise.protocols.ocpp.words import Desk, Dialect, Json
from enerwise.site.wiring import Device

DIALECTS: Final[dict[str, Dialect]] = {each.subprotocol: each for each in (V201(), V16())}
"""By subprotocol, the one we would rather speak first."""
KEPT_COUNT: Final = 1000
MESSAGE_BYTES: Final = 1 << 18
PING_S: Final = 10.0
OPEN_S: Final = 5.0
GOODBYE_S: Final = 0.5
BEAT_LEAST_S: Final = 5
FIRST_TRANSACTION_S: Final = 1_577_836_800
"""Transactions count the seconds since 2020, so that a restart never gives a number twice."""
TRANSACTION_MOST: Final = 2**31 - 1
STRANGER: Final = "stranger"

QUIET: Final = logging.getLogger("enerwise.ocpp")
QUIET.setLevel(logging.CRITICAL + 1)  # Broken handshakes are everyday life on a network; `problems` tells of them.


class Ocpp:
    """A central system with its chargers."""

    def __init__(
        self,
        device: Device,
        *,
        seat: Seat | None = None,
        clock: Clock | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        """Prepare a central system.

        Args:
            device: Its address, roles and options are described at `enerwise.devices.drivers.ocpp_options`.
            seat: Opens permits; None only reads.
            clock: Says when something came; None takes the seat's, else the machine's own.
            rng: Spreads the tries to listen.

        Raises:
            ProblemsFound: Its options cannot be read; all of it is told.
        """
        self.id = device.id
        self._device, self._central = device, central_of(device)
        self._seat = None if device.is_read_only else seat
        self._clock = clock or (seat.clock if seat is not None else LiveClock())
        self._new: deque[Reading] = deque(maxlen=KEPT_COUNT)
        self._troubles = Troubles(f"{device.address} is not open yet")
        self._interval_s = max(BEAT_LEAST_S, round(device.poll_s))
        self._chargers = {identity: self._charger(identity) for identity in self._central.sockets}
        self._outlets = {
            socket.asset: (identity, socket.number)
            for identity, sockets in self._central.sockets.items()
            for socket in sockets.values()
        }
        self._transaction = 0
        self._backoff = Backoff(rng=rng)
        self._upkeep = Upkeep(self._serve, self._troubles, self._backoff)

    def _charger(self, identity: str) -> Charger:
        return Charger(
            identity,
            self._central.sockets[identity],
            seat=self._seat,
            clock=self._clock,
            timeout_s=self._device.timeout_s,
            interval_s=self._interval_s,
            take=self._new.append,
            troubles=self._troubles,
        )

    @property
    def central(self) -> Central:
        """What it was set up with."""
        return self._central

    @property
    def moves(self) -> frozenset[str]:
        """Assets that an outlet stands for."""
        return frozenset() if self._device.is_read_only else frozenset(self._outlets)

    # -- Driver --------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Begin to listen."""
        self._upkeep.start()

    async def close(self) -> None:
        """Let go of every charger: their limits end by themselves."""
        for each in self._chargers.values():
            await each.close()
        await self._upkeep.stop()

    async def read(self, now: Instant) -> Sequence[Reading]:
        """Return what has come since the last read."""
        found = list(self._new)
        self._new.clear()
        return found

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong now."""
        return self._troubles.told()

    async def apply(self, permit: Permit, now: Instant) -> Receipt:
        """Turn a permit into a limit; the receipt tells what the charger accepted, NaN where it did not."""
        if self._seat is None:
            return Receipt(permit.asset, permit.quantity, math.nan, Check.ALTERED, now)
        check = self._seat.checker.check(permit, now)
        if check is not Check.OPENS:
            return Receipt(permit.asset, permit.quantity, permit.value, check, now)
        value = await self._told(permit)
        return Receipt(permit.asset, permit.quantity, value, check, now)

    async def _told(self, permit: Permit) -> float:
        assert self._seat is not None
        if permit.asset not in self._outlets or permit.quantity != POWER_W:
            self._troubles.tell(permit.asset, f"no charger takes {permit.quantity} of {permit.asset}")
            return math.nan
        identity, number = self._outlets[permit.asset]
        return await self._chargers[identity].apply(
            number, permit.value, until=permit.valid_until, held_s=self._seat.held_s(permit)
        )

    async def rest(self) -> bool:
        """Bring every outlet to its safe value; say whether all have confirmed it."""
        if self._seat is None:
            return True
        rests = [self._chargers[identity].rest(number) for identity, number in self._outlets.values()]
        return all(await asyncio.gather(*rests))

    async def stop(self, asset: str) -> bool:
        """End the charge of an asset; say whether the charger does so."""
        if self._seat is None or asset not in self._outlets:
            return False
        identity, number = self._outlets[asset]
        return await self._chargers[identity].stop(number)

    def tell(self, readings: list[Reading]) -> None:
        """Forget what others may be told: chargers are told limits only."""

    # -- The listener --------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        context = None
        if self._central.certificate_path:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._central.certificate_path, self._central.key_path or None)
        async with serve(
            self._meet,
            self._central.host,
            self._central.port,
            subprotocols=[Subprotocol(each) for each in DIALECTS],
            process_request=self._greet,
            compression=None,
            open_timeout=OPEN_S,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=GOODBYE_S,
            max_size=MESSAGE_BYTES,
            logger=QUIET,
            server_header=None,
            ssl=context,
        ):
            self._troubles.well(CONNECTION)
            self._backoff.reset()
            await asyncio.get_running_loop().create_future()

    def _greet(self, connection: ServerConnection, request: Request) -> Response | None:
        """Let a charger in whom the site file knows; everybody else is refused before a word is said."""
        identity = _identity(request)
        if identity not in self._chargers:
            self._troubles.tell(STRANGER, f"{identity!r} is no charger of this site, and was refused")
            return connection.respond(HTTPStatus.NOT_FOUND, "This charger is not known here.\n")
        if distrust := self._distrust(identity, request):
            self._troubles.tell(STRANGER, f"{identity} was refused: {distrust}")
            response = connection.respond(HTTPStatus.UNAUTHORIZED, "The password is wrong.\n")
            response.headers["WWW-Authenticate"] = 'Basic realm="OCPP"'
            return response
        return None

    def _distrust(self, identity: str, request: Request) -> str:
        """Return why a charger is not believed to be the one it says; empty where it is."""
        name = self._central.password_from.get(identity)
        if name is None:
            return ""
        try:
            wanted = f"{identity}:{token(name)}".encode()
        except ValueError as error:
            # Without a password in the environment nobody can show the right one.
            return str(error)
        return "" if hmac.compare_digest(wanted, _shown(request)) else "its password is wrong"

    async def _meet(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        # A charger that names no version of ours has been refused at the handshake.
        dialect = DIALECTS[str(connection.subprotocol)]
        charger = self._chargers[_identity(connection.request)]

        def answer(action: str, payload: Json) -> Json | None:
            return charger.answer(line, action, payload, self._desk())

        line = OcppLine(connection, dialect, answer)
        before = charger.meet(line)
        closing = None if before is None else asyncio.create_task(before.close("connected again"))
        try:
            await line.run()
        finally:
            charger.part(line)
            if closing is not None:
                await asyncio.wait([closing])

    def _desk(self) -> Desk:
        return Desk(self._clock.now(), self._interval_s, self._takes_tag, self._next_transaction)

    def _takes_tag(self, tag: str) -> bool:
        tags = self._central.tags
        return tags is None or tag in tags or tag in {each.tag for each in self._sockets() if each.tag}

    def _sockets(self) -> list[Socket]:
        return [each for sockets in self._central.sockets.values() for each in sockets.values()]

    def _next_transaction(self) -> int:
        now_s = int(self._clock.now().astype("datetime64[s]").astype(np.int64))
        self._transaction = max(self._transaction + 1, now_s - FIRST_TRANSACTION_S) % TRANSACTION_MOST
        return self._transaction


def _identity(request: Request) -> str:
    """Return by which name a charger calls: the last part of the path."""
    return unquote(request.path.partition("?")[0].rpartition("/")[2])


def _shown(request: Request) -> bytes:
    """Return the name and password a charger shows; empty where it shows none."""
    try:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        return base64.b64decode(text, validate=True) if scheme.lower() == "basic" else b""
    except (MultipleValuesError, binascii.Error, ValueError):
        return b""


def make(device: Device, *, seat: Seat | None = None, clock: Clock | None = None) -> Ocpp:
    """Return the driver of a device.

    Raises:
        ProblemsFound: Its options cannot be read.
    """
    return Ocpp(device, seat=seat, clock=clock)
