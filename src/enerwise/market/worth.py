"""What one more stored watt-hour is worth to each home: the planner's marginal value, as an array kernel over homes.

Stored energy saves buying or earns selling later, and every home has its own later. Backward from the end of the
outlook, the best a home can do in each step is a short table: fill from sun while storing is worth more than selling,
fill from the grid while it is worth more than buying, cover the home while it is worth less than buying, sell while it
is worth less than selling. The value over the level is concave and kept at the nodes of a grid; its slope is the dual
of the home's energy balance, and the same table carries out the first step.

Buying costs much more than selling earns, so that a forecast taken for certain leaves the battery too empty on every
cloudy day. Each step therefore comes in two ways, as often so far below what is expected as above.

Source: stochastic dynamic programme of a storage with two prices; without a spread and in the limit of fine nodes its
slope is the dual of the linear programme in `enerwise.plan`. Holds for: errors of one step independent of the next,
prices taken as certain, losses by the one-way efficiency.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import SECONDS_PER_HOUR, FloatArray
from enerwise.site.assets import BatteryArrays

NODES: Final = 16
LEAST_WH: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Worth:
    """Value of a further stored Wh at each part of the band, falling. [EUR/kWh], shape (home, part)"""

    facts: BatteryArrays
    slope_eur_per_kwh: FloatArray

    @property
    def part_wh(self) -> FloatArray:
        """Size of a part of the band. Shape (home,)"""
        band_wh = self.facts.energy_max_wh - self.facts.energy_min_wh
        part_wh: FloatArray = np.maximum(band_wh / self.slope_eur_per_kwh.shape[1], LEAST_WH)
        return part_wh

    def level_wh(self, price_eur_per_kwh: FloatArray | float) -> FloatArray:
        """Return up to which level a stored Wh is worth more than a price. [Wh], shape (home,)"""
        above = (self.slope_eur_per_kwh > np.reshape(price_eur_per_kwh, (-1, 1))).sum(axis=1)
        level_wh: FloatArray = self.facts.energy_min_wh + above * self.part_wh
        return level_wh

    def at(self, energy_wh: FloatArray) -> FloatArray:
        """Return the value of one more stored Wh at a level. [EUR/kWh], shape (home,)"""
        part = np.floor((energy_wh - self.facts.energy_min_wh) / self.part_wh + 1e-9).astype(np.int64)
        part = np.clip(part, 0, self.slope_eur_per_kwh.shape[1] - 1)
        return np.take_along_axis(self.slope_eur_per_kwh, part[:, None], axis=1)[:, 0]


def worth(
    facts: BatteryArrays,
    net_w: FloatArray,
    buy_eur_per_kwh: FloatArray,
    sell_eur_per_kwh: FloatArray,
    *,
    step_s: FloatArray | float,
    end_eur_per_kwh: FloatArray | float,
    spread_w: FloatArray | None = None,
    nodes: int = NODES,
) -> Worth:
    """Return what stored energy is worth at the beginning of an outlook.

    Args:
        facts: Batteries. Shapes (home,)
        net_w: What each home is expected to take without its battery, in the steps of the outlook. Shape (home, step)
        buy_eur_per_kwh: What buying is expected to cost. Shape (step,)
        sell_eur_per_kwh: What selling is expected to earn; no more than buying costs. Shape (step,)
        step_s: Length of the steps, one for all or one for each. [s]
        end_eur_per_kwh: Worth of a stored kWh at the end of the outlook.
        spread_w: How far off that usually is: as often above as below, each step for itself; None for never.
            Shape (home, step)
        nodes: Parts of the band.

    >>> from enerwise.site.assets import Battery
    >>> facts = BatteryArrays.of([Battery("b", 2000.0, 1000.0, 1000.0, round_trip_ratio=1.0)])
    >>> later = np.array([[1000.0, 0.0]])
    >>> prices = np.array([0.3, 0.3]), np.array([0.1, 0.1])
    >>> worth(facts, later, *prices, step_s=3600.0, end_eur_per_kwh=0.0, nodes=4).slope_eur_per_kwh
    array([[0.3, 0.3, 0.1, 0.1]])
    """
    value = np.arange(nodes + 1.0) * np.reshape(end_eur_per_kwh, (-1, 1)) * np.ones((facts.capacity_wh.size, 1))
    made = Worth(facts, np.diff(value, axis=1))
    part_kwh = made.part_wh[:, None] / 1e3
    value = value * part_kwh
    level_wh = facts.energy_min_wh[:, None] + np.arange(nodes + 1.0) * made.part_wh[:, None]
    ways = (net_w,) if spread_w is None else (net_w - spread_w, net_w + spread_w)
    lasts_s = np.broadcast_to(step_s, net_w.shape[1:])
    for step in range(net_w.shape[1] - 1, -1, -1):
        length_s = float(lasts_s[step])
        later = Worth(facts, np.diff(value, axis=1) / part_kwh)
        buy, sell = float(buy_eur_per_kwh[step]), float(sell_eur_per_kwh[step])
        before = np.zeros_like(value)
        for way_w in ways:
            move_wh = best_move_wh(later, level_wh, way_w[:, step, None], buy, sell, step_s=length_s)
            grid_wh = way_w[:, step, None] * (length_s / SECONDS_PER_HOUR) + outside_wh(facts, move_wh)
            cost_eur = np.where(grid_wh > 0.0, buy, sell) * grid_wh / 1e3
            before += _between(value, (level_wh + move_wh - level_wh[:, :1]) / made.part_wh[:, None]) - cost_eur
        value = before / len(ways)
    return Worth(facts, np.diff(value, axis=1) / part_kwh)


def best_move_wh(
    later: Worth,
    energy_wh: FloatArray,
    net_w: FloatArray,
    buy_eur_per_kwh: FloatArray | float,
    sell_eur_per_kwh: FloatArray | float,
    *,
    step_s: float,
) -> FloatArray:
    """Return by how much stored energy should change in a step, seen from the cells. [Wh], shape (home, level)

    Args:
        later: What stored energy is worth after the step.
        energy_wh: Levels at its beginning. Shape (home, level)
        net_w: What the home takes without its battery. Shape (home, 1)
        buy_eur_per_kwh: What buying costs in the step.
        sell_eur_per_kwh: What selling earns in the step.
        step_s: Length of the step. [s]
    """
    facts, step_h = later.facts, step_s / SECONDS_PER_HOUR
    way = facts.one_way_ratio
    most_in_wh, most_out_wh = facts.charge_limit_w * step_h * way, facts.discharge_limit_w * step_h / way
    sun_wh = np.minimum(np.maximum(0.0 - net_w[:, 0], 0.0) * step_h * way, most_in_wh)
    need_wh = np.minimum(np.maximum(net_w[:, 0], 0.0) * step_h / way, most_out_wh)

    def room(price_eur_per_kwh: FloatArray) -> FloatArray:
        return later.level_wh(price_eur_per_kwh)[:, None] - energy_wh

    from_sun = np.clip(room(sell_eur_per_kwh / way), 0.0, sun_wh[:, None])
    from_grid = np.clip(room(buy_eur_per_kwh / way) - from_sun, 0.0, most_in_wh[:, None] - from_sun)
    covering = np.clip(0.0 - room(buy_eur_per_kwh * way), 0.0, need_wh[:, None])
    selling = np.clip(0.0 - room(sell_eur_per_kwh * way) - covering, 0.0, most_out_wh[:, None] - covering)
    # Filling and emptying never meet: what is worth filling for is worth more than what is worth emptying for.
    move_wh: FloatArray = from_sun + from_grid - covering - selling
    return move_wh


def outside_wh(facts: BatteryArrays, move_wh: FloatArray) -> FloatArray:
    """Return what a change of stored energy takes at the AC side. [Wh], shape (home, level)"""
    way = facts.one_way_ratio[:, None]
    return np.where(move_wh > 0.0, move_wh / way, move_wh * way)


def _between(value: FloatArray, at: FloatArray) -> FloatArray:
    """Return values between nodes, on straight lines. Shapes (home, node) and (home, level)"""
    low = np.clip(at.astype(np.int64), 0, value.shape[1] - 2)
    lower = np.take_along_axis(value, low, axis=1)
    rise = np.take_along_axis(np.diff(value, axis=1), low, axis=1)
    return lower + (at - low) * rise
