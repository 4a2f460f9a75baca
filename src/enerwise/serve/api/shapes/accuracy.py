"""How good forecasts were."""

from typing import Literal

from pydantic import BaseModel, Field


class ChannelAccuracy(BaseModel):
    """One channel over the days that could be scored."""

    channel: str
    model: str
    mae_w: float
    bias_w: float = Field(description="Forecast less truth, in the house sign: positive is taken.")
    coverage_ratio: float = Field(description="Share of steps within the band of 8 in 10.")
    days: int


class DayAccuracy(BaseModel):
    """One channel on one local day."""

    channel: str
    day: str
    mae_w: float
    bias_w: float
    coverage_ratio: float


class MissedDay(BaseModel):
    """A day that could not be scored."""

    channel: str = Field(description="Empty where it holds for all.")
    day: str
    why: Literal["no_forecast", "no_data"]


class AccuracyShape(BaseModel):
    """The last forecast made before each local day, against what was measured in it."""

    days: int
    channels: list[ChannelAccuracy]
    by_day: list[DayAccuracy]
    missed: list[MissedDay]
