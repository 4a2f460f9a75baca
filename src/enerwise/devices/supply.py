"""What drives the twins: load, sun and air, recorded or generated, on one grid."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from enerwise.core.quantity import AVAILABLE_POWER_W, IS_OCCUPIED, POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Frame, Key
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.devices.recovered import outdoor_degc_of, stays_of
from enerwise.devices.stays import Stays
from enerwise.site.assets import Load, Pv
from enerwise.site.machines import Charger, HeatPump, Machine
from enerwise.site.site import WEATHER, Site

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
    presence: Mapping[str, FloatArray] = field(default_factory=dict)
    """Whether somebody is in the rooms of a heat pump, 1 or 0, where that is known."""

    def ambient_at(self, step: int) -> float:
        """Return the temperature round the batteries in a step."""
        return float(self.ambient_degc[step]) if isinstance(self.ambient_degc, np.ndarray) else self.ambient_degc


def since(supply: Supply, site: Site, first: int) -> Supply:
    """Return what drives the twins from a step on, cars that are there already with what they have been given."""
    charged_wh = {
        each.id: supply.machine_w[each.id] * each.charge_ratio * supply.grid.step_h
        for each in site.of_kind(Charger)
        if each.id in supply.stays
    }
    ambient = supply.ambient_degc
    return Supply(
        supply.grid.part(first, supply.grid.step_count - first),
        {key: value[first:] for key, value in supply.load_w.items()},
        {key: value[first:] for key, value in supply.available_w.items()},
        ambient[first:] if isinstance(ambient, np.ndarray) else ambient,
        None if supply.outdoor_degc is None else supply.outdoor_degc[first:],
        {key: value[first:] for key, value in supply.machine_w.items()},
        {key: value.since(first, charged_wh[key]) for key, value in supply.stays.items()},
        {key: value[first:] for key, value in supply.presence.items()},
    )


def from_frame(site: Site, frame: Frame, grid: TimeGrid) -> Supply:
    """Return the supply of a recorded frame whose rows are the steps of ``grid``.

    A recording has gaps; a house has none. Gaps are filled here, for the twin only, with the same time of the day
    before, so that every strategy meets the same house; forecasts still see the gap.
    """
    per_day = 86_400 // grid.step_s
    load_w = {asset.id: _whole(frame, Key(asset.id, POWER_W), per_day) for asset in site.of_kind(Load)}
    available_w = {asset.id: _whole(frame, Key(asset.id, AVAILABLE_POWER_W), per_day) for asset in site.of_kind(Pv)}
    recorded = {each.id: Key(each.id, POWER_W) for each in site.of_kind(Machine)}
    machine_w = {name: _whole(frame, key, per_day) for name, key in recorded.items() if key in frame.keys}
    stays = {
        each.id: stays_of(each, machine_w[each.id], grid, site.timezone)
        for each in site.of_kind(Charger)
        if each.id in machine_w
    }
    air = Key(WEATHER, TEMPERATURE_DEGC)
    outdoor_degc = _whole(frame, air, per_day) if air in frame.keys else None
    people = {each.id: Key(each.id, IS_OCCUPIED) for each in site.of_kind(HeatPump)}
    presence = {name: _whole(frame, key, per_day) for name, key in people.items() if key in frame.keys}
    return Supply(
        grid, load_w, available_w, outdoor_degc=outdoor_degc, machine_w=machine_w, stays=stays, presence=presence
    )


def with_air(site: Site, frame: Frame, grid: TimeGrid) -> Frame:
    """Return a recorded frame with the air outside as its heat pump tells of it, where nobody measured that."""
    air = Key(WEATHER, TEMPERATURE_DEGC)
    pump = next((each for each in site.of_kind(HeatPump) if Key(each.id, POWER_W) in frame.keys), None)
    if pump is None or air in frame.keys:
        return frame
    power_w = _whole(frame, Key(pump.id, POWER_W), 86_400 // grid.step_s)
    columns = {key: frame.column(key) for key in frame.keys} | {air: outdoor_degc_of(pump, power_w, grid)}
    quality = np.concatenate([frame.quality, np.zeros((len(frame), 1), dtype=np.uint8)], axis=1)
    return replace(frame, keys=tuple(columns), value=np.stack(list(columns.values()), axis=1), quality=quality)


def _whole(frame: Frame, key: Key, per_day: int) -> FloatArray:
    if key not in frame.keys:
        return np.zeros(len(frame))
    value = frame.column(key).copy()
    for step in np.flatnonzero(np.isnan(value)):
        # One by one and forwards: a gap longer than a day is filled from what was filled before.
        value[step] = value[step - per_day] if step >= per_day else 0.0
    return value
