"""What drives the twins: load, sun and air, recorded or generated, on one grid."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.devices.machine_twins import Stays
from enerwise.site.assets import Load, Pv
from enerwise.site.site import Site

ROOM_DEGC = 20.0


@dataclass(frozen=True, slots=True)
class Supply:
    """Means of each step. Shapes (step,); loads above zero, available PV zero or below"""

    grid: TimeGrid
    load_w: Mapping[str, FloatArray]
    available_w: Mapping[str, FloatArray]
    ambient_degc: FloatArray | float = ROOM_DEGC
    outdoor_degc: FloatArray | None = None
    """Air outside, for heat pumps; None where nobody knows. Shape (step,)"""
    machine_w: Mapping[str, FloatArray] = field(default_factory=dict)
    """What machines took by themselves, where that was recorded."""
    stays: Mapping[str, Stays] = field(default_factory=dict)
    """When cars are there; a charger without stays follows its usual week."""

    def ambient_at(self, step: int) -> float:
        """Return the temperature round the batteries in a step."""
        return float(self.ambient_degc[step]) if isinstance(self.ambient_degc, np.ndarray) else self.ambient_degc


def from_frame(site: Site, frame: Frame, grid: TimeGrid) -> Supply:
    """Return the supply of a recorded frame whose rows are the steps of ``grid``.

    A recording has gaps; a house has none. Gaps are filled here, for the twin only, with the same time of the day
    before, so that every strategy meets the same house; forecasts still see the gap.
    """
    per_day = 86_400 // grid.step_s
    load_w = {asset.id: _whole(frame, Key(asset.id, POWER_W), per_day) for asset in site.of_kind(Load)}
    available_w = {asset.id: _whole(frame, Key(asset.id, AVAILABLE_POWER_W), per_day) for asset in site.of_kind(Pv)}
    return Supply(grid, load_w, available_w)


def _whole(frame: Frame, key: Key, per_day: int) -> FloatArray:
    if key not in frame.keys:
        return np.zeros(len(frame))
    value = frame.column(key).copy()
    for step in np.flatnonzero(np.isnan(value)):
        # One by one and forwards: a gap longer than a day is filled from what was filled before.
        value[step] = value[step - per_day] if step >= per_day else 0.0
    return value
