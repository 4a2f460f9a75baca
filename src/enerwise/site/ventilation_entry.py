"""``kind: ventilation``: an air handling unit as people know it: flow, fan power, heat recovery, rooms, people."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from enerwise.core.units import Dimension
from enerwise.site.document import Path, Raw, positions, value_at
from enerwise.site.machine_values import Money, Volume
from enerwise.site.values import AssetId, Factor, PowerAboveZero, Ratio, Text, Wrong, YesNo, quantity, suggestion
from enerwise.site.ventilation import OUTDOOR_PPM, Ventilation
from enerwise.site.window_entry import LimitedEntry, WindowEntry

MOST_PPM: Final = 10_000.0
WORTH_PPM: Final = 100.0
"""``worth`` is of so many ppm beyond the limit."""
L_PER_M3: Final = 1e3


def _people(text: object) -> float:
    try:
        count = float(str(text))
    except ValueError:
        raise Wrong(f"{text!r} is no number of people", "write how many breathe there, such as 40") from None
    if not 0 <= count <= 1e5:
        raise Wrong(f"{text!r} people are not within 0..100000", "write how many breathe there, such as 40")
    return count


Flow = Annotated[float, quantity(Dimension.FLOW, at_least=0), Field(examples=["2000 m3/h"])]
FlowAboveZero = Annotated[float, quantity(Dimension.FLOW, above=0), Field(examples=["2000 m3/h"])]
Co2 = Annotated[float, quantity(Dimension.PPM, above=OUTDOOR_PPM, at_most=MOST_PPM), Field(examples=["1000 ppm"])]
People = Annotated[float, BeforeValidator(_people), Field(examples=["40"])]


class VentilationEntry(LimitedEntry):
    """``kind: ventilation``."""

    id: AssetId
    kind: Literal["ventilation"]
    name: Annotated[Text, Field(examples=["Air"])] = ""
    rooms: Annotated[AssetId | None, Field(examples=["heating"])] = None
    flow: FlowAboveZero
    least_flow: Annotated[Flow, Field(examples=["200 m3/h"])] = 0.0
    power: Annotated[PowerAboveZero, Field(examples=["1 kW"])]
    exponent: Annotated[Factor, Field(examples=["2.5"])] = 2.5
    recovery: Annotated[Ratio, Field(examples=["75 %"])] = 0.0
    bypass: YesNo = False
    volume: Annotated[Volume, Field(examples=["600 m3"])]
    people: People
    co2: Co2 = 1000.0
    worth: Annotated[Money, Field(examples=["1 EUR"])] = 1.0
    windows: Annotated[
        list[WindowEntry], Field(default_factory=list, examples=['[{from: "07:30", to: "18:00", days: weekdays}]'])
    ]

    @model_validator(mode="after")
    def _moves_air(self) -> Self:
        if self.least_flow > self.flow:
            raise Wrong("has a least flow above its flow", "write a lower 'least_flow'")
        if not 1 <= self.exponent <= 3:
            raise Wrong(f"has an exponent of {self.exponent:g}", "write 1 to 3: 3 where nothing but ducts resists")
        return self

    def asset(self, calendar: str | None) -> Ventilation:
        """Hand over the unit."""
        return Ventilation(
            id=self.id,
            name=self.name,
            limit=self.own_limit(calendar),
            flow_max_m3_per_h=self.flow,
            flow_min_m3_per_h=self.least_flow,
            fan_max_w=self.power,
            fan_exponent=self.exponent,
            recovery_ratio=self.recovery,
            has_bypass=self.bypass,
            volume_m3=self.volume / L_PER_M3,
            people_count=self.people,
            limit_ppm=self.co2,
            missed_eur_per_ppm_h=self.worth / WORTH_PPM,
            windows=tuple(each.window(calendar) for each in self.windows),
            rooms=self.rooms or "",
        )


def ventilation_findings(data: Raw) -> Iterator[tuple[Path, str, str]]:
    """Yield path, message and remedy of rooms that nobody heats or cools, from the raw file: nothing hides it."""
    kinds = {
        str(value_at(data, "assets", at, "id")).strip(): value_at(data, "assets", at, "kind")
        for at in positions(data, "assets")
    }
    pumps = [name for name, kind in kinds.items() if kind == "heat_pump"]
    for at in positions(data, "assets"):
        rooms = value_at(data, "assets", at, "rooms")
        if value_at(data, "assets", at, "kind") != "ventilation" or not isinstance(rooms, str):
            continue
        if (name := rooms.strip()) not in pumps:
            what = f"is a {kinds[name]}, no heat pump or chiller" if name in kinds else "is no asset of this site"
            known = f"write one of {', '.join(pumps)}" if pumps else "leave 'rooms' out, or add a heat pump"
            yield ("assets", at, "rooms"), f"{name!r} {what}", suggestion(name, pumps) or known
