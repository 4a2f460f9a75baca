"""Permits: genuine, in time and once, or not at all."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enerwise.core.time import Instant
from enerwise.guard.permit import Check, Checker, Permit, seal
from tests.builders import NOON

from .builders import KEY

SECOND = np.timedelta64(1000, "ms")


def a_permit(value: float = 1000.0, *, nonce: int = 1, valid_until: Instant = NOON + 60 * SECOND) -> Permit:
    return seal(KEY, asset="battery", quantity="power_w", value=value, valid_until=valid_until, nonce=nonce)


def test_permit_opens_once() -> None:
    checker, permit = Checker(KEY), a_permit()
    assert checker.check(permit, NOON) is Check.OPENS
    assert checker.check(permit, NOON) is Check.USED


def test_permit_opens_until_its_last_millisecond() -> None:
    permit = a_permit()
    assert Checker(KEY).check(permit, permit.valid_until - np.timedelta64(1, "ms")) is Check.OPENS
    assert Checker(KEY).check(permit, permit.valid_until) is Check.EXPIRED


def test_clock_set_back_brings_no_permit_to_life() -> None:
    checker, permit = Checker(KEY), a_permit()
    assert checker.check(permit, NOON) is Check.OPENS
    assert checker.check(a_permit(nonce=2), NOON + 3600 * SECOND) is Check.EXPIRED
    assert checker.check(permit, NOON) is Check.EXPIRED


def test_permit_without_a_time_opens_nothing() -> None:
    assert Checker(KEY).check(a_permit(valid_until=np.datetime64("NaT", "ms")), NOON) is Check.EXPIRED


def test_other_key_opens_nothing() -> None:
    assert Checker(b"another key of some length").check(a_permit(), NOON) is Check.ALTERED


ALTERATIONS = st.one_of(
    st.fixed_dictionaries({"asset": st.text()}),
    st.fixed_dictionaries({"quantity": st.text()}),
    st.fixed_dictionaries({"value": st.floats()}),
    st.fixed_dictionaries({"nonce": st.integers()}),
    st.fixed_dictionaries({"valid_until": st.integers(0, 2**40).map(lambda ms: NOON + np.timedelta64(ms, "ms"))}),
    st.fixed_dictionaries({"seal": st.binary(max_size=64)}),
    st.fixed_dictionaries({"value": st.one_of(st.none(), st.text())}),
    st.fixed_dictionaries({"valid_until": st.one_of(st.none(), st.integers())}),
    st.fixed_dictionaries({"asset": st.none()}),
)


@given(st.floats(-1e6, 1e6), ALTERATIONS)
def test_altered_permits_open_nothing(value: float, change: dict[str, object]) -> None:
    permit = a_permit(value)
    altered = replace(permit, **change)  # type: ignore[arg-type]
    assume(altered != permit)
    assert Checker(KEY).check(altered, NOON) is Check.ALTERED


def test_fields_cannot_be_shifted_into_each_other() -> None:
    permit = seal(KEY, asset="ab", quantity="c", value=1.0, valid_until=NOON + SECOND, nonce=1)
    assert Checker(KEY).check(replace(permit, asset="a", quantity="bc"), NOON) is Check.ALTERED


@pytest.mark.parametrize("bit", range(0, 256, 17))
def test_seal_with_one_bit_flipped_opens_nothing(bit: int) -> None:
    permit = a_permit()
    flipped = bytearray(permit.seal)
    flipped[bit // 8] ^= 1 << bit % 8
    assert Checker(KEY).check(replace(permit, seal=bytes(flipped)), NOON) is Check.ALTERED


def test_memory_of_used_permits_is_bounded_and_never_forgets_an_open_one() -> None:
    checker = Checker(KEY, remembered_count=2)
    first = a_permit(nonce=1)
    assert checker.check(first, NOON) is Check.OPENS
    assert checker.check(a_permit(nonce=2, valid_until=NOON + 120 * SECOND), NOON) is Check.OPENS
    assert checker.check(a_permit(nonce=3), NOON) is Check.TOO_MANY
    assert checker.check(first, NOON) is Check.USED
    later = a_permit(nonce=4, valid_until=NOON + 120 * SECOND)
    assert checker.check(later, NOON + 60 * SECOND) is Check.OPENS
    assert checker.check(first, NOON + 60 * SECOND) is Check.EXPIRED


@pytest.mark.parametrize("key", [b"", b"short", b"k" * 65])
def test_key_of_the_wrong_length_is_a_mistake(key: bytes) -> None:
    with pytest.raises(ValueError, match="16 to 64 bytes"):
        Checker(key)
    with pytest.raises(ValueError, match="16 to 64 bytes"):
        seal(key, asset="a", quantity="q", value=0.0, valid_until=NOON, nonce=1)


@pytest.mark.parametrize("count", [16, 64])
def test_shortest_and_longest_key_are_keys(count: int) -> None:
    permit = seal(b"k" * count, asset="a", quantity="q", value=0.0, valid_until=NOON + SECOND, nonce=0)
    assert Checker(b"k" * count).check(permit, NOON) is Check.OPENS


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_only_finite_values_are_sealed(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        a_permit(value)


def test_neither_key_nor_seal_is_shown() -> None:
    permit = a_permit()
    assert "seal" not in repr(permit)
    assert KEY.decode() not in repr(Checker(KEY))
