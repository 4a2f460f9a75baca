"""Units: what people write ("5 kW") becomes what arrays hold (5000.0), and back.

Inside the house every number is in a base unit (W, Wh, ratio, EUR/kWh, s, ...) and its name carries the unit.
Kilo, percent and cent exist only at the rim, and this file is the one place that knows them.
"""

import math
import re
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from enerwise.core.errors import UnitError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
ByteArray = NDArray[np.uint8]
BoolArray = NDArray[np.bool_]

SECONDS_PER_HOUR: Final = 3600.0


class Dimension(StrEnum):
    """What kind of quantity a text stands for; the value names the base unit."""

    POWER = "W"
    ENERGY = "Wh"
    RATIO = "ratio"
    ENERGY_PRICE = "EUR/kWh"
    POWER_PRICE = "EUR/kW"
    DAILY_FEE = "EUR/day"
    CURRENT = "A"
    VOLTAGE = "V"
    FREQUENCY = "Hz"
    TEMPERATURE = "degC"
    DURATION = "s"
    CARBON = "g/kWh"
    CONDUCTANCE = "W/K"
    HEAT_CAPACITY = "Wh/K"
    VOLUME = "l"
    MONEY = "EUR"
    MASS = "kg"
    CARBON_PRICE = "EUR/kg"
    SPEED = "m/s"
    LENGTH = "m"
    FLOW = "m3/h"
    PPM = "ppm"


# Case matters where it carries meaning (mW is not MW); people's "KW" and "kwh" are accepted in `_factor`.
FACTORS: Final = MappingProxyType(
    {
        Dimension.POWER: {"W": 1.0, "kW": 1e3, "MW": 1e6, "Wp": 1.0, "kWp": 1e3, "MWp": 1e6},
        Dimension.ENERGY: {"Wh": 1.0, "kWh": 1e3, "MWh": 1e6},
        Dimension.RATIO: {"": 1.0, "%": 0.01},
        Dimension.ENERGY_PRICE: {"EUR/kWh": 1.0, "ct/kWh": 0.01, "c/kWh": 0.01, "EUR/MWh": 1e-3},
        Dimension.POWER_PRICE: {"EUR/kW": 1.0, "EUR/MW": 1e-3, "ct/kW": 0.01},
        # A year is the mean Gregorian year, a month its twelfth, so that a fee a day adds up over any span.
        Dimension.DAILY_FEE: {"EUR/day": 1.0, "EUR/month": 12 / 365.2425, "EUR/year": 1 / 365.2425},
        Dimension.CURRENT: {"A": 1.0, "kA": 1e3, "mA": 1e-3},
        Dimension.VOLTAGE: {"V": 1.0, "kV": 1e3, "mV": 1e-3},
        Dimension.FREQUENCY: {"Hz": 1.0, "mHz": 1e-3, "kHz": 1e3},
        Dimension.TEMPERATURE: {"degC": 1.0, "°C": 1.0},
        Dimension.DURATION: {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0, "day": 86400.0, "days": 86400.0},
        Dimension.CARBON: {"g/kWh": 1.0, "kg/kWh": 1e3, "kg/MWh": 1.0},
        Dimension.CONDUCTANCE: {"W/K": 1.0, "kW/K": 1e3},
        Dimension.HEAT_CAPACITY: {"Wh/K": 1.0, "kWh/K": 1e3},
        Dimension.VOLUME: {"l": 1.0, "m3": 1e3},
        Dimension.MONEY: {"EUR": 1.0, "ct": 0.01},
        Dimension.MASS: {"kg": 1.0, "g": 1e-3, "t": 1e3},
        Dimension.CARBON_PRICE: {"EUR/kg": 1.0, "EUR/t": 1e-3},
        Dimension.SPEED: {"m/s": 1.0, "km/h": 1 / 3.6},
        Dimension.LENGTH: {"m": 1.0, "cm": 0.01},
        Dimension.FLOW: {"m3/h": 1.0, "l/s": 3.6, "m3/s": 3600.0},
        Dimension.PPM: {"ppm": 1.0},
    }
)
# The M of a prefix is the only letter whose case carries meaning: mW, MWh, EUR/MWh, mA.
_MEGA: Final = re.compile(r"\bM(?=[WAVH])", re.ASCII)
_TEXT: Final = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(\S.*?)?\s*")


