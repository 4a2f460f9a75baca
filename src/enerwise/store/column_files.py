"""Files of one series with columns known ahead, and forecast files, as people and other programs write them.

Stamps without an offset stay on the clock of the data, whatever it is; what is written back uses the same stamps.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.core.time import DAY_S, TIME_TYPE, TimeArray, zone_info
from enerwise.core.units import Dimension, FloatArray, parse
from enerwise.forecast.base_load import base_load
from enerwise.forecast.frame import ColumnFrame
from enerwise.forecast.reach import has_nights
from enerwise.forecast.running_sums import without_sums
from enerwise.store.columns import UNIT_OF_NAME, ColumnMap
from enerwise.store.files import is_dark
from enerwise.store.rows import find_rows
from enerwise.store.table import Table, open_table

TIME_NAMES: Final = ("timestamp", "ts_utc", "ts_local", "start_utc", "start_local", "datetime", "time", "date", "ts")
END: Final = "_end"
"""A time column of this ending names the end of each step."""
KIND_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "price": ("price", "spot", "eur_mwh", "ckwh"),
    "pv": ("pv", "solar", "photovoltaic"),
    "wind": ("wind",),
    "load": ("load", "demand", "consumption", "power", "kwh", "import"),
}
QUANTILE: Final = "q"
LEVEL_DIGITS: Final = 6
DARK_SCALE_W: Final = 10_000.0
"""A plant of any unit is looked at as if it had this peak, to tell sensor noise from light."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a file is wanted."""

    target: str
    known: tuple[str, ...] = ()
    """``COL`` is told at the issue of its day, ``COL@7d`` so long before its step, ``COL@always`` from the start."""
    step_s: int | None = None
    issue_s: int = 0
    """Time of day of the issues on the data's clock. [s]"""
    time: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    country: str = ""
    kind: str | None = None
    """What the series is; told from the target's name if left out."""
    without: tuple[str, ...] = ()
    """Devices that are taken off the target, which is then a base load; ``-COL`` tells what is given, not taken."""


@dataclass(frozen=True, slots=True)
class Read:
    """A file as read."""

    frame: ColumnFrame
    names_end: bool
    """Whether its stamps name the ends of the steps."""
    has_offset: bool
    """Whether its stamps tell their offset from UTC."""
    sums: tuple[str, ...]
    """Known columns that were told as running sums of a day; what they gain is in the frame."""
    dark_count: int
    """Empty cells of a PV plant at night, which count as zero."""
    others: Mapping[str, FloatArray]
    """Further columns of numbers, laid on the same steps. Shape (step,) each"""
    sha256: str
    meter: FloatArray | None = None
    """The target with all devices, where a base load was asked for. Shape (step,)"""
    logs: Mapping[str, FloatArray] = field(default_factory=dict)
    """What was taken off it, in the house sign. Shape (step,) each"""


