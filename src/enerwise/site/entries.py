"""The site file as people write it: one model per part, in their words and units, each handing over its dataclass.

Every value arrives as the text that was typed (`enerwise.site.document`) and is read by `enerwise.site.values`. Nothing
else of ours sees these models.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from enerwise.site.aim_entries import AimsEntry
from enerwise.site.aims import Aims
from enerwise.site.assets import Battery, Load, Pv
from enerwise.site.calendar import Window
from enerwise.site.circuit_entries import CircuitEntry
from enerwise.site.entry import Entry
from enerwise.site.help import Help
from enerwise.site.learning import Futures, Learning, Modelling
from enerwise.site.limits import WindowedLimit
from enerwise.site.machine_entries import MACHINE_ENTRIES, MachineEntry
from enerwise.site.owner_entries import (
    CarbonEntry,
    ControlEntry,
    FuturesEntry,
    LearningEntry,
    ModellingEntry,
    SafetyEntry,
)
from enerwise.site.site import Connection, Site
from enerwise.site.tariff import DemandComponent, PriceSeries, Rate, Tariff
from enerwise.site.values import (
    AssetId,
    Country,
    Current,
    EnergyAboveZero,
    Factor,
    Fee,
    PartOfDay,
    PeakPrice,
    Per,
    Phases,
    Power,
    PowerAboveZero,
    Price,
    Rank,
    Ratio,
    RatioAboveZero,
    SocBand,
    Text,
    TimeZone,
    TopCount,
    Voltage,
    Wear,
    Wrong,
    YesNo,
)
from enerwise.site.ventilation_entry import VentilationEntry
from enerwise.site.wind_entry import WindEntry
from enerwise.site.window_entry import LimitWindowEntry, WindowEntry
from enerwise.site.wiring_entries import DeviceEntry

_WINDOW: Final = Window()


# ---------------------------------------------------------------------------------------------------------------
# Connection


class LimitEntry(Entry):
    """A limit of the connection: ``9 kW``, or ``otherwise`` and windows."""

    otherwise: Power
    windows: Annotated[list[LimitWindowEntry], Field(default_factory=list)]

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"otherwise": value} if isinstance(value, str) else value

    def limit(self, calendar: str | None) -> WindowedLimit:
        """Hand over the limit."""
        return WindowedLimit(self.otherwise, tuple((each.window(calendar), each.limit) for each in self.windows))


class ConnectionEntry(Entry):
    """``connection``: how the site hangs on the grid."""

    import_limit: Annotated[LimitEntry, Field(examples=["9 kW"])]
    export_limit: Annotated[LimitEntry, Field(examples=["9 kW"])]
    fuse: Current = np.inf
    phases: Phases = 1
    voltage: Voltage = 230.0

    def connection(self, calendar: str | None) -> Connection:
        """Hand over the connection."""
        import_limit, export_limit = self.import_limit.limit(calendar), self.export_limit.limit(calendar)
        return Connection(import_limit, export_limit, self.fuse, self.phases, self.voltage)


# ---------------------------------------------------------------------------------------------------------------
# Tariff


class PeriodEntry(WindowEntry):
    """A price in a window."""

    price: Price


class RateEntry(Entry):
    """A price: ``0.30 EUR/kWh``, ``otherwise`` and periods, a file, or a feed; then ``times`` and ``plus``."""

    otherwise: Annotated[Price | None, Field(examples=["0.30 EUR/kWh"])] = None
    periods: Annotated[list[PeriodEntry], Field(default_factory=list)]
    file: Annotated[Text | None, Field(examples=["prices.csv"])] = None
    feed: Annotated[Text | None, Field(examples=["prices"])] = None
    times: Factor = 1.0
    plus: Price = 0.0

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"otherwise": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if self.file is not None and (self.otherwise is not None or self.periods):
            raise Wrong("has prices from a file and others", "keep either 'file', or 'otherwise' and 'periods'")
        if self.feed is not None and (self.file is not None or self.periods):
            raise Wrong("has prices from a feed and others", "keep 'feed' and 'otherwise'")
        if self.feed is not None and self.otherwise is None:
            raise Wrong("has no price where its feed tells none", "add 'otherwise: 0.10 EUR/kWh', a usual market price")
        if self.file is None and self.otherwise is None:
            raise Wrong("has no price", "add 'otherwise: 0.30 EUR/kWh', the price outside all periods, or 'file'")
        return self

    def rate(self, calendar: str | None, files: Mapping[str, PriceSeries]) -> Rate:
        """Hand over the rate; ``files`` holds the series of each file."""
        periods = tuple((each.window(calendar), each.price) for each in self.periods)
        series = None if self.file is None else files[self.file]
        return Rate(self.otherwise or 0.0, periods, series, self.times, self.plus, self.feed or "")


class DemandEntry(WindowEntry):
    """A price on peaks."""

    price: PeakPrice
    name: Annotated[Text | None, Field(examples=["peak"])] = None
    per: Per = "month"
    interval: PartOfDay = 900
    above: Annotated[Power, Field(examples=["2.5 kW"])] = 0.0
    top: TopCount = 1

    def component(self, calendar: str | None, name: str) -> DemandComponent:
        """Hand over the component, under ``name`` where the file gives none."""
        window = self.window(calendar)
        return DemandComponent(
            name=self.name or name,
            price_eur_per_kw=self.price,
            per=self.per,
            interval_s=self.interval,
            above_w=self.above,
            top_count=self.top,
            window=None if window == _WINDOW else window,
        )


class TariffEntry(Entry):
    """``tariff``: what energy costs."""

    import_: Annotated[RateEntry, Field(examples=["0.30 EUR/kWh"])]
    export: Annotated[RateEntry | None, Field(examples=["0.08 EUR/kWh"])] = None
    fixed: Fee = 0.0
    tax: Annotated[Ratio, Field(examples=["19 %"])] = 0.0
    demand: Annotated[list[DemandEntry], Field(default_factory=list, examples=["[{price: 4.20 EUR/kW, per: month}]"])]
    holidays: Annotated[Country | None, Field(examples=["DE-BW"])] = None

    def tariff(self, calendar: str | None, files: Mapping[str, PriceSeries]) -> Tariff:
        """Hand over the tariff; ``calendar`` is used where it names no holidays of its own."""
        calendar = self.holidays or calendar
        return Tariff(
            import_rate=self.import_.rate(calendar, files),
            export_rate=Rate() if self.export is None else self.export.rate(calendar, files),
            fixed_eur_per_day=self.fixed,
            tax_ratio=self.tax,
            demand=tuple(each.component(calendar, demand_name(at)) for at, each in enumerate(self.demand)),
        )


def demand_name(position: int) -> str:
    """Return the name of a demand component that the file leaves unnamed."""
    return f"demand-{position + 1}"


# ---------------------------------------------------------------------------------------------------------------
# Assets


class BatteryEntry(Entry):
    """``kind: battery``."""

    id: AssetId
    kind: Literal["battery"]
    name: Annotated[Text, Field(examples=["Cellar battery"])] = ""
    capacity: EnergyAboveZero
    charge_limit: Power
    discharge_limit: Power
    round_trip: RatioAboveZero = 0.90
    soc: SocBand = (0.0, 1.0)
    reserve: Ratio = 0.0
    wear: Wear = 0.0
    self_discharge: Annotated[Power, Field(examples=["5 W"])] = 0.0
    idle_loss: Annotated[Power, Field(examples=["30 W"])] = 0.0
    resistive_loss: Annotated[Ratio, Field(examples=["3 %"])] = 0.0

    @model_validator(mode="after")
    def _reserve_is_reachable(self) -> Self:
        if self.reserve > self.soc[1]:
            message = f"has a reserve of {self.reserve * 100:g} %, above its highest soc of {self.soc[1] * 100:g} %"
            raise Wrong(message, "write a lower reserve or a wider soc")
        return self

    def asset(self, calendar: str | None) -> Battery:
        """Hand over the battery."""
        return Battery(
            id=self.id,
            capacity_wh=self.capacity,
            charge_limit_w=self.charge_limit,
            discharge_limit_w=self.discharge_limit,
            round_trip_ratio=self.round_trip,
            idle_loss_w=self.idle_loss,
            resistive_ratio=self.resistive_loss,
            soc_min_ratio=self.soc[0],
            soc_max_ratio=self.soc[1],
            reserve_ratio=self.reserve,
            ageing_eur_per_kwh=self.wear,
            self_discharge_w=self.self_discharge,
            name=self.name,
        )


class PvEntry(Entry):
    """``kind: pv``."""

    id: AssetId
    kind: Literal["pv"]
    name: Annotated[Text, Field(examples=["South roof"])] = ""
    peak: PowerAboveZero
    inverter_limit: Annotated[PowerAboveZero | None, Field(examples=["5 kW"])] = None
    curtail: YesNo = False

    def asset(self, calendar: str | None) -> Pv:
        """Hand over the plant."""
        return Pv(
            self.id, peak_w=self.peak, inverter_limit_w=self.inverter_limit, can_curtail=self.curtail, name=self.name
        )


class LoadEntry(Entry):
    """``kind: load``."""

    id: AssetId
    kind: Literal["load"]
    name: Annotated[Text, Field(examples=["Car"])] = ""
    switch_power: Annotated[Power, Field(examples=["2 kW"])] = 0.0
    surplus_priority: Rank = 0

    def asset(self, calendar: str | None) -> Load:
        """Hand over the load."""
        return Load(self.id, switch_power_w=self.switch_power, surplus_priority=self.surplus_priority, name=self.name)


ASSET_ENTRIES: Final[Mapping[str, type[Entry]]] = {
    "battery": BatteryEntry,
    "pv": PvEntry,
    "load": LoadEntry,
    "wind": WindEntry,
    **MACHINE_ENTRIES,
    "ventilation": VentilationEntry,
}
AssetEntry = Annotated[
    BatteryEntry | PvEntry | LoadEntry | WindEntry | MachineEntry | VentilationEntry, Field(discriminator="kind")
]


# ---------------------------------------------------------------------------------------------------------------
# The whole


class SiteEntry(Entry):
    """The whole file."""

    name: Annotated[Text, Field(examples=["Lindenweg 8"])]
    timezone: TimeZone
    country: Annotated[Country | None, Field(examples=["DE-BW"])] = None
    connection: Annotated[ConnectionEntry, Field(examples=["{import_limit: 9 kW, export_limit: 9 kW}"])]
    tariff: Annotated[TariffEntry, Field(examples=["{import: 0.30 EUR/kWh, export: 0.08 EUR/kWh}"])]
    assets: Annotated[list[AssetEntry], Field(min_length=1, examples=["[{id: home, kind: load}]"])]
    circuits: Annotated[
        list[CircuitEntry],
        Field(default_factory=list, examples=["[{id: garage, fuse: 16 A, members: [car, second-car]}]"]),
    ]
    aims: Annotated[AimsEntry | None, Field(examples=["{carbon: 100 EUR/t, caps: {peak: 6 kW}}"])] = None
    control: Annotated[ControlEntry | None, Field(examples=["{mode: follow_plan}"])] = None
    forecast: Annotated[LearningEntry | None, Field(examples=["{retrain: weekly}"])] = None
    models: Annotated[ModellingEntry | None, Field(examples=["{identify: weekly}"])] = None
    planning: Annotated[FuturesEntry | None, Field(examples=["{after: [3 h, 12 h], branches: [3, 3]}"])] = None
    carbon: Annotated[CarbonEntry | None, Field(examples=["{grid: 363 g/kWh, source: UBA 2024}"])] = None
    safety: Annotated[SafetyEntry | None, Field(examples=['{main_switch: "in the cellar, left of the door"}'])] = None
    devices: Annotated[
        list[DeviceEntry], Field(default_factory=list, examples=["[{id: meter, driver: modbus_tcp, ...}]"])
    ]

    def site(self, files: Mapping[str, PriceSeries]) -> Site:
        """Hand over the site; ``files`` holds the price series of each file that it names."""
        return Site(
            name=self.name,
            timezone=self.timezone,
            connection=self.connection.connection(calendar=self.country or self.tariff.holidays),
            tariff=self.tariff.tariff(self.country, files),
            assets=tuple(each.asset(self.country or self.tariff.holidays) for each in self.assets),
            control=(self.control or ControlEntry()).control(),
            devices=tuple(each.device() for each in self.devices),
            carbon=None if self.carbon is None else self.carbon.carbon(),
            safety=Help() if self.safety is None else self.safety.help(),
            forecast=Learning() if self.forecast is None else self.forecast.learning(),
            models=Modelling() if self.models is None else self.models.modelling(),
            planning=Futures() if self.planning is None else self.planning.futures(),
            country=self.country or "",
            circuits=tuple(each.circuit() for each in self.circuits),
            aims=Aims() if self.aims is None else self.aims.aims(self.country or self.tariff.holidays),
        )
