"""The community file as people write it: one model per part, in their words and units.

It shares its words with the site file (`enerwise.site.entries`); only what stands in many homes is told by shares and
ranges.
"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Final, Self

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from enerwise.core.errors import UnitError
from enerwise.core.time import DAY_S, Instant, instant
from enerwise.core.units import Dimension, parse
from enerwise.run.community_coupling import Coupling
from enerwise.site.assets import Battery
from enerwise.site.entries import RateEntry
from enerwise.site.entry import Entry
from enerwise.site.tariff import PriceSeries, Rate
from enerwise.site.values import (
    EnergyAboveZero,
    PeakPrice,
    Power,
    PowerAboveZero,
    Ratio,
    RatioAboveZero,
    SocBand,
    Text,
    TimeFrom,
    TimeZone,
    Wear,
    Word,
    Wrong,
)

HOMES_MOST: Final = 100_000
STEPS_S: Final = (900, 1800, 3600)
Range = tuple[float, float]


def _range(value: object, *, dimension: Dimension) -> Range:
    """Read a size above zero, or the two ends of a range."""
    ends = value if isinstance(value, list) else [value, value]
    if len(ends) != 2:
        raise Wrong(f"{value!r} is neither a size nor a pair", "write a size, or [smallest, largest]")
    lower, upper = (parse(each, dimension) for each in ends)
    if not 0 < lower <= upper:
        raise Wrong(f"{value!r} does not rise from above zero", "write the smaller size first")
    return lower, upper


def _whole(value: object, *, lowest: int, highest: int) -> int:
    number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 10 else -1
    if not lowest <= number <= highest:
        raise Wrong(f"{value!r} is not a whole number within {lowest}..{highest}", f"write a number such as {lowest}")
    return number


def _step_s(value: object) -> int:
    step_s = parse(value, Dimension.DURATION)
    if step_s not in STEPS_S:
        raise Wrong(f"{value!r} is no slot of the market", "write '15 min', '30 min' or '1 h'")
    return int(step_s)


def _date(value: object) -> str:
    try:
        instant(str(value))
    except UnitError:
        raise Wrong(f"{value!r} is no date", "write a date such as '2024-06-03'") from None
    return str(value)


def _texts(value: object) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else str(value).split(",") if isinstance(value, str) else []
    words = tuple(str(each).strip() for each in parts if isinstance(each, str) and each.strip())
    if not words or len(words) != len(parts):
        raise Wrong(f"{value!r} is no list of words", "write words, such as [north, south]")
    return words


def _factors(value: object) -> tuple[float, ...]:
    return tuple(parse(each, Dimension.RATIO) for each in (value if isinstance(value, list) else [value]))


def _mapping(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Wrong(f"{value!r} is no column map", "write keys such as 'load: {column: load_kwh, unit: kWh per step}'")
    return {str(key): each for key, each in value.items()}


Sizes = Annotated[Range, BeforeValidator(partial(_range, dimension=Dimension.ENERGY)), Field(examples=["13.5 kWh"])]
Peaks = Annotated[
    Range, BeforeValidator(partial(_range, dimension=Dimension.POWER)), Field(examples=["[4 kWp, 10 kWp]"])
]
Count = Annotated[int, BeforeValidator(partial(_whole, lowest=1, highest=HOMES_MOST)), Field(examples=["20"])]
Days = Annotated[int, BeforeValidator(partial(_whole, lowest=1, highest=366)), Field(examples=["7"])]
Seed = Annotated[int, BeforeValidator(partial(_whole, lowest=0, highest=999_999_999)), Field(examples=["1"])]
Step = Annotated[int, BeforeValidator(_step_s), Field(examples=["30 min"])]
Date = Annotated[str, BeforeValidator(_date), Field(examples=["2024-06-03"])]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts), Field(examples=["[north, south]"])]
Factors = Annotated[tuple[float, ...], BeforeValidator(_factors), Field(examples=["[4.0, 5.0]"])]
Clock = Annotated[str, Word(("wall", "24h")), Field(examples=["24h"])]
Columns = Annotated[
    dict[str, object],
    BeforeValidator(_mapping),
    Field(examples=["{time: ts_local, load: {column: load_kwh, unit: kWh per step}}"]),
]


class PriceEntry(RateEntry):
    """A price as in a site file; one from a file may name its columns and clock."""

    time: Annotated[Text | None, Field(examples=["ts_local"])] = None
    column: Annotated[Text | None, Field(examples=["price_eur_mwh"])] = None
    unit: Annotated[Text | None, Field(examples=["EUR/MWh"])] = None
    clock: Clock = "wall"

    @model_validator(mode="after")
    def _has_no_feed(self) -> Self:
        if self.feed is not None:
            raise Wrong("names a feed, which tells prices only while a site runs", "write 'file: prices.csv'")
        return self

    def priced(self, series: PriceSeries | None) -> Rate:
        """Hand over the rate; ``series`` holds the prices of its file."""
        files: Mapping[str, PriceSeries] = {} if series is None or self.file is None else {self.file: series}
        return self.rate(None, files)


class PricesEntry(Entry):
    """``prices``: what homes pay and earn outside the market."""

    import_: Annotated[PriceEntry, Field(examples=["0.32 EUR/kWh"])]
    export: Annotated[PriceEntry, Field(examples=["0.08 EUR/kWh"])]
    balancing_margin: Wear = 0.0


class MarketEntry(Entry):
    """``market``: how neighbours trade."""

    mechanism: Annotated[Text, Field(examples=["uniform"])] = "uniform"
    strategy: Annotated[Text, Field(examples=["marginal_value"])] = "marginal_value"


class LineEntry(Entry):
    """A line between two areas, usable both ways."""

    from_: Annotated[Text, Field(examples=["north"])]
    to: Annotated[Text, Field(examples=["south"])]
    limit: PowerAboveZero
    loss: Ratio = 0.0
    fee: Wear = 0.0

    def ends(self) -> tuple[str, str]:
        """Return the areas it joins."""
        return self.from_, self.to


class PvEntry(Entry):
    """PV on a share of the homes."""

    share: Ratio = 1.0
    peak: Peaks


class BatteryEntry(Entry):
    """Batteries in a share of the homes."""

    share: Ratio = 1.0
    capacity: Sizes
    charge_limit: Power
    discharge_limit: Power
    round_trip: RatioAboveZero = 0.90
    soc: SocBand = (0.1, 0.9)
    reserve: Ratio = 0.0
    start: Ratio = 0.5

    def asset(self, name: str, capacity_wh: float) -> Battery:
        """Hand over one battery."""
        return Battery(
            name,
            capacity_wh,
            self.charge_limit,
            self.discharge_limit,
            round_trip_ratio=self.round_trip,
            soc_min_ratio=self.soc[0],
            soc_max_ratio=self.soc[1],
            reserve_ratio=self.reserve,
        )


class VehicleEntry(Entry):
    """Electric vehicles in a share of the homes."""

    share: Ratio = 1.0
    charge_limit: PowerAboveZero = 11_000.0
    charge_efficiency: RatioAboveZero = 0.9
    capacity: EnergyAboveZero = 60_000.0
    arrives: TimeFrom = 17 * 3600 + 1800
    leaves: TimeFrom = 7 * 3600 + 1800
    needs: EnergyAboveZero = 8_000.0
    driven: Ratio = 0.8

    @model_validator(mode="after")
    def _leaves_first(self) -> Self:
        if not self.leaves < self.arrives:
            raise Wrong("comes home before it leaves", "vehicles are away by day: let 'leaves' be earlier in the day")
        return self


class RecordedEntry(Entry):
    """Recorded homes: one file with a column that tells them apart, or a folder with a file for each."""

    file: Annotated[Text | None, Field(examples=["houses.parquet"])] = None
    folder: Annotated[Text | None, Field(examples=["houses/"])] = None
    by: Annotated[Text | None, Field(examples=["building"])] = None
    homes: Annotated[Texts | None, Field(examples=["[1, 2, 3]"])] = None
    columns: Columns | None = None
    pv_times: Annotated[Factors, Field(examples=["[4.0, 5.0]"])] = (1.0,)

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if (self.file is None) == (self.folder is None):
            raise Wrong("names not just one of file and folder", "write 'folder: houses/', a file for each home")
        if self.file is not None and (self.by is None or self.homes is None):
            raise Wrong("does not say which rows are whose", "add 'by: building' and 'homes: [1, 2, 3]'")
        if self.folder is not None and self.by is not None:
            raise Wrong("has a folder, and a column that tells homes apart", "leave out 'by'")
        return self


class ConnectionEntry(Entry):
    """How homes hang on the grid."""

    import_limit: Power = 24_000.0
    export_limit: Power = 24_000.0


class HomesEntry(Entry):
    """Some homes of one sort."""

    name: Annotated[Text, Field(examples=["home"])] = "home"
    count: Count | None = None
    recorded: RecordedEntry | None = None
    area: Annotated[Text | None, Field(examples=["north"])] = None
    connection: ConnectionEntry = Field(default_factory=ConnectionEntry)
    pv: PvEntry | None = None
    battery: BatteryEntry | None = None
    vehicle: VehicleEntry | None = None

    @model_validator(mode="after")
    def _is_counted(self) -> Self:
        if self.recorded is None and self.count is None:
            raise Wrong("does not say how many homes there are", "add 'count: 20', or 'recorded' with a file or folder")
        if self.recorded is not None and self.pv is not None:
            raise Wrong("has recorded homes and PV that is to be generated", "name the PV column under 'columns'")
        return self


class CouplingEntry(Entry):
    """``connection``: that of all homes together, and what its peak costs."""

    import_limit: PowerAboveZero = np.inf
    export_limit: PowerAboveZero = np.inf
    demand_charge: PeakPrice = 0.0
    scarcity_price: Wear = 1.0

    def coupling(self) -> Coupling:
        """Hand over the connection."""
        scarcity = round(self.scarcity_price * 1e6)
        return Coupling(self.import_limit, self.export_limit, self.demand_charge, scarcity)


class CommunityEntry(Entry):
    """The whole file."""

    name: Text = "Community"
    timezone: TimeZone = "Europe/Berlin"
    start: Date = "2024-06-03"
    days: Days = 7
    history: Annotated[Days, Field(examples=["7"])] = 7
    step: Step = 1800
    seed: Seed = 1
    prices: Annotated[PricesEntry, Field(examples=["{import: 0.32 EUR/kWh, export: 0.08 EUR/kWh}"])]
    market: MarketEntry = Field(default_factory=MarketEntry)
    areas: Annotated[Texts | None, Field(examples=["[north, south]"])] = None
    lines: Annotated[list[LineEntry], Field(default_factory=list)]
    connection: Annotated[CouplingEntry | None, Field(examples=["{import_limit: 30 kW}"])] = None
    homes: Annotated[list[HomesEntry], Field(min_length=1, examples=["[{count: 20, pv: {peak: 6 kWp}}]"])]

    @model_validator(mode="after")
    def _areas_are_known(self) -> Self:
        known = self.areas or ()
        named = [*(each.area for each in self.homes if each.area), *(end for each in self.lines for end in each.ends())]
        if unknown := sorted({each for each in named if each not in known}):
            raise Wrong(f"has no area {', '.join(unknown)}", f"add 'areas: [{', '.join([*known, *unknown])}]'")
        return self

    @property
    def start_utc(self) -> Instant:
        """The local midnight with which the first day begins."""
        return instant(self.start[:10], self.timezone)

    @property
    def slots_per_day(self) -> int:
        """Slots in 24 hours."""
        return DAY_S // self.step
