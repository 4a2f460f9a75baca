"""The mode: whether a site runs by itself, by hand, or for nobody at home."""

from typing import Annotated

from fastapi import APIRouter

from enerwise.serve.api.access import Action, At, at_site
from enerwise.serve.api.answers import PROBLEMS, Seen
from enerwise.serve.api.desk_answers import taken
from enerwise.serve.api.names import Names
from enerwise.serve.api.shapes.live import ModeRequest, ModeShape

router = APIRouter(tags=["control"])


@router.get("/sites/{site}/mode", responses=PROBLEMS)
async def read_mode(at: Seen) -> ModeShape:
    """Return the mode that people chose, and the one in force."""
    answer = taken(await at.desk.site_line.ask({"do": "state"}))
    return ModeShape(**await Names(at.face.accounts).told(answer["mode"]))


@router.put("/sites/{site}/mode", responses=PROBLEMS)
async def set_mode(at: Annotated[At, at_site(Action.CONTROL)], asked: ModeRequest) -> ModeShape:
    """Choose a mode, for good or until a time."""
    command = {"do": "mode", **asked.model_dump(), "who": at.caller.id}
    answer = taken(await at.desk.site_line.ask(command))
    return ModeShape(**await Names(at.face.accounts).told(answer["mode"]))
