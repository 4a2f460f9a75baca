"""The venue: takes orders through the guard's order side, keeps their books, clears, settles, and tells what happened.

Everything that changes it is a command with a moment, kept in a journal before it is done. So a venue that was killed
is played again to the same books: an order that was accepted is on disk, and one that is not on disk was answered to
nobody. The ledger beside it books what orders reserve and what slots come to; its ids follow from slot and order, so
that playing again books nothing twice.

Call markets clear at the gate of each slot, continuous ones when an order comes. Whoever owns a venue calls it from one
thread at a time, with the moment; it has no clock of its own and knows nothing of sockets.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import numpy as np

from enerwise.core.errors import StoreError
from enerwise.core.units import BoolArray, IntArray
from enerwise.guard.orders import Rule, judge_orders
from enerwise.market.product import Slot
from enerwise.market.settle import cash
from enerwise.market.surveillance import Pattern, Watch
from enerwise.run import venue_ledger, venue_meters, venue_records, venue_seen
from enerwise.run.venue_book import Batch, SlotBook, State
from enerwise.run.venue_facts import Facts, MeterKind, slot_named, to_ns
from enerwise.run.venue_ids import ClientIds
from enerwise.run.venue_parties import NOTHING, limits_of, no_limits, out_of_rule, registered
from enerwise.run.venue_words import EVERYBODY, SUPERVISOR, Answer, Asked, Halt, Halts, News, joined, rounds
from enerwise.store.journal import Journal, Record
from enerwise.store.ledger import LedgerStore

KEPT_SLOTS: Final = 200
"""So many settled slots stay in memory, the newest; the ledger knows all of them."""
LOOK_NS: Final = 60_000_000_000
"""How often the supervisor looks at slots that trade on and on, ..."""
LOOK_ORDERS: Final = 20_000
"""... and at how many of their newest orders, so that nobody waits long; at the gate it looks at all."""
HALTED_FOR: Final = frozenset({Pattern.WASH, Pattern.SPOOFING, Pattern.PRICE})
"""To and fro between two owners is noted only: where partners do not choose each other it comes about by chance."""
NOTED_MOST: Final = 200
EXPIRE_NS: Final = 3_600_000_000_000
NS_PER_S: Final = 1_000_000_000


@dataclass(eq=False)
class Venue:
    """One market."""

    facts: Facts
    ledger: LedgerStore
    journal: Journal
    books: dict[str, SlotBook] = field(default_factory=dict)
    """By id of the slot; slots without an order have none."""
    halts: Halts = field(default_factory=Halts)
    ids: ClientIds = field(default_factory=ClientIds)
    news: list[News] = field(default_factory=list)
    """What is new; whoever tells it takes it away."""
    noted: deque[tuple[int, tuple[int, ...], str]] = field(default_factory=lambda: deque(maxlen=NOTED_MOST))
    """What the supervisor has seen, the newest last: when, at whom, and what."""
    watch: Watch = field(default_factory=Watch)
    _closed: set[str] = field(default_factory=set)
    _unbooked: deque[Callable[[], None]] = field(default_factory=deque)
    """What the journal has and the ledger has not: nothing else is done before."""
    _unfilled: deque[tuple[str, IntArray]] = field(default_factory=deque)
    _looked_ns: int = 0
    _expired_ns: int = 0

    def __post_init__(self) -> None:
        self._limits = limits_of(self.facts)

    @classmethod
    def open(cls, facts: Facts, ledger: LedgerStore, journal: Journal, at_ns: int) -> "Venue":
        """Return the venue as it stood when it was last on disk.

        Raises:
            LedgerError: Journal and ledger contradict each other.
            StoreError: One of them cannot be read or written.
        """
        facts = replace(facts, parties=registered(facts.parties, journal, at_ns))
        venue_ledger.open_accounts(ledger, facts, at_ns)
        venue = cls(facts, ledger, journal)
        venue._closed = {each.name for each in ledger.closed_slots()}
        known = [name for name in journal.subjects() if name]
        over = set([name for name in known if name in venue._closed][:-KEPT_SLOTS])
        for record in journal.records(["", *(each for each in known if each not in over)]):
            venue._do(record)
        venue.news.clear()
        return venue

    # -- orders --------------------------------------------------------------------------------------------------

    def take(self, asked: Sequence[Asked], at_ns: int) -> list[Answer]:
        """Take orders, in their sequence; each is judged by the guard, kept, and reserved for before it is accepted.

        Raises:
            StoreError: Not everything could be kept; whoever asks again with the same ids learns what was.
        """
        self._book_all()
        answers = [Answer.to(len(each.batch)) for each in asked]
        for rows in rounds(asked):
            self._take_round([asked[at] for at in rows], [answers[at] for at in rows], at_ns)
        return answers

    def _take_round(self, asked: Sequence[Asked], answers: Sequence[Answer], at_ns: int) -> None:
        """Take orders of whoever asks once: all that go to one slot at the same time."""
        by_slot: dict[Slot, list[tuple[int, IntArray]]] = {}
        for at, each in enumerate(asked):
            new = self.ids.new(each, answers[at], self.books)
            if why := self._closed_why(each.slot, at_ns):
                answers[at].refuse(new, why)
            elif new.size and each.slot is not None:
                by_slot.setdefault(each.slot, []).append((at, new))
        for slot, parts in by_slot.items():
            batch = joined([asked[at].batch.take(rows) for at, rows in parts])
            told = self._take_slot(self._book(slot), batch, at_ns)
            begin = 0
            for at, rows in parts:
                answers[at].judge(rows, *(each[begin : begin + rows.size] for each in told))
                begin += rows.size

    def _closed_why(self, slot: Slot | None, at_ns: int) -> str:
        """Say why a slot takes no orders; empty where it does."""
        if slot is None:
            return "no_slot"
        if at_ns >= self.facts.gate_ns(slot):
            return "gate_closed"
        return "not_open_yet" if to_ns(slot.start_utc) >= at_ns + self.facts.horizon_s * NS_PER_S else ""

    def _take_slot(self, book: SlotBook, batch: Batch, at_ns: int) -> tuple[IntArray, IntArray, IntArray]:
        """Return for each order the rule, its number, and what was filled at once."""
        before, numbers, filled_wh = deepcopy(book.used), np.full(len(batch), -1), np.zeros(len(batch), np.int64)
        rules = self._judged(book, batch)
        granted = np.flatnonzero(rules == Rule.GRANTED)
        if granted.size:
            record = venue_records.orders(at_ns, book.slot.id, batch.take(granted))
            try:
                self.journal.add([record])
            except StoreError:
                book.used = before
                raise
            numbers[granted] = self._add(book, batch.take(granted), at_ns)
            filled_wh[granted] = batch.quantity_wh[granted] - book.orders["left_wh"][numbers[granted]]
        return rules, numbers, filled_wh

    def _judged(self, book: SlotBook, batch: Batch) -> IntArray:
        who = np.unique(batch.participant)
        free = venue_ledger.free_ueur(self.ledger, [self.facts.parties[each].id for each in who.tolist()])
        # What this slot has reserved is no longer free: the guard counts it as used, so it is added again.
        self._limits.credit_ueur[who] = free + book.used.cost_ueur[who]
        self._limits.is_halted[:] = self.halted()
        out = out_of_rule(self.facts, batch)
        quantity = np.where(out, 0, batch.quantity_wh)
        rules = judge_orders(
            batch.participant, batch.is_buy, quantity, batch.price_ueur_per_kwh, self._limits, book.used
        )
        return np.where(out, int(Rule.PRICE), rules)

    def _add(self, book: SlotBook, batch: Batch, at_ns: int) -> IntArray:
        """Put granted orders, which are in the journal, into their book."""
        added = book.add(batch, at_ns)
        self.ids.add(book.slot.id, batch.participant.tolist(), batch.client_ids, added.numbers.tolist())
        self._later(book.slot.id, partial(venue_ledger.reserve, self.ledger, self.facts, book, added.numbers, at_ns))
        self._tell_trades(book, added.trades, at_ns)
        return added.numbers

    def cancel(self, party: int, client_ids: Sequence[str], at_ns: int) -> list[str]:
        """Take orders out; return for each ``cancelled``, ``filled``, ``gone`` or ``unknown``."""
        self._book_all()
        told = list[str]()
        for place in [self.ids.place(party, each) for each in client_ids]:
            if place is None:
                told.append("unknown")
                continue
            book, number = self.books[place[0]], place[1]
            if book.standing()[number] and at_ns < book.gate_ns:
                self.take_out(book.slot.id, np.array([number]), at_ns)
                told.append("cancelled")
            else:
                told.append("gone" if book.orders["left_wh"][number] else "filled")
        return told

    def take_out(self, slot: str, numbers: IntArray, at_ns: int) -> None:
        """Take orders out of a slot by their numbers, as far as they stand."""
        self._keep_and_do(venue_records.cancels(at_ns, slot, numbers))

    # -- halts ---------------------------------------------------------------------------------------------------

    def halt(self, party: int, reason: str, at_ns: int, *, by: str = SUPERVISOR) -> None:
        """Let somebody, or `EVERYBODY`, trade no more; orders that stand stay."""
        self._keep_and_do(venue_records.plain(at_ns, venue_records.HALTED, party=party, reason=reason, by=by))

    def resume(self, party: int, at_ns: int, *, by: str = SUPERVISOR) -> None:
        """Lift a halt by the same."""
        self._keep_and_do(venue_records.plain(at_ns, venue_records.RESUMED, party=party, by=by))

    def halted(self) -> BoolArray:
        """Tell who may not trade. Shape (participant,)"""
        gone = np.array([each.limits is NOTHING for each in self.facts.parties], np.bool_)
        return gone | self.halts.mask(gone.size)

    # -- time ----------------------------------------------------------------------------------------------------

    def tick(self, at_ns: int) -> None:
        """Do what is due: close gates, give back reserves, settle, and halt whom the supervisor sees."""
        self._book_all()
        for book in sorted(self.books.values(), key=lambda each: each.gate_ns):
            if book.state is State.OPEN and book.gate_ns <= at_ns:
                self._keep_and_do(venue_records.plain(at_ns, venue_records.CLEARED, book.slot.id))
                self._supervise(book, at_ns)
        self._give_back(at_ns)
        for book in list(self.books.values()):
            if book.state is State.CLEARED and self.settles_ns(book) <= at_ns:
                self.settle(book.slot, at_ns)
        if at_ns - self._looked_ns >= LOOK_NS:
            self._looked_ns = at_ns
            for book in [each for each in self.books.values() if each.state is State.OPEN and each.trades.count]:
                self._supervise(book, at_ns, newest=LOOK_ORDERS)
        if at_ns - self._expired_ns >= EXPIRE_NS:
            self._expired_ns = at_ns
            self.ledger.expire(at_ns)

    def settles_ns(self, book: SlotBook) -> int:
        """Return when a slot is settled, with the readings that are there. [ns since 1970]"""
        return venue_ledger.end_ns(book) + self.facts.settle_after_s * NS_PER_S

    def meter(
        self, slot: Slot, counted_wh: Mapping[int, int], at_ns: int, *, source: MeterKind = MeterKind.TOLD
    ) -> dict[int, str]:
        """Take what meters have counted in a slot, by participant: above zero taken in. [Wh]

        Args:
            slot: Which.
            counted_wh: Whoever is left out has no reading, which is not one of zero.
            at_ns: Now.
            source: Who tells; only the participant's own meter counts.

        Returns:
            Why readings were refused, by participant; nothing is posted for them.
        """
        book = self.books.get(slot.id)
        if book is None or book.state is State.SETTLED:
            return dict.fromkeys(counted_wh, venue_meters.NO_ORDER if book is None else venue_meters.SETTLED)
        rows = venue_meters.rows_of(counted_wh, source, book, at_ns)
        counted, refused = venue_meters.judged(self.facts, book, rows)
        told = venue_meters.words(self.facts, book, rows, refused)
        if (counted.has_reading != book.counted.has_reading).any() or refused.items() - book.refused.items():
            self._keep_and_do(venue_records.plain(at_ns, venue_records.METERED, slot.id, rows=rows))
        return told

    def meter_total(self, slot: Slot, counted_wh: int, at_ns: int) -> None:
        """Take what the meter of all together has counted: above zero taken in. [Wh]"""
        book = self.books.get(slot.id)
        if book is not None and book.state is not State.SETTLED and book.total_wh is None:
            self._keep_and_do(venue_records.plain(at_ns, venue_records.TOTAL, slot.id, counted_wh=counted_wh))

    def settle(self, slot: Slot, at_ns: int) -> None:
        """Settle a slot with the readings that are there; it takes nothing more."""
        book = self.books.get(slot.id)
        if book is not None and book.state is State.CLEARED:
            self._keep_and_do(venue_records.plain(at_ns, venue_records.SETTLED, slot.id))

    def _give_back(self, at_ns: int) -> None:
        """Give back what unfilled orders have reserved, so many at a time that nobody waits long."""
        if not self._unfilled:
            return
        slot, numbers = self._unfilled.popleft()
        now, rest = numbers[: venue_ledger.CHUNK], numbers[venue_ledger.CHUNK :]
        if rest.size:
            self._unfilled.appendleft((slot, rest))
        self._later(slot, partial(venue_ledger.give_back, self.ledger, self.facts, self.books[slot], now, at_ns))

    def _supervise(self, book: SlotBook, at_ns: int, *, newest: int | None = None) -> None:
        """Note what the supervisor sees, and halt whoever shows what nobody shows by chance."""
        for found in venue_seen.look_over(self.facts, book, self.watch, newest=newest):
            facts = ", ".join(f"{name} {value}" for name, value in found.facts.items())
            reason = f"{found.pattern} in slot {book.slot.id}: {facts}"
            self.noted.append((at_ns, found.participants, reason))
            for party in (found.participants or (EVERYBODY,)) if found.pattern in HALTED_FOR else ():
                if not any(each.by == SUPERVISOR for each in self.halts.of(party)):
                    self.halt(party, reason, at_ns)

    # -- commands ------------------------------------------------------------------------------------------------

    def _keep_and_do(self, record: Record) -> None:
        self.journal.add([record])
        self._do(record)

    def _do(self, record: Record) -> None:
        """Do what a record says, now or again."""
        doing: dict[str, Callable[[Record], None]] = {
            venue_records.ORDERS: self._do_orders,
            venue_records.CANCELS: self._do_cancels,
            venue_records.CLEARED: self._do_clear,
            venue_records.METERED: self._do_meter,
            venue_records.TOTAL: self._do_total,
            venue_records.SETTLED: self._do_settle,
            venue_records.HALTED: self._do_halt,
            venue_records.RESUMED: self._do_resume,
            venue_records.PARTIES: lambda _: None,
        }
        doing[record.kind](record)

    def _do_orders(self, record: Record) -> None:
        """Take again what was granted when it came."""
        batch, book = venue_records.batch_of(record), self._book(slot_named(record.subject))
        columns = (batch.participant, batch.is_buy, batch.quantity_wh, batch.price_ueur_per_kwh)
        judge_orders(*columns, no_limits(len(self.facts.parties)), book.used)
        self._add(book, batch, record.at_ns)

    def _do_cancels(self, record: Record) -> None:
        book = self.books[record.subject]
        stood = book.cancel(venue_records.numbers_of(record), record.at_ns)
        untouched = stood[book.orders["left_wh"][stood] == book.orders["quantity_wh"][stood]]
        give_back = partial(venue_ledger.give_back, self.ledger, self.facts, book, untouched, record.at_ns)
        self._later(record.subject, give_back)

    def _do_clear(self, record: Record) -> None:
        book = self.books[record.subject]
        trades = book.clear(self.facts.rule, record.at_ns)
        unfilled = np.flatnonzero(book.orders["left_wh"] == book.orders["quantity_wh"])
        if unfilled.size:
            self._unfilled.append((record.subject, unfilled))
        self._tell_trades(book, trades, record.at_ns)
        self._tell("slot", record.at_ns, venue_seen.slot_facts(self.facts, book))

    def _do_meter(self, record: Record) -> None:
        book = self.books[record.subject]
        book.counted, refused = venue_meters.judged(self.facts, book, venue_records.facts_of(record)["rows"])
        unread = set(np.flatnonzero(~book.counted.has_reading).tolist())
        book.refused = {who: each for who, each in (book.refused | refused).items() if who in unread}

    def _do_total(self, record: Record) -> None:
        self.books[record.subject].total_wh = int(venue_records.facts_of(record)["counted_wh"])

    def _do_settle(self, record: Record) -> None:
        book, slot = self.books[record.subject], record.subject
        self._book_all()
        waiting = {} if slot in self._closed else dict(self.ledger.waiting(slot))
        made = book.settlement = venue_ledger.settlement(self.facts, book, waiting)
        book.state = State.SETTLED
        self._later(slot, partial(venue_ledger.close, self.ledger, slot, made, record.at_ns))
        self._closed.add(slot)
        self._tell("slot", record.at_ns, venue_seen.slot_facts(self.facts, book))
        self._forget()

    def _do_halt(self, record: Record) -> None:
        told = venue_records.facts_of(record)
        self.halts.add(told["party"], Halt(told["by"], told["reason"], record.at_ns))
        self._tell_halt(told["party"], record.at_ns)

    def _do_resume(self, record: Record) -> None:
        told = venue_records.facts_of(record)
        self.halts.lift(told["party"], told["by"])
        self._tell_halt(told["party"], record.at_ns)

    def _later(self, slot: str, booking: Callable[[], None]) -> None:
        """Book what the journal has already; where the ledger fails, it is tried again before anything else."""
        if slot not in self._closed:
            self._unbooked.append(booking)
            self._book_all()

    def _book_all(self) -> None:
        while self._unbooked:
            self._unbooked[0]()
            self._unbooked.popleft()

    # -- looking -------------------------------------------------------------------------------------------------

    def free_ueur(self, party: int) -> int:
        """Return the money of a participant that is there and not reserved. [micro-EUR]"""
        return int(venue_ledger.free_ueur(self.ledger, [self.facts.parties[party].id])[0])

    def reserved_ueur(self, party: int) -> int:
        """Return the money of a participant that is reserved. [micro-EUR]"""
        return self.ledger.balances()[cash(self.facts.parties[party].id)].debits_pending

    # -- within --------------------------------------------------------------------------------------------------

    def _book(self, slot: Slot) -> SlotBook:
        book = self.books.get(slot.id)
        if book is None:
            book = SlotBook.new(slot, self.facts.gate_ns(slot), self.facts.rule, self.facts.area_of)
            self.books[slot.id] = book
        return book

    def _tell_trades(self, book: SlotBook, rows: slice, at_ns: int) -> None:
        if rows.start < rows.stop:
            self._tell("trades", at_ns, venue_seen.trade_facts(book, rows))

    def _tell_halt(self, party: int, at_ns: int) -> None:
        who = "" if party == EVERYBODY else self.facts.parties[party].id
        halts = [{"by": each.by, "reason": each.reason} for each in self.halts.of(party)]
        self._tell("halt", at_ns, {"participant": who, "halts": halts})

    def _tell(self, kind: str, at_ns: int, facts: Mapping[str, Any]) -> None:
        self.news.append(News(kind, at_ns, facts))

    def _forget(self) -> None:
        """Let go of settled slots that are long over."""
        settled = [each for each in self.books.values() if each.state is State.SETTLED]
        for book in sorted(settled, key=lambda each: each.gate_ns)[:-KEPT_SLOTS]:
            self.ids.forget(book)
            del self.books[book.slot.id]
