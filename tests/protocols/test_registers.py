"""Register words: what was written is read, what is missing is NaN, and nothing else comes out."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.protocols.registers import (
    FLOATS,
    SIGNED,
    SUNSPEC_MISSING,
    WIDTHS,
    RegisterType,
    decode,
    encode,
    missing_words,
)

KINDS = st.sampled_from(list(RegisterType))
WORDS = st.integers(0, 0xFFFF)


def limits(kind: RegisterType) -> tuple[int, int]:
    bits = 16 * WIDTHS[kind]
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if kind in SIGNED else (0, 2**bits - 1)


@pytest.mark.parametrize(
    ("kind", "words", "value"),
    [
        (RegisterType.UINT16, [1234], 1234.0),
        (RegisterType.INT16, [0xFFFF], -1.0),
        (RegisterType.UINT32, [1, 0], 65536.0),
        (RegisterType.INT32, [0xFFFF, 0xFF9C], -100.0),
        (RegisterType.UINT64, [0, 0, 1, 1], 65537.0),
        (RegisterType.INT64, [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE], -2.0),
        # Eastron's protocol description shows 230.2 V as 43 66 33 34.
        (RegisterType.FLOAT32, [0x4366, 0x3334], 230.2),
        (RegisterType.FLOAT64, [0x3FF8, 0, 0, 0], 1.5),
    ],
)
def test_words_are_read_as_their_type_says(kind: RegisterType, words: list[int], value: float) -> None:
    assert decode(words, kind) == pytest.approx(value, rel=1e-7)
    assert decode(words[::-1], kind, swaps_words=True) == pytest.approx(value, rel=1e-7)
    assert list(encode(decode(words, kind), kind)) == words


@given(kind=st.sampled_from([kind for kind in RegisterType if kind not in FLOATS]), data=st.data(), swaps=st.booleans())
def test_whole_numbers_come_back(kind: RegisterType, data: st.DataObject, swaps: bool) -> None:
    low, high = limits(kind)
    # Up to 2**53 a float holds every whole number.
    value = float(data.draw(st.integers(max(low, -(2**53)), min(high, 2**53))))
    words = encode(value, kind, swaps_words=swaps, missing=())
    assert decode(words, kind, swaps_words=swaps, missing=()) == value


@given(value=st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_floats_come_back(value: float) -> None:
    assert decode(encode(value, RegisterType.FLOAT32), RegisterType.FLOAT32) == value


@given(kind=KINDS, data=st.data(), swaps=st.booleans())
def test_any_words_give_a_finite_number_or_nan(kind: RegisterType, data: st.DataObject, swaps: bool) -> None:
    words = data.draw(st.lists(WORDS, min_size=WIDTHS[kind], max_size=WIDTHS[kind]))
    assert not math.isinf(decode(words, kind, swaps_words=swaps))


@given(kind=KINDS, value=st.floats())
def test_any_number_is_written_as_it_is_or_refused(kind: RegisterType, value: float) -> None:
    try:
        words = encode(value, kind)
    except ValueError:
        return
    error = 0.5 if kind not in FLOATS else abs(value) * 2.0**-23 + 2.0**-149
    assert len(words) == WIDTHS[kind]
    assert abs(decode(words, kind) - value) <= error


@pytest.mark.parametrize("kind", list(RegisterType))
@pytest.mark.parametrize("swaps", [False, True])
def test_codes_for_missing_read_as_nan_and_are_never_written(kind: RegisterType, swaps: bool) -> None:
    words = missing_words(kind, swaps_words=swaps)
    assert math.isnan(decode(words, kind, swaps_words=swaps))
    if kind not in FLOATS:
        value = float(SUNSPEC_MISSING[kind][0]) if kind not in SIGNED else float(limits(kind)[0])
        with pytest.raises(ValueError, match=r"missing|fit"):
            encode(value, kind)


def test_a_device_may_have_codes_of_its_own() -> None:
    codes = (0x7FFF,)
    assert math.isnan(decode([0x7FFF], RegisterType.INT16, missing=codes))
    assert decode([0x8000], RegisterType.INT16, missing=codes) == -32768.0
    assert missing_words(RegisterType.INT16, missing=codes) == (0x7FFF,)
    with pytest.raises(ValueError, match="no code"):
        missing_words(RegisterType.INT16, missing=())


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2.0**16, -1.0, 1e308])
def test_what_does_not_fit_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"fit|written"):
        encode(value, RegisterType.UINT16)


def test_what_is_no_float32_is_refused() -> None:
    with pytest.raises(ValueError, match="fit"):
        encode(1e39, RegisterType.FLOAT32)


@pytest.mark.parametrize("words", [[], [1, 2], [-1], [0x10000]])
def test_words_that_are_none_are_a_mistake(words: list[int]) -> None:
    with pytest.raises(ValueError, match="words"):
        decode(words, RegisterType.UINT16)


@given(words=st.lists(WORDS, min_size=2, max_size=2))
def test_float32_is_read_as_the_machine_reads_it(words: list[int]) -> None:
    """Source of the other side: the struct module."""
    (theirs,) = struct.unpack(">f", struct.pack(">HH", *words))
    ours = decode(words, RegisterType.FLOAT32)
    assert ours == theirs if math.isfinite(theirs) else math.isnan(ours)
