"""Meter values of chargers as quantities of the house: units, multipliers, phases and directions put right.

Import is what goes into the car, so it is above zero here too; export, from a car that gives power back, is below.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from enerwise.core import quantity as q

ENERGY_IMPORT: Final = "Energy.Active.Import.Register"
"""What a value without a name is. Source: OCPP 1.6, SampledValue; OCPP 2.0.1, SampledValueType."""
ENERGY_EXPORT: Final = "Energy.Active.Export.Register"
POWER_IMPORT: Final = "Power.Active.Import"
POWER_EXPORT: Final = "Power.Active.Export"
CURRENT_IMPORT: Final = "Current.Import"
VOLTAGE: Final = "Voltage"
SOC: Final = "SoC"
TEMPERATURE: Final = "Temperature"
FREQUENCY: Final = "Frequency"
WANTED: Final = (POWER_IMPORT, ENERGY_IMPORT, CURRENT_IMPORT, VOLTAGE, SOC)
"""What a charger is asked to tell; it leaves out what it cannot."""

Scale = tuple[float, float]
"""Factor and offset."""
POWER_UNITS: Final[Mapping[str, Scale]] = {"": (1.0, 0.0), "W": (1.0, 0.0), "kW": (1000.0, 0.0)}
ENERGY_UNITS: Final[Mapping[str, Scale]] = {"": (1.0, 0.0), "Wh": (1.0, 0.0), "kWh": (1000.0, 0.0)}
VOLTAGE_UNITS: Final[Mapping[str, Scale]] = {"": (1.0, 0.0), "V": (1.0, 0.0)}
UNITS: Final[Mapping[str, Mapping[str, Scale]]] = {
    ENERGY_IMPORT: ENERGY_UNITS,
    ENERGY_EXPORT: ENERGY_UNITS,
    POWER_IMPORT: POWER_UNITS,
    POWER_EXPORT: POWER_UNITS,
    CURRENT_IMPORT: {"": (1.0, 0.0), "A": (1.0, 0.0)},
    VOLTAGE: VOLTAGE_UNITS,
    SOC: {"": (0.01, 0.0), "Percent": (0.01, 0.0), "%": (0.01, 0.0)},
    TEMPERATURE: {
        "": (1.0, 0.0),
        "Celsius": (1.0, 0.0),
        "Celcius": (1.0, 0.0),  # As the schema of 1.6 wrote it for years.
        "Fahrenheit": (5.0 / 9.0, -160.0 / 9.0),
        "K": (1.0, -273.15),
    },
    FREQUENCY: {"": (1.0, 0.0), "Hertz": (1.0, 0.0), "Hz": (1.0, 0.0)},
}
"""By measurand. A unit that is not here is none of its, and the value is left out rather than misread."""
PLACES: Final = ("Outlet", "Inlet", "Cable", "Body", "EV")
"""Where a value may be measured; the first that is told counts. The car knows its own charge, nobody else does."""
LINES: Final = {"L1": "L1", "L1-N": "L1", "L2": "L2", "L2-N": "L2", "L3": "L3", "L3-N": "L3"}
LINE_VOLTAGES: Final = {"L1": q.VOLTAGE_L1_V, "L2": q.VOLTAGE_L2_V, "L3": q.VOLTAGE_L3_V}


@dataclass(frozen=True, slots=True)
class Sample:
    """One value, in the unit its measurand has here."""

    measurand: str
    value: float
    phase: str = ""
    """Empty for all of them together."""
    place: str = PLACES[0]


def sample16(row: Mapping[str, Any]) -> Sample | None:
    """Read a ``SampledValue`` of OCPP 1.6, whose value is text; None where it is none that is used here."""
    if row.get("format", "Raw") != "Raw":
        return None
    return _sample(row, row.get("value"), str(row.get("unit", "")), 0)


def sample201(row: Mapping[str, Any]) -> Sample | None:
    """Read a ``SampledValueType`` of OCPP 2.0.1; None where it is none that is used here."""
    unit = row.get("unitOfMeasure") or {}
    # Without a unit the standard means Wh, whatever is measured; what is no energy then has its own.
    return _sample(row, row.get("value"), str(unit.get("unit", "")), int(unit.get("multiplier", 0)))


def _sample(row: Mapping[str, Any], value: object, unit: str, exponent: int) -> Sample | None:
    measurand = str(row.get("measurand", ENERGY_IMPORT))
    scale = UNITS.get(measurand, {}).get(unit)
    if scale is None or not abs(exponent) <= 12:
        return None
    try:
        number = float(value) * 10.0**exponent if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    factor, offset = scale
    number = number * factor + offset
    if not math.isfinite(number):
        return None
    return Sample(measurand, number, str(row.get("phase", "")), str(row.get("location", PLACES[0])))


def quantities(samples: Iterable[Sample | None]) -> dict[str, float]:
    """Return what samples of one moment tell, by quantity of the house.

    >>> quantities([Sample("Power.Active.Import", 3000.0, "L1"), Sample("Power.Active.Import", 2900.0, "L2")])
    {'power_w': 5900.0}
    """
    told = [each for each in samples if each is not None]
    found = {
        q.POWER_W: _less(_total(told, POWER_IMPORT), _total(told, POWER_EXPORT)),
        q.IMPORTED_WH: _total(told, ENERGY_IMPORT),
        q.EXPORTED_WH: _total(told, ENERGY_EXPORT),
        q.CURRENT_A: _plain(told, CURRENT_IMPORT),
        q.VOLTAGE_V: _plain(told, VOLTAGE),
        q.SOC_RATIO: _within(_plain(told, SOC), 0.0, 1.0),
        q.TEMPERATURE_DEGC: _plain(told, TEMPERATURE),
        q.FREQUENCY_HZ: _plain(told, FREQUENCY),
        **{quantity: _by_line(told, VOLTAGE).get(line) for line, quantity in LINE_VOLTAGES.items()},
    }
    return {quantity: value for quantity, value in found.items() if value is not None}


def _at_one_place(samples: list[Sample], measurand: str) -> list[Sample]:
    """Return the samples of a measurand from the first place that tells it: what is told twice is not added."""
    told = [each for each in samples if each.measurand == measurand]
    place = next((place for place in PLACES if any(each.place == place for each in told)), None)
    return [each for each in told if each.place == place]


def _plain(samples: list[Sample], measurand: str) -> float | None:
    told = [each.value for each in _at_one_place(samples, measurand) if not each.phase]
    return told[-1] if told else None


def _by_line(samples: list[Sample], measurand: str) -> dict[str, float]:
    told = _at_one_place(samples, measurand)
    return {LINES[each.phase]: each.value for each in told if each.phase in LINES}


def _total(samples: list[Sample], measurand: str) -> float | None:
    plain = _plain(samples, measurand)
    if plain is not None:
        return plain
    lines = _by_line(samples, measurand)
    return sum(lines.values()) if lines else None


def _less(taken_w: float | None, given_w: float | None) -> float | None:
    if taken_w is None and given_w is None:
        return None
    return (taken_w or 0.0) - (given_w or 0.0)


def _within(value: float | None, lowest: float, highest: float) -> float | None:
    return value if value is not None and lowest <= value <= highest else None
