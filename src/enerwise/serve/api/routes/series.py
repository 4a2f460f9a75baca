"""Measured series: raw, on a grid, or reduced for a screen; and readings from outside."""

from typing import Annotated, Final

import numpy as np
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from enerwise.serve.api import columns
from enerwise.serve.api.access import Action, At, at_site
from enerwise.serve.api.answers import PROBLEMS, Seen, answered
from enerwise.serve.api.desk_answers import taken
from enerwise.serve.api.hot import held
from enerwise.serve.api.problems import refusals
from enerwise.serve.api.shapes.series import ChannelPage, ReadingsRequest, SeriesShape, TakenShape
from enerwise.serve.api.wire import to_json

router = APIRouter(tags=["metering"])
SETTLED: Final = np.timedelta64(3600, "s")
SETTLED_HOLDS_S: Final = 60.0
"""Spans that ended so long ago change only when readings come in late; many look at the same day."""
RUNNING_HOLDS_S: Final = 1.0
CSV: Final = "text/csv"
Keys = Annotated[list[str], Query(alias="key", min_length=1, max_length=columns.KEYS_MOST, examples=[["grid.power_w"]])]
Time = Annotated[str | None, Query(max_length=40)]
AS_COLUMNS: Final = {"model": SeriesShape, "content": {CSV: {"schema": {"type": "string"}}}}


@router.get("/sites/{site}/channels", response_class=Response, responses={200: {"model": ChannelPage}, **PROBLEMS})
def list_channels(request: Request, at: Seen) -> Response:
    """Return the channels that hold readings."""
    channels = at.desk.store.keys()
    return answered(request, to_json({"items": [str(each) for each in channels], "next": None}))


@router.get("/sites/{site}/series", response_class=Response, responses={200: AS_COLUMNS, **PROBLEMS})
def read_series(
    request: Request,
    at: Seen,
    key: Keys,
    start: Annotated[str | None, Query(alias="from", max_length=40, description="Else a day before `to`.")] = None,
    end: Annotated[str | None, Query(alias="to", max_length=40, description="Else now; excluded.")] = None,
    step_s: Annotated[int | None, Query(ge=1, le=86_400, description="Means of steps; else raw readings.")] = None,
    points: Annotated[int | None, Query(ge=10, le=10_000, description="Reduce to smallest and largest.")] = None,
    as_of: Annotated[str | None, Query(max_length=40, description="As it was known then.")] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Return channels of a site in columns; as CSV for ``Accept: text/csv``."""
    now = at.face.clock.now()
    asked = columns.question(now, keys=key, start=start, end=end, step_s=step_s, points=points, as_of=as_of)
    found = columns.columns(at.desk.store, asked)
    holds_s = SETTLED_HOLDS_S if asked.until + SETTLED < now else RUNNING_HOLDS_S
    is_csv = accept.partition(",")[0].partition(";")[0].strip().lower() == CSV
    body, media_type = (columns.as_csv(found), CSV) if is_csv else (to_json(found), "application/json")
    return held(request, at.caller, body, holds_s=holds_s, site=at.desk.site.id, media_type=media_type)


@router.post(
    "/sites/{site}/readings",
    status_code=202,
    responses={**PROBLEMS, **refusals(413)},
)
async def add_readings(at: Annotated[At, at_site(Action.INGEST)], asked: ReadingsRequest) -> TakenShape:
    """Take readings of channels that no device of the site measures; what is refused is told one by one."""
    answer = taken(await at.desk.site_line.ask({"do": "ingest", **asked.model_dump()}))
    return TakenShape(accepted=answer["accepted"], refused=answer["refused"])
