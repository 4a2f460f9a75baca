"""The raw quarters of an hour of a month, as CSV."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from enerwise.serve.api.answers import PROBLEMS, Seen
from enerwise.serve.api.spans import month_days
from enerwise.serve.outlooks.measured import local_day
from enerwise.serve.outlooks.quarters import quarter_lines

router = APIRouter(tags=["analytics"])
CSV: Final = "text/csv; charset=utf-8"
AS_CSV: Final[dict[str, Any]] = {"content": {"text/csv": {"schema": {"type": "string"}}}}


@router.get("/sites/{site}/quarter-hours", response_class=Response, responses={200: AS_CSV, **PROBLEMS})
def read_quarter_hours(
    at: Seen,
    month: Annotated[
        str | None, Query(pattern=r"^2[01][0-9]{2}-(0[1-9]|1[0-2])$", description="Such as 2026-05; else this one.")
    ] = None,
) -> Response:
    """Return one line for each quarter of an hour of a local month, up to now; what is not known is empty."""
    site, store = at.desk.site, at.desk.store
    today = local_day(at.face.clock.now(), site.timezone)
    first, last = month_days(month, today)
    lines = quarter_lines(store, site, first, min(last, today))
    named = f"{site.id}-{month or 'this-month'}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{named}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(lines, media_type=CSV, headers=headers)
