"""What a meter shows of a building: its days, its base, its peaks, when work begins, and what lies out of the usual.

Everything is told from one series of mean powers on the local clock. Nothing is filled in: a day counts where nearly
all of it was measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, LocalFields
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.forecast.day_types import TYPES, DayType, day_types

KNOWN_RATIO: Final = 0.95
"""A day measured to this share counts."""
LEAST_DAYS: Final = 7
WORK_RATIO: Final = 0.35
"""Work has begun where power has risen so far from the level of the night to that of the day."""
LASTS_S: Final = 3600
"""A rise counts as work where it lasts so long."""
ALIKE_H: Final = 5.0
"""Within so many hours eight in ten days begin, or no hours of work are told."""
CLEAR_RATIO: Final = 1.3
"""Days of work are told apart where the day is at least so much above the night."""
PEAK_RATIO: Final = 0.01
"""The highest hundredth of the steps are its peaks."""
DURATION_RATIOS: Final = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
ODD: Final = 4.0
"""A day is odd beyond so many robust standard deviations from days like it."""
LIKE_DAYS: Final = 29
"""Days before and after that a day is held against: so many of its kind."""
MAD_TO_SIGMA: Final = 1.4826
"""Of a normal distribution, whose median absolute deviation is 0.6745 standard deviations."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Days of one type, slot by slot. Shapes (slot,)"""

    type: DayType
    day_count: int
    mean_w: FloatArray
    low_w: FloatArray
    """One in ten is lower."""
    high_w: FloatArray
    """One in ten is higher."""
    daily_wh: float


@dataclass(frozen=True, slots=True)
class Working:
    """When the days of work begin and end: the middle one, and the span of eight in ten. Hours of the local day"""

    start_h: tuple[float, float, float]
    end_h: tuple[float, float, float]
    night_w: float
    day_w: float
    day_count: int


@dataclass(frozen=True, slots=True)
class PeakStep:
    """The highest step of a day."""

    step: int
    power_w: float
    usual_w: float
    """Of days of its type at that time."""
    part_w: Mapping[str, float]
    """What each part took then beyond its usual power of that time."""


@dataclass(frozen=True, slots=True)
class Odd:
    """A day unlike days of its kind."""

    day: int
    """Days since 1970-01-01."""
    energy_wh: float
    usual_wh: float
    score: float
    """Robust standard deviations from usual."""


@dataclass(frozen=True, slots=True)
class LoadProfile:
    """All of it."""

    shapes: tuple[Shape, ...]
    mean_w: float
    highest_w: float
    base_w: float
    """What runs at the quietest hours: the median over days of their lowest tenth."""
    load_factor_ratio: float
    """Mean over highest power."""
    base_ratio: float
    """Share of the energy that the base takes."""
    duration_w: FloatArray
    """Power that is exceeded for each share of the time in `DURATION_RATIOS`."""
    weekend_ratio: float
    """Energy of a day of the weekend over that of a day of work; NaN without either."""
    working: Working | None
    """None where days of work do not stand out."""
    peak_hours: FloatArray
    """Share of the highest steps in each hour of the day. Shape (24,)"""
    peaks: tuple[PeakStep, ...]
    """Of the highest days, the highest first."""
    odd_days: tuple[Odd, ...]
    """The oddest first."""
    known_ratio: float
    day_count: int


@dataclass(frozen=True, slots=True)
class _Days:
    """Steps laid out by local day. Shapes (day, slot) and (day,)"""

    power_w: FloatArray
    first_day: int
    kind: IntArray
    is_whole: BoolArray
    step_h: float

    @property
    def energy_wh(self) -> FloatArray:
        """Of each day, missing slots as the others; NaN for days that are not whole."""
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.nansum(self.power_w, axis=1) / np.isfinite(self.power_w).sum(axis=1)
        return np.where(self.is_whole, mean * 24.0, np.nan)


