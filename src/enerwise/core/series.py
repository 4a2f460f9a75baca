"""Columns: measurements that carry their quality and the moment they became known.

A `Frame` holds several channels on common starts. Missing is NaN plus a quality code and stays missing until a function
whose name says so fills it. ``known_at`` makes the past honest: `Frame.as_of` shows only what was known by then.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from enerwise.core.time import TIME_TYPE, Instant, TimeArray
from enerwise.core.units import BoolArray, ByteArray, FloatArray


class Quality(IntEnum):
    """How far a value can be trusted; larger is worse."""

    GOOD = 0
    ESTIMATED = 1
    SUSPECT = 2
    MISSING = 3


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A channel: whose value it is and which quantity; the quantity ends in its unit (``power_w``)."""

    asset: str
    quantity: str

    def __str__(self) -> str:
        return f"{self.asset}.{self.quantity}"

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Read ``asset.quantity``."""
        asset, _, quantity = text.rpartition(".")
        return cls(asset, quantity)


@dataclass(frozen=True, slots=True)
class Reading:
    """One value from a device: the mean over the step that starts at ``start_utc``, or the value at that instant."""

    key: Key
    start_utc: Instant
    value: float
    known_at: Instant
    """When it may be used by forecasts and plans: a step's mean becomes known at the step's end."""


@dataclass(frozen=True, slots=True)
class Series:
    """One channel. Shapes (n,)"""

    key: Key
    start_utc: TimeArray
    value: FloatArray
    quality: ByteArray
    known_at: TimeArray

    def __post_init__(self) -> None:
        shapes = {self.start_utc.shape, self.value.shape, self.quality.shape, self.known_at.shape}
        if len(shapes) != 1 or self.value.ndim != 1:
            raise ValueError(f"{self.key}: columns differ in shape: {sorted(map(str, shapes))}")

    def __len__(self) -> int:
        return self.value.size

    def as_of(self, at: Instant) -> "Series":
        """Return only what was known at ``at``."""
        return self._where(self.known_at <= at)

    def _where(self, keep: BoolArray) -> "Series":
        return Series(self.key, self.start_utc[keep], self.value[keep], self.quality[keep], self.known_at[keep])


@dataclass(frozen=True, slots=True)
class Frame:
    """Several channels on common starts: ``start_utc`` (n), ``value`` and ``quality`` (n, column), ``known_at`` (n)."""

    keys: tuple[Key, ...]
    start_utc: TimeArray
    value: FloatArray
    quality: ByteArray
    known_at: TimeArray

    def __post_init__(self) -> None:
        shape = (self.start_utc.size, len(self.keys))
        if self.value.shape != shape or self.quality.shape != shape or self.known_at.shape != shape[:1]:
            raise ValueError(
                f"frame of shape {shape} has value {self.value.shape}, quality {self.quality.shape}, "
                f"known_at {self.known_at.shape}"
            )
        if len(set(self.keys)) != len(self.keys):
            raise ValueError(f"frame has a channel twice: {[str(key) for key in self.keys]}")

    def __len__(self) -> int:
        return self.start_utc.size

    @classmethod
    def of(
        cls,
        start_utc: TimeArray,
        columns: dict[Key, FloatArray],
        *,
        known_at: TimeArray | None = None,
    ) -> "Frame":
        """Build a frame from columns; NaN becomes `Quality.MISSING`, ``known_at`` defaults to the starts."""
        value = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns.values()])
        quality = np.where(np.isnan(value), Quality.MISSING, Quality.GOOD).astype(np.uint8)
        start_utc = start_utc.astype(TIME_TYPE)
        known_at = start_utc if known_at is None else known_at.astype(TIME_TYPE)
        return cls(tuple(columns), start_utc, value, quality, known_at)

    def column(self, key: Key) -> FloatArray:
        """Return one channel's values. Shape (n,)

        Raises:
            KeyError: The frame has no such channel.
        """
        return self.value[:, self._position(key)]

    def series(self, key: Key) -> Series:
        """Return one channel with its quality and times."""
        at = self._position(key)
        return Series(key, self.start_utc, self.value[:, at], self.quality[:, at], self.known_at)

    def as_of(self, at: Instant) -> "Frame":
        """Return only the rows known at ``at``."""
        return self.rows(self.known_at <= at)

    def rows(self, keep: BoolArray | slice) -> "Frame":
        """Return a part of the rows."""
        return Frame(self.keys, self.start_utc[keep], self.value[keep], self.quality[keep], self.known_at[keep])

    def _position(self, key: Key) -> int:
        try:
            return self.keys.index(key)
        except ValueError:
            raise KeyError(f"no channel {key} among {[str(each) for each in self.keys]}") from None
