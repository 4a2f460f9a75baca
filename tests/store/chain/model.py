"""What the contract should do, told once more in plain Python; the properties hold the two side by side."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

LIMIT: Final = 2**256

Rows = Sequence[tuple[str, int, int]]


class No(Exception):
    """Refused."""


@dataclass
class Slot:
    settle_by_s: int
    issues: int = 0
    batches: int = 0
    is_closed: bool = False
    energy_wh: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)

    def is_open(self, now_s: int) -> bool:
        return not self.is_closed and now_s <= self.settle_by_s


@dataclass
class Model:
    now_s: int
    slots: dict[bytes, Slot] = field(default_factory=dict)
    free: Counter[str] = field(default_factory=Counter)
    credited: int = 0
    issued_wh: Counter[bytes] = field(default_factory=Counter)

    def pass_time(self, seconds: int) -> None:
        self.now_s += seconds

    def open_slot(self, slot: bytes, for_s: int) -> None:
        _only(slot not in self.slots and for_s > 0)
        self.slots[slot] = Slot(self.now_s + for_s)

    def issue(self, slot: bytes, batch: int, grants: Sequence[tuple[str, int]]) -> None:
        at = self._open(slot)
        _only(batch == at.issues)
        at.issues += 1
        for holder, energy_wh in grants:
            at.energy_wh[holder] += energy_wh
            self.issued_wh[slot] += energy_wh

    def credit(self, holder: str, units: int) -> None:
        _only(self.credited + units < LIMIT)
        self.credited += units
        self.free[holder] += units

    def hold(self, slot: bytes, units: int, holder: str) -> None:
        at = self._open(slot)
        _only(units <= self.free[holder])
        self.free[holder] -= units
        at.held[holder] += units

    def release(self, slot: bytes, holder: str) -> None:
        if at := self.slots.get(slot):
            _only(not at.is_open(self.now_s))
            self.free[holder] += at.held.pop(holder, 0)

    def give_back(self, units: int, holder: str) -> None:
        _only(units <= self.free[holder])
        self.free[holder] -= units
        self.credited -= units

    def settle(self, slot: bytes, batch: int, rows: Rows, is_last: bool) -> None:
        at = self._open(slot)
        energy_wh, held, free = at.energy_wh.copy(), at.held.copy(), self.free.copy()
        for holder, energy, units in rows:
            energy_wh[holder] += energy
            held[holder] -= max(units, 0)
            free[holder] += max(-units, 0)
            _only(energy_wh[holder] >= 0 and held[holder] >= 0)
        _only(batch == at.batches and sum(row[1] for row in rows) == 0 and sum(row[2] for row in rows) == 0)
        at.energy_wh, at.held, self.free = energy_wh, held, free
        at.batches += 1
        at.is_closed = is_last

    def _open(self, slot: bytes) -> Slot:
        at = self.slots.get(slot)
        _only(at is not None and at.is_open(self.now_s))
        assert at is not None
        return at


def _only(allowed: bool) -> None:
    if not allowed:
        raise No
