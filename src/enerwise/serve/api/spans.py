"""Spans of local days and pages of lists, as callers ask for them."""

from datetime import date
from typing import Annotated, Final

import numpy as np
from fastapi import Query

from enerwise.core.errors import UnitError
from enerwise.core.time import Instant, instant
from enerwise.serve.api.face import Face
from enerwise.serve.api.problems import Fault, Trouble
from enerwise.serve.outlooks.measured import local_day

LONGEST_DAYS: Final = 400
FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
From = Annotated[date | None, Query(alias="from", description="First local day; else the first of the month.")]
To = Annotated[date | None, Query(description="Last local day, included; else today.")]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=40, description="The `next` of the page before.")]


def days_between(face: Face, zone: str, first: date | None, last: date | None) -> tuple[int, int, Instant]:
    """Return first and last local day, counted from 1970, and the present.

    Raises:
        Trouble: 422, the span is empty, too long, or beyond what calendars hold.
    """
    now = face.clock.now()
    today = local_day(now, zone)
    end = today if last is None else _number(last)
    start = _month_start(min(end, today)) if first is None else _number(first)
    if end < start:
        raise _wrong("to", f"{_text(end)} lies before {_text(start)}", "write the earlier day as 'from'")
    if end - start >= LONGEST_DAYS:
        told = f"{end - start + 1} days are more than {LONGEST_DAYS}"
        raise _wrong("from", told, "ask for a shorter span, or for one year after the other")
    for name, day in (("from", first), ("to", last)):
        if day is not None and not FIRST <= day <= LAST:
            raise _wrong(name, f"{day} is no day of this site", f"write a day from {FIRST} to {LAST}")
    return start, end, now


def month_days(month: str | None, today: int) -> tuple[int, int]:
    """Return first and last day of a month written ``2026-05``; of the running one where none is given.

    Raises:
        Trouble: 422, it is no month.
    """
    if month is None:
        first = np.datetime64(today, "D").astype("datetime64[M]")
    else:
        try:
            first = np.datetime64(month, "M")
        except ValueError:
            raise _wrong("month", f"{month!r} is no month", "write a month such as 2026-05") from None
        if not np.datetime64("2000-01") <= first <= np.datetime64("2199-12"):
            raise _wrong("month", f"{month!r} is no month of this site", "write a month such as 2026-05")
    return int(first.astype("datetime64[D]").astype(np.int64)), int(
        (first + 1).astype("datetime64[D]").astype(np.int64)
    ) - 1


def moment(name: str, text: str | None) -> Instant | None:
    """Return an instant that a caller wrote.

    Raises:
        Trouble: 422, it is none.
    """
    if text is None:
        return None
    try:
        return instant(text)
    except UnitError:
        raise _wrong(name, f"{text[:40]!r} is no date and time", "write one such as 2026-05-14T14:40:00Z") from None


def day_text(day: int) -> str:
    """Return a day as ``2026-05-14``."""
    return _text(day)


def _number(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


def _month_start(day: int) -> int:
    return int(np.datetime64(day, "D").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64))


def _text(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _wrong(place: str, message: str, remedy: str) -> Trouble:
    return Trouble(
        422,
        "wrong-request",
        f"{place}: {message}; {remedy}",
        faults=[Fault(place=place, message=message, remedy=remedy)],
    )
