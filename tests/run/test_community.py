"""Does a community add up, energy and money exactly; is nobody harmed at what they reported; does nobody look ahead?"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.market.clearing import Trades, trades_of
from enerwise.market.imbalance import Supplier
from enerwise.market.mechanism import mechanism
from enerwise.market.money import amount_ueur
from enerwise.market.settle_pool import settlement
from enerwise.market.tokens import moved
from enerwise.run.community import BALANCING, MARKET, SUPPLIER, Play, Slot, balancing_prices, begin, play
from enerwise.run.community_bids import strategy, strategy_names
from enerwise.run.community_homes import Community
from enerwise.run.community_supply import Supply
from tests.run.community_builders import a_community

SLOTS = 24


def played(community: Community, supply: Supply, name: str | None, slot_count: int = SLOTS) -> tuple[Play, list[Slot]]:
    """Play a community; without a name nobody trades."""
    bids = None if name is None else strategy(name)
    run = begin(community, supply, strategy=bids, rule=mechanism("uniform") if bids else None)
    return run, list(play(run, slot_count))


@pytest.fixture(scope="module", params=strategy_names())
def slots(request: pytest.FixtureRequest) -> list[Slot]:
    return played(*a_community(), request.param)[1]


def test_what_meters_count_is_traded_deviating_or_with_the_grid_to_the_last_wh(slots: list[Slot]) -> None:
    for slot in slots:
        assert slot.metered_wh.tolist() == (slot.traded_wh + slot.deviation_wh + slot.grid_wh).tolist()
        assert slot.traded is not None
        assert slot.traded_wh.sum() + sum(slot.traded.clearing.accounts_wh.values()) == 0
        assert slot.metered_wh.sum() == slot.deviation_wh.sum() + slot.grid_wh.sum()


def test_a_deviation_is_only_ever_what_was_traded_and_did_not_flow(slots: list[Slot]) -> None:
    for slot in slots:
        recognised = slot.traded_wh + slot.deviation_wh
        assert (np.abs(recognised) <= np.abs(slot.traded_wh)).all()
        assert (recognised * slot.traded_wh >= 0).all()
        assert (slot.grid_wh * slot.deviation_wh >= 0)[slot.traded_wh * slot.deviation_wh < 0].all()


def test_nobody_trades_beyond_what_they_reported(slots: list[Slot]) -> None:
    for slot in slots:
        assert slot.traded is not None
        book, clearing = slot.traded.book, slot.traded.clearing
        filled, limit = clearing.filled_wh > 0, book.price_ueur_per_kwh
        assert (clearing.price_ueur_per_kwh <= limit)[filled & book.is_buy].all()
        assert (clearing.price_ueur_per_kwh >= limit)[filled & ~book.is_buy].all()
        assert slot.traded.welfare_neur == slot.traded.best_welfare_neur


@pytest.mark.parametrize("name", ["marginal_value", "truthful", "zero_intelligence"])
def test_neighbours_find_each_other(name: str) -> None:
    slots = played(*a_community(), name)[1]
    assert sum(slot.traded.volume_wh for slot in slots if slot.traded) > 1000


def test_what_some_pay_for_trades_others_receive(slots: list[Slot]) -> None:
    for slot in slots:
        assert slot.traded is not None
        assert slot.paid_ueur[MARKET].sum() + sum(slot.traded.payments.accounts_ueur.values()) == 0
        trades: Trades = trades_of(slot.traded.book, slot.traded.clearing)
        assert trades.quantity_wh.sum() == slot.traded.volume_wh


def test_bills_follow_from_the_meters(slots: list[Slot]) -> None:
    for slot in slots:
        buy, sell = 320_000, 80_000
        for home in range(slot.grid_wh.size):
            wh = int(slot.grid_wh[home])
            assert slot.paid_ueur[SUPPLIER, home] == (wh * (buy if wh > 0 else sell) + 500) // 1000
            off = int(slot.deviation_wh[home])
            assert slot.traded is not None
            prices = balancing_prices(Supplier(buy, sell), slot.traded.price_ueur_per_kwh, 10_000)
            price = prices.short_ueur_per_kwh if off > 0 else prices.long_ueur_per_kwh
            assert slot.paid_ueur[BALANCING, home] == int(amount_ueur(off, price))


def test_without_a_market_everything_is_with_the_supplier() -> None:
    _, slots = played(*a_community(), None)
    for slot in slots:
        assert slot.traded is None
        assert slot.grid_wh.tolist() == slot.metered_wh.tolist()
        assert not slot.paid_ueur[[MARKET, BALANCING]].any()


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 50), name=st.sampled_from(strategy_names()))
def test_limits_of_homes_hold_and_meters_lose_nothing(seed: int, name: str) -> None:
    community, supply = a_community(seed=seed, count=5)
    run, slots = played(community, supply, name)
    facts, flowed_wh = community.batteries, np.zeros(len(community))
    for slot in slots:
        flowed_wh += slot.flows.grid_w * community.grid.step_h
        assert (slot.flows.grid_w >= -community.export_limit_w - 1e-6).all()
        assert (slot.flows.curtailed_w >= -1e-9).all()
        assert (slot.flows.vehicle_w >= 0).all()
    counted_wh = np.sum([slot.metered_wh for slot in slots], axis=0)
    assert np.abs(flowed_wh - counted_wh).max() <= 0.5 + 1e-6
    assert (run.state.energy_wh <= np.maximum(facts.energy_max_wh, community.start_wh) + 1e-6).all()
    assert (run.state.energy_wh >= np.minimum(facts.energy_min_wh, community.start_wh) - 1e-6).all()


@settings(max_examples=5, deadline=None)
@given(at=st.integers(0, SLOTS - 1), name=st.sampled_from(strategy_names()))
def test_orders_do_not_know_a_slot_that_has_not_happened(at: int, name: str) -> None:
    # The future is poisoned: from a slot on, loads are absurd and the sun is out. Orders up to it must be the same.
    community, supply = a_community(count=4)
    first = community.history_count + at
    load_w, available_w = supply.load_w.copy(), supply.available_w.copy()
    load_w[:, first:], available_w[:, first:] = 1e4, 0.0
    poisoned = replace(supply, load_w=load_w, available_w=available_w)
    _, honest = played(community, supply, name, at + 1)
    _, other = played(community, poisoned, name, at + 1)
    for one, two in zip(honest, other, strict=True):
        assert one.traded is not None
        assert two.traded is not None
        assert one.traded.book.quantity_wh.tolist() == two.traded.book.quantity_wh.tolist()
        assert one.traded.book.price_ueur_per_kwh.tolist() == two.traded.book.price_ueur_per_kwh.tolist()
    assert honest[-1].metered_wh.tolist() != other[-1].metered_wh.tolist()


def test_the_same_file_gives_the_same_bytes() -> None:
    one, two = (played(*a_community(), "zero_intelligence")[1] for _ in range(2))
    for left, right in zip(one, two, strict=True):
        assert left.paid_ueur.tobytes() == right.paid_ueur.tobytes()
        assert left.metered_wh.tobytes() == right.metered_wh.tobytes()


def test_vehicles_leave_with_what_they_need() -> None:
    community, supply = a_community(days=2)
    assert len(community.vehicles) == 2
    for name in (None, "marginal_value"):
        _, slots = played(community, supply, name, 2 * SLOTS)
        assert sum(slot.missed_wh for slot in slots) == pytest.approx(0.0, abs=1e-6)
        assert sum(slot.flows.vehicle_w.sum() for slot in slots) > 1000.0


def test_nobody_gains_by_deviating() -> None:
    supplier = Supplier(320_000, 80_000)
    prices = balancing_prices(supplier, None, 10_000)
    assert (prices.short_ueur_per_kwh, prices.long_ueur_per_kwh) == (330_000, 70_000)
    # Whatever neighbours agree on, a Wh short costs no less and a Wh long earns no more than the market or supplier.
    for local in (50_000, 200_000, 400_000):
        prices = balancing_prices(supplier, local, 0)
        assert prices.short_ueur_per_kwh >= max(local, 320_000)
        assert prices.long_ueur_per_kwh <= min(local, 80_000)


@pytest.mark.parametrize("rule", ["uniform", "pay_as_bid", "mid_market", "mcafee"])
def test_a_community_is_settled_by_the_rule_of_every_market(rule: str) -> None:
    """What homes pay is what the ledger's settlement says, per home; all that is paid is received by somebody."""
    run = begin(*a_community(), strategy=strategy("truthful"), rule=mechanism(rule))
    for slot in play(run, SLOTS):
        made = settlement(slot.market, slot.clearing, slot.metered_wh, slot.prices, supplier=slot.supplier)
        assert made.total_ueur.tolist() == slot.paid_ueur.sum(axis=0).tolist()
        energy_wh, paid_ueur = moved(made.transfers)
        assert sum(energy_wh.values()) == sum(paid_ueur.values()) == 0
