"""Prices of a day-ahead auction, day by day: what the next day is expected to bring, and how wrong that usually is.

A day is cleared as a whole, so its prices are foreseen as a whole, from nothing but days that were published before. A
path is the expected day plus the error of one past day, less the mean of these errors: hours keep the correlation that
they really had, and no distribution is assumed.

Local clocks decide how people use energy, so a day is a row of wall-clock slots; where autumn repeats an hour its two
prices are averaged, and the hour that spring leaves out is filled from its neighbours.

Source of the regression: Ziel and Weron 2018, Day-ahead electricity price forecasting with high-dimensional structures,
Energy Economics 70 (the expert model: the same hour of one, two and seven days ago, least, greatest and last price of
the day before, weekday).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, TIME_TYPE, Instant, TimeArray, local_fields
from enerwise.core.units import BoolArray, FloatArray, IntArray

LEARNING_DAYS: Final = 365
LEAST_DAYS: Final = 28
"""With fewer days to learn from, a day is expected to be as the same weekday before."""
LAGS: Final = (1, 2, 7)
FLAT: Final = 1e-6
"""Ridge, as a share of the mean square of a feature: it only keeps constant features from breaking the solution."""


@dataclass(frozen=True, slots=True)
class PriceDays:
    """Prices by local day and wall-clock slot, NaN where none is known."""

    first_day: int
    """Local days since 1970-01-01."""
    price_eur_per_kwh: FloatArray
    """Shape (day, slot)"""

    def at(self, day: int) -> FloatArray:
        """Return the prices of one local day, NaN where it is not known. Shape (slot,)"""
        row = day - self.first_day
        if 0 <= row < len(self.price_eur_per_kwh):
            return np.asarray(self.price_eur_per_kwh[row], np.float64)
        return np.full(self.price_eur_per_kwh.shape[1], np.nan)

    def between(self, first: int, end: int) -> FloatArray:
        """Return the prices of days from ``first`` up to, not including, ``end``. Shape (day, slot)"""
        return np.stack([self.at(day) for day in range(first, end)])


@dataclass(frozen=True, slots=True)
class PricePaths:
    """What a day may bring."""

    centre_eur_per_kwh: FloatArray
    """What is expected. Shape (slot,)"""
    value_eur_per_kwh: FloatArray
    """The centre plus the errors of past days, the latest last; their mean is the centre. Shape (path, slot)"""
    day: IntArray
    """The day whose error each path has. Shape (path,)"""


def price_days(starts_utc: TimeArray, price_eur_per_kwh: FloatArray, step_s: int, zone: str) -> PriceDays:
    """Lay prices out by local day and slot.

    Args:
        starts_utc: Start of each price. Shape (n,)
        price_eur_per_kwh: Shape (n,)
        step_s: How long each price holds; it divides a day. [s]
        zone: Time zone of the auction.
    """
    if DAY_S % step_s:
        raise ValueError(f"a step of {step_s} s does not divide the day")
    slots = DAY_S // step_s
    if not starts_utc.size:
        return PriceDays(0, np.empty((0, slots)))
    local = local_fields(starts_utc, zone)
    first, count = int(local.day.min()), int(np.ptp(local.day)) + 1
    place = (local.day - first) * slots + local.second // step_s
    known = np.isfinite(price_eur_per_kwh)
    weight = np.bincount(place[known], minlength=count * slots)
    total = np.bincount(place[known], price_eur_per_kwh[known], count * slots)
    value = np.where(weight > 0, total / np.maximum(weight, 1), np.nan).reshape(count, slots)
    return PriceDays(first, _without_gap_of_spring(value, 3600 // step_s or 1))


def _without_gap_of_spring(value: FloatArray, most: int) -> FloatArray:
    """Fill up to an hour that a day lacks, on a straight line between its neighbours."""
    made = value.copy()
    missing = np.isnan(value)
    for row in np.flatnonzero(missing.any(axis=1) & (missing.sum(axis=1) <= most)):
        known = np.flatnonzero(~missing[row])
        made[row] = np.interp(np.arange(value.shape[1]), known, value[row, known])
    return made


def slots_of(starts_utc: TimeArray, step_s: int, zone: str) -> tuple[IntArray, IntArray]:
    """Return the local day and the wall-clock slot of instants. Shapes (n,)"""
    local = local_fields(starts_utc.astype(TIME_TYPE), zone)
    return local.day, local.second // step_s


def local_day(at: Instant, zone: str) -> int:
    """Return the local day that holds an instant, in days since 1970-01-01."""
    return int(local_fields(np.array([at]), zone).day[0])


def paths(days: PriceDays, day: int, count: int, foreseen: PriceDays | None = None) -> PricePaths:
    """Return what a day may bring, from days before it.

    Args:
        days: Published prices; those of ``day`` and later are not looked at.
        day: The day of delivery.
        count: How many paths at most: one for each of the latest days whose error is known.
        foreseen: Somebody's own forecast of ``day`` and of days before it; left out, a regression is fitted.

    Raises:
        ValueError: The past is too short, or there is no forecast of the day.
    """
    if count < 1:
        raise ValueError(f"at least one path is needed, got {count}")
    past = days.between(min(days.first_day, day - max(LAGS)), day)
    if foreseen is None:
        centre, error = _regressed(past, day)
    else:
        centre, error = foreseen.at(day), past - foreseen.between(day - len(past), day)
    usable = np.flatnonzero(np.isfinite(error).all(axis=1))[-count:]
    if not np.isfinite(centre).all() or not usable.size:
        raise ValueError("prices of the two weeks before the day, or its forecast, have gaps")
    spread = error[usable] - error[usable].mean(axis=0)
    return PricePaths(centre, centre + spread, day - len(past) + usable)


def _regressed(past: FloatArray, day: int) -> tuple[FloatArray, FloatArray]:
    """Return the expected day and, for each past day, how far it was off. Shapes (slot,) and (day, slot)

    Errors are those a fit without the day itself would have made, which a linear fit tells without being made again.
    """
    feature = _features(past, day)
    gaps: IntArray = np.isnan(feature[:, :-1]).sum(axis=(0, 2)) + np.isnan(past).sum(axis=1)
    learnt: BoolArray = gaps == 0
    learnt[: -LEARNING_DAYS or None] = False
    if learnt.sum() < LEAST_DAYS:
        return _weekly(past)
    known, value = feature[:, :-1][:, learnt], past[learnt].T[..., None]
    square = known.swapaxes(1, 2) @ known
    ridge = FLAT * np.trace(square, axis1=1, axis2=2)[:, None, None] / square.shape[1]
    inverse = np.linalg.inv(square + ridge * np.eye(square.shape[1]))
    weight = inverse @ known.swapaxes(1, 2) @ value
    leverage = np.einsum("sdf,sfg,sdg->sd", known, inverse, known)
    error = np.full_like(past, np.nan)
    error[learnt] = ((value - known @ weight)[..., 0] / np.maximum(1.0 - leverage, 0.1)).T
    return (feature[:, -1:] @ weight)[:, 0, 0], error


def _features(past: FloatArray, day: int) -> FloatArray:
    """Return what each day is expected from, the coming one last. Shape (slot, day, feature)"""
    days, slots = past.shape
    longest = np.vstack([np.full((max(LAGS), slots), np.nan), past])
    at = np.arange(days + 1) + max(LAGS)
    same = np.stack([longest[at - lag].T for lag in LAGS], axis=2)
    before = longest[at - 1]
    whole = np.stack([np.ones(days + 1), before.min(axis=1), before.max(axis=1), before[:, -1]], axis=1)
    weekday = (np.arange(day - days, day + 1) + 3) % 7
    both = np.concatenate([whole, weekday[:, None] == np.array([0, 5, 6])], axis=1)
    return np.concatenate([same, np.broadcast_to(both, (slots, *both.shape))], axis=2)


def _weekly(past: FloatArray) -> tuple[FloatArray, FloatArray]:
    error = np.full_like(past, np.nan)
    error[7:] = past[7:] - past[:-7]
    return past[-7] if len(past) >= 7 else np.full(past.shape[1], np.nan), error
