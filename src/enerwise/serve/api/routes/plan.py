"""Plans: the one in force, those before, what other goals would bring, and the goal itself."""

import asyncio
from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from enerwise.core.errors import PlanError
from enerwise.core.errors import Problem as Wrong
from enerwise.core.event import Event
from enerwise.core.time import Instant
from enerwise.run.brain import RemotePlanner
from enerwise.run.goals import GOALS, refusal
from enerwise.run.planner import Planned
from enerwise.serve.api.access import Action, At, at_site
from enerwise.serve.api.answers import PROBLEMS, Seen, answered
from enerwise.serve.api.face import Desk
from enerwise.serve.api.plan_pages import failed, pages_of
from enerwise.serve.api.problems import Fault, Trouble, refusals
from enerwise.serve.api.shapes.plan import (
    GoalShape,
    PlanCoreShape,
    PlanPage,
    PlanShape,
    PreviewRequest,
    PreviewShape,
    WhyShape,
)
from enerwise.serve.api.spans import Cursor, Limit, moment
from enerwise.serve.api.wire import to_json
from enerwise.serve.outlooks.made import goal_of, made_of, plans_of
from enerwise.serve.outlooks.view import preview_totals

router = APIRouter(tags=["plan"])
BRAIN_SOCKET: Final = "brain.sock"
PREVIEW_PATIENCE_S: Final = 20.0
REFUSING: Final = {**PROBLEMS, **refusals(409)}
Controlled = Annotated[At, at_site(Action.CONTROL)]


@router.get("/sites/{site}/plan", response_class=Response, responses={200: {"model": PlanShape}, **PROBLEMS})
def read_plan(request: Request, at: Seen) -> Response:
    """Return the plan in force: columns, lanes with reasons, totals, what changed, what was measured before it."""
    found = pages_of(at.desk).newest(at.desk, at.face.clock.now())
    if found is None:
        raise _no_plan(at.desk)
    return answered(request, found)


@router.get("/sites/{site}/plan/why", response_class=Response, responses={200: {"model": WhyShape}, **PROBLEMS})
async def read_why(
    request: Request,
    at: Seen,
    plan: Annotated[
        str | None, Query(max_length=120, description="Id of a plan; the newest where none is named.")
    ] = None,
) -> Response:
    """Return why a plan is what it is: limits and next best times of its blocks, what changed since the plan before.

    Reckoned when it is first asked for, with the solver: it may take a second or two.
    """
    try:
        found = await asyncio.to_thread(pages_of(at.desk).why, at.desk, plan)
    except PlanError as error:
        raise Trouble(503, "no-reasons", f"the reasons could not be reckoned: {error}") from None
    if found is None:
        raise _no_plan(at.desk) if plan is None else _no_such_plan(plan)
    return answered(request, found)


@router.get("/sites/{site}/plans", response_class=Response, responses={200: {"model": PlanPage}, **PROBLEMS})
def list_plans(request: Request, at: Seen, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Return plans, the newest first."""
    plans = plans_of(at.desk.store, at.desk.site)
    told = plans.told(limit + 1, before=moment("cursor", cursor))
    kept = set(at.desk.store.blobs("made")) if told else set()
    page = told[:limit]
    following = f"{page[-1].at}Z" if len(told) > limit else None
    return answered(request, to_json({"items": [_item(each, kept) for each in page], "next": following}))


@router.get(
    "/sites/{site}/plans/{plan_id:path}", response_class=Response, responses={200: {"model": PlanCoreShape}, **PROBLEMS}
)
def read_one_plan(request: Request, at: Seen, plan_id: str) -> Response:
    """Return a plan by its id, as it was when it was made."""
    found = pages_of(at.desk).one(at.desk, plan_id)
    if found is None:
        raise _no_such_plan(plan_id)
    return answered(request, found)


@router.post(
    "/sites/{site}/plan/preview", response_class=Response, responses={200: {"model": PreviewShape}, **REFUSING}
)
async def preview_plan(at: Controlled, asked: PreviewRequest) -> Response:
    """Return the totals of every goal from one outlook. Nothing of it is noted or followed."""
    refused = {goal: fault for goal in GOALS if (fault := refusal(goal, at.desk.site)) is not None}
    if asked.goal in refused:
        raise _refused(refused[asked.goal])
    goals = [goal for goal in GOALS if goal not in refused]
    now = at.face.clock.now()
    plans = await asyncio.to_thread(_previewed, at.desk, now, goals)
    totals = await asyncio.to_thread(_totals, at.desk, plans)
    told = {
        "goal": asked.goal,
        "at": now,
        "totals": {goal: totals.get(goal) for goal in GOALS},
        "refused": {goal: f"{fault.message}; {fault.remedy}" for goal, fault in refused.items()},
    }
    return Response(to_json(told), media_type="application/json")


@router.put("/sites/{site}/plan/goal", responses=REFUSING)
async def choose_goal(at: Controlled, asked: GoalShape) -> GoalShape:
    """Let plans serve another goal from now on; the next plan is made at once."""
    fault = refusal(asked.goal, at.desk.site)
    if fault is not None:
        raise _refused(fault)
    answer = await at.desk.site_line.ask({"do": "goal", "goal": asked.goal, "who": at.caller.id})
    if not answer.get("ok"):
        why, remedy = str(answer.get("why", "the site refuses")), str(answer.get("remedy", ""))
        raise Trouble(409, str(answer.get("code", "refused")), f"{why}; {remedy}" if remedy else why)
    return GoalShape(goal=asked.goal)


def _previewed(desk: Desk, now: Instant, goals: list[str]) -> tuple[Planned, ...]:
    try:
        found = RemotePlanner(desk.folder / BRAIN_SOCKET, patience_s=PREVIEW_PATIENCE_S).preview(now, goals)
    except PlanError as error:
        told = f"{error}; nothing has changed, try again in a moment"
        raise Trouble(503, "brain-silent", told, headers={"Retry-After": "5"}) from None
    if not found:
        raise Trouble(503, "too-little-history", "two days of measurements are needed before anything can be planned")
    return found


def _totals(desk: Desk, plans: tuple[Planned, ...]) -> dict[str, dict[str, float | None]]:
    return {each.goal: preview_totals(made_of("preview", desk.site, each), each.forecasts) for each in plans}


def _item(event: Event, kept: set[str]) -> dict[str, Any]:
    costs: Any = event.payload.get("cost_eur") or {}
    known = [float(each) for each in costs.values() if each is not None]
    return {
        "id": event.id,
        "made_at": event.at,
        "goal": goal_of(event),
        "cost_eur": round(sum(known), 6) if known else None,
        "is_kept": event.id in kept,
    }


def _refused(fault: Wrong) -> Trouble:
    told = Fault(place=fault.place, message=fault.message, remedy=fault.remedy)
    return Trouble(409, "goal-refused", f"{fault.message}; {fault.remedy}", faults=[told])


def _no_such_plan(plan_id: str) -> Trouble:
    return Trouble(404, "no-such-plan", f"no plan {plan_id[:80]!r} is kept here; GET plans lists those there are")


def _no_plan(desk: Desk) -> Trouble:
    """Say why there is no plan yet."""
    failure = failed(desk, np.datetime64(0, "ms"))
    if desk.site.control.mode != "follow_plan":
        told = f"this site runs in mode {desk.site.control.mode!r} and makes no plans; write 'mode: follow_plan'"
    elif failure is not None:
        told = f"no plan could be made yet: {failure['why']}"
    else:
        told = "no plan has been made yet; two days of measurements are needed before the first one"
    return Trouble(404, "no-plan", told)
