"""What can stand at a site: the facts of each kind of asset, in base units, that cannot be built wrong.

Positive power is taken: a battery charging is above zero, PV and a discharging battery are below zero.
"""

import itertools
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.site.machines import MACHINES, Machine
from enerwise.site.ventilation import Ventilation


@dataclass(frozen=True, slots=True)
class Battery:
    """A battery with its inverter, seen from the AC side."""

    kind: ClassVar[str] = "battery"

    id: str
    capacity_wh: float
    charge_limit_w: float
    discharge_limit_w: float
    _: KW_ONLY
    round_trip_ratio: float = 0.90
    """Energy out over energy in, AC to AC, before the two losses below; each way its square root."""
    idle_loss_w: float = 0.0
    """Loss of the running inverter whatever the power; none at rest."""
    resistive_ratio: float = 0.0
    """Further loss at the limit power, as a share of it; falls with the square of power."""
    soc_min_ratio: float = 0.0
    soc_max_ratio: float = 1.0
    reserve_ratio: float = 0.0
    """Level that self-consumption keeps in hand; plans may be told the same by a target."""
    ageing_eur_per_kwh: float = 0.0
    """Cost of wear per kWh moved through the battery (charge plus discharge, AC side)."""
    self_discharge_w: float = 0.0
    """Standing loss while energy is above the floor."""
    safe_power_w: float = 0.0
    name: str = ""
    """What people call it; empty for its id."""

    def __post_init__(self) -> None:
        _above_zero(self.id, capacity_wh=self.capacity_wh)
        _not_negative(
            self.id,
            charge_limit_w=self.charge_limit_w,
            discharge_limit_w=self.discharge_limit_w,
            ageing_eur_per_kwh=self.ageing_eur_per_kwh,
            self_discharge_w=self.self_discharge_w,
            idle_loss_w=self.idle_loss_w,
            resistive_ratio=self.resistive_ratio,
        )
        if not 0 < self.round_trip_ratio <= 1:
            raise ValueError(f"{self.id}: round trip {self.round_trip_ratio} is not within 0..1")
        if not 0 <= self.soc_min_ratio < self.soc_max_ratio <= 1:
            raise ValueError(f"{self.id}: soc {self.soc_min_ratio}..{self.soc_max_ratio} is not a range within 0..1")
        if not 0 <= self.reserve_ratio <= 1:
            raise ValueError(f"{self.id}: reserve {self.reserve_ratio} is not within 0..1")

    @property
    def one_way_ratio(self) -> float:
        """Efficiency of one direction."""
        return float(np.sqrt(self.round_trip_ratio))

    @property
    def energy_min_wh(self) -> float:
        """Stored energy at the lower end of the allowed band."""
        return self.capacity_wh * self.soc_min_ratio

    @property
    def energy_max_wh(self) -> float:
        """Stored energy at the upper end of the allowed band."""
        return self.capacity_wh * self.soc_max_ratio


@dataclass(frozen=True, slots=True)
class Pv:
    """A PV plant behind one inverter."""

    kind: ClassVar[str] = "pv"

    id: str
    peak_w: float
    inverter_limit_w: float | None = None
    """AC limit of the inverter; None means the peak power."""
    can_curtail: bool = False
    safe_power_w: float = 0.0
    name: str = ""
    """What people call it; empty for its id."""

    def __post_init__(self) -> None:
        _above_zero(self.id, peak_w=self.peak_w)
        if self.inverter_limit_w is not None:
            _above_zero(self.id, inverter_limit_w=self.inverter_limit_w)

    @property
    def output_limit_w(self) -> float:
        """Most power it can deliver, above zero."""
        return self.peak_w if self.inverter_limit_w is None else self.inverter_limit_w


@dataclass(frozen=True, slots=True)
class Wind(Pv):
    """A small wind turbine: like PV it delivers what there is, and can be held back; its peak is its rated power."""

    kind: ClassVar[str] = "wind"

    speed_m_per_s: tuple[float, ...] = (3.0, 11.0, 25.0)
    """Wind speeds of its power curve at the hub, rising; it stands still below the first and above the last."""
    curve_w: tuple[float, ...] = (0.0, 5000.0, 5000.0)
    """Power at each of them, sizes."""
    hub_m: float = 10.0
    measured_m: float = 10.0
    """Height above ground for which the wind is told."""

    def __post_init__(self) -> None:
        Pv.__post_init__(self)
        _above_zero(self.id, hub_m=self.hub_m, measured_m=self.measured_m)
        rises = all(low < high for low, high in itertools.pairwise(self.speed_m_per_s))
        if len(self.speed_m_per_s) != len(self.curve_w) or len(self.curve_w) < 2 or not rises or min(self.curve_w) < 0:
            raise ValueError(f"{self.id}: {self.curve_w} W at {self.speed_m_per_s} m/s is no power curve")


@dataclass(frozen=True, slots=True)
class Load:
    """Everything that simply uses power, or a named load that surplus may be given to."""

    kind: ClassVar[str] = "load"

    id: str
    switch_power_w: float = 0.0
    """Power it takes when surplus is given to it; 0 means it cannot be switched."""
    surplus_priority: int = 0
    """Order in which surplus is given; the larger number first, 0 never."""
    safe_power_w: float = 0.0
    name: str = ""
    """What people call it; empty for its id."""

    def __post_init__(self) -> None:
        _not_negative(self.id, switch_power_w=self.switch_power_w)


Asset = Battery | Pv | Load | Machine
KINDS: Final = {**{each.kind: each for each in (Battery, Pv, Wind, Load)}, **MACHINES, Ventilation.kind: Ventilation}


@dataclass(frozen=True, slots=True)
class BatteryArrays:
    """The facts of many batteries as arrays of one shape (home,), for kernels that advance all of them at once."""

    capacity_wh: FloatArray
    charge_limit_w: FloatArray
    discharge_limit_w: FloatArray
    one_way_ratio: FloatArray
    energy_min_wh: FloatArray
    energy_max_wh: FloatArray
    reserve_wh: FloatArray
    self_discharge_w: FloatArray
    idle_loss_w: FloatArray
    resistive_ratio: FloatArray

    @classmethod
    def of(cls, batteries: "list[Battery] | tuple[Battery, ...]") -> "BatteryArrays":
        """Stack the facts of batteries along one axis."""
        return cls(
            capacity_wh=np.array([each.capacity_wh for each in batteries]),
            charge_limit_w=np.array([each.charge_limit_w for each in batteries]),
            discharge_limit_w=np.array([each.discharge_limit_w for each in batteries]),
            one_way_ratio=np.array([each.one_way_ratio for each in batteries]),
            energy_min_wh=np.array([each.energy_min_wh for each in batteries]),
            energy_max_wh=np.array([each.energy_max_wh for each in batteries]),
            reserve_wh=np.array([each.capacity_wh * each.reserve_ratio for each in batteries]),
            self_discharge_w=np.array([each.self_discharge_w for each in batteries]),
            idle_loss_w=np.array([each.idle_loss_w for each in batteries]),
            resistive_ratio=np.array([each.resistive_ratio for each in batteries]),
        )


def _above_zero(asset_id: str, **values: float) -> None:
    for name, value in values.items():
        if not 0 < value < np.inf:
            raise ValueError(f"{asset_id}: {name} must be above 0, got {value}")


def _not_negative(asset_id: str, **values: float) -> None:
    for name, value in values.items():
        if not 0 <= value < np.inf:
            raise ValueError(f"{asset_id}: {name} must not be negative, got {value}")
