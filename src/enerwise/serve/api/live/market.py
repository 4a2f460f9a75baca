"""The hub of a market: trades, slots and halts, told once and handed to everybody who takes part."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from enerwise.core.time import Clock
from enerwise.run.venue_facts import from_ns
from enerwise.run.venue_words import News
from enerwise.serve.api.live.hub import Listener, sse
from enerwise.serve.market_desk import MarketDesk

RING: Final = 512
BEAT_S: Final = 5.0


class MarketHub:
    """What one market tells, and who listens."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._listeners: set[Listener] = set()
        self._ring: deque[tuple[int, bytes]] = deque(maxlen=RING)
        self.number = 0

    def tell(self, news: Sequence[News]) -> None:
        """Tell what is new."""
        for each in joined(news):
            self.number += 1
            message = sse(each.kind, {"seq": self.number, "at": from_ns(each.at_ns), **each.facts}, self.number)
            self._ring.append((self.number, message))
            self._tell(message)

    def listen(self, after: int | None = None) -> Listener:
        """Return a listener that begins with what came after a number, as far as that is remembered."""
        listener = Listener()
        listener.queue.put_nowait(self._beat())
        missed = [message for number, message in self._ring if after is not None and number > after]
        for message in missed[-listener.queue.maxsize // 2 :]:
            listener.queue.put_nowait(message)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Tell a listener nothing more."""
        self._listeners.discard(listener)

    async def beat_for_ever(self) -> None:
        """Show everybody that the stream still runs."""
        while True:
            await asyncio.sleep(BEAT_S)
            self._tell(self._beat())

    def _beat(self) -> bytes:
        return sse("heartbeat", {"at": self._clock.now(), "seq": self.number})

    def _tell(self, message: bytes) -> None:
        gone = [each for each in self._listeners if not each.tell(message)]
        self._listeners.difference_update(gone)


def joined(news: Sequence[News]) -> list[News]:
    """Return news in which trades of one slot that came one after the other are one."""
    found = list[News]()
    for each in news:
        last = found[-1] if found else None
        if last is not None and each.kind == last.kind == "trades" and each.facts["slot"] == last.facts["slot"]:
            facts: dict[str, Any] = {
                name: value if name == "slot" else np.concatenate([last.facts[name], value])
                for name, value in each.facts.items()
            }
            found[-1] = News("trades", each.at_ns, facts)
        else:
            found.append(each)
    return found


class MarketHubs:
    """The hubs of all markets of a face, started when the server starts."""

    def __init__(self, desks: Mapping[str, MarketDesk], clock: Clock) -> None:
        self._desks = desks
        self._by_market = {market: MarketHub(clock) for market in desks}
        for market, desk in desks.items():
            desk.tell = self._by_market[market].tell

    def __getitem__(self, market: str) -> MarketHub:
        return self._by_market[market]

    @contextlib.asynccontextmanager
    async def running(self) -> "AsyncIterator[MarketHubs]":
        """Let every market do what is due, for as long as the block lasts."""
        beats = [asyncio.create_task(each.beat_for_ever()) for each in self._by_market.values()]
        async with contextlib.AsyncExitStack() as stack:
            for desk in self._desks.values():
                await stack.enter_async_context(desk.running())
            try:
                yield self
            finally:
                for each in beats:
                    each.cancel()
                await asyncio.gather(*beats, return_exceptions=True)
