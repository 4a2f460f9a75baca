"""Roles given and taken, and the groups of sites at which they hold.

Nobody gives more than he has, or where he does not manage; the last owner stays.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import new_id
from enerwise.serve.accounts.people import give, refuse_ownerless, row_of
from enerwise.serve.accounts.rights import ALL, GROUP, SITE, Given, Members, holds, makes_circle
from enerwise.serve.accounts.standing import members_in
from enerwise.serve.accounts.stop_token import StopTokens
from enerwise.serve.accounts.tables import GRANTS, GROUPS, MEMBERS
from enerwise.serve.api.access import ROLES, Action, Caller
from enerwise.serve.api.problems import Trouble

NAME_CHARS: Final = 200
MANAGES: Final = frozenset({Action.MANAGE})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody has."""

    id: str
    person_id: str
    role: str
    scope: str
    made_by: str
    made_s: int


@dataclass(frozen=True, slots=True)
class Group:
    """Sites and groups under one name."""

    id: str
    name: str
    members: tuple[str, ...]
    """``site:<id>`` or ``group:<id>``."""


class Grants:
    """Gives and takes roles."""

    def __init__(self, ground: Ground, stop: StopTokens) -> None:
        self._ground, self._stop = ground, stop

    async def listed(self, by: Caller, *, person_id: str | None = None) -> list[Grant]:
        """Return the roles that a caller may see: his own, and those where he manages."""

        def work(connection: Connection) -> list[Grant]:
            members = members_in(connection)
            rows = connection.execute(select(GRANTS).order_by(GRANTS.c.made_at, GRANTS.c.id)).all()
            return [_grant(row) for row in rows if row.person_id == by.id or _manages(by, row.scope, members)]

        found = await self._ground.read(work)
        return [each for each in found if person_id in (None, each.person_id)]

    async def give(self, by: Caller, person_id: str, given: Given) -> Grant:
        """Give somebody a role.

        Raises:
            Trouble: 403, the caller has less or does not manage there; 404, no such person; 409, the person has it;
                422, no such role or place.
        """

        def work(connection: Connection) -> Grant:
            members = members_in(connection)
            self._check_scope(connection, given)
            if not holds(by.actions, given.scope, ROLES[given.role] | MANAGES, members):
                raise _less(given.scope)
            row_of(connection, person_id)
            _refuse_double(connection, person_id, given)
            grant_id = give(connection, person_id, given, by=by.id, now_s=self._ground.now_s())
            return _grant(connection.execute(select(GRANTS).where(GRANTS.c.id == grant_id)).one())

        grant = await self._ground.change(work)
        self._note(grant, by, "role given")
        return grant

    async def take(self, by: Caller, grant_id: str) -> None:
        """Take a role back.

        Raises:
            Trouble: 404, there is no such role that the caller may take; 409, it is that of the last owner.
        """

        def work(connection: Connection) -> Grant:
            row = connection.execute(select(GRANTS).where(GRANTS.c.id == grant_id)).first()
            if row is None or not _manages(by, row.scope, members_in(connection)):
                raise Trouble(404, "no-such-grant", f"there is no role {grant_id[:64]!r} that you may take")
            connection.execute(delete(GRANTS).where(GRANTS.c.id == grant_id))
            refuse_ownerless(connection)
            return _grant(row)

        grant = await self._ground.change(work)
        # The page fetches a new one for what is left.
        self._stop.revoke_all(grant.person_id)
        self._note(grant, by, "role taken")

    def _note(self, grant: Grant, by: Caller, what: str) -> None:
        self._ground.trail.note("change", grant.person_id, who=by.id, what=what, role=grant.role, scope=grant.scope)

    def _check_scope(self, connection: Connection, given: Given) -> None:
        if given.role not in ROLES:
            raise Trouble(422, "wrong-request", f"{given.role[:40]!r} is no role; take one of {', '.join(ROLES)}")
        check_place(connection, given.scope, self._ground.site_ids)


