"""Devices: how they answer, what they are told, and the way to a new one.

Everything here only looks, until one is added to the site file.
"""

import asyncio
import json
import secrets
from collections import OrderedDict
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import instant, local_day_start, now_ns
from enerwise.devices.profiles import load_profile, profile_names
from enerwise.serve import device_search, site_edit
from enerwise.serve.api import device_view as view
from enerwise.serve.api.access import Action, At, Caller, anywhere, at_site
from enerwise.serve.api.answers import PROBLEMS, Seen, answered
from enerwise.serve.api.face import Desk
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.shapes import devices as shapes
from enerwise.serve.api.spans import Limit
from enerwise.serve.device_search import Search
from enerwise.serve.sign_check import SignWatch
from enerwise.serve.sites import read_site_file
from enerwise.site.site import GRID, Site
from enerwise.site.wiring import Device

router = APIRouter(tags=["devices"])
Configures = Annotated[At, at_site(Action.CONFIGURE)]
ConfiguresSomewhere = Annotated[Caller, anywhere(Action.CONFIGURE)]
Id = Annotated[str, Path(max_length=80)]
Cursor = Annotated[str | None, Query(max_length=40, description="The `next` of the page before.")]
RUNNING_MOST: Final = 2
KEPT_MOST: Final = 20


# ---------------------------------------------------------------------------------------------------------------
# Products and networks; these stand before what has a site in its path


@router.get("/devices/profiles", responses=PROBLEMS)
def list_device_profiles(caller: ConfiguresSomewhere) -> shapes.ProfilePage:
    """Return the products there are profiles for."""
    found = [load_profile(each) for each in profile_names()]
    return shapes.ProfilePage(
        items=[shapes.ProfileShape(name=x.name, product=x.summary, roles=list(x.roles)) for x in found]
    )


@router.get("/devices/networks", responses=PROBLEMS)
def list_own_networks(caller: ConfiguresSomewhere) -> shapes.NetworkPage:
    """Return the private networks that this machine is part of."""
    return shapes.NetworkPage(items=device_search.networks())


@router.post("/devices/find", status_code=202, responses=PROBLEMS)
def begin_device_search(
    request: Request, caller: ConfiguresSomewhere, asked: shapes.SearchRequest
) -> shapes.SearchShape:
    """Begin to look for Modbus TCP devices in a private network; nothing is written to any of them."""
    jobs = _jobs(request)
    if sum(each.look()[0] == "running" for _, each in jobs.searches.values()) >= RUNNING_MOST:
        raise Trouble(429, "too-many-searches", "two searches run already; wait for one, or end it")
    job_id = secrets.token_urlsafe(9)
    jobs.keep(jobs.searches, job_id, (caller.id, Search(asked.network, asked.port)))
    return _search(job_id, jobs.searches[job_id][1])


@router.get("/devices/find/{job}", responses=PROBLEMS)
def read_device_search(request: Request, caller: ConfiguresSomewhere, job: Id) -> shapes.SearchShape:
    """Return how far a search is, and who has answered so far."""
    return _search(job, _own(_jobs(request).searches, job, caller.id))


@router.delete("/devices/find/{job}", status_code=204, responses=PROBLEMS)
def cancel_device_search(request: Request, caller: ConfiguresSomewhere, job: Id) -> None:
    """End a search; whoever has answered so far stays listed."""
    _own(_jobs(request).searches, job, caller.id).cancel()


@router.post("/devices/probe", responses=PROBLEMS)
async def probe_device(caller: ConfiguresSomewhere, asked: shapes.ProbeRequest) -> shapes.ProbeShape:
    """Return what a device in a private network measures, by one profile or by each that can read it."""
    if asked.profile is not None:
        _known(asked.profile)
    found = await asyncio.to_thread(device_search.probe, asked.address, asked.unit_id, asked.profile)
    return shapes.ProbeShape(address=asked.address, unit_id=asked.unit_id, matches=[_match(each) for each in found])


# ---------------------------------------------------------------------------------------------------------------
# Devices of a site


