"""Outlooks: what is expected (`Forecast`) and what is intended (`Plan`), both on a `TimeGrid`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

import numpy as np

from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid
from enerwise.core.units import ByteArray, FloatArray

CERTAIN_RATIO: Final = 0.995
"""From there on a chance is told as certain."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Quantiles of one channel: ``level`` (q) rising within 0..1, ``value`` (q, step) not falling along q."""

    key: Key
    grid: TimeGrid
    issued_at: Instant
    level: FloatArray
    value: FloatArray
    model: str

    def __post_init__(self) -> None:
        if self.value.shape != (self.level.size, self.grid.step_count):
            raise ValueError(f"{self.key}: value has shape {self.value.shape}, not (level, step)")
        edges = np.concatenate([[0.0], self.level, [1.0]])
        if self.level.size == 0 or not np.all(np.diff(edges) > 0):
            raise ValueError(f"{self.key}: levels must rise strictly within 0..1, got {self.level}")
        # Paths that cross would turn caution into its opposite; the last digits of a blend may.
        if np.any(np.diff(self.value, axis=0) < -1e-6):
            raise ValueError(f"{self.key}: a higher level lies below a lower one")

    def at_level(self, level: float) -> FloatArray:
        """Return the quantile path at ``level``, interpolated between the nearest two. Shape (step,)"""
        if self.level.size == 1:
            return np.array(self.value[0])
        upper = int(np.clip(np.searchsorted(self.level, level), 1, self.level.size - 1))
        low, high = self.level[upper - 1], self.level[upper]
        share = float(np.clip((level - low) / (high - low), 0.0, 1.0))
        path: FloatArray = (1 - share) * self.value[upper - 1] + share * self.value[upper]
        return path

    @property
    def median(self) -> FloatArray:
        """The path at level 0.5. Shape (step,)"""
        return self.at_level(0.5)


class Law(IntEnum):
    """What an asset does inside a step of a plan, where the load is never quite as foreseen.

    Every law steers the connection to the plan's grid target as far as its band of power allows; ``planned`` is the
    plan's power of the step, ``-D..C`` all the asset can do. For PV ``FOLLOW`` means: deliver whatever the sun gives.
    """

    FIXED = 0
    """Band planned..planned: hold the planned power."""
    FOLLOW = 1
    """Band -D..C: charge and discharge freely."""
    ABSORB = 2
    """Band 0..C: take surplus, never feed; the energy is worth more later."""
    COVER = 3
    """Band -D..0: feed the site, never take surplus; the sale is better or room is kept."""
    CHARGE = 4
    """Band planned..C: buy at least the planned power from the grid, take surplus beyond."""
    FEED = 5
    """Band -D..planned: deliver at least the planned power, more where the site needs it."""


@dataclass(frozen=True, slots=True)
class BrokenWish:
    """A wish that could not be kept in full, and by how much."""

    name: str
    amount: float
    """The most that is missing, in any step of any future."""
    unit: str
    chance_ratio: float = 1.0
    """Probability of the futures in which it is missed."""

    def __str__(self) -> str:
        missed = f"{self.name}: missed by {self.amount:.4g} {self.unit}"
        return missed if self.chance_ratio > CERTAIN_RATIO else f"{missed}, chance {self.chance_ratio:.0%}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is intended for each asset and step, why, and at what cost. Positive is taken, AC side."""

    grid: TimeGrid
    issued_at: Instant
    assets: tuple[str, ...]
    power_w: FloatArray
    """Shape (asset, step)."""
    energy_wh: FloatArray
    """Stored energy at the edges of the steps, NaN for assets that store none. Shape (asset, step + 1)"""
    law: ByteArray
    """Shape (asset, step), see `Law`."""
    grid_target_w: FloatArray
    """What the connection shall draw inside the step while a law follows it. Shape (step,)"""
    grid_power_w: FloatArray
    """Expected power at the connection. Shape (step,)"""
    grid_ceiling_w: FloatArray
    """Import above this costs a demand charge the plan does not pay; infinite where nothing is to be kept. (step,)"""
    cost_eur: Mapping[str, float]
    """Expected cost by term over the grid."""
    dual_eur_per_kwh: FloatArray
    """Value of one more stored kWh at the end of the step, NaN for assets that store none. Shape (asset, step)"""
    gap_eur: float
    """How far the cost may be from the optimum."""
    broken: tuple[BrokenWish, ...] = ()
    notes: tuple[str, ...] = ()
    timing: Mapping[str, float] = field(default_factory=dict)
    """Processor seconds by part; never stored in events, so that runs stay byte-equal."""
    states: Mapping[str, Mapping[str, FloatArray]] = field(default_factory=dict)
    """What the plan foretells of an asset beside its power: by asset and quantity, such as ``energy_wh`` of a charger
    or ``living temperature_degc`` of a building. At the edges of the steps, shape (step + 1,), or over them, (step,)"""

    marginal_eur: Mapping[str, float] = field(default_factory=dict)
    """What one unit less of a capped aim costs, of those whose cap binds."""
    basis: ByteArray | None = None
    """Where the solver ended, for a plan that begins from there; None where nobody asked for it."""

    def __post_init__(self) -> None:
        steps, count = self.grid.step_count, len(self.assets)
        if self.power_w.shape != (count, steps) or self.energy_wh.shape != (count, steps + 1):
            raise ValueError(f"plan of {count} assets and {steps} steps has power {self.power_w.shape}")
        if self.law.shape != (count, steps) or self.dual_eur_per_kwh.shape != (count, steps):
            raise ValueError(f"plan of {count} assets and {steps} steps has laws {self.law.shape}")
        if not self.grid_target_w.shape == self.grid_power_w.shape == self.grid_ceiling_w.shape == (steps,):
            raise ValueError(f"plan of {steps} steps has grid target {self.grid_target_w.shape}")

    @property
    def total_eur(self) -> float:
        """Expected cost of all terms. [EUR]"""
        return sum(self.cost_eur.values())
