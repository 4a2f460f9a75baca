"""What one site knows of a slot, as the columns that strategies of thousands of homes take."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from enerwise.agents.follow_plan import step_in_force
from enerwise.agents.trader import MarketView
from enerwise.core.units import FloatArray
from enerwise.market.strategy import UEUR, State
from enerwise.market.worth import Worth, worth
from enerwise.site.assets import Battery, BatteryArrays

NO_BATTERY: Final = Battery("none", 1.0, 0.0, 0.0, round_trip_ratio=1.0)
"""Stands where a site has none: it holds nothing and moves nothing."""
END_RATIO: Final = 0.5
"""Where between selling and buying energy at the end of what is known is worth, before the way out."""


def state_of(view: MarketView) -> State:
    """Return what a site knows, as one home; its batteries count as one, and what is traded already is taken off."""
    facts = _together(view.site.of_kind(Battery))
    net_wh = view.net_w[None, :] * view.step_h
    net_wh[0, 0] -= view.bought_wh - view.sold_wh
    return State(
        step_s=view.step_s,
        batteries=facts,
        energy_wh=np.array([_stored_wh(view)]),
        net_wh=net_wh,
        spread_wh=np.array([view.spread_wh]),
        buy_ueur_per_kwh=view.buy_ueur_per_kwh,
        sell_ueur_per_kwh=view.sell_ueur_per_kwh,
        local_ueur_per_kwh=view.local_ueur_per_kwh,
        import_limit_wh=np.array([max(view.import_limit_wh() - view.bought_wh, 0.0)]),
        export_limit_wh=np.array([max(view.export_limit_wh() - view.sold_wh, 0.0)]),
        worth=_worth(view, facts),
    )


def worth_eur_per_kwh(state: State) -> float:
    """Return what one more stored kWh is worth to a site after the slot. [EUR/kWh]"""
    assert state.worth is not None
    return float(state.worth.at(np.where(np.isfinite(state.energy_wh), state.energy_wh, 0.0))[0])


def _stored_wh(view: MarketView) -> float:
    batteries = view.site.of_kind(Battery)
    return float(sum(view.energy_wh.get(each.id, np.nan) for each in batteries))


def _together(batteries: Sequence[Battery]) -> BatteryArrays:
    """Return batteries as one: they add up, and its efficiency is theirs by capacity."""
    each = BatteryArrays.of(tuple(batteries) or (NO_BATTERY,))
    share = each.capacity_wh / each.capacity_wh.sum()

    def total(values: FloatArray) -> FloatArray:
        return np.array([values.sum()])

    return BatteryArrays(
        capacity_wh=total(each.capacity_wh),
        charge_limit_w=total(each.charge_limit_w),
        discharge_limit_w=total(each.discharge_limit_w),
        one_way_ratio=total(each.one_way_ratio * share),
        energy_min_wh=total(each.energy_min_wh),
        energy_max_wh=total(each.energy_max_wh),
        reserve_wh=total(each.reserve_wh),
        self_discharge_w=total(each.self_discharge_w),
        idle_loss_w=total(each.idle_loss_w),
        resistive_ratio=total(each.resistive_ratio * share),
    )


def _worth(view: MarketView, facts: BatteryArrays) -> Worth:
    """Return what the plan says stored energy is worth after the slot; without one, the best over what is known."""
    told = _dual_eur_per_kwh(view)
    if told is not None:
        return Worth(facts, np.full((1, 1), told))
    buy, sell = view.buy_ueur_per_kwh / UEUR, view.sell_ueur_per_kwh / UEUR
    mean = END_RATIO * float(buy.mean()) + (1.0 - END_RATIO) * float(np.minimum(sell, buy).mean())
    return worth(
        facts,
        view.net_w[None, 1:],
        buy[1:],
        np.minimum(sell, buy)[1:],
        step_s=view.step_s,
        end_eur_per_kwh=mean * float(facts.one_way_ratio[0]),
    )


def _dual_eur_per_kwh(view: MarketView) -> float | None:
    """Return the plan's worth of stored energy in this slot, the mean over batteries; None where it tells none."""
    plan = view.plan
    if plan is None or step_in_force(plan, view.now) is None:
        return None
    step = plan.grid.step_at(view.slot_start_utc)
    rows = [plan.assets.index(each.id) for each in view.site.of_kind(Battery) if each.id in plan.assets]
    if not rows or not 0 <= step < plan.grid.step_count:
        return None
    told = float(plan.dual_eur_per_kwh[rows, step].mean())
    return told if np.isfinite(told) else None
