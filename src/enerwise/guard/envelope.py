"""The envelope: what is allowed now, for each asset that can be moved and for the connection they share.

Bounds come from limits, measured state, the age of the data, trips, the lifecycle and what supervision leaves of an
asset's power, and each names the rule that set it. Old data shrink them, for the state may have moved since; data older
than allowed, or unknown, close them, and the asset rests.

What a value means depends on the kind. A battery takes or delivers it. A PV plant may deliver up to it: the value is a
floor on its power, never above zero, and what is expected of it is the larger of value and available power. A switched
load is either off or at its own power. A machine (a car's charger, a heat pump) minds itself: without a wish it does
what it is for, so that its rest is what it takes by itself, and with one it may still take less.

The shared row is the connection: everything together stays between the export and the import limit, the tighter of
those in force until the next look. Where the rest of the site is unknown, the row is kept for the worst of both sides:
against export nothing is taken but uncontrolled PV at full power; against import the others already take all there is.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Protocol, assert_never

import numpy as np

from enerwise.core.quantity import POWER_W
from enerwise.core.time import DAY_S, TIME_TYPE, Instant, TimeArray
from enerwise.core.units import SECONDS_PER_HOUR
from enerwise.guard import kernels
from enerwise.guard.branches import Row, Tree
from enerwise.guard.observed import Observed, Seen, is_controllable
from enerwise.site.assets import Asset, Battery, BatteryArrays, Load, Pv
from enerwise.site.derating import charge_derating_ratio, discharge_derating_ratio
from enerwise.site.limits import WindowedLimit
from enerwise.site.machines import Charger, Machine
from enerwise.site.site import Site

SILENT: Final = Seen()
ROOM_DEGC: Final = 20.0
"""Stands for a temperature nobody measures: nothing is derated."""
MINUTE_MS: Final = 60_000
Ratios = tuple[float, float]
"""What is left of the power of an asset: discharging, charging."""


class Rule(StrEnum):
    """Which rule decided."""

    CHARGE_LIMIT = "charge limit"
    DISCHARGE_LIMIT = "discharge limit"
    OUTPUT_LIMIT = "output limit"
    NO_FEEDING = "power of a source"
    SWITCH = "switch power"
    POWER_LIMIT = "power limit"
    TIMED_LIMIT = "limit of this time"
    FULL = "full"
    EMPTY = "empty"
    DERATED = "derated"
    DATA_OLD = "data too old"
    DATA_UNKNOWN = "data unknown"
    TRIPPED = "tripped"
    NOT_RUNNING = "not running"
    IMPORT_LIMIT = "import limit"
    EXPORT_LIMIT = "export limit"
    CIRCUIT_LIMIT = "circuit limit"
    WITHIN_BOUNDS = "within bounds"
    NO_WISH = "no wish"
    NOT_A_NUMBER = "not a finite number"
    NO_SUCH_SETPOINT = "no such setpoint"
    WISHED_TWICE = "wished for twice"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one asset may do now."""

    lower_w: float
    upper_w: float
    lower_rule: Rule
    upper_rule: Rule
    rest_w: float = 0.0
    """What happens without a wish; for PV its whole output, unless it must not run."""
    may_move: bool = True
    is_ceiling: bool = False
    """True for PV, whose value caps what it delivers."""
    available_w: float = math.nan
    """What PV could deliver, never above zero; what a machine takes by itself, zero where nobody knows."""
    switch_w: float = 0.0
    """Least power of what runs or stands still: all of it for a switched load; zero for what can be set smoothly."""
    give_min_w: float = 0.0
    """Least power given by what gives or stands still, a size."""
    minds_itself: bool = False
    """Whether it does what it is for without a wish, and may take less than it is asked to."""

    def clamp(self, value: float) -> float:
        """Return the allowed value nearest to ``value``."""
        return min(max(value, self.lower_w), self.upper_w)

    def closed(self, value: float, rule: Rule) -> "Allowed":
        """Return what is left when only one value is allowed."""
        held_w = self.clamp(value)
        return replace(
            self, lower_w=held_w, upper_w=held_w, lower_rule=rule, upper_rule=rule, rest_w=held_w, may_move=False
        )


