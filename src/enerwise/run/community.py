"""A community played slot by slot: forecast, bid, clear, dispatch on twins, meter, settle; arrays over homes.

A slot is settled by the market's own rule (`enerwise.market.settle`), with a supplier behind every connection. So what
a home's meter counts is, to the last Wh, what it traded with neighbours, its deviation from that (sold and not
delivered, or bought and not taken), and what is between it and the supplier; each at its price, in whole micro-euro.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S
from enerwise.core.units import SECONDS_PER_HOUR, BoolArray, FloatArray, IntArray
from enerwise.market.book import Book
from enerwise.market.clearing import Clearing, Trades
from enerwise.market.imbalance import ImbalancePrices, Supplier
from enerwise.market.mechanism import Mechanism
from enerwise.market.product import Slot as ProductSlot
from enerwise.market.settle import Settlement
from enerwise.market.settle import Slot as MarketSlot
from enerwise.market.settle_pool import assessment
from enerwise.market.strategy import Curved, Learner, Memory, News, Strategy
from enerwise.physics import ageing
from enerwise.physics.battery import BatteryState
from enerwise.run.community_bids import state_of
from enerwise.run.community_coupling import SUPPLIER as SUPPLIER_NAME
from enerwise.run.community_coupling import Peak
from enerwise.run.community_dispatch import Flows, Intent, dispatch
from enerwise.run.community_forecast import Expectations
from enerwise.run.community_homes import Community
from enerwise.run.community_market import Orders, Traded, at_prices, book_of, cleared, guarded, ladder, price_levels
from enerwise.run.community_outlook import AHEAD_S, UEUR, Outlook, PriceMemory, Prices, day_slots, look_ahead
from enerwise.run.community_supply import Supply

NO_MARKET: Final = "no_market"
"""Every home for itself, with plain self-consumption at the supplier's prices."""
ALONE: Final = "no_market_planned"
"""Every home for itself, weighing what stored energy is worth."""
MARKET, SUPPLIER, BALANCING = 0, 1, 2
"""Parts of a bill."""
NO_BOOK: Final = Book.of([])
NO_CLEARING: Final = Clearing(np.zeros(0, np.int64), np.zeros(0, np.int64), Trades.none())


@dataclass(frozen=True, slots=True)
class Slot:
    """What came of one slot. Columns (home,)"""

    slot: int
    traded: Traded | None
    market: MarketSlot
    """As the market's settlement and the ledger know it."""
    clearing: Clearing
    prices: ImbalancePrices
    supplier: Supplier | None
    """Who delivers beyond trades; None where the supplier trades itself, over a limited connection."""
    metered_wh: IntArray
    settlement: Settlement
    """Figures of all homes."""
    flows: Flows
    missed_wh: float
    """What vehicles lacked when they left."""

    @property
    def traded_wh(self) -> IntArray:
        """Bought from neighbours, sold below zero."""
        return self.settlement.traded_wh[: self.metered_wh.size]

    @property
    def deviation_wh(self) -> IntArray:
        """Above zero sold and not delivered, below zero bought and not taken."""
        return self.settlement.deviation_wh[: self.metered_wh.size]

    @property
    def grid_wh(self) -> IntArray:
        """With the supplier, beside the market."""
        return self.settlement.grid_wh[: self.metered_wh.size]

    @property
    def paid_ueur(self) -> IntArray:
        """Shape (part of the bill, home)"""
        made, homes = self.settlement, self.metered_wh.size
        return np.stack([made.paid_ueur, made.grid_ueur, made.deviation_ueur])[:, :homes]

    @property
    def counted_wh(self) -> IntArray:
        """What meters count, that of a supplier who trades included: it delivers what it has traded."""
        homes = self.metered_wh.size
        return np.concatenate([self.metered_wh, self.settlement.traded_wh[homes:]])


@dataclass
class Play:
    """A community on its way through the slots."""

    community: Community
    supply: Supply
    strategy: Strategy | None
    """None for homes that do not trade."""
    rule: Mechanism | None
    is_planning: bool
    rng: np.random.Generator
    state: BatteryState
    expected: Expectations
    prices: Prices
    memory: PriceMemory | None
    slots: IntArray
    months: IntArray
    """Of every slot that is played."""
    missing_wh: FloatArray
    uncounted_wh: FloatArray
    """What meters have seen and not yet counted as a whole Wh. Shape (home,)"""
    peak: Peak = field(default_factory=Peak)
    """Of the month so far, where it is paid for."""
    learned: Memory | None = None
    """What the strategy has learned of past slots."""
    at: int = 0


