"""What traders offer: whole orders before the gate, within what their site can do, at what it is worth to them."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.agents.trader import MarketView, Trader
from enerwise.agents.trader_consumer import Consumer
from enerwise.agents.trader_desk import judge
from enerwise.agents.trader_household import Household
from enerwise.agents.trader_producer import Producer, firm_sun_wh
from enerwise.agents.trader_state import state_of, worth_eur_per_kwh
from enerwise.agents.trader_storage import Storage
from enerwise.core.intent import Mandate, Order, OrderMandate, Side
from enerwise.core.outlook import Law
from enerwise.guard.orders import OrderLimits, Rule, Used
from enerwise.market.strategies.zero_intelligence import ZeroIntelligence
from enerwise.site.site import Site
from enerwise.testing.contracts.agents import a_contract_plan
from tests.builders import NOON, a_battery, a_load, a_pv, a_site

LATER = NOON + np.timedelta64(1800, "s")
WAY = math.sqrt(0.9)
KINDS: list[Trader] = [
    Household(),
    Household(strategy=ZeroIntelligence()),
    Storage(),
    Producer(),
    Consumer(waiting_wh=3000.0, slot_count=4),
]


def a_slot(*net_w: float, site: Site | None = None, energy_wh: float = 6750.0, **more: Any) -> MarketView:
    """A half-hour that begins in half an hour; its gate closes five minutes before."""
    net = np.array(net_w or (0.0, 0.0))
    prices = {"buy_ueur_per_kwh": 300_000.0, "sell_ueur_per_kwh": 80_000.0, "local_ueur_per_kwh": 190_000.0}
    return MarketView(
        **{
            "now": NOON,
            "slot_start_utc": LATER,
            "step_s": 1800.0,
            "gate_utc": LATER - np.timedelta64(300, "s"),
            "node": "home",
            "site": site or a_site(),
            "net_w": net,
            "energy_wh": {"battery": energy_wh},
            **{name: np.full(net.size, price) for name, price in prices.items()},
            **more,
        }
    )


def ordered(trader: Trader, view: MarketView) -> list[tuple[Side, int, int]]:
    return [
        (each.side, each.quantity_wh, each.limit_price_ueur_per_kwh)
        for each in trader.orders(view, np.random.default_rng(0))
    ]


@pytest.mark.parametrize("trader", KINDS, ids=lambda each: type(each).__name__)
def test_after_the_gate_and_without_an_outlook_nobody_orders(trader: Trader) -> None:
    view = a_slot(2000.0, 2000.0)
    assert not ordered(trader, replace(view, now=view.gate_utc))
    assert not ordered(trader, replace(view, net_w=np.array([np.nan, 0.0])))
    assert not ordered(trader, replace(view, local_ueur_per_kwh=np.array([190_000.0, np.nan])))


@pytest.mark.parametrize("trader", KINDS, ids=lambda each: type(each).__name__)
@given(st.integers(0, 10_000))
def test_orders_are_within_the_connection_and_no_worse_than_the_supplier(trader: Trader, seed: int) -> None:
    rng = np.random.default_rng(seed)
    net_w = rng.normal(0, 4000, 6)
    view = a_slot(
        *net_w,
        energy_wh=float(rng.choice([np.nan, 1350.0, 6000.0, 12_150.0])),
        local_ueur_per_kwh=rng.uniform(80_000, 300_000, 6),
        spread_wh=float(rng.uniform(0, 500)),
        bought_wh=int(rng.choice([0, 800])),
        sold_wh=int(rng.choice([0, 300])),
    )
    made = ordered(trader, view)
    assert made == ordered(trader, view), "an equal view gets an equal answer"
    for side, traded_wh in ((Side.BUY, view.bought_wh), (Side.SELL, view.sold_wh)):
        assert traded_wh + sum(wh for way, wh, _ in made if way is side) <= 4500
    assert all(80_000 <= price <= 300_000 for _, _, price in made)
    bids, asks = ([price for way, _, price in made if way is side] for side in Side)
    assert not (bids and asks) or max(bids) < min(asks), "nobody meets an order of its own"


def test_a_household_bids_the_worth_that_its_plan_tells() -> None:
    plan, cheap = a_contract_plan(Law.FOLLOW), np.full(2, 150_000.0)
    assert ordered(Household(), a_slot(1000.0, 1000.0, plan=plan, local_ueur_per_kwh=cheap)) == [
        (Side.BUY, 3000, int(0.2 * WAY * 1e6))
    ]
    state = state_of(a_slot(1000.0, 1000.0, plan=plan))
    assert worth_eur_per_kwh(state) == 0.2


def test_without_a_plan_it_weighs_what_is_ahead() -> None:
    dear_evening = a_slot(0.0, *[4000.0] * 6)
    assert worth_eur_per_kwh(state_of(dear_evening)) == pytest.approx(0.3 * WAY)
    assert worth_eur_per_kwh(state_of(a_slot(0.0, *[-4000.0] * 6))) < 0.1


def test_what_was_traded_is_not_ordered_again() -> None:
    cheap = np.full(2, 150_000.0)
    view = a_slot(1000.0, 1000.0, plan=a_contract_plan(Law.FOLLOW), local_ueur_per_kwh=cheap)
    assert not ordered(Household(), replace(view, bought_wh=3000))
    ((_, left_wh, _),) = ordered(Household(), replace(view, bought_wh=1000))
    assert left_wh == 2000


def test_a_site_without_a_battery_trades_what_it_has() -> None:
    view = a_slot(1000.0, 1000.0, site=a_site(a_load()), energy_wh=math.nan)
    assert ordered(Household(), view) == [(Side.BUY, 500, 300_000)]


def test_several_batteries_count_as_one() -> None:
    site = a_site(a_battery(), a_battery("second", capacity_wh=6500.0), a_load())
    known = replace(a_slot(site=site), energy_wh={"battery": 5000.0, "second": 1000.0})
    state = state_of(known)
    assert (state.batteries.capacity_wh.tolist(), state.energy_wh.tolist()) == ([20_000.0], [6000.0])
    assert not ordered(Household(), a_slot(site=site)), "one of them is unknown"


def test_a_storage_stands_on_both_sides_of_what_its_energy_is_worth() -> None:
    view = a_slot(plan=a_contract_plan(Law.FOLLOW))
    (buy, room_wh, bid), (sell, stock_wh, ask) = ordered(Storage(), view)
    assert (buy, sell) == (Side.BUY, Side.SELL)
    assert (room_wh, stock_wh) == (2500, 2500)
    assert (bid, ask) == (int(0.2 * WAY * 1e6 - 1e4), math.ceil(0.2 / WAY * 1e6 + 1e4))


def test_a_producer_sells_sun_it_could_store_for_no_less_than_storing_is_worth() -> None:
    made = ordered(Producer(), a_slot(-8000.0, 0.0, plan=a_contract_plan(Law.FOLLOW)))
    assert made == [
        (Side.SELL, 1500, 80_000),
        (Side.SELL, 2500, math.ceil(0.2 * WAY * 1e6)),
        (Side.SELL, 500, math.ceil(0.2 / WAY * 1e6)),
    ]


@pytest.mark.parametrize(
    ("short", "long", "firm_wh"),
    [(300_000, 80_000, 2000.0), (190_000, 80_000, 2600.0), (300_000, 190_000, 1400.0), (100_000, 100_000, 2000.0)],
)
def test_what_is_promised_depends_on_what_being_wrong_costs(short: float, long: float, firm_wh: float) -> None:
    view = a_slot(-4000.0, 0.0, spread_wh=300.0, short_ueur_per_kwh=short, long_ueur_per_kwh=long)
    assert firm_sun_wh(view) == pytest.approx(firm_wh)


def test_sun_that_can_be_held_back_is_not_sold_below_zero() -> None:
    for can_curtail, price in ((True, 0), (False, -50_000)):
        view = a_slot(-2000.0, 0.0, site=a_site(a_pv(can_curtail=can_curtail)), sell_ueur_per_kwh=np.full(2, -50_000.0))
        assert ordered(Producer(), view) == [(Side.SELL, 1000, price)]


def a_factory(*net_w: float, waiting_wh: float, slots: int, local: list[float]) -> list[tuple[Side, int, int]]:
    site = a_site(a_load(), a_load("press", switch_power_w=2000.0, surplus_priority=1))
    view = a_slot(*net_w, site=site, local_ueur_per_kwh=np.array(local))
    return ordered(Consumer(waiting_wh=waiting_wh, slot_count=slots), view)


def test_a_factory_buys_what_must_run_at_any_price_below_the_supplier() -> None:
    base, *_ = a_factory(3000.0, 0.0, waiting_wh=0.0, slots=0, local=[190_000.0] * 2)
    assert base == (Side.BUY, 1500, 300_000)


def test_work_that_can_wait_is_worth_what_it_would_cost_later() -> None:
    ahead = [190_000.0, 150_000.0, 250_000.0, 120_000.0, 90_000.0]
    assert a_factory(*[0.0] * 5, waiting_wh=2000.0, slots=4, local=ahead) == [(Side.BUY, 1000, 150_000)]
    assert a_factory(*[0.0] * 5, waiting_wh=1000.0, slots=5, local=ahead) == [(Side.BUY, 1000, 90_000)]
    assert a_factory(*[0.0] * 5, waiting_wh=3000.0, slots=3, local=ahead) == [(Side.BUY, 1000, 300_000)]
    assert a_factory(*[0.0] * 5, waiting_wh=400.0, slots=1, local=ahead) == [(Side.BUY, 400, 300_000)]


def an_order(agent: str, quantity_wh: int = 1000, price: int = 200_000, side: Side = Side.BUY) -> Order:
    return Order(agent, LATER, "home", side, quantity_wh, price, LATER)


def test_orders_stay_within_the_mandate_of_their_agent() -> None:
    band = OrderMandate(volume_wh=1500, position_wh=1500, price_min_ueur_per_kwh=0, price_max_ueur_per_kwh=400_000)
    mandates = [
        Mandate("ada", frozenset(), budget_ueur=150_000, orders=band),
        Mandate("bob", frozenset(), budget_ueur=150_000),
        Mandate("eve", frozenset(), orders=band),
    ]
    limits = OrderLimits.of(mandates, credit_ueur=np.full(3, 10**9), is_halted=np.zeros(3, np.bool_))
    asked = [an_order(each) for each in ("ada", "bob", "eve", "zoe")] + [an_order("ada", 10**30, -(10**30))]
    told = judge(asked, [each.agent for each in mandates], limits, Used.nothing(3))
    assert [each.rule for each in told] == [Rule.BUDGET, Rule.VOLUME, Rule.VOLUME, Rule.UNKNOWN, Rule.PRICE]
    assert [each.granted and each.granted.quantity_wh for each in told] == [750, None, None, None, None]


@given(st.integers(0, 10_000))
def test_what_agents_may_order_never_grows_at_the_desk(seed: int) -> None:
    rng = np.random.default_rng(seed)
    band = OrderMandate(int(rng.integers(0, 5000)), int(rng.integers(0, 5000)), 0, 300_000)
    mandate = Mandate("ada", frozenset(), budget_ueur=int(rng.integers(0, 10**6)), orders=band)
    limits = OrderLimits.of([mandate], credit_ueur=np.array([10**6]), is_halted=np.zeros(1, np.bool_))
    asked = [an_order("ada", int(rng.integers(1, 3000)), int(rng.integers(-10, 400_000))) for _ in range(8)]
    told = judge(asked, ["ada"], limits, Used.nothing(1))
    granted = [each.granted for each in told if each.granted]
    assert sum(each.quantity_wh for each in granted) <= min(band.volume_wh, band.position_wh)
    assert sum(each.quantity_wh * each.limit_price_ueur_per_kwh for each in granted) <= mandate.budget_ueur * 1000
    assert all(each.granted is None or each.granted.quantity_wh <= each.asked.quantity_wh for each in told)
