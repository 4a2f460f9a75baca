"""What others ask of a site's import for a while: events of demand response."""

from pydantic import BaseModel, Field


class CurtailmentRequest(BaseModel):
    """An event: at most so much import from one time to another."""

    limit_w: float = Field(ge=0, le=1e9, allow_inf_nan=False, description="Most import.", examples=[13500])
    since: str | None = Field(default=None, alias="from", max_length=40, description="When it begins; else at once.")
    until: str = Field(max_length=40, examples=["2026-05-14T15:00:00Z"], description="Within seven days.")
    who: str = Field(default="network operator", max_length=80, description="Who asks, as `why` will tell.")
    reason: str = Field(default="", max_length=200)
    id: str | None = Field(default=None, max_length=64, description="The same id again takes the place of the first.")


class CurtailmentShape(BaseModel):
    """An event, and how far it is."""

    id: str
    limit_w: float
    since: str = Field(alias="from")
    until: str
    who: str
    reason: str
    state: str = Field(description="waiting, acting or over")


class CurtailmentPage(BaseModel):
    """All that are not over."""

    items: list[CurtailmentShape]
    next: str | None = None