def profile(
    power_w: FloatArray,
    local: LocalFields,
    step_s: int,
    *,
    country: str = "",
    parts_w: Mapping[str, FloatArray] | None = None,
    peak_count: int = 10,
) -> LoadProfile:
    """Look a series over.

    Args:
        power_w: Mean power of each step, NaN where nothing was measured. Shape (step,)
        local: Where its steps begin on the local clock.
        step_s: Length of a step; divides a day. [s]
        country: Whose holidays.
        parts_w: Parts of the load that are measured by themselves. Shape (step,) each
        peak_count: Days whose peaks are looked into.

    Raises:
        ValueError: Steps do not divide a day, or fewer than seven days are known whole.
    """
    if DAY_S % step_s or step_s > 3 * 3600:
        raise ValueError(f"steps of {step_s} s do not divide a day into hours, or are longer than three")
    days = _laid_out(power_w, local, step_s, country)
    if days.is_whole.sum() < LEAST_DAYS:
        raise ValueError(f"{int(days.is_whole.sum())} days are known whole, at least {LEAST_DAYS} are needed")
    known = power_w[np.isfinite(power_w)]
    base_w = float(np.median(np.nanquantile(days.power_w[days.is_whole], 0.1, axis=1)))
    mean_w, highest_w = float(known.mean()), float(known.max())
    energy = days.energy_wh
    work, rest = (np.nanmean(energy[each]) if energy[each].size else np.nan for each in _work_and_rest(days))
    return LoadProfile(
        shapes=_shapes(days),
        mean_w=mean_w,
        highest_w=highest_w,
        base_w=base_w,
        load_factor_ratio=mean_w / highest_w if highest_w > 0 else float("nan"),
        base_ratio=float(np.minimum(known, base_w).sum() / known.sum()) if known.sum() > 0 else float("nan"),
        duration_w=np.quantile(known, 1.0 - np.array(DURATION_RATIOS)),
        weekend_ratio=float(rest / work) if work else float("nan"),
        working=_working(days),
        peak_hours=_peak_hours(power_w, local),
        peaks=_peaks(days, power_w, local, step_s, parts_w or {}, peak_count),
        odd_days=_odd(days),
        known_ratio=float(np.isfinite(power_w).mean()),
        day_count=int(days.is_whole.sum()),
    )


def daily(power_w: FloatArray, local: LocalFields, step_s: int, country: str = "") -> tuple[FloatArray, BoolArray, int]:
    """Return the energy of each local day, whether it is one of work, and the first day, since 1970-01-01. [Wh]"""
    days = _laid_out(power_w, local, step_s, country)
    return days.energy_wh, days.kind == TYPES.index(DayType.WORKDAY), days.first_day


