"""The owner: what people ask for is wished with an owner's weight, and nothing gets past the guard."""

from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.agents.agent import Agent
from enerwise.agents.arbiter import arbitrate
from enerwise.agents.follow_plan import FollowPlan
from enerwise.agents.lease import LONGEST, Deed, Lease
from enerwise.agents.modes import SelfConsumption
from enerwise.agents.owner import Owner
from enerwise.core.intent import Priority
from enerwise.core.time import Instant
from enerwise.testing.contracts.agents import AgentContract
from tests.builders import NOON, a_site

from .builders import a_live, a_view, mandates, preferred

HOUR = np.timedelta64(1, "h")


def a_lease(
    deed: Deed, asset: str = "battery", *, since: Instant = NOON, hours: int = 1, power_w: float | None = None
) -> Lease:
    return Lease(f"{asset}-{deed}", asset, deed, since, since + hours * HOUR, "ada", power_w=power_w)


class TestOwner(AgentContract):
    agent: ClassVar[Agent] = Owner()


@pytest.mark.parametrize(
    ("deed", "power_w", "wished_w"),
    [
        (Deed.CHARGE, None, 5000.0),
        (Deed.CHARGE, 1200.0, 1200.0),
        (Deed.DISCHARGE, None, -5000.0),
        (Deed.DISCHARGE, 700.0, -700.0),
        (Deed.REST, None, 0.0),
        (Deed.HOLD, -300.0, -300.0),
        (Deed.FILL, None, 5000.0),
    ],
)
def test_a_battery_is_asked_for_what_the_lease_says(deed: Deed, power_w: float | None, wished_w: float) -> None:
    assert preferred(Owner(), a_view(leases=(a_lease(deed, power_w=power_w),))) == wished_w


def test_a_full_battery_that_is_being_filled_rests() -> None:
    site = a_site()
    full_wh = next(each for each in site if each.id == "battery").energy_max_wh  # type: ignore[union-attr]
    assert preferred(Owner(), a_view(a_live(energy_wh=full_wh), leases=(a_lease(Deed.FILL),))) == 0.0


def test_nothing_is_wished_before_or_after_its_time() -> None:
    for since in (NOON + HOUR, NOON - HOUR):
        assert not Owner().decide(a_view(leases=(a_lease(Deed.CHARGE, since=since),)))


def test_of_two_leases_for_one_asset_the_newer_holds() -> None:
    older = a_lease(Deed.CHARGE, since=NOON - HOUR, hours=3)
    assert preferred(Owner(), a_view(leases=(a_lease(Deed.REST), older))) == 0.0


def test_the_owner_outweighs_mode_and_plan() -> None:
    view = a_view(a_live(load_w=3000.0, sun_w=0.0), leases=(a_lease(Deed.REST),))
    said = [*SelfConsumption().decide(view), *Owner().decide(view)]
    (wish,) = [
        each
        for each in arbitrate(view.envelope, said, mandates(view.envelope, "owner", SelfConsumption.name)).wishes
        if each.asset == "battery"
    ]
    assert (wish.value, wish.priority) == (0.0, Priority.OWNER)
    assert wish.reason.code == "lease_rest"
    assert FollowPlan.name != Owner.name


@given(
    deed=st.sampled_from([Deed.CHARGE, Deed.DISCHARGE, Deed.REST, Deed.FILL, Deed.HOLD]),
    power_w=st.one_of(st.none(), st.floats(-1e6, 1e6)),
    energy_wh=st.floats(0.0, 13_500.0),
    load_w=st.floats(0.0, 12_000.0),
    sun_w=st.floats(-8000.0, 0.0),
)
def test_whatever_is_asked_the_wish_stays_in_the_envelope(
    deed: Deed, power_w: float | None, energy_wh: float, load_w: float, sun_w: float
) -> None:
    if deed is Deed.HOLD and power_w is None:
        power_w = 0.0
    view = a_view(a_live(energy_wh=energy_wh, load_w=load_w, sun_w=sun_w), leases=(a_lease(deed, power_w=power_w),))
    for wish in arbitrate(view.envelope, Owner().decide(view), mandates(view.envelope, "owner")).wishes:
        allowed = view.envelope.assets[wish.asset]
        assert allowed.lower_w <= wish.value <= allowed.upper_w


def test_a_lease_ends_within_seven_days_or_cannot_be_built() -> None:
    for until in (NOON, NOON + LONGEST + HOUR):
        with pytest.raises(ValueError, match="seven days"):
            Lease("x", "battery", Deed.REST, NOON, until, "ada")
    with pytest.raises(ValueError, match="no power"):
        a_lease(Deed.HOLD, power_w=float("nan"))
