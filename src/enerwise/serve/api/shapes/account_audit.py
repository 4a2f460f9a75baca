"""The audit of accounts."""

from pydantic import BaseModel


class AuditLine(BaseModel):
    """A line of the chain, with the names of those who are still here."""

    seq: int
    at: str
    kind: str
    subject: str
    subject_name: str
    who: str
    who_name: str
    payload: dict[str, object]
    hash: str


class AuditPage(BaseModel):
    """Lines, the newest first."""

    items: list[AuditLine]
    next: str | None


class AuditCheck(BaseModel):
    """Whether every line is as it was written."""

    holds: bool
    line_count: int
    breaks: list[str]
