"""What a series shows before it is learned from: findings that are told, and findings that refuse.

Nothing is repaired here and nothing is left out silently. A refusal means that learning from the data would learn the
fault: a unit that changes half way, energy no connection could carry, nothing but gaps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, Instant
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.forecast.frame import ColumnFrame

LEAST_DAYS: Final = 8
GAP_SHARE: Final = 0.5
"""Above this share of missing values there is more gap than series."""
SPIKE_WIDTHS: Final = 12.0
"""A value so many interquartile ranges beyond the middle of its time of day, and twice what the rest reaches."""
FLAT_S: Final = 24 * 3600
UNIT_FACTORS: Final = (1000.0, 3600.0, 60.0)
UNIT_TOLERANCE: Final = 0.25
SAME_SHARE: Final = 0.999
"""Two columns are the same where so large a share of their values is."""
LOOK_AHEAD_S: Final = 48 * 3600
CLOCK_SHIFT_S: Final = 1800
SHIFT_DAYS: Final = 20
NIGHT_SUN_SHARE: Final = 0.2


class Fault(StrEnum):
    """What can be found."""

    GAP = "gap"
    SPIKE = "spike"
    FLAT = "flat line"
    UNIT = "unit"
    CLOCK = "clock"
    DUPLICATE_DAY = "duplicate day"
    SHIFTED_DAY = "shifted day"
    PERFECT = "perfect forecast"
    SHORT = "short"
    DEVICE_LOG = "device log"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found."""

    fault: Fault
    where: str
    """Column, and when."""
    message: str
    remedy: str = ""
    refuses: bool = False

    def __str__(self) -> str:
        return f"{self.fault} · {self.where}: {self.message}" + (f"; {self.remedy}" if self.remedy else "")


def findings(
    frame: ColumnFrame,
    others: Mapping[str, FloatArray] | None = None,
    *,
    unit_w: float | None = None,
    connection_w: float | None = None,
) -> tuple[Finding, ...]:
    """Look a series over.

    Args:
        frame: The series with its known columns.
        others: Further columns of the same file, among which a "forecast" may find itself again. Shape (step,) each
        unit_w: Mean power that a value of 1 stands for, where the unit is told. [W]
        connection_w: The most power there can be. [W]

    Returns:
        Findings in the order of their weight, refusals first.
    """
    looks: Sequence[Callable[[], list[Finding]]] = (
        lambda: _short(frame),
        lambda: _gaps(frame),
        lambda: _units(frame, unit_w, connection_w),
        lambda: _spikes(frame),
        lambda: _flat(frame),
        lambda: _repeated(frame),
        lambda: _clock(frame),
        lambda: _perfect(frame, others or {}),
    )
    found = [each for look in looks for each in look()]
    return tuple(sorted(found, key=lambda each: not each.refuses))


def _short(frame: ColumnFrame) -> list[Finding]:
    days = frame.target.size * frame.grid.step_s / DAY_S
    if days >= LEAST_DAYS:
        return []
    return [Finding(Fault.SHORT, frame.name, f"{days:.1f} days", f"give at least {LEAST_DAYS} days", refuses=True)]


def _gaps(frame: ColumnFrame) -> list[Finding]:
    missing = np.isnan(frame.target)
    if not missing.any():
        return []
    share = float(missing.mean())
    first, count = max(_runs(missing), key=lambda run: run[1])
    longest_h = count * frame.grid.step_s / 3600
    message = f"{share:.1%} of the values are missing, at most {longest_h:.1f} h on end from {_at(frame, first)}"
    remedy = "fill the gaps from the source; nothing is made up here"
    return [Finding(Fault.GAP, frame.name, message, remedy, refuses=share > GAP_SHARE)]


def _units(frame: ColumnFrame, unit_w: float | None, connection_w: float | None) -> list[Finding]:
    found = []
    if unit_w is not None and connection_w is not None:
        power_w = np.abs(frame.target) * unit_w
        above = power_w > connection_w * 1.05
        if above.any():
            at = int(np.nanargmax(power_w))
            most = f"the highest {power_w[at]:.0f} W at {_at(frame, at)}"
            message = f"{int(above.sum())} values are above {connection_w:g} W, {most}"
            found.append(Finding(Fault.UNIT, frame.name, message, "check --unit and --connection", refuses=True))
    size = _daily_size(frame)
    change = _level_change(size)
    if change is not None:
        day, factor = change
        near = min(UNIT_FACTORS, key=lambda each: abs(np.log(factor / each)))
        when = _day(frame, day)
        if abs(np.log(factor / near)) < UNIT_TOLERANCE:
            message = f"from {when} on values are {near:g} times larger or smaller, as another unit would make them"
            found.append(Finding(Fault.UNIT, frame.name, message, "bring both parts to one unit", refuses=True))
    return found


