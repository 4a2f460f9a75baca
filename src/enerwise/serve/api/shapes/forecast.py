"""Forecasts with their quantiles."""

from pydantic import BaseModel, Field


class ChannelForecast(BaseModel):
    """Quantiles of one channel."""

    key: str
    model: str
    unit: str
    level: list[float]
    value: list[list[float | None]] = Field(description="One row for each level, one value for each step.")
    median: list[float | None]


class ForecastShape(BaseModel):
    """One issue of all channels asked for."""

    plan_id: str
    issued_at: str
    step_s: int
    start_utc: list[str]
    channels: list[ChannelForecast]
