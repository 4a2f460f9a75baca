"""One simulated device: registers as its profile lays them out, and the watchdog that a real one would have."""

import contextlib
import math
from collections import Counter
from collections.abc import Iterator
from typing import Final

from enerwise.core.quantity import POWER_W
from enerwise.devices.blocks import Span
from enerwise.devices.bound import Bound
from enerwise.devices.points import Register
from enerwise.devices.profile import Profile
from enerwise.devices.values import fact_spans_of, words_for
from enerwise.protocols import sunspec
from enerwise.protocols.modbus import Table
from enerwise.run.plant.faults import Faults
from enerwise.site.wiring import Device

MAP_AT: Final = sunspec.BASES[0]
RATING_W: Final = 10_000.0
"""What a device of shares calls 100 %."""


class DeviceTwin:
    """A device that holds registers. It is simulated."""

    def __init__(self, device: Device, profile: Profile) -> None:
        self.device, self.faults = device, Faults()
        self.words: dict[tuple[Table, int], int] = {}
        self.bound = self._laid_out(profile)
        self._writable = frozenset(cell for register in _told(self.bound) for cell in _cells(register))
        self.write_counts: Counter[tuple[Table, int]] = Counter()
        """Writes by their first register."""
        self._asked_w: dict[str, float] = {}
        self.write_count = 0
        self.heard_s = -math.inf
        """When somebody wrote last."""

    # -- the wire's side -----------------------------------------------------------------------------------------

    def read(self, table: Table, address: int, count: int) -> tuple[int, ...] | None:
        """Return words; None where there is no such register."""
        found = [self.words.get((table, address + at)) for at in range(count)]
        if all(word is None for word in found):
            return None
        return tuple(0 if word is None else word for word in found)

    def write(self, table: Table, address: int, words: tuple[int, ...], t_s: float) -> bool:
        """Take words; False where there is no register that can be written."""
        cells = [(table, address + at) for at in range(len(words))]
        if not self._writable.issuperset(cells):
            return False
        self.write_count += 1
        self.write_counts[table, address] += 1
        self.heard_s = t_s
        if not (self.faults.is_deaf and self._is_watchdog(cells)):
            self.words |= dict(zip(cells, words, strict=True))
        return True

    # -- the machine's side --------------------------------------------------------------------------------------

    def moves(self, role: str) -> bool:
        """Tell whether the power of a role can be set."""
        return (role, POWER_W) in self.bound.setpoints

    def measured(self) -> tuple[str, ...]:
        """Return what it measures, each as role and quantity: ``meter.power_w``."""
        return tuple(".".join(name) for name in self.bound.points)

    def written(self) -> dict[str, int]:
        """Return how often each register was written, by table and address: ``holding 100``."""
        return {f"{table.name.lower()} {address}": count for (table, address), count in self.write_counts.items()}

    def show(self, role: str, quantity: str, value: float) -> None:
        """Let the registers show a value, as far as the profile has it; what they cannot hold they show as missing."""
        if (role, quantity) not in self.bound.points or self.faults.is_frozen:
            return
        value = self.faults.shown(f"{role}.{quantity}", value)
        if self.faults.is_flipped and quantity == POWER_W:
            value = -value
        for each in (value, math.nan):
            with contextlib.suppress(ValueError):
                self.words |= self.bound.encode_reading(role, quantity, each)
                return

    def asked_w(self, role: str, t_s: float) -> float:
        """Return the setpoint in force, NaN where nobody has set one; nothing once its own watchdog has acted."""
        if not self.faults.is_stuck:
            told_w = math.nan if self.write_count == 0 else self.bound.setpoint(role, POWER_W, self.words)
            # A coil knows on and off; what flows then is the machine's business.
            told_w = math.inf if told_w > 0.0 and self._is_coil(role) else told_w
            self._asked_w[role] = 0.0 if self.is_lost(t_s) else told_w
        return self._asked_w.get(role, math.nan)

    def _is_coil(self, role: str) -> bool:
        return any(step.register.table is Table.COIL for step in self.bound.setpoints[role, POWER_W].steps)

    def is_lost(self, t_s: float) -> bool:
        """Tell whether it has heard nothing for longer than its watchdog allows."""
        limit_s = self.bound.comms_loss_s_in(self.words)
        return math.isfinite(self.heard_s) and t_s - self.heard_s > limit_s

    def _is_watchdog(self, cells: list[tuple[Table, int]]) -> bool:
        own = {(read.table, read.address + at) for read in self.bound.comms_loss_reads() for at in range(read.count)}
        return bool(own & set(cells))

    # -- how it is laid out --------------------------------------------------------------------------------------

    def _laid_out(self, profile: Profile) -> Bound:
        """Fill every register that the profile knows, scales and ratings first."""
        bases = self._chain(profile) if profile.sunspec else {}
        bound = profile.bind(bases)
        for register in _registers(bound):
            for span in fact_spans_of(register):
                self._fill(span, 0)
            if register.rating is not None:
                self._hold(register.rating, RATING_W)
        bound = bound.learned(
            {read: self.read(read.table, read.address, read.count) or () for read in bound.fact_reads()}
        )
        for register in _registers(bound):
            self._fill((register.table, register.address, register.width), 0)
        return bound

    def _chain(self, profile: Profile) -> dict[int, int]:
        """Lay out a SunSpec map that holds the models of a profile, and return where each begins."""
        models = [1, *sorted({each for register in _unbound(profile) for each in register.models} - {1})]
        at, bases = MAP_AT + 2, {}
        self._put(MAP_AT, *sunspec.MARK)
        for model in models:
            bases[model] = at
            self._fill((Table.HOLDING, at, 2 + sunspec.LENGTHS[model]), 0)
            self._put(at, model, sunspec.LENGTHS[model])
            at += 2 + sunspec.LENGTHS[model]
        self._put(at, sunspec.END, 0)
        return bases

    def _put(self, address: int, *words: int) -> None:
        self.words |= {(Table.HOLDING, address + at): word for at, word in enumerate(words)}

    def _fill(self, span: Span, word: int) -> None:
        table, address, count = span
        for at in range(count):
            self.words.setdefault((table, address + at), word)

    def _hold(self, register: Register, value: float) -> None:
        words = words_for(register, value, self.words, toward_zero=False)
        self.words |= {(register.table, register.address + at): word for at, word in enumerate(words)}


def _registers(bound: Bound) -> Iterator[Register]:
    yield from (point.register for points in bound.points.values() for point in points if not point.register.models)
    yield from _told(bound)


def _told(bound: Bound) -> Iterator[Register]:
    """Yield what can be written."""
    yield from (step.register for setpoint in bound.setpoints.values() for step in setpoint.steps)
    yield from (step.register for step in (bound.comms_loss.steps if bound.comms_loss else ()))
    yield from (bound.heartbeat,) if bound.heartbeat is not None else ()


def _cells(register: Register) -> Iterator[tuple[Table, int]]:
    yield from ((register.table, register.address + at) for at in range(register.width))


def _unbound(profile: Profile) -> Iterator[Register]:
    """Yield every register of a profile, ratings included: they may stand in a model of their own."""
    steps = [step for setpoint in profile.setpoints for step in setpoint.steps]
    steps += profile.comms_loss.steps if profile.comms_loss else ()
    for register in (*(point.register for point in profile.points), *(step.register for step in steps)):
        yield register
        if register.rating is not None:
            yield register.rating
