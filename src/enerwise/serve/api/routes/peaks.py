"""The peaks of a span of local days."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from enerwise.serve.api.answers import PROBLEMS, Seen, answered
from enerwise.serve.api.shapes.savings import PeaksShape
from enerwise.serve.api.spans import From, To, days_between
from enerwise.serve.api.wire import to_json
from enerwise.serve.outlooks.daybook import book_of
from enerwise.serve.outlooks.reports import money_between, peaks_data

router = APIRouter(tags=["analytics"])


@router.get("/sites/{site}/peaks", response_class=Response, responses={200: {"model": PeaksShape}, **PROBLEMS})
def read_peaks(request: Request, at: Seen, from_: From = None, to: To = None) -> Response:
    """Return the highest quarters of an hour, and what prices on peaks came to."""
    site, store = at.desk.site, at.desk.store
    first, last, now = days_between(at.face, site.timezone, from_, to)
    days = money_between(book_of(store, site), site, first, last, now)
    return answered(request, to_json(peaks_data(days, site, (first, last))))
