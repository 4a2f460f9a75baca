"""Live: what a site shows now, as a snapshot, as a stream of events, and as a socket that also takes commands."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Request, WebSocket
from fastapi.responses import Response

from enerwise.serve.api.access import Action, at_site
from enerwise.serve.api.answers import PROBLEMS, Seen
from enerwise.serve.api.live.hub import Hub, Hubs
from enerwise.serve.api.live.socket import Talk
from enerwise.serve.api.live.stream import EventStream
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.shapes.live import LiveShape
from enerwise.serve.api.wire import to_json

router = APIRouter(tags=["live"])
STREAM: Final = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **PROBLEMS}
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", max_length=20)]


@router.get("/sites/{site}/live", response_class=Response, responses={200: {"model": LiveShape}, **PROBLEMS})
async def read_live(request: Request, at: Seen) -> Response:
    """Return a snapshot of everything that is shown live."""
    hub = hub_of(request, at.desk.site.id)
    if not hub.shown:
        await hub.ask()
    return Response(to_json(hub.shown), headers={"Cache-Control": "no-store"}, media_type="application/json")


@router.get("/sites/{site}/events", response_class=Response, responses=STREAM)
async def stream_events(request: Request, at: Seen, last_event_id: LastEventId = None) -> Response:
    """Stream a snapshot, then numbered changes, with a heartbeat every 5 s; goes on after ``Last-Event-ID``."""
    after = int(last_event_id) if last_event_id is not None and last_event_id.isdecimal() else None
    check = at_site(Action.SEE).dependency

    async def still_may() -> bool:
        try:
            await check(request, at.desk.site.id)
        except Trouble:
            return False
        return True

    return EventStream(hub_of(request, at.desk.site.id), after, still_may)


@router.websocket("/live")
async def talk_live(websocket: WebSocket) -> None:
    """Tell the same over a socket, and take commands."""
    await Talk(websocket).live()


def hub_of(request: Request, site: str) -> Hub:
    """Return the hub of a site."""
    hubs: Hubs = request.app.state.hubs
    return hubs[site]
