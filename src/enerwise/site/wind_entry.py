"""``kind: wind``: a small turbine as people know it, by its power curve or by three speeds and its rated power."""

from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from enerwise.core.units import Dimension, parse
from enerwise.site.assets import Wind
from enerwise.site.entry import Entry
from enerwise.site.values import AssetId, PowerAboveZero, Text, Wrong, YesNo, quantity

FASTEST_M_PER_S: Final = 60.0
CURVE_PARTS: Final = 8
"""Straight lines that stand for the cube between cut-in and rated speed; 1 % of the rated power apart at most."""


def _curve(value: object) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Read power by wind speed at the hub."""
    if not isinstance(value, dict) or len(value) < 2:
        raise Wrong(
            f"{value!r} is no power curve", "write power by wind speed: {3 m/s: 0 W, 11 m/s: 5 kW, 25 m/s: 5 kW}"
        )
    pairs = sorted((parse(at, Dimension.SPEED), parse(each, Dimension.POWER)) for at, each in value.items())
    if len({at for at, _ in pairs}) < len(pairs):
        raise Wrong("names a wind speed twice", "keep one of the two")
    if pairs[0][0] < 0 or min(power_w for _, power_w in pairs) < 0 or max(power_w for _, power_w in pairs) == 0:
        raise Wrong("has a speed or power below zero, or no power at all", "write sizes, as the data sheet does")
    return tuple(at for at, _ in pairs), tuple(power_w for _, power_w in pairs)


Speed = Annotated[float, quantity(Dimension.SPEED, above=0, at_most=FASTEST_M_PER_S), Field(examples=["11 m/s"])]
Height = Annotated[float, quantity(Dimension.LENGTH, above=0, at_most=300), Field(examples=["18 m"])]
Curve = Annotated[tuple[tuple[float, ...], tuple[float, ...]], BeforeValidator(_curve)]


class WindEntry(Entry):
    """``kind: wind``."""

    id: AssetId
    kind: Literal["wind"]
    name: Annotated[Text, Field(examples=["Mill"])] = ""
    power: Annotated[PowerAboveZero | None, Field(examples=["5 kW"])] = None
    cut_in: Annotated[Speed, Field(examples=["3 m/s"])] = 3.0
    rated: Speed = 11.0
    cut_out: Annotated[Speed, Field(examples=["25 m/s"])] = 25.0
    curve: Annotated[Curve | None, Field(examples=["{3 m/s: 0 W, 6 m/s: 900 W, 11 m/s: 5 kW, 25 m/s: 5 kW}"])] = None
    hub: Height = 10.0
    measured_at: Annotated[Height, Field(examples=["10 m"])] = 10.0
    curtail: YesNo = False

    @model_validator(mode="after")
    def _tells_its_power_once(self) -> Self:
        if (self.power is None) == (self.curve is None):
            raise Wrong("has neither power nor curve, or both", "write 'power: 5 kW', or the curve of its data sheet")
        if not self.cut_in < self.rated < self.cut_out:
            told = f"{self.cut_in:g}, {self.rated:g} and {self.cut_out:g} m/s"
            raise Wrong(f"has {told} as cut_in, rated and cut_out, which do not rise", "write them rising")
        return self

    def asset(self, calendar: str | None) -> Wind:
        """Hand over the turbine."""
        speeds, powers = self.curve or cubic_curve(self.power or 0.0, self.cut_in, self.rated, self.cut_out)
        return Wind(
            self.id,
            peak_w=max(powers),
            can_curtail=self.curtail,
            name=self.name,
            speed_m_per_s=speeds,
            curve_w=powers,
            hub_m=self.hub,
            measured_m=self.measured_at,
        )


def cubic_curve(
    power_w: float, cut_in_m_per_s: float, rated_m_per_s: float, cut_out_m_per_s: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return a power curve that rises as the energy of the wind, with the cube of its speed, up to the rated power.

    >>> cubic_curve(5000.0, 3.0, 11.0, 25.0)[1][-3:]
    (3730.83, 5000.0, 5000.0)
    """
    width = (rated_m_per_s - cut_in_m_per_s) / CURVE_PARTS
    speeds = [cut_in_m_per_s + part * width for part in range(CURVE_PARTS)]
    span = rated_m_per_s**3 - cut_in_m_per_s**3
    powers = [round(power_w * (speed**3 - cut_in_m_per_s**3) / span, 2) for speed in speeds]
    return (*speeds, rated_m_per_s, cut_out_m_per_s), (*powers, power_w, power_w)
