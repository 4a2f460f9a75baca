"""How good forecasts were."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from enerwise.serve.api.answers import PROBLEMS, Seen, answered
from enerwise.serve.api.shapes.accuracy import AccuracyShape
from enerwise.serve.api.spans import day_text
from enerwise.serve.api.wire import to_json
from enerwise.serve.outlooks.accuracy import scores_of, summary
from enerwise.serve.outlooks.reports import accuracy_data

router = APIRouter(tags=["analytics"])


@router.get("/sites/{site}/accuracy", response_class=Response, responses={200: {"model": AccuracyShape}, **PROBLEMS})
def read_accuracy(request: Request, at: Seen, days: Annotated[int, Query(ge=1, le=90)] = 7) -> Response:
    """Return how good the forecasts of the last finished days were, and which days cannot be told."""
    scores, missed = scores_of(at.desk.store, at.desk.site).last(days, at.face.clock.now())
    told = {
        "days": days,
        "channels": [accuracy_data(each) for each in summary(scores)],
        "by_day": [
            {
                "channel": each.channel,
                "day": day_text(each.day),
                "mae_w": round(each.mae_w, 1),
                "bias_w": round(each.bias_w, 1) + 0.0,
                "coverage_ratio": round(each.inside_ratio, 4),
            }
            for each in scores
        ],
        "missed": [{"channel": each.channel, "day": day_text(each.day), "why": each.why} for each in missed],
    }
    return answered(request, to_json(told))
