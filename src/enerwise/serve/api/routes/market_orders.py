"""One's own at a market: orders sent and taken back, where one stands, and the proof of what was booked."""

import json
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from enerwise.run.venue_book import Batch
from enerwise.run.venue_words import Asked
from enerwise.serve.api import market_view as view
from enerwise.serve.api.access import Action, Caller, anywhere
from enerwise.serve.api.answers import JSON, PROBLEMS, answered
from enerwise.serve.api.market_proofs import proofs
from enerwise.serve.api.market_seats import Table, table
from enerwise.serve.api.market_seats import answered as told_in_time
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.routes.market import Known, MarketId, Number, Rows, SlotQuery
from enerwise.serve.api.shapes.market import (
    CancelledShape,
    OrdersRequest,
    OrdersTold,
    OwnOrdersShape,
    ProofShape,
    StandingShape,
)
from enerwise.serve.api.wire import to_json

router = APIRouter(tags=["markets"])
Trader = Annotated[Caller, anywhere(Action.TRADE)]
Whose = Annotated[str | None, Query(alias="participant", max_length=63, description="Needed where one has several.")]
OrderName = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9._:-]+$", description="As it was sent.")]
OrderState = Annotated[str | None, Query(pattern=r"^(open|filled|part|cancelled|over)$")]


@router.post("/markets/{market}/orders", response_class=Response, responses={200: {"model": OrdersTold}, **PROBLEMS})
async def send_orders(request: Request, caller: Trader, market: MarketId, asked: OrdersRequest) -> Response:
    """Send orders: each is accepted, known (it came before) or refused with the rule; accepted is kept on disk."""
    at = table(request, caller, market)
    party = at.seat(asked.participant, Action.TRADE)
    slot = at.slot(asked.slot)
    assert slot is not None
    number = await _number(at, party.id)
    count = len(asked.id)
    batch = Batch(
        np.full(count, number, np.int64),
        asked.id,
        np.array([side == "buy" for side in asked.side], np.bool_),
        np.array(asked.quantity_wh, np.int64),
        np.array(asked.price_ueur_per_kwh, np.int64),
    )
    told = await told_in_time(at.desk.take(Asked(number, slot, batch)))
    # Columns of plain words and numbers: nothing in them needs the care of `to_json`, and they may be long.
    body = json.dumps(view.answer(party, slot, asked.id, told), separators=(",", ":")).encode()
    return Response(body, media_type=JSON)


@router.get("/markets/{market}/orders", response_class=Response, responses={200: {"model": OwnOrdersShape}, **PROBLEMS})
async def list_own_orders(
    request: Request,
    caller: Known,
    market: MarketId,
    participant: Whose = None,
    start: SlotQuery = None,
    state: OrderState = None,
    cursor: Number = None,
    limit: Rows = 200,
) -> Response:
    """Return orders of a participant, the latest slot first."""
    at = table(request, caller, market)
    party, slot, begin = at.seat(participant, Action.SEE), at.slot(start), int(cursor or 0)
    told = await at.do(lambda venue, _: view.orders(venue, party, slot, state, begin=begin, limit=limit))
    return answered(request, to_json(told))


@router.delete("/markets/{market}/orders/{order}", responses=PROBLEMS)
async def cancel_order(
    request: Request, caller: Trader, market: MarketId, order: OrderName, participant: Whose = None
) -> CancelledShape:
    """Take an order out, as far as it is not filled."""
    at = table(request, caller, market)
    party = at.seat(participant, Action.TRADE)
    (fate,) = await at.do(lambda venue, at_ns: venue.cancel(view.number_of(venue, party), [order], at_ns))
    if fate == "unknown":
        raise Trouble(404, "no-such-order", f"{party.id} has sent no order {order!r}, or its slot is long over")
    return CancelledShape.model_validate({"id": order, "outcome": fate})


@router.get(
    "/markets/{market}/standing", response_class=Response, responses={200: {"model": StandingShape}, **PROBLEMS}
)
async def read_standing(request: Request, caller: Known, market: MarketId, participant: Whose = None) -> Response:
    """Return a participant's money, limits, halts, and position in each slot, settled and open."""
    at = table(request, caller, market)
    party = at.seat(participant, Action.SEE)
    return answered(request, to_json(await at.do(lambda venue, _: view.standing(venue, party))))


@router.get("/markets/{market}/proofs", response_class=Response, responses={200: {"model": ProofShape}, **PROBLEMS})
async def read_proof(
    request: Request,
    caller: Known,
    market: MarketId,
    start: Annotated[str, Query(alias="slot", max_length=40, description="Start of a settled slot.")],
    participant: Whose = None,
) -> Response:
    """Return what was booked for a participant in a slot, each entry in full with its way to the slot's root."""
    at = table(request, caller, market)
    party, slot = at.seat(participant, Action.SEE), at.slot(start)
    assert slot is not None
    told = await at.do(lambda venue, _: proofs(venue, party, slot))
    if told is None:
        raise Trouble(404, "not-settled", f"the slot of {start} is not settled yet; there is nothing to prove")
    return answered(request, to_json(told))


async def _number(at: Table, party: str) -> int:
    """Return the number of a participant; after the first time without asking the market's thread."""
    if (found := at.desk.numbers.get(party)) is None:
        names = await at.do(lambda venue, _: venue.facts.names)
        at.desk.numbers.update({name: number for number, name in enumerate(names)})
        found = at.desk.numbers[party]
    return found
