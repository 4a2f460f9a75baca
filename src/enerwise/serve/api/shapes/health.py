"""How a server and its sites stand, as told."""

from typing import Literal

from pydantic import BaseModel

Status = Literal["ok", "degraded", "failing"]


class HealthBrief(BaseModel):
    """What everybody may know."""

    status: Status


class PartShape(BaseModel):
    """One part and how it stands."""

    name: str
    status: Status
    why: str


class SiteHealth(BaseModel):
    """How one site stands, with reasons."""

    site: str
    at: str
    status: Status
    parts: list[PartShape]


class ServerHealth(BaseModel):
    """How everything stands that the caller may see."""

    status: Status
    sites: list[SiteHealth] = []
