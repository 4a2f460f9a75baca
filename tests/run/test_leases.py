"""What people want for now: kept from life to life, judged each turn, and ended by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.agents.lease import Deed, Lease
from enerwise.core.intent import Reason
from enerwise.core.time import Instant
from enerwise.guard import Outcome, Verdict, Wish
from enerwise.run.leases import ENDED_KEPT, MOST, Choice, Leases, TooMany
from tests.builders import NOON

HOUR = np.timedelta64(1, "h")


def a_lease(name: str = "a", *, since: Instant = NOON, hours: int = 1) -> Lease:
    return Lease(name, "battery", Deed.CHARGE, since, since + hours * HOUR, "ada", "because")


def a_verdict(value_w: float, *, lease: str = "a", outcome: Outcome = Outcome.GRANTED, rule: str = "soc") -> Verdict:
    wish = Wish("battery", value_w, 50, Reason("lease_charge", {"lease": lease, "asked_w": 5000.0}), (), agent="owner")
    return Verdict("battery", outcome, value_w, rule, wish)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (a_verdict(5000.0), "acting"),
        (a_verdict(3000.0, outcome=Outcome.CUT), "cut"),
        (a_verdict(0.0, outcome=Outcome.REFUSED), "refused"),
        (a_verdict(5000.0, lease="another"), "waiting"),
    ],
)
def test_a_verdict_decides_what_became_of_a_lease(verdict: Verdict, state: str) -> None:
    found = Leases().with_lease(a_lease(), NOON).judged([verdict], NOON)
    assert found.fates["a"].state == state
    assert bool(found.fates["a"].rule) == (state in ("cut", "refused", "waiting"))


def test_a_lease_ends_by_itself_and_does_not_come_back() -> None:
    held = Leases().with_lease(a_lease(), NOON)
    ended = held.judged([], NOON + HOUR)
    assert ended.fates["a"].state == "ended"
    assert ended.judged([a_verdict(5000.0)], NOON).fates["a"].state == "ended"
    assert not held.open(NOON + HOUR)


def test_what_is_withdrawn_is_over_at_once() -> None:
    held = Leases().with_lease(a_lease(), NOON).without("a")
    assert (held.open(NOON), held.fates["a"].state) == ((), "withdrawn")
    with pytest.raises(KeyError):
        held.without("a")


def test_the_same_id_again_changes_nothing() -> None:
    held = Leases().with_lease(a_lease(), NOON)
    assert held.with_lease(a_lease(hours=3), NOON) is held


def test_there_are_only_so_many_and_old_ones_are_forgotten() -> None:
    held = Leases()
    for count in range(MOST):
        held = held.with_lease(a_lease(str(count)), NOON)
    with pytest.raises(TooMany, match="end one first"):
        held.with_lease(a_lease("more"), NOON)
    later = held.with_lease(a_lease("later", since=NOON + 2 * HOUR), NOON + 2 * HOUR)
    assert len(later.held) == ENDED_KEPT + 1


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


@given(
    st.lists(names, unique=True, max_size=6),
    st.sampled_from(["automatic", "manual", "away"]),
    st.booleans(),
    st.data(),
)
def test_what_is_kept_is_what_was_held(ids: list[str], mode: str, ends: bool, data: st.DataObject) -> None:
    held = Leases(Choice(mode, NOON + HOUR if ends else None, "ada", "why"))
    for each in ids:
        held = held.with_lease(a_lease(each), NOON)
    for each in data.draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []:
        held = held.without(each)
    again = Leases.from_bytes(held.to_bytes())
    assert (again.choice, again.held, again.open(NOON)) == (held.choice, held.held, held.open(NOON))


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"choice": [1], "held": [], "over": []}'])
def test_what_cannot_be_read_wishes_nothing(content: bytes | None) -> None:
    assert Leases.from_bytes(content) == Leases()


def test_a_choice_that_has_ended_leaves_the_site_to_itself() -> None:
    choice = Choice("away", NOON + HOUR)
    assert choice.at(NOON).mode == "away"
    assert choice.at(NOON + HOUR) == Choice()
