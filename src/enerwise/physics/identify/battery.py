"""A battery's round trip and capacity from its level and its power: what went in, what came out, and what was left.

Within a stretch of one day without gaps the level is a line in two sums, that of all energy taken and that of all
energy given: ``level = begin + a * taken - b * given``. With one efficiency each way, ``a = ratio / capacity`` and
``b = 1 / (ratio * capacity)``; so ``a / b`` is the round trip and ``1 / sqrt(a * b)`` the capacity. The losses that the
site file tells beside the round trip are taken as told. Each stretch begins afresh: a gauge that jumps harms nothing
but its own day, and days far off the others are left out. Intervals come from leaving out one day at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from enerwise.core.quantity import ENERGY_WH, POWER_W, SOC_RATIO
from enerwise.core.series import Key
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.physics.identify.identifier import Identified, Parameter, Record, Refused, by_day, jackknife
from enerwise.site.assets import Battery

LEAST_DAYS: Final = 5
LEAST_SPAN_RATIO: Final = 0.25
"""A day whose level moves less teaches nothing about losses."""
LEAST_CYCLES: Final = 2.0
"""Capacities that must have gone in and come out."""
JUMP_RATIO: Final = 0.05
"""So much more than power explains is the gauge correcting itself."""
OUTLIER: Final = 4.0
"""A day whose misfit is so many times the median is left out."""
WIDEST: Final = 0.1
"""An interval of the round trip wider to each side says nothing that the site file does not."""
ROUND_TRIP: Final = (0.5, 1.0)
CAPACITY: Final = (0.4, 1.6)
"""Of what the site file declares; beyond it one of the two speaks of another battery."""
ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class _Sums:
    """Normal equations of each day. Shapes (day, 2, 2), (day, 2)"""

    matrix: FloatArray
    right: FloatArray

    def solved(self, keep: BoolArray | slice = slice(None)) -> FloatArray:
        """Return a and b from some days; zeros where they tell nothing. Shape (2,)"""
        matrix, right = self.matrix[keep].sum(axis=0), self.right[keep].sum(axis=0)
        return np.linalg.solve(matrix, right) if abs(np.linalg.det(matrix)) > 0 else np.zeros(2)


class BatteryIdentifier:
    """Round trip and capacity.

    Source: coulomb counting by least squares, as total least squares does it for capacity alone in Plett 2011,
        Recursive approximate weighted total least squares estimation of battery cell total capacity, Journal of Power
        Sources 196(4), 2319-2331; here both ways at once, and ordinary least squares: the meter is far better than the
        gauge.
    Holds for: levels whose noise is small against the span of a day; one efficiency at all powers, but for the losses
        told in the site file.
    """

    name: ClassVar[str] = "battery"
    kind: ClassVar[type] = Battery
    unit: ClassVar[str] = " of full"
    order: ClassVar[int] = 1

    def keys(self, asset: Battery) -> tuple[Key, ...]:
        """Return power and level."""
        return tuple(Key(asset.id, each) for each in (POWER_W, SOC_RATIO, ENERGY_WH))

    def facts(self, asset: Battery) -> Mapping[str, float]:
        """Return what is declared of losses and size."""
        names = ("capacity_wh", "round_trip_ratio", "idle_loss_w", "resistive_ratio", "self_discharge_w")
        return {each: float(getattr(asset, each)) for each in names}

    def applied(self, asset: Battery, parameters: Mapping[str, float]) -> Battery:
        """Return a battery of that round trip and capacity."""
        capacity_wh, ratio = parameters["capacity_wh"], parameters["round_trip_ratio"]
        for name, value, (low, high) in (
            ("round trip", ratio, ROUND_TRIP),
            ("capacity over that declared", capacity_wh / asset.capacity_wh, CAPACITY),
        ):
            if not low <= value <= high:
                raise ValueError(f"{asset.id}: {name} {value:.3g} is not within {low:g}..{high:g}")
        return replace(asset, capacity_wh=capacity_wh, round_trip_ratio=ratio)

    def identify(self, asset: Battery, record: Record) -> Identified | Refused:
        """Return round trip and capacity, or what is missing."""
        level, power_w = level_of(asset, record), record.of(Key(asset.id, POWER_W))
        if (missing := _missing(asset, record, level, power_w)) is not None:
            return Refused(missing)
        found = asset
        # What is lost beside the round trip is known in Wh, and the level in shares of a capacity that is sought.
        for _ in range(ROUNDS):
            estimate = _told(_sums(found, record, level, power_w).solved())
            if not np.isfinite(estimate).all():
                return Refused("the level does not follow the power: look at the sign of power_w and at the meter")
            found = replace(asset, round_trip_ratio=min(1.0, max(0.3, estimate[0])), capacity_wh=estimate[1])
        sums = _sums(found, record, level, power_w)
        count, estimate = sums.right.shape[0], _told(sums.solved())
        if count < LEAST_DAYS:
            return Refused(f"{count} days that agree, {LEAST_DAYS} needed: the level jumps too often")
        without = np.array([_told(sums.solved(np.arange(count) != day)) for day in range(count)])
        return _judged(self, asset, estimate, jackknife(estimate, without), count)

    def losses(self, asset: Battery, parameters: Mapping[str, float], record: Record) -> Mapping[int, float]:
        """Return how far the level is off within half a day, by day, as a share of full."""
        level, power_w = level_of(asset, record), record.of(Key(asset.id, POWER_W))
        model = self.applied(asset, parameters) if parameters else asset
        stored = np.concatenate([[0.0], np.cumsum(_stored_wh(model, record, np.nan_to_num(power_w)))[:-1]])
        foretold = stored / model.capacity_wh
        _, first = np.unique(record.half_day, return_index=True)
        began = np.maximum.accumulate(np.isin(np.arange(level.size), first) * np.arange(level.size))
        # Whatever follows a step without power within its half day cannot be foretold.
        gaps = np.concatenate([[0], np.cumsum(np.isnan(power_w))[:-1]])
        is_known = gaps == gaps[began]
        return by_day(np.where(is_known, level - level[began] - (foretold - foretold[began]), np.nan), record)


def level_of(asset: Battery, record: Record) -> FloatArray:
    """Return the level as the guard sees it: energy over what was declared, else the state of charge. Shape (step,)

    Plans, too, must see it so: a band of levels that the two read differently would be asked for in vain.
    """
    soc, energy_wh = record.of(Key(asset.id, SOC_RATIO)), record.of(Key(asset.id, ENERGY_WH))
    return np.where(np.isfinite(energy_wh), energy_wh / asset.capacity_wh, soc)


def _missing(asset: Battery, record: Record, level: FloatArray, power_w: FloatArray) -> str | None:
    known = np.isfinite(level) & np.isfinite(power_w)
    if not known.any():
        return f"no step has both {asset.id}.{POWER_W} and {asset.id}.{SOC_RATIO} (or {ENERGY_WH})"
    moving = _moving_days(record, level, known)
    if moving.size < LEAST_DAYS:
        span = float(np.ptp(level[known]))
        return (
            f"{moving.size} days on which the level moved by {LEAST_SPAN_RATIO:.0%}, {LEAST_DAYS} needed; "
            f"all in all it moved within {span:.0%}"
        )
    hours = record.grid.step_h
    for way, sign in (("charged", 1.0), ("discharged", -1.0)):
        cycles = float(np.maximum(sign * power_w[known], 0.0).sum()) * hours / asset.capacity_wh
        if cycles < LEAST_CYCLES:
            return f"{way} {cycles:.1f} times its capacity, {LEAST_CYCLES:g} needed"
    return None


def _moving_days(record: Record, level: FloatArray, known: BoolArray) -> IntArray:
    """Return the days on which the level moved far enough."""
    days, place = np.unique(record.day[known], return_inverse=True)
    top, bottom = np.full(days.size, -np.inf), np.full(days.size, np.inf)
    np.maximum.at(top, place, level[known])
    np.minimum.at(bottom, place, level[known])
    moving: IntArray = days[top - bottom >= LEAST_SPAN_RATIO]
    return moving


def _lost_wh(asset: Battery, record: Record, power_w: FloatArray) -> FloatArray:
    """Return what each step loses beside the round trip. Shape (step,)"""
    limit_w = np.where(power_w > 0, max(asset.charge_limit_w, 1.0), max(asset.discharge_limit_w, 1.0))
    lost_w = asset.idle_loss_w * (power_w != 0) + asset.resistive_ratio * power_w**2 / limit_w + asset.self_discharge_w
    return np.asarray(lost_w * record.grid.step_h)


def _stored_wh(asset: Battery, record: Record, power_w: FloatArray) -> FloatArray:
    """Return what each step adds to the cells. Shape (step,)"""
    taken, given = np.maximum(power_w, 0.0), np.maximum(-power_w, 0.0)
    cell_w = asset.one_way_ratio * taken - given / asset.one_way_ratio
    return np.asarray(cell_w * record.grid.step_h - _lost_wh(asset, record, power_w))


def _sums(asset: Battery, record: Record, level: FloatArray, power_w: FloatArray) -> _Sums:
    """Return the normal equations of every day that can be used."""
    flowed = np.nan_to_num(power_w)
    before = [np.maximum(flowed, 0.0), np.maximum(-flowed, 0.0), _lost_wh(asset, record, flowed) / record.grid.step_h]
    taken, given, lost = (np.concatenate([[0.0], np.cumsum(each)[:-1]]) * record.grid.step_h for each in before)
    known = np.isfinite(level)
    stretch = _stretches(asset, record, level, power_w)[known]
    rows = np.column_stack([taken[known], -given[known], level[known] + lost[known] / asset.capacity_wh])
    rows -= _means(rows, stretch)[stretch]
    _, day = np.unique(record.day[known], return_inverse=True)
    matrix = np.zeros((int(day.max()) + 1, 3, 3))
    np.add.at(matrix, day, rows[:, :, None] * rows[:, None, :])
    wide = np.isin(np.unique(record.day[known]), _moving_days(record, level, known))
    matrix = matrix[wide & (np.bincount(day) > 2)]
    both = _Sums(matrix[:, :2, :2], matrix[:, :2, 2])
    best = both.solved()
    miss = matrix[:, 2, 2] - 2 * both.right @ best + np.einsum("i,dij,j->d", best, both.matrix, best)
    keep = miss <= OUTLIER**2 * max(float(np.median(miss)) if miss.size else 0.0, 1e-12)
    return _Sums(both.matrix[keep], both.right[keep])


def _stretches(asset: Battery, record: Record, level: FloatArray, power_w: FloatArray) -> IntArray:
    """Number the stretches of a day between gaps of power and jumps of the gauge. Shape (step,)"""
    foretold = _stored_wh(asset, record, np.nan_to_num(power_w)) / asset.capacity_wh
    drift = np.nan_to_num(level - np.concatenate([[0.0], np.cumsum(foretold)[:-1]]))
    cut = np.zeros(level.size, dtype=bool)
    cut[1:] = (np.diff(record.day) != 0) | np.isnan(power_w[:-1]) | (np.abs(np.diff(drift)) > JUMP_RATIO)
    stretches: IntArray = np.cumsum(cut)
    return stretches


def _means(rows: FloatArray, stretch: IntArray) -> FloatArray:
    count = np.maximum(np.bincount(stretch), 1)[:, None]
    return np.column_stack([np.bincount(stretch, weights=each) for each in rows.T]) / count


def _told(slopes: FloatArray) -> FloatArray:
    """Return round trip and capacity of the two slopes; NaN where they are those of no battery. Shape (2,)"""
    a, b = slopes
    return np.array([a / b, 1.0 / np.sqrt(a * b)]) if a > 0 and b > 0 else np.full(2, np.nan)


def _judged(
    identifier: BatteryIdentifier, asset: Battery, estimate: FloatArray, error: FloatArray, days: int
) -> Identified | Refused:
    if not error[0] * 2 <= WIDEST:
        return Refused(f"the round trip is known to within {2 * error[0]:.2f} only, {WIDEST} needed: give more days")
    round_trip, capacity_wh = (
        Parameter.of(float(each), float(wide)) for each, wide in zip(estimate, error, strict=True)
    )
    # Noise may put an almost perfect battery a little above one; a meter that counts wrong puts it far above.
    if round_trip.low <= 1.0 < round_trip.value:
        round_trip = replace(round_trip, value=1.0)
    found = {"round_trip_ratio": round_trip, "capacity_wh": capacity_wh}
    try:
        identifier.applied(asset, {name: each.value for name, each in found.items()})
    except ValueError as error_told:
        return Refused(f"{error_told}: look at the meter and the site file")
    return Identified(found, (f"{days} days of charging and discharging",))
