"""One's own at a market as people look at it: offers and deals by slot, statements to take away, a pause."""

import asyncio
from typing import Annotated, Final, Literal

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from enerwise.core.errors import PluginError
from enerwise.core.time import Instant
from enerwise.market.statement import Statement, own_accounts, statement, to_csv
from enerwise.run.venue import Venue
from enerwise.run.venue_facts import Party, to_ns
from enerwise.run.venue_pause import pause
from enerwise.run.venue_words import OWN
from enerwise.serve.api import market_own as own
from enerwise.serve.api import market_view as view
from enerwise.serve.api.access import Action, Caller
from enerwise.serve.api.answers import PROBLEMS, answered
from enerwise.serve.api.face import Face
from enerwise.serve.api.market_seats import Table, table
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.routes.market import Known, MarketId
from enerwise.serve.api.routes.market_orders import Trader, Whose
from enerwise.serve.api.shapes.market import OwnShape, PausedShape, PauseRequest, ResumeRequest
from enerwise.serve.api.spans import moment
from enerwise.serve.api.wire import to_json
from enerwise.serve.market_tariff import tariff_prices

router = APIRouter(tags=["markets"])
DAY: Final = np.timedelta64(86_400_000, "ms")
Since = Annotated[str | None, Query(alias="from", max_length=40, description="Else a day before now.")]
Until = Annotated[str | None, Query(alias="to", max_length=40, description="Else as far as slots take orders.")]
Form = Annotated[Literal["csv", "pdf"], Query(description="`pdf` needs the extra `reports`.")]
MEDIA: Final = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}
BYTES: Final = {"schema": {"type": "string", "format": "binary"}}
FILE: Final = {200: {"content": {"text/csv": BYTES, "application/pdf": BYTES}}, **PROBLEMS}


@router.get("/markets/{market}/own", response_class=Response, responses={200: {"model": OwnShape}, **PROBLEMS})
async def read_own_slots(
    request: Request,
    caller: Known,
    market: MarketId,
    participant: Whose = None,
    since: Since = None,
    until: Until = None,
) -> Response:
    """Return own offers and deals slot by slot beside the grid tariff, what they come to by stage, and with whom."""
    at, face = table(request, caller, market), _face(request)
    party = at.seat(participant, Action.SEE)
    start, end = _span(face.clock.now(), at, since, until)
    slots = own.slots_between(at.desk.facts, start, end)
    desk = None if party.site is None else face.desks.get(party.site)
    tariff = await asyncio.to_thread(tariff_prices, desk, slots)
    return answered(request, to_json(await at.do(lambda venue, at_ns: own.own(venue, party, slots, tariff, at_ns))))


@router.get("/markets/{market}/statement", response_class=Response, responses=FILE)
async def download_statement(
    request: Request,
    caller: Known,
    market: MarketId,
    form: Form = "csv",
    participant: Whose = None,
    since: Since = None,
    until: Annotated[str | None, Query(alias="to", max_length=40)] = None,
) -> Response:
    """Return what was booked for a participant: a row for each slot that is settled, as CSV or as a document."""
    at = table(request, caller, market)
    party = at.seat(participant, Action.SEE)
    start, end = (None if each is None else to_ns(each) for each in (moment("from", since), moment("to", until)))
    told = await at.do(lambda venue, _: _stated(venue, party, start, end))
    body = to_csv(told).encode() if form == "csv" else await asyncio.to_thread(_pdf, told)
    name = f"statement-{market}-{party.id}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, headers=headers, media_type=MEDIA[form])


@router.post("/markets/{market}/pause", responses=PROBLEMS)
async def pause_trading(request: Request, caller: Trader, market: MarketId, asked: PauseRequest) -> PausedShape:
    """Trade no more for now: orders that stand are taken back, new ones refused by the guard's order side."""
    at = table(request, caller, market)
    party = at.seat(asked.participant, Action.TRADE)
    count = await at.do(lambda venue, at_ns: pause(venue, view.number_of(venue, party), asked.reason, at_ns))
    _note(request, caller, party, "trading paused", market=market, reason=asked.reason, withdrawn_count=count)
    return await _paused(at, party, count)


@router.post("/markets/{market}/resume", responses=PROBLEMS)
async def resume_trading(request: Request, caller: Trader, market: MarketId, asked: ResumeRequest) -> PausedShape:
    """Trade again; what a supervisor has halted stays halted."""
    at = table(request, caller, market)
    party = at.seat(asked.participant, Action.TRADE)
    await at.do(lambda venue, at_ns: venue.resume(view.number_of(venue, party), at_ns, by=OWN))
    _note(request, caller, party, "trading resumed", market=market, reason=asked.reason)
    return await _paused(at, party, 0)


async def _paused(at: Table, party: Party, count: int) -> PausedShape:
    found = await at.do(lambda venue, _: view.halts(venue.facts, venue.halts, view.number_of(venue, party)))
    return PausedShape.model_validate_json(to_json({"items": found, "withdrawn_count": count}))


def _span(now: Instant, at: Table, since: str | None, until: str | None) -> tuple[Instant, Instant]:
    """Return which slots are meant.

    Raises:
        Trouble: 422, it is no span, or too long.
    """
    facts = at.desk.facts
    start, end = moment("from", since), moment("to", until)
    start = now - DAY if start is None else start
    end = now + np.timedelta64(facts.horizon_s * 1000, "ms") if end is None else end
    most = own.SLOTS_MOST * np.timedelta64(facts.product.length_s * 1000, "ms")
    if not start < end <= start + most:
        raise Trouble(422, "wrong-request", f"from {start}Z to {end}Z is no span of at most {own.SLOTS_MOST} slots")
    return start, end


def _stated(venue: Venue, party: Party, start_ns: int | None, end_ns: int | None) -> Statement:
    entries = {each.number: each for name in own_accounts(party.id) for each in venue.ledger.entries(account=name)}
    return statement(entries.values(), party.id, start_ns=start_ns, end_ns=end_ns)


def _pdf(told: Statement) -> bytes:
    from enerwise.serve.market_pdf import statement_pdf

    try:
        return statement_pdf(told)
    except PluginError as error:
        raise Trouble(503, "not-installed", str(error)) from None


def _face(request: Request) -> Face:
    face: Face = request.app.state.face
    return face


def _note(request: Request, caller: Caller, party: Party, what: str, **payload: str | int) -> None:
    ground = getattr(_face(request).accounts, "ground", None)
    if ground is not None:
        ground.trail.note("change", party.site or party.id, who=caller.id, what=what, **payload)
