"""What a plan may aim at beside money billed: less carbon, a steady, low draw, a schedule. Each has a price and a term.

The prices are the site's own, not the supplier's: what a kilogram, a kilowatt of change or of peak is worth to it.
"""

from dataclasses import dataclass, field

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.units import FloatArray


@dataclass(frozen=True, slots=True)
class Carbon:
    """What drawing a kWh emits, and what a kilogram is worth. Location-based or marginal, as the column given is."""

    kg_per_kwh: FloatArray = field(default_factory=lambda: np.zeros(0))
    """Shape (step,); may be empty where the price is zero."""
    eur_per_kg: float = 0.0


@dataclass(frozen=True, slots=True)
class Ramping:
    """A price on every change of the power at the connection from one step to the next."""

    eur_per_kw: float = 0.0
    before_w: float | None = None
    """Power in the step before the plan, import less export; None where nobody knows."""


@dataclass(frozen=True, slots=True)
class Peak:
    """A price on the highest import of the plan, above one that has been already or is not worth avoiding."""

    eur_per_kw: float = 0.0
    before_w: float = 0.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """A power to keep at the connection, as announced or asked for by others; being away from it has a price.

    The price may rise with the distance, in tiers: prices of 1, 2, 3 for tiers as wide as one unit of power approach
    the square of the distance.
    """

    target_w: FloatArray = field(default_factory=lambda: np.zeros(0))
    """Import less export. Shape (step,); may be empty where no tier has a price."""
    eur_per_kwh: FloatArray = field(default_factory=lambda: np.zeros(0))
    """Of what flows more or less than the target, in each tier of distance; never falling. Shape (tier,)"""
    width_w: FloatArray = field(default_factory=lambda: np.zeros(0))
    """Of each tier; the last one goes on for ever. Shape (tier,)"""

    @property
    def has_price(self) -> bool:
        """Tell whether being away from the target costs anything."""
        return bool(self.eur_per_kwh.any())

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong with it, for a plan of so many steps."""
        prices, found = self.eur_per_kwh, []
        if self.width_w.shape != prices.shape or not np.all(self.width_w > 0):
            found.append(Fault("aims.schedule.width_w", "not one size above zero for each price", "give one a tier"))
        if not (np.isfinite(prices).all() and np.all(prices >= 0) and np.all(np.diff(prices) >= 0)):
            told = f"{prices.tolist()} are not zero or more, each at least the one before"
            found.append(Fault("aims.schedule.eur_per_kwh", told, "let being farther away never cost less"))
        if prices.size and (self.target_w.shape != (steps,) or not np.isfinite(self.target_w).all()):
            found.append(Fault("aims.schedule.target_w", f"not a power for each of {steps} steps", "give one a step"))
        return found


@dataclass(frozen=True, slots=True)
class Aims:
    """All of them; by default none costs anything."""

    carbon: Carbon = field(default_factory=Carbon)
    ramping: Ramping = field(default_factory=Ramping)
    peak: Peak = field(default_factory=Peak)
    schedule: Schedule = field(default_factory=Schedule)

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong with them, for a plan of so many steps."""
        carbon, found = self.carbon, []
        for name, price in (
            ("aims.carbon.eur_per_kg", carbon.eur_per_kg),
            ("aims.ramping.eur_per_kw", self.ramping.eur_per_kw),
            ("aims.peak.eur_per_kw", self.peak.eur_per_kw),
            ("aims.peak.before_w", self.peak.before_w),
        ):
            if not (np.isfinite(price) and price >= 0):
                found.append(Fault(name, f"{price} is not zero or more", "give a finite size"))
        if carbon.eur_per_kg and carbon.kg_per_kwh.shape != (steps,):
            found.append(
                Fault("aims.carbon.kg_per_kwh", f"shape {carbon.kg_per_kwh.shape}, expected {(steps,)}", "one a step")
            )
        elif not np.isfinite(carbon.kg_per_kwh).all():
            found.append(Fault("aims.carbon.kg_per_kwh", "a value is not a number", "fill the gap"))
        before_w = self.ramping.before_w
        if before_w is not None and not np.isfinite(before_w):
            found.append(
                Fault("aims.ramping.before_w", f"{before_w} is no power", "leave it out where it is not known")
            )
        return found + self.schedule.faults(steps)

    @property
    def are_none(self) -> bool:
        """Tell whether nothing here has a price."""
        prices = (self.carbon.eur_per_kg, self.ramping.eur_per_kw, self.peak.eur_per_kw, self.schedule.has_price)
        return not any(prices)
