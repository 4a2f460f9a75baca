"""The bill of a span of local days."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from enerwise.serve.api.answers import PROBLEMS, Seen, answered
from enerwise.serve.api.shapes.savings import BillShape
from enerwise.serve.api.spans import From, To, days_between
from enerwise.serve.api.wire import to_json
from enerwise.serve.outlooks.daybook import book_of
from enerwise.serve.outlooks.reports import bill_data, money_between

router = APIRouter(tags=["analytics"])


@router.get("/sites/{site}/bill", response_class=Response, responses={200: {"model": BillShape}, **PROBLEMS})
def read_bill(request: Request, at: Seen, from_: From = None, to: To = None) -> Response:
    """Return a preview of the bill, line by line, from what is measured."""
    site, store = at.desk.site, at.desk.store
    first, last, now = days_between(at.face, site.timezone, from_, to)
    days = money_between(book_of(store, site), site, first, last, now)
    return answered(request, to_json(bill_data(days, site, (first, last))))
