"""A market as the face sees it: one thread works for its venue, and everybody waits for their turn.

Orders that come while the thread is at work are handed over together: one judgement, one write, one answer for each.
What waits is bounded. News go to the hub before the answers, so that nobody is told of a trade of his own later than
others are told of it.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from secrets import token_bytes
from typing import Final, TypeVar

from enerwise.core.errors import EnerwiseError, StoreError
from enerwise.core.time import Clock
from enerwise.run.venue import Venue
from enerwise.run.venue_facts import Facts, Party, to_ns
from enerwise.run.venue_words import Answer, Asked, News
from enerwise.serve.market_deliveries import Deliveries, Delivery
from enerwise.serve.market_keys import operator_key
from enerwise.store.journal import Journal
from enerwise.store.ledger_sqlite import SqliteLedger

SALT_BYTES: Final = 32
TICK_S: Final = 1.0
TOGETHER_MOST: Final = 5000
"""Orders that are handed over at once, so that others wait no longer than it takes to keep these."""
WAITING_MOST: Final = 50_000
LOG: Final = logging.getLogger("enerwise.market")
Told = TypeVar("Told")


class Busy(EnerwiseError):
    """More orders wait than can be taken soon."""


class MarketSilent(EnerwiseError):
    """The market cannot be opened, or not be written to."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a market keeps itself."""

    ledger: Path
    journal: Path
    key: Path
    """With which roots of closed slots are signed."""

    @classmethod
    def within(cls, folder: Path, market: str) -> "Places":
        """Return the files of a market in the folder of a run."""
        names = (f"market-{market}.db", f"market-{market}.orders.db", f"market-{market}.key")
        return cls(*(folder / each for each in names))


@dataclass(slots=True)
class Waiting:
    """Orders that wait for their turn."""

    asked: Asked
    answered: "asyncio.Future[Answer]"


@dataclass(eq=False)
class MarketDesk:
    """One market."""

    facts: Facts
    """As the file says; participants may have got other numbers in the venue."""
    clock: Clock
    places: Places
    tell: Callable[[Sequence[News]], None] = lambda news: None
    """Is told what is new, in the loop of the server."""
    beside: Callable[[Venue, int], None] = lambda venue, at_ns: None
    """Does what else is due with each tick, such as reading meters."""
    deliveries: Deliveries | None = None
    """Tells the server's own sites what they have traded; None tells nobody."""
    public_key: str = ""
    """By which everybody can check signed roots, in PEM; known once the market is open."""
    numbers: dict[str, int] = field(default_factory=dict)
    """Of participants in the venue, as far as they are known without asking."""
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "market"))
    _venue: Venue | None = None
    _waiting: deque[Waiting] = field(default_factory=deque)
    _waiting_count: int = 0
    _draining: "asyncio.Task[None] | None" = None

    async def do(self, work: Callable[[Venue, int], Told]) -> Told:
        """Let the market's thread do something with the venue, at the present.

        Raises:
            MarketSilent: It cannot be opened or written to.
        """
        told, news = await asyncio.get_running_loop().run_in_executor(self._pool, self._done, work)
        if news:
            self.tell(news)
        return told

    async def take(self, asked: Asked) -> Answer:
        """Hand over orders.

        Raises:
            Busy: Too many wait already.
            MarketSilent: It cannot be opened or written to.
        """
        if self._waiting_count + len(asked.batch) > WAITING_MOST:
            raise Busy(f"{self._waiting_count} orders wait already; send fewer, or again in a second")
        loop = asyncio.get_running_loop()
        waiting = Waiting(asked, loop.create_future())
        self._waiting.append(waiting)
        self._waiting_count += len(asked.batch)
        if self._draining is None or self._draining.done():
            self._draining = loop.create_task(self._drain())
        return await waiting.answered

    async def _drain(self) -> None:
        while self._waiting:
            part = self._next()
            try:
                answers = await self.do(partial(_taken, [each.asked for each in part]))
            except Exception as error:
                # Whoever waits must hear of it, whatever it was.
                for each in part:
                    _settle(each, error)
                continue
            for each, answer in zip(part, answers, strict=True):
                _settle(each, answer)

    def _next(self) -> list[Waiting]:
        """Return whose turn it is: as many as go together, and one at least."""
        part, count = list[Waiting](), 0
        while self._waiting and (not part or count + len(self._waiting[0].asked.batch) <= TOGETHER_MOST):
            part.append(self._waiting.popleft())
            count += len(part[-1].asked.batch)
        self._waiting_count -= count
        return part

    def _done(self, work: Callable[[Venue, int], Told]) -> tuple[Told, list[News]]:
        """Do something in the market's thread."""
        at_ns = to_ns(self.clock.now())
        try:
            if self._venue is None:
                self._venue = self._opened(at_ns)
            told = work(self._venue, at_ns)
        except (StoreError, OSError) as error:
            raise MarketSilent(f"{self.facts.name}: {error}") from error
        news, self._venue.news = self._venue.news, []
        return told, news

    def _opened(self, at_ns: int) -> Venue:
        self.places.ledger.parent.mkdir(parents=True, exist_ok=True)
        try:
            signer = operator_key(self.places.key)
            ledger = SqliteLedger(self.places.ledger, salt=token_bytes(SALT_BYTES), sign=signer)
            venue = Venue.open(self.facts, ledger, Journal(self.places.journal), at_ns)
        except EnerwiseError as error:
            raise MarketSilent(f"{self.facts.name} cannot be opened: {error}") from error
        self.public_key = signer.public_pem.decode()
        return venue

    # -- time ----------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do what is due, once a second, for as long as the block lasts."""
        # A site that is silent holds up nobody's gate.
        tasks = [asyncio.create_task(_for_ever(each, self.facts.id)) for each in (self.tick, self.deliver)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def tick(self) -> None:
        """Do what is due now."""

        def due(venue: Venue, at_ns: int) -> None:
            self.beside(venue, at_ns)
            venue.tick(at_ns)

        await self.do(due)

    async def deliver(self) -> None:
        """Tell the server's own sites what they have traded, as far as they do not know."""
        if self.deliveries is None:
            return
        due, at_ns = await self.do(_due(self.deliveries))
        if due:
            await self.deliveries.tell(due, at_ns)

    def close(self) -> None:
        """Let go of the files, when what is under way is done."""
        self._pool.shutdown(wait=True)
        if self._venue is not None:
            self._venue.journal.close()
            close = getattr(self._venue.ledger, "close", None)
            if close is not None:
                close()
        self._venue = None

    def party(self, party: str) -> Party | None:
        """Return a participant of the file by its id."""
        return next((each for each in self.facts.parties if each.id == party), None)


def _due(deliveries: Deliveries) -> Callable[[Venue, int], tuple[list[Delivery], int]]:
    return lambda venue, at_ns: (deliveries.due(venue, at_ns), at_ns)


async def _for_ever(do: Callable[[], Awaitable[None]], market: str) -> None:
    """Do something once a second; what fails is told, and done again. The first page is not kept waiting for it."""
    while True:
        await asyncio.sleep(TICK_S)
        try:
            await do()
        except Exception:
            LOG.exception("market %s: what is due could not be done", market)


def _taken(asked: Sequence[Asked], venue: Venue, at_ns: int) -> list[Answer]:
    return venue.take(asked, at_ns)


def _settle(waiting: Waiting, told: Answer | Exception) -> None:
    if waiting.answered.done():
        return
    if isinstance(told, Exception):
        waiting.answered.set_exception(told)
    else:
        waiting.answered.set_result(told)