def _daily_size(frame: ColumnFrame) -> FloatArray:
    """Return the median size of each day's values that are not zero, NaN where there are none. Shape (day,)"""
    table = np.abs(_by_day(frame))
    table = np.where(table > 0, table, np.nan)
    told = np.isfinite(table).any(axis=1)
    size = np.full(table.shape[0], np.nan)
    if told.any():
        size[told] = np.nanmedian(table[told], axis=1)
    return size


def _level_change(size: FloatArray) -> tuple[int, float] | None:
    """Return the day and factor of the greatest lasting change of level, None where the days are too few."""
    told = np.flatnonzero(np.isfinite(size))
    if told.size < 14:
        return None
    log = np.log(size[told])
    cut = np.arange(5, told.size - 5)
    change = np.array([np.median(log[at:]) - np.median(log[:at]) for at in cut])
    best = int(np.argmax(np.abs(change)))
    return int(told[cut[best]]), float(np.exp(abs(change[best])))


def _spikes(frame: ColumnFrame) -> list[Finding]:
    table = _by_day(frame)
    if table.shape[0] < LEAST_DAYS or not np.isfinite(frame.target).any():
        return []
    told = np.isfinite(table).any(axis=0)
    middle, low, high = np.full((3, table.shape[1]), np.nan)
    middle[told], low[told], high[told] = np.nanquantile(table[:, told], [0.5, 0.25, 0.75], axis=0)
    least = 0.05 * float(np.nanquantile(np.abs(frame.target), 0.95))
    far = np.abs(table - middle) > SPIKE_WIDTHS * np.maximum(high - low, least)
    reach = 2 * float(np.nanquantile(np.abs(frame.target), 0.999))
    spikes = np.flatnonzero((far & (np.abs(table) > reach)).ravel())
    if not spikes.size:
        return []
    at = int(spikes[np.argmax(np.abs(table.ravel()[spikes]))])
    message = f"{spikes.size} values far beyond all others, the furthest {table.ravel()[at]:g} at {_at(frame, at)}"
    return [Finding(Fault.SPIKE, frame.name, message, "leave the cell empty if it was not measured so")]


def _flat(frame: ColumnFrame) -> list[Finding]:
    value = frame.target
    same = np.concatenate([[False], (value[1:] == value[:-1]) & (value[1:] != 0)])
    runs = [(first - 1, count + 1) for first, count in _runs(same) if (count + 1) * frame.grid.step_s >= FLAT_S]
    if not runs:
        return []
    first, count = max(runs, key=lambda run: run[1])
    hours = count * frame.grid.step_s / 3600
    longest = f"the longest {hours:.0f} h at {value[first]:g} from {_at(frame, first)}"
    message = f"{len(runs)} stretches stand still for a day or more, {longest}"
    return [
        Finding(Fault.FLAT, frame.name, message, "a meter that hangs repeats its last value: leave those cells empty")
    ]


def _repeated(frame: ColumnFrame) -> list[Finding]:
    """Find days that are copies of another day, in place or moved by a few hours."""
    table = _by_day(frame)
    lively = np.flatnonzero(np.isfinite(table).all(axis=1) & (np.nan_to_num(table).std(axis=1) > 0))
    seen: dict[bytes, int] = {}
    copies = []
    for day in lively:
        key = table[day].tobytes()
        if key in seen:
            copies.append((int(day), seen[key]))
        seen.setdefault(key, int(day))
    found = []
    # A profile repeated every week or day is a profile, not a fault of the meter.
    if copies and len(copies) <= 0.2 * lively.size:
        first, second = copies[0]
        told = f"{_day(frame, first)} is {_day(frame, second)}"
        message = f"{len(copies)} days repeat another to the last digit: {told}"
        found.append(Finding(Fault.DUPLICATE_DAY, frame.name, message, "remove what was copied in to fill a gap"))
    moved = _moved(table, lively, frame.grid.step_s)
    if moved:
        late, _, shift_s = moved[0]
        message = f"{len(moved)} days repeat the day before, moved by {shift_s / 3600:g} h: {_day(frame, late)}"
        found.append(Finding(Fault.SHIFTED_DAY, frame.name, message, "check the clock of the source"))
    return found


