"""Forecasts: what was foreseen, with quantiles, by the newest issue or an earlier one."""

from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from enerwise.core.outlook import Forecast
from enerwise.serve.api.answers import PROBLEMS, Seen, answered
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.shapes.forecast import ForecastShape
from enerwise.serve.api.spans import moment
from enerwise.serve.api.wire import to_json
from enerwise.serve.outlooks.made import plans_of

router = APIRouter(tags=["forecast"])
SEARCHED: Final = 12
Keys = Annotated[list[str] | None, Query(max_length=64, description="Channels such as home.power_w; else all.")]


@router.get("/sites/{site}/forecast", response_class=Response, responses={200: {"model": ForecastShape}, **PROBLEMS})
def read_forecast(
    request: Request,
    at: Seen,
    key: Keys = None,
    model: Annotated[str | None, Query(max_length=80, description="Only channels foreseen by this model.")] = None,
    issued_before: Annotated[
        str | None, Query(max_length=40, description="The newest issue before this time, to compare with.")
    ] = None,
) -> Response:
    """Return the newest forecast, or the newest before a time."""
    plans = plans_of(at.desk.store, at.desk.site)
    for event in plans.told(SEARCHED, before=moment("issued_before", issued_before)):
        found = plans.foreseen(event.id)
        if found:
            return answered(request, to_json(_told(event.id, found, key, model)))
    when = f" before {issued_before}" if issued_before else ""
    raise Trouble(404, "no-forecast", f"nothing was foreseen{when}; forecasts begin with the first plan")


def _told(plan_id: str, found: tuple[Forecast, ...], keys: list[str] | None, model: str | None) -> dict[str, Any]:
    known = {str(each.key) for each in found}
    unknown = [each for each in keys or [] if each not in known]
    if unknown:
        told = f"nothing is foreseen for {', '.join(unknown[:5])}; there are {', '.join(sorted(known))}"
        raise Trouble(422, "unknown-channel", told)
    chosen = [each for each in found if (not keys or str(each.key) in keys) and model in (None, each.model)]
    first = found[0]
    return {
        "plan_id": plan_id,
        "issued_at": first.issued_at,
        "step_s": first.grid.step_s,
        "start_utc": first.grid.starts_utc,
        "channels": [
            {
                "key": str(each.key),
                "model": each.model,
                "unit": each.key.quantity.rpartition("_")[2].upper(),
                "level": each.level,
                "value": [np.round(row, 1) + 0.0 for row in each.value],
                "median": np.round(each.median, 1) + 0.0,
            }
            for each in chosen
        ],
    }
