"""Statements: what was booked for a participant, entry by entry, and what each slot came to.

A slot belongs to a period by its start, where its name tells it (``2026-03-29T00:15Z/900``), else by when it was
booked. What is reserved and given back again leaves nothing behind and is not told.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Final

from enerwise.market.clearing import FEES, GRID
from enerwise.market.ledger import Entry, Kind, Transfer
from enerwise.market.settle import BALANCING, BANK, ESCROW, UNREAD, cash, energy, owed

NS_PER_S: Final = 1_000_000_000
# With whom something was booked says what it was for.
PARTS: Final = {ESCROW: "trade", BALANCING: "deviation", FEES: "fee", GRID: "grid", BANK: "deposit"}
OTHER: Final = "other"
MONEY_PARTS: Final = ("trade", "deviation", "fee", "grid", "deposit", OTHER)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, as its participant sees it."""

    number: int
    about_ns: int
    """When the slot starts, or when it was booked. [ns since 1970]"""
    slot: str
    id: str
    part: str
    """What it was for: trade, deviation, fee, grid, deposit, other, or unread: no reading, nothing posted."""
    energy_wh: int = 0
    """Taken; given below zero. [Wh]"""
    money_ueur: int = 0
    """Received; paid below zero. [micro-EUR]"""


@dataclass(frozen=True, slots=True)
class SlotLine:
    """What a slot came to. Energy above zero is taken, money above zero received."""

    slot: str
    about_ns: int
    traded_wh: int
    deviation_wh: int
    energy_wh: int
    """All of it, as the meter counts it. [Wh]"""
    parts_ueur: Mapping[str, int]
    """By what it was for. [micro-EUR]"""
    is_unread: bool = False
    """No reading was accepted: what was traded is void, and nothing is posted."""

    @property
    def money_ueur(self) -> int:
        """All of it. [micro-EUR]"""
        return sum(self.parts_ueur.values())


@dataclass(frozen=True, slots=True)
class Statement:
    """What was booked for a participant in a period."""

    participant: str
    start_ns: int | None
    end_ns: int | None
    before_ueur: int
    """What was there, less what was owed, before the period. [micro-EUR]"""
    lines: tuple[Line, ...]
    slots: tuple[SlotLine, ...]

    @property
    def energy_wh(self) -> int:
        """Taken in the period. [Wh]"""
        return sum(each.energy_wh for each in self.lines)

    @property
    def money_ueur(self) -> int:
        """Received in the period, less what was paid. [micro-EUR]"""
        return sum(each.money_ueur for each in self.lines)

    @property
    def after_ueur(self) -> int:
        """What is there, less what is owed, after the period. [micro-EUR]"""
        return self.before_ueur + self.money_ueur


def own_accounts(participant: str) -> tuple[str, str, str]:
    """Return the accounts of a participant: money, energy, and what is owed."""
    return cash(participant), energy(participant), owed(participant)


def about_ns(slot: str, at_ns: int) -> int:
    """Return when a slot starts, by its name, or when it was booked. [ns since 1970]

    >>> about_ns("1970-01-01T00:15Z/900", 7), about_ns("noon", 7)
    (900000000000, 7)
    """
    text = slot.partition("/")[0]
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        return at_ns
    return int(start.timestamp()) * NS_PER_S if start.tzinfo is not None else at_ns


def statement(
    entries: Iterable[Entry], participant: str, *, start_ns: int | None = None, end_ns: int | None = None
) -> Statement:
    """Return the statement of a participant.

    Args:
        entries: Those that touch the participant's accounts, each once, in any sequence; others are passed over.
        participant: Who.
        start_ns: Only what is about this moment or later. [ns since 1970]
        end_ns: Only what is about earlier. [ns since 1970]
    """
    own = own_accounts(participant)
    told = [_line(each, own) for each in sorted(entries, key=lambda each: each.number) if _counts(each, own)]
    lines = [each for each in told if _is_within(each.about_ns, start_ns, end_ns)]
    before = 0 if start_ns is None else sum(each.money_ueur for each in told if each.about_ns < start_ns)
    return Statement(participant, start_ns, end_ns, before, tuple(lines), tuple(_slots(lines)))


def _counts(entry: Entry, own: tuple[str, str, str]) -> bool:
    transfer = entry.transfer
    touches = (transfer.debit in own) != (transfer.credit in own)
    return touches and (transfer.kind in {Kind.POST, Kind.POST_PENDING} or is_unread(transfer))


def is_unread(transfer: Transfer) -> bool:
    """Tell whether a reserve came back because no reading was accepted."""
    return transfer.kind is Kind.VOID_PENDING and f"-{UNREAD}/" in transfer.id


def _line(entry: Entry, own: tuple[str, str, str]) -> Line:
    transfer = entry.transfer
    is_taken = transfer.credit in own
    account, other = (transfer.credit, transfer.debit) if is_taken else (transfer.debit, transfer.credit)
    amount = transfer.amount if is_taken else -transfer.amount
    part = UNREAD if is_unread(transfer) else PARTS.get(other.partition(":")[2], OTHER)
    about = about_ns(transfer.slot, entry.at_ns)
    wh, ueur = (amount, 0) if account == own[1] else (0, amount)
    return Line(entry.number, about, transfer.slot, transfer.id, part, energy_wh=wh, money_ueur=ueur)


def _is_within(at_ns: int, start_ns: int | None, end_ns: int | None) -> bool:
    return (start_ns is None or at_ns >= start_ns) and (end_ns is None or at_ns < end_ns)


def _slots(lines: Iterable[Line]) -> Iterable[SlotLine]:
    by_slot: dict[str, list[Line]] = {}
    for each in lines:
        by_slot.setdefault(each.slot, []).append(each)
    for slot, own in by_slot.items():
        wh = {part: sum(each.energy_wh for each in own if each.part == part) for part in ("trade", "deviation")}
        ueur = {part: sum(each.money_ueur for each in own if each.part == part) for part in MONEY_PARTS}
        all_wh = sum(each.energy_wh for each in own)
        is_void = any(each.part == UNREAD for each in own)
        yield SlotLine(slot, own[0].about_ns, wh["trade"], wh["deviation"], all_wh, ueur, is_void)


# ---------------------------------------------------------------------------------------------------------------
# As text

COLUMNS: Final = (
    "slot",
    "start_utc",
    "traded_wh",
    "deviation_wh",
    "energy_wh",
    *(f"{part}_ueur" for part in MONEY_PARTS),
    "money_ueur",
    "note",
)
NOTE: Final = "no reading: nothing is posted"


def to_csv(made: Statement) -> str:
    """Return a statement as CSV: a row for each slot, energy above zero taken, money above zero received."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in made.slots:
        parts = [each.parts_ueur[part] for part in MONEY_PARTS]
        energies = (each.traded_wh, each.deviation_wh, each.energy_wh)
        rows.writerow([each.slot, stamp(each.about_ns), *energies, *parts, each.money_ueur, NOTE * each.is_unread])
    return text.getvalue()


def stamp(at_ns: int) -> str:
    """Return a moment as people and programs exchange it; a broken second is left out.

    >>> stamp(900_000_000_000)
    '1970-01-01T00:15:00Z'
    """
    return f"{datetime.fromtimestamp(at_ns // NS_PER_S, UTC):%Y-%m-%dT%H:%M:%SZ}"
