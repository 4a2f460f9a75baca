"""A site: what stands there, how it is connected, and what energy costs it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeVar

import numpy as np

from enerwise.core.time import TimeArray, zone_info
from enerwise.core.units import FloatArray
from enerwise.site.aims import Aims
from enerwise.site.assets import Asset
from enerwise.site.carbon import Carbon
from enerwise.site.circuits import Circuit, tree_faults
from enerwise.site.help import Help
from enerwise.site.learning import Futures, Learning, Modelling
from enerwise.site.limits import WindowedLimit
from enerwise.site.machines import HeatPump
from enerwise.site.tariff import Tariff
from enerwise.site.wiring import Device

AnyAsset = TypeVar("AnyAsset", bound=Asset)
GRID = "grid"
"""The name under which the connection point, its prices and its carbon are measured; no asset may take it."""
WEATHER = "weather"
"""The name under which the weather at the site is measured; no asset may take it."""
MODES: Final = ("passive", "charge_only", "self_consumption", "peak_shaving", "follow_plan")


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection point. Import is above zero, export below; both limits are written as sizes."""

    import_limit: WindowedLimit
    export_limit: WindowedLimit
    fuse_a: float = np.inf
    phase_count: int = 1
    nominal_v: float = 230.0

    def __post_init__(self) -> None:
        if self.phase_count not in (1, 3):
            raise ValueError(f"connection: {self.phase_count} phases is not 1 or 3")
        if not self.fuse_a > 0:
            raise ValueError(f"connection: fuse must be above 0 A, got {self.fuse_a} A")
        if not 0 < self.nominal_v < np.inf:
            raise ValueError(f"connection: voltage must be above 0 V, got {self.nominal_v} V")

    @property
    def fuse_power_w(self) -> float:
        """What the main fuse carries over all phases, evenly loaded."""
        return self.fuse_a * self.nominal_v * self.phase_count

    def import_limit_w(self, at_utc: TimeArray, zone: str) -> FloatArray:
        """Return the most that may be drawn at each instant, fuse included. [W]"""
        return np.minimum(self.import_limit.at(at_utc, zone), self.fuse_power_w)

    def export_limit_w(self, at_utc: TimeArray, zone: str) -> FloatArray:
        """Return the most that may be fed in at each instant, fuse included, as a size. [W]"""
        return np.minimum(self.export_limit.at(at_utc, zone), self.fuse_power_w)


@dataclass(frozen=True, slots=True)
class Control:
    """How the owner wants the site run; every value has a default that needs no thought."""

    mode: str = "follow_plan"
    step_s: int = 900
    """Length of a planning step."""
    horizon_s: int = 24 * 3600
    peak_target_w: float | None = None
    """Import the peak-shaving mode keeps below; None takes it from the tariff's demand component."""
    zero_export: bool = False

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"control: mode {self.mode!r} is not one of {', '.join(MODES)}")
        if not 0 < self.step_s <= self.horizon_s:
            raise ValueError(f"control: step {self.step_s} s is not within 0..{self.horizon_s} s, the horizon")
        if self.peak_target_w is not None and not 0 <= self.peak_target_w < np.inf:
            raise ValueError(f"control: peak target must not be negative, got {self.peak_target_w} W")


@dataclass(frozen=True, slots=True)
class Site:
    """One home or building."""

    name: str
    timezone: str
    connection: Connection
    tariff: Tariff
    assets: tuple[Asset, ...]
    control: Control = field(default_factory=Control)
    devices: tuple[Device, ...] = ()
    """What is wired; empty where twins stand in for all machines."""
    carbon: Carbon | None = None
    """What a kWh from the grid emits; None where nobody says."""
    safety: Help = field(default_factory=Help)
    """What people need when something is wrong."""
    forecast: Learning = field(default_factory=Learning)
    models: Modelling = field(default_factory=Modelling)
    planning: Futures = field(default_factory=Futures)
    country: str = ""
    """Whose holidays people keep, such as DE-BW; empty where nobody says."""
    circuits: tuple[Circuit, ...] = ()
    """Sub-distributions with fuses, limits and sub-meters of their own, as a tree."""
    aims: Aims = field(default_factory=Aims)
    """What counts beside the bill."""

    def __post_init__(self) -> None:
        zone_info(self.timezone)
        ids = [asset.id for asset in self.assets]
        if len(set(ids)) != len(ids) or GRID in ids or WEATHER in ids:
            raise ValueError(f"asset ids must differ and none may be {GRID!r} or {WEATHER!r}: {ids}")
        owners = [*ids, *(each.id for pump in self.of_kind(HeatPump) for each in pump.zones)]
        if len(set(owners)) != len(owners) or GRID in owners or WEATHER in owners:
            raise ValueError(f"zones need ids of their own beside {ids}: {owners[len(ids) :]}")
        for fault in tree_faults(self.circuits, ids, (GRID, WEATHER, *owners[len(ids) :])):
            raise ValueError(f"circuits[{fault.at}].{fault.key}: {fault.message}; {fault.remedy}")

    @property
    def id(self) -> str:
        """Short name used in event ids and file names."""
        return _slug(self.name)

    def of_kind(self, kind: type[AnyAsset]) -> tuple[AnyAsset, ...]:
        """Return the assets of one kind, in the order of the site file."""
        return tuple(asset for asset in self.assets if isinstance(asset, kind))

    def __iter__(self) -> Iterator[Asset]:
        return iter(self.assets)

    def asset(self, asset_id: str) -> Asset:
        """Return the asset of that id.

        Raises:
            KeyError: There is none; the message names those there are.
        """
        for asset in self.assets:
            if asset.id == asset_id:
                return asset
        raise KeyError(f"no asset {asset_id!r} at {self.name}; there are {[asset.id for asset in self.assets]}")


@lru_cache(maxsize=64)
def _slug(name: str) -> str:
    letters = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    return "-".join(part for part in letters.split("-") if part) or "site"
