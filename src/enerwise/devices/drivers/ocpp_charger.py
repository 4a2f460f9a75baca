"""One charger: what the house knows of it, what it has been told, and what it is told when it is back."""

import asyncio
import math
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import numpy as np

from enerwise.core import quantity as q
from enerwise.core.series import Key, Reading
from enerwise.core.time import Clock, Instant, elapsed_s
from enerwise.devices.drivers.driver import Troubles
from enerwise.devices.drivers.ocpp_line import OcppLine, Refused
from enerwise.devices.drivers.ocpp_options import Socket
from enerwise.devices.seat import Seat, Standing
from enerwise.protocols.ocpp.outlet import Outlet, Outlets, after
from enerwise.protocols.ocpp.profiles import DEFAULT, PERMIT_LEVEL, SAFE_LEVEL, power_of, rate_of
from enerwise.protocols.ocpp.words import (
    IDLE,
    STATUS_CODES,
    Ask,
    Desk,
    Fact,
    Json,
    Limit,
    Metered,
    Stated,
    Status,
    is_accepted,
)

GREET_S: Final = 5.0
"""How long a charger may take over a call that no turn waits for."""
START_AGAIN_S: Final = 30.0
"""A charge that was asked for has this long to begin."""
OLD_S: Final = 60.0
"""What was measured longer ago is history, and no sign of what is now."""
ABSENT: Final = "is not connected"
NUMBER_MOST: Final = 2**31 - 1

Take = Callable[[Reading], None]


