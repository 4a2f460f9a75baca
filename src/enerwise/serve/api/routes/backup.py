"""Backup of a site in one file, and the way back: verified now, applied at the next start."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from enerwise.core.time import Instant
from enerwise.serve import backup
from enerwise.serve.api.access import Action, At, at_site
from enerwise.serve.api.answers import PROBLEMS
from enerwise.serve.api.face import Desk, Face
from enerwise.serve.api.problems import Trouble, refusals
from enerwise.serve.api.shapes.backup import RestoreShape

router = APIRouter(tags=["backup"])
Manages = Annotated[At, at_site(Action.MANAGE)]
ZIP: Final = "application/zip"
PIECE_BYTES: Final = 1 << 18
UPLOAD_BYTES: Final = 8 << 30
TROUBLES: Final = {**PROBLEMS, **refusals(409, 413, 507)}
DOWNLOAD: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}, "description": "The backup."},
    **TROUBLES,
}
UPLOAD: Final = {
    "requestBody": {"required": True, "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/sites/{site}/backup", response_class=Response, responses=DOWNLOAD)
async def download_backup(at: Manages) -> Response:
    """Return a backup of a running site; people and keys are in it for who manages the whole server."""
    with_accounts = at.caller.may(Action.MANAGE)
    places, now = _places(at.desk), at.face.clock.now()
    path = await asyncio.to_thread(_written, places, now, with_accounts)
    _note(at.face, at.desk.site.id, at.caller.id, "backup taken", with_accounts=with_accounts)
    name = f"{at.desk.site.id}-{str(now)[:10]}.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(path.stat().st_size),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_pieces(path), media_type=ZIP, headers=headers)


@router.post("/restore", status_code=202, responses=TROUBLES, openapi_extra=UPLOAD)
async def stage_restore(
    request: Request,
    at: Manages,
    with_accounts: Annotated[bool, Query(description="Whether people, roles and keys are restored as well.")] = False,
) -> RestoreShape:
    """Verify a backup of a site and keep it for the next start; nothing that runs is touched."""
    return await _staged(
        request, at.face, at.desk, at.caller.id, with_accounts=with_accounts and at.caller.may(Action.MANAGE)
    )


@router.get("/restore", responses=TROUBLES)
async def read_restore(at: Manages) -> RestoreShape:
    """Return what will be restored at the next start."""
    return _told(await asyncio.to_thread(backup.staged, _places(at.desk)))


async def _staged(request: Request, face: Face, desk: Desk, who: str, *, with_accounts: bool) -> RestoreShape:
    places = _places(desk)
    path = await _received(request, places)
    try:
        manifest = await asyncio.to_thread(
            backup.stage, path, places, site_id=desk.site.id, with_accounts=with_accounts
        )
    except OSError as error:
        raise _full(error) from None
    finally:
        path.unlink(missing_ok=True)
    _note(face, desk.site.id, who, "restore staged", made_at=manifest["made_at"], with_accounts=with_accounts)
    return _told(manifest)


async def _received(request: Request, places: backup.Places) -> Path:
    """Write what is sent to disk, never more than may be sent."""
    fd, name = tempfile.mkstemp(prefix=".upload-", dir=places.folder)
    path, size = Path(name), 0
    try:
        with os.fdopen(fd, "wb") as file:
            async for piece in request.stream():
                size += len(piece)
                if size > UPLOAD_BYTES:
                    raise Trouble(413, "too-large", "a backup that is sent has at most 8 GiB; use `enerwise restore`")
                await asyncio.to_thread(file.write, piece)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _full(error) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _written(places: backup.Places, now: Instant, with_accounts: bool) -> Path:
    fd, name = tempfile.mkstemp(prefix=".backup-", suffix=".zip", dir=places.folder)
    path = Path(name)
    try:
        with os.fdopen(fd, "wb") as file:
            backup.write_backup(places, file, now, with_accounts=with_accounts)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _full(error) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield a file and take it away, also when whoever asked has gone."""
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece
    finally:
        path.unlink(missing_ok=True)


def _places(desk: Desk) -> backup.Places:
    store = getattr(desk.store, "path", None)
    if desk.site_path is None or not isinstance(store, Path):
        raise Trouble(409, "no-site-file", "this site has no file and no store on this machine that could be kept")
    return backup.Places(desk.site_path, store, desk.folder)


def _told(manifest: dict[str, Any] | None) -> RestoreShape:
    if manifest is None:
        return RestoreShape(state="none")
    return RestoreShape(
        state="staged",
        site=str(manifest["site"]),
        made_at=str(manifest["made_at"]),
        version=str(manifest["version"]),
        files=sorted(manifest["files"]),
        with_accounts=backup.ACCOUNTS in manifest["files"],
        detail="it is verified and takes the place of what is there when the site is started again",
    )


def _note(face: Face, site: str, who: str, what: str, **payload: Any) -> None:
    ground = getattr(face.accounts, "ground", None)
    if ground is not None:
        # A backup with accounts holds personal data: that is a read of it, and on record.
        ground.trail.note("read" if what == "backup taken" else "change", site, who=who, what=what, **payload)


def _full(error: OSError) -> Trouble:
    return Trouble(507, "disk-full", f"the disk refuses: {error.strerror or error}; free space and try again")
