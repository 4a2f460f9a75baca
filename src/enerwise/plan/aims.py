"""What a plan may aim at beside money billed: less carbon, a steadier and lower draw. Each has a price and a term.

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
    spread_w: FloatArray = field(default_factory=lambda: np.zeros(0))
    """Deviation of each change from what is planned: smaller ones come anyhow, and cost less. Shape (step,); empty
    where plans are taken at their word. Later steps can still answer to what comes, so theirs is less."""


@dataclass(frozen=True, slots=True)
class Peak:
    """A price on the highest import of the plan, above one that has been already or is not worth avoiding."""

    eur_per_kw: float = 0.0
    before_w: float = 0.0
    free_ratio: float = 0.0
    """Room kept free under the level in each step, as a share of `Aims.spread_w`."""


@dataclass(frozen=True, slots=True)
class Aims:
    """All of them; by default none costs anything."""

    carbon: Carbon = field(default_factory=Carbon)
    ramping: Ramping = field(default_factory=Ramping)
    peak: Peak = field(default_factory=Peak)
    spread_w: FloatArray = field(default_factory=lambda: np.zeros(0))
    """Deviation of the power at the connection from what is planned: then import and export are expectations
    (`enerwise.plan.spread`). Shape (step,); empty where plans are taken at their word."""

    def spread_kw(self, steps: int) -> FloatArray:
        """Return the spread of each step, zero where there is none. [kW]"""
        return spread_kw(self.spread_w, steps)

    def faults(self, steps: int) -> list[Fault]:
        """Return what is wrong with them, for a plan of so many steps."""
        carbon, found = self.carbon, []
        for name, price in (
            ("aims.carbon.eur_per_kg", carbon.eur_per_kg),
            ("aims.ramping.eur_per_kw", self.ramping.eur_per_kw),
            ("aims.peak.eur_per_kw", self.peak.eur_per_kw),
            ("aims.peak.before_w", self.peak.before_w),
            ("aims.peak.free_ratio", self.peak.free_ratio),
        ):
            if not (np.isfinite(price) and price >= 0):
                found.append(Fault(name, f"{price} is not zero or more", "give a finite size"))
        if carbon.eur_per_kg and carbon.kg_per_kwh.shape != (steps,):
            found.append(
                Fault("aims.carbon.kg_per_kwh", f"shape {carbon.kg_per_kwh.shape}, expected {(steps,)}", "one a step")
            )
        elif not np.isfinite(carbon.kg_per_kwh).all():
            found.append(Fault("aims.carbon.kg_per_kwh", "a value is not a number", "fill the gap"))
        for name, spread_w in (("aims.spread_w", self.spread_w), ("aims.ramping.spread_w", self.ramping.spread_w)):
            if spread_w.size and spread_w.shape != (steps,):
                found.append(Fault(name, f"shape {spread_w.shape}, expected {(steps,)}", "one a step"))
            elif not (np.isfinite(spread_w).all() and (spread_w >= 0).all()):
                found.append(Fault(name, "a value is not zero or more", "give finite sizes"))
        before_w = self.ramping.before_w
        if before_w is not None and not np.isfinite(before_w):
            found.append(
                Fault("aims.ramping.before_w", f"{before_w} is no power", "leave it out where it is not known")
            )
        return found

    @property
    def are_none(self) -> bool:
        """Tell whether nothing here has a price."""
        prices = self.carbon.eur_per_kg or self.ramping.eur_per_kw or self.peak.eur_per_kw
        return not (prices or self.spread_w.size)


def spread_kw(spread_w: FloatArray, steps: int) -> FloatArray:
    """Return the spread of each step, zero where none is given. [kW]"""
    return spread_w / 1e3 if spread_w.size else np.zeros(steps)
