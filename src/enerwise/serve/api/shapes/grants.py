"""Roles given, and groups of sites."""

from typing import Literal

from pydantic import BaseModel, Field

from enerwise.serve.accounts.grants import Grant, Group
from enerwise.serve.accounts.times import shown
from enerwise.serve.api.shapes.people import Asked, Name

Place = Field(max_length=160, examples=["*", "site:home", "group:group-abcdefgh234567ab"])


class GrantShape(BaseModel):
    """A role that somebody has at a place."""

    id: str
    person_id: str
    role: str
    scope: str
    made_by: str
    made_at: str

    @classmethod
    def of(cls, grant: Grant) -> "GrantShape":
        """Return a grant as it is sent."""
        return cls(
            id=grant.id,
            person_id=grant.person_id,
            role=grant.role,
            scope=grant.scope,
            made_by=grant.made_by,
            made_at=shown(grant.made_s),
        )


class GrantsPage(BaseModel):
    """A page of roles."""

    items: list[GrantShape]
    next: str | None


class NewGrant(Asked):
    """A role to give."""

    person_id: str = Field(max_length=64)
    role: Literal["viewer", "operator", "installer", "owner", "service"]
    scope: str = Place


class GroupShape(BaseModel):
    """Sites and groups under a name."""

    id: str
    name: str
    members: list[str]

    @classmethod
    def of(cls, group: Group) -> "GroupShape":
        """Return a group as it is sent."""
        return cls(id=group.id, name=group.name, members=list(group.members))


class GroupsPage(BaseModel):
    """A page of groups."""

    items: list[GroupShape]
    next: str | None


class NewGroup(Asked):
    """A group to make."""

    name: str = Name
    members: list[str] = Field(default=[], max_length=1000)


class GroupMembers(Asked):
    """What a group shall hold, and nothing else."""

    members: list[str] = Field(max_length=1000)
