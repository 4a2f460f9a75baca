"""Readings of meters, verified on arrival: from the right source, plausible, and in balance with their area.

A total function over columns: every reading is accepted or refused with the rule that decided, and what is refused
posts nothing. The first plausible reading of a participant counts; the same again changes nothing, and another one is
refused, for what may be settled already cannot be told anew. Where an area has a meter of its own, its participants and
its losses must come to what that one counts; where they do not, nobody can say whose meter is wrong, and none counts.

An accepted reading is a plausible one from a known source. That the meter was right, no ledger can prove.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.market.money import summed

MOST_WH: Final = 2**40
PPM: Final = 1_000_000


class Outcome(IntEnum):
    """What became of a reading."""

    ACCEPTED = 0
    NOBODY = 1
    SOURCE = 2
    TIME = 3
    NEGATIVE = 4
    TAKEN = 5
    SENT = 6
    OTHER = 7
    BALANCE = 8


@dataclass(frozen=True, slots=True)
class Readings:
    """What meters have counted in a slot. Shapes (reading,)"""

    participant: IntArray
    source: IntArray
    """Number of the meter or service that the reading came from."""
    taken_wh: IntArray
    """[Wh]"""
    sent_wh: IntArray
    """[Wh]"""
    counted_to_ns: IntArray
    """When the counting ended. [ns since 1970]"""

    def __len__(self) -> int:
        return int(self.participant.size)


@dataclass(frozen=True, slots=True)
class Meters:
    """Who may tell what for whom. Shapes (participant,)"""

    source: IntArray
    """Number of the only meter or service that counts for a participant."""
    taken_most_wh: IntArray
    """What the connection can take in a slot. [Wh]"""
    sent_most_wh: IntArray
    """What it can send out. [Wh]"""
    area: IntArray

    def __len__(self) -> int:
        return int(self.source.size)


@dataclass(frozen=True, slots=True)
class AreaMeters:
    """What the meters of areas have counted in a slot. Shapes (area,)"""

    taken_wh: IntArray
    """What an area has taken in over its connections; sent out below zero. [Wh]"""
    is_there: BoolArray
    """Whether an area has such a meter, and its reading is here."""
    tolerance_wh: int = 2
    """By which counts may differ, for each participant: registers count whole watt-hours. [Wh]"""
    loss_most_ppm: int = 50_000
    """Of what flows within the area, at most lost on the way, per million."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is accepted of one slot already. Shapes (participant,)"""

    end_ns: int
    """When the slot ends. [ns since 1970]"""
    taken_wh: IntArray
    sent_wh: IntArray
    has_reading: BoolArray
    slack_ns: int = 60_000_000_000
    """How far from the end of the slot a meter may have stopped counting. [ns]"""

    @classmethod
    def begun(cls, end_ns: int, count: int) -> "Counted":
        """Return a slot of which nothing is known yet."""
        return cls(end_ns, np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.bool_))

    @property
    def metered_wh(self) -> IntArray:
        """What is counted: above zero taken in, below zero sent out; zero where there is no reading. [Wh]"""
        return np.where(self.has_reading, self.taken_wh - self.sent_wh, 0)


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of readings, and what is known of the slot now."""

    outcome: IntArray
    """Values of `Outcome`. Shape (reading,)"""
    slot: Counted


def verified(readings: Readings, meters: Meters, slot: Counted) -> Verified:
    """Decide readings in their sequence, and take up those that are accepted."""
    outcome = _alone(readings, meters, slot)
    rows = np.flatnonzero(outcome == Outcome.ACCEPTED)
    taken, sent, has_reading = slot.taken_wh.copy(), slot.sent_wh.copy(), slot.has_reading.copy()
    who, first = np.unique(readings.participant[rows], return_index=True)
    is_new = ~has_reading[who]
    new, who = rows[first[is_new]], who[is_new]
    taken[who], sent[who], has_reading[who] = readings.taken_wh[new], readings.sent_wh[new], True
    named = readings.participant[rows]
    is_other = (readings.taken_wh[rows] != taken[named]) | (readings.sent_wh[rows] != sent[named])
    outcome[rows[is_other]] = Outcome.OTHER
    return Verified(outcome, Counted(slot.end_ns, taken, sent, has_reading, slot.slack_ns))


def in_balance(slot: Counted, meters: Meters, areas: AreaMeters) -> tuple[Counted, IntArray]:
    """Hold the readings of areas against their own meters, once everybody's are there.

    Returns:
        The slot without the readings of areas that do not add up, and what became of each participant's reading:
        values of `Outcome`, shape (participant,). Areas without a meter, or with a reading missing, stay as they are.
    """
    count = areas.taken_wh.size
    missing = summed(meters.area, (~slot.has_reading).astype(np.int64), count)
    members = summed(meters.area, np.ones(len(meters), np.int64), count)
    flow = summed(meters.area, slot.taken_wh + slot.sent_wh, count)
    unexplained = areas.taken_wh - summed(meters.area, slot.metered_wh, count)
    slack = areas.tolerance_wh * (members + 1)
    lost_most = flow // PPM * areas.loss_most_ppm + flow % PPM * areas.loss_most_ppm // PPM
    is_off = (unexplained < -slack) | (unexplained > lost_most + slack)
    is_refused = slot.has_reading & (is_off & areas.is_there & (missing == 0))[meters.area]
    left = Counted(slot.end_ns, slot.taken_wh, slot.sent_wh, slot.has_reading & ~is_refused, slot.slack_ns)
    return left, np.where(is_refused, int(Outcome.BALANCE), int(Outcome.ACCEPTED))


def _alone(readings: Readings, meters: Meters, slot: Counted) -> IntArray:
    """Decide each reading for itself; the first rule that refuses counts."""
    is_somebody = (readings.participant >= 0) & (readings.participant < len(meters))
    if not len(meters):
        return np.full(len(readings), Outcome.NOBODY, np.int64)
    who = np.where(is_somebody, readings.participant, 0)
    # Compared this way round no difference overflows, whatever the columns hold.
    early, late = slot.end_ns - slot.slack_ns, slot.end_ns + slot.slack_ns
    rules = {
        Outcome.NOBODY: ~is_somebody,
        Outcome.SOURCE: readings.source != meters.source[who],
        Outcome.TIME: (readings.counted_to_ns < early) | (readings.counted_to_ns > late),
        Outcome.NEGATIVE: (readings.taken_wh < 0) | (readings.sent_wh < 0),
        Outcome.TAKEN: readings.taken_wh > np.minimum(meters.taken_most_wh[who], MOST_WH),
        Outcome.SENT: readings.sent_wh > np.minimum(meters.sent_most_wh[who], MOST_WH),
    }
    broken = np.select(list(rules.values()), [int(each) for each in rules], int(Outcome.ACCEPTED))
    return np.asarray(broken, np.int64)


# ---------------------------------------------------------------------------------------------------------------
# For people


def why(
    outcome: int,
    row: int,
    readings: Readings,
    meters: Meters,
    slot: Counted,
    participants: Sequence[str],
    sources: Sequence[str] = (),
) -> str:
    """Say in a sentence why a reading was refused, which value met which limit, and what follows.

    Args:
        outcome: What refused it.
        row: Which of the readings.
        readings: All of them.
        meters: Who may tell what.
        slot: What is accepted already.
        participants: Names by number.
        sources: Names of meters and services by number; without them numbers are told.
    """

    def named(source: int) -> str:
        return sources[source] if 0 <= source < len(sources) else str(source)

    number = int(readings.participant[row])
    taken, sent, source = (int(each[row]) for each in (readings.taken_wh, readings.sent_wh, readings.source))
    if outcome == Outcome.NOBODY:
        return f"participant {number}: nobody of that number takes part; nothing is posted"
    who, off_s = participants[number], (int(readings.counted_to_ns[row]) - slot.end_ns) / 1e9
    most_taken, most_sent = int(meters.taken_most_wh[number]), int(meters.sent_most_wh[number])
    first_wh = int(slot.taken_wh[number]) - int(slot.sent_wh[number])
    own = named(int(meters.source[number]))
    words = {
        Outcome.SOURCE: f"came from source {named(source)}, and only {own} counts for {who}",
        Outcome.TIME: f"was counted until {off_s:+.0f} s from the end of the slot, allowed {slot.slack_ns / 1e9:.0f} s",
        Outcome.NEGATIVE: f"counts {taken} Wh taken and {sent} Wh sent; neither can be below zero",
        Outcome.TAKEN: f"counts {taken} Wh taken, above the {most_taken} Wh that the connection can take",
        Outcome.SENT: f"counts {sent} Wh sent, above the {most_sent} Wh that the connection can send",
        Outcome.OTHER: f"counts {taken - sent} Wh, and {first_wh} Wh was accepted before",
        Outcome.BALANCE: "does not come to what the meter of its area counts, with all others there",
    }
    return f"{who}: the reading {words[Outcome(outcome)]}; nothing is posted for it"
