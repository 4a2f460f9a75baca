"""What somebody may do where: roles given at sites, at groups of sites, or everywhere, worked out to actions by site.

Groups hold sites and groups. A role at a group holds at all that lies below it, and nowhere else: nothing here can give
more than the roles say.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Final

from enerwise.serve.api.access import ROLES, Action

ALL: Final = "*"
SITE: Final = "site:"
GROUP: Final = "group:"
Members = Mapping[str, Set[str]]
"""What lies directly in each group, by its id: ``site:<id>`` or ``group:<id>``."""
Rights = Mapping[str, frozenset[Action]]
"""Actions by site id; ``*`` is every site and the server itself."""


@dataclass(frozen=True, slots=True)
class Given:
    """A role at a place."""

    role: str
    scope: str
    """``*``, ``site:<id>`` or ``group:<id>``."""


def sites_of(scope: str, members: Members) -> frozenset[str]:
    """Return the ids of all sites that a scope reaches; ``*`` for everything."""
    if scope == ALL:
        return frozenset({ALL})
    seen: set[str] = set()
    left = [scope]
    while left:
        each = left.pop()
        if each not in seen:
            seen.add(each)
            left += members.get(each.removeprefix(GROUP), ()) if each.startswith(GROUP) else ()
    return frozenset(each.removeprefix(SITE) for each in seen if each.startswith(SITE))


def rights_of(given: Iterable[Given], members: Members) -> dict[str, frozenset[Action]]:
    """Return what roles come to, site by site."""
    found: dict[str, frozenset[Action]] = {}
    for each in given:
        for site in sites_of(each.scope, members):
            found[site] = found.get(site, frozenset()) | ROLES.get(each.role, frozenset())
    return {site: actions for site, actions in found.items() if actions}


def at(rights: Rights, site: str) -> frozenset[Action]:
    """Return what may be done at a site."""
    return rights.get(site, frozenset()) | rights.get(ALL, frozenset())


def narrowed(rights: Rights, by: Rights) -> dict[str, frozenset[Action]]:
    """Return what both allow."""
    both = {site: at(rights, site) & at(by, site) for site in {*rights, *by}}
    return {site: actions for site, actions in both.items() if actions}


def only(rights: Rights, actions: Set[Action]) -> dict[str, frozenset[Action]]:
    """Return rights without any action but these."""
    left = {site: each & actions for site, each in rights.items()}
    return {site: each for site, each in left.items() if each}


def holds(rights: Rights, scope: str, actions: Set[Action], members: Members) -> bool:
    """Tell whether rights have all of these actions wherever a scope reaches; for an empty group, everywhere."""
    places: Collection[str] = sites_of(scope, members) or {ALL}
    return all(actions <= at(rights, site) for site in places)


def makes_circle(group_id: str, member: str, members: Members) -> bool:
    """Tell whether a group would come to lie in itself."""
    left, seen = [member], set[str]()
    while left:
        each = left.pop()
        if each == f"{GROUP}{group_id}":
            return True
        if each not in seen and each.startswith(GROUP):
            seen.add(each)
            left += members.get(each.removeprefix(GROUP), ())
    return False