def _laid_out(power_w: FloatArray, local: LocalFields, step_s: int, country: str) -> _Days:
    day, slot = local.day - local.day[0], local.second // step_s
    table = np.full((int(day[-1]) + 1, DAY_S // step_s), np.nan)
    table[day, slot] = power_w
    kind = np.zeros(table.shape[0], dtype=np.int64)
    kind[day] = day_types(local, country)
    whole = np.isfinite(table).mean(axis=1) >= KNOWN_RATIO
    return _Days(table, int(local.day[0]), kind, np.asarray(whole), step_s / 3600.0)


def _work_and_rest(days: _Days) -> tuple[BoolArray, BoolArray]:
    weekend = np.isin(days.kind, (TYPES.index(DayType.SATURDAY), TYPES.index(DayType.SUNDAY)))
    return days.is_whole & (days.kind == TYPES.index(DayType.WORKDAY)), days.is_whole & weekend


def _shapes(days: _Days) -> tuple[Shape, ...]:
    found = []
    for at, each in enumerate(TYPES):
        mine = days.power_w[days.is_whole & (days.kind == at)]
        if not mine.size:
            continue
        low, mean, high = np.nanquantile(mine, 0.1, axis=0), np.nanmean(mine, axis=0), np.nanquantile(mine, 0.9, axis=0)
        found.append(Shape(each, mine.shape[0], mean, low, high, float(np.nansum(mean) * days.step_h)))
    return tuple(found)


def _working(days: _Days) -> Working | None:
    """Return when power rises towards the level of the day, and when it has fallen from it for good."""
    mine = days.power_w[_work_and_rest(days)[0]]
    if mine.shape[0] < LEAST_DAYS:
        return None
    shape = np.nanmean(mine, axis=0)
    night_w, day_w = float(np.quantile(shape, 0.1)), float(np.quantile(shape, 0.9))
    if not day_w > CLEAR_RATIO * night_w:
        return None
    is_up = mine > night_w + WORK_RATIO * (day_w - night_w)
    lasts = max(1, round(LASTS_S / 3600.0 / days.step_h))
    held = np.asarray(np.lib.stride_tricks.sliding_window_view(is_up, lasts, axis=1).all(axis=2))
    works = held.any(axis=1)
    if works.sum() < LEAST_DAYS:
        return None
    first = held[works].argmax(axis=1) * days.step_h
    last = (held.shape[1] - 1 - held[works][:, ::-1].argmax(axis=1) + lasts) * days.step_h
    spans = [tuple(float(each) for each in np.quantile(at, [0.1, 0.5, 0.9])) for at in (first, last)]
    if spans[0][2] - spans[0][0] > ALIKE_H:
        return None
    return Working(spans[0], spans[1], night_w, day_w, int(works.sum()))  # type: ignore[arg-type]


def _peak_hours(power_w: FloatArray, local: LocalFields) -> FloatArray:
    known = np.flatnonzero(np.isfinite(power_w))
    count = max(1, round(PEAK_RATIO * known.size))
    highest = known[np.argsort(power_w[known], kind="stable")[-count:]]
    share: FloatArray = np.bincount(local.second[highest] // 3600, minlength=24)[:24] / count
    return share


def _peaks(
    days: _Days,
    power_w: FloatArray,
    local: LocalFields,
    step_s: int,
    parts_w: Mapping[str, FloatArray],
    count: int,
) -> tuple[PeakStep, ...]:
    highest = np.where(days.is_whole, np.nan_to_num(days.power_w, nan=-np.inf).max(axis=1), -np.inf)
    chosen = np.argsort(-highest, kind="stable")[: min(count, int(days.is_whole.sum()))]
    day, slot = local.day - days.first_day, local.second // step_s
    usual = {each.type: each.mean_w for each in _shapes(days)}
    found = []
    for each in chosen.tolist():
        steps = np.flatnonzero(day == each)
        step = int(steps[np.nanargmax(power_w[steps])])
        at = int(slot[step])
        told = {name: _beyond(value, slot, step) for name, value in parts_w.items() if np.isfinite(value[step])}
        usual_w = float(usual[TYPES[days.kind[each]]][at])
        found.append(PeakStep(step, float(power_w[step]), usual_w, told))
    return tuple(found)


def _beyond(part_w: FloatArray, slot: IntArray, step: int) -> float:
    return float(part_w[step] - np.nanmean(part_w[slot == slot[step]]))


def _odd(days: _Days) -> tuple[Odd, ...]:
    """Return days that are far from the days of their kind around them."""
    energy, found = days.energy_wh, []
    for kind in np.unique(days.kind[days.is_whole]).tolist():
        mine = np.flatnonzero(days.is_whole & (days.kind == kind))
        if mine.size < LEAST_DAYS:
            continue
        for at, day in enumerate(mine.tolist()):
            first = min(max(0, at - LIKE_DAYS // 2), max(0, mine.size - LIKE_DAYS))
            like = np.delete(energy[mine[first : first + LIKE_DAYS]], at - first)
            usual = float(np.median(like))
            spread = max(MAD_TO_SIGMA * float(np.median(np.abs(like - usual))), 0.02 * abs(usual), 1e-9)
            if abs(score := (float(energy[day]) - usual) / spread) > ODD:
                found.append(Odd(days.first_day + day, float(energy[day]), usual, score))
    return tuple(sorted(found, key=lambda each: -abs(each.score)))
