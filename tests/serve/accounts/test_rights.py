"""Roles at sites and groups, worked out to actions: never more than was given."""

from hypothesis import given
from hypothesis import strategies as st

from enerwise.serve.accounts.rights import (
    ALL,
    Given,
    at,
    holds,
    makes_circle,
    narrowed,
    only,
    rights_of,
    sites_of,
)
from enerwise.serve.api.access import ROLES, Action

SITES = ("a", "b", "c", "d")
GROUPS = ("g0", "g1", "g2", "g3")
places = st.sampled_from([f"site:{each}" for each in SITES] + [f"group:{each}" for each in GROUPS])
members = st.dictionaries(st.sampled_from(GROUPS), st.sets(places, max_size=5))
"""Circles too: what the database refuses must not hang or widen anything here either."""
roles = st.builds(Given, st.sampled_from([*ROLES, "unheard of"]), st.one_of(places, st.just(ALL)))
rights = st.dictionaries(st.sampled_from([*SITES, ALL]), st.frozensets(st.sampled_from(Action)))


def below(scope: str, held: dict[str, set[str]]) -> set[str]:
    """Return the sites below a scope, worked out another way: by steps until nothing is new."""
    found = {scope}
    while True:
        more = {each for place in found for each in held.get(place.removeprefix("group:"), ()) if "group:" in place}
        if more <= found:
            return {each.removeprefix("site:") for each in found if each.startswith("site:")}
        found |= more


@given(given=st.lists(roles, max_size=6), held=members)
def test_rights_are_what_the_roles_say_below_their_scopes(given: list[Given], held: dict[str, set[str]]) -> None:
    found = rights_of(given, held)
    for site in (*SITES, ALL):
        said = {
            action
            for each in given
            if (each.scope == ALL and site == ALL) or (each.scope != ALL and site in below(each.scope, held))
            for action in ROLES.get(each.role, ())
        }
        assert found.get(site, frozenset()) == said


@given(given=st.lists(roles, max_size=6), held=members, group=st.sampled_from(GROUPS), member=places)
def test_a_member_more_never_takes_and_widens_nothing_beyond_itself(
    given: list[Given], held: dict[str, set[str]], group: str, member: str
) -> None:
    more = {**held, group: held.get(group, set()) | {member}}
    before, after = rights_of(given, held), rights_of(given, more)
    for site in SITES:
        assert before.get(site, frozenset()) <= after.get(site, frozenset())
        if site not in below(member, more):
            assert before.get(site, frozenset()) == after.get(site, frozenset())


@given(mine=rights, theirs=rights, actions=st.frozensets(st.sampled_from(Action)))
def test_narrowing_never_widens(
    mine: dict[str, frozenset[Action]], theirs: dict[str, frozenset[Action]], actions: frozenset[Action]
) -> None:
    both = narrowed(mine, theirs)
    for site in (*SITES, ALL):
        assert at(both, site) == at(mine, site) & at(theirs, site)
        assert at(only(mine, actions), site) == at(mine, site) & actions


@given(mine=rights, scope=st.one_of(places, st.just(ALL)), role=st.sampled_from([*ROLES]), held=members)
def test_who_may_give_a_role_has_all_of_it_wherever_it_reaches(
    mine: dict[str, frozenset[Action]], scope: str, role: str, held: dict[str, set[str]]
) -> None:
    if holds(mine, scope, ROLES[role], held):
        for site, actions in rights_of([Given(role, scope)], held).items():
            assert actions <= at(mine, site)


@given(held=members, group=st.sampled_from(GROUPS), member=places)
def test_a_circle_is_seen_before_it_is_made(held: dict[str, set[str]], group: str, member: str) -> None:
    reached, left = set[str](), [member]
    while left:
        each = left.pop()
        if each not in reached:
            reached.add(each)
            left += held.get(each.removeprefix("group:"), ()) if each.startswith("group:") else ()
    assert makes_circle(group, member, held) == (f"group:{group}" in reached)


def test_everything_is_everything() -> None:
    assert sites_of(ALL, {}) == {ALL}
    assert rights_of([Given("owner", ALL)], {})[ALL] == frozenset(Action)
