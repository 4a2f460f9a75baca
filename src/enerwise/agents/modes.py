"""The humble modes: what a site does without a plan. Small, pure, each in force only while the manager says so.

A limit on export that must never be broken belongs to the connection, where the guard keeps it in every mode; the
owner's wish for no export (``control.zero_export``) is kept by these modes as far as they know the site.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from enerwise.agents import laws
from enerwise.agents.agent import View
from enerwise.agents.shares import (
    Speaker,
    deliverable_w,
    floor_wh,
    prices,
    produce,
    propose,
    share_surplus,
    unclipped_w,
)
from enerwise.core.intent import Proposal, Reason
from enerwise.guard.envelope import Allowed
from enerwise.site.assets import Battery

HEADROOM_RATIO: Final = 0.1
"""How far below its ceiling peak shaving stops recharging, so that a kettle does not break it at once."""

Choice = tuple[float, tuple[float, float], Reason]
"""Preferred power, band and reason for one battery."""


@dataclass(frozen=True, slots=True)
class Passive:
    """Wishes for nothing: storages rest, PV delivers, switched loads are off."""

    name: ClassVar[str] = "passive"

    def decide(self, view: View) -> Sequence[Proposal]:
        """Return nothing, whatever there is to see."""
        return ()


@dataclass(frozen=True, slots=True)
class ChargeOnly:
    """Charges from surplus and never discharges; from the grid only if told so."""

    name: ClassVar[str] = "charge_only"

    from_grid_w: float = 0.0
    """Charge at least with this, as far as the import limit leaves room."""

    def decide(self, view: View) -> Sequence[Proposal]:
        """Propose what each battery shall take."""
        return _decide(Speaker(self.name), view, self._choose)

    def _choose(self, view: View, battery: Battery, allowed: Allowed, others_w: float) -> Choice:
        room_w = max(0.0, view.envelope.row_upper_w - others_w)
        power_w = float(laws.charge_only(others_w, allowed.upper_w, from_grid_w=min(self.from_grid_w, room_w)))
        code = "surplus" if others_w < 0 else "from_grid" if power_w > 0 else "no_surplus"
        reason = Reason(code, {"surplus_w": max(0.0, -others_w), **_bound(power_w, allowed), **prices(view)})
        return power_w, (max(0.0, allowed.lower_w), max(0.0, allowed.upper_w)), reason


@dataclass(frozen=True, slots=True)
class SelfConsumption:
    """Keeps the connection at zero: takes surplus, covers need, and leaves the reserve in the battery."""

    name: ClassVar[str] = "self_consumption"

    def decide(self, view: View) -> Sequence[Proposal]:
        """Propose what each battery, switched load and PV plant shall do."""
        return _decide(Speaker(self.name), view, self._choose)

    def _choose(self, view: View, battery: Battery, allowed: Allowed, others_w: float) -> Choice:
        deliver_w = deliverable_w(view, battery)
        bounds_w = allowed.lower_w, allowed.upper_w
        power_w = float(laws.self_consumption(others_w, *bounds_w, deliver_limit_w=deliver_w))
        is_kept = others_w > deliver_w < -allowed.lower_w
        code = "reserve" if is_kept else "surplus" if others_w < 0 else "need" if others_w > 0 else "balanced"
        facts = {"surplus_w": max(0.0, -others_w), "need_w": max(0.0, others_w), "reserve_wh": floor_wh(battery)}
        reason = Reason(code, {**facts, **_bound(power_w, allowed), **prices(view)})
        return power_w, (max(allowed.lower_w, -deliver_w), allowed.upper_w), reason


@dataclass(frozen=True, slots=True)
class PeakShaving:
    """Keeps import below a ceiling, and recharges while there is room under it."""

    name: ClassVar[str] = "peak_shaving"

    def decide(self, view: View) -> Sequence[Proposal]:
        """Propose what each battery shall do against the ceiling."""
        ceiling_w = peak_ceiling_w(view)

        def choose(view: View, battery: Battery, allowed: Allowed, others_w: float) -> Choice:
            return self._choose(view, allowed, others_w, ceiling_w)

        return _decide(Speaker(self.name), view, choose)

    def _choose(self, view: View, allowed: Allowed, others_w: float, ceiling_w: float) -> Choice:
        band_w = allowed.lower_w, allowed.upper_w
        if not math.isfinite(ceiling_w):
            return 0.0, band_w, Reason("no_ceiling")
        power_w = float(
            laws.peak_shaving(others_w, *band_w, ceiling_w=ceiling_w, headroom_w=ceiling_w * HEADROOM_RATIO)
        )
        code = "peak" if others_w > ceiling_w else "recharge" if power_w > 0 else "headroom"
        facts = {"others_w": others_w, "ceiling_w": ceiling_w, **_bound(power_w, allowed), **prices(view)}
        return power_w, band_w, Reason(code, facts)


def peak_ceiling_w(view: View) -> float:
    """Return the import to keep below: the owner's target, else what demand prices leave free, else the limit. [W]"""
    if view.site.control.peak_target_w is not None:
        return view.site.control.peak_target_w
    at = np.array([view.now])
    free_w = (
        each.above_w
        for each in view.site.tariff.demand
        if each.window is None or bool(each.window.holds(at, view.site.timezone)[0])
    )
    return min(free_w, default=view.envelope.row_upper_w)


def _decide(speaker: Speaker, view: View, choose: Callable[[View, Battery, Allowed, float], Choice]) -> list[Proposal]:
    """Let batteries choose one after the other, then share what is left; silent while the site is unknown."""
    balance_w = view.others_w
    if not math.isfinite(balance_w):
        return []
    proposals, powers_w = [], dict[str, float]()
    for battery in view.controlled(Battery):
        allowed = view.envelope.assets[battery.id]
        power_w, band_w, reason = choose(view, battery, allowed, balance_w)
        power_w = powers_w[battery.id] = unclipped_w(view, battery.id, power_w, balance_w, powers_w)
        proposals.append(propose(speaker, view, battery.id, power_w, reason, band_w=band_w))
        balance_w += power_w
    given, balance_w = share_surplus(speaker, view, balance_w)
    return [*proposals, *given, *produce(speaker, view, balance_w)]


def _bound(power_w: float, allowed: Allowed) -> dict[str, str]:
    """Name the rule that holds a power, if one does."""
    if power_w >= allowed.upper_w:
        return {"bound": allowed.upper_rule.value}
    return {"bound": allowed.lower_rule.value} if power_w <= allowed.lower_w else {}
