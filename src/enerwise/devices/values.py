"""One register and its value in house words: there, and back."""

import math
from dataclasses import replace
from typing import Final

from enerwise.devices.blocks import Span, words_at
from enerwise.devices.points import Image, Register
from enerwise.protocols.registers import FLOATS, RegisterType, decode, encode, missing_words

SCALE_MAX: Final = 10
"""SunSpec knows powers of ten from -10 to 10."""
DIGITS: Final = 6
"""Counts closer to a whole one than this are whole: 0.29 / 0.01 is 29, not 28.999999999999996."""


def spans_of(register: Register) -> tuple[Span, ...]:
    """Return the registers that a number stands in."""
    return ((register.table, register.address, register.width),)


def fact_spans_of(register: Register) -> tuple[Span, ...]:
    """Return the constant registers that a number needs to be understood: its scale and its rating."""
    scale: tuple[Span, ...] = () if register.scale is None else ((register.table, register.scale, 1),)
    rating = register.rating
    return scale if rating is None else (*scale, *spans_of(rating), *fact_spans_of(rating))


def unit(register: Register, image: Image) -> float:
    """Return what one count is worth in house units, NaN where scale or rating are not known."""
    rating = 1.0 if register.rating is None else value_at(register.rating, image)
    scale = 0.0 if register.scale is None else _scale(register, image)
    # A rating of nothing divides nothing: a device that says so is not understood.
    return register.factor * 10.0**scale * rating if rating > 0.0 else math.nan


def value_at(register: Register, image: Image) -> float:
    """Return the value in house units, NaN where it is missing or not understood."""
    words = words_at(image, register.table, register.address, register.width)
    if words is None:
        return math.nan
    count = decode(words, register.kind, swaps_words=register.swaps_words, missing=register.missing)
    # Adding nothing turns a negative zero into a plain one.
    value = count * unit(register, image) + register.offset + 0.0
    return value if math.isfinite(value) else math.nan


def words_for(register: Register, value: float, image: Image, *, toward_zero: bool) -> tuple[int, ...]:
    """Return the words that hold a value.

    Args:
        register: Where it goes.
        value: In house units.
        image: Holds scale and rating.
        toward_zero: Whether a whole number is cut, so that a setpoint never exceeds what was allowed.

    Raises:
        ValueError: The value is not finite, does not fit, or scale or rating are not known.
    """
    worth = unit(register, image)
    if not math.isfinite(worth):
        raise ValueError(f"scale or rating of register {register.address} is not known")
    count = (value - register.offset) / worth + 0.0
    if toward_zero and register.kind not in FLOATS and math.isfinite(count):
        count = float(math.trunc(round(count, DIGITS)))
    return encode(count, register.kind, swaps_words=register.swaps_words, missing=register.missing)


def fixed_words(register: Register, count: int) -> tuple[int, ...]:
    """Return the words of a count that needs no reckoning: a mode, a flag."""
    return encode(count, register.kind, swaps_words=register.swaps_words, missing=())


def missing_words_of(register: Register) -> tuple[int, ...]:
    """Return the words that say "no value" there.

    Raises:
        ValueError: The register has no such code.
    """
    return missing_words(register.kind, swaps_words=register.swaps_words, missing=register.missing)


def _scale(register: Register, image: Image) -> float:
    assert register.scale is not None
    at = replace(register, address=register.scale, kind=RegisterType.INT16, missing=None)
    words = words_at(image, at.table, at.address, at.width)
    scale = math.nan if words is None else decode(words, at.kind)
    return scale if abs(scale) <= SCALE_MAX else math.nan