def _moved(table: FloatArray, lively: IntArray, step_s: int) -> list[tuple[int, int, int]]:
    found = []
    most = max(1, 3 * 3600 // step_s)
    for day, before in zip(lively[1:], lively[:-1], strict=True):
        for shift in range(1, min(most, table.shape[1] // 4) + 1):
            own, model = table[day, shift:], table[before, :-shift]
            if np.array_equal(own, model) and own.std() > 0:
                found.append((int(day), int(before), shift * step_s))
                break
    return found


def _clock(frame: ColumnFrame) -> list[Finding]:
    """Find a sun whose noon jumps, or that shines at night: a clock that changes, or is not what it is said to be."""
    if frame.kind != "pv":
        return []
    table = np.nan_to_num(np.maximum(_by_day(frame), 0.0))
    total = table.sum(axis=1)
    bright = total > 0.2 * np.quantile(total, 0.9, axis=0)
    if bright.sum() < 2 * SHIFT_DAYS:
        return []
    second = (_first_second(frame) + np.arange(table.shape[1]) * frame.grid.step_s + frame.grid.step_s / 2) % DAY_S
    # A clock far from the sun's cuts its day in two, so the middle is told on the circle, from the middle of all days.
    turn = np.exp(2j * np.pi * second / DAY_S)
    middle = complex(np.sum(table[bright] @ turn))
    noon_s = np.full(table.shape[0], np.nan)
    noon_s[bright] = np.angle(table[bright] @ turn / middle) * DAY_S / (2 * np.pi)
    usual_s = (float(np.angle(middle)) * DAY_S / (2 * np.pi) + float(np.nanmedian(noon_s))) % DAY_S
    found = []
    # Solar time wanders by a quarter of an hour either way over the year; only steps that come at once are clocks.
    days = np.flatnonzero(bright)
    if not 9 * 3600 <= usual_s <= 15 * 3600:
        message = f"the middle of production is at {usual_s / 3600:.1f} h on this clock"
        found.append(
            Finding(Fault.CLOCK, frame.name, message, "say whose clock it is with --zone, or shift the stamps")
        )
    jumps = [
        (
            int(days[at]),
            float(np.median(noon_s[days[at : at + SHIFT_DAYS]]) - np.median(noon_s[days[at - SHIFT_DAYS : at]])),
        )
        for at in range(SHIFT_DAYS, days.size - SHIFT_DAYS)
    ]
    if jumps and abs((worst := max(jumps, key=lambda jump: abs(jump[1])))[1]) > CLOCK_SHIFT_S:
        message = f"the middle of production moves by {worst[1] / 60:+.0f} min around {_day(frame, worst[0])}"
        found.append(
            Finding(Fault.CLOCK, frame.name, message, "daylight saving, or a clock that was set: name the zone")
        )
    return found


def _perfect(frame: ColumnFrame, others: Mapping[str, FloatArray]) -> list[Finding]:
    """Find known columns that are later measurements: of the target, or of another column of the file."""
    found = []
    told = {**others, **{name: frame.known[:, at] for at, name in enumerate(frame.columns)}, frame.name: frame.target}
    for place, name in enumerate(frame.columns):
        column = frame.known[:, place]
        for other, value in told.items():
            if other != name and (ahead_s := _same_ahead(column, value, frame.grid.step_s)) is not None:
                later = f"{ahead_s / 3600:g} h later" if ahead_s else "at the same time"
                message = f"is {other} as measured {later}: a perfect forecast"
                remedy = "say so beside any result, or use a forecast as it was issued"
                found.append(Finding(Fault.PERFECT, name, message, remedy, refuses=other == frame.name))
                break
    return found


def _same_ahead(column: FloatArray, value: FloatArray, step_s: int) -> int | None:
    """Return after how long another column repeats this one, None where it does not. [s]"""
    for shift in range(min(LOOK_AHEAD_S // step_s, column.size // 2)):
        own, later = column[: column.size - shift], value[shift:]
        both = np.isfinite(own) & np.isfinite(later) & (own != 0)
        is_lively = both.sum() >= 100 and np.unique(own[both]).size > 20
        if is_lively and float((own[both] == later[both]).mean()) >= SAME_SHARE:
            return shift * step_s
    return None


def _by_day(frame: ColumnFrame) -> FloatArray:
    """Return whole days from the first step on. Shape (day, slot)"""
    day = DAY_S // frame.grid.step_s
    count = frame.target.size // day
    return frame.target[: count * day].reshape(count, day)


def _runs(flag: BoolArray) -> list[tuple[int, int]]:
    """Return where runs of true begin and how long they are."""
    edge = np.flatnonzero(np.diff(np.concatenate([[0], flag.astype(np.int8), [0]])))
    return [(int(first), int(last - first)) for first, last in zip(edge[::2], edge[1::2], strict=True)]


def _first_second(frame: ColumnFrame) -> int:
    return int(frame.grid.start_utc.astype(np.int64) // 1000 % DAY_S)


def _at(frame: ColumnFrame, step: int) -> str:
    at: Instant = frame.grid.part(step, 1).start_utc
    return str(at.astype("datetime64[m]")).replace("T", " ")


def _day(frame: ColumnFrame, day: int) -> str:
    return _at(frame, day * DAY_S // frame.grid.step_s)
