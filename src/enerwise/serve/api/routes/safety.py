"""Safety: how it stands, and the deliberate acts: stop, test, reset, start."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter

from enerwise.serve.api import safety_view as view
from enerwise.serve.api.access import Action, At, at_site
from enerwise.serve.api.answers import PROBLEMS, Seen
from enerwise.serve.api.face import Line, NoDoor
from enerwise.serve.api.names import Names
from enerwise.serve.api.problems import Fault, Trouble, refusals
from enerwise.serve.api.routes.audit import newest
from enerwise.serve.api.shapes.safety import DoneShape, ResetRequest, SafetyShape, StopRequest
from enerwise.serve.api.stop_orders import take_back_file, take_back_if_over

router = APIRouter(tags=["safety"])
CONFLICT: Final = {**PROBLEMS, **refusals(409)}
Restarts = Annotated[At, at_site(Action.RESTART)]
LINES: Final = 2000
STOPS_SHOWN: Final = 50
START_S: Final = 5.0
LOOK_S: Final = 0.1


@router.get("/sites/{site}/safety", responses=PROBLEMS)
async def read_safety(at: Seen) -> SafetyShape:
    """Return limits in force, watchdogs, stops and trips, what devices do when contact is lost, and the way back."""
    desk, told, names = at.desk, at.desk.door.look(), Names(at.face.accounts)
    has_door = not isinstance(desk.door, NoDoor)
    stops = view.stops(await asyncio.to_thread(newest, desk.audit_folder, LINES))[:STOPS_SHOWN]
    tested_at = next((each["at"] for each in stops if each["is_test"] and not each["missing"]), None)
    state = (told.state, told.why) if told is not None else ("silent", "") if has_door else await _twin_state(at)
    health: Mapping[str, Any] = {} if told is None else told.health
    return SafetyShape.model_validate(
        {
            "state": state[0],
            "why": state[1],
            "limits": view.limits(desk.site, at.face.clock.now(), told),
            "watchdogs": view.watchdogs(desk.site, told, tested_at) if has_door else [],
            "claims_fast_stop": bool(health.get("claims_fast_stop", False)),
            "remarks": [str(each) for each in health.get("remarks", ())],
            "stops": [await names.told(each) for each in stops],
            "trips": view.trips(told),
            "contact_lost": view.contact_lost(desk.site, told),
            "checklist": view.checklist(told, has_door=has_door),
            "recovery": desk.site.safety.recovery,
            "contacts": [asdict(each) for each in desk.site.safety.contacts],
            "main_switch": desk.site.safety.main_switch,
            "devices": [{"id": x.id, "name": x.name or x.id, "place": x.place} for x in desk.site.devices],
        }
    )


async def _twin_state(at: At) -> tuple[str, str]:
    answer = await at.desk.site_line.ask({"do": "state"})
    return str(answer.get("lifecycle", "silent")), str(answer.get("why", ""))


@router.post("/sites/{site}/safety/stop", responses=CONFLICT)
async def stop_site(at: Annotated[At, at_site(Action.STOP)], asked: StopRequest) -> DoneShape:
    """Stop everything, and tell which machines have confirmed. The page's button takes its own, shorter way."""
    cause = asked.cause or "stop through the API"
    return _done(await _line(at).ask({"do": "stop", "cause": cause, "who": at.caller.id}))


@router.post("/sites/{site}/safety/test-stop", responses=CONFLICT)
async def test_stop(at: Restarts) -> DoneShape:
    """Take the whole way of a stop while everything rests, so that nothing moves."""
    if isinstance(at.desk.door, NoDoor):
        raise Trouble(409, "no-door", "the machines of this site are simulated: there is no way of a stop to test")
    return _done(await at.desk.door_line.ask({"do": "test", "who": at.caller.id}))


@router.post("/sites/{site}/safety/reset", responses=CONFLICT)
async def reset_site(at: Restarts, asked: ResetRequest) -> DoneShape:
    """Reset what is latched. Whoever does it names the cause exactly as it is told: so it has been read."""
    command = {"do": "reset", "who": at.caller.id, "cause": asked.cause, "subject": asked.subject}
    done = _done(await _line(at).ask(command))
    # What the page's stop has left on its second way goes with it; a stop file of others keeps the site at rest.
    take_back_file(at.desk.folder)
    return done


@router.post("/sites/{site}/safety/start", responses=CONFLICT)
async def start_site(at: Restarts) -> DoneShape:
    """Start a site that rests, or tell everything that speaks against it."""
    # The answer to a reset may have been lost; what it would have taken with it goes now.
    take_back_if_over(at.desk)
    answer = await _line(at).ask({"do": "start", "who": at.caller.id})
    if isinstance(at.desk.door, NoDoor):
        return _done(answer)
    told = at.desk.door.look()
    for _ in range(round(START_S / LOOK_S)):
        await asyncio.sleep(LOOK_S)
        told = at.desk.door.look()
        if told is not None and told.state == "running":
            return DoneShape(state="running")
    refusals = list(told.refusals) if told is not None else []
    reasons = refusals or ["the devices did not confirm in time"]
    faults = [Fault(place="start", message=each) for each in reasons]
    raise Trouble(409, "not-started", "; ".join(reasons), faults=faults)


def _line(at: At) -> Line:
    return at.desk.site_line if isinstance(at.desk.door, NoDoor) else at.desk.door_line


def _done(answer: Mapping[str, Any]) -> DoneShape:
    if "why" in answer and not answer.get("ok"):
        raise Trouble(409, "refused", str(answer["why"]))
    return DoneShape(
        state=str(answer.get("state", "")),
        acked_ms=dict(answer.get("acked_ms") or {}),
        missing=list(answer.get("missing") or []),
        rest_s=answer.get("rest_s"),
    )