def read_columns(path: str | Path, wish: Wish) -> Read:
    """Read a series and what is known ahead of it.

    Raises:
        ProblemsFound: Everything wrong with file and wish.
    """
    with open_table(path, dict(wish.where)) as table:
        told = [_told(each, table, wish) for each in wish.known]
        _check_without(table, wish)
        time = wish.time or time_column(table, Path(path))
        names_end = time.endswith(END)
        table.has(wish.target)
        before = len(table.problems)
        has_offset = bool(table.stamps(time).has_offset.any()) if time in table.names else False
        rows = find_rows(table, ColumnMap((), time=time, step_s=None, step_is="end" if names_end else "begin"))
        _hint_where(table, before)
        _check_zone(table, wish.zone)
        table.raise_problems()
        assert rows is not None
        if wish.step_s is not None and rows.grid.step_s != wish.step_s:
            message = f"its steps are {rows.grid.step_s} s long, asked were {wish.step_s} s"
            table.problems.append(Problem(f"column {time}", message, f"write --freq {rows.grid.step_s}s"))
        laid = {
            name: rows.lay(numbers_or_flags(table, name))
            for name in {wish.target, *(each[0] for each in told), *map(_log_name, wish.without)}
        }
        table.raise_problems()
        others = {name: rows.lay(value) for name, value in _spare_numbers(table, time, set(laid))}
    logs = {_log_name(each): (-1.0 if each.startswith("-") else 1.0) * laid[_log_name(each)] for each in wish.without}
    meter = laid[wish.target]
    laid[wish.target] = base_load(meter, logs)
    starts = rows.grid.starts_utc
    known = np.stack([laid[name] for name, _ in told], axis=1) if told else np.zeros((starts.size, 0))
    known, sums = without_sums(known, DAY_S // rows.grid.step_s)
    at = [_known_at(starts, ahead_s, wish.issue_s) for _, ahead_s in told]
    kind = wish.kind or _seen_kind(wish.target, laid[wish.target], DAY_S // rows.grid.step_s)
    target, dark_count = _lit(laid[wish.target], rows.grid.step_s) if kind == "pv" else (laid[wish.target], 0)
    frame = ColumnFrame(
        name=f"{wish.target} without {', '.join(logs)}" if logs else wish.target,
        grid=rows.grid,
        target=target,
        columns=tuple(name for name, _ in told),
        known=known,
        known_at=np.stack(at, axis=1) if at else np.zeros((starts.size, 0), dtype=TIME_TYPE),
        kind=kind,
        zone=wish.zone,
        country=wish.country,
    )
    summed = tuple(told[at][0] for at in sums)
    sha256 = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return Read(frame, names_end, has_offset, summed, dark_count, others, sha256, meter if logs else None, logs)


def _lit(value: FloatArray, step_s: int) -> tuple[FloatArray, int]:
    """Return production with zero where a cell is empty because it was night, and how many were.

    What lies after the day of the last measurement stays empty: there the file ends, not the light.
    """
    told = np.flatnonzero(np.isfinite(value))
    peak = float(np.nanmax(np.abs(value))) if told.size else 0.0
    if not peak > 0:
        return value, 0
    day = DAY_S // step_s
    inside = np.arange(value.size) < (int(told[-1]) // day + 1) * day
    dark = is_dark(value * (DARK_SCALE_W / peak), np.isnan(value) & inside, step_s)
    return np.where(dark, 0.0, value), int(dark.sum())


def time_column(table: Table, path: Path) -> str:
    """Return the column of times: one of the usual names, or the only one that begins or ends like them.

    Raises:
        ProblemsFound: There is none.
    """
    for name in TIME_NAMES:
        if name in table.names:
            return name
    alike = [each for each in table.names if each.startswith(("ts_", "time", "date")) or each.endswith(("_utc", END))]
    if len(alike) == 1:
        return alike[0]
    message = f"which column holds the times? there are {', '.join(table.names)}"
    raise ProblemsFound(str(path), [Problem(path.name, message, "name it with --time")])


def kind_of(target: str) -> str:
    """Tell from its name what a series is.

    >>> kind_of("price_eur_mwh"), kind_of("load_kwh"), kind_of("pv_w"), kind_of("temperature")
    ('price', 'load', 'pv', 'other')
    """
    lower = target.lower()
    return next((kind for kind, words in KIND_WORDS.items() if any(word in lower for word in words)), "other")


def _seen_kind(target: str, value: FloatArray, steps_per_day: int) -> str:
    """Tell what a series is where its name may mean a load as well as a plant: only plants rest all night."""
    kind = kind_of(target)
    is_vague = kind == "other" or (kind == "load" and "power" in target.lower())
    return "pv" if is_vague and has_nights(value, steps_per_day) else kind


def numbers_or_flags(table: Table, name: str) -> FloatArray:
    """Return a column of numbers; true and false count as 1 and 0. Shape (row,)"""
    return table.flags(name) if table.is_flag(name) else table.numbers(name)


def _told(text: str, table: Table, wish: Wish) -> tuple[str, float | None]:
    """Return a known column and how long ahead it is told: None at the issue of its day, infinite from the start."""
    name, _, ahead = text.partition("@")
    if not table.has(name):
        return name, None
    if name == wish.target:
        table.problems.append(Problem(f"--known {text}", "is the target itself", "leave it out"))
    if not ahead:
        return name, None
    if ahead == "always":
        return name, np.inf
    try:
        return name, parse(ahead, Dimension.DURATION)
    except UnitError as error:
        table.problems.append(Problem(f"--known {text}", f"{ahead!r} is no duration", error.remedy))
        return name, None


def _log_name(text: str) -> str:
    return text.removeprefix("-")


def _check_without(table: Table, wish: Wish) -> None:
    for each in wish.without:
        name = _log_name(each)
        if not table.has(name):
            continue
        units = [
            next((unit for end, unit in UNIT_OF_NAME.items() if it.endswith(end)), None) for it in (wish.target, name)
        ]
        if name == wish.target:
            table.problems.append(Problem(f"--without {each}", "is the target itself", "name the devices behind it"))
        elif None not in units and units[0] != units[1]:
            message = f"is in {units[1]}, the target in {units[0]}"
            table.problems.append(Problem(f"--without {each}", message, "bring both in the same unit"))


def _known_at(starts: TimeArray, ahead_s: float | None, issue_s: int) -> TimeArray:
    if ahead_s is None:
        start_s = starts.astype(np.int64) // 1000
        return ((start_s - (start_s - issue_s) % DAY_S) * 1000).view(TIME_TYPE)
    if np.isinf(ahead_s):
        return np.full(starts.shape, np.datetime64(0, "ms"))
    return np.asarray(starts - np.timedelta64(round(ahead_s * 1000), "ms"))


def _hint_where(table: Table, before: int) -> None:
    if any("earlier row" in each.message for each in table.problems[before:]):
        remedy = "choose one series, such as --where building=1"
        table.problems.append(Problem("rows", "a file of several series needs a choice", remedy))


def _check_zone(table: Table, zone: str) -> None:
    try:
        zone_info(zone)
    except UnitError as error:
        table.problems.append(Problem("--zone", f"{zone!r} is no time zone", error.remedy))


def _spare_numbers(table: Table, time: str, used: set[str]) -> list[tuple[str, FloatArray]]:
    spare = [name for name in table.names if name not in used and name != time and table.is_number(name)]
    return [(name, table.numbers(name)) for name in spare]


@dataclass(frozen=True, slots=True)
class ForecastRows:
    """A forecast file, ours or foreign. Shapes (row,) and (row, level)"""

    at: TimeArray
    """Stamps as they stand in the file."""
    issue: TimeArray | None
    """None where the file does not tell."""
    level: FloatArray
    value: FloatArray


def read_forecast(path: str | Path) -> ForecastRows:
    """Read a forecast file: ``timestamp``, if told ``issue_time``, then ``forecast`` and/or ``q0.05 ... q0.95``.

    Raises:
        ProblemsFound: Everything wrong with it.
    """
    with open_table(path) as table:
        names = {level: name for name in table.names if (level := _level(name)) is not None}
        if "forecast" in table.names:
            names.setdefault(0.5, "forecast")
        if not names:
            message = f"holds no forecast; there are {', '.join(table.names)}"
            table.problems.append(Problem(Path(path).name, message, "write a column forecast, or q0.1, q0.5, q0.9"))
        time = time_column(table, Path(path))
        stamps = table.stamps(time)
        issue = table.stamps("issue_time") if "issue_time" in table.names else None
        levels = sorted(names)
        columns = [table.numbers(names[each]) for each in levels]
        table.raise_problems()
    return ForecastRows(
        stamps.at_ms.view(TIME_TYPE),
        None if issue is None else issue.at_ms.view(TIME_TYPE),
        np.array(levels),
        np.stack(columns, axis=1),
    )


def forecast_columns(at: TimeArray, issue: TimeArray, level: FloatArray, value: FloatArray) -> dict[str, NDArray[Any]]:
    """Return the columns of a forecast file. ``at`` and ``issue`` (row,), ``value`` (row, level)"""
    quantiles: dict[str, NDArray[Any]] = {
        f"{QUANTILE}{each:.{LEVEL_DIGITS}g}": value[:, place] for place, each in enumerate(level)
    }
    return {"timestamp": at, "issue_time": issue} | quantiles


def _level(name: str) -> float | None:
    if not name.startswith(QUANTILE):
        return None
    try:
        level = float(name[len(QUANTILE) :])
    except ValueError:
        return None
    return round(level, LEVEL_DIGITS) if 0 < level < 1 else None


def choose_target(names: Sequence[str], asked: str | None, path: Path) -> str:
    """Return the only column of numbers, or the one asked for.

    Raises:
        ProblemsFound: There are several and none was asked for.
    """
    if asked is not None:
        return asked
    if len(names) == 1:
        return names[0]
    message = f"which column came true? there are {', '.join(names) or 'no numbers'}"
    raise ProblemsFound(str(path), [Problem(path.name, message, "name it with --target")])
