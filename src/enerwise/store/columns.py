"""How the columns of people's files map to channels: names, units, signs, clocks.

Written as YAML or handed over by a program::

    time: ts_local_start            # default start_utc
    step_is: begin                  # or end: the stamp names the end of its step
    timezone: America/Los_Angeles   # of stamps without an offset; default UTC
    clock: wall                     # or 24h: a clock that knows no daylight saving days
    step: 1 h                       # default: the commonest distance between stamps
    where: {building: 3}            # only these rows
    load: {column: load_kwh, unit: kWh per step}
    pv: {column: pv_w_per_kwp, unit: W, times: 4.0}
    battery.soc_ratio: {column: soc, unit: "%"}

``load`` and ``pv`` name the load and the PV plant of the site; ``pv`` is what the plant could deliver, zero or above.
Any other channel is ``asset.quantity`` in the house sign: positive is taken, and ``times: -1`` turns a column round.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W, QUANTITIES
from enerwise.core.series import Key
from enerwise.core.time import zone_info
from enerwise.core.units import Dimension, parse
from enerwise.site.values import suggestion
from enerwise.store.stamps import CLOCKS

LOAD: Final = "load"
PV: Final = "pv"
PER_STEP: Final = " per step"
STEP_IS: Final = ("begin", "end")
EMPTY_IS: Final = ("missing", "zero", "night")
"""What an empty cell means: nothing known, zero, or zero at night and dusk, as `enerwise.store.files.is_dark` tells."""
DIMENSION_OF: Final = MappingProxyType(
    {
        "_w": Dimension.POWER,
        "_wh": Dimension.ENERGY,
        "_ratio": Dimension.RATIO,
        "_degc": Dimension.TEMPERATURE,
        "_eur_per_kwh": Dimension.ENERGY_PRICE,
        "_g_per_kwh": Dimension.CARBON,
    }
)
PLAIN_UNITS: Final = MappingProxyType(
    {
        "_w_per_m2": ("W/m2", "W/m²"),
        "_count": ("", "count"),
        "_ppm": ("ppm",),
        "_lx": ("lx", "lux"),
        "is_occupied": ("", "1"),
        "is_connected": ("", "1"),
    }
)
UNIT_OF_NAME: Final = MappingProxyType(
    {"_kwh": "kWh", "_wh": "Wh", "_kw": "kW", "_w": "W", "_mwh": "MWh", "_mw": "MW", "_degc": "degC", "_ratio": ""}
)
"""Unit told by the end of a column's name, where the map tells none."""
MAP_KEYS: Final = ("time", "step_is", "timezone", "clock", "step", "where", LOAD, PV)
COLUMN_KEYS: Final = ("column", "unit", "times", "empty")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file and the channel it fills."""

    name: str
    target: str
    """``load``, ``pv`` or ``asset.quantity``."""
    unit: str = "W"
    times: float = 1.0
    empty_is: str = "missing"

    def __post_init__(self) -> None:
        quantity = self.key(load="", pv="").quantity
        if quantity not in QUANTITIES:
            remedy = suggestion(quantity, sorted(QUANTITIES)) or f"end in one of {', '.join(sorted(QUANTITIES))}"
            raise UnitError(self.target, remedy)
        if not math.isfinite(self.times) or self.times == 0:
            raise UnitError(self.times, "write a factor other than 0")
        if self.empty_is not in EMPTY_IS:
            raise UnitError(self.empty_is, f"write one of {', '.join(EMPTY_IS)}")
        self.factor(step_s=3600)

    def key(self, *, load: str, pv: str) -> Key:
        """Return the channel, given the ids of the site's load and PV plant."""
        if self.target == LOAD:
            return Key(load, POWER_W)
        return Key(pv, AVAILABLE_POWER_W) if self.target == PV else Key.parse(self.target)

    def factor(self, *, step_s: int) -> float:
        """Return what a number in the file is multiplied by to be in the base unit of its channel.

        Raises:
            UnitError: The unit does not fit the channel.
        """
        try:
            return self.times * self._base_units(self.key(load="", pv="").quantity, step_s)
        except UnitError as error:
            raise UnitError(self.unit, error.remedy) from None

    def _base_units(self, quantity: str, step_s: int) -> float:
        plain = next((units for suffix, units in PLAIN_UNITS.items() if quantity.endswith(suffix)), None)
        if plain is not None:
            if self.unit not in plain:
                raise UnitError(self.unit, f"write {plain[0]!r}")
            return 1.0
        dimension = next(each for suffix, each in DIMENSION_OF.items() if quantity.endswith(suffix))
        if dimension is Dimension.POWER and self.unit.endswith(PER_STEP):
            energy_wh = parse(f"1 {self.unit.removesuffix(PER_STEP)}", Dimension.ENERGY)
            return energy_wh * 3600.0 / step_s
        return parse(f"1 {self.unit}", dimension)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column of a file is what."""

    columns: tuple[Column, ...]
    time: str = "start_utc"
    step_is: str = "begin"
    timezone: str = "UTC"
    clock: str = "wall"
    step_s: int | None = None
    where: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zone_info(self.timezone)
        if self.step_is not in STEP_IS:
            raise UnitError(self.step_is, "write begin or end")
        if self.clock not in CLOCKS:
            raise UnitError(self.clock, "write wall or 24h")
        if self.step_s is not None and self.step_s < 1:
            raise UnitError(self.step_s, "write a step of 1 s or more")

    @classmethod
    def parse(cls, mapping: Mapping[str, object], *, source: str = "column map") -> "ColumnMap":
        """Read a map as people write it, see the head of this file.

        Raises:
            ProblemsFound: Everything wrong with it.
        """
        return _Reader(mapping).map(source)


DEFAULT_LOAD: Final = Column("load_w", LOAD)
DEFAULT_PV: Final = Column("pv_w", PV)


class _Reader:
    """Reads one map and collects what is wrong with it."""

    def __init__(self, mapping: Mapping[str, object]) -> None:
        self._mapping = mapping
        self._problems: list[Problem] = []

    def map(self, source: str) -> ColumnMap:
        targets = [str(key) for key in self._mapping if str(key) in (LOAD, PV) or "." in str(key)]
        for key in self._mapping:
            if str(key) not in (*MAP_KEYS, *targets):
                self._wrong(str(key), "is not known here", suggestion(str(key), MAP_KEYS) or "write asset.quantity")
        columns = [column for target in targets if (column := self._column(target))]
        if not targets:
            self._wrong("load", "no column is named", "name one, such as 'load: {column: load_w, unit: W}'")
        parts = {
            "time": self._text("time", "start_utc"),
            "step_is": self._word("step_is", STEP_IS),
            "timezone": self._zone(),
            "clock": self._word("clock", CLOCKS),
            "step_s": self._step_s(),
            "where": self._where(),
        }
        if self._problems:
            raise ProblemsFound(source, self._problems)
        return ColumnMap(tuple(columns), **parts)  # type: ignore[arg-type]

    def _wrong(self, place: str, message: str, remedy: str) -> None:
        self._problems.append(Problem(place, message, remedy))

    def _text(self, key: str, default: str) -> str:
        value = self._mapping.get(key, default)
        if isinstance(value, str) and value:
            return value
        self._wrong(key, f"{value!r} is no name of a column", f"write a name such as {default!r}")
        return default

    def _word(self, key: str, known: tuple[str, ...]) -> str:
        value = self._mapping.get(key, known[0])
        if value in known:
            return str(value)
        self._wrong(key, f"{value!r} is not one of {', '.join(known)}", suggestion(str(value), known))
        return known[0]

    def _zone(self) -> str:
        zone = self._text("timezone", "UTC")
        try:
            zone_info(zone)
        except UnitError as error:
            self._wrong("timezone", f"{zone!r} is no time zone", error.remedy)
        return zone

    def _step_s(self) -> int | None:
        value = self._mapping.get("step")
        if value is None:
            return None
        try:
            step_s = parse(value, Dimension.DURATION)
        except UnitError as error:
            self._wrong("step", f"{value!r} is no duration", error.remedy)
            return None
        if step_s < 1 or step_s % 1:
            self._wrong("step", f"{value!r} is not a whole number of seconds above 0", "write a step such as '15 min'")
            return None
        return int(step_s)

    def _where(self) -> dict[str, str]:
        value = self._mapping.get("where") or {}
        if isinstance(value, Mapping):
            return {str(name): str(wanted) for name, wanted in value.items()}
        self._wrong("where", f"{value!r} does not pair columns with values", "write such as '{building: 3}'")
        return {}

    def _column(self, target: str) -> Column | None:
        entry = self._mapping[target]
        parts = {"column": entry} if isinstance(entry, str) else entry
        if not isinstance(parts, Mapping) or not isinstance(parts.get("column"), str) or not parts["column"]:
            self._wrong(target, f"{entry!r} names no column", "write such as '{column: load_w, unit: W}'")
            return None
        for key in parts:
            if key not in COLUMN_KEYS:
                remedy = suggestion(str(key), COLUMN_KEYS) or f"write one of {', '.join(COLUMN_KEYS)}"
                self._wrong(f"{target}.{key}", "is not known here", remedy)
        unit = parts.get("unit", _unit_of_name(str(parts["column"]), target))
        if unit is None and (target in (LOAD, PV) or Key.parse(target).quantity in QUANTITIES):
            self._wrong(f"{target}.unit", f"the unit of {parts['column']!r} is not told", "write such as 'unit: kW'")
            return None
        try:
            times = parse(parts.get("times", 1.0), Dimension.RATIO)
            return Column(str(parts["column"]), target, str(unit), times, str(parts.get("empty", "missing")))
        except UnitError as error:
            self._wrong(target, f"{error.value!r} does not fit", error.remedy)
            return None


def _unit_of_name(name: str, target: str) -> str | None:
    """Return the unit that a column's name ends in; energy of a power channel is energy per step."""
    unit = next((unit for suffix, unit in UNIT_OF_NAME.items() if name.lower().endswith(suffix)), None)
    is_power = target in (LOAD, PV) or target.endswith("_w")
    return f"{unit}{PER_STEP}" if unit is not None and is_power and re.fullmatch(r"[kM]?Wh", unit) else unit
