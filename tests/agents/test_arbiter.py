"""The arbiter: inside the envelope, deaf to order, narrowing only, and mandates kept."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.agents.arbiter import Dropped, DropReason, arbitrate, is_within
from enerwise.core.intent import Mandate, Proposal, Reason
from enerwise.guard.envelope import Envelope
from enerwise.guard.judge import Outcome, Wish, judge
from tests.builders import NOON, a_load, a_proposal, a_site
from tests.guard.builders import an_envelope, an_observed

from .builders import mandates, wishes_by_asset

SECOND = np.timedelta64(1000, "ms")


def decided(*proposals: Proposal, envelope: Envelope | None = None) -> dict[str, float]:
    envelope = envelope or an_envelope()
    agents = {each.agent for each in proposals}
    return wishes_by_asset(arbitrate(envelope, proposals, mandates(envelope, *agents)).wishes)


def test_preference_of_the_highest_priority_wins() -> None:
    assert decided(a_proposal(priority=20, preferred=-1000.0), a_proposal(priority=30, preferred=2000.0)) == {
        "battery": 2000.0
    }


def test_nobody_widens_what_somebody_above_has_narrowed() -> None:
    firm = a_proposal(agent="operator", priority=60, lower=-5000.0, upper=1000.0, preferred=None)
    eager = a_proposal(agent="owner", priority=50, lower=4000.0, upper=5000.0, preferred=4500.0)
    assert decided(firm, eager) == {"battery": 1000.0}


def test_band_of_a_lower_priority_narrows_what_is_left_open() -> None:
    above = a_proposal(priority=30, preferred=3000.0)
    below = a_proposal(agent="mode", priority=20, upper=1000.0, preferred=None)
    assert decided(above, below) == {"battery": 1000.0}


def test_whoever_insists_wins() -> None:
    firm = a_proposal(priority=60, lower=3000.0, upper=3000.0, preferred=3000.0)
    below = a_proposal(agent="mode", priority=20, upper=1000.0, preferred=0.0)
    assert decided(firm, below) == {"battery": 3000.0}


def test_without_a_preference_the_value_nearest_to_rest_is_taken() -> None:
    assert decided(a_proposal(lower=500.0, preferred=None)) == {"battery": 500.0}
    assert decided(a_proposal("roof", lower=-6000.0, upper=0.0, preferred=None)) == {"roof": -6000.0}


def test_equal_priority_sorts_by_agent() -> None:
    assert decided(a_proposal(agent="b", preferred=1.0), a_proposal(agent="a", preferred=2.0)) == {"battery": 2.0}


def test_asset_nobody_speaks_of_gets_no_wish() -> None:
    assert decided() == {}
    assert decided(a_proposal("roof", lower=-6000.0, upper=0.0, preferred=-6000.0)) == {"roof": -6000.0}


def test_infinite_preference_becomes_the_bound() -> None:
    assert decided(a_proposal(upper=math.inf, preferred=math.inf)) == {"battery": 5000.0}


def test_whose_band_moved_what_another_prefers_is_whose_reason_it_is() -> None:
    def wish_of(*said: Proposal) -> Wish:
        envelope = an_envelope()
        agents = {each.agent for each in said}
        return arbitrate(envelope, said, mandates(envelope, *agents)).wishes[0]

    plan = a_proposal(agent="plan", priority=30, preferred=500.0)
    firm = a_proposal(agent="market", priority=40, lower=1500.0, upper=math.inf, preferred=None)
    assert (wish_of(plan, firm).agent, wish_of(plan, firm).value) == ("market", 1500.0)
    idle = a_proposal(agent="market", priority=40, lower=100.0, upper=math.inf, preferred=None)
    assert wish_of(plan, idle).agent == "plan", "a band that moves nothing decides nothing"
    owner = a_proposal(agent="owner", priority=50, lower=0.0, upper=0.0, preferred=0.0)
    assert wish_of(plan, firm, owner).agent == "owner"


def test_wish_tells_whose_it_is_and_why() -> None:
    envelope = an_envelope()
    plan = a_proposal(agent="plan", priority=30, preferred=1000.0, cause="h/1/0")
    mode = a_proposal(agent="mode", priority=40, preferred=None, cause="h/2/0")
    (wish,) = arbitrate(envelope, [mode, plan], mandates(envelope, "plan", "mode")).wishes
    assert (wish.agent, wish.priority, wish.cause, wish.reason) == ("plan", 30, ("h/1/0", "h/2/0"), Reason("test"))


# --------------------------------------------------------------------------------------------------- not heard


@pytest.mark.parametrize(
    ("proposal", "why"),
    [
        (a_proposal(agent="stranger"), DropReason.NO_MANDATE),
        (a_proposal(preferred=2500.0), DropReason.OUTSIDE_MANDATE),
        (a_proposal(lower=2500.0, preferred=None), DropReason.OUTSIDE_MANDATE),
        (a_proposal(upper=-2500.0, preferred=None), DropReason.OUTSIDE_MANDATE),
        (a_proposal("garage"), DropReason.OUTSIDE_MANDATE),
        (a_proposal("home"), DropReason.NO_SUCH_SETPOINT),
        (a_proposal(quantity="reactive_var"), DropReason.NO_SUCH_SETPOINT),
        (a_proposal(valid_until=NOON), DropReason.EXPIRED),
        (a_proposal(valid_until=NOON - SECOND), DropReason.EXPIRED),
        (a_proposal(valid_until=np.datetime64("NaT", "ms")), DropReason.EXPIRED),
    ],
)
def test_proposal_that_is_not_heard_is_reported(proposal: Proposal, why: DropReason) -> None:
    allowed = {"tester": Mandate("tester", frozenset({"battery", "home"}), lower_w=-2000.0, upper_w=2000.0)}
    found = arbitrate(an_envelope(), [proposal], allowed)
    assert found.wishes == ()
    assert found.dropped == (Dropped(proposal, why),)


def test_mandate_is_of_the_agent_that_speaks() -> None:
    assert not is_within(Mandate("other", frozenset({"battery"})), a_proposal())


# ------------------------------------------------------------------------------------------------------- the row


def test_row_takes_from_the_lowest_priority_first() -> None:
    boiler = a_load("boiler", switch_power_w=2000.0)
    envelope = an_envelope(a_site(*a_site().assets, boiler), an_observed(others_w=5000.0, available_w=0.0))
    charge = a_proposal(agent="plan", priority=30, lower=0.0, preferred=4000.0)
    heat = a_proposal("boiler", agent="mode", priority=20, lower=0.0, upper=2000.0, preferred=2000.0)
    assert decided(charge, heat, envelope=envelope) == {"battery": 4000.0, "boiler": 0.0}


def test_row_may_use_what_bands_leave_open() -> None:
    envelope = an_envelope(observed=an_observed(others_w=11_000.0, available_w=0.0))
    assert decided(a_proposal(preferred=1000.0), envelope=envelope) == {"battery": -2000.0}
    assert decided(a_proposal(lower=0.0, preferred=1000.0), envelope=envelope) == {"battery": 0.0}


# ----------------------------------------------------------------------------------------------------- properties

FLOATS = st.one_of(st.floats(-8000, 8000), st.sampled_from([math.inf, -math.inf, 0.0, -0.0]))


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    low, high = sorted(draw(st.tuples(FLOATS, FLOATS)))
    return a_proposal(
        draw(st.sampled_from(["battery", "roof", "home"])),
        agent=draw(st.sampled_from(["a", "b", "c"])),
        priority=draw(st.integers(0, 3)),
        lower=low,
        upper=high,
        preferred=draw(st.none() | FLOATS),
        cause=draw(st.none() | st.sampled_from(["x", "y"])),
    )


ENVELOPES = st.builds(
    lambda energy_wh, sun_w, others_w, age_s: an_envelope(
        observed=an_observed(energy_wh=energy_wh, available_w=sun_w, others_w=others_w, age_s=age_s)
    ),
    st.one_of(st.floats(0, 13_500), st.just(math.nan)),
    st.one_of(st.floats(-6000, 0), st.just(math.nan)),
    st.one_of(st.floats(-20_000, 20_000), st.just(math.nan)),
    st.sampled_from([0.0, 3.0, 10.0]),
)
MANY = st.lists(proposals(), max_size=6)


@given(ENVELOPES, MANY)
def test_arbiter_stays_inside_the_envelope(envelope: Envelope, many: list[Proposal]) -> None:
    wishes = arbitrate(envelope, many, mandates(envelope, "a", "b", "c")).wishes
    assert all(envelope.holds(wish) for wish in wishes)
    assert len({wish.asset for wish in wishes}) == len(wishes)


@given(ENVELOPES, MANY, st.randoms())
def test_order_of_proposals_does_not_matter(envelope: Envelope, many: list[Proposal], chance: object) -> None:
    before = arbitrate(envelope, many, mandates(envelope, "a", "b"))
    shuffled = list(many)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    after = arbitrate(envelope, shuffled, mandates(envelope, "a", "b"))
    assert repr(after) == repr(before)


@given(ENVELOPES, MANY, proposals())
def test_nothing_widens_a_bound(envelope: Envelope, many: list[Proposal], above: Proposal) -> None:
    """What the highest priority insists on holds, as far as the envelope does, whatever others say."""
    firm = a_proposal(above.asset, agent="firm", priority=9, lower=above.lower, upper=above.upper, preferred=None)
    rules = mandates(envelope, "a", "b", "c", "firm")
    values = wishes_by_asset(arbitrate(envelope, [*many, firm], rules).wishes)
    if firm.asset in envelope.assets and firm.asset in values:
        allowed = envelope.assets[firm.asset]
        assert allowed.clamp(firm.lower) <= values[firm.asset] <= allowed.clamp(firm.upper)


@given(ENVELOPES, MANY)
def test_judge_grants_what_the_arbiter_joined_unless_somebody_insisted(
    envelope: Envelope, many: Sequence[Proposal]
) -> None:
    """Only bands can hold a wish against the connection: without them the judge has nothing left to cut."""
    open_minded = [
        a_proposal(
            each.asset,
            agent=each.agent,
            priority=each.priority,
            lower=-math.inf,
            upper=math.inf,
            preferred=each.preferred,
        )
        for each in many
    ]
    wishes = arbitrate(envelope, open_minded, mandates(envelope, "a", "b", "c")).wishes
    for verdict in judge(wishes, envelope):
        if verdict.wish is not None:
            assert verdict.outcome is Outcome.GRANTED
            assert verdict.value == verdict.wish.value
