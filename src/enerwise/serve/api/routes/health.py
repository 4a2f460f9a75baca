"""Health: one word for everybody, reasons for those who may see a site, and figures for Prometheus."""

import asyncio
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from enerwise.core.errors import StoreError
from enerwise.core.time import elapsed_s
from enerwise.serve import health
from enerwise.serve.api.access import Action, caller_of
from enerwise.serve.api.answers import PROBLEMS, Seen
from enerwise.serve.api.face import Desk, Face
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.shapes.health import HealthBrief, PartShape, ServerHealth, SiteHealth
from enerwise.serve.metrics import SiteFigures, metrics_of

PREFIX = ""
API: Final = "/api/v1"
HOLDS_S: Final = 2.0
"""So long a look is told again: whoever asks often costs nothing."""
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
router = APIRouter(tags=["health"])


@router.get("/health", responses={503: {"model": HealthBrief}})
async def read_health_brief(request: Request) -> HealthBrief:
    """Return one word; everybody may ask. A balancer reads 503 where something fails."""
    found = [await _looked(request, each) for each in _face(request).desks.values()]
    brief = HealthBrief.model_validate({"status": _worst(found)})
    if brief.status == health.FAILING:
        return Response(brief.model_dump_json(), 503, media_type="application/json")  # type: ignore[return-value]
    return brief


@router.get(f"{API}/health", responses=PROBLEMS)
async def read_health(request: Request) -> ServerHealth:
    """Return how every site stands that the caller may see, with reasons."""
    caller = await caller_of(request)
    seen = [each for each in _face(request).desks.values() if caller.may(Action.SEE, each.site.id)]
    found = [await _looked(request, each) for each in seen]
    return ServerHealth.model_validate({"status": _worst(found), "sites": found})


@router.get(f"{API}/sites/{{site}}/health", responses=PROBLEMS)
async def read_site_health(request: Request, at: Seen) -> SiteHealth:
    """Return how a site stands, part by part, with reasons."""
    return await _looked(request, at.desk)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}, **PROBLEMS})
async def read_metrics(request: Request) -> Response:
    """Return figures for Prometheus: needs a key or token that may see, wherever the caller stands."""
    face = _face(request)
    seen = list(face.desks.values())
    if not face.settings.get("opens_metrics", False):
        caller = await caller_of(request)
        seen = [each for each in seen if caller.may(Action.SEE, each.site.id)]
        if not seen and not caller.may(Action.SEE):
            raise Trouble(403, "not-allowed", "figures need the right to see a site")
    metrics = metrics_of(request.app)
    way = getattr(request.app.state, "stop_way", None)
    metrics.follow_stops(0 if way is None else int(way.count))
    found = await asyncio.gather(*(asyncio.to_thread(_figures, face, each) for each in seen))
    return Response(metrics.text(found), media_type=TEXT)


def _figures(face: Face, desk: Desk) -> SiteFigures:
    try:
        return health.figures(desk, face.clock.now(), desk.door.look())
    except StoreError:
        return SiteFigures(desk.site.id)


async def _looked(request: Request, desk: Desk) -> SiteHealth:
    kept: dict[str, tuple[float, SiteHealth]] = getattr(request.app.state, "health", {})
    request.app.state.health = kept
    at_s, found = kept.get(desk.site.id, (-HOLDS_S, None))
    if found is None or elapsed_s() - at_s >= HOLDS_S:
        found = await asyncio.to_thread(looked, desk, _face(request))
        kept[desk.site.id] = elapsed_s(), found
    return found


def looked(desk: Desk, face: Face) -> SiteHealth:
    """Return how a site stands now."""
    now = face.clock.now()
    parts = health.parts(desk, now)
    rows = [PartShape.model_validate({"name": each.name, "status": each.status, "why": each.why}) for each in parts]
    return SiteHealth.model_validate(
        {"site": desk.site.id, "at": f"{now}Z", "status": health.worst(parts), "parts": rows}
    )


def _worst(found: list[SiteHealth]) -> str:
    return max((each.status for each in found), key=health.WORSE.index, default=health.OK)


def _face(request: Request) -> Face:
    face: Face = request.app.state.face
    return face
