"""Running a market: halts by whoever runs the server, and what meters have counted."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request

from enerwise.run.venue import Venue
from enerwise.run.venue_book import State
from enerwise.run.venue_words import EVERYBODY, OPERATOR, SUPERVISOR
from enerwise.serve.api import market_view as view
from enerwise.serve.api.access import Action, Caller, anywhere, on_server
from enerwise.serve.api.answers import PROBLEMS
from enerwise.serve.api.market_seats import Table, table
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.routes.market import Known, MarketId
from enerwise.serve.api.shapes.market import (
    FindingPage,
    FindingShape,
    HaltRequest,
    HaltsShape,
    MetersRefused,
    MetersRequest,
    MetersTold,
)
from enerwise.serve.api.wire import to_json

router = APIRouter(tags=["markets"])
Manager = Annotated[Caller, on_server(Action.MANAGE)]
Meter = Annotated[Caller, anywhere(Action.INGEST)]
METER_MOST_WH: Final = 100_000_000
"""What a meter of one participant counts in an hour at most: 100 MW; whatever is above is a slip."""


@router.get("/markets/{market}/halts", responses=PROBLEMS)
async def list_halts(request: Request, caller: Known, market: MarketId) -> HaltsShape:
    """Return who may not trade now, and why."""
    return await _halts(table(request, caller, market))


@router.post("/markets/{market}/halts", responses=PROBLEMS)
async def halt_trading(request: Request, caller: Manager, market: MarketId, asked: HaltRequest) -> HaltsShape:
    """Halt a participant, or everybody; orders that stand stay."""
    at = table(request, caller, market)
    party = _party(at, asked.participant)
    await at.do(lambda venue, at_ns: venue.halt(_number(venue, party), asked.reason, at_ns, by=OPERATOR))
    return await _halts(at)


@router.delete("/markets/{market}/halts", responses=PROBLEMS)
async def lift_halt(
    request: Request,
    caller: Manager,
    market: MarketId,
    participant: Annotated[str | None, Query(max_length=63, description="Everybody where it is left out.")] = None,
) -> HaltsShape:
    """Lift a halt of the operator or of the supervisor; who has paused alone stays paused."""
    at = table(request, caller, market)
    party = _party(at, participant)

    def lift(venue: Venue, at_ns: int) -> None:
        for by in (OPERATOR, SUPERVISOR):
            venue.resume(_number(venue, party), at_ns, by=by)

    await at.do(lift)
    return await _halts(at)


@router.get("/markets/{market}/findings", responses=PROBLEMS)
async def list_findings(request: Request, caller: Manager, market: MarketId) -> FindingPage:
    """Return what the supervisor has seen, whether it halted somebody for it or not."""
    at = table(request, caller, market)
    found = await at.do(lambda venue, _: view.findings(venue))
    return FindingPage(items=[FindingShape.model_validate(each) for each in found])


@router.post("/markets/{market}/readings", status_code=202, responses=PROBLEMS)
async def add_market_readings(request: Request, caller: Meter, market: MarketId, asked: MetersRequest) -> MetersTold:
    """Take what meters have counted in a slot that is over; what is refused counts for nothing."""
    at = table(request, caller, market)
    slot = at.slot(asked.slot)
    assert slot is not None
    seats = {each.id for each in (at.desk.facts.parties if caller.may(Action.INGEST) else at.seats(Action.INGEST))}

    def take(venue: Venue, at_ns: int) -> tuple[int, list[MetersRefused]]:
        book, counted, refused = venue.books.get(slot.id), dict[int, int](), list[MetersRefused]()
        most_wh = METER_MOST_WH * slot.length_s // 3600
        for party, energy_wh in zip(asked.participant, asked.energy_wh, strict=True):
            number = venue.facts.number_of(party)
            why = (
                "not yours to tell" if party not in seats or number is None
                else "nobody has ordered in this slot" if book is None
                else "the slot is settled" if book.state is State.SETTLED
                else "the slot is not over yet" if venue.facts.ends_ns(slot) > at_ns
                else f"above {most_wh} Wh" if abs(energy_wh) > most_wh
                else "told twice" if number in counted
                else ""
            )  # fmt: skip
            if why:
                refused.append(MetersRefused(participant=party, energy_wh=energy_wh, reason=why))
            else:
                assert number is not None
                counted[number] = energy_wh
        told = venue.meter(slot, counted, at_ns)
        names = venue.facts.names
        refused += [
            MetersRefused(participant=names[each], energy_wh=counted[each], reason=why) for each, why in told.items()
        ]
        return len(counted) - len(told), refused

    accepted, refused = await at.do(take)
    return MetersTold(accepted=accepted, refused=refused)


async def _halts(at: Table) -> HaltsShape:
    found = await at.do(lambda venue, _: view.halts(venue.facts, venue.halts))
    return HaltsShape.model_validate_json(to_json({"items": found}))


def _party(at: Table, name: str | None) -> str | None:
    if name is not None and at.desk.party(name) is None:
        raise Trouble(404, "no-such-participant", f"there is no participant {name[:63]!r} at this market")
    return name


def _number(venue: Venue, party: str | None) -> int:
    found = EVERYBODY if party is None else venue.facts.number_of(party)
    assert found is not None
    return found
