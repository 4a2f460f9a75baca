"""Savings of a month or any other span, against named baselines."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from enerwise.serve.api.answers import PROBLEMS, Seen, answered
from enerwise.serve.api.shapes.savings import SavingsShape
from enerwise.serve.api.spans import From, To, days_between
from enerwise.serve.api.wire import to_json
from enerwise.serve.outlooks.accuracy import scores_of
from enerwise.serve.outlooks.daybook import book_of
from enerwise.serve.outlooks.reports import money_between, savings_data

router = APIRouter(tags=["analytics"])


@router.get("/sites/{site}/savings", response_class=Response, responses={200: {"model": SavingsShape}, **PROBLEMS})
def read_savings(
    request: Request,
    at: Seen,
    from_: From = None,
    to: To = None,
    bucket: Literal["day", "month"] = "day",
) -> Response:
    """Return what was paid and saved, by day or month, with bill, shares, devices, accuracy and gaps."""
    site, store = at.desk.site, at.desk.store
    first, last, now = days_between(at.face, site.timezone, from_, to)
    days = money_between(book_of(store, site), site, first, last, now)
    told = savings_data(days, site, scores_of(store, site), (first, last), bucket, now)
    return answered(request, to_json(told))
