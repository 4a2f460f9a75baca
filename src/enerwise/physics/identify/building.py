"""What a heat pump heats, from the temperature of the rooms: what they lose, what they store, what warms them besides.

The network of the site file, one node or two, is fitted by `enerwise.physics.building_fit` to the longest stretch in
which power and weather are known. Heat is power times the efficiency that the asset has: where no heat meter tells it,
losses, capacities and gains are known only as multiples of it, which is all that a plan of electricity needs. What the
sun brings is learned from irradiance where that is measured, and told as part of the usual gain.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

import numpy as np

from enerwise.core.quantity import IRRADIANCE_W_PER_M2, POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import DAY_S
from enerwise.core.units import BoolArray, FloatArray
from enerwise.physics.building import advance
from enerwise.physics.building_fit import Fitted, fit
from enerwise.physics.declared import building_of, compressor_of, gains_w
from enerwise.physics.identify import zones
from enerwise.physics.identify.heat_pump_cop import HeatPumpCop
from enerwise.physics.identify.identifier import HALF_DAY_S, Identified, Parameter, Record, Refused, by_day
from enerwise.physics.identify.stretch import bridged, longest_known
from enerwise.physics.led import led_degc
from enerwise.site.machines import HeatPump
from enerwise.site.site import WEATHER

LEAST_DAYS: Final = 6
LEAST_SWING_K: Final = 0.5
"""Rooms that never move tell no capacity."""
LEAST_COLDER_K: Final = 3.0
"""Rooms as warm as the air outside tell no losses."""
LEAST_RUN_RATIO: Final = 0.02
"""Steps in which it ran, or stood still."""
LOSS_W_PER_K: Final = (5.0, 20_000.0)
CAPACITY_WH_PER_K: Final = (50.0, 2_000_000.0)
WIDEST: Final = {"loss_w_per_k": 0.5, "air_wh_per_k": 1.0, "mass_wh_per_k": 1.0, "exchange_w_per_k": 1.0}
"""Half the interval of each, as a share of it, beyond which nothing is known."""
WIDEST_GAIN_W: Final = 2000.0
SIZES: Final = ("loss_w_per_k", "air_wh_per_k", "mass_wh_per_k", "exchange_w_per_k")


class BuildingIdentifier:
    """Losses, capacities and usual gains of the rooms of a heat pump.

    Source: as `enerwise.physics.building_fit`.
    Holds for: one thermostat, doors and windows used as usual; two nodes only where the site file has two. Several
        zones are learned together, as `enerwise.physics.identify.zones` says.
    """

    name: ClassVar[str] = "building"
    kind: ClassVar[type] = HeatPump
    unit: ClassVar[str] = " K"
    order: ClassVar[int] = 2

    def keys(self, asset: HeatPump) -> tuple[Key, ...]:
        """Return power, rooms and weather."""
        if asset.zones:
            return zones.keys(asset)
        rooms = Key(asset.id, POWER_W), Key(asset.id, TEMPERATURE_DEGC)
        return (*rooms, Key(WEATHER, TEMPERATURE_DEGC), Key(WEATHER, IRRADIANCE_W_PER_M2))

    def facts(self, asset: HeatPump) -> Mapping[str, float]:
        """Return the network, and the data sheet it was seen through."""
        sizes = {each: float(getattr(asset, each)) for each in (*SIZES, "gain_w")}
        return (zones.facts(asset) if asset.zones else sizes) | dict(HeatPumpCop().facts(asset))

    def applied(self, asset: HeatPump, parameters: Mapping[str, float]) -> HeatPump:
        """Return a heat pump with another building around it."""
        if asset.zones:
            return zones.applied(asset, parameters)
        for name, (low, high) in {
            "loss_w_per_k": LOSS_W_PER_K,
            "exchange_w_per_k": LOSS_W_PER_K,
            "air_wh_per_k": CAPACITY_WH_PER_K,
            "mass_wh_per_k": CAPACITY_WH_PER_K,
        }.items():
            if name in parameters and not low <= parameters[name] <= high:
                raise ValueError(f"{asset.id}: {name} {parameters[name]:.4g} is not within {low:g}..{high:g}")
        told: dict[str, Any] = {each: parameters[each] for each in (*SIZES, "gain_w") if each in parameters}
        return replace(asset, **told)

    def identify(self, asset: HeatPump, record: Record) -> Identified | Refused:
        """Return the network, or what is missing."""
        if asset.loss_at_degc is not None:
            return Refused("the site file tells needs that were measured (loss_at), which nothing has to be learned of")
        if asset.zones:
            return zones.identify(asset, record)
        found = _known(asset, self, record)
        if isinstance(found, str):
            return Refused(found)
        power_w, room_degc, outdoor_degc, sun = (found.of(each) for each in self.keys(asset))
        if (missing := _missing(asset, power_w, room_degc, outdoor_degc)) is not None:
            return Refused(missing)
        heat_w = asset.heat_sign * power_w * compressor_of(asset).cop_at(outdoor_degc)
        sun = np.nan_to_num(sun)
        nodes = 2 if asset.mass_wh_per_k else 1
        fitted = fit(asset.id, room_degc, heat_w, outdoor_degc, sun, step_s=float(record.grid.step_s), nodes=nodes)
        return _judged(self, asset, fitted, float(sun.mean()), found.grid.step_count * record.grid.step_s / DAY_S)

    def losses(self, asset: HeatPump, parameters: Mapping[str, float], record: Record) -> Mapping[int, float]:
        """Return how far the rooms are off within half a day, by day. [K]"""
        asset = self.applied(asset, parameters) if parameters else asset
        if asset.zones:
            return zones.losses(asset, record)
        power_w, room_degc, outdoor_degc, _ = (record.of(each) for each in self.keys(asset))
        if not np.isfinite(room_degc).any():
            return {}
        step_s = float(record.grid.step_s)
        walls = led_degc(asset, power_w, room_degc, outdoor_degc, step_s=step_s)[:-1, 1:]
        begins = np.ones(power_w.size, dtype=bool)
        begins[1:] = np.diff(record.half_day) != 0
        foretold = _foretold(asset, record, walls, begins)
        foretold[begins] = np.nan
        return by_day(foretold - room_degc, record)


def _foretold(asset: HeatPump, record: Record, walls_degc: FloatArray, begins: BoolArray) -> FloatArray:
    """Return the rooms as foretold from the beginning of each half day, in one run over all of them. Shape (step,)"""
    power_w, room_degc, outdoor_degc, _ = (record.of(each) for each in BuildingIdentifier().keys(asset))
    network, per_half = building_of(asset), HALF_DAY_S // record.grid.step_s
    exact = network.discrete(float(record.grid.step_s))
    heat_w = asset.heat_sign * power_w * compressor_of(asset).cop_at(outdoor_degc) + gains_w(asset, outdoor_degc)[:, 0]
    first = np.flatnonzero(begins)
    node_degc = np.column_stack([room_degc[first], walls_degc[first]])
    found = np.full(power_w.size, np.nan)
    for ahead in range(per_half):
        at = np.minimum(first + ahead, power_w.size - 1)
        there = record.half_day[at] == record.half_day[first]
        found[at[there]] = node_degc[there, 0]
        into_w = np.zeros_like(node_degc)
        into_w[:, 0] = heat_w[at]
        node_degc = advance(network, exact, node_degc, into_w, outdoor_degc[at])
    return found


def _known(asset: HeatPump, identifier: BuildingIdentifier, record: Record) -> Record | str:
    """Return the longest stretch in which all that drives the rooms is known, or what is missing."""
    power, rooms, air, sun = identifier.keys(asset)
    for key in (power, rooms, air):
        if not np.isfinite(record.of(key)).any():
            return f"nothing was measured of {key}"
    drives = {key: bridged(record.of(key), record.grid.step_s) for key in (power, air, sun)}
    first, count = longest_known(drives, (power, air), sun, (rooms,), record)
    days = count * record.grid.step_s / DAY_S
    if days < LEAST_DAYS:
        return f"{days:.1f} days in which power and weather are known without a gap, {LEAST_DAYS} needed"
    return Record(record.grid, {**record.value, **drives}).part(first, count)


def _missing(asset: HeatPump, power_w: FloatArray, room_degc: FloatArray, outdoor_degc: FloatArray) -> str | None:
    ran = float((power_w > max(50.0, 0.5 * asset.electric_min_w)).mean())
    if not ran >= LEAST_RUN_RATIO:
        return f"it ran in {ran:.1%} of the time, {LEAST_RUN_RATIO:.0%} needed: wait for the season"
    rooms = room_degc[np.isfinite(room_degc)]
    swing = float(np.quantile(rooms, 0.98) - np.quantile(rooms, 0.02))
    if swing < LEAST_SWING_K:
        return f"the rooms moved by {swing:.1f} K, {LEAST_SWING_K} K needed: let a plan move them, or a night setback"
    colder = asset.heat_sign * float(rooms.mean() - outdoor_degc.mean())
    if colder < LEAST_COLDER_K and not asset.cools:
        return f"the air outside was {colder:.1f} K colder than the rooms, {LEAST_COLDER_K:g} K needed"
    return None


def _judged(
    identifier: BuildingIdentifier, asset: HeatPump, fitted: Fitted, sun: float, days: float
) -> Identified | Refused:
    house, error = fitted.building, fitted.error
    for name, widest in WIDEST.items():
        if name in error and not 2 * error[name] <= widest:
            return Refused(f"{name} is known to within {2 * error[name]:.0%} only, {widest:.0%} needed: give more days")
    if not 2 * error["gain_w"] <= WIDEST_GAIN_W:
        known = f"the usual gains are known to within {2 * error['gain_w']:.0f} W only"
        return Refused(f"{known}, {WIDEST_GAIN_W:.0f} W needed: give more days")
    sizes = {"loss_w_per_k": float(house.outdoor_w_per_k[0]), "air_wh_per_k": float(house.capacity_wh_per_k[0])}
    if house.capacity_wh_per_k.size == 2:
        sizes["mass_wh_per_k"] = float(house.capacity_wh_per_k[1])
        sizes["exchange_w_per_k"] = float(house.between_w_per_k[0, 1])
    found = {name: Parameter.of(each, each * error[name]) for name, each in sizes.items()}
    found["gain_w"] = Parameter.of(fitted.gain_w + fitted.aperture_m2 * sun, error["gain_w"])
    try:
        identifier.applied(asset, {name: each.value for name, each in found.items()})
    except ValueError as told:
        return Refused(f"{told}: these rooms are not those that it heats")
    return Identified(found, (f"{days:.0f} days, off by {fitted.held_out_k:.2f} K over the last quarter of them",))