class Wished(Protocol):
    """Anything that names an asset, a quantity and a value."""

    @property
    def asset(self) -> str: ...
    @property
    def quantity(self) -> str: ...
    @property
    def value(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is allowed from ``at`` on for ``hold_s``."""

    at: Instant
    hold_s: float
    assets: Mapping[str, Allowed]
    """Every asset that can be moved, by id."""
    row_lower_w: float
    """Most export, below zero."""
    row_upper_w: float
    """Most import."""
    others_low_w: float
    """Least the assets nobody controls may take."""
    others_high_w: float
    """Most they may take; the same where they are known."""
    rows: tuple[Row, ...] = ()
    """Further rows, those of circuits, the deepest first."""

    def holds(self, wish: Wished) -> bool:
        """Tell whether a wish lies within the bounds of its asset; NaN and unknown assets do not."""
        allowed = self.assets.get(wish.asset)
        return allowed is not None and wish.quantity == POWER_W and allowed.lower_w <= wish.value <= allowed.upper_w


@dataclass(frozen=True, slots=True)
class Controlled:
    """The part of a site that can be moved, prepared once."""

    site: Site
    batteries: tuple[Battery, ...]
    facts: BatteryArrays
    plants: tuple[Pv, ...]
    switches: tuple[Load, ...]
    machines: tuple[Machine, ...]
    uncontrolled_pv_w: float
    """Most that PV without curtailment may deliver, below zero."""
    tree: Tree
    """What hangs on which circuit."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all that can be moved."""
        return tuple(each.id for kind in (self.batteries, self.plants, self.switches, self.machines) for each in kind)

    @classmethod
    def of(cls, site: Site) -> "Controlled":
        """Sort out what can be moved."""
        batteries = site.of_kind(Battery)
        movable = [each.id for each in site if is_controllable(each)]
        fixed_w = {each.id: -each.output_limit_w for each in site.of_kind(Pv) if not is_controllable(each)}
        return cls(
            site,
            batteries,
            BatteryArrays.of(batteries),
            tuple(each for each in site.of_kind(Pv) if is_controllable(each)),
            tuple(each for each in site.of_kind(Load) if is_controllable(each)),
            site.of_kind(Machine),
            sum(fixed_w.values()),
            Tree.of(site, movable, fixed_w),
        )


def envelope(
    controlled: Controlled,
    observed: Observed,
    now: Instant,
    *,
    stale_after_s: float,
    is_running: bool = True,
    tripped: frozenset[str] = frozenset(),
    derate: Mapping[str, Ratios] = MappingProxyType({}),
    import_limit_w: float = math.inf,
) -> Envelope:
    """Return what is allowed now.

    Args:
        controlled: What can be moved.
        observed: One look at the site; what it does not say is unknown.
        now: The present.
        stale_after_s: Age beyond which a value counts as unknown. [s]
        is_running: False brings every asset to its safe power.
        tripped: Assets that must be at their safe power.
        derate: What is left of the limits of an asset, discharging and charging, 0..1; NaN leaves nothing, and an asset
            that is not named keeps all.
        import_limit_w: Most import that somebody asks for; what is no size of a power is passed over. [W]
    """
    assets = _batteries(controlled, observed, stale_after_s)
    for plant in controlled.plants:
        assets[plant.id] = _plant(plant, observed.assets.get(plant.id, SILENT), stale_after_s)
    for load in controlled.switches:
        assets[load.id] = _switch(load)
    for machine in controlled.machines:
        seen = observed.assets.get(machine.id, SILENT)
        allowed = _machine(machine, seen, observed.hold_s, stale_after_s)
        assets[machine.id] = _within_window(machine, allowed, controlled.site.timezone, now, observed.hold_s)
    for asset_id in derate.keys() & assets.keys():
        assets[asset_id] = _derated(controlled.site.asset(asset_id), assets[asset_id], derate[asset_id])
    for asset_id, allowed in assets.items():
        if not is_running or asset_id in tripped:
            rule = Rule.TRIPPED if is_running else Rule.NOT_RUNNING
            assets[asset_id] = allowed.closed(controlled.site.asset(asset_id).safe_power_w, rule)
    row_lower_w, row_upper_w = _row(controlled.site, now, observed.hold_s)
    # Unknown others are reckoned with what the connection carries: who asks for less does not make them smaller.
    low_w, high_w = _others(controlled, observed, row_upper_w, stale_after_s)
    row_upper_w = min(row_upper_w, import_limit_w) if import_limit_w >= 0 else row_upper_w
    idle_w = {
        each: allowed.available_w for each, allowed in assets.items() if allowed.minds_itself and not allowed.rest_w
    }
    rows = controlled.tree.rows(observed.circuits, idle_w, stale_after_s)
    return Envelope(now, observed.hold_s, assets, row_lower_w, row_upper_w, low_w, high_w, rows)


def _batteries(controlled: Controlled, observed: Observed, stale_after_s: float) -> dict[str, Allowed]:
    if not controlled.batteries:
        return {}
    seen = [observed.assets.get(battery.id, SILENT) for battery in controlled.batteries]
    degc = np.array([ROOM_DEGC if each.temperature_degc is None else each.temperature_degc for each in seen])
    charge_ratio, discharge_ratio = charge_derating_ratio(degc), discharge_derating_ratio(degc)
    lower_w, upper_w = kernels.battery_bounds(
        controlled.facts,
        np.array([each.energy_wh for each in seen]),
        charge_ratio=charge_ratio,
        discharge_ratio=discharge_ratio,
        hold_s=observed.hold_s,
        # Old is unknown, and the kernel closes on an unknown age.
        age_s=np.array([each.age_s if _is_fresh(each.age_s, stale_after_s) else math.nan for each in seen]),
    )
    found = {}
    for at, (battery, each) in enumerate(zip(controlled.batteries, seen, strict=True)):
        bounds_w = float(lower_w[at]), float(upper_w[at])
        rules = _battery_rules(battery, each, bounds_w, (discharge_ratio[at], charge_ratio[at]), stale_after_s)
        found[battery.id] = Allowed(*bounds_w, *rules, rest_w=battery.safe_power_w)
    return found


def _battery_rules(
    battery: Battery, seen: Seen, bounds_w: tuple[float, float], ratios: tuple[float, float], stale_after_s: float
) -> tuple[Rule, Rule]:
    """Name the rules that set the lower and the upper bound."""
    if not math.isfinite(seen.energy_wh) or math.isnan(ratios[0]):
        return Rule.DATA_UNKNOWN, Rule.DATA_UNKNOWN
    if not _is_fresh(seen.age_s, stale_after_s):
        return Rule.DATA_OLD, Rule.DATA_OLD
    return (
        _battery_rule(-bounds_w[0], battery.discharge_limit_w, ratios[0], Rule.DISCHARGE_LIMIT, Rule.EMPTY),
        _battery_rule(bounds_w[1], battery.charge_limit_w, ratios[1], Rule.CHARGE_LIMIT, Rule.FULL),
    )


def _battery_rule(size_w: float, limit_w: float, ratio: float, by_limit: Rule, by_energy: Rule) -> Rule:
    if size_w >= limit_w:
        return by_limit
    return Rule.DERATED if size_w >= limit_w * ratio else by_energy


def _plant(plant: Pv, seen: Seen, stale_after_s: float) -> Allowed:
    limit_w = -plant.output_limit_w
    is_known = math.isfinite(seen.available_w) and _is_fresh(seen.age_s, stale_after_s)
    available_w = min(max(seen.available_w, limit_w), 0.0) if is_known else math.nan
    return Allowed(limit_w, 0.0, Rule.OUTPUT_LIMIT, Rule.NO_FEEDING, limit_w, is_ceiling=True, available_w=available_w)


def _switch(load: Load) -> Allowed:
    return Allowed(0.0, load.switch_power_w, Rule.SWITCH, Rule.SWITCH, load.safe_power_w, switch_w=load.switch_power_w)


def _machine(machine: Machine, seen: Seen, hold_s: float, stale_after_s: float) -> Allowed:
    """Return what a machine may do; left to itself it does what it tells, or anything where it tells nothing.

    Only a car whose energy is known gives back, and never below its least level before somebody looks again.
    """
    give_w, rule = machine.give_max_w, Rule.OUTPUT_LIMIT
    if isinstance(machine, Charger) and give_w > 0:
        give_w, rule = _gives(machine, seen, hold_s, stale_after_s)
    is_known = math.isfinite(seen.power_w) and _is_fresh(seen.power_age_s, stale_after_s)
    own_w = min(max(seen.power_w, 0.0), machine.power_max_w) if is_known else machine.power_max_w
    return Allowed(
        0.0 - give_w,
        machine.power_max_w,
        rule,
        Rule.CHARGE_LIMIT if isinstance(machine, Charger) else Rule.POWER_LIMIT,
        # Less than its least power is what its electronics take.
        (own_w if own_w >= machine.power_min_w else 0.0) if machine.minds_itself else machine.safe_power_w,
        available_w=own_w if is_known else 0.0,
        switch_w=machine.power_min_w,
        give_min_w=machine.give_min_w,
        minds_itself=machine.minds_itself,
    )


def _within_window(machine: Machine, allowed: Allowed, zone: str, now: Instant, hold_s: float) -> Allowed:
    """Return what the site file leaves of it at this time; what it takes by itself may then be too much."""
    if machine.limit is None:
        return allowed
    limit_w = _tightest_w(machine.limit, zone, now, hold_s)
    return replace(allowed, upper_w=limit_w, upper_rule=Rule.TIMED_LIMIT) if limit_w < allowed.upper_w else allowed


def _gives(charger: Charger, seen: Seen, hold_s: float, stale_after_s: float) -> tuple[float, Rule]:
    """Return the most a car may give back until somebody looks again, a size."""
    if not math.isfinite(seen.energy_wh) or not 0.0 < hold_s < math.inf:
        return 0.0, Rule.DATA_UNKNOWN
    if not _is_fresh(seen.age_s, stale_after_s):
        return 0.0, Rule.DATA_OLD
    # Since it was measured it may have given at full power.
    drained_wh = seen.age_s / SECONDS_PER_HOUR * charger.discharge_max_w / charger.discharge_ratio
    spare_wh = max(0.0, seen.energy_wh - drained_wh - charger.least_wh) * charger.discharge_ratio
    spare_w = spare_wh / hold_s * SECONDS_PER_HOUR
    if spare_w < charger.discharge_max_w:
        return spare_w, Rule.EMPTY
    return charger.discharge_max_w, Rule.DISCHARGE_LIMIT


def _derated(asset: Asset, allowed: Allowed, ratios: Ratios) -> Allowed:
    """Return what is left of the bounds; nothing is ever widened."""
    match asset:
        case Battery():
            limits_w = -asset.discharge_limit_w, asset.charge_limit_w
        case Pv():
            limits_w = -asset.output_limit_w, 0.0
        case Load():
            limits_w = 0.0, asset.switch_power_w
        case Machine():
            limits_w = -asset.give_max_w, asset.power_max_w
        case _:
            assert_never(asset)
    # What is no share, NaN included, leaves nothing; what is more than all changes nothing below.
    share = [each if each > 0 else 0.0 for each in ratios]
    low_w, high_w = limits_w[0] * share[0], limits_w[1] * share[1]
    if low_w > allowed.lower_w:
        allowed = replace(allowed, lower_w=low_w + 0.0, lower_rule=Rule.DERATED)
    if high_w < allowed.upper_w:
        allowed = replace(allowed, upper_w=high_w, upper_rule=Rule.DERATED)
    return allowed


def _is_fresh(age_s: float, stale_after_s: float) -> bool:
    return 0.0 <= age_s <= stale_after_s


def _others(
    controlled: Controlled, observed: Observed, row_upper_w: float, stale_after_s: float
) -> tuple[float, float]:
    spread_w = observed.others_spread_w
    is_known = math.isfinite(observed.others_w) and 0.0 <= spread_w < math.inf
    if is_known and _is_fresh(observed.others_age_s, stale_after_s):
        return observed.others_w - spread_w, observed.others_w
    return controlled.uncontrolled_pv_w, row_upper_w


def _row(site: Site, now: Instant, hold_s: float) -> tuple[float, float]:
    """Return the tightest export (below zero) and import limit from now until the next look."""
    connection, zone = site.connection, site.timezone
    export_w = min(_tightest_w(connection.export_limit, zone, now, hold_s), connection.fuse_power_w)
    import_w = min(_tightest_w(connection.import_limit, zone, now, hold_s), connection.fuse_power_w)
    return -export_w, import_w


def _tightest_w(limit: WindowedLimit, zone: str, now: Instant, hold_s: float) -> float:
    """Return the least a limit falls to from now until, not including, the next look."""
    if not limit.windows:
        return limit.otherwise_w
    now_ms = int(now.astype(TIME_TYPE).astype(np.int64))
    hold_ms = int(min(hold_s, DAY_S) * 1000) if hold_s > 0 else 1
    first, last = now_ms // MINUTE_MS, (now_ms + max(hold_ms, 1) - 1) // MINUTE_MS
    hours = range(first // 60, last // 60 + 1)
    return min(min(_hour_w(limit, zone, hour)[max(first - 60 * hour, 0) : last - 60 * hour + 1]) for hour in hours)


@lru_cache(maxsize=256)
def _hour_w(limit: WindowedLimit, zone: str, hour: int) -> list[float]:
    """Return a limit for each minute of an hour, counted from 1970; windows are written in whole minutes."""
    at: TimeArray = ((hour * 60 + np.arange(60)) * MINUTE_MS).astype(TIME_TYPE)
    return [float(each) for each in limit.at(at, zone)]
