"""What was agreed is kept: commitments become proposals with firm bounds, and nothing beyond.

Who has sold may give more, who has bought may take more: the rest is between it and the supplier. So a bound is firm on
one side only, and modes and plans choose within. Batteries go first, then switched loads.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from enerwise.agents.agent import View
from enerwise.agents.modes import ChargeOnly
from enerwise.agents.shares import deliverable_w
from enerwise.agents.trader import Commitment
from enerwise.core.intent import Priority, Proposal, Reason
from enerwise.site.assets import Battery, Load


@dataclass(frozen=True, slots=True)
class Keeper:
    """An agent under commitments; traders build on it."""

    name: str
    commitments: tuple[Commitment, ...] = ()

    def decide(self, view: View) -> Sequence[Proposal]:
        """Return bounds that keep what was traded for this moment; silent where the site's own power is unknown."""
        running = [each for each in self.commitments if each.left_s(view.now) > 0.0 and each.traded_wh]
        target_w = _target_w(running, view)
        if not target_w or not math.isfinite(view.others_w):
            return ()
        traded_wh = sum(each.traded_wh for each in running)
        facts: dict[str, float | str] = {
            "traded_wh": float(traded_wh),
            "target_w": target_w,
            "others_w": view.others_w,
        }
        if halted := next((each.halted for each in running if each.halted), ""):
            facts["halted"] = halted
        reason = Reason("bought_ahead" if target_w > 0.0 else "sold_ahead", facts)
        cause = next((each.cause for each in running if each.cause), None)
        bands = _taking(view, target_w) if target_w > 0.0 else _giving(view, target_w, self._reserve_ratio())
        return [
            Proposal(self.name, Priority.MARKET, asset, low, high, None, view.valid_until, reason, cause=cause)
            for asset, low, high in bands
        ]

    def _reserve_ratio(self) -> float:
        return max((each.reserve_ratio for each in self.commitments), default=0.0)


def _target_w(running: Sequence[Commitment], view: View) -> float:
    """Return the mean power at the connection that is left to deliver what was traded; zero where nothing is. [W]"""
    if not running:
        return 0.0
    traded_wh = sum(each.traded_wh for each in running)
    # Commitments of one slot share one meter, and the newest has seen the most of it.
    left_wh = traded_wh - running[-1].metered_wh
    is_kept = left_wh * traded_wh <= 0.0 or not math.isfinite(left_wh)
    hold_s = max(min(each.left_s(view.now) for each in running), view.hold_s)
    return 0.0 if is_kept else left_wh / (hold_s / 3600.0)


def _taking(view: View, target_w: float) -> list[tuple[str, float, float]]:
    """Return bands so that the connection takes at least so much: batteries charge, then loads go on."""
    bands, gap_w = [], target_w - view.others_w
    for battery in view.controlled(Battery):
        allowed = view.envelope.assets[battery.id]
        low_w = min(max(gap_w, allowed.lower_w), allowed.upper_w)
        bands.append((battery.id, low_w, math.inf))
        gap_w -= low_w
    for load in _switched(view):
        if gap_w >= load.switch_power_w / 2.0:
            bands.append((load.id, load.switch_power_w, math.inf))
            gap_w -= load.switch_power_w
    return bands


def _giving(view: View, target_w: float, reserve_ratio: float) -> list[tuple[str, float, float]]:
    """Return bands so that the connection gives at least so much: batteries discharge, and loads stay off.

    A reserve is worth more than a trade, and so is the word of people who let a battery charge only.
    """
    bands, gap_w = [], target_w - view.others_w
    for battery in view.controlled(Battery):
        allowed = view.envelope.assets[battery.id]
        most_w = 0.0 if view.mode == ChargeOnly.name else deliverable_w(view, battery, reserve_ratio=reserve_ratio)
        high_w = min(max(gap_w, allowed.lower_w, -most_w), allowed.upper_w)
        bands.append((battery.id, -math.inf, high_w))
        gap_w -= high_w
    for load in _switched(view):
        if gap_w < load.switch_power_w:
            bands.append((load.id, -math.inf, 0.0))
        else:
            gap_w -= load.switch_power_w
    return bands


def _switched(view: View) -> list[Load]:
    return [each for each in view.controlled(Load) if each.switch_power_w > 0.0]
