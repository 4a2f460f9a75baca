"""What homes see before they bid: their forecast, how vehicles will charge, prices, and what energy is worth.

Nothing here knows a slot before it was metered, nor a price before it was public.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, local_fields
from enerwise.core.units import SECONDS_PER_HOUR, BoolArray, FloatArray, IntArray
from enerwise.market.worth import Worth, worth
from enerwise.physics.vehicle import Trips, Vehicles, power_bounds_w
from enerwise.run.community_coupling import Peak, dear_ahead
from enerwise.run.community_forecast import Expectations
from enerwise.run.community_homes import Community
from enerwise.run.prices import PriceBook

AHEAD_S: Final = 36 * 3600
"""How far homes look ahead: over the next evening, whatever the time of day."""
NEAR_S: Final = 6 * 3600
FAR_STEP_S: Final = 3600
"""What lies further ahead than the above is weighed in steps so long: finer ones would tell nothing more."""
UEUR: Final = 1e6
NEWEST_RATIO: Final = 0.3
END_RATIO: Final = 0.5
"""Where between selling and buying energy at the end of the outlook is worth, before the way out."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known at the start of a slot. Shapes (home, slot ahead) and (slot ahead,)"""

    slot: int
    step_s: int
    net_w: FloatArray
    """What a home is expected to take without its battery; vehicles and sun are in it."""
    vehicle_w: FloatArray
    """Planned for vehicles in this slot, part of the above. Shape (vehicle,)"""
    spread_w: FloatArray
    """How far off the expectation of this slot usually is. Shape (home,)"""
    energy_wh: FloatArray
    """What batteries hold. Shape (home,)"""
    buy_ueur_per_kwh: IntArray
    """What the supplier asks."""
    sell_ueur_per_kwh: IntArray
    """What the supplier gives."""
    local_ueur_per_kwh: IntArray
    """What neighbours are expected to agree on, from past slots; between the two above."""
    worth: Worth | None
    """What stored energy is worth at the end of this slot; None where homes do not weigh it."""
    community: Community
    free_w: float = np.inf
    """Up to which import of all homes together nothing is paid for its peak."""

    @property
    def highest_ueur_per_kwh(self) -> int:
        """The highest price that anybody may bid in this slot."""
        outside = max(int(self.buy_ueur_per_kwh[0]), int(self.sell_ueur_per_kwh[0]))
        coupling = self.community.coupling
        return outside if coupling is None else coupling.highest_ueur_per_kwh(outside, self.community.grid.step_h)

    @property
    def net_wh(self) -> FloatArray:
        """Expected net energy of each slot. [Wh], shape (home, slot ahead)"""
        return self.net_w * (self.step_s / SECONDS_PER_HOUR)


