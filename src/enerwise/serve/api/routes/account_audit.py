"""The audit of accounts: who did what, and who read whose personal data."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request

from enerwise.serve.accounts.visits import accounts_of
from enerwise.serve.api.access import Action, Caller, on_server
from enerwise.serve.api.routes.auth import TOLD
from enerwise.serve.api.shapes.account_audit import AuditCheck, AuditLine, AuditPage

router = APIRouter(tags=["accounts"])
Manages = Annotated[Caller, on_server(Action.MANAGE)]
Before = Annotated[int | None, Query(ge=1, le=2**53, description="The `next` of the page before.")]


@router.get("/account-audit", response_model=AuditPage, responses=TOLD)
async def list_account_audit(
    request: Request, caller: Manages, limit: Annotated[int, Query(ge=1, le=500)] = 100, cursor: Before = None
) -> AuditPage:
    """List lines of the chain, the newest first, with the names of those who are still here."""
    accounts = accounts_of(request)
    accounts.ground.trail.note("read", "audit", who=caller.id)
    rows = await accounts.audit_page(limit=limit, before=cursor)
    names = await accounts.people.names()
    items = [
        AuditLine(
            **{name: row[name] for name in ("seq", "at", "kind", "subject", "who", "payload", "hash")},
            subject_name=names.get(row["subject"], ""),
            who_name=names.get(row["who"], ""),
        )
        for row in rows
    ]
    has_more = len(items) == limit and items[-1].seq > 1
    return AuditPage(items=items, next=str(items[-1].seq) if has_more else None)


@router.get("/account-audit/check", response_model=AuditCheck, responses=TOLD)
async def check_account_audit(request: Request, caller: Manages) -> AuditCheck:
    """Walk along the whole chain and tell whether every line is as it was written."""
    found = await asyncio.to_thread(accounts_of(request).ground.trail.verified)
    breaks = [str(found.broken)] if found.broken else []
    return AuditCheck(holds=not breaks, line_count=found.line_count, breaks=[*breaks, *found.remarks])
