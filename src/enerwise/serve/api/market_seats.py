"""Who sits where at a market: a caller acts for the participants whose site he may trade for, or that name him.

A market in which a caller has no seat is as if it were not there, unless he manages the server.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request

from enerwise.market.ledger import LedgerError
from enerwise.market.product import Slot
from enerwise.run.venue import Venue
from enerwise.run.venue_facts import Party
from enerwise.serve.api.access import Action, Caller, check_allowed
from enerwise.serve.api.face import Face
from enerwise.serve.api.problems import Fault, Trouble
from enerwise.serve.api.spans import moment
from enerwise.serve.market_desk import Busy, MarketDesk, MarketSilent

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Table:
    """A market and a caller who may see it."""

    desk: MarketDesk
    caller: Caller

    def seats(self, action: Action = Action.SEE) -> list[Party]:
        """Return the participants for which the caller may do something."""
        return [each for each in self.desk.facts.parties if _may(self.caller, each, action)]

    def seat(self, party: str | None, action: Action) -> Party:
        """Return the participant that is meant: the one that is named, or the only one there is.

        Raises:
            Trouble: 403 it is not the caller's to act for, 422 there are several.
        """
        seats = self.seats(action)
        if party is not None:
            found = next((each for each in seats if each.id == party), None)
            if found is None:
                raise Trouble(403, "no-seat", f"you may not do this for {party!r}; {_named(seats)}")
            return found
        if len(seats) != 1:
            status, code = (422, "wrong-request") if seats else (403, "no-seat")
            faults = [Fault(place="participant", message=_named(seats), remedy="name one")] if seats else []
            raise Trouble(status, code, f"participant: {_named(seats)}", faults=faults)
        return seats[0]

    async def do(self, work: Callable[[Venue, int], Told]) -> Told:
        """Let the market do something.

        Raises:
            Trouble: 503, it cannot.
        """
        return await answered(self.desk.do(work))

    def slot(self, start: str | None) -> Slot | None:
        """Return the slot that begins at a moment as it was written; None where none is named.

        Raises:
            Trouble: 422, it is no moment; 404, no slot begins then.
        """
        at = moment("slot", start)
        if at is None:
            return None
        slot = self.desk.facts.slot_at(at)
        if slot is None:
            told = f"no slot of {self.desk.facts.product.name} begins at {start}; look at GET /slots"
            raise Trouble(404, "no-such-slot", told)
        return slot


def table(request: Request, caller: Caller, market: str) -> Table:
    """Return a market as a caller sees it.

    Raises:
        Trouble: 404, there is none that he may see.
    """
    face: Face = request.app.state.face
    desk = face.markets.get(market)
    found = None if desk is None else Table(desk, caller)
    if found is None or not (found.seats() or caller.may(Action.MANAGE)):
        raise Trouble(404, "no-such-market", f"there is no market {market[:80]!r} that you take part in")
    return found


def managed(request: Request, caller: Caller, market: str) -> Table:
    """Return a market to whoever runs the server.

    Raises:
        Trouble: 404 or 403.
    """
    found = table(request, caller, market)
    check_allowed(caller, Action.MANAGE)
    return found


async def answered(waiting: Awaitable[Told]) -> Told:
    """Wait for a market, and say as a trouble that it does not answer.

    Raises:
        Trouble: 503.
    """
    try:
        return await waiting
    except Busy as error:
        raise Trouble(503, "market-busy", str(error), headers={"Retry-After": "1"}) from None
    except (MarketSilent, LedgerError) as error:
        told = f"{error}; ask again with the same ids: what was accepted is not taken twice"
        raise Trouble(503, "market-silent", told, headers={"Retry-After": "5"}) from None


def _may(caller: Caller, party: Party, action: Action) -> bool:
    if caller.id in party.accounts:
        return action is Action.SEE or any(caller.may(action, place) for place in caller.actions)
    return party.site is not None and caller.may(action, party.site)


def _named(seats: list[Party]) -> str:
    if not seats:
        return "you act for nobody here"
    return f"you act for {', '.join(each.id for each in seats[:12])}"
