"""Sites: which there are, and what stands there."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel

from enerwise.core.time import Instant
from enerwise.guard import is_controllable
from enerwise.serve.api.access import Action, At, Caller, known
from enerwise.serve.api.answers import PROBLEMS, Seen
from enerwise.serve.api.face import Desk, Face
from enerwise.serve.api.hot import held
from enerwise.serve.api.live.snapshot import name_of
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.shapes.sites import (
    AssetPage,
    AssetShape,
    ConnectionShape,
    ContactShape,
    SiteBrief,
    SitePage,
    SiteShape,
)
from enerwise.serve.api.spans import Cursor, Limit
from enerwise.site.assets import Asset
from enerwise.site.site import Site

router = APIRouter(tags=["sites"])
Known = Annotated[Caller, known()]
AssetId = Annotated[str, Path(max_length=80)]
CURRENCY = "EUR"
HOLDS_S = 10.0
"""What a site is changes when it is started again; its limits go by the clock."""


@router.get("/sites", response_class=Response, responses={200: {"model": SitePage}, **PROBLEMS})
async def list_sites(request: Request, caller: Known, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Return the sites that the caller may see, by id."""
    face: Face = request.app.state.face
    seen = sorted(each for each in face.desks if _may_see(caller, each) and each > (cursor or ""))
    items = [_brief(face.desks[each]) for each in seen[:limit]]
    page = SitePage(items=items, next=items[-1].id if len(seen) > limit else None)
    return held(request, caller, page.model_dump_json().encode(), holds_s=HOLDS_S, site=None)


@router.get("/sites/{site}", response_class=Response, responses={200: {"model": SiteShape}, **PROBLEMS})
def read_site(request: Request, at: Seen) -> Response:
    """Return a site: connection, assets, and what people there need when something is wrong."""
    return _held(request, at, site_shape(at.desk, at.face.clock.now()))


@router.get("/sites/{site}/assets", response_class=Response, responses={200: {"model": AssetPage}, **PROBLEMS})
def list_assets(request: Request, at: Seen) -> Response:
    """Return all assets of a site, in the order of its file."""
    page = AssetPage(items=[asset_shape(each, at.desk.site) for each in at.desk.site])
    return _held(request, at, page)


@router.get("/sites/{site}/assets/{asset}", response_class=Response, responses={200: {"model": AssetShape}, **PROBLEMS})
def read_asset(request: Request, at: Seen, asset: AssetId) -> Response:
    """Return one asset."""
    try:
        found = at.desk.site.asset(asset)
    except KeyError:
        names = ", ".join(each.id for each in at.desk.site)
        raise Trouble(404, "no-such-asset", f"there is no asset {asset!r}; there are {names}") from None
    return _held(request, at, asset_shape(found, at.desk.site))


def _held(request: Request, at: At, shape: BaseModel) -> Response:
    return held(request, at.caller, shape.model_dump_json().encode(), holds_s=HOLDS_S, site=at.desk.site.id)


def _may_see(caller: Caller, site: str) -> bool:
    return caller.may(Action.SEE, site)


def _brief(desk: Desk) -> SiteBrief:
    return SiteBrief(id=desk.site.id, name=desk.site.name, timezone=desk.site.timezone, is_demo=desk.is_demo)


def site_shape(desk: Desk, now: Instant) -> SiteShape:
    """Return a site as the API tells it."""
    site = desk.site
    return SiteShape(
        id=site.id,
        name=site.name,
        timezone=site.timezone,
        currency=CURRENCY,
        is_demo=desk.is_demo,
        connection=_connection(site, now),
        control_mode=site.control.mode,
        step_s=site.control.step_s,
        carbon_source=None if site.carbon is None else site.carbon.source,
        assets=[asset_shape(each, site) for each in site],
        main_switch=site.safety.main_switch,
        recovery=list(site.safety.recovery),
        contacts=[ContactShape(name=each.name, phone=each.phone, role=each.role) for each in site.safety.contacts],
    )


def _connection(site: Site, now: Instant) -> ConnectionShape:
    at, connection = np.array([now]), site.connection
    return ConnectionShape(
        import_limit_w=float(connection.import_limit_w(at, site.timezone)[0]),
        export_limit_w=float(connection.export_limit_w(at, site.timezone)[0]),
        fuse_a=float(connection.fuse_a) if np.isfinite(connection.fuse_a) else None,
        phase_count=connection.phase_count,
    )


def asset_shape(asset: Asset, site: Site) -> AssetShape:
    """Return an asset as the API tells it."""
    facts = {name: getattr(asset, name, None) for name in FACTS}
    behind = [device.id for device in site.devices if asset.id in device.serves.values()]
    return AssetShape(
        id=asset.id,
        kind=asset.kind,
        name=name_of(asset),
        is_controllable=is_controllable(asset),
        safe_power_w=asset.safe_power_w,
        devices=behind,
        **facts,
    )


FACTS = ("capacity_wh", "charge_limit_w", "discharge_limit_w", "reserve_ratio", "peak_w", "switch_power_w")