def parse(text: object, dimension: Dimension) -> float:
    """Read a quantity as people write it.

    Args:
        text: Number and unit, such as ``"5 kW"``; a bare number is accepted for ratios only (0..1).
        dimension: What the text must be.

    Returns:
        The value in the base unit of ``dimension``, finite.

    Raises:
        UnitError: No number, no unit, or a unit of another dimension; the message names the remedy.

    >>> parse("5 kW", Dimension.POWER), parse("90 %", Dimension.RATIO), parse("30 ct/kWh", Dimension.ENERGY_PRICE)
    (5000.0, 0.9, 0.3)
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise UnitError(text, f"write a number with its unit, such as {_example(dimension)!r}")
    match = _TEXT.fullmatch(str(text))
    if match is None:
        raise UnitError(text, f"write a number with its unit, such as {_example(dimension)!r}")
    number, unit = float(match[1]), (match[2] or "")
    factor = _factor(unit, dimension)
    if factor is None:
        raise UnitError(text, _remedy(unit, dimension))
    value = number * factor
    if not math.isfinite(value):
        raise UnitError(text, "write a finite number")
    # 90 % shall be the float nearest to 0.9, not 90 * 0.01.
    return float(f"{value:.15g}")


def _factor(unit: str, dimension: Dimension) -> float | None:
    """Return how many base units one of ``unit`` is, None where it is no unit of the dimension."""
    return {_folded(name): factor for name, factor in FACTORS[dimension].items()}.get(_folded(unit))


def _folded(unit: str) -> str:
    """Return a unit as it is compared: "KW" is "kW", but "mW" never passes for "MW", nor "MA" for "mA"."""
    unit = unit.replace("€", "EUR").replace(" ", "")
    return _MEGA.sub("mega", unit).lower()


def _remedy(unit: str, dimension: Dimension) -> str:
    known = ", ".join(name for name in FACTORS[dimension] if name)
    if not unit:
        return f"add the unit: one of {known}"
    if unit.startswith(","):
        return f"write the number with a point and without commas, such as {_example(dimension)!r}"
    owner = next((other for other in Dimension if _factor(unit, other) is not None), None)
    found = f"{unit!r} is a unit of {owner.name.lower().replace('_', ' ')}" if owner else f"unit {unit!r} is not known"
    return f"{found}; use one of {known}"


def _example(dimension: Dimension) -> str:
    return {
        Dimension.POWER: "5 kW",
        Dimension.ENERGY: "10 kWh",
        Dimension.RATIO: "90 %",
        Dimension.ENERGY_PRICE: "0.30 EUR/kWh",
        Dimension.POWER_PRICE: "4.20 EUR/kW",
        Dimension.DAILY_FEE: "0.40 EUR/day",
        Dimension.CURRENT: "35 A",
        Dimension.VOLTAGE: "230 V",
        Dimension.FREQUENCY: "50 Hz",
        Dimension.TEMPERATURE: "20 degC",
        Dimension.DURATION: "15 min",
        Dimension.CARBON: "380 g/kWh",
        Dimension.CONDUCTANCE: "150 W/K",
        Dimension.HEAT_CAPACITY: "10 kWh/K",
        Dimension.VOLUME: "200 l",
        Dimension.MONEY: "10 EUR",
        Dimension.MASS: "5 kg",
        Dimension.CARBON_PRICE: "100 EUR/t",
        Dimension.SPEED: "11 m/s",
        Dimension.LENGTH: "10 m",
        Dimension.FLOW: "2000 m3/h",
        Dimension.PPM: "1000 ppm",
    }[dimension]


def show_power(power_w: float) -> str:
    """Write a power as people read it.

    >>> show_power(240.2), show_power(2437.0), show_power(-12340.0), show_power(float("nan"))
    ('240 W', '2.44 kW', '-12.3 kW', '–')
    """
    if not math.isfinite(power_w):
        return "–"
    size = abs(power_w)
    if round(size) < 1000:
        return f"{power_w:.0f} W".replace("-0 W", "0 W")
    return f"{power_w / 1e3:.{2 if size < 9995 else 1 if size < 99950 else 0}f} kW"


def show_energy(energy_wh: float) -> str:
    """Write an energy as people read it.

    >>> show_energy(80.0), show_energy(6540.0), show_energy(412_300.0)
    ('80 Wh', '6.5 kWh', '412 kWh')
    """
    if not math.isfinite(energy_wh):
        return "–"
    if abs(energy_wh) < 100:
        return f"{energy_wh:.0f} Wh".replace("-0 Wh", "0 Wh")
    return f"{energy_wh / 1e3:.{1 if abs(energy_wh) < 99_950 else 0}f} kWh"


def show_money(amount_eur: float) -> str:
    """Write a sum of money. [EUR]

    >>> show_money(12.345), show_money(-0.001)
    ('12.35 EUR', '0.00 EUR')
    """
    return "–" if not math.isfinite(amount_eur) else f"{amount_eur:.2f} EUR".replace("-0.00", "0.00")


def show_price(price_eur_per_kwh: float) -> str:
    """Write an energy price in cents.

    >>> show_price(0.279)
    '27.9 ct/kWh'
    """
    return "–" if not math.isfinite(price_eur_per_kwh) else f"{price_eur_per_kwh * 100:.1f} ct/kWh"


def show_ratio(ratio: float) -> str:
    """Write a share or level in percent.

    >>> show_ratio(0.5)
    '50 %'
    """
    return "–" if not math.isfinite(ratio) else f"{ratio * 100:.0f} %"
