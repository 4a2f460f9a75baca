"""What is asked of a venue, and what it answers and tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.guard.orders import Rule
from enerwise.market.product import Slot
from enerwise.run.venue_book import Batch

ACCEPTED: Final = "accepted"
KNOWN: Final = "known"
"""The same order came before; nothing happens twice."""
REFUSED: Final = "refused"
WORDS: Final[Mapping[int, str]] = {int(each): each.name.lower() for each in Rule}
OWN: Final = "own"
SUPERVISOR: Final = "supervisor"
OPERATOR: Final = "operator"
EVERYBODY: Final = -1


@dataclass(frozen=True, slots=True)
class Asked:
    """Orders of one participant for one slot."""

    party: int
    slot: Slot | None
    """None where there is no such slot."""
    batch: Batch


def rounds(asked: Sequence[Asked]) -> list[list[int]]:
    """Return rounds in which everybody asks once at most, so that an order that came before is seen."""
    rounds, times = list[list[int]](), dict[int, int]()
    for at, each in enumerate(asked):
        turn = times[each.party] = times.get(each.party, -1) + 1
        rounds += [[]] if turn == len(rounds) else []
        rounds[turn].append(at)
    return rounds


def joined(batches: Sequence[Batch]) -> Batch:
    """Return several batches as one."""
    if len(batches) == 1:
        return batches[0]
    columns = ("participant", "is_buy", "quantity_wh", "price_ueur_per_kwh")
    joined = {name: np.concatenate([getattr(each, name) for each in batches]) for name in columns}
    return Batch(client_ids=[name for each in batches for name in each.client_ids], **joined)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of each order that was asked. Shapes (order,)"""

    outcome: list[str]
    """ACCEPTED, KNOWN or REFUSED."""
    rule: list[str]
    """What refused it; empty else."""
    number: IntArray
    """-1 where it was refused."""
    filled_wh: IntArray

    @classmethod
    def to(cls, count: int) -> Self:
        """Return an answer that says nothing yet."""
        return cls([REFUSED] * count, [""] * count, np.full(count, -1, np.int64), np.zeros(count, np.int64))

    def refuse(self, rows: IntArray, why: str) -> None:
        """Refuse some orders."""
        for row in rows.tolist():
            self.rule[row] = why

    def judge(self, rows: IntArray, rules: IntArray, numbers: IntArray, filled_wh: IntArray) -> None:
        """Say what the guard has said of some orders."""
        self.number[rows], self.filled_wh[rows] = numbers, filled_wh
        for row, rule in zip(rows.tolist(), rules.tolist(), strict=True):
            if rule == Rule.GRANTED:
                self.outcome[row] = ACCEPTED
            else:
                self.rule[row] = WORDS[rule]

    def know(self, row: int, number: int, filled_wh: int) -> None:
        """Say that an order came before."""
        self.outcome[row], self.number[row], self.filled_wh[row] = KNOWN, number, filled_wh


@dataclass(frozen=True, slots=True)
class News:
    """Something that everybody who takes part may know."""

    kind: str
    """``trades``, ``slot`` or ``halt``."""
    at_ns: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Halt:
    """Somebody may not trade."""

    by: str
    """OWN, SUPERVISOR or OPERATOR."""
    reason: str
    since_ns: int


@dataclass
class Halts:
    """Who may not trade now."""

    by_party: dict[int, dict[str, Halt]] = field(default_factory=dict)
    """By participant, `EVERYBODY` for all, and by who halted it."""

    def add(self, party: int, halt: Halt) -> None:
        """Halt somebody."""
        self.by_party.setdefault(party, {})[halt.by] = halt

    def lift(self, party: int, by: str) -> None:
        """Lift what somebody has halted; others' halts stay."""
        self.by_party.get(party, {}).pop(by, None)

    def of(self, party: int) -> Sequence[Halt]:
        """Return the halts of a participant, or of all."""
        return tuple(self.by_party.get(party, {}).values())

    def mask(self, count: int) -> BoolArray:
        """Tell who may not trade. Shape (participant,)"""
        found = np.zeros(count, np.bool_)
        for party, halts in self.by_party.items():
            if halts:
                found[slice(None) if party == EVERYBODY else party] = True
        return found
