"""What was traded comes back as bounds: firm on one side, and as far as the site can."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.agents.agent import View
from enerwise.agents.arbiter import arbitrate
from enerwise.agents.modes import SelfConsumption
from enerwise.agents.trader import Commitment, Trader
from enerwise.agents.trader_consumer import Consumer
from enerwise.agents.trader_household import Household
from enerwise.agents.trader_keep import Keeper
from enerwise.agents.trader_producer import Producer
from enerwise.agents.trader_storage import Storage
from enerwise.core.intent import Priority
from enerwise.testing.contracts.agents import NOON as CONTRACT_NOON
from enerwise.testing.contracts.agents import AgentContract
from tests.agents.builders import a_live, a_view, by_asset, mandates, wishes_by_asset
from tests.builders import NOON, a_battery, a_load, a_site

AT_NOON = Commitment(CONTRACT_NOON, 1800.0, 500)


class TestHouseholdThatBought(AgentContract):
    agent = Household(commitments=(AT_NOON,))


class TestStorageThatSold(AgentContract):
    agent = Storage(commitments=(replace(AT_NOON, traded_wh=-1500),))


class TestProducerThatSold(AgentContract):
    agent = Producer(commitments=(replace(AT_NOON, traded_wh=-4000),))


class TestConsumerThatBought(AgentContract):
    agent = Consumer(commitments=(replace(AT_NOON, traded_wh=6000),))


def a_keeper(traded_wh: int, *, metered_wh: float = 0.0, began_s: int = 0, cause: str | None = None) -> Keeper:
    start = NOON - np.timedelta64(began_s, "s")
    return Keeper("trader", (Commitment(start, 1800.0, traded_wh, metered_wh, cause),))


def others(power_w: float, **more: float) -> View:
    return a_view(a_live(load_w=power_w, sun_w=0.0, **more))


@pytest.mark.parametrize("kind", [Household, Storage, Producer, Consumer])
def test_every_kind_is_a_trader(kind: type[Keeper]) -> None:
    assert isinstance(kind(), Trader)  # type: ignore[call-arg]


def test_who_sold_gives_at_least_that_and_may_give_more() -> None:
    said = by_asset(a_keeper(-1000), others(500.0))["battery"]
    # 1000 Wh in half an hour are 2 kW at the connection, and the home takes half a kilowatt.
    assert (said.lower, said.upper, said.preferred) == (-np.inf, -2500.0, None)
    assert (said.priority, said.reason.code) == (Priority.MARKET, "sold_ahead")


def test_who_bought_takes_at_least_that_and_may_take_more() -> None:
    said = by_asset(a_keeper(1000), others(500.0))["battery"]
    assert (said.lower, said.upper) == (1500.0, np.inf)
    assert said.reason.code == "bought_ahead"


def test_what_the_meter_has_seen_is_off_the_list() -> None:
    half = by_asset(a_keeper(-1000, metered_wh=-800.0, began_s=900), others(0.0))["battery"]
    assert half.upper == -800.0
    assert not a_keeper(-1000, metered_wh=-1000.0, began_s=900).decide(others(0.0)), "all is delivered"


def test_sun_that_is_sold_needs_no_battery() -> None:
    said = by_asset(a_keeper(-1000), a_view(a_live(load_w=0.0, sun_w=-5000.0)))["battery"]
    assert said.upper == 3000.0, "what is beyond the trade may be stored"


def test_before_and_after_the_slot_nothing_is_wanted() -> None:
    assert not a_keeper(-1000, began_s=1800).decide(others(0.0))
    assert not a_keeper(-1000, began_s=-60).decide(others(0.0))


def test_the_cause_leads_back_to_the_trade() -> None:
    (said,) = a_keeper(-1000, cause="market/7").decide(others(0.0))
    assert said.cause == "market/7"


@given(st.integers(-6000, 6000), st.floats(0.0, 6000.0), st.floats(0.0, 6000.0), st.floats(1400.0, 12_000.0))
def test_a_mode_beside_a_commitment_keeps_it_as_far_as_the_site_can(
    traded_wh: int, load_w: float, sun_w: float, energy_wh: float
) -> None:
    view = a_view(a_live(load_w=load_w, sun_w=-sun_w, energy_wh=energy_wh), hold_s=60.0)
    keeper, mode = a_keeper(traded_wh), SelfConsumption()
    said = [*keeper.decide(view), *mode.decide(view)]
    joined = arbitrate(view.envelope, said, mandates(view.envelope, keeper.name, mode.name))
    assert not joined.dropped
    battery_w = wishes_by_asset(joined.wishes)["battery"]
    grid_w, target_w = view.others_w + battery_w, traded_wh * 2.0
    allowed = view.envelope.assets["battery"]
    if traded_wh > 0:
        assert grid_w >= target_w - 1e-6 or battery_w >= allowed.upper_w - 1e-6 or grid_w >= 9000.0 - 1e-6
    if traded_wh < 0:
        assert grid_w <= target_w + 1e-6 or battery_w <= allowed.lower_w + 1e-6 or grid_w <= -9000.0 + 1e-6


def test_loads_wait_where_their_power_was_sold_and_run_where_it_was_bought() -> None:
    loads = (a_load("home"), a_load("boiler", switch_power_w=2000.0, surplus_priority=1))
    site = a_site(a_battery(charge_limit_w=1000.0, discharge_limit_w=1000.0), *loads)
    view = a_view(a_live(load_w=0.0), site=site)
    assert by_asset(a_keeper(-500), view)["boiler"].upper == 0.0
    said = by_asset(a_keeper(1500), view)
    assert (said["battery"].lower, said["boiler"].lower) == (1000.0, 2000.0)


@given(
    st.integers(-6000, -1), st.floats(0.0, 6000.0), st.floats(0.0, 13_500.0), st.floats(0.0, 0.9), st.floats(0.0, 0.9)
)
def test_no_band_takes_a_battery_below_a_reserve(
    traded_wh: int, load_w: float, energy_wh: float, own: float, told: float
) -> None:
    site = a_site(a_battery(reserve_ratio=own), a_load("home"))
    view = a_view(a_live(load_w=load_w, sun_w=0.0, energy_wh=energy_wh), site=site, hold_s=60.0)
    commitment = Commitment(NOON, 1800.0, traded_wh, reserve_ratio=told)
    upper_w = by_asset(Keeper("market", (commitment,)), view)["battery"].upper
    # What is given for a minute leaves the reserve, losses included.
    spare_wh = max(energy_wh - 13_500.0 * max(own, told, 0.10), 0.0)
    assert upper_w >= min(0.0, view.envelope.assets["battery"].upper_w) or -upper_w / 60.0 <= spare_wh + 1e-6


def test_a_battery_that_may_only_charge_gives_nothing() -> None:
    view = a_view(a_live(load_w=500.0, sun_w=0.0), mode="charge_only")
    assert by_asset(a_keeper(-1000), view)["battery"].upper == 0.0


def test_why_nothing_more_is_traded_is_among_the_facts() -> None:
    halted = Commitment(NOON, 1800.0, -1000, halted="repair")
    (said,) = Keeper("market", (halted,)).decide(others(500.0))
    assert said.reason.facts["halted"] == "repair"
    assert "halted" not in a_keeper(-1000).decide(others(500.0))[0].reason.facts
