"""The support report: what runs and how it stands, and nothing of whose it is."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from enerwise.serve import support
from enerwise.serve.api.answers import PROBLEMS, Seen
from enerwise.serve.api.wire import to_json

router = APIRouter(tags=["support"])
Form = Annotated[Literal["json", "text"], Query(description="`text` is for people to read before they send it.")]
NO_STORE = {"Cache-Control": "no-store"}


class SupportReport(BaseModel):
    """What is told."""

    made_at: str
    note: str
    versions: dict[str, str]
    health: list[dict[str, str]]
    door: dict[str, Any]
    devices: list[dict[str, Any]]
    faults: list[dict[str, str]]
    figures: dict[str, Any]
    config: dict[str, Any]


@router.get(
    "/sites/{site}/support-report",
    response_class=Response,
    responses={200: {"model": SupportReport, "content": {"text/plain": {}}}, **PROBLEMS},
)
async def read_support_report(at: Seen, form: Form = "json") -> Response:
    """Return a report for those who help, without names, places, addresses, numbers and secrets."""
    found = await asyncio.to_thread(support.report, at.desk, at.face.clock.now())
    if form == "text":
        return Response(support.as_text(found), media_type="text/plain; charset=utf-8", headers=NO_STORE)
    return Response(to_json(found), media_type="application/json", headers=NO_STORE)
