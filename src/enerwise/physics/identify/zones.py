"""Several zones of a heat pump, learned together: losses, air, walls, usual gains, and what flows between them.

`enerwise.physics.zones_fit` finds them from the temperatures of all zones and the heat of each. Where heat meters tell
the heat of every zone it is taken from them, and the shares of the zones with it; else it is power times efficiency,
shared as the site file says: then zones that always move together do not tell what flows between them, and that is
refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from enerwise.core.quantity import HEAT_W, IRRADIANCE_W_PER_M2, POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import DAY_S
from enerwise.core.units import FloatArray
from enerwise.physics.building import advance
from enerwise.physics.declared import building_of, compressor_of, gains_w
from enerwise.physics.identify.identifier import HALF_DAY_S, Identified, Parameter, Record, Refused, by_day
from enerwise.physics.identify.stretch import bridged, longest_known
from enerwise.physics.led import led_degc
from enerwise.physics.zones_fit import FittedZones, fit_zones
from enerwise.site.machines import HeatPump
from enerwise.site.site import WEATHER
from enerwise.site.zones import Neighbours, Zone

LEAST_DAYS: Final = 6
LEAST_SWING_K: Final = 0.5
"""Rooms that never move tell no capacity."""
LEAST_RUN_RATIO: Final = 0.02
LOSS_W_PER_K: Final = (0.5, 20_000.0)
CAPACITY_WH_PER_K: Final = (20.0, 2_000_000.0)
BETWEEN_W_PER_K: Final = (1e-3, 20_000.0)
WIDEST: Final = {"loss_w_per_k": 0.5, "air_wh_per_k": 1.0, "mass_wh_per_k": 1.0, "exchange_w_per_k": 1.0}
"""Half the interval of each, as a share of it, beyond which nothing is known."""
WIDEST_BETWEEN: Final = 0.5
"""The same of what flows between zones, as a share of the losses of a usual zone."""
WIDEST_GAIN_W: Final = 2000.0
LEAST_METERED_RATIO: Final = 0.9
"""Heat meters that tell so much of the time are believed to tell the shares."""


def keys(asset: HeatPump) -> tuple[Key, ...]:
    """Return power, weather, and temperature and heat of each zone."""
    driven = Key(asset.id, POWER_W), Key(WEATHER, TEMPERATURE_DEGC), Key(WEATHER, IRRADIANCE_W_PER_M2)
    return (*driven, *_rooms(asset), *_meters(asset))


def facts(asset: HeatPump) -> dict[str, float]:
    """Return all that the zones are declared to be."""
    names = ("loss_w_per_k", "air_wh_per_k", "mass_wh_per_k", "exchange_w_per_k", "gain_w", "share_ratio")
    found = {f"{zone.id} {name}": float(getattr(zone, name)) for zone in asset.zones for name in names}
    return found | {_between(each): each.w_per_k for each in asset.between}


def applied(asset: HeatPump, parameters: Mapping[str, float]) -> HeatPump:
    """Return a heat pump with other zones; who touches whom stays as declared.

    Raises:
        ValueError: They cannot be those of such a building.
    """
    ranges = {
        "loss_w_per_k": LOSS_W_PER_K,
        "exchange_w_per_k": LOSS_W_PER_K,
        "air_wh_per_k": CAPACITY_WH_PER_K,
        "mass_wh_per_k": CAPACITY_WH_PER_K,
        "w_per_k": BETWEEN_W_PER_K,
    }
    for name, value in parameters.items():
        low, high = ranges.get(name.rpartition(" ")[2], (-np.inf, np.inf))
        if not low <= value <= high:
            raise ValueError(f"{asset.id}: {name} {value:.4g} is not within {low:g}..{high:g}")
    zones = tuple(_zone(each, parameters) for each in asset.zones)
    between = tuple(replace(each, w_per_k=parameters.get(_between(each), each.w_per_k)) for each in asset.between)
    return replace(asset, zones=zones, between=between)


def identify(asset: HeatPump, record: Record) -> Identified | Refused:
    """Return all zones and what flows between them, or what is missing."""
    if any(each.loss_at_degc is not None for each in asset.zones):
        return Refused("a zone tells needs that were measured (loss_at), which nothing has to be learned of")
    found = _driven(asset, record)
    if isinstance(found, str):
        return Refused(found)
    if (missing := _missing(asset, found)) is not None:
        return Refused(missing)
    names = [each.id for each in asset.zones]
    pairs = [(each.first, each.second) for each in asset.between]
    step_s, sun = float(record.grid.step_s), np.nan_to_num(found.sun_w_per_m2)
    seen = (found.room_degc.T, found.heat_w.T, found.outdoor_degc, sun)
    fitted = fit_zones(names, *seen, step_s=step_s, neighbours=pairs, heavy=_heavy(asset))
    return _judged(asset, fitted, found, float(sun.mean()))


def losses(asset: HeatPump, record: Record) -> Mapping[int, float]:
    """Return how far all zones are off within half a day, by day. [K]"""
    room_degc = np.stack([record.of(key) for key in _rooms(asset)], axis=1)
    if not np.isfinite(room_degc).any():
        return {}
    power_w, outdoor_degc, _ = (record.of(key) for key in keys(asset)[:3])
    step_s, heat_w = float(record.grid.step_s), _heat_w(asset, record)
    led = led_degc(asset, power_w, room_degc, outdoor_degc, step_s=step_s, zone_heat_w=heat_w)[:-1]
    begins = np.ones(power_w.size, dtype=bool)
    begins[1:] = np.diff(record.half_day) != 0
    foretold = _foretold(asset, record, np.flatnonzero(begins), led[begins])
    foretold[begins] = np.nan
    off_k = np.abs(foretold - room_degc)
    return by_day(off_k.mean(axis=1), record)


# ---------------------------------------------------------------------------------------------------------------
# What drives them


@dataclass(frozen=True, slots=True)
class _Driven:
    """The stretch from which is learned."""

    power_w: FloatArray
    """Shape (step,)"""
    outdoor_degc: FloatArray
    sun_w_per_m2: FloatArray
    room_degc: FloatArray
    """Shape (step, zone)"""
    heat_w: FloatArray
    """Shape (step, zone)"""
    is_metered: bool
    days: float


def _rooms(asset: HeatPump) -> tuple[Key, ...]:
    return tuple(Key(each.id, TEMPERATURE_DEGC) for each in asset.zones)


def _meters(asset: HeatPump) -> tuple[Key, ...]:
    return tuple(Key(each.id, HEAT_W) for each in asset.zones)


def _heat_w(asset: HeatPump, record: Record) -> FloatArray:
    """Return the heat of each zone: as metered where all of them are, else as shared. Shape (step, zone)"""
    power_w, outdoor_degc = (record.of(key) for key in keys(asset)[:2])
    share = np.array([each.share_ratio for each in asset.zones])
    shared_w = (power_w * compressor_of(asset).cop_at(outdoor_degc))[:, None] * share
    metered_w = np.stack([record.of(key) for key in _meters(asset)], axis=1)
    # One meter that is silent leaves all to the shares: halves of two stories make no whole.
    is_metered = np.isfinite(metered_w.sum(axis=1))
    return asset.heat_sign * np.where(is_metered[:, None], metered_w, shared_w)


def _driven(asset: HeatPump, record: Record) -> _Driven | str:
    """Return the longest stretch in which all that drives the zones is known, or what is missing."""
    power, air, sun = keys(asset)[:3]
    for key in (power, air, *_rooms(asset)):
        if not np.isfinite(record.of(key)).any():
            return f"nothing was measured of {key}"
    drives = {key: bridged(record.of(key), record.grid.step_s) for key in (power, air, sun)}
    first, count = longest_known(drives, (power, air), sun, _rooms(asset), record)
    days = count * record.grid.step_s / DAY_S
    if days < LEAST_DAYS:
        return f"{days:.1f} days in which power and weather are known without a gap, {LEAST_DAYS} needed"
    part = Record(record.grid, {**record.value, **drives}).part(first, count)
    return _Driven(
        part.of(power),
        part.of(air),
        part.of(sun),
        np.stack([part.of(key) for key in _rooms(asset)], axis=1),
        _heat_w(asset, part),
        all(np.isfinite(part.of(key)).mean() > LEAST_METERED_RATIO for key in _meters(asset)),
        days,
    )


def _missing(asset: HeatPump, found: _Driven) -> str | None:
    ran = float((found.power_w > max(50.0, 0.5 * asset.electric_min_w)).mean())
    if not ran >= LEAST_RUN_RATIO:
        return f"it ran in {ran:.1%} of the time, {LEAST_RUN_RATIO:.0%} needed: wait for the season"
    swings_k = np.nanquantile(found.room_degc, 0.98, axis=0) - np.nanquantile(found.room_degc, 0.02, axis=0)
    stillest = int(np.argmin(swings_k))
    if swings_k[stillest] < LEAST_SWING_K:
        still = f"{asset.zones[stillest].id} moved by {swings_k[stillest]:.1f} K"
        return f"{still}, {LEAST_SWING_K} K needed: let a plan move it, or a night setback"
    return None


# ---------------------------------------------------------------------------------------------------------------
# What they are


def _between(pair: Neighbours) -> str:
    return f"{pair.first}-{pair.second} w_per_k"


def _zone(zone: Zone, parameters: Mapping[str, float]) -> Zone:
    names = ("loss_w_per_k", "air_wh_per_k", "mass_wh_per_k", "exchange_w_per_k", "gain_w", "share_ratio")
    told: dict[str, Any] = {
        name: parameters[f"{zone.id} {name}"] for name in names if f"{zone.id} {name}" in parameters
    }
    return replace(zone, **told)


def _judged(asset: HeatPump, fitted: FittedZones, found: _Driven, sun: float) -> Identified | Refused:
    """Return what was fitted, unless a part of it is hardly known."""
    told: dict[str, Parameter] = {}
    for at, zone in enumerate(asset.zones):
        told |= _zone_told(zone, at, fitted, sun)
    for row, name in enumerate(_heavy(asset)):
        told |= _walls_told(name, row, fitted)
    told |= dict(_between_told(fitted, pair) for pair in asset.between)
    if (vague := _vague(asset, told, fitted)) is not None:
        return Refused(vague)
    if found.is_metered:
        told |= _shares(asset, found)
    try:
        applied(asset, {name: each.value for name, each in told.items()})
    except ValueError as wrong:
        return Refused(f"{wrong}: these zones are not those that it heats")
    off_k = ", ".join(f"{each:.2f} K" for each in fitted.held_out_k)
    return Identified(told, (f"{found.days:.0f} days, off by {off_k} over the last quarter of them",))


def _zone_told(zone: Zone, at: int, fitted: FittedZones, sun: float) -> dict[str, Parameter]:
    house, error = fitted.building, fitted.error
    loss, capacity = float(house.outdoor_w_per_k[at]), float(house.capacity_wh_per_k[at])
    gain_w = float(fitted.gain_w[at] + fitted.aperture_m2[at] * sun)
    return {
        f"{zone.id} loss_w_per_k": Parameter.of(loss, loss * float(error["loss"][at])),
        f"{zone.id} air_wh_per_k": Parameter.of(capacity, capacity * float(error["capacity"][at])),
        f"{zone.id} gain_w": Parameter.of(gain_w, float(error["gain"][at])),
    }


def _heavy(asset: HeatPump) -> list[str]:
    """Return the zones with walls of their own, in their order."""
    return [each.id for each in asset.zones if each.mass_wh_per_k]


def _walls_told(name: str, row: int, fitted: FittedZones) -> dict[str, Parameter]:
    house, error = fitted.building, fitted.error
    node = len(house.zones) + row
    mass = float(house.capacity_wh_per_k[node])
    exchange = float(house.between_w_per_k[house.zones.index(name), node])
    return {
        f"{name} mass_wh_per_k": Parameter.of(mass, mass * float(error["mass"][row])),
        f"{name} exchange_w_per_k": Parameter.of(exchange, exchange * float(error["exchange"][row])),
    }


def _between_told(fitted: FittedZones, pair: Neighbours) -> tuple[str, Parameter]:
    first, second = (fitted.building.zones.index(each) for each in (pair.first, pair.second))
    w_per_k = float(fitted.building.between_w_per_k[first, second])
    return _between(pair), Parameter.of(w_per_k, w_per_k * float(fitted.error["between"][first, second]))


def _vague(asset: HeatPump, told: Mapping[str, Parameter], fitted: FittedZones) -> str | None:
    """Return which of all is hardly known, and what would tell it; None where all is known."""
    flow_w_per_k = float(fitted.building.outdoor_w_per_k.mean())
    between = {_between(pair): pair for pair in asset.between}
    for name, each in told.items():
        half = 0.5 * (each.high - each.low)
        if name in between:
            # What is thin may be known to within a small part of a watt and be ten times that: sizes are logarithms.
            half = each.value * float(np.expm1(min(half / each.value, 9.0)))
        if name in between and not half <= WIDEST_BETWEEN * max(flow_w_per_k, each.value):
            pair = f"what flows between {between[name].first} and {between[name].second}"
            why = "zones that move together; heat them at different times, or meter the heat of each"
            return f"{pair}, {each.value:.3g} W/K, is known to within {half:.3g} only: {why}"
        most = next((ratio * each.value for size, ratio in WIDEST.items() if name.endswith(size)), WIDEST_GAIN_W)
        if name not in between and not half <= most:
            return f"{name} {each.value:.4g} is known to within {half:.4g} only, {most:.4g} needed: give more days"
    return None


def _shares(asset: HeatPump, found: _Driven) -> dict[str, Parameter]:
    """Return the share of each zone in all heat, as its meter tells it."""
    total_wh = np.abs(found.heat_w).sum(axis=0)
    shares = total_wh / total_wh.sum()
    return {
        f"{zone.id} share_ratio": Parameter.of(float(each), 0.0) for zone, each in zip(asset.zones, shares, strict=True)
    }


def _foretold(asset: HeatPump, record: Record, first: np.ndarray, node_degc: FloatArray) -> FloatArray:
    """Return the zones as foretold from the beginning of each half day, all in one run. Shape (step, zone)"""
    network, per_half = building_of(asset), HALF_DAY_S // record.grid.step_s
    exact, zones = network.discrete(float(record.grid.step_s)), len(asset.zones)
    outdoor_degc = record.of(keys(asset)[1])
    into_w = gains_w(asset, outdoor_degc)
    into_w[:, :zones] += _heat_w(asset, record)
    found = np.full((outdoor_degc.size, zones), np.nan)
    for ahead in range(per_half):
        at = np.minimum(first + ahead, outdoor_degc.size - 1)
        there = record.half_day[at] == record.half_day[first]
        found[at[there]] = node_degc[there, :zones]
        node_degc = advance(network, exact, node_degc, into_w[at], outdoor_degc[at])
    return found
