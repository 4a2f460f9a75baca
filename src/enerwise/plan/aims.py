"""What a plan may aim at beside money billed, each with a price and a term of its own.

The prices are the site's own, not the supplier's: what a kilogram, a kilowatt of change or of peak, a kilowatt-hour
kept for an outage is worth to it. By default none costs anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.units import FloatArray

UNPAID: Final = frozenset(("carbon", "peak", "ramping", "self_sufficiency", "resilience", "band", "schedule"))
"""Terms that weigh something nobody is billed for."""


def money_eur(cost_eur: Mapping[str, float]) -> float:
    """Return what of a cost by term is money: without weights that nobody is billed for. [EUR]"""
    return sum(eur for term, eur in cost_eur.items() if term not in UNPAID)


def _nothing() -> FloatArray:
    return np.zeros(0)


@dataclass(frozen=True, slots=True)
class Carbon:
    """What drawing a kWh emits, and what a kilogram is worth. Location-based or marginal, as the column given is."""

    kg_per_kwh: FloatArray = field(default_factory=_nothing)
    """Shape (step,); may be empty where the price is zero."""
    eur_per_kg: float = 0.0

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong for a plan of so many steps."""
        found = _sizes("aims.carbon", eur_per_kg=self.eur_per_kg)
        return found + _columns("aims.carbon", steps if self.eur_per_kg else None, kg_per_kwh=self.kg_per_kwh)

    @property
    def is_priced(self) -> bool:
        """Whether it costs anything."""
        return bool(self.eur_per_kg)


@dataclass(frozen=True, slots=True)
class Ramping:
    """A price on every change of the power at the connection from one step to the next."""

    eur_per_kw: float = 0.0
    before_w: float | None = None
    """Power in the step before the plan, import less export; None where nobody knows."""
    spread_w: FloatArray = field(default_factory=_nothing)
    """Deviation of each change from what is planned: smaller ones come anyhow, and cost less. Shape (step,); empty
    where plans are taken at their word. Later steps can still answer to what comes, so theirs is less."""

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong with it."""
        found = _sizes("aims.ramping", eur_per_kw=self.eur_per_kw)
        if self.before_w is not None and not np.isfinite(self.before_w):
            told = f"{self.before_w} is no power"
            found.append(Fault("aims.ramping.before_w", told, "leave it out where it is not known"))
        return found + _spreads("aims.ramping", self.spread_w, steps)

    @property
    def is_priced(self) -> bool:
        """Whether it costs anything."""
        return bool(self.eur_per_kw)


@dataclass(frozen=True, slots=True)
class Peak:
    """A price on the highest import of the plan, above one that has been already or is not worth avoiding."""

    eur_per_kw: float = 0.0
    before_w: float = 0.0
    free_ratio: float = 0.0
    """Room kept free under the level in each step, as a share of `Aims.spread_w`."""

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong with it."""
        return _sizes("aims.peak", eur_per_kw=self.eur_per_kw, before_w=self.before_w, free_ratio=self.free_ratio)

    @property
    def is_priced(self) -> bool:
        """Whether it costs anything."""
        return bool(self.eur_per_kw)


@dataclass(frozen=True, slots=True)
class Band:
    """A price on energy outside a band of power at the connection: a promised profile, a flexible connection."""

    low_w: FloatArray = field(default_factory=_nothing)
    """Least import less export; below zero export is allowed. Shape (step,)"""
    high_w: FloatArray = field(default_factory=_nothing)
    """Most import less export. Shape (step,)"""
    eur_per_kwh: float = 0.0

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong for a plan of so many steps."""
        found = _sizes("aims.band", eur_per_kwh=self.eur_per_kwh)
        found += _columns("aims.band", steps if self.eur_per_kwh else None, low_w=self.low_w, high_w=self.high_w)
        if not found and self.eur_per_kwh and np.any(self.low_w > self.high_w):
            at = int(np.argmax(self.low_w > self.high_w))
            told = f"{self.low_w[at]:g} lies above the highest, {self.high_w[at]:g}"
            found.append(Fault(f"aims.band.low_w[{at}]", told, "give the lower power first"))
        return found

    @property
    def is_priced(self) -> bool:
        """Whether it costs anything."""
        return bool(self.eur_per_kwh)


@dataclass(frozen=True, slots=True)
class SelfSufficiency:
    """What it is worth, beside its price, not to draw a kWh from the grid."""

    eur_per_kwh: float = 0.0

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong with it."""
        return _sizes("aims.self_sufficiency", eur_per_kwh=self.eur_per_kwh)

    @property
    def is_priced(self) -> bool:
        """Whether it costs anything."""
        return bool(self.eur_per_kwh)


