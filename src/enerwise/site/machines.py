"""Machines that can be planned besides batteries and PV: facts and habits as the site file tells them, in base units.

A machine minds itself: without a setpoint a car charges when it is plugged in, a thermostat keeps rooms and water warm,
a dishwasher runs when somebody starts it. A setpoint moves that within its own protections. Only a generator never
starts by itself. Positive power is taken.
"""

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Final

import numpy as np

from enerwise.site.calendar import Window
from enerwise.site.limits import WindowedLimit
from enerwise.site.zones import Comfort, Neighbours, Presence, Zone, zone_faults

LINE_V: Final = 230.0
"""Between a line and neutral, IEC 60038."""
ALWAYS: Final = Window()


@dataclass(frozen=True, slots=True)
class Machine:
    """What the guard and the meters need to know of any of them."""

    kind: ClassVar[str] = "machine"
    minds_itself: ClassVar[bool] = True
    """Whether it does what it is for when nobody asks it anything."""

    id: str
    _: KW_ONLY
    safe_power_w: float = 0.0
    name: str = ""
    """What people call it; empty for its id."""
    limit: WindowedLimit | None = None
    """Most that it may take, by time; None where nothing but its own size limits it."""

    @property
    def power_max_w(self) -> float:
        """Most it takes."""
        return 0.0

    @property
    def power_min_w(self) -> float:
        """Least it takes while it runs; below it stands still."""
        return 0.0

    @property
    def give_max_w(self) -> float:
        """Most it gives, a size."""
        return 0.0

    @property
    def give_min_w(self) -> float:
        """Least it gives while it gives anything, a size."""
        return 0.0