@router.get("/sites/{site}/devices", response_class=Response, responses={200: {"model": shapes.DevicePage}, **PROBLEMS})
async def list_devices(request: Request, at: Seen, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Return the devices of a site, in the order of its file, and how each answers."""
    rows = await asyncio.to_thread(_briefs, at)
    ids = [each["id"] for each in rows]
    first = ids.index(cursor) + 1 if cursor in ids else 0
    part = rows[first : first + limit]
    following = part[-1]["id"] if first + limit < len(rows) else None
    page = shapes.DevicePage.model_validate({"items": part, "next": following})
    return answered(request, page.model_dump_json().encode())


@router.post("/sites/{site}/devices", status_code=201, responses=PROBLEMS)
async def add_device(at: Configures, asked: shapes.NewDevice) -> shapes.AddedDevice:
    """Add a device to the site file; it takes effect when the site is started again, and the old file is kept."""
    if turned := [role for role, said in asked.signs.items() if said == "turned"]:
        detail = f"the sign of {', '.join(turned)} is turned: put that right at the device first"
        raise Trouble(422, "sign-turned", detail)
    path = _site_path(at.desk)
    _known(asked.profile)
    edited = await asyncio.to_thread(site_edit.add_device, path, _written(asked), at.face.clock.now())
    device = next(each for each in edited.site.devices if each.id == asked.id)
    row = view.brief(device, edited.site, None, at.face.clock.now(), now_ns())
    return shapes.AddedDevice.model_validate({**row, "waits_for_start": True, "old_file": edited.before.name})


@router.post("/sites/{site}/devices/check-sign", status_code=202, responses=PROBLEMS)
async def begin_sign_check(request: Request, at: Configures, asked: shapes.SignRequest) -> shapes.SignShape:
    """Watch the meter at the connection while a person switches a load on."""
    meter = _meter(at.desk.site, asked.device)
    jobs, job_id = _jobs(request), secrets.token_urlsafe(9)
    watch = SignWatch(lambda: _power_w(at.desk, meter), asked.load_w)
    jobs.keep(jobs.signs, job_id, (at.caller.id, (at.desk.site.id, meter.id, watch)))
    watch.start()
    return _sign(job_id, meter.id, watch)


@router.get("/sites/{site}/devices/check-sign/{job}", responses=PROBLEMS)
async def read_sign_check(request: Request, at: Configures, job: Id) -> shapes.SignShape:
    """Return what the meter shows, and what that says of its sign."""
    site, meter, watch = _own(_jobs(request).signs, job, at.caller.id)
    if site != at.desk.site.id:
        raise _no_job(job)
    return _sign(job, meter, watch)


@router.get(
    "/sites/{site}/devices/{device}",
    response_class=Response,
    responses={200: {"model": shapes.DeviceDetail}, **PROBLEMS},
)
async def read_device(request: Request, at: Seen, device: Id) -> Response:
    """Return one device: values with their age, limits, signs, and what it does when it hears nothing."""
    found = await asyncio.to_thread(_detail, at, device)
    return answered(request, shapes.DeviceDetail.model_validate(found).model_dump_json().encode())


@router.get("/sites/{site}/devices/{device}/commands", responses=PROBLEMS)
async def list_device_commands(
    at: Seen, device: Id, limit: Limit = 50, cursor: Cursor = None
) -> shapes.DeviceCommandPage:
    """Return what a device was told, the newest first, and what came of it."""
    found = _device(at.desk, device)
    before = None if cursor is None else _moment(cursor)
    rows, following = await asyncio.to_thread(view.commands, at.desk.store, view.stored_assets(found), before, limit)
    return shapes.DeviceCommandPage.model_validate(
        {"items": rows, "next": None if following is None else f"{following}Z"}
    )


# ---------------------------------------------------------------------------------------------------------------
# Helpers


def _briefs(at: At) -> list[dict[str, Any]]:
    desk, told, now, ns = at.desk, at.desk.door.look(), at.face.clock.now(), now_ns()
    rows = [
        {**view.brief(each, desk.site, told, now, ns), "today_kwh": _today(desk, each, at)}
        for each in desk.site.devices
    ]
    waiting = [{**view.brief(each, desk.site, None, now, ns), "waits_for_start": True} for each in _waiting(desk)]
    return rows + waiting


def _today(desk: Desk, device: Device, at: At) -> float | None:
    served = list(dict.fromkeys(device.serves.values()))
    now = at.face.clock.now()
    start = local_day_start(now, desk.site.timezone)
    return view.today_kwh(desk.store, served[0], start, now) if len(served) == 1 else None


def _waiting(desk: Desk) -> list[Device]:
    """Return devices that stand in the file and not in the running site."""
    if desk.site_path is None:
        return []
    try:
        written = read_site_file(desk.site_path)
    except ProblemsFound:
        return []
    running = {each.id for each in desk.site.devices}
    return [each for each in written.devices if each.id not in running]


def _detail(at: At, device_id: str) -> dict[str, Any]:
    desk, now, ns = at.desk, at.face.clock.now(), now_ns()
    waiting = {each.id: each for each in _waiting(desk)}
    if device_id in waiting:
        return {**view.brief(waiting[device_id], desk.site, None, now, ns), "waits_for_start": True}
    device, told = _device(desk, device_id), desk.door.look()
    unit = view.unit_of(device, told)
    return {
        **view.brief(device, desk.site, told, now, ns),
        "today_kwh": _today(desk, device, at),
        "values": view.values(device, told, now, ns),
        "limits": view.limits(device, desk.site, now),
        "signs": view.signs(_report(desk)),
        "lost_count": None if unit is None else int(unit["lost_count"]),
        "write_count": None if unit is None else int(unit["write_count"]),
        "comms_loss": view.comms_loss(device, told),
    }


def _report(desk: Desk) -> dict[str, Any] | None:
    """Return the report of the last commissioning; None where there is none."""
    if desk.site_path is None:
        return None
    try:
        found = json.loads(desk.site_path.with_suffix(".commissioning.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _device(desk: Desk, device_id: str) -> Device:
    found = next((each for each in desk.site.devices if each.id == device_id), None)
    if found is None:
        raise Trouble(404, "no-such-device", f"there is no device {device_id[:80]!r} at this site")
    return found


def _meter(site: Site, device_id: str | None) -> Device:
    meters = [each for each in site.devices if GRID in each.serves.values()]
    found = next((each for each in meters if device_id in (None, each.id)), None)
    if found is None:
        raise Trouble(422, "no-meter", "none of the devices is the meter at the connection; add one that serves grid")
    return found


def _power_w(desk: Desk, meter: Device) -> float | None:
    told = desk.door.look()
    unit = view.unit_of(meter, told)
    if told is None or unit is None or not unit["fresh"]:
        return None
    from enerwise.core.quantity import POWER_W
    from enerwise.core.series import Key

    sight = told.live.get(Key(GRID, POWER_W))
    return None if sight is None else float(sight[0])


def _site_path(desk: Desk) -> FilePath:
    if desk.site_path is None:
        raise Trouble(409, "no-site-file", "this site has no file that could be changed")
    return desk.site_path


def _written(asked: shapes.NewDevice) -> dict[str, Any]:
    """Return a device as a site file writes it."""
    found: dict[str, Any] = {
        "id": asked.id,
        "driver": asked.driver,
        "address": device_search.own_address(asked.address),
    }
    found |= {"unit": asked.unit_id} if asked.unit_id != 1 else {}
    found |= {"profile": asked.profile, "serves": dict(asked.serves)}
    found |= {"read_only": True} if asked.is_read_only else {}
    return found | {name: text for name, text in (("name", asked.name), ("place", asked.place)) if text}


def _known(profile: str) -> None:
    if profile not in profile_names():
        remedy = "see GET /api/v1/devices/profiles"
        raise ProblemsFound("profile", [Problem("profile", f"there is no profile {profile!r}", remedy)])


def _match(found: device_search.Match) -> shapes.MatchShape:
    profile = load_profile(found.profile)
    values = [
        {"role": role, "quantity": quantity, "value": value if abs(value) < float("inf") else None}
        for (role, quantity), value in found.values.items()
    ]
    return shapes.MatchShape.model_validate(
        {
            "profile": found.profile,
            "product": profile.summary,
            "makes_sense": found.makes_sense,
            "roles": list(profile.roles),
            "values": values,
            "why": found.why,
        }
    )


def _moment(text: str) -> Any:
    from enerwise.core.errors import UnitError

    try:
        return instant(text)
    except UnitError:
        raise Trouble(422, "wrong-request", "cursor: send the `next` of the page before, as it was") from None


class Jobs:
    """Searches and checks that were begun, by id; whoever began one may look at it."""

    def __init__(self) -> None:
        self.searches: OrderedDict[str, tuple[str, Search]] = OrderedDict()
        self.signs: OrderedDict[str, tuple[str, tuple[str, str, SignWatch]]] = OrderedDict()

    def keep(self, kept: OrderedDict[str, Any], job_id: str, job: Any) -> None:
        """Keep a job, and forget the oldest of very many."""
        kept[job_id] = job
        while len(kept) > KEPT_MOST:
            kept.popitem(last=False)


def _jobs(request: Request) -> Jobs:
    found = getattr(request.app.state, "device_jobs", None)
    if not isinstance(found, Jobs):
        found = request.app.state.device_jobs = Jobs()
    return found


def _own(kept: OrderedDict[str, tuple[str, Any]], job_id: str, who: str) -> Any:
    owner, job = kept.get(job_id, ("", None))
    if job is None or owner != who:
        raise _no_job(job_id)
    return job


def _no_job(job_id: str) -> Trouble:
    return Trouble(404, "no-such-job", f"there is no job {job_id[:80]!r} of yours; begin another")


def _search(job_id: str, search: Search) -> shapes.SearchShape:
    state, asked, found = search.look()
    rows = [
        {"address": x.address, "unit_id": x.unit_id, "product": x.product, "profiles": list(x.profiles), "note": x.note}
        for x in found
    ]
    told = {"id": job_id, "network": search.network, "state": state, "asked": asked, "total": search.total}
    return shapes.SearchShape.model_validate({**told, "found": rows})


def _sign(job_id: str, device: str, watch: SignWatch) -> shapes.SignShape:
    return shapes.SignShape.model_validate({"id": job_id, "device": device, **watch.told()})
