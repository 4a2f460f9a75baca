"""The audit of a site: what its safety core decided, stopped, reset and refused, as a chain of hashes."""

import asyncio
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query

from enerwise.serve.api.access import Action, At, at_site
from enerwise.serve.api.answers import PROBLEMS
from enerwise.serve.api.safety_view import utc
from enerwise.serve.api.shapes.audit import SiteAuditLine, SiteAuditPage
from enerwise.store.audit import read_audit, verify

router = APIRouter(tags=["safety"])
Audited = Annotated[At, at_site(Action.AUDIT)]
Before = Annotated[int | None, Query(ge=1, le=2**53, description="The `next` of the page before.")]


@router.get("/sites/{site}/audit", responses=PROBLEMS)
async def list_audit(
    at: Audited,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Before = None,
    kind: Annotated[str | None, Query(max_length=40)] = None,
) -> SiteAuditPage:
    """Return lines of the chain, the newest first, and whether the chain is whole."""
    rows = await asyncio.to_thread(newest, at.desk.audit_folder, limit, cursor, kind)
    broken = await asyncio.to_thread(_broken, at.desk.audit_folder)
    items = [
        SiteAuditLine(**{name: each[name] for name in SiteAuditLine.model_fields} | {"at": utc(each["at"])})
        for each in rows
    ]
    following = str(items[-1].seq) if len(items) == limit and items[-1].seq > 1 else None
    return SiteAuditPage(items=items, next=following, is_whole=not broken, broken=broken)


def newest(folder: Path, limit: int, before: int | None = None, kind: str | None = None) -> list[dict[str, Any]]:
    """Return the last lines of a chain, the newest first; none where there is no chain yet."""
    if not folder.is_dir():
        return []
    rows: Iterable[dict[str, Any]] = read_audit(folder)
    kept = deque[dict[str, Any]](maxlen=limit)
    kept.extend(each for each in rows if (before is None or each["seq"] < before) and kind in (None, each["kind"]))
    return list(reversed(kept))


def _broken(folder: Path) -> str:
    """Return where a chain is broken; empty where it is whole, or where nothing was ever written."""
    found = verify(folder).broken if folder.is_dir() else None
    return "" if found is None else str(found)
