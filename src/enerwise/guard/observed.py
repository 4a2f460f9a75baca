"""What the guard is shown: the state of each asset it may move, the rest of the site, and how old all that is.

Unsaid means unknown: an asset that is not mentioned, or whose age is not, counts as silent.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import assert_never

from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, POWER_W, SOC_RATIO, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.guard.branches import Others, seen_others
from enerwise.site.assets import Asset, Battery, Load, Pv
from enerwise.site.machines import Charger, Machine
from enerwise.site.site import GRID, Site


@dataclass(frozen=True, slots=True)
class Seen:
    """The state of one asset."""

    energy_wh: float = math.nan
    """Stored energy of a battery."""
    temperature_degc: float | None = None
    """None where nobody measures it and the battery looks after itself; NaN where a sensor has fallen silent."""
    available_w: float = math.nan
    """What a PV plant could deliver, never above zero."""
    age_s: float = math.inf
    power_w: float = math.nan
    """What a machine takes now, or will take if nobody asks it anything."""
    power_age_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Observed:
    """One look at the site."""

    hold_s: float
    """Time until the next look, with its margin."""
    assets: Mapping[str, Seen] = field(default_factory=dict)
    others_w: float = math.nan
    """Sum of everything the guard does not control: loads and PV that cannot be curtailed."""
    others_age_s: float = math.inf
    others_spread_w: float = 0.0
    """By how much the others may take less, because a switched load that nobody reads may take it. [W]"""
    circuits: Mapping[str, Others] = field(default_factory=dict)
    """What nobody controls on each circuit."""


def is_controllable(asset: Asset) -> bool:
    """Tell whether setpoints exist: for batteries, PV that can be curtailed, loads that can be switched, machines."""
    match asset:
        case Battery():
            return True
        case Pv():
            return asset.can_curtail
        case Load():
            return asset.switch_power_w > 0
        case Machine():
            return True
        case _:
            assert_never(asset)


def observe(
    site: Site,
    live: Mapping[Key, float],
    age_s: Mapping[Key, float],
    *,
    hold_s: float,
    unread_w: Mapping[str, float] = MappingProxyType({}),
    rise_w: float = 0.0,
) -> Observed:
    """Put the latest readings in the guard's words.

    Args:
        site: Whose readings.
        live: Latest value of each channel, house sign; an absent channel is unknown.
        age_s: Age of each channel's value; an absent age is unknown.
        hold_s: Time until the next look, with its margin.
        unread_w: Most that each switched load may take of which nothing fresh is known; the connection's own meter
            tells of the others then to within that. [W]
        rise_w: How much more the other switched loads may take by now than they have told. [W]
    """
    controlled = [asset for asset in site if is_controllable(asset)]
    others_w, sources = _others(site, live, frozenset(unread_w))
    return Observed(
        hold_s=hold_s,
        assets={asset.id: _seen(asset, live, age_s) for asset in controlled},
        others_w=others_w,
        others_age_s=max((age_s.get(key, math.inf) for key in sources), default=0.0),
        others_spread_w=sum(unread_w.values()) + rise_w if Key(GRID, POWER_W) in sources else 0.0,
        circuits=seen_others(site, [each.id for each in controlled], live, age_s) if site.circuits else {},
    )


def uncontrolled_w(site: Site, live: Mapping[Key, float]) -> float:
    """Return the power of all that is not controllable; NaN where neither its meters nor the connection's tell. [W]"""
    return _others(site, live)[0]


def stored_wh(battery: Battery | Charger, live: Mapping[Key, float]) -> float:
    """Return the stored energy as measured, from the state of charge where only that is known; else NaN. [Wh]"""
    energy_wh = live.get(Key(battery.id, ENERGY_WH), math.nan)
    if math.isfinite(energy_wh):
        return energy_wh
    return battery.capacity_wh * live.get(Key(battery.id, SOC_RATIO), math.nan)


def _others(site: Site, live: Mapping[Key, float], unread: frozenset[str] = frozenset()) -> tuple[float, list[Key]]:
    """Return the most the others may take and the channels it was read from; what is unread may take nothing."""
    direct = [Key(asset.id, POWER_W) for asset in site if not is_controllable(asset)]
    power_w = sum(live.get(key, math.nan) for key in direct)
    if math.isfinite(power_w):
        return float(power_w), direct
    grid = Key(GRID, POWER_W)
    controlled = [Key(asset.id, POWER_W) for asset in site if is_controllable(asset) and asset.id not in unread]
    power_w = live.get(grid, math.nan) - sum(live.get(key, math.nan) for key in controlled)
    return (float(power_w), [grid, *controlled]) if math.isfinite(power_w) else (math.nan, [grid])


def _seen(asset: Asset, live: Mapping[Key, float], age_s: Mapping[Key, float]) -> Seen:
    match asset:
        case Battery():
            energy = Key(asset.id, ENERGY_WH)
            source = energy if math.isfinite(live.get(energy, math.nan)) else Key(asset.id, SOC_RATIO)
            temperature_degc = live.get(Key(asset.id, TEMPERATURE_DEGC))
            return Seen(stored_wh(asset, live), temperature_degc, age_s=age_s.get(source, math.inf))
        case Pv():
            source = Key(asset.id, AVAILABLE_POWER_W)
            return Seen(available_w=live.get(source, math.nan), age_s=age_s.get(source, math.inf))
        case Load():
            return Seen(age_s=0.0)
        case Machine():
            return _machine(asset, live, age_s)
        case _:
            assert_never(asset)


def _machine(asset: Machine, live: Mapping[Key, float], age_s: Mapping[Key, float]) -> Seen:
    """Return what a machine takes, and what is in the car that stands at it."""
    power = Key(asset.id, POWER_W)
    power_w, power_age_s = live.get(power, math.nan), age_s.get(power, math.inf)
    if not isinstance(asset, Charger):
        return Seen(power_w=power_w, power_age_s=power_age_s)
    energy = Key(asset.id, ENERGY_WH)
    source = energy if math.isfinite(live.get(energy, math.nan)) else Key(asset.id, SOC_RATIO)
    age = age_s.get(source, math.inf)
    return Seen(stored_wh(asset, live), age_s=age, power_w=power_w, power_age_s=power_age_s)
