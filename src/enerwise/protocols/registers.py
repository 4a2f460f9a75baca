"""Register words and numbers: types, word order, and the codes that say "there is no such value here".

A register holds 16 bits, the more significant byte first; a wider number takes several, by default the more significant
word first. Codes for missing values are bit patterns; unless a device says otherwise they are those of SunSpec.
"""

import math
import struct
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final


class RegisterType(StrEnum):
    """How the words of one value are read; an enumeration or a bit field is read as an unsigned number."""

    UINT16 = "uint16"
    INT16 = "int16"
    UINT32 = "uint32"
    INT32 = "int32"
    UINT64 = "uint64"
    INT64 = "int64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"


FLOATS: Final = {RegisterType.FLOAT32: struct.Struct(">f"), RegisterType.FLOAT64: struct.Struct(">d")}
SIGNED: Final = frozenset({RegisterType.INT16, RegisterType.INT32, RegisterType.INT64})
WIDTHS: Final[Mapping[RegisterType, int]] = {kind: int(kind[-2:]) // 16 for kind in RegisterType}
"""Words that a value takes."""

SUNSPEC_MISSING: Final[Mapping[RegisterType, tuple[int, ...]]] = {
    RegisterType.UINT16: (0xFFFF,),
    RegisterType.INT16: (0x8000,),
    RegisterType.UINT32: (0xFFFF_FFFF,),
    RegisterType.INT32: (0x8000_0000,),
    RegisterType.UINT64: (0xFFFF_FFFF_FFFF_FFFF,),
    RegisterType.INT64: (0x8000_0000_0000_0000,),
    RegisterType.FLOAT32: (0x7FC0_0000,),
    RegisterType.FLOAT64: (0x7FF8_0000_0000_0000,),
}
"""Source: SunSpec Device Information Model Specification, "not implemented" values."""


def decode(
    words: Sequence[int],
    kind: RegisterType,
    *,
    swaps_words: bool = False,
    missing: Sequence[int] | None = None,
) -> float:
    """Return the number in register words, NaN where they hold a code for missing or no number.

    Args:
        words: As many as `WIDTHS` says, each 0..65535.
        kind: How they are read.
        swaps_words: Whether the less significant word comes first.
        missing: Bit patterns that mean "no value"; None takes those of SunSpec.

    Raises:
        ValueError: The words are not as many as the type takes, or one is no word.

    >>> decode([0xFFFF, 0xFFFE], RegisterType.INT32)
    -2.0
    >>> decode([0x8000], RegisterType.INT16)
    nan
    """
    content = _bytes(words, kind, swaps_words=swaps_words)
    if int.from_bytes(content, "big") in (SUNSPEC_MISSING[kind] if missing is None else missing):
        return math.nan
    if kind in FLOATS:
        (value,) = FLOATS[kind].unpack(content)
        return float(value) if math.isfinite(value) else math.nan
    return float(int.from_bytes(content, "big", signed=kind in SIGNED))


def encode(
    value: float,
    kind: RegisterType,
    *,
    swaps_words: bool = False,
    missing: Sequence[int] | None = None,
) -> tuple[int, ...]:
    """Return the register words of a number; whole types take the nearest whole number.

    Args:
        value: The number, in units of the register.
        kind: How it is written.
        swaps_words: Whether the less significant word comes first.
        missing: Bit patterns that mean "no value"; None takes those of SunSpec.

    Raises:
        ValueError: The number is not finite, out of range, or would be read as missing.

    >>> encode(-2.0, RegisterType.INT32)
    (65535, 65534)
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be written to a register")
    content = _packed(value, kind)
    if int.from_bytes(content, "big") in (SUNSPEC_MISSING[kind] if missing is None else missing):
        raise ValueError(f"{value:g} would be read as missing in a register of type {kind}")
    return _words(content, swaps_words=swaps_words)


def missing_words(
    kind: RegisterType,
    *,
    swaps_words: bool = False,
    missing: Sequence[int] | None = None,
) -> tuple[int, ...]:
    """Return the words that say "no value", as a device sends them.

    Raises:
        ValueError: The type has no code for it.
    """
    codes = SUNSPEC_MISSING[kind] if missing is None else missing
    if not codes:
        raise ValueError(f"a register of type {kind} has no code for a missing value here")
    return _words(codes[0].to_bytes(2 * WIDTHS[kind], "big"), swaps_words=swaps_words)


def _packed(value: float, kind: RegisterType) -> bytes:
    try:
        if kind in FLOATS:
            return FLOATS[kind].pack(value)
        return round(value).to_bytes(2 * WIDTHS[kind], "big", signed=kind in SIGNED)
    except OverflowError:
        raise ValueError(f"{value:g} does not fit into a register of type {kind}") from None


def _bytes(words: Sequence[int], kind: RegisterType, *, swaps_words: bool) -> bytes:
    if len(words) != WIDTHS[kind]:
        raise ValueError(f"{kind} takes {WIDTHS[kind]} words, got {len(words)}")
    if not all(0 <= word <= 0xFFFF for word in words):
        raise ValueError(f"{list(words)} are not register words of 16 bits")
    ordered = reversed(words) if swaps_words else words
    return b"".join(word.to_bytes(2, "big") for word in ordered)


def _words(content: bytes, *, swaps_words: bool) -> tuple[int, ...]:
    words = tuple(int.from_bytes(content[at : at + 2], "big") for at in range(0, len(content), 2))
    return words[::-1] if swaps_words else words