class Charger:
    """One charger, whether it is connected or not."""

    def __init__(
        self,
        identity: str,
        sockets: Mapping[int, Socket],
        *,
        seat: Seat | None,
        clock: Clock,
        timeout_s: float,
        interval_s: int,
        take: Take,
        troubles: Troubles,
    ) -> None:
        """Know nothing of it yet.

        Args:
            identity: By which it calls.
            sockets: Its outlets that stand for assets, by number.
            seat: None where it is only read.
            clock: Shows control time.
            timeout_s: How long a turn waits for it. [s]
            interval_s: How often it shall tell what it measures. [s]
            take: Gets what it tells.
            troubles: Told of what is wrong with it.
        """
        self.identity, self.sockets = identity, sockets
        self._seat, self._clock, self._timeout_s, self._interval_s = seat, clock, timeout_s, interval_s
        self._take, self._troubles = take, troubles
        self.line: OcppLine | None = None
        self._outlets: Outlets = {number: Outlet(number) for number in sockets}
        self._standing: dict[int, Standing] = {}
        self._falls: dict[int, asyncio.TimerHandle] = {}
        self._started_s: dict[int, float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._greeting: asyncio.Task[Any] | None = None
        self._troubles.tell(identity, f"{identity} {ABSENT}")

    def outlet(self, number: int) -> Outlet:
        """Return how an outlet stands."""
        return self._outlets[number]

    # -- The line ------------------------------------------------------------------------------------------------

    def meet(self, line: OcppLine) -> OcppLine | None:
        """Take a new connection, and return the one before where it still stands: a charger has one at a time."""
        if self._greeting is not None:
            self._greeting.cancel()
        before, self.line, self._greeting = self.line, line, None
        self._troubles.well(self.identity)
        return before

    def part(self, line: OcppLine) -> None:
        """Let go of a connection that has ended."""
        if self.line is line:
            self.line = None
            self._troubles.tell(self.identity, f"{self.identity} {ABSENT}")

    async def close(self) -> None:
        """Forget what was planned."""
        for each in self._falls.values():
            each.cancel()
        self._falls.clear()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _in_background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # -- What it says --------------------------------------------------------------------------------------------

    def answer(self, line: OcppLine, action: str, payload: Json, desk: Desk) -> Json | None:
        """Return the answer to a call, and take in what it says."""
        heard = line.dialect.hear(action, payload, desk)
        if heard is None:
            return None
        for fact in heard.facts:
            self._learn(fact, desk.now)
        for number, outlet in self._outlets.items():
            self._note_rest(number, outlet, desk.now)
        if self._greeting is None and line is self.line:
            # Its first word is the first moment at which a charger surely listens.
            self._greeting = self._in_background(self._greet(line))
        return heard.answer

    def _learn(self, fact: Fact, now: Instant) -> None:
        self._outlets, outlet = after(self._outlets, fact)
        if outlet is None:
            return
        asset = self.sockets[outlet.number].asset
        if isinstance(fact, Metered):
            self._note_values(asset, fact, now)
        elif isinstance(fact, Stated):
            self._note(asset, q.STATE_CODE, STATUS_CODES[outlet.status], now, now)
            self._note(asset, q.ALARM_CODE, 1.0 if outlet.fault else 0.0, now, now)
            self._tell_fault(outlet)

    def _note_values(self, asset: str, fact: Metered, now: Instant) -> None:
        place = f"{self.identity} clock"
        at = now if fact.at is None else min(fact.at, now)
        age_s = abs((now if fact.at is None else fact.at) - now) / np.timedelta64(1, "s")
        if age_s > OLD_S:
            self._troubles.tell(place, f"{self.identity}: its values are late or its clock is wrong, by {age_s:.0f} s")
            return
        self._troubles.well(place)
        for quantity, value in fact.values.items():
            self._note(asset, quantity, value, at, now)

    def _note_rest(self, number: int, outlet: Outlet, now: Instant) -> None:
        # A charger at rest measures nothing; that it speaks and charges nobody is how its zero is known.
        if outlet.transaction is None and outlet.status in IDLE:
            self._note(self.sockets[number].asset, q.POWER_W, 0.0, now, now)

    def _note(self, asset: str, quantity: str, value: float, at: Instant, now: Instant) -> None:
        self._take(Reading(Key(asset, quantity), at, value, now))

    def _tell_fault(self, outlet: Outlet) -> None:
        place = f"{self.identity} outlet {outlet.number}"
        if outlet.fault:
            self._troubles.tell(place, f"{place}: {outlet.fault}")
        else:
            self._troubles.well(place)

    # -- What it is told -----------------------------------------------------------------------------------------

    async def apply(self, number: int, value_w: float, *, until: Instant, held_s: float) -> float:
        """Tell an outlet what it may take, and return what it accepted; NaN where it did not. [W]"""
        self._standing[number] = Standing(value_w, until)
        self._forget_fall(number)
        self._falls[number] = asyncio.get_running_loop().call_later(held_s, self._fall, number)
        return await self._limit(number, timeout_s=self._timeout_s)

    async def rest(self, number: int) -> bool:
        """Bring an outlet to its safe value, and say whether it has confirmed that."""
        self._standing.pop(number, None)
        self._forget_fall(number)
        return await self._rest(number, timeout_s=self._timeout_s)

    async def stop(self, number: int) -> bool:
        """End a charge, and say whether the charger does so."""
        transaction = self._outlets[number].transaction
        if transaction is None or self.line is None:
            return False
        return await self._does(self.line.dialect.stop(transaction), timeout_s=self._timeout_s)

    def _fall(self, number: int) -> None:
        self._in_background(self.rest(number))

    def _forget_fall(self, number: int) -> None:
        fall = self._falls.pop(number, None)
        if fall is not None:
            fall.cancel()

    async def _greet(self, line: OcppLine) -> None:
        """Tell a charger that has come what it needs to know, in the order of its weight."""
        if self._seat is not None:
            for number in self.sockets:
                safe = self._safe(number)
                now = self._clock.now()
                default = line.dialect.limit(number, safe, level=SAFE_LEVEL, transaction=None, now=now)
                await self._does(default, timeout_s=GREET_S)
                if number in self._standing:
                    await self._limit(number, timeout_s=GREET_S)
                else:
                    await self._rest(number, timeout_s=GREET_S)
            for ask in line.dialect.settings(self._interval_s):
                await self._does(ask, timeout_s=GREET_S, place=f"{self.identity} settings")
        for number in self.sockets:
            for ask in line.dialect.questions(number):
                # Not every charger can be asked; then it tells by itself.
                await self._does(ask, timeout_s=GREET_S, place="")

    async def _limit(self, number: int, *, timeout_s: float) -> float:
        if self.line is None:
            return math.nan
        standing, socket, outlet = self._standing[number], self.sockets[number], self._outlets[number]
        dialect, now = self.line.dialect, self._clock.now()
        limit = self._limit_of(socket, standing.value, standing.until)
        ask = dialect.limit(number, limit, level=PERMIT_LEVEL, transaction=outlet.transaction, now=now)
        if not await self._does(ask, timeout_s=timeout_s):
            return math.nan
        if self._may_start(outlet, socket, limit):
            self._started_s[number] = elapsed_s()
            start = dialect.start(number, socket.tag, limit, number=_start_number(now), now=now)
            self._in_background(self._does(start, timeout_s=GREET_S, place=f"{self.identity} start"))
        return power_of(limit, socket.voltage_v)

    async def _rest(self, number: int, *, timeout_s: float) -> bool:
        if self.line is None:
            return False
        dialect, now, safe = self.line.dialect, self._clock.now(), self._safe(number)
        transaction = self._outlets[number].transaction
        has_rested = True
        if transaction is not None:
            ask = dialect.limit(number, safe, level=PERMIT_LEVEL, transaction=transaction, now=now)
            has_rested = await self._does(ask, timeout_s=timeout_s)
        clear = dialect.clear(number, level=PERMIT_LEVEL, purpose=DEFAULT)
        answer = await self._answered(clear, timeout_s=timeout_s, place=f"{self.identity} limit")
        # Unknown means that there was nothing to take back.
        if answer is not None and answer.get("status") in ("Accepted", "Unknown"):
            return has_rested
        ask = dialect.limit(number, safe, level=PERMIT_LEVEL, transaction=None, now=now)
        return await self._does(ask, timeout_s=timeout_s) and has_rested

    def _safe(self, number: int) -> Limit:
        assert self._seat is not None
        socket = self.sockets[number]
        return self._limit_of(socket, self._seat.safe_value(Key(socket.asset, q.POWER_W)), None)

    def _limit_of(self, socket: Socket, power_w: float, until: Instant | None) -> Limit:
        rate = rate_of(power_w, unit=socket.unit, phases=socket.phases, voltage_v=socket.voltage_v)
        return Limit(rate, socket.unit, socket.phases, until)

    def _may_start(self, outlet: Outlet, socket: Socket, limit: Limit) -> bool:
        is_waiting = outlet.status is Status.PLUGGED and outlet.transaction is None
        asked_s = self._started_s.get(outlet.number, -math.inf)
        return bool(socket.tag) and is_waiting and limit.rate > 0.0 and elapsed_s() - asked_s > START_AGAIN_S

    async def _does(self, ask: Ask, *, timeout_s: float, place: str | None = None) -> bool:
        """Call, and say whether the charger does what it was asked; what is wrong is told at ``place``."""
        where = f"{self.identity} limit" if place is None else place
        answer = await self._answered(ask, timeout_s=timeout_s, place=where)
        if answer is None:
            return False
        is_done = is_accepted(answer) or "setVariableResult" in answer
        if where and not is_done:
            self._troubles.tell(where, f"{self.identity} answers {ask.action} with {answer.get('status')}")
        return is_done

    async def _answered(self, ask: Ask, *, timeout_s: float, place: str) -> Json | None:
        if self.line is None:
            return None
        try:
            answer = await self.line.ask(ask, timeout_s=timeout_s)
        except (OSError, Refused) as error:  # TimeoutError is an OSError.
            if place:
                self._troubles.tell(place, f"{self.identity}: {error}")
            return None
        if place:
            self._troubles.well(place)
        return answer


def _start_number(now: Instant) -> int:
    """Return a number for a start, which OCPP 2.0.1 wants to be a new one each time."""
    return int(now.astype("datetime64[s]").astype(np.int64)) % NUMBER_MOST