@dataclass
class PriceMemory:
    """What neighbours agreed on in past slots, by time of day; trades are public. It grows in place."""

    price_ueur_per_kwh: FloatArray
    """Of the last days. Shape (slot of the day,)"""
    bought_ratio: FloatArray
    """Share of what homes took that came from neighbours."""
    sold_ratio: FloatArray
    """Share of what homes gave that went to neighbours."""
    is_known: FloatArray

    @classmethod
    def empty(cls, day_count: int) -> "PriceMemory":
        """Return a memory of a market that has not met yet."""
        return cls(*(np.zeros(day_count) for _ in range(4)))

    def learn(self, slot: int, price_ueur_per_kwh: int | None, traded_wh: IntArray, metered_wh: IntArray) -> None:
        """Take in a slot of the day: its price, None without trades, and what was traded and metered."""
        for ratio, side in ((self.bought_ratio, 1), (self.sold_ratio, -1)):
            traded, metered = (float(np.maximum(side * each, 0).sum()) for each in (traded_wh, metered_wh))
            share_ratio = min(1.0, traded / metered) if metered else 0.0
            ratio[slot] += NEWEST_RATIO * (share_ratio - ratio[slot])
        if price_ueur_per_kwh is not None:
            newest_ratio = NEWEST_RATIO if self.is_known[slot] else 1.0
            self.price_ueur_per_kwh[slot] += newest_ratio * (price_ueur_per_kwh - self.price_ueur_per_kwh[slot])
            self.is_known[slot] = 1.0

    def local(self, slots: IntArray, buy: FloatArray, sell: FloatArray) -> FloatArray:
        """Return the expected local price, half-way where a time of day has not traded yet. Shape (slot ahead,)"""
        price = np.where(self.is_known[slots] > 0, self.price_ueur_per_kwh[slots], (buy + sell) / 2)
        return np.clip(price, np.minimum(buy, sell), np.maximum(buy, sell))

    def mixed(self, slots: IntArray, buy: FloatArray, sell: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what buying and selling are expected to cost, as far as neighbours take part."""
        local = self.local(slots, buy, sell)
        bought, sold = self.bought_ratio[slots], self.sold_ratio[slots]
        return bought * local + (1 - bought) * buy, sold * local + (1 - sold) * sell


class Prices:
    """What the supplier asks and gives, in whole micro-euro, as it is known at the start of each slot."""

    def __init__(self, community: Community) -> None:
        """Prepare the prices of a community."""
        self._book = PriceBook(community.tariff, community.timezone, community.grid.step_s)
        self._grid = community.grid

    def ahead(self, slot: int, count: int) -> tuple[FloatArray, FloatArray]:
        """Return prices of buying and selling from a slot on. [micro-EUR/kWh], shapes (slot ahead,)

        What is not public yet is taken to be as one day, else a week before, else as the mean of what is.
        """
        grid = self._grid.part(slot, count)
        buy = self._book.import_eur_per_kwh(grid, grid.start_utc)
        sell = self._book.export_eur_per_kwh(grid, grid.start_utc)
        return np.rint(_known(buy) * UEUR), np.rint(_known(sell) * UEUR)


def _known(price: FloatArray) -> FloatArray:
    return np.where(np.isnan(price), np.nanmean(price), price) if np.isnan(price).any() else price


def day_slots(community: Community) -> IntArray:
    """Return the slot of the local day of every slot, history first and the outlook of the last one included."""
    whole, count = community.whole, AHEAD_S // community.grid.step_s
    longer = type(whole)(whole.start_utc, whole.step_s, whole.step_count + count)
    return local_fields(longer.starts_utc, community.timezone).second // whole.step_s % (DAY_S // whole.step_s)


def look_ahead(
    community: Community,
    slot: int,
    slots: IntArray,
    *,
    expected: Expectations,
    prices: Prices,
    memory: PriceMemory | None,
    missing_wh: FloatArray,
    trips: Trips,
    energy_wh: FloatArray,
    is_weighing: bool,
    peak: Peak | None = None,
) -> Outlook:
    """Return what homes see at the start of a slot.

    Args:
        community: The homes.
        slot: Counted from the first that is played.
        slots: Slot of the day of this one and those after it.
        expected: What they have learned.
        prices: What the supplier asks and gives.
        memory: What neighbours agreed on so far; None where there is no market.
        missing_wh: What vehicles need. Shape (vehicle,)
        trips: Drivers say when they leave.
        energy_wh: What batteries hold.
        is_weighing: Whether homes work out what stored energy is worth.
        peak: Of this month so far, where the common connection counts; None where homes do not know of it.
    """
    step_s = community.grid.step_s
    buy, sell = prices.ahead(slot, slots.size)
    local = buy if memory is None else memory.local(slots, buy, sell)
    mixed_buy, mixed_sell = (buy, sell) if memory is None else memory.mixed(slots, buy, sell)
    load_w, available_w = expected.ahead_w(slots)
    net_w = load_w + np.maximum(available_w, 0.0 - community.output_limit_w[:, None])
    at = slot + community.history_count
    charging_w = charging_plan_w(
        community.vehicles, missing_wh, trips.is_home[:, at], trips.left_count[:, at], mixed_buy, step_s=step_s
    )
    np.add.at(net_w, community.vehicle_home, charging_w)
    free_w, coupling = np.inf, community.coupling
    if coupling is not None and peak is not None:
        together_w = net_w.sum(axis=0)
        free_w = coupling.free_w(peak, together_w, community.batteries, energy_wh, community.grid.step_h)
        mixed_buy = dear_ahead(coupling, mixed_buy, together_w, free_w, community.grid.step_h)
    made = (
        _worth(community, net_w, expected.spread_w(slots), mixed_buy / UEUR, mixed_sell / UEUR) if is_weighing else None
    )
    vehicle_w = charging_w[:, 0] if charging_w.size else np.zeros(0)
    return Outlook(
        slot=slot,
        step_s=step_s,
        net_w=net_w,
        vehicle_w=vehicle_w,
        spread_w=expected.spread_w(slots[:1])[:, 0],
        energy_wh=energy_wh,
        buy_ueur_per_kwh=buy.astype(np.int64),
        sell_ueur_per_kwh=sell.astype(np.int64),
        local_ueur_per_kwh=np.rint(local).astype(np.int64),
        worth=made,
        community=community,
        free_w=free_w,
    )


def _worth(community: Community, net_w: FloatArray, spread_w: FloatArray, buy: FloatArray, sell: FloatArray) -> Worth:
    """Return what stored energy is worth after this slot; only homes with a battery are worked on."""
    end = END_RATIO * float(buy.mean()) + (1 - END_RATIO) * float(sell.mean())
    facts = community.batteries
    first, count = _steps(buy.size, community.grid.step_s)

    def mean(value: FloatArray) -> FloatArray:
        mean_value: FloatArray = np.add.reduceat(value, first, axis=-1) / count
        return mean_value

    return worth(
        facts,
        mean(net_w),
        mean(buy),
        mean(np.minimum(sell, buy)),
        step_s=(count * community.grid.step_s).astype(np.float64),
        end_eur_per_kwh=end * facts.one_way_ratio,
        spread_w=mean(spread_w),
    )


def _steps(slot_count: int, step_s: int) -> tuple[IntArray, IntArray]:
    """Return the first slot and the number of slots of each step that is weighed, this slot left out."""
    near, far = min(slot_count, 1 + NEAR_S // step_s), max(1, FAR_STEP_S // step_s)
    first = np.concatenate([np.arange(1, near), np.arange(near, slot_count, far)])
    return first, np.diff(first, append=slot_count)


def charging_plan_w(
    vehicles: Vehicles,
    missing_wh: FloatArray,
    is_home: BoolArray,
    left_count: IntArray,
    price_ueur_per_kwh: FloatArray,
    *,
    step_s: int,
) -> FloatArray:
    """Return when vehicles charge: in the cheapest slots before they leave, and no later than they must.

    Args:
        vehicles: The vehicles.
        missing_wh: What they need. Shape (vehicle,)
        is_home: Whether each is at home now.
        left_count: Slots at home, this one included.
        price_ueur_per_kwh: Of the slots ahead; only their order matters, the earlier first where alike. Shape (slot,)
        step_s: Length of a slot. [s]

    Returns:
        Planned power. [W], shape (vehicle, slot ahead)
    """
    count, ahead = missing_wh.size, price_ueur_per_kwh.size
    if not count:
        return np.zeros((0, ahead))
    # rank[stay, slot]: how many of the slots of a stay are cheaper, or as cheap and earlier.
    order = np.argsort(price_ueur_per_kwh, kind="stable")
    place = np.empty(ahead, np.int64)
    place[order] = np.arange(ahead)
    is_before = place[None, :] < place[:, None]
    rank = np.cumsum(is_before, axis=1).T
    stay = np.clip(left_count, 1, ahead)
    slot_wh = vehicles.charge_limit_w * vehicles.charge_ratio * (step_s / SECONDS_PER_HOUR)
    full = missing_wh / slot_wh
    share = np.clip(full[:, None] - rank[stay - 1], 0.0, 1.0) * (np.arange(ahead) < stay[:, None])
    planned_w = share * (vehicles.charge_limit_w * is_home)[:, None]
    least_w, most_w = power_bounds_w(vehicles, missing_wh, is_home, left_count, step_s=float(step_s))
    planned_w[:, 0] = np.clip(planned_w[:, 0], least_w, most_w)
    return planned_w