@dataclass(frozen=True, slots=True)
class Wear:
    """Convex wear of batteries: the deeper a cycle, the dearer its last kWh; standing nearly full costs by the hour.

    Stands beside the line of `ageing`, or in its place where a battery's own ``ageing_eur_per_kwh`` is zero.
    """

    depth_ratio: FloatArray = field(default_factory=_nothing)
    """Where each band of depth ends, counted from a full battery, rising to 1. Shape (band,)"""
    depth_eur_per_kwh: FloatArray = field(default_factory=_nothing)
    """Price of a kWh taken out within each band, never falling with depth. Shape (band,)"""
    full_ratio: float = 1.0
    """State of charge above which standing costs."""
    full_eur_per_kwh_h: float = 0.0
    """Price of each kWh above it, for each hour."""

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong with it."""
        found = _sizes("aims.wear", full_ratio=self.full_ratio, full_eur_per_kwh_h=self.full_eur_per_kwh_h)
        found += _columns("aims.wear", None, depth_ratio=self.depth_ratio, depth_eur_per_kwh=self.depth_eur_per_kwh)
        edges, prices = self.depth_ratio, self.depth_eur_per_kwh
        if edges.shape != prices.shape:
            told = f"{edges.size} bands and {prices.size} prices"
            return [*found, Fault("aims.wear.depth_eur_per_kwh", told, "give one price a band")]
        if edges.size and not (np.all(np.diff(edges, prepend=0.0) > 0) and abs(edges[-1] - 1.0) < 1e-9):
            told = f"{edges.tolist()} does not rise from above 0 to 1"
            found.append(Fault("aims.wear.depth_ratio", told, "end each band above the one before, the last at 1"))
        if prices.size and (prices[0] < 0 or np.any(np.diff(prices) < 0)):
            told = f"{prices.tolist()} falls with depth, or below zero"
            found.append(Fault("aims.wear.depth_eur_per_kwh", told, "deeper bands cost at least as much"))
        return found

    @property
    def is_priced(self) -> bool:
        """Whether it costs anything."""
        return bool(self.depth_eur_per_kwh.any() or self.full_eur_per_kwh_h)


@dataclass(frozen=True, slots=True)
class Resilience:
    """Energy kept for an outage: what it would leave in the dark, times how likely one begins in a step."""

    outages_per_year: float = 0.0
    lasts_h: float = 1.0
    """How long one lasts."""
    eur_per_kwh: float = 0.0
    """What a kWh that fails is worth: the value of lost load."""
    critical_w: FloatArray = field(default_factory=_nothing)
    """What must go on in an outage, less sun that is certain. Shape (step,)"""

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong for a plan of so many steps."""
        found = _sizes(
            "aims.resilience",
            outages_per_year=self.outages_per_year,
            lasts_h=self.lasts_h,
            eur_per_kwh=self.eur_per_kwh,
        )
        found += _columns("aims.resilience", steps if self.is_priced else None, critical_w=self.critical_w)
        if not found and np.any(self.critical_w < 0):
            at = int(np.argmax(self.critical_w < 0))
            told = f"{self.critical_w[at]:g} is below zero"
            found.append(Fault(f"aims.resilience.critical_w[{at}]", told, "write what must go on as a size"))
        return found

    @property
    def is_priced(self) -> bool:
        """Whether it costs anything."""
        return bool(self.outages_per_year and self.lasts_h and self.eur_per_kwh)


@dataclass(frozen=True, slots=True)
class Reserve:
    """Power held ready for the grid, paid by the kilowatt and hour: less import (up), more import (down).

    Batteries hold it. What is held can be called at any moment of a step and must then last.
    """

    up_eur_per_kw_h: FloatArray = field(default_factory=_nothing)
    """Shape (step,)"""
    down_eur_per_kw_h: FloatArray = field(default_factory=_nothing)
    """Shape (step,)"""
    lasts_h: float = 0.25
    """How long a call may last at full power."""
    block_steps: int = 1
    """Steps over which the same power is offered, counted from the first."""
    most_w: float = np.inf
    is_symmetric: bool = False
    """Whether up and down must be the same, as in FCR."""

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong for a plan of so many steps."""
        found = _sizes("aims.reserve", lasts_h=self.lasts_h)
        if not self.most_w >= 0:
            found.append(Fault("aims.reserve.most_w", f"{self.most_w} is not zero or more", "write it as a size"))
        if self.block_steps < 1:
            told = f"{self.block_steps} is no number of steps"
            found.append(Fault("aims.reserve.block_steps", told, "give one or more"))
        asked = steps if self.is_priced else None
        prices = {"up_eur_per_kw_h": self.up_eur_per_kw_h, "down_eur_per_kw_h": self.down_eur_per_kw_h}
        found += _columns("aims.reserve", asked, **prices)
        return found

    @property
    def is_priced(self) -> bool:
        """Whether anything is paid for it."""
        return bool(self.up_eur_per_kw_h.any() or self.down_eur_per_kw_h.any())


@dataclass(frozen=True, slots=True)
class Schedule:
    """A power to keep at the connection, as announced or asked for by others; being away from it has a price.

    The price may rise with the distance, in tiers: prices of 1, 2, 3 for tiers as wide as one unit of power approach
    the square of the distance.
    """

    target_w: FloatArray = field(default_factory=_nothing)
    """Import less export, NaN where nothing was agreed. Shape (step,); may be empty where no tier has a price."""
    eur_per_kwh: FloatArray = field(default_factory=_nothing)
    """Of what flows more or less than the target, in each tier of distance; never falling. Shape (tier,)"""
    width_w: FloatArray = field(default_factory=_nothing)
    """Of each tier; the last one goes on for ever. Shape (tier,)"""

    @property
    def is_priced(self) -> bool:
        """Whether being away from the target costs anything."""
        return bool(self.eur_per_kwh.any())

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong with it, for a plan of so many steps."""
        prices, found = self.eur_per_kwh, []
        if self.width_w.shape != prices.shape or not np.all(self.width_w > 0):
            found.append(Fault("aims.schedule.width_w", "not one size above zero for each price", "give one a tier"))
        if not (np.isfinite(prices).all() and np.all(prices >= 0) and np.all(np.diff(prices) >= 0)):
            told = f"{prices.tolist()} are not zero or more, each at least the one before"
            found.append(Fault("aims.schedule.eur_per_kwh", told, "let being farther away never cost less"))
        if prices.size and (self.target_w.shape != (steps,) or np.isinf(self.target_w).any()):
            found.append(Fault("aims.schedule.target_w", f"not a power for each of {steps} steps", "give one a step"))
        return found


