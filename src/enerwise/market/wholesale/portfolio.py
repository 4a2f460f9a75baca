"""What bids: batteries and PV behind one connection, and how averse to bad days their owner is."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import SECONDS_PER_HOUR, FloatArray, IntArray
from enerwise.site.assets import Battery

FLOOR_UEUR_PER_KWH: Final = -500_000
"""-500 EUR/MWh, the lowest price of most European day-ahead auctions."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A battery with its level at the beginning and the least at the end of the day.

    Whole watt-hours are bought a little too dear rather than too few: a battery that starts within a watt-hour a slot
    of full is taken as that much less full.
    """

    battery: Battery
    start_wh: float
    end_wh: float
    worth_eur_per_kwh: float = 0.0
    """What a kWh stored at the end of the day is worth beyond it."""

    def __post_init__(self) -> None:
        low, high = self.battery.energy_min_wh, self.battery.energy_max_wh
        for name, level_wh in (("start", self.start_wh), ("end", self.end_wh)):
            if not low <= level_wh <= high:
                raise ValueError(f"{self.battery.id}: {name} {level_wh:g} Wh is outside its band {low:g}..{high:g} Wh")

    @classmethod
    def cyclic(cls, battery: Battery, soc_ratio: float = 0.5) -> "Storage":
        """Return a battery that ends the day as full as it began."""
        level_wh = min(max(battery.capacity_wh * soc_ratio, battery.energy_min_wh), battery.energy_max_wh)
        return cls(battery, level_wh, level_wh)

    @property
    def costs_eur_per_kwh(self) -> tuple[float, float]:
        """Return what charging and discharging cost besides the energy: wear, less what is gained in store."""
        wear, worth, way = self.battery.ageing_eur_per_kwh, self.worth_eur_per_kwh, self.battery.one_way_ratio
        return wear - worth * way, wear + worth / way

    def change_wh(self, charge_wh: IntArray) -> FloatArray:
        """Return by how much the level changes. [Wh], shape (...)

        Args:
            charge_wh: What is charged at the AC side, below zero discharged. Shape (..., slot)
        """
        way = self.battery.one_way_ratio
        return np.asarray(np.where(charge_wh > 0, charge_wh * way, charge_wh / way).sum(axis=-1), np.float64)

    def limit_wh(self, step_s: int) -> tuple[int, int]:
        """Return the most that is charged and discharged in a slot, whole. [Wh]"""
        step_h = step_s / SECONDS_PER_HOUR
        return int(self.battery.charge_limit_w * step_h + 1e-6), int(self.battery.discharge_limit_w * step_h + 1e-6)

    def rounding_wh(self, slot_count: int) -> float:
        """Return by how much whole watt-hours may raise the level until the end of a day. [Wh]"""
        return slot_count / self.battery.one_way_ratio

    def levels_wh(self, slot_count: int) -> tuple[float, float]:
        """Return start and end as they are planned with: where rounding has room above them.

        Raises:
            ValueError: The band is so narrow that whole watt-hours do not fit into it.
        """
        top = self.battery.energy_max_wh - self.rounding_wh(slot_count)
        if top <= self.battery.energy_min_wh:
            band_wh = self.battery.energy_max_wh - self.battery.energy_min_wh
            raise ValueError(f"{self.battery.id}: a band of {band_wh:g} Wh is too narrow for bids in whole Wh")
        start_wh = min(self.start_wh, top)
        return start_wh, min(self.end_wh, top)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What bids together, and by which rules."""

    storages: tuple[Storage, ...]
    step_s: int = 3600
    """Length of a slot. [s]"""
    import_limit_w: float = np.inf
    export_limit_w: float = np.inf
    margin_ueur_per_kwh: int = 20_000
    """What PV that differs from what was sold is expected to lose against the day-ahead price. [micro-EUR/kWh]"""
    can_curtail: bool = False
    """Whether PV may be turned down where selling it costs money."""
    alpha_ratio: float = 0.95
    """The worst ``1 - alpha`` of all days is what risk means here."""
    risk_ratio: float = 0.0
    """Weight of those days: 0 asks for the mean profit alone, 1 for the mean of the worst days alone."""
    steps_most: int = 10
    """Steps that a curve may have."""
    floor_ueur_per_kwh: int = FLOOR_UEUR_PER_KWH
    is_sure: bool = True
    """Whether batteries can do what is cleared at any prices whatever; else on the paths of the scenarios only, which
    looks better to the programme and is worse where a day is none of them (`bench/wholesale.py`)."""

    def __post_init__(self) -> None:
        if not 0 <= self.alpha_ratio < 1:
            raise ValueError(f"alpha must be within 0 and below 1, got {self.alpha_ratio:g}")
        if not 0 <= self.risk_ratio <= 1:
            raise ValueError(f"risk must be within 0 and 1, got {self.risk_ratio:g}")
        if self.steps_most < 1:
            raise ValueError(f"a curve needs at least one step, got {self.steps_most}")
        if self.margin_ueur_per_kwh < 0:
            raise ValueError(f"a margin of {self.margin_ueur_per_kwh} micro-EUR/kWh would reward deviations")
        if not (self.import_limit_w >= 0 and self.export_limit_w >= 0):
            raise ValueError("limits of the connection must be zero or above")
        if len({each.battery.id for each in self.storages}) < len(self.storages):
            raise ValueError("two batteries have the same id")

    @property
    def import_limit_wh(self) -> float:
        """Most that is bought in a slot."""
        return self.import_limit_w * self.step_s / SECONDS_PER_HOUR

    @property
    def export_limit_wh(self) -> float:
        """Most that is sold in a slot."""
        return self.export_limit_w * self.step_s / SECONDS_PER_HOUR
