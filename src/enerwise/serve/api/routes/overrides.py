"""Overrides: what people want for a while, as leases with a reason and an end. The guard judges them like any wish."""

from typing import Annotated, Final

from fastapi import APIRouter, Path

from enerwise.serve.api.access import Action, At, at_site
from enerwise.serve.api.answers import PROBLEMS, Seen
from enerwise.serve.api.desk_answers import taken
from enerwise.serve.api.names import Names
from enerwise.serve.api.problems import refusals
from enerwise.serve.api.shapes.live import LeasePage, LeaseShape, OverrideRequest

router = APIRouter(tags=["control"])
Controlled = Annotated[At, at_site(Action.CONTROL)]
LeaseId = Annotated[str, Path(max_length=64)]
CONFLICT: Final = {**PROBLEMS, **refusals(409)}


@router.get("/sites/{site}/overrides", responses=PROBLEMS)
async def list_overrides(at: Seen) -> LeasePage:
    """Return all overrides that are open, and the last that have ended."""
    answer, names = taken(await at.desk.site_line.ask({"do": "state"})), Names(at.face.accounts)
    return LeasePage(items=[LeaseShape(**await names.told(each)) for each in answer["leases"]])


@router.post("/sites/{site}/overrides", status_code=201, responses=CONFLICT)
async def add_override(at: Controlled, asked: OverrideRequest) -> LeaseShape:
    """Ask something of an asset until a time; live data tell what the guard makes of it."""
    command = {"do": "override", **asked.model_dump(), "who": at.caller.id}
    answer = taken(await at.desk.site_line.ask(command))
    return LeaseShape(**await Names(at.face.accounts).told(answer["lease"]))


@router.delete("/sites/{site}/overrides/{lease}", responses=PROBLEMS)
async def withdraw_override(at: Controlled, lease: LeaseId) -> LeaseShape:
    """End an override now."""
    answer = taken(await at.desk.site_line.ask({"do": "withdraw", "id": lease, "who": at.caller.id}))
    return LeaseShape(**await Names(at.face.accounts).told(answer["lease"]))
