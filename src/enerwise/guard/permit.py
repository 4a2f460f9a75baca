"""Permits: the only form in which a setpoint reaches a machine.

A permit names one asset, one quantity, one value, one use and one expiry under a keyed seal over all of them, so that
an altered copy opens nothing. `Checker` stands at the other side of the door: it opens once for each permit. A key
serves one guard for one life, so that numbers used once are never used again.
"""

import heapq
import struct
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from hmac import compare_digest
from typing import Final

import numpy as np

from enerwise.core.time import TIME_TYPE, Instant

KEY_MIN_BYTES: Final = 16
KEY_MAX_BYTES: Final = 64
SEAL_BYTES: Final = 32
PURPOSE: Final = b"enerwise permit1"
REMEMBERED_COUNT: Final = 4096
"""Permits that may be open at once; further ones are refused rather than one forgotten."""


@dataclass(frozen=True, slots=True)
class Permit:
    """A setpoint that may be applied once, before ``valid_until``."""

    asset: str
    quantity: str
    value: float
    valid_until: Instant
    nonce: int
    seal: bytes = field(repr=False)


class Check(StrEnum):
    """What the checker says."""

    OPENS = "opens"
    ALTERED = "altered"
    EXPIRED = "expired"
    USED = "used before"
    TOO_MANY = "too many open permits"


def seal(key: bytes, *, asset: str, quantity: str, value: float, valid_until: Instant, nonce: int) -> Permit:
    """Return a sealed permit.

    Args:
        key: 16 to 64 secret bytes, shared with the checker.
        asset: Whose setpoint.
        quantity: Which setpoint.
        value: The setpoint, finite.
        valid_until: The instant from which on it opens nothing.
        nonce: A number never used before with this key, within 64 bits.

    Raises:
        ValueError: The key has the wrong length, or the value is not finite.
    """
    check_key(key)
    if not np.isfinite(value):
        raise ValueError(f"{asset}: a permit needs a finite value, got {value}")
    packed = _packed(asset, quantity, value, valid_until, nonce)
    return Permit(asset, quantity, value, valid_until, nonce, _mac(key, packed))


class Checker:
    """The far side of the door: opens once for each genuine permit in time."""

    def __init__(self, key: bytes, *, remembered_count: int = REMEMBERED_COUNT) -> None:
        check_key(key)
        self._key = key
        self._remembered_count = remembered_count
        self._used: set[int] = set()
        self._by_expiry: list[tuple[int, int]] = []
        self._latest_ms = -(2**63)

    def check(self, permit: Permit, now: Instant) -> Check:
        """Tell whether the permit opens, and use it up if so. Raises nothing, whatever it is shown."""
        if not self._is_genuine(permit):
            return Check.ALTERED
        # Time only ever goes on here: a clock set back must not bring used permits to life.
        self._latest_ms = max(self._latest_ms, _ms(now))
        if _ms(permit.valid_until) <= self._latest_ms:
            return Check.EXPIRED
        if permit.nonce in self._used:
            return Check.USED
        self._forget_expired()
        if len(self._used) >= self._remembered_count:
            return Check.TOO_MANY
        self._used.add(permit.nonce)
        heapq.heappush(self._by_expiry, (_ms(permit.valid_until), permit.nonce))
        return Check.OPENS

    def _is_genuine(self, permit: Permit) -> bool:
        try:
            packed = _packed(permit.asset, permit.quantity, permit.value, permit.valid_until, permit.nonce)
            return compare_digest(_mac(self._key, packed), permit.seal)
        except (struct.error, TypeError, ValueError, AttributeError, OverflowError):
            return False

    def _forget_expired(self) -> None:
        while self._by_expiry and self._by_expiry[0][0] <= self._latest_ms:
            self._used.discard(heapq.heappop(self._by_expiry)[1])


def check_key(key: bytes) -> None:
    """Raise ValueError unless a key has 16 to 64 bytes."""
    if not KEY_MIN_BYTES <= len(key) <= KEY_MAX_BYTES:
        raise ValueError(f"a key has {KEY_MIN_BYTES} to {KEY_MAX_BYTES} bytes, this one {len(key)}")


def _packed(asset: str, quantity: str, value: float, valid_until: Instant, nonce: int) -> bytes:
    """Return one byte string for each permit and one permit for each byte string."""
    asset_bytes, quantity_bytes = asset.encode(), quantity.encode()
    lengths = struct.pack(">II", len(asset_bytes), len(quantity_bytes))
    return lengths + asset_bytes + quantity_bytes + struct.pack(">dqQ", value, _ms(valid_until), nonce)


def _mac(key: bytes, packed: bytes) -> bytes:
    return blake2b(packed, key=key, digest_size=SEAL_BYTES, person=PURPOSE).digest()


def _ms(at: Instant) -> int:
    return int(at.astype(TIME_TYPE).astype(np.int64))
