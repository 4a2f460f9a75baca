"""Readings at a venue: who may tell them, what is plausible, and what is known of a slot when it is settled.

Every reading is decided by `enerwise.market.readings`, with the participant's own meter as the only source and what its
connection carries as the bound. Missing is not zero: at the deadline whoever has no accepted reading is posted nothing,
the balancing party stands in, and the slot says how many that were.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.market.readings import AreaMeters, Counted, Meters, Outcome, Readings, in_balance, verified, why
from enerwise.run.venue_book import SlotBook
from enerwise.run.venue_facts import Facts, MeterKind

SOURCES: Final = tuple(MeterKind)
SECONDS_PER_HOUR: Final = 3600
SETTLED: Final = "the slot is settled; nothing is posted for a reading that comes later"
NO_ORDER: Final = "nobody has ordered in this slot; nothing is posted for it"


def meters(facts: Facts, book: SlotBook) -> Meters:
    """Return who may tell what for whom in a slot."""
    hours = book.slot.length_s / SECONDS_PER_HOUR

    def most_wh(name: str) -> IntArray:
        return np.array([int(getattr(each.connection, name) * hours) for each in facts.parties], np.int64)

    source = np.array([SOURCES.index(each.meter) for each in facts.parties], np.int64)
    return Meters(source, most_wh("import_limit_w"), most_wh("export_limit_w"), np.zeros(source.size, np.int64))


def readings(rows: Sequence[Sequence[int]]) -> Readings:
    """Return rows of participant, source, taken [Wh], sent [Wh], counted to [ns] as columns."""
    columns = np.array(rows, np.int64).reshape(-1, 5).T
    return Readings(*(each.copy() for each in columns))


def rows_of(counted_wh: Mapping[int, int], source: MeterKind, book: SlotBook, at_ns: int) -> list[list[int]]:
    """Return net readings as rows; who tells before the end of a slot cannot have counted all of it."""
    number, to_ns = SOURCES.index(source), min(at_ns, book.counted.end_ns)
    return [[who, number, max(wh, 0), max(-wh, 0), to_ns] for who, wh in counted_wh.items()]


def judged(facts: Facts, book: SlotBook, rows: Sequence[Sequence[int]]) -> tuple[Counted, dict[int, Outcome]]:
    """Return what is known of a slot after readings, and which were refused."""
    told = readings(rows)
    made = verified(told, meters(facts, book), book.counted)
    pairs = zip(told.participant.tolist(), made.outcome.tolist(), strict=True)
    return made.slot, {who: Outcome(each) for who, each in pairs if each != Outcome.ACCEPTED}


def words(
    facts: Facts, book: SlotBook, rows: Sequence[Sequence[int]], refused: Mapping[int, Outcome]
) -> dict[int, str]:
    """Say why readings were refused, by participant."""
    told, known = readings(rows), meters(facts, book)
    return {
        who: why(refused[who], row, told, known, book.counted, facts.names, SOURCES)
        for row, who in enumerate(told.participant.tolist())
        if who in refused
    }


def closed(facts: Facts, book: SlotBook, traded_wh: IntArray) -> tuple[IntArray, BoolArray, dict[int, Outcome]]:
    """Return what counts when a slot is settled.

    Args:
        facts: Of the market.
        book: The slot.
        traded_wh: Bought less sold: what simulated participants do. Shape (participant,)

    Returns:
        What meters have counted, above zero taken in; whose reading counts; and whose was refused because readings do
        not add up to what the meter of all together has counted.
    """
    counted, refused = book.counted, dict[int, Outcome]()
    as_traded = np.array([each.meter is MeterKind.AS_TRADED for each in facts.parties], np.bool_)
    is_done = as_traded & ~counted.has_reading
    taken, sent = np.maximum(traded_wh, 0), np.maximum(-traded_wh, 0)
    counted = Counted(
        counted.end_ns,
        np.where(is_done, taken, counted.taken_wh),
        np.where(is_done, sent, counted.sent_wh),
        counted.has_reading | is_done,
    )
    if facts.total is not None and book.total_wh is not None:
        area = AreaMeters(np.array([book.total_wh]), np.array([True]), loss_most_ppm=facts.total.loss_most_ppm)
        counted, outcome = in_balance(counted, meters(facts, book), area)
        refused = dict.fromkeys(np.flatnonzero(outcome == Outcome.BALANCE).tolist(), Outcome.BALANCE)
    return counted.metered_wh, counted.has_reading, refused
