"""What a site shows just now, and what people want of it."""

from typing import Any, Literal

from pydantic import BaseModel, Field

Text = dict[str, str]
ModeName = Literal["automatic", "manual", "away"]


class ModeShape(BaseModel):
    """The mode that people chose, and the one in force."""

    mode: str
    in_force: str
    reason: str
    until: str | None
    who: str


class NodeShape(BaseModel):
    """Something that gives or takes power."""

    id: str
    kind: str
    name: str
    power_w: float | None = Field(description="Positive is taken, as everywhere.")
    read_at: str | None
    soc_ratio: float | None = None
    energy_wh: float | None = None


class PriceNowShape(BaseModel):
    """What energy costs now."""

    import_eur_per_kwh: float | None
    export_eur_per_kwh: float | None


class AnswersShape(BaseModel):
    """Whether a device answers."""

    id: str
    answers: bool
    last_at: str | None = Field(description="When a silent one was last heard, where that is known.")
    problems: list[str]


class BecauseShape(BaseModel):
    """Why something is done."""

    asset: str
    code: str
    text: Text
    facts: dict[str, Any] = {}


class LeaseShape(BaseModel):
    """What somebody wants for a while, and what became of it."""

    id: str
    asset: str
    action: str
    power_w: float | None
    since: str = Field(alias="from")
    until: str
    reason: str
    who: str
    state: str
    rule: str
    value_w: float | None


class PlanBrief(BaseModel):
    """Which plan is in force."""

    id: str | None
    made_at: str | None
    next_at: str | None
    failed: str | None


class NoticeCounts(BaseModel):
    """How many notices of each level there are."""

    act_now: int
    look_soon: int
    good_to_know: int


class LiveShape(BaseModel):
    """A snapshot."""

    site: str
    seq: int
    at: str
    timezone: str
    state: str
    why: str
    is_demo: bool
    mode: ModeShape
    goal: str
    nodes: list[NodeShape]
    price: PriceNowShape
    devices: list[AnswersShape]
    because: list[BecauseShape]
    leases: list[LeaseShape]
    plan: PlanBrief
    notices: NoticeCounts


class ModeRequest(BaseModel):
    """A mode, until a time or until further notice."""

    mode: ModeName
    until: str | None = Field(default=None, max_length=40, examples=["2026-05-14T22:00:00Z"])
    reason: str = Field(default="", max_length=200)


class OverrideRequest(BaseModel):
    """A wish for one asset."""

    asset: str = Field(max_length=80, examples=["battery"])
    action: Literal["charge", "discharge", "rest", "fill", "hold", "on", "off"]
    power_w: float | None = Field(default=None, allow_inf_nan=False, description="Positive into the asset.")
    since: str | None = Field(default=None, alias="from", max_length=40, description="When it begins; else at once.")
    until: str = Field(max_length=40, examples=["2026-05-14T22:00:00Z"])
    reason: str = Field(default="", max_length=200)
    id: str | None = Field(default=None, max_length=64, description="The same id again is the same wish.")


class LeasePage(BaseModel):
    """All overrides."""

    items: list[LeaseShape]
    next: str | None = None