class Groups:
    """Keeps groups of sites; for those who manage the whole server."""

    def __init__(self, ground: Ground, stop: StopTokens) -> None:
        self._ground, self._stop = ground, stop

    async def listed(self) -> list[Group]:
        """Return all groups by name."""

        def work(connection: Connection) -> list[Group]:
            members = members_in(connection)
            rows = connection.execute(select(GROUPS).order_by(GROUPS.c.name, GROUPS.c.id))
            return [Group(row.id, row.name, tuple(sorted(members.get(row.id, ())))) for row in rows]

        return await self._ground.read(work)

    async def add(self, by: Caller, name: str, members: list[str]) -> Group:
        """Make a group.

        Raises:
            Trouble: 422, a member is no site and no group.
        """
        group_id, now_s = new_id("group"), self._ground.now_s()

        def work(connection: Connection) -> None:
            connection.execute(insert(GROUPS).values(id=group_id, name=name[:NAME_CHARS], made_at=now_s))
            self._put(connection, group_id, members)

        await self._ground.change(work)
        self._ground.trail.note("change", group_id, who=by.id, what="group added", members=sorted(members))
        return Group(group_id, name[:NAME_CHARS], tuple(sorted(set(members))))

    async def fill(self, by: Caller, group_id: str, members: list[str]) -> Group:
        """Let a group hold these members and no others.

        Raises:
            Trouble: 404, no such group; 409, it would lie in itself; 422, a member is no site and no group.
        """

        def work(connection: Connection) -> str:
            name = str(_group_of(connection, group_id).name)
            connection.execute(delete(MEMBERS).where(MEMBERS.c.group_id == group_id))
            self._put(connection, group_id, members)
            return name

        name = await self._ground.change(work)
        await self._withdraw_stops()
        self._ground.trail.note("change", group_id, who=by.id, what="group filled", members=sorted(members))
        return Group(group_id, name, tuple(sorted(set(members))))

    async def remove(self, by: Caller, group_id: str) -> None:
        """Remove a group.

        Raises:
            Trouble: 404, no such group; 409, roles are given at it, or another group holds it.
        """

        def work(connection: Connection) -> None:
            _group_of(connection, group_id)
            scope = f"{GROUP}{group_id}"
            roles = connection.execute(select(GRANTS.c.id).where(GRANTS.c.scope == scope)).first()
            above = connection.execute(select(MEMBERS.c.group_id).where(MEMBERS.c.member == scope)).first()
            if roles or above:
                told = "roles are given at this group, or another group holds it; take these away first"
                raise Trouble(409, "group-in-use", told)
            connection.execute(delete(MEMBERS).where(MEMBERS.c.group_id == group_id))
            connection.execute(delete(GROUPS).where(GROUPS.c.id == group_id))

        await self._ground.change(work)
        self._ground.trail.note("change", group_id, who=by.id, what="group removed")

    def _put(self, connection: Connection, group_id: str, members: list[str]) -> None:
        before = members_in(connection)
        for member in sorted(set(members)):
            if member == ALL:
                raise Trouble(422, "wrong-request", "a group holds sites and groups by name; '*' is no member")
            check_place(connection, member, self._ground.site_ids)
            if makes_circle(group_id, member, before):
                raise Trouble(409, "circle", f"{member!r} holds this group already; a group cannot lie in itself")
            connection.execute(insert(MEMBERS).values(group_id=group_id, member=member))

    async def _withdraw_stops(self) -> None:
        """Let tokens that stop be made anew for everybody with a role at a group: it may reach less now."""
        at_groups = select(GRANTS.c.person_id).where(GRANTS.c.scope.startswith(GROUP)).distinct()
        for person_id in await self._ground.read(lambda each: each.execute(at_groups).scalars().all()):
            self._stop.revoke_all(person_id)


def check_place(connection: Connection, scope: str, site_ids: frozenset[str]) -> None:
    """Refuse a place that there is not.

    Raises:
        Trouble: 422.
    """
    is_site = scope.startswith(SITE) and scope.removeprefix(SITE) in site_ids
    if scope == ALL or is_site:
        return
    wanted = select(GROUPS.c.id).where(GROUPS.c.id == scope.removeprefix(GROUP))
    if not scope.startswith(GROUP) or connection.execute(wanted).first() is None:
        told = f"{scope[:80]!r} is no place here; write '*', 'site:<id>' or 'group:<id>'"
        raise Trouble(422, "wrong-request", told)


def _manages(by: Caller, scope: str, members: Members) -> bool:
    return holds(by.actions, scope, MANAGES, members)


def _less(scope: str) -> Trouble:
    told = (
        f"nobody gives more than he has: to give this role at {scope[:80]!r} you must manage there and have it yourself"
    )
    return Trouble(403, "not-allowed", told)


def _refuse_double(connection: Connection, person_id: str, given: Given) -> None:
    mine = select(GRANTS.c.id).where(GRANTS.c.person_id == person_id)
    if connection.execute(mine.where(GRANTS.c.role == given.role, GRANTS.c.scope == given.scope)).first():
        raise Trouble(409, "has-role", "this person has this role there already")


def _group_of(connection: Connection, group_id: str) -> Row[Any]:
    row = connection.execute(select(GROUPS).where(GROUPS.c.id == group_id)).first()
    if row is None:
        raise Trouble(404, "no-such-group", f"there is no group {group_id[:64]!r}")
    return row


def _grant(row: Row[Any]) -> Grant:
    return Grant(row.id, row.person_id, row.role, row.scope, row.made_by, row.made_at)
