"""What a kWh from the grid emits, as a figure that somebody has published."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Carbon:
    """One factor for all hours, and who says so."""

    grid_g_per_kwh: float
    """Emitted for each kWh drawn from the grid, as CO2 equivalent."""
    source: str

    def __post_init__(self) -> None:
        if not 0 <= self.grid_g_per_kwh < np.inf:
            raise ValueError(f"carbon: factor must not be negative, got {self.grid_g_per_kwh} g/kWh")

    def emitted_kg(self, bought_wh: float) -> float:
        """Return what was emitted for the energy bought. [kg]

        >>> Carbon(363.0, "UBA 2024").emitted_kg(2000.0)
        0.726
        """
        return bought_wh / 1e3 * self.grid_g_per_kwh / 1e3
