"""How somebody stands in the database now: roles, groups, and the rights that follow, inside a transaction."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from enerwise.serve.accounts.rights import ALL, Given, Rights, rights_of
from enerwise.serve.accounts.tables import GRANTS, MEMBERS, PEOPLE
from enerwise.serve.api.access import Action

OWNER = "owner"


def members_in(connection: Connection) -> dict[str, set[str]]:
    """Return what lies in each group."""
    found: dict[str, set[str]] = {}
    for row in connection.execute(select(MEMBERS)):
        found.setdefault(row.group_id, set()).add(row.member)
    return found


def given_to(connection: Connection, person_id: str) -> list[Given]:
    """Return the roles of a person; none for the disabled and the erased."""
    wanted = (
        select(GRANTS)
        .join(PEOPLE, PEOPLE.c.id == GRANTS.c.person_id)
        .where(GRANTS.c.person_id == person_id, PEOPLE.c.disabled_at.is_(None), PEOPLE.c.erased_at.is_(None))
    )
    return [Given(row.role, row.scope) for row in connection.execute(wanted)]


def rights_in(connection: Connection, person_id: str) -> dict[str, frozenset[Action]]:
    """Return what a person may do, site by site."""
    given = given_to(connection, person_id)
    needs_groups = any(each.scope.startswith("group:") for each in given)
    return rights_of(given, members_in(connection) if needs_groups else {})


def owners_in(connection: Connection) -> set[str]:
    """Return the people who own everything and can sign in."""
    wanted = (
        select(GRANTS.c.person_id)
        .join(PEOPLE, PEOPLE.c.id == GRANTS.c.person_id)
        .where(GRANTS.c.role == OWNER, GRANTS.c.scope == ALL, PEOPLE.c.disabled_at.is_(None))
        .where(PEOPLE.c.erased_at.is_(None), PEOPLE.c.password_hash.is_not(None))
    )
    return set(connection.execute(wanted).scalars())


def visible(rights: Rights, site_ids: Iterable[str]) -> dict[str, frozenset[Action]]:
    """Return rights for the sites that there are, ``*`` worked out."""
    everywhere = rights.get(ALL, frozenset())
    found = {site: everywhere | rights.get(site, frozenset()) for site in site_ids}
    return {site: actions for site, actions in found.items() if actions}
