"""Heat pumps and chillers as the site file tells them: one building with its band, or zones that touch each other."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from enerwise.core.errors import UnitError
from enerwise.core.units import Dimension, parse
from enerwise.site.document import Path, Raw, positions, value_at
from enerwise.site.entry import Entry
from enerwise.site.machine_values import (
    Celsius,
    Conductance,
    Cop,
    HeatCapacity,
    Hours,
    Money,
    Name,
    RoomSensor,
    WarmBand,
)
from enerwise.site.machines import HeatPump
from enerwise.site.values import AssetId, Power, PowerAboveZero, RatioAboveZero, Wrong, YesNo, suggestion
from enerwise.site.window_entry import LimitedEntry, WindowEntry
from enerwise.site.zones import SENSORS, ZONES_MOST, Comfort, Neighbours, Presence, Zone


class BuildingEntry(Entry):
    """What a heat pump heats or cools."""

    loss: Annotated[Conductance, Field(examples=["150 W/K"])]
    air: HeatCapacity
    mass: Annotated[HeatCapacity | None, Field(examples=["9 kWh/K"])] = None
    exchange: Annotated[Conductance, Field(examples=["900 W/K"])] = 0.0
    gain: Annotated[Power, Field(examples=["300 W"])] = 0.0
    loss_at: Annotated[Celsius | None, Field(examples=["21 degC"])] = None

    @model_validator(mode="after")
    def _mass_is_reached(self) -> Self:
        if (self.mass is None) != (self.exchange == 0):
            raise Wrong("tells only one of mass and exchange", "write both, or neither: 'exchange: 900 W/K'")
        return self


class ComfortEntry(WindowEntry):
    """Another band in a window."""

    band: WarmBand


class PresenceEntry(Entry):
    """``presence``: who tells when somebody is there."""

    sensors: Annotated[list[RoomSensor], Field(min_length=1, examples=["[presence]"])]
    band: Annotated[WarmBand, Field(examples=["[20 degC, 23 degC]"])]
    follow: YesNo = True

    def presence(self) -> Presence:
        """Hand over who tells."""
        return Presence(tuple(dict.fromkeys(SENSORS[each] for each in self.sensors)), *self.band, self.follow)


Windows = Annotated[
    list[ComfortEntry],
    Field(default_factory=list, examples=['[{band: [18 degC, 23 degC], from: "22:00", to: "06:00"}]']),
]


class ZoneEntry(Entry):
    """One of several ``zones``: rooms of one temperature, with a band of their own."""

    id: AssetId
    name: Name = ""
    building: Annotated[BuildingEntry, Field(examples=["{loss: 90 W/K, air: 5 kWh/K}"])]
    comfort: WarmBand = (20.0, 23.0)
    windows: Windows
    share: Annotated[RatioAboveZero | None, Field(examples=["60 %"])] = None
    next_to: Annotated[dict[str, Conductance], Field(default_factory=dict, examples=["{upper: 120 W/K}"])]

    def zone(self, share_ratio: float, calendar: str | None) -> Zone:
        """Hand over the zone, with its share of the heat."""
        return Zone(self.id, name=self.name, share_ratio=share_ratio, **_rooms(self, self.building, calendar))


def _rooms(told: "ZoneEntry | HeatPumpEntry", house: BuildingEntry, calendar: str | None) -> dict[str, Any]:
    """Return the facts of one zone, by their names in `Zone` and in `HeatPump`."""
    return {
        "loss_w_per_k": house.loss,
        "air_wh_per_k": house.air,
        "mass_wh_per_k": house.mass or 0.0,
        "exchange_w_per_k": house.exchange,
        "gain_w": house.gain,
        "loss_at_degc": house.loss_at,
        "low_degc": told.comfort[0],
        "high_degc": told.comfort[1],
        "comfort": tuple(Comfort(each.window(calendar), *each.band) for each in told.windows),
    }


class HeatPumpEntry(LimitedEntry):
    """``kind: heat_pump``."""

    id: AssetId
    kind: Literal["heat_pump"]
    name: Name = ""
    power: Annotated[PowerAboveZero, Field(examples=["3 kW"])]
    least_power: Annotated[Power, Field(examples=["700 W"])] = 0.0
    cop: Cop
    cools: YesNo = False
    run_min: Hours = 0.0
    pause_min: Hours = 0.0
    building: Annotated[BuildingEntry | None, Field(examples=["{loss: 150 W/K, air: 10 kWh/K}"])] = None
    zones: Annotated[
        list[ZoneEntry],
        Field(
            default_factory=list,
            max_length=ZONES_MOST,
            examples=["[{id: ground, building: {loss: 90 W/K, air: 5 kWh/K}, next_to: {upper: 120 W/K}}, ...]"],
        ),
    ]
    comfort: WarmBand = (20.0, 23.0)
    worth: Annotated[Money, Field(examples=["0.50 EUR"])] = 0.5
    windows: Windows
    presence: Annotated[PresenceEntry | None, Field(examples=["{sensors: [presence], band: [20 degC, 23 degC]}"])] = (
        None
    )

    @model_validator(mode="after")
    def _has_rooms(self) -> Self:
        if (self.building is None) == (not self.zones):
            what = (
                "tells neither a building nor zones" if self.building is None else "tells a building beside its zones"
            )
            raise Wrong(
                what, "write 'building: {loss: 150 W/K, air: 10 kWh/K}' for one zone, 'zones: [...]' for several"
            )
        doubled = sorted({"comfort", "windows", "presence"} & self.model_fields_set) if self.zones else []
        if "presence" in doubled:
            raise Wrong("follows who is there in several zones", "write 'windows' into each zone instead of 'presence'")
        if doubled:
            raise Wrong(f"tells {doubled[0]!r} beside its zones", f"write {doubled[0]!r} into each zone")
        return self

    @model_validator(mode="after")
    def _shares_all_heat(self) -> Self:
        told = [each.share for each in self.zones if each.share is not None]
        if told and (len(told) < len(self.zones) or abs(sum(told) - 1.0) > 1e-3):
            what = f"shares {sum(told):.4g} of its heat among {len(told)} of {len(self.zones)} zones"
            raise Wrong(what, "write shares of all zones that sum up to 100 %, or none: then by their losses")
        return self

    @model_validator(mode="after")
    def _lets_go(self) -> Self:
        told = self.presence
        if told is not None and not (self.comfort[0] <= told.band[0] and told.band[1] <= self.comfort[1]):
            shown = f"{self.comfort[0]:g}..{self.comfort[1]:g} degC"
            message = f"has a band for people that leaves {shown}, the band while nobody is there"
            raise Wrong(message, "write a wider 'comfort': it holds while nobody is there")
        return self

    @model_validator(mode="after")
    def _modulates(self) -> Self:
        if self.least_power > self.power:
            raise Wrong("has a least power above its power", "write a lower 'least_power'")
        return self

    def asset(self, calendar: str | None) -> HeatPump:
        """Hand over the heat pump and what it heats."""
        own = {} if self.building is None else _rooms(self, self.building, calendar)
        shares = self._shares()
        return HeatPump(
            id=self.id,
            name=self.name,
            limit=self.own_limit(calendar),
            electric_max_w=self.power,
            electric_min_w=self.least_power,
            source_degc=self.cop[0],
            cop=self.cop[1],
            cools=self.cools,
            **own,
            comfort_eur_per_kh=self.worth,
            run_min_s=self.run_min,
            pause_min_s=self.pause_min,
            presence=None if self.presence is None else self.presence.presence(),
            zones=tuple(each.zone(share, calendar) for each, share in zip(self.zones, shares, strict=True)),
            between=tuple(Neighbours(*pair, w_per_k) for pair, w_per_k in self._between().items()),
        )

    def _shares(self) -> list[float]:
        """Return the share of each zone in all heat: as told, else as radiators are sized, by losses."""
        told = [each.building.loss if each.share is None else each.share for each in self.zones]
        told = told if sum(told) > 0 else [1.0] * len(told)
        return [each / sum(told) for each in told]

    def _between(self) -> dict[tuple[str, str], float]:
        """Return what flows between zones that touch; either may tell it."""
        found: dict[tuple[str, str], float] = {}
        for zone in self.zones:
            for other, w_per_k in zone.next_to.items():
                if w_per_k > 0:
                    found.setdefault((min(zone.id, other), max(zone.id, other)), w_per_k)
        return found


def zone_paths(data: Raw) -> Iterator[tuple[int, str, int]]:
    """Yield where zones stand, from the assets on."""
    for at in positions(data, "assets"):
        for row in positions(data, "assets", at, "zones"):
            yield at, "zones", row


def zone_findings(data: Raw) -> Iterator[tuple[Path, str, str]]:
    """Yield path, message and remedy of neighbours that are no zones, or of which both tell something else."""
    for at in positions(data, "assets"):
        zones = [value_at(data, "assets", at, "zones", each) for each in positions(data, "assets", at, "zones")]
        ids = [str(value_at(each, "id")).strip() for each in zones]
        told: dict[tuple[str, str], float] = {}
        for row, (zone, name) in enumerate(zip(zones, ids, strict=True)):
            neighbours = value_at(zone, "next_to")
            for other, text in neighbours.items() if isinstance(neighbours, dict) else ():
                path: Path = ("assets", at, "zones", row, "next_to", other)
                others = [each for each in ids if each != name]
                if str(other) not in others:
                    remedy = suggestion(str(other), others) or f"write one of {', '.join(others) or 'several zones'}"
                    yield path, f"{other!r} is no other zone of it", remedy
                    continue
                pair = (min(name, str(other)), max(name, str(other)))
                w_per_k = _conductance(text)
                if w_per_k is not None and abs(told.setdefault(pair, w_per_k) - w_per_k) > 1e-6:
                    yield path, f"{text} differs from what {other!r} tells of the same wall", "keep one of the two"


def _conductance(text: object) -> float | None:
    """Read a conductance; one that cannot be read is told elsewhere."""
    try:
        return parse(text, Dimension.CONDUCTANCE)
    except UnitError:
        return None
