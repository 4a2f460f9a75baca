"""The hub: looks at a site once for everybody, and tells whoever listens what has changed.

The door's words cost a look into shared memory, four times a second: its state and how far a stop has come are told at
once. The store and the site process are asked once a second, beside that, so that one that hangs holds up nothing. What
is told is written as bytes once and handed to every listener; one that does not take it is dropped and may come again,
for nobody is waited for.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from enerwise.core.errors import StoreError
from enerwise.core.event import Event, Kind
from enerwise.core.time import Clock, Instant, elapsed_s, now_ns
from enerwise.serve.api.face import Desk, NoAnswer, NoDoor
from enerwise.serve.api.live.snapshot import Looked, changes, snapshot
from enerwise.serve.api.names import Names
from enerwise.serve.api.stop_orders import Orders, progress
from enerwise.serve.api.wire import to_json
from enerwise.site.site import Site

LOOK_S: Final = 0.25
ASK_S: Final = 1.0
BEAT_S: Final = 5.0
RING: Final = 256
WAITING_MOST: Final = 64
"""Messages that may wait for a listener before it counts as gone."""
RECENT: Final = 8
PLANNING: Final = "planning"
LOG: Final = logging.getLogger("enerwise.live")
Counts = Callable[[Desk], Mapping[str, int]]


@dataclass(slots=True, eq=False)
class Listener:
    """Somebody who is told; `None` in the queue ends it."""

    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(WAITING_MOST + 1))

    def tell(self, message: bytes) -> bool:
        """Hand over a message; False where too many wait already."""
        if self.queue.qsize() >= WAITING_MOST:
            self.queue.put_nowait(None)
            return False
        self.queue.put_nowait(message)
        return True


def sse(kind: str, content: Mapping[str, Any], number: int | None = None) -> bytes:
    """Return a server-sent event."""
    head = b"" if number is None else b"id: %d\n" % number
    return head + b"event: " + kind.encode() + b"\ndata: " + to_json(content) + b"\n\n"


class Hub:
    """What one site shows, and who listens."""

    def __init__(self, desk: Desk, clock: Clock, counts: Counts | None = None, names: Names | None = None) -> None:
        """Take a desk; `run` looks at it.

        Args:
            desk: The site.
            clock: Shows the time.
            counts: How many notices of each level there are.
            names: Tells who it was that asked.
        """
        self.desk, self._clock, self._counts, self._names = desk, clock, counts, names
        self._listeners: set[Listener] = set()
        self._ring: deque[tuple[int, bytes]] = deque(maxlen=RING)
        self._looked = Looked(clock.now(), now_ns(), has_door=not isinstance(desk.door, NoDoor))
        self._changed = asyncio.Event()
        self._orders, self._stops = Orders(), dict[str, Any]()
        self.number = 0
        self.shown: dict[str, Any] = {}
        self.dropped_count = 0

    # -- looking -------------------------------------------------------------------------------------------------

    def follow(self, orders: Orders) -> None:
        """Also tell how far stops have come."""
        self._orders = orders

    async def run(self) -> None:
        """Look for ever."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._ask_for_ever())
            both.create_task(self._look_for_ever())

    async def _ask_for_ever(self) -> None:
        while True:
            began_s = elapsed_s()
            await self.ask()
            await asyncio.sleep(max(LOOK_S, ASK_S - (elapsed_s() - began_s)))

    async def _look_for_ever(self) -> None:
        beat_s = -1e9
        while True:
            if self._is_urgent():
                self.look()
            self.tell_stops()
            if elapsed_s() - beat_s >= BEAT_S:
                beat_s = elapsed_s()
                self._tell(sse("heartbeat", {"at": str(self._clock.now()) + "Z", "seq": self.number}))
            await asyncio.sleep(LOOK_S)

    async def ask(self) -> None:
        """Ask the site process and the store, then look."""
        state, found = await asyncio.gather(self._state(), asyncio.to_thread(self._read))
        found = found or self._looked
        proposed = tuple([await self._with_name(each) for each in found.proposed])
        self._looked = replace(found, site_state=state, proposed=proposed)
        self.look()

    async def _state(self) -> Mapping[str, Any] | None:
        try:
            return await self._named(await self.desk.site_line.ask({"do": "state"}, patience_s=ASK_S))
        except NoAnswer:
            return None

    def tell_stops(self) -> None:
        """Tell how far stops have come, where that is news."""
        at_ns = now_ns()
        before, self._stops = self._stops, {}
        for order in self._orders.followed(self.desk.site.id, at_ns):
            told = self._stops[order.id] = progress(order, self.desk, at_ns)
            if before.get(order.id) != told:
                self._tell(sse("stop", told))

    async def _with_name(self, wish: Event) -> Event:
        """Return a wish with the name of whoever asked for it, where somebody did."""
        facts = wish.payload.get("facts")
        if self._names is None or not isinstance(facts, Mapping) or "who" not in facts:
            return wish
        return replace(wish, payload={**wish.payload, "facts": await self._names.told(facts)})

    async def _named(self, state: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the state with the names of those who asked."""
        if self._names is None or not state.get("ok"):
            return state
        leases = [await self._names.told(each) for each in state.get("leases", ())]
        return {**state, "leases": leases, "mode": await self._names.told(state.get("mode") or {})}

    def look(self) -> None:
        """Look at the door, and tell what has changed."""
        self._looked = replace(self._looked, now=self._clock.now(), now_ns=now_ns(), told=self.desk.door.look())
        after = snapshot(self.desk.site, self._looked, is_demo=self.desk.is_demo)
        change = changes(self.shown, after)
        if not change:
            return
        self.number += 1
        self.shown = {**after, "seq": self.number}
        message = sse("delta", {"seq": self.number, "at": after["at"], **change}, self.number)
        self._ring.append((self.number, message))
        self._tell(message)
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed(self) -> None:
        """Wait until something is new."""
        await self._changed.wait()

    def _is_urgent(self) -> bool:
        """Tell whether the state of the door is new: that is told at once, values once a second."""
        told = self.desk.door.look()
        return told is not None and bool(self.shown) and self.shown["state"] != told.state

    def _read(self) -> Looked | None:
        """Return what the store tells; None where it cannot be read just now."""
        try:
            return self._remembered()
        except StoreError:
            return None

    def _remembered(self) -> Looked:
        store, site = self.desk.store, self.desk.site
        faults = store.events(kind=Kind.FAULT, subject=PLANNING, limit=1)
        planned = store.events(kind=Kind.PLANNED, limit=1)
        measured = store.events(kind=Kind.MEASURED, subject=site.id, limit=1)
        return replace(
            self._looked,
            measured=measured[0] if measured else None,
            planned=planned[0] if planned else None,
            plan_failure=faults[0] if faults else None,
            proposed=tuple(heard_wishes(self.desk, measured[0].at if measured else None)),
            notices={} if self._counts is None else self._counts(self.desk),
        )

    # -- telling -------------------------------------------------------------------------------------------------

    @property
    def listener_count(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def listen(self, after: int | None = None) -> Listener:
        """Return a listener that begins with what came after a number, or with a snapshot where that is too old."""
        listener = Listener()
        for message in self._since(after):
            listener.queue.put_nowait(message)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Tell a listener nothing more."""
        self._listeners.discard(listener)

    def _since(self, after: int | None) -> list[bytes]:
        missed = [message for number, message in self._ring if after is not None and number > after]
        if after is not None and 0 <= self.number - after <= min(len(missed), WAITING_MOST // 2):
            return missed
        return [sse("snapshot", self.shown, self.number)] if self.shown else []

    def _tell(self, message: bytes) -> None:
        gone = [each for each in self._listeners if not each.tell(message)]
        self.dropped_count += len(gone)
        self._listeners.difference_update(gone)


def heard_wishes(desk: Desk, at: Instant | None) -> list[Event]:
    """Return for each asset the newest wish that the guard heard: whose agent the verdict names; batteries first."""
    if at is None:
        return []
    verdicts = {each.subject: each for each in desk.store.events(kind=Kind.JUDGED, start_utc=at, limit=64)}
    wishes = desk.store.events(kind=Kind.PROPOSED, start_utc=at, limit=64)
    heard = {each.subject: each for each in wishes if _is_heard(each, verdicts.get(each.subject))}
    return sorted(heard.values(), key=lambda each: _rank(desk.site, each.subject))


def _is_heard(wish: Event, verdict: Event | None) -> bool:
    return verdict is not None and verdict.payload.get("agent") == wish.payload.get("agent")


def _rank(site: Site, asset: str) -> tuple[int, str]:
    order = {"battery": 0, "load": 1, "pv": 2}
    kinds = {each.id: each.kind for each in site}
    return order.get(kinds.get(asset, ""), 3), asset


class Hubs:
    """The hubs of a face, started when the server starts."""

    def __init__(
        self, desks: Mapping[str, Desk], clock: Clock, counts: Counts | None = None, names: Names | None = None
    ) -> None:
        """Take the desks of a face."""
        self._by_site = {site: Hub(desk, clock, counts, names) for site, desk in desks.items()}
        self._tasks: list[asyncio.Task[None]] = []

    def __getitem__(self, site: str) -> Hub:
        return self._by_site[site]

    def __iter__(self) -> Iterator[Hub]:
        return iter(self._by_site.values())

    @contextlib.asynccontextmanager
    async def running(self) -> "AsyncIterator[Hubs]":
        """Look at every site for as long as the block lasts."""
        self._tasks = [asyncio.create_task(_for_ever(each)) for each in self._by_site.values()]
        try:
            yield self
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)


async def _for_ever(hub: Hub) -> None:
    """Keep a hub at work: a fault of one look must not end all of them."""
    while True:
        try:
            await hub.run()
        except Exception:
            LOG.exception("a look at %s failed", hub.desk.site.id)
            await asyncio.sleep(ASK_S)