@dataclass(frozen=True, slots=True)
class Trip:
    """When a car is usually away, and what it uses on the way."""

    window: Window
    """From leaving to coming back."""
    uses_wh: float
    """From the cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charger(Machine):
    """A charging point and the car that usually stands there. Energies are those in the cells."""

    kind: ClassVar[str] = "charger"

    capacity_wh: float
    """Of the car."""
    current_max_a: float = 16.0
    current_min_a: float = 6.0
    """Least current of the standard (IEC 61851-1): below it a car pauses."""
    phases: int = 3
    line: int = 1
    """Which line a one-phase point hangs on."""
    charge_ratio: float = 0.9
    discharge_max_w: float = 0.0
    """What the car can give back; zero where it cannot."""
    discharge_ratio: float = 0.9
    target_ratio: float = 0.8
    """Level it shall leave with."""
    least_ratio: float = 0.0
    """Level below which it charges at once, whatever the plan, and gives nothing back."""
    wear_eur_per_kwh: float = 0.0
    """Of each kWh given back."""
    trips: tuple[Trip, ...] = ()

    def __post_init__(self) -> None:
        _positive(self.id, capacity_wh=self.capacity_wh, current_max_a=self.current_max_a)
        if not 0 <= self.current_min_a <= self.current_max_a:
            raise ValueError(f"{self.id}: least current {self.current_min_a} A is not within 0..{self.current_max_a} A")
        if self.phases not in (1, 3) or self.line not in (1, 2, 3):
            raise ValueError(f"{self.id}: {self.phases} phases on line {self.line}")
        if not 0 <= self.least_ratio <= self.target_ratio <= 1:
            raise ValueError(f"{self.id}: levels {self.least_ratio}..{self.target_ratio} do not rise within 0..1")

    @property
    def power_max_w(self) -> float:
        """At full current."""
        return self.current_max_a * LINE_V * self.phases

    @property
    def power_min_w(self) -> float:
        """At the least current."""
        return self.current_min_a * LINE_V * self.phases

    @property
    def give_max_w(self) -> float:
        """What the car gives back."""
        return self.discharge_max_w

    @property
    def target_wh(self) -> float:
        """Energy it shall leave with."""
        return self.capacity_wh * self.target_ratio

    @property
    def least_wh(self) -> float:
        """Energy it has always."""
        return self.capacity_wh * self.least_ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPump(Machine):
    """A compressor and the building it heats or cools: one zone told here, or several in ``zones``."""

    kind: ClassVar[str] = "heat_pump"

    electric_max_w: float
    electric_min_w: float = 0.0
    source_degc: tuple[float, ...]
    """Temperatures of the data sheet, rising."""
    cop: tuple[float, ...]
    """Heat, or cold, per electricity at each of them."""
    cools: bool = False
    """Whether it is a chiller."""
    loss_w_per_k: float = 0.0
    air_wh_per_k: float = 0.0
    mass_wh_per_k: float = 0.0
    """Of walls as a store of their own; zero where they go with the air."""
    exchange_w_per_k: float = 0.0
    """Between air and mass."""
    gain_w: float = 0.0
    """Usual heat from people, devices and the sun."""
    loss_at_degc: float | None = None
    """Where the losses are those of rooms of this temperature, whatever they have: for needs that were measured."""
    low_degc: float = 20.0
    high_degc: float = 23.0
    comfort: tuple[Comfort, ...] = ()
    """Where another band is wished for; the first window that holds counts."""
    comfort_eur_per_kh: float = 0.5
    """What a degree beyond the band is worth for an hour."""
    run_min_s: float = 0.0
    pause_min_s: float = 0.0
    presence: Presence | None = None
    """Who tells when somebody is there; None leaves comfort to the clock."""
    zones: tuple[Zone, ...] = ()
    """Where it heats several; then building and band are theirs. `rooms` are the zones of any heat pump."""
    between: tuple[Neighbours, ...] = ()
    """Which of them touch."""

    def __post_init__(self) -> None:
        _positive(self.id, electric_max_w=self.electric_max_w)
        if self.zones and (self.air_wh_per_k or self.loss_w_per_k or self.comfort or self.presence is not None):
            raise ValueError(f"{self.id}: a building, windows or a presence of its own beside those of its zones")
        if faults := zone_faults(self.zones, self.between):
            raise ValueError(f"{self.id}: {'; '.join(faults)}")
        if not 0 <= self.electric_min_w <= self.electric_max_w:
            raise ValueError(f"{self.id}: least power {self.electric_min_w} W is not within 0..{self.electric_max_w} W")
        if len(self.source_degc) != len(self.cop) or not self.cop or min(self.cop) <= 0:
            raise ValueError(f"{self.id}: {len(self.cop)} coefficients for {len(self.source_degc)} temperatures")
        assert self.rooms  # Each tells what is wrong with it.

    @property
    def rooms(self) -> tuple[Zone, ...]:
        """What it heats, zone by zone; a single one goes by its own id."""
        if self.zones:
            return self.zones
        return (
            Zone(
                self.id,
                name=self.name,
                loss_w_per_k=self.loss_w_per_k,
                air_wh_per_k=self.air_wh_per_k,
                mass_wh_per_k=self.mass_wh_per_k,
                exchange_w_per_k=self.exchange_w_per_k,
                gain_w=self.gain_w,
                loss_at_degc=self.loss_at_degc,
                low_degc=self.low_degc,
                high_degc=self.high_degc,
                comfort=self.comfort,
            ),
        )

    @property
    def follows_presence(self) -> bool:
        """Whether its band follows who is there, not the clock."""
        return self.presence is not None and self.presence.is_followed

    @property
    def heat_sign(self) -> float:
        """What turns what it delivers into heat: 1, or -1 where it cools."""
        return -1.0 if self.cools else 1.0

    @property
    def power_max_w(self) -> float:
        """Of the compressor."""
        return self.electric_max_w

    @property
    def power_min_w(self) -> float:
        """Of the compressor."""
        return self.electric_min_w


@dataclass(frozen=True, slots=True)
class Draw:
    """Hot water that is usually drawn in a window, spread evenly over it."""

    window: Window
    volume_l: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterHeater(Machine):
    """A tank of hot water and what warms it: one mixed body of water, or layers; its sensor is at the top."""

    kind: ClassVar[str] = "water_heater"

    electric_max_w: float
    volume_l: float
    loss_w_per_k: float = 1.5
    cop: float = 1.0
    """Heat per electricity; one for an immersion heater."""
    low_degc: float = 45.0
    high_degc: float = 60.0
    cold_degc: float = 10.0
    draws: tuple[Draw, ...] = ()
    layers: int = 1
    """1 for a mixed tank, more for warm water that lies above cold."""
    heated_layers: int = 0
    """So many from the top are warmed; 0 for all of them."""

    def __post_init__(self) -> None:
        if not 0 <= self.heated_layers <= self.layers:
            raise ValueError(f"{self.id}: {self.heated_layers} of {self.layers} layers are heated")
        _positive(self.id, layers=self.layers)
        _positive(self.id, electric_max_w=self.electric_max_w, volume_l=self.volume_l, cop=self.cop)
        if not self.cold_degc < self.low_degc < self.high_degc:
            raise ValueError(f"{self.id}: {self.cold_degc}, {self.low_degc}, {self.high_degc} degC do not rise")

    @property
    def power_max_w(self) -> float:
        """Of the heater."""
        return self.electric_max_w


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Machine):
    """A machine that runs through once in each window: a dishwasher, a washing machine."""

    kind: ClassVar[str] = "program"

    phases: tuple[tuple[float, float], ...]
    """Mean power [W] and length [s] of each part of the program, in their order."""
    window: Window = ALWAYS
    """In which it may run; it is over by its end."""
    missed_eur: float = 10.0
    """What a run is worth."""

    def __post_init__(self) -> None:
        if not self.phases or any(not (power_w >= 0 and length_s > 0) for power_w, length_s in self.phases):
            raise ValueError(f"{self.id}: a program of {self.phases} [W, s]")

    @property
    def power_max_w(self) -> float:
        """Of its hungriest part."""
        return max(power_w for power_w, _ in self.phases)

    @property
    def length_s(self) -> float:
        """Of the whole program."""
        return sum(length_s for _, length_s in self.phases)

    @property
    def energy_wh(self) -> float:
        """Of the whole program."""
        return sum(power_w * length_s for power_w, length_s in self.phases) / 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruptible(Machine):
    """A load of one power that needs some hours of each window, in any order: a pool pump."""

    kind: ClassVar[str] = "interruptible"

    rated_w: float
    needs_s: float
    window: Window = ALWAYS
    missed_eur: float = 10.0
    """What each hour it needs is worth."""

    def __post_init__(self) -> None:
        _positive(self.id, rated_w=self.rated_w, needs_s=self.needs_s)

    @property
    def power_max_w(self) -> float:
        """Its one power."""
        return self.rated_w

    @property
    def power_min_w(self) -> float:
        """Its one power."""
        return self.rated_w


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator(Machine):
    """An engine that burns fuel for electricity, its heat perhaps of use."""

    kind: ClassVar[str] = "generator"
    minds_itself: ClassVar[bool] = False

    output_max_w: float
    output_min_w: float = 0.0
    efficiency_ratio: float = 0.3
    """Electricity per fuel at full power."""
    fuel_idle_w: float = 0.0
    """Fuel it burns while it runs, whatever its load."""
    fuel_eur_per_kwh: float
    heat_ratio: float = 0.0
    """Useful heat per fuel."""
    heat_eur_per_kwh: float = 0.0
    """What that heat would cost otherwise."""
    start_eur: float = 0.0
    run_min_s: float = 0.0
    pause_min_s: float = 0.0

    def __post_init__(self) -> None:
        _positive(self.id, output_max_w=self.output_max_w, efficiency_ratio=self.efficiency_ratio)
        if not 0 <= self.output_min_w <= self.output_max_w:
            raise ValueError(f"{self.id}: least output {self.output_min_w} W is not within 0..{self.output_max_w} W")
        if self.fuel_ratio < 1:
            raise ValueError(f"{self.id}: delivers more than it burns, look at efficiency and idle fuel")

    @property
    def fuel_ratio(self) -> float:
        """Further fuel per electricity delivered: the slope of the Willans line."""
        return 1.0 / self.efficiency_ratio - self.fuel_idle_w / self.output_max_w

    @property
    def give_max_w(self) -> float:
        """Its full output."""
        return self.output_max_w

    @property
    def give_min_w(self) -> float:
        """Its least output."""
        return self.output_min_w


MACHINES: Final = {each.kind: each for each in (Charger, HeatPump, WaterHeater, Program, Interruptible, Generator)}


def _positive(asset_id: str, **values: float) -> None:
    for name, value in values.items():
        if not 0 < value < np.inf:
            raise ValueError(f"{asset_id}: {name} must be above 0, got {value}")
