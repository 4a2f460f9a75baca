"""Weather as Open-Meteo tells it: hourly columns of temperature and of the sun on a level square metre.

A temperature belongs to its moment, and here to the hour that begins then. Radiation is the mean of the hour *before*
its moment, so it belongs to the step that begins an hour earlier. Source: open-meteo.com/en/docs, "Hourly Parameter
Definition".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.errors import UnitError
from enerwise.core.quantity import IRRADIANCE_W_PER_M2, TEMPERATURE_DEGC
from enerwise.core.time import instant
from enerwise.protocols.json_path import load_json, number_in
from enerwise.protocols.steps import Steps, checked, instants

HOUR_S: Final = 3600
UNIX: Final = "unixtime"
ISO: Final = "iso8601"
OFFSET_MOST_S: Final = 14 * HOUR_S
TIME_MOST_S: Final = 2**32
"""Instants beyond the year 2106 are a slip of units."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the answer and what it becomes."""

    name: str
    quantity: str
    units: tuple[str, ...]
    lowest: float
    highest: float
    begins_earlier_s: int = 0


COLUMNS: Final = (
    Column("temperature_2m", TEMPERATURE_DEGC, ("°C",), -100.0, 70.0),
    # At the edge of the air the sun gives 1361 W/m2 (Kopp and Lean 2011); clouds at its side add some for minutes.
    Column("shortwave_radiation", IRRADIANCE_W_PER_M2, ("W/m²", "W/m2"), 0.0, 1500.0, begins_earlier_s=HOUR_S),
)


def parse(content: bytes) -> dict[str, Steps]:
    """Return what an answer holds, by quantity; an hour without a value is left out.

    Raises:
        ValueError: It is no such answer, has other units, or holds what cannot be; the message says what.
    """
    answer = load_json(content)
    if not isinstance(answer, dict):
        raise ValueError("the answer is no table")
    if answer.get("error"):
        raise ValueError(f"the server says: {answer.get('reason', 'an error')}")
    hourly, units = _table(answer, "hourly"), _table(answer, "hourly_units")
    epoch_s = _epoch_s(_list(hourly, "time"), units.get("time"), answer.get("utc_offset_seconds", 0))
    return {column.quantity: _steps(column, hourly, units, epoch_s) for column in COLUMNS}


def _steps(column: Column, hourly: Mapping[str, object], units: Mapping[str, object], epoch_s: list[int]) -> Steps:
    unit, cells = units.get(column.name), _list(hourly, column.name)
    if unit not in column.units:
        raise ValueError(f"{column.name} comes in {unit!r}, expected {column.units[0]!r}")
    if len(cells) != len(epoch_s):
        raise ValueError(f"{column.name} has {len(cells)} values for {len(epoch_s)} times")
    rows = [(at_s, number_in(cell)) for at_s, cell in zip(epoch_s, cells, strict=True) if cell is not None]
    value = np.array([cell for _, cell in rows], dtype=np.float64)
    starts = instants([(at_s - column.begins_earlier_s) * 1000 for at_s, _ in rows])
    return Steps(starts, HOUR_S, checked(value, lowest=column.lowest, highest=column.highest, unit=column.units[0]))


def _epoch_s(cells: list[object], unit: object, offset: object) -> list[int]:
    """Return the times in seconds since 1970; texts are local times, all with the one offset that the answer names."""
    if unit == UNIX:
        return [_whole(cell) for cell in cells]
    if unit != ISO:
        raise ValueError(f"times come in {unit!r}, expected {UNIX!r} or {ISO!r}")
    offset_s = _whole(offset)
    if abs(offset_s) > OFFSET_MOST_S:
        raise ValueError(f"times are {offset_s} s off UTC")
    try:
        return [_whole(int(instant(str(cell)).astype(np.int64)) // 1000) - offset_s for cell in cells]
    except UnitError as error:
        raise ValueError(f"a time cannot be read: {error.value!r}") from None


def _whole(cell: object) -> int:
    if isinstance(cell, bool) or not isinstance(cell, int) or abs(cell) > TIME_MOST_S:
        raise ValueError(f"{cell!r} is no time in whole seconds")
    return cell


def _table(answer: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = answer.get(name)
    if not isinstance(found, dict):
        raise ValueError(f"the answer has no {name!r}")
    return found


def _list(table: Mapping[str, object], name: str) -> list[object]:
    found = table.get(name)
    if not isinstance(found, list):
        raise ValueError(f"the answer has no hourly {name!r}")
    return found
