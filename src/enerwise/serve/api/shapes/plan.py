"""A plan, as the page and other software read it. Positive is taken, times are UTC."""

from typing import Literal

from pydantic import BaseModel, Field

Goal = Literal["cost", "own_power", "carbon", "balanced"]
Facts = dict[str, float | str]
Text = dict[str, str]
"""A sentence in every language, by its code."""


class PhraseShape(BaseModel):
    """A code with its numbers, and its sentence."""

    code: str
    text: Text
    facts: Facts = {}


class PriceShape(BaseModel):
    """What energy costs in each step."""

    import_eur_per_kwh: list[float | None]
    export_eur_per_kwh: list[float | None]
    published: list[bool] = Field(description="False where the price of an earlier day stands in.")


class SourcesShape(BaseModel):
    """Sizes; solar, battery and grid stack up to what is used and what is stored from the grid."""

    solar_w: list[float] = Field(description="Used in the home straight from the sun.")
    battery_w: list[float] = Field(description="Used in the home out of the battery.")
    grid_w: list[float] = Field(description="All that is bought.")
    stored_w: list[float]
    sold_w: list[float]


class LevelShape(BaseModel):
    """Level of one battery at the edges of the steps: one value more than there are steps."""

    asset: str
    soc_ratio: list[float]
    low_ratio: list[float] = Field(description="8 in 10: lower edge.")
    high_ratio: list[float]
    reserve_ratio: float


class AlternativeShape(BaseModel):
    """What something else would cost more."""

    code: str
    text: Text
    cost_eur: float


class BlockShape(BaseModel):
    """A stretch of time in which one thing is done."""

    id: str
    asset: str
    start: str
    end: str
    deed: Literal["fills_sun", "fills_grid", "powers_home", "sells", "waits", "on", "off", "produces", "held"]
    level: Literal["strong", "soft", "quiet"]
    words: dict[str, list[str]] = Field(description="Longest first, by language.")
    energy_kwh: float
    cost_eur: float = Field(description="What the connection pays more because of it, against rest.")
    average_price_eur_per_kwh: float | None
    reasons: list[PhraseShape]
    binding: list[str] = Field(
        description="Limits that hold it: charge_limit, discharge_limit, full, empty, inverter, import_limit, "
        "export_limit, peak_ceiling."
    )
    alternative: AlternativeShape | None
    actions: list[Literal["move", "now", "skip"]]


class WarmthShape(BaseModel):
    """How warm one zone, or the top of a tank, is meant to be."""

    zone: str = Field(description="The zone, or the asset itself where it has only one.")
    name: str
    degc: list[float] = Field(description="At the edges of the steps: one value more than there are steps.")
    low_degc: list[float | None] = Field(description="Wished for at the end of each step; null where nobody minds.")
    high_degc: list[float | None]


class LaneShape(BaseModel):
    """All blocks of one asset."""

    asset: str
    kind: str
    name: str
    blocks: list[BlockShape]
    warmth: list[WarmthShape] = Field(description="Of heat pumps, chillers and water heaters, zone by zone.")


class TotalsShape(BaseModel):
    """What a plan comes to; fixed fees are left out, they are the same in every plan."""

    cost_eur: float
    cost_low_eur: float = Field(description="8 in 10: lower edge.")
    cost_high_eur: float
    without_planning_eur: float = Field(description="The same outlook under self-consumption.")
    saved_eur: float
    own_power_ratio: float | None
    bought_kwh: float
    sold_kwh: float
    earned_eur: float
    carbon_kg: float | None


class RowShape(BaseModel):
    """One row of the plan as a table."""

    start: str
    end: str
    price_low: float
    price_high: float
    words: dict[str, Text]
    grid_kwh: float
    cost_eur: float


class PastShape(BaseModel):
    """What was measured before, on the plan's steps."""

    start_utc: list[str]
    power_w: dict[str, list[float | None]]
    soc_ratio: dict[str, list[float | None]]
    planned_grid_w: list[float | None] = Field(description="What the plans in force then had meant.")
    import_eur_per_kwh: list[float | None]
    export_eur_per_kwh: list[float | None]


class FailureShape(BaseModel):
    """Planning failed after this plan was made."""

    at: str
    why: str
    mode: str = Field(description="The mode in force now.")


class PlanCoreShape(BaseModel):
    """What does not change after a plan was made."""

    id: str
    made_at: str
    goal: Goal
    timezone: str
    step_s: int
    start_utc: list[str]
    is_provisional: bool
    price: PriceShape
    power_w: dict[str, list[float | None]]
    sources: SourcesShape
    level: list[LevelShape]
    band: Literal["scenarios", "quantiles", "none"] = Field(description="Where the 8 in 10 come from.")
    lanes: list[LaneShape]
    totals: TotalsShape
    changes: list[PhraseShape]
    table: list[RowShape]
    notes: list[str]
    broken: list[str]


class PlanShape(PlanCoreShape):
    """The plan in force, with what came before it."""

    next_at: str | None
    failed: str | None
    failure: FailureShape | None
    past: PastShape


class PlanItem(BaseModel):
    """One plan in a list."""

    id: str
    made_at: str
    goal: Goal
    cost_eur: float | None = Field(description="Of all terms, as the planner reckoned.")
    is_kept: bool = Field(description="Whether it can be shown in full.")


class PlanPage(BaseModel):
    """Plans, the newest first."""

    items: list[PlanItem]
    next: str | None


class PricedShape(PhraseShape):
    """A reason and the money it is about."""

    eur: float


class BlockWhyShape(BaseModel):
    """What holds a block, the dearest limit first, and its next best time."""

    block: str
    asset: str
    limits: list[PricedShape] = Field(description="Money is what one more unit would save over the block.")
    elsewhere: PricedShape | None = Field(description="Money is what that would cost more; null for small blocks.")


class CauseShape(BaseModel):
    """One piece of news against the plan before, and what it did by itself."""

    group: Literal["prices", "limits", "load", "sun", "outlook", "level", "peak", "settings", "machine", "horizon"]
    asset: str | None
    cost_eur: float | None = Field(description="What the plan costs more because of it; null for the horizon.")
    what: PhraseShape
    effect: PhraseShape | None


class MoveShape(BaseModel):
    """A stretch in which an asset does something else than the plan before meant."""

    asset: str
    energy_kwh: float
    group: str | None = Field(description="The news that explains most of it.")
    what: PhraseShape
    owed: PhraseShape


class NewsShape(BaseModel):
    """Why a plan differs from the one before."""

    cost_eur: float = Field(description="What all news together made the plan cost more.")
    causes: list[CauseShape]
    together: PhraseShape | None
    forecasters: list[PhraseShape]
    moves: list[MoveShape]


class WhyShape(BaseModel):
    """Reasons of a plan that need the solver; none where its goal is not cost."""

    id: str
    before: str | None
    blocks: list[BlockWhyShape]
    news: NewsShape | None


class PreviewRequest(BaseModel):
    """What to look at."""

    goal: Goal = Field(
        default="cost", description="The goal that is being considered; it is refused where it cannot be served."
    )


class PreviewShape(BaseModel):
    """The totals of every goal, from one outlook; nothing of it is followed."""

    goal: Goal
    at: str
    totals: dict[str, TotalsShape | None] = Field(description="By goal; null where it cannot be served.")
    refused: dict[str, str] = Field(description="Why, and what to do about it, by goal.")


class GoalShape(BaseModel):
    """What plans shall serve."""

    goal: Goal
