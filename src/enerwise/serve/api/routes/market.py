"""Markets as those who take part may see them: what is traded, what stands, what traded, and what is new."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response

from enerwise.serve.api import market_view as view
from enerwise.serve.api.access import Caller, caller_of, known
from enerwise.serve.api.answers import PROBLEMS, answered
from enerwise.serve.api.face import Face
from enerwise.serve.api.live.market import MarketHubs
from enerwise.serve.api.live.stream import EventStream
from enerwise.serve.api.market_seats import Table, table
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.shapes.market import BookShape, MarketPage, MarketShape, SlotPage, TradesShape
from enerwise.serve.api.wire import to_json

router = APIRouter(tags=["markets"])
Known = Annotated[Caller, known()]
MarketId = Annotated[str, Path(max_length=63, examples=["lindenweg"])]
SlotQuery = Annotated[str | None, Query(alias="slot", max_length=40, description="Start of the slot.")]
Number = Annotated[str | None, Query(max_length=10, pattern=r"^[0-9]+$", description="The `next` of the page before.")]
Rows = Annotated[int, Query(ge=1, le=1000)]
STREAM: Final = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **PROBLEMS}
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", max_length=20)]


@router.get("/markets", response_class=Response, responses={200: {"model": MarketPage}, **PROBLEMS})
async def list_markets(request: Request, caller: Known) -> Response:
    """Return the markets that the caller takes part in."""
    face: Face = request.app.state.face
    found = [each for market in face.markets if (each := _seen(request, caller, market)) is not None]
    items = [await at.do(lambda venue, _, at=at: view.market(venue, at)) for at in found]  # type: ignore[misc]
    return answered(request, to_json({"items": items, "next": None}))


@router.get("/markets/{market}", response_class=Response, responses={200: {"model": MarketShape}, **PROBLEMS})
async def read_market(request: Request, caller: Known, market: MarketId) -> Response:
    """Return a market: its rule, the caller's seats and their limits, and who is halted."""
    at = table(request, caller, market)
    return answered(request, to_json(await at.do(lambda venue, _: view.market(venue, at))))


@router.get("/markets/{market}/slots", response_class=Response, responses={200: {"model": SlotPage}, **PROBLEMS})
async def list_market_slots(request: Request, caller: Known, market: MarketId) -> Response:
    """Return the slots that take orders, and those that had orders before."""
    items = await table(request, caller, market).do(view.slots)
    return answered(request, to_json({"items": items, "next": None}))


@router.get("/markets/{market}/book", response_class=Response, responses={200: {"model": BookShape}, **PROBLEMS})
async def read_market_book(request: Request, caller: Known, market: MarketId, start: SlotQuery = None) -> Response:
    """Return what stands in a slot, by price; in the next one that takes orders where none is named."""
    at = table(request, caller, market)
    slot = at.slot(start)
    told = await at.do(lambda venue, at_ns: view.book(venue, slot or venue.facts.open_slots(at_ns)[0]))
    return answered(request, to_json(told))


@router.get("/markets/{market}/trades", response_class=Response, responses={200: {"model": TradesShape}, **PROBLEMS})
async def list_market_trades(
    request: Request,
    caller: Known,
    market: MarketId,
    start: SlotQuery = None,
    cursor: Number = None,
    limit: Rows = 200,
) -> Response:
    """Return trades of a slot in their sequence, or the newest of all slots."""
    at = table(request, caller, market)
    slot, after = at.slot(start), int(cursor or 0)
    told = await at.do(lambda venue, _: view.trades(venue, slot, after=after, limit=limit))
    return answered(request, to_json(told))


@router.get("/markets/{market}/events", response_class=Response, responses=STREAM)
async def stream_market(
    request: Request, caller: Known, market: MarketId, last_event_id: LastEventId = None
) -> Response:
    """Stream trades, slots and halts as they come, with a heartbeat every 5 s; goes on after ``Last-Event-ID``."""
    table(request, caller, market)
    hubs: MarketHubs = request.app.state.market_hubs
    after = int(last_event_id) if last_event_id is not None and last_event_id.isdecimal() else None

    async def still_may() -> bool:
        try:
            table(request, await caller_of(request), market)
        except Trouble:
            return False
        return True

    return EventStream(hubs[market], after, still_may)


def _seen(request: Request, caller: Caller, market: str) -> Table | None:
    try:
        return table(request, caller, market)
    except Trouble:
        return None
