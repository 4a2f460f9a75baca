"""Curtailments: at most so much import for a while, planned for at once and kept by guard and turn."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path

from enerwise.serve.api.access import Action, At, at_site
from enerwise.serve.api.answers import PROBLEMS, Seen
from enerwise.serve.api.desk_answers import taken
from enerwise.serve.api.problems import refusals
from enerwise.serve.api.shapes.curtailments import CurtailmentPage, CurtailmentRequest, CurtailmentShape

router = APIRouter(tags=["control"])
Controlled = Annotated[At, at_site(Action.CONTROL)]
CurtailmentId = Annotated[str, Path(max_length=64)]
CONFLICT: Final = {**PROBLEMS, **refusals(409)}


@router.get("/sites/{site}/curtailments", responses=PROBLEMS)
async def list_curtailments(at: Seen) -> CurtailmentPage:
    """Return what others ask of the import and is not over."""
    return _page(taken(await at.desk.site_line.ask({"do": "state"})))


@router.post("/sites/{site}/curtailments", status_code=201, responses=CONFLICT)
async def add_curtailment(at: Controlled, asked: CurtailmentRequest) -> CurtailmentPage:
    """Ask for at most so much import until a time; return all that is asked for."""
    told = asked.model_dump(exclude={"since"}) | {"since": asked.since}
    return _page(taken(await at.desk.site_line.ask({"do": "curtail", **told, "by": at.caller.id})))


@router.delete("/sites/{site}/curtailments/{curtailment}", responses=PROBLEMS)
async def withdraw_curtailment(at: Controlled, curtailment: CurtailmentId) -> CurtailmentPage:
    """Take back what was asked; return what is left."""
    return _page(taken(await at.desk.site_line.ask({"do": "uncurtail", "id": curtailment, "by": at.caller.id})))


def _page(answer: Any) -> CurtailmentPage:
    return CurtailmentPage(items=[CurtailmentShape(**each) for each in answer["curtailments"]])
