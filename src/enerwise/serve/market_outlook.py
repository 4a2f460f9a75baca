"""What a site of this server will need or have left in a slot: what its newest plan means to exchange with the grid.

The plan decides what the battery does; the market is offered what then crosses the connection, so that a deal asks
nothing of the machines that they would not do anyway; what the forecast got wrong the site makes good where it can. A
site without a plan for a slot expects what its meter counted a day before.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.agents.trader import MarketView
from enerwise.core.errors import StoreError
from enerwise.core.quantity import ENERGY_WH
from enerwise.core.series import Key
from enerwise.core.units import SECONDS_PER_HOUR
from enerwise.market.product import Slot
from enerwise.run.venue_facts import Bidding, from_ns
from enerwise.serve.api.face import Desk, NoDoor
from enerwise.serve.market_bids import Seen
from enerwise.serve.market_meters import metered_wh
from enerwise.serve.market_tariff import tariff_prices
from enerwise.serve.outlooks.made import Made, plans_of
from enerwise.site.assets import Asset, Battery

MS: Final = np.timedelta64(1, "ms")
DAY: Final = np.timedelta64(86_400_000, "ms")
RUNNING: Final = "running"
RECENT: Final = np.timedelta64(3_600_000, "ms")
"""A level that was seen longer ago says nothing."""


@dataclass(frozen=True)
class PlannedSite:
    """A site that bids by its plan."""

    desk: Desk
    node: str

    def seen(self, slot: Slot, gate_ns: int, bidding: Bidding, at_ns: int) -> Seen | None:
        """Return what is expected of a slot; None where nothing is, or its price is unknown."""
        if not self._is_at_work():
            return None
        prices = tariff_prices(self.desk, [slot])
        expected = self._planned(slot, bidding, at_ns) or self._as_before(slot, bidding, at_ns)
        if expected is None or not (np.isfinite(prices.buy) & np.isfinite(prices.sell)).all():
            return None
        net_wh, sell_most_wh = expected
        view = MarketView(
            now=from_ns(at_ns),
            slot_start_utc=slot.start_utc,
            step_s=float(slot.length_s),
            gate_utc=from_ns(gate_ns),
            node=self.node,
            # The battery has done its part in what is expected: nobody reckons with it twice.
            site=replace(self.desk.site, assets=tuple(_without_batteries(self.desk))),
            net_w=np.array([net_wh / slot.length_s * SECONDS_PER_HOUR]),
            buy_ueur_per_kwh=prices.buy,
            sell_ueur_per_kwh=np.minimum(prices.sell, prices.buy),
            local_ueur_per_kwh=(prices.buy + prices.sell) / 2.0,
        )
        return Seen(view, sell_most_wh)

    def _is_at_work(self) -> bool:
        """Tell whether the machines follow the plan: a site that stands still, or is silent, promises nothing."""
        if isinstance(self.desk.door, NoDoor):
            return True
        told = self.desk.door.look()
        return told is not None and told.state == RUNNING

    def _planned(self, slot: Slot, bidding: Bidding, at_ns: int) -> tuple[float, float] | None:
        """Return what the plan takes in a slot, and what may be sold; None where no plan reaches it. [Wh]"""
        made = self._made(at_ns)
        steps = None if made is None else _steps(made, slot)
        if made is None or steps is None:
            return None
        net_wh = float(made.plan.grid_power_w[steps].mean()) * slot.length_s / SECONDS_PER_HOUR
        return net_wh, _sell_most_wh(made, steps, slot, bidding.reserve_ratio)

    def _as_before(self, slot: Slot, bidding: Bidding, at_ns: int) -> tuple[float, float] | None:
        """Return what was counted a day before, sold only while the batteries are above the reserve. [Wh]"""
        site, store = self.desk.site, self.desk.store
        counted_wh = metered_wh(store, Slot(slot.start_utc - DAY, slot.length_s), site.control.step_s)
        if counted_wh is None:
            return None
        above = all(self._level_wh(each, at_ns) >= bidding.reserve_ratio * each.capacity_wh
                    for each in site.of_kind(Battery))  # fmt: skip
        return float(counted_wh), max(-float(counted_wh), 0.0) if above else 0.0

    def _level_wh(self, battery: Battery, at_ns: int) -> float:
        """Return what a battery held when it was last seen; nothing where that is long ago. [Wh]"""
        now = from_ns(at_ns)
        try:
            seen = self.desk.store.read(Key(battery.id, ENERGY_WH), now - RECENT, now)
        except StoreError:
            return 0.0
        return float(seen.value[-1]) if len(seen) else 0.0

    def _made(self, at_ns: int) -> Made | None:
        """Return the newest plan that was there by then."""
        plans = plans_of(self.desk.store, self.desk.site)
        try:
            told = plans.told(1, before=from_ns(at_ns) + MS)
            return plans.made(told[0].id) if told else None
        except StoreError:
            return None


def _steps(made: Made, slot: Slot) -> slice | None:
    """Return the steps of a plan that a slot is made of; None where it does not reach that far."""
    grid = made.grid
    begin, end = grid.step_at(slot.start_utc), grid.step_at(slot.end_utc - MS)
    return slice(begin, end + 1) if 0 <= begin <= end < grid.step_count else None


def _sell_most_wh(made: Made, steps: slice, slot: Slot, reserve_ratio: float) -> float:
    """Return what may be sold: sun that is left, and what batteries hold above the reserve. [Wh]"""
    hours = slot.length_s / SECONDS_PER_HOUR
    left_w = -(made.load_w[steps] + made.pv_w[:, steps].sum(axis=0)).mean()
    stock_wh = 0.0
    for row, battery in enumerate(made.batteries):
        above_wh = float(made.plan.energy_wh[row, steps.start]) - reserve_ratio * battery.capacity_wh
        stock_wh += max(above_wh, 0.0) * battery.one_way_ratio
    return max(float(left_w), 0.0) * hours + stock_wh


def _without_batteries(desk: Desk) -> list[Asset]:
    """Return the assets of a site whose batteries the plan has reckoned with already."""
    return [each for each in desk.site.assets if not isinstance(each, Battery)]
