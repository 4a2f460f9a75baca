"""A ventilation as the site file tells it: what moves the air, which rooms it airs, and when people breathe in them."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.site.calendar import Window
from enerwise.site.habits import usually_there
from enerwise.site.machines import HeatPump, Machine

OUTDOOR_PPM: Final = 420.0
"""Carbon dioxide of the air outside."""
PERSON_M3_PER_H: Final = 0.018
"""Carbon dioxide that somebody at a desk gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ventilation(Machine):
    """An air handling unit. By itself it moves all it can while people are usually there, else its least."""

    kind: ClassVar[str] = "ventilation"

    flow_max_m3_per_h: float
    flow_min_m3_per_h: float = 0.0
    fan_max_w: float
    """Of all its fans at full flow."""
    fan_exponent: float = 2.5
    """Their power goes with this power of the flow."""
    recovery_ratio: float = 0.0
    has_bypass: bool = False
    """Whether the heat is left alone where air from outside does what the rooms need."""
    volume_m3: float
    people_count: float
    """Who is there when somebody is."""
    limit_ppm: float = 1000.0
    """Carbon dioxide wished for at most while people are there."""
    missed_eur_per_ppm_h: float = 0.01
    """What a ppm beyond it is worth for an hour."""
    windows: tuple[Window, ...] = ()
    """When people are usually there; empty takes it from the rooms, without rooms that is always."""
    rooms: str = ""
    """The heat pump or chiller whose rooms it airs; empty where nobody heats or cools them."""

    def __post_init__(self) -> None:
        sizes = {"flow_max_m3_per_h": self.flow_max_m3_per_h, "fan_max_w": self.fan_max_w, "volume_m3": self.volume_m3}
        for name, value in sizes.items():
            if not 0 < value < np.inf:
                raise ValueError(f"{self.id}: {name} must be above 0, got {value}")
        if not 0 <= self.flow_min_m3_per_h <= self.flow_max_m3_per_h:
            raise ValueError(f"{self.id}: least flow {self.flow_min_m3_per_h} m3/h is above {self.flow_max_m3_per_h}")
        if not 1 <= self.fan_exponent <= 3 or not 0 <= self.recovery_ratio <= 1:
            raise ValueError(f"{self.id}: fan exponent {self.fan_exponent}, heat recovery {self.recovery_ratio}")
        if not self.limit_ppm > OUTDOOR_PPM:
            raise ValueError(f"{self.id}: {self.limit_ppm} ppm is less than the air outside has")

    @property
    def power_max_w(self) -> float:
        """Of its fans."""
        return self.fan_max_w

    @property
    def exhaled_m3_per_h(self) -> float:
        """Carbon dioxide that all people give while they are there."""
        return self.people_count * PERSON_M3_PER_H


def aired_by_clock(unit: Ventilation, rooms: HeatPump | None, grid: TimeGrid, zone: str) -> FloatArray:
    """Return 1 where people are usually there for most of a step, else 0. Shape (step,)

    Its own windows tell, else those of the first zone of the rooms it airs; without either somebody always is.
    """
    if unit.windows:
        middle = grid.starts_utc + np.timedelta64(grid.step_s * 500, "ms")
        held: FloatArray = np.max([each.holds(middle, zone).astype(np.float64) for each in unit.windows], axis=0)
        return held
    if rooms is not None and rooms.rooms[0].comfort:
        return usually_there(rooms.rooms[0], grid, zone)
    return np.ones(grid.step_count)
