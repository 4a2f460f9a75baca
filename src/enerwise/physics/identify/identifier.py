"""What every way of identifying a device keeps to: a record in, parameters with intervals out, or what is missing.

Nothing here decides what serves: that is the registry's test on days that the parameters have not seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

import numpy as np

from enerwise.core.series import Key
from enerwise.core.time import DAY_S, TimeGrid
from enerwise.core.units import FloatArray, IntArray

HALF_DAY_S: Final = DAY_S // 2
"""Predictions are judged so far ahead: from each midnight and noon, UTC."""
SURE: Final = 2.0
"""Standard errors to each side of an interval that holds the truth nineteen times of twenty."""


@dataclass(frozen=True, slots=True)
class Record:
    """What was measured of a device, on one grid: powers as means of the steps, states as each step begins."""

    grid: TimeGrid
    value: Mapping[Key, FloatArray]
    """Shape (step,); NaN where nothing was measured."""

    def of(self, key: Key) -> FloatArray:
        """Return a channel; all NaN where it is not measured. Shape (step,)"""
        return self.value.get(key, np.full(self.grid.step_count, np.nan))

    def part(self, first: int, count: int) -> "Record":
        """Return some of the steps."""
        cut = {key: value[first : first + count] for key, value in self.value.items()}
        return Record(self.grid.part(first, count), cut)

    @property
    def day(self) -> IntArray:
        """Number of the UTC day of each step. Shape (step,)"""
        days: IntArray = self.grid.starts_utc.astype("datetime64[D]").astype(np.int64)
        return days

    @property
    def half_day(self) -> IntArray:
        """Number of the half of a UTC day of each step. Shape (step,)"""
        halves: IntArray = self.grid.starts_utc.astype("datetime64[s]").astype(np.int64) // HALF_DAY_S
        return halves


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number, and the interval that holds it nineteen times of twenty."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, error: float) -> "Parameter":
        """Return a number with its standard error as an interval."""
        return cls(value, value - SURE * error, value + SURE * error)


@dataclass(frozen=True, slots=True)
class Identified:
    """A device as its record tells it."""

    parameters: Mapping[str, Parameter]
    """By the name of the fact of the asset."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that tells too little, or something that cannot be."""

    missing: str
    """What is missing, with the value and what would do."""


class Identifier(Protocol):
    """One way to identify one kind of device."""

    name: ClassVar[str]
    kind: ClassVar[type]
    """Of the assets it is for."""
    unit: ClassVar[str]
    """Of its losses."""
    order: ClassVar[int]
    """Those of lower order are applied to an asset before this one sees it."""

    def keys(self, asset: Any) -> tuple[Key, ...]:
        """Return the channels it reads."""
        ...

    def identify(self, asset: Any, record: Record) -> Identified | Refused:
        """Return the parameters of a device, or what is missing."""
        ...

    def applied(self, asset: Any, parameters: Mapping[str, float]) -> Any:
        """Return the asset with such parameters; limits and bands of the asset stay as they are.

        Raises:
            ValueError: They cannot be those of such a device.
        """
        ...

    def facts(self, asset: Any) -> Mapping[str, float]:
        """Return all facts of an asset that its parameters rest on: with others they would mean something else."""
        ...

    def losses(self, asset: Any, parameters: Mapping[str, float], record: Record) -> Mapping[int, float]:
        """Return how far an asset with such parameters is off half a day ahead, by UTC day.

        Days that cannot be judged miss; without parameters it is the asset as declared, which also tells how gauges
        are read.

        From each midnight and noon the measured state and the powers that really flowed foretell what is measured
        next.
        """
        ...


def by_day(miss: FloatArray, record: Record) -> dict[int, float]:
    """Return the mean size of what was missed, by UTC day; days of which less than half is known are left out."""
    known, day = np.isfinite(miss), record.day
    first = int(day[0]) if day.size else 0
    count = np.bincount(day[known] - first)
    total = np.bincount(day[known] - first, weights=np.abs(miss[known]))
    enough = count >= 0.5 * DAY_S / record.grid.step_s
    return {first + int(at): float(total[at] / count[at]) for at in np.flatnonzero(enough)}


def jackknife(estimate: FloatArray, without: FloatArray) -> FloatArray:
    """Return standard errors from what an estimate is without each of its parts.

    Args:
        estimate: From all parts. Shape (parameter,)
        without: From all parts but one. Shape (part, parameter)

    Source: Efron and Stein 1981, The jackknife estimate of variance, Annals of Statistics 9(3), 586-596.
    """
    count = without.shape[0]
    spread = ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    bias = (count - 1) ** 2 * (without.mean(axis=0) - estimate) ** 2 / count
    error: FloatArray = np.sqrt((count - 1) / count * spread + bias / count)
    return error
