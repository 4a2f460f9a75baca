"""The local day so far."""

from typing import Final

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import Response

from enerwise.core.quantity import AVAILABLE_POWER_W
from enerwise.core.time import Instant
from enerwise.serve.api.answers import PROBLEMS, Seen, answered
from enerwise.serve.api.face import Desk
from enerwise.serve.api.shapes.savings import TodayShape
from enerwise.serve.api.wire import to_json
from enerwise.serve.outlooks.daybook import book_of
from enerwise.serve.outlooks.made import plans_of
from enerwise.serve.outlooks.measured import day_grid, local_day
from enerwise.serve.outlooks.reports import money_between, today_data

router = APIRouter(tags=["analytics"])
YOUNG: Final = np.timedelta64(6, "h")
"""An older forecast says nothing of the rest of today."""


@router.get("/sites/{site}/today", response_class=Response, responses={200: {"model": TodayShape}, **PROBLEMS})
def read_today(request: Request, at: Seen) -> Response:
    """Return what the local day came to so far, against no planning."""
    now, desk = at.face.clock.now(), at.desk
    today = local_day(now, desk.site.timezone)
    days = money_between(book_of(desk.store, desk.site), desk.site, today, today, now)
    return answered(request, to_json(today_data(days, desk.site, _ahead_wh(desk, today, now))))


def _ahead_wh(desk: Desk, today: int, now: Instant) -> float | None:
    """Return the sun that is still foreseen for today; None where nobody has foreseen it lately."""
    plans = plans_of(desk.store, desk.site)
    told = plans.told(1, before=now + np.timedelta64(1, "ms"))
    if not told or told[0].at < now - YOUNG:
        return None
    suns = [each for each in plans.foreseen(told[0].id) if each.key.quantity == AVAILABLE_POWER_W]
    if not suns:
        return None
    starts_utc = suns[0].grid.starts_utc
    rest = (starts_utc >= now) & (starts_utc < day_grid(today, desk.site.timezone).end_utc)
    return -sum(float(np.minimum(each.median[rest], 0.0).sum()) * each.grid.step_h for each in suns) + 0.0
