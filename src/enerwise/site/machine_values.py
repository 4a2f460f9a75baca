"""Values of machines in the site file: heat, temperatures, programs, each read from the text a person typed."""

from functools import partial
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from enerwise.core.time import DAY_S
from enerwise.core.units import Dimension, parse
from enerwise.site.values import Text, Wrong, quantity, whole
from enerwise.site.zones import SENSORS

HIGHEST_COP: Final = 20.0


def _warm_band(value: object) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise Wrong(f"{value!r} is not a pair", "write the least and the most, such as [20 degC, 23 degC]")
    lower, upper = (parse(each, Dimension.TEMPERATURE) for each in value)
    if not -50 <= lower < upper <= 120:
        raise Wrong(f"[{value[0]}, {value[1]}] does not rise within -50..120 degC", "write the lower one first")
    return lower, upper


def _cop(value: object) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Read heat per electricity by the temperature outside; one number stands for all temperatures."""
    if isinstance(value, str):
        value = {"0 degC": value}
    if not isinstance(value, dict) or not value:
        raise Wrong(f"{value!r} tells no coefficients", "write them by temperature: {-7 degC: 2.6, 7 degC: 4.2}")
    pairs = sorted((parse(at, Dimension.TEMPERATURE), parse(each, Dimension.RATIO)) for at, each in value.items())
    for at_degc, cop in pairs:
        if not 0 < cop <= HIGHEST_COP:
            remedy = "write heat per electricity, such as 3.4"
            raise Wrong(f"{cop:g} at {at_degc:g} degC is not within 0..{HIGHEST_COP:g}", remedy)
    if len({at for at, _ in pairs}) < len(pairs):
        raise Wrong("names a temperature twice", "keep one of the two")
    return tuple(at for at, _ in pairs), tuple(cop for _, cop in pairs)


def _phase(value: object) -> tuple[float, float]:
    """Read ``2 kW for 30 min`` as power and length."""
    power, word, length = value.partition(" for ") if isinstance(value, str) else ("", "", "")
    if not word:
        raise Wrong(f"{value!r} is no part of a program", "write power and length, such as '2 kW for 30 min'")
    power_w, length_s = parse(power, Dimension.POWER), parse(length, Dimension.DURATION)
    if not (power_w >= 0 and 60 <= length_s <= DAY_S):
        raise Wrong(f"{value!r} is not 0 W or more for 1 min to 24 h", "write such as '2 kW for 30 min'")
    return power_w, length_s


def _hours(text: object) -> float:
    duration_s = parse(text, Dimension.DURATION)
    if not 0 <= duration_s <= DAY_S:
        raise Wrong(f"{text!r} is not within 0..24 h", "write a time such as '30 min'")
    return duration_s


def _room_sensor(text: object) -> str:
    if text not in SENSORS:
        raise Wrong(f"{text!r} tells of nobody", f"write some of {', '.join(SENSORS)}")
    return str(text)


Name = Annotated[Text, Field(examples=["Cellar"])]
Conductance = Annotated[float, quantity(Dimension.CONDUCTANCE, at_least=0), Field(examples=["150 W/K"])]
HeatCapacity = Annotated[float, quantity(Dimension.HEAT_CAPACITY, above=0), Field(examples=["10 kWh/K"])]
Volume = Annotated[float, quantity(Dimension.VOLUME, above=0), Field(examples=["200 l"])]
Money = Annotated[float, quantity(Dimension.MONEY, at_least=0), Field(examples=["10 EUR"])]
Celsius = Annotated[float, quantity(Dimension.TEMPERATURE), Field(examples=["10 degC"])]
Hours = Annotated[float, BeforeValidator(_hours), Field(examples=["30 min"])]
WarmBand = Annotated[tuple[float, float], BeforeValidator(_warm_band), Field(examples=["[20 degC, 23 degC]"])]
Cop = Annotated[
    tuple[tuple[float, ...], tuple[float, ...]],
    BeforeValidator(_cop),
    Field(examples=["{-7 degC: 2.6, 2 degC: 3.4, 7 degC: 4.2}"]),
]
RoomSensor = Annotated[str, BeforeValidator(_room_sensor), Field(examples=["presence"])]
ProgramPhase = Annotated[tuple[float, float], BeforeValidator(_phase)]
Line = Annotated[int, BeforeValidator(partial(whole, lowest=1, highest=3)), Field(examples=["1"])]
Layers = Annotated[int, BeforeValidator(partial(whole, lowest=1, highest=20)), Field(examples=["10"])]
