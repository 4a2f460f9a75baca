"""Measured series in columns, and readings from outside."""

from pydantic import BaseModel, Field


class SeriesShape(BaseModel):
    """Channels in columns; times are the starts of steps, or the moments of readings."""

    step_s: int | None = Field(description="Null for raw or reduced series, where each channel has its own times.")
    start_utc: list[str]
    columns: dict[str, list[float | None]]
    quality: dict[str, list[int]] = Field(
        description="0 good, 1 estimated, 2 suspect, 3 missing; empty where series are reduced."
    )
    times: dict[str, list[str]] = Field(default={}, description="Of raw and reduced series, by channel.")


class ReadingsRequest(BaseModel):
    """Readings of channels that no device of the site measures."""

    start_utc: list[str] = Field(max_length=10_000, examples=[["2026-05-14T12:00:00Z"]])
    columns: dict[str, list[float | None]] = Field(max_length=50, examples=[{"weather.temperature_degc": [18.5]}])


class RefusedShape(BaseModel):
    """A reading that was not kept, and why."""

    key: str
    value: float | None
    reason: str
    facts: dict[str, float | str]


class TakenShape(BaseModel):
    """What became of readings."""

    accepted: int
    refused: list[RefusedShape]


class ChannelPage(BaseModel):
    """Channels that hold readings."""

    items: list[str]
    next: str | None = None
