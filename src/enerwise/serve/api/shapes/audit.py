"""The chain of what the safety core decided, stopped, reset and refused."""

from typing import Any

from pydantic import BaseModel


class SiteAuditLine(BaseModel):
    """One line, sealed to the one before by its hash."""

    seq: int
    at: str
    kind: str
    subject: str
    who: str
    payload: dict[str, Any]
    hash: str


class SiteAuditPage(BaseModel):
    """Lines, the newest first."""

    items: list[SiteAuditLine]
    next: str | None = None
    is_whole: bool
    broken: str = ""
