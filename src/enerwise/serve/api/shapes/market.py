"""Markets: what is traded, orders, trades, and where a participant stands.

Energy is in whole watt-hours, prices in whole micro-euro per kWh, money in whole micro-euro. A slot is named by its
start, UTC.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

ORDERS_MOST = 5000
QUANTITY_MAX_WH = 2**40
PRICE_MAX = 10**9
OrderId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
SlotStart = Annotated[str, Field(max_length=40, examples=["2026-05-14T12:00:00Z"])]
PartyId = Annotated[str, Field(max_length=63, examples=["lindenweg-8"])]
Side = Literal["buy", "sell"]
Price = Annotated[int, Field(ge=-PRICE_MAX, le=PRICE_MAX)]


class LimitsShape(BaseModel):
    """What a participant may do in one slot."""

    price_min_ueur_per_kwh: int
    price_max_ueur_per_kwh: int
    volume_wh: int = Field(description="Bought and sold together.")
    position_wh: int = Field(description="In one direction.")
    budget_ueur: int = Field(description="What all orders may cost at the worst.")


class HaltShape(BaseModel):
    """Somebody may not trade, and why."""

    participant: str = Field(description="Empty for everybody.")
    by: Literal["own", "supervisor", "operator"]
    reason: str
    since: str


class BiddingShape(BaseModel):
    """How the server bids for a participant, and within what."""

    strategy: str
    reserve_ratio: float = Field(description="Nothing is sold out of the battery below this level.")
    sell_floor_ueur_per_kwh: int | None = Field(description="Nothing is sold for less.")
    buy_cap_ueur_per_kwh: int | None = Field(description="Nothing is bought for more.")


class SeatShape(BaseModel):
    """A participant that the caller may see."""

    id: str
    name: str
    site: str | None = Field(description="The site of this server that it is.")
    bidding: BiddingShape | None = Field(description="Null where its orders come from elsewhere.")
    may_trade: bool
    is_simulated: bool
    is_halted: bool
    limits: LimitsShape


class MarketShape(BaseModel):
    """One market."""

    id: str
    name: str
    timezone: str
    product: str
    slot_s: int
    gate_closes_before_s: int
    horizon_s: int = Field(description="How far ahead slots take orders.")
    mechanism: str
    is_continuous: bool = Field(description="Orders meet as they come; else at the gate of their slot.")
    settings: dict[str, int]
    spot_ueur_per_kwh: int = Field(description="What deviations are settled at, with the margin.")
    margin_ueur_per_kwh: int
    participant_count: int
    simulated_count: int
    seats: list[SeatShape]
    halts: list[HaltShape]
    public_key: str = Field(description="PEM (Ed25519): checks the signatures over roots of settled slots.")


class MarketPage(BaseModel):
    """Markets that the caller takes part in."""

    items: list[MarketShape]
    next: str | None = None


class SlotShape(BaseModel):
    """One slot, as everybody who takes part may know it."""

    start_utc: str
    end_utc: str
    gate_utc: str
    state: Literal["open", "cleared", "settled"]
    order_count: int
    trade_count: int
    traded_wh: int
    mean_price_ueur_per_kwh: int | None
    lowest_price_ueur_per_kwh: int | None
    highest_price_ueur_per_kwh: int | None
    unread_count: int = Field(description="Participants who traded and have no accepted reading: nothing is posted.")
    root: str | None = Field(description="Merkle root of what was booked, once settled.")


class SlotPage(BaseModel):
    """Slots that take orders, the nearest first, after those that were traded before, the oldest first."""

    items: list[SlotShape]
    next: str | None = None


class BookShape(BaseModel):
    """What stands in a slot: energy and number of orders at each price, the best first."""

    start_utc: str
    state: Literal["open", "cleared", "settled"]
    buy_price_ueur_per_kwh: list[int]
    buy_wh: list[int]
    buy_count: list[int]
    sell_price_ueur_per_kwh: list[int]
    sell_wh: list[int]
    sell_count: list[int]


class TradesShape(BaseModel):
    """Trades in columns, of one slot from the first on or the newest of all; orders are numbers in their slot."""

    start_utc: list[str]
    number: list[int]
    buy: list[int] = Field(description="Number of the buying order.")
    sell: list[int]
    quantity_wh: list[int]
    price_ueur_per_kwh: list[int]
    at: list[str]
    next: str | None = None


class OrdersRequest(BaseModel):
    """Orders of one participant for one slot, in columns. The same id again is the same order."""

    slot: SlotStart
    participant: PartyId | None = Field(default=None, description="Needed by whoever acts for several.")
    id: list[OrderId] = Field(min_length=1, max_length=ORDERS_MOST, examples=[["a-1", "a-2"]])
    side: list[Side] = Field(max_length=ORDERS_MOST, examples=[["buy", "buy"]])
    quantity_wh: list[Annotated[int, Field(ge=1, le=QUANTITY_MAX_WH)]] = Field(
        max_length=ORDERS_MOST, examples=[[500, 500]]
    )
    price_ueur_per_kwh: list[Price] = Field(max_length=ORDERS_MOST, examples=[[280_000, 250_000]])

    @model_validator(mode="after")
    def _has_equal_columns(self) -> Self:
        sizes = {name: len(getattr(self, name)) for name in ("id", "side", "quantity_wh", "price_ueur_per_kwh")}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"columns are of unlike length: {sizes}")
        return self


class OrdersTold(BaseModel):
    """What became of orders, in columns."""

    participant: str
    start_utc: str
    accepted: int
    refused: int
    id: list[str]
    outcome: list[Literal["accepted", "known", "refused"]] = Field(description="`known`: it came before.")
    rule: list[str] = Field(description="What refused it; empty else.")
    number: list[int] = Field(description="Of the order in its slot; -1 where it was refused.")
    filled_wh: list[int] = Field(description="So far.")


class OwnOrdersShape(BaseModel):
    """Orders of a participant in columns."""

    participant: str
    id: list[str]
    start_utc: list[str]
    number: list[int]
    side: list[Side]
    quantity_wh: list[int]
    left_wh: list[int]
    price_ueur_per_kwh: list[int]
    state: list[Literal["open", "filled", "part", "cancelled", "over"]] = Field(
        description="`part`: over and filled in part; `over`: over and not filled."
    )
    came_at: list[str]
    next: str | None = None


class CancelledShape(BaseModel):
    """What became of an order that was to be taken out."""

    id: str
    outcome: Literal["cancelled", "filled", "gone"]


class PositionShape(BaseModel):
    """Where a participant stands in one slot."""

    start_utc: str
    state: Literal["open", "cleared", "settled"]
    bought_wh: int
    sold_wh: int
    open_buy_wh: int
    open_sell_wh: int
    agreed_ueur: int = Field(description="For what was traded: to pay, below zero to receive.")
    recognised_wh: int | None = Field(description="Bought less sold, as both meters of a trade show it; once settled.")
    deviation_wh: int | None = Field(description="What the meter counts beyond what was traded; above zero taken.")
    paid_ueur: int | None = Field(description="For what was traded; below zero received.")
    deviation_ueur: int | None = Field(description="For the deviation; below zero received.")
    is_unread: bool = Field(default=False, description="No reading was accepted: trades are void, nothing is posted.")
    refused: str = Field(default="", description="Why the last reading was refused, where none was accepted.")


class StandingShape(BaseModel):
    """Where a participant stands: money, limits and positions."""

    participant: str
    free_ueur: int = Field(description="There and not reserved.")
    reserved_ueur: int = Field(description="At the worst for everything that is not settled.")
    owed_ueur: int = Field(description="For deviations, beyond what was reserved.")
    energy_wh: int = Field(description="Taken in all settled slots.")
    settled_ueur: int = Field(description="Paid in the settled slots shown; below zero received.")
    open_ueur: int = Field(description="Agreed in slots that are not settled; below zero to receive.")
    limits: LimitsShape
    halts: list[HaltShape]
    positions: list[PositionShape]


Stage = Literal["none", "offered", "matched", "delivered", "settled", "unmatched"]


class StageShape(BaseModel):
    """What slots of one stage come to."""

    stage: Literal["offered", "matched", "delivered", "settled"]
    slot_count: int
    buy_wh: int = Field(description="Offered to buy, or bought.")
    sell_wh: int
    pay_ueur: int = Field(description="To pay or paid; for what is offered, at the worst.")
    receive_ueur: int = Field(description="To receive or received; for what is offered, at the least.")
    gain_ueur: int | None = Field(description="Against the grid tariff; null where no tariff is known.")


class PartnerShape(BaseModel):
    """Somebody one has traded with in the slots shown."""

    name: str | None = Field(description="As agreed; null for all who have not agreed to be named, together.")
    is_simulated: bool
    partner_count: int
    slot_count: int
    bought_wh: int = Field(description="From them.")
    sold_wh: int = Field(description="To them.")


class OwnShape(BaseModel):
    """Own offers and deals slot by slot, with the price of the grid tariff beside them. Columns, the oldest first."""

    participant: str
    name: str
    is_simulated: bool
    at: str
    slot_s: int
    start_utc: list[str]
    stage: list[Stage] = Field(description="`unmatched`: offered, and nobody wanted it.")
    offer_buy_wh: list[int] = Field(description="What was ordered and not taken back.")
    offer_sell_wh: list[int]
    buy_limit_ueur_per_kwh: list[int | None] = Field(description="The most one would pay.")
    sell_limit_ueur_per_kwh: list[int | None] = Field(description="The least one would take.")
    bought_wh: list[int]
    sold_wh: list[int]
    price_ueur_per_kwh: list[int | None] = Field(description="Mean over one's own trades.")
    market_ueur_per_kwh: list[int | None] = Field(description="Mean over all trades.")
    tariff_buy_ueur_per_kwh: list[int | None] = Field(description="What the supplier asks; null where unknown.")
    tariff_sell_ueur_per_kwh: list[int | None] = Field(description="What the supplier gives; null where unknown.")
    agreed_ueur: list[int] = Field(description="For what was traded: to pay, below zero to receive.")
    recognised_wh: list[int | None] = Field(description="Bought less sold, as meters show it; once settled.")
    deviation_wh: list[int | None] = Field(description="What the meter counts beyond; above zero taken.")
    paid_ueur: list[int | None] = Field(description="For what was recognised; below zero received.")
    deviation_ueur: list[int | None] = Field(description="For the deviation; below zero received.")
    gain_ueur: list[int | None] = Field(description="Against the grid tariff, of what was traded.")
    stages: list[StageShape]
    partners: list[PartnerShape]


class EntryProofShape(BaseModel):
    """An entry of the ledger in full, and its way to the root of its slot."""

    number: int
    at_ns: int
    id: str
    debit: str
    credit: str
    amount: int = Field(description="Whole Wh, or whole micro-euro; the accounts say which.")
    kind: str
    pending_id: str
    timeout_ns: int
    is_linked: bool
    before: str = Field(description="Hash of the entry before.")
    salt: str
    path: list[str]
    is_left: int = Field(description="Bit i: the i-th of `path` stands to the left.")


class ProofShape(BaseModel):
    """What was booked for a participant in a settled slot: as `enerwise market verify --proof` takes it."""

    participant: str
    start_utc: str
    format: str
    slot: str
    root: str
    head: str
    entry_count: int
    closed_at_ns: int
    signature: str = Field(description="By whoever runs the market.")
    entries: list[EntryProofShape]


class PauseRequest(BaseModel):
    """Trade no more for now; orders that stand are taken back."""

    participant: PartyId | None = None
    reason: str = Field(min_length=1, max_length=200, description="Everybody who takes part can read it.")


class ResumeRequest(BaseModel):
    """Trade again."""

    participant: PartyId | None = None
    reason: str = Field(min_length=1, max_length=200, description="For the audit.")


class PausedShape(BaseModel):
    """What a pause or its end came to."""

    items: list[HaltShape] = Field(description="Halts that hold now.")
    withdrawn_count: int = Field(description="Orders that were taken back.")


class HaltRequest(BaseModel):
    """Halt a participant, or everybody."""

    participant: PartyId | None = Field(default=None, description="Everybody where it is left out.")
    reason: str = Field(min_length=1, max_length=200)


class HaltsShape(BaseModel):
    """Who may not trade now."""

    items: list[HaltShape]
    next: str | None = None


class FindingShape(BaseModel):
    """Something that the supervisor has seen."""

    at: str
    participants: list[str] = Field(description="Empty where it concerns everybody.")
    what: str


class FindingPage(BaseModel):
    """What the supervisor has seen since the server started, the newest first."""

    items: list[FindingShape]
    next: str | None = None


class MetersRequest(BaseModel):
    """What meters have counted in a slot: above zero taken in. [Wh]"""

    slot: SlotStart
    participant: list[PartyId] = Field(min_length=1, max_length=ORDERS_MOST)
    energy_wh: list[Annotated[int, Field(ge=-QUANTITY_MAX_WH, le=QUANTITY_MAX_WH)]] = Field(max_length=ORDERS_MOST)

    @model_validator(mode="after")
    def _has_equal_columns(self) -> Self:
        if len(self.participant) != len(self.energy_wh):
            raise ValueError(f"{len(self.participant)} participants, and {len(self.energy_wh)} readings")
        return self


class MetersRefused(BaseModel):
    """A reading that counts for nothing, and why."""

    participant: str
    energy_wh: int
    reason: str


class MetersTold(BaseModel):
    """What became of readings."""

    accepted: int
    refused: list[MetersRefused]
