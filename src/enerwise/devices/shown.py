"""From the device's side: a value becomes the words that its registers show."""

import math
from collections.abc import Iterator, Sequence

from enerwise.devices.points import Image, Register
from enerwise.devices.values import missing_words_of, unit, value_at, words_for
from enerwise.protocols.pdu import Table
from enerwise.protocols.registers import FLOATS, SIGNED

Cell = tuple[tuple[Table, int], int]
"""Table and address, and the word there."""


def shown(registers: Sequence[Register], value: float, facts: Image) -> dict[tuple[Table, int], int]:
    """Return what registers that add up show for a value: those that can hold its sign share it, the others hold 0.

    Args:
        registers: The terms.
        value: In house units; NaN gives the codes for missing.
        facts: Scales and ratings.

    Raises:
        ValueError: No register can hold the value, or one has no code for missing.
    """
    if math.isnan(value):
        return dict(cell for register in registers for cell in _cells(register, missing_words_of(register)))
    able = [register for register in registers if _can_hold(register, value, facts)]
    if not able:
        raise ValueError(f"no register can hold {value:g}")
    found: dict[tuple[Table, int], int] = {}
    for register in registers:
        share = value / len(able) if register in able else 0.0
        cells = dict(_cells(register, words_for(register, share, facts, toward_zero=False)))
        found |= cells
        if register in able:
            # What one register rounds away the next ones show.
            value -= value_at(register, {**facts, **cells})
            able.remove(register)
    return found


def _can_hold(register: Register, value: float, facts: Image) -> bool:
    """Tell whether the sign of a value fits into a register."""
    can_be_negative = register.kind in SIGNED or register.kind in FLOATS
    return can_be_negative or (value - register.offset) / unit(register, facts) >= 0.0


def _cells(register: Register, words: Sequence[int]) -> Iterator[Cell]:
    yield from (((register.table, register.address + at), word) for at, word in enumerate(words))