def begin(
    community: Community,
    supply: Supply,
    *,
    strategy: Strategy | None,
    rule: Mechanism | None,
    is_planning: bool = False,
) -> Play:
    """Return a community at its first slot, its homes having learned from the history.

    Args:
        community: The homes.
        supply: What happens in them.
        strategy: How they bid; None where they do not trade.
        rule: How the market clears; None where there is none.
        is_planning: Whether the batteries of homes that do not trade weigh what energy is worth.
    """
    step_s, history = community.grid.step_s, community.history_count
    day, slots = DAY_S // step_s, day_slots(community)
    expected = Expectations.unknown(len(community), day)
    for at in range(history):
        expected.learn(int(slots[at]), supply.load_w[:, at], supply.available_w[:, at])
    trips = supply.trips
    past_w = (supply.load_w + supply.available_w)[:, :history].sum(axis=0)
    return Play(
        community=community,
        supply=supply,
        strategy=strategy,
        rule=rule,
        is_planning=strategy.is_planning if strategy else is_planning,
        rng=np.random.default_rng(community.seed),
        state=BatteryState.new(community.batteries, soc_ratio=community.start_wh / community.batteries.capacity_wh),
        expected=expected,
        prices=Prices(community),
        memory=PriceMemory.empty(day) if strategy else None,
        slots=slots,
        months=community.months,
        peak=Peak(highest_net_w=float(past_w.max(initial=0.0))),
        missing_wh=_missing_at(trips.comes_with_wh, trips.is_home, history),
        uncounted_wh=np.zeros(len(community)),
    )


def _missing_at(comes_with_wh: FloatArray, is_home: BoolArray, slot: int) -> FloatArray:
    """Return what vehicles need at a slot where nobody has charged: half of what the last arrival told."""
    if not slot or not is_home.shape[0]:
        return np.zeros(is_home.shape[0])
    last = np.maximum.accumulate(np.where(comes_with_wh[:, :slot] > 0, np.arange(slot), -1), axis=1)[:, -1]
    told = np.where(last >= 0, np.take_along_axis(comes_with_wh, np.maximum(last, 0)[:, None], axis=1)[:, 0], 0.0)
    return np.where(is_home[:, slot], told / 2, 0.0)


def play(run: Play, slot_count: int) -> Iterator[Slot]:
    """Play some slots, and yield what came of each."""
    for _ in range(slot_count):
        yield play_slot(run)


def play_slot(run: Play) -> Slot:
    """Play one slot: from what homes expect to what they pay."""
    community, at = run.community, run.at + run.community.history_count
    run.missing_wh = run.missing_wh + run.supply.trips.comes_with_wh[:, at]
    outlook = _outlook(run)
    traded = _trade(run, outlook)
    traded_wh = traded.traded_wh[: len(community)] if traded else np.zeros(len(community), np.int64)
    flows, missed_wh = _carry_out(run, outlook, traded, traded_wh)
    metered_wh = _count(run, flows.grid_w)
    _learn(run, traded, traded_wh, metered_wh)
    slot = _settled(run, outlook, traded, metered_wh, flows, missed_wh)
    run.at += 1
    return slot


# ---------------------------------------------------------------------------------------------------------------
# Before the slot


def _outlook(run: Play) -> Outlook:
    community = run.community
    at, ahead = run.at + community.history_count, AHEAD_S // community.grid.step_s
    return look_ahead(
        community,
        run.at,
        run.slots[at : at + ahead],
        expected=run.expected,
        prices=run.prices,
        memory=run.memory,
        missing_wh=run.missing_wh,
        trips=run.supply.trips,
        energy_wh=run.state.energy_wh,
        is_weighing=run.is_planning,
        peak=run.peak if run.rule is not None else None,
    )


def _trade(run: Play, outlook: Outlook) -> Traded | None:
    if run.strategy is None or run.rule is None:
        return None
    buy, sell = (int(each[0]) for each in (outlook.buy_ueur_per_kwh, outlook.sell_ueur_per_kwh))
    state = state_of(outlook, run.learned)
    wished = run.strategy.decide(state, run.rng)
    highest = outlook.highest_ueur_per_kwh
    if isinstance(run.strategy, Curved):
        levels = price_levels(sell, buy, highest)
        orders = ladder(run.strategy.curve_wh(state, levels), levels)
    else:
        orders = Orders.of(wished)
    granted, refused = guarded(orders, run.community, lowest_ueur_per_kwh=min(buy, sell), highest_ueur_per_kwh=highest)
    rule = at_prices(run.rule, buy_ueur_per_kwh=buy, sell_ueur_per_kwh=sell)
    traded = replace(
        cleared(rule, book_of(granted, run.community.area, run.at), run.community, outlook), refused_count=refused
    )
    if isinstance(run.strategy, Learner):
        news = News(traded.price_ueur_per_kwh, np.abs(traded.traded_wh[: len(run.community)]))
        run.learned = run.strategy.learn(state, wished, news, run.rng)
    return traded