@dataclass(frozen=True, slots=True)
class Aims:
    """All of them; a problem weighs those that its terms name."""

    carbon: Carbon = field(default_factory=Carbon)
    ramping: Ramping = field(default_factory=Ramping)
    peak: Peak = field(default_factory=Peak)
    band: Band = field(default_factory=Band)
    self_sufficiency: SelfSufficiency = field(default_factory=SelfSufficiency)
    wear: Wear = field(default_factory=Wear)
    resilience: Resilience = field(default_factory=Resilience)
    reserve: Reserve = field(default_factory=Reserve)
    schedule: Schedule = field(default_factory=Schedule)
    spread_w: FloatArray = field(default_factory=_nothing)
    """Deviation of the power at the connection from what is planned: then import and export are expectations
    (`enerwise.plan.spread`). Shape (step,); empty where plans are taken at their word."""

    def spread_kw(self, steps: int) -> FloatArray:
        """Return the spread of each step, zero where there is none. [kW]"""
        return spread_kw(self.spread_w, steps)

    def unit_price(self, aim: str) -> float:
        """Return what a unit of an aim costs (`enerwise.site.aims.UNITS`); zero for what has none. [EUR]"""
        return {
            "carbon": self.carbon.eur_per_kg,
            "peak": self.peak.eur_per_kw,
            "ramping": self.ramping.eur_per_kw,
            "self_sufficiency": self.self_sufficiency.eur_per_kwh,
        }.get(aim, 0.0)

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong with them, for a plan of so many steps."""
        found = [fault for each in self._each() for fault in each.faults(steps)]
        return found + _spreads("aims", self.spread_w, steps)

    def _each(self) -> list[Any]:
        return [getattr(self, each.name) for each in fields(self) if each.name != "spread_w"]

    @property
    def are_none(self) -> bool:
        """Tell whether nothing here has a price."""
        return not (self.spread_w.size or any(each.is_priced for each in self._each()))


def spread_kw(spread_w: FloatArray, steps: int) -> FloatArray:
    """Return the spread of each step, zero where none is given. [kW]"""
    return spread_w / 1e3 if spread_w.size else np.zeros(steps)


def _spreads(place: str, spread_w: FloatArray, steps: int) -> list[Fault]:
    found = _columns(place, steps if spread_w.size else None, spread_w=spread_w)
    if not found and (spread_w < 0).any():
        found = [Fault(f"{place}.spread_w", "a value is not zero or more", "give finite sizes")]
    return found


def _sizes(place: str, **values: float) -> list[Fault]:
    return [
        Fault(f"{place}.{name}", f"{value} is not zero or more", "give a finite size")
        for name, value in values.items()
        if not (np.isfinite(value) and value >= 0)
    ]


def _columns(place: str, steps: int | None, **columns: FloatArray) -> list[Fault]:
    """Return what is wrong with columns, of one value a step where a number of steps is given."""
    found = list[Fault]()
    for name, column in columns.items():
        if steps is not None and column.shape != (steps,):
            found.append(Fault(f"{place}.{name}", f"shape {column.shape}, expected {(steps,)}", "give one a step"))
        elif not np.isfinite(column).all():
            found.append(Fault(f"{place}.{name}", "a value is not a number", "fill the gap"))
    return found
