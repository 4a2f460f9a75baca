"""Notices: what needs somebody, and what is good to know."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from enerwise.serve.api.answers import PROBLEMS, Seen
from enerwise.serve.api.notices import PARTS, Notice, notices, told
from enerwise.serve.api.notices import Seen as SeenBook
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.shapes.notices import NoticePage, NoticeShape

router = APIRouter(tags=["notices"])
NoticeId = Annotated[str, Path(max_length=200)]


@router.get("/sites/{site}/notices", responses=PROBLEMS)
async def list_notices(request: Request, at: Seen) -> NoticePage:
    """Return what is wrong or worth knowing, the most urgent first."""
    found = await asyncio.to_thread(notices, at.desk, at.face.clock.now())
    seen = book_of(request).of(at.caller.id)
    return NoticePage(items=[_shape(each, is_seen=each.id in seen) for each in found])


@router.post("/sites/{site}/notices/{notice}/seen", status_code=204, responses=PROBLEMS)
async def put_notice_aside(request: Request, at: Seen, notice: NoticeId) -> Response:
    """Put a notice aside for oneself; what comes back is told again."""
    found = await asyncio.to_thread(notices, at.desk, at.face.clock.now())
    if not any(each.id == notice for each in found):
        raise Trouble(404, "no-such-notice", f"there is no notice {notice[:80]!r}; it may be over")
    await asyncio.to_thread(book_of(request).add, at.caller.id, notice)
    return Response(status_code=204)


def book_of(request: Request) -> SeenBook:
    """Return who has put which notice aside."""
    book: SeenBook = request.app.state.seen_book
    return book


def _shape(notice: Notice, *, is_seen: bool) -> NoticeShape:
    return NoticeShape.model_validate(
        {
            "id": notice.id,
            "level": notice.level,
            "cause": notice.cause,
            "subject": notice.subject,
            "since": f"{notice.since.astype('datetime64[ms]')}Z",
            "count": notice.count,
            **{part: told(notice, part) for part in PARTS},
            "is_seen": is_seen,
        }
    )