def _intent(run: Play, outlook: Outlook, traded: Traded | None) -> Intent:
    """Return at which prices batteries answer what their home takes beyond what it traded."""
    buy, sell = (int(each[0]) for each in (outlook.buy_ueur_per_kwh, outlook.sell_ueur_per_kwh))
    limits = (-np.inf, np.inf)
    if run.community.coupling is not None and traded is not None:
        prices = _balancing(run.community, outlook, traded)
        buy, sell = prices.short_ueur_per_kwh, prices.long_ueur_per_kwh
        limits = (0.0 - run.community.coupling.export_limit_w, outlook.free_w)
    return Intent(outlook.worth if run.is_planning else None, buy / UEUR, min(buy, sell) / UEUR, *limits)


# ---------------------------------------------------------------------------------------------------------------
# In the slot, and after it


def _carry_out(run: Play, outlook: Outlook, traded: Traded | None, traded_wh: IntArray) -> tuple[Flows, float]:
    community, trips = run.community, run.supply.trips
    at, step_h = run.at + community.history_count, outlook.step_s / SECONDS_PER_HOUR
    run.state, run.missing_wh, flows = dispatch(
        community,
        run.state,
        run.missing_wh,
        trips.is_home[:, at],
        load_w=run.supply.load_w[:, at],
        available_w=run.supply.available_w[:, at],
        vehicle_w=outlook.vehicle_w,
        traded_w=traded_wh / step_h,
        intent=_intent(run, outlook, traded),
    )
    leaving = trips.leaves[:, at]
    missed_wh = float(run.missing_wh[leaving].sum())
    run.missing_wh = np.where(leaving, 0.0, run.missing_wh)
    if (run.at + 1) % (DAY_S // outlook.step_s) == 0:
        run.state = ageing.age(community.batteries, run.state, elapsed_s=float(DAY_S))
    return flows, missed_wh


def _count(run: Play, grid_w: FloatArray) -> IntArray:
    """Return the whole Wh by which meters move on; what is less waits for the next slot, so that none is lost."""
    seen_wh = run.uncounted_wh + grid_w * (run.community.grid.step_s / SECONDS_PER_HOUR)
    whole_wh = np.rint(seen_wh)
    run.uncounted_wh = seen_wh - whole_wh
    return whole_wh.astype(np.int64)


def _settled(
    run: Play, outlook: Outlook, traded: Traded | None, metered_wh: IntArray, flows: Flows, missed_wh: float
) -> Slot:
    community = run.community
    is_coupled = traded is not None and community.coupling is not None
    names = (*community.homes, SUPPLIER_NAME) if is_coupled else community.homes
    slot = MarketSlot(slot_name(community, run.at), traded.book if traded else NO_BOOK, names)
    clearing = traded.clearing if traded else NO_CLEARING
    prices, supplier = _balancing(community, outlook, traded), None if is_coupled else _supplier(outlook)
    counted_wh = np.concatenate([metered_wh, traded.traded_wh[len(community) :]]) if traded else metered_wh
    made = assessment(slot, clearing, counted_wh, prices, supplier=supplier)
    return Slot(run.at, traded, slot, clearing, prices, supplier, metered_wh, made, flows, missed_wh)


def _supplier(outlook: Outlook) -> Supplier:
    return Supplier(*(int(each[0]) for each in (outlook.buy_ueur_per_kwh, outlook.sell_ueur_per_kwh)))


def _balancing(community: Community, outlook: Outlook, traded: Traded | None) -> ImbalancePrices:
    local = traded.price_ueur_per_kwh if traded else None
    return balancing_prices(_supplier(outlook), local, community.balancing_margin_ueur_per_kwh)


def slot_name(community: Community, slot: int) -> str:
    """Return the name of a slot as products and the ledger write it: its start and its length."""
    return ProductSlot(community.grid.part(slot, 1).start_utc, community.grid.step_s).id


def balancing_prices(supplier: Supplier, local: int | None, margin: int) -> ImbalancePrices:
    """Return what who is short pays, and who is long gets, so that nobody gains by deviating.

    >>> made = balancing_prices(Supplier(320_000, 80_000), 200_000, 10_000)
    >>> made.short_ueur_per_kwh, made.long_ueur_per_kwh
    (330000, 70000)
    """
    buy, sell = supplier.buy_ueur_per_kwh, supplier.sell_ueur_per_kwh
    return ImbalancePrices(buy, buy if local is None else local, margin, spare_ueur_per_kwh=sell)


def _learn(run: Play, traded: Traded | None, traded_wh: IntArray, metered_wh: IntArray) -> None:
    at = run.at + run.community.history_count
    slot = int(run.slots[at])
    run.expected.learn(slot, run.supply.load_w[:, at], run.supply.available_w[:, at])
    net_w = float((run.supply.load_w[:, at] + run.supply.available_w[:, at]).sum())
    run.peak.learn(int(run.months[run.at]), float(metered_wh.sum()) / run.community.grid.step_h, net_w)
    if run.memory is not None and traded is not None:
        run.memory.learn(slot, traded.price_ueur_per_kwh, traded_wh, metered_wh)
