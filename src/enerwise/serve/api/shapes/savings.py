"""What was paid, what it would have been otherwise, and how much is known of it. Money in EUR."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from enerwise.serve.api.shapes.accuracy import ChannelAccuracy


class Spanned(BaseModel):
    """A span of local days, both ends included."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = Field(alias="from")
    to: str


class GapShape(Spanned):
    """A span of time of which a channel tells nothing; UTC."""

    channel: str


class BaselineShape(BaseModel):
    """What the same days would have cost otherwise."""

    name: Literal["no_planning", "no_battery", "flat_tariff"]
    cost_eur: float
    saved_eur: float
    days: int = Field(description="Days that could be compared; the others are in neither number.")
    text: dict[str, str]


class BarShape(BaseModel):
    """One day or month."""

    day: str
    hours: float = Field(description="Of all its days: 23, 24 or 25 for a day whose clocks change by an hour.")
    paid_eur: float | None
    saved_eur: float | None = Field(description="Against no planning.")
    self_use_ratio: float | None
    own_power_ratio: float | None
    carbon_kg: float | None
    coverage_ratio: float
    is_complete: bool = Field(description="At least 95 % of each day is known.")


class LineShape(BaseModel):
    """One line of a bill, in whole cents."""

    name: str
    quantity: float | None
    unit: str
    price: float | None
    amount_eur: float


class DeviceShape(BaseModel):
    """A load with a meter of its own."""

    asset: str
    name: str
    energy_kwh: float
    cost_eur: float


class SavingsShape(Spanned):
    """A month or any other span."""

    bucket: Literal["day", "month"]
    paid_eur: float
    baselines: list[BaselineShape]
    bars: list[BarShape]
    bill: list[LineShape]
    total_eur: float
    self_use_ratio: float | None
    own_power_ratio: float | None
    carbon_kg: float | None
    carbon_note: str
    devices: list[DeviceShape]
    accuracy: list[ChannelAccuracy]
    coverage_ratio: float
    gaps: list[GapShape]
    notes: list[str]


class BillShape(Spanned):
    """A preview of the bill: what is measured, at the tariff as it was known."""

    currency: Literal["EUR"]
    lines: list[LineShape]
    total_eur: float
    coverage_ratio: float
    gaps: list[GapShape]
    notes: list[str]


class CarbonDay(BaseModel):
    """One local day."""

    day: str
    bought_kwh: float
    carbon_kg: float | None
    carbon_without_solar_kg: float | None
    coverage_ratio: float


class CarbonShape(Spanned):
    """What was emitted for the energy that was bought."""

    grid_g_per_kwh: float | None
    source: str
    note: str
    carbon_kg: float | None
    carbon_without_solar_kg: float | None
    days: list[CarbonDay]


class PeakShape(BaseModel):
    """A quarter of an hour."""

    day: str
    start: str
    mean_w: float


class DayPeak(BaseModel):
    """The highest billed interval of a local day."""

    day: str
    mean_w: float


class DemandShape(BaseModel):
    """A price on peaks, and what it has come to."""

    name: str
    per: str
    price_eur_per_kw: float
    above_w: float
    top_count: int
    interval_s: int
    charge_eur: float
    days: list[DayPeak]


class PeaksShape(Spanned):
    """The highest quarters of an hour, one a day, the highest first."""

    quarters: list[PeakShape]
    components: list[DemandShape]


class SourcesKwh(BaseModel):
    """Where what the home used came from."""

    solar: float
    battery: float
    grid: float


class TodayShape(BaseModel):
    """The local day so far."""

    day: str
    hours: float
    paid_eur: float | None
    without_planning_eur: float | None
    saved_eur: float | None
    baseline: str
    solar_kwh: float | None
    solar_expected_kwh: float | None = Field(description="So far, and what is still foreseen of today.")
    own_power_ratio: float | None
    sources_kwh: SourcesKwh
    carbon_kg: float | None
    carbon_without_solar_kg: float | None
    coverage_ratio: float
    gaps: list[str] = Field(description="Channels of which something is missing.")
