"""What a heat pump heats or cools: one zone, or several that touch each other, each with a band of its own."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final

from enerwise.core.quantity import CO2_PPM, HUMIDITY_RATIO, ILLUMINANCE_LX, IS_OCCUPIED, TEMPERATURE_DEGC
from enerwise.site.calendar import Window

ZONES_MOST: Final = 12
"""As many as can be identified together."""


@dataclass(frozen=True, slots=True)
class Comfort:
    """A band of temperatures that is wished for in a window."""

    window: Window
    low_degc: float
    high_degc: float


@dataclass(frozen=True, slots=True)
class Presence:
    """How it is known that somebody is there, and which band is wished for while somebody is.

    What is seen and what is learned from it take the place of the windows of `HeatPump.comfort`, which remain for as
    long as nothing has been learned; nobody there leaves the band of the empty building.
    """

    sensors: tuple[str, ...]
    """Quantities that the machine's own channels tell, out of `SENSORS`; an ``is_occupied`` is believed as it is."""
    low_degc: float
    high_degc: float
    is_followed: bool = True
    """False only looks, and learns."""

    def __post_init__(self) -> None:
        unknown = sorted(set(self.sensors) - set(SENSORS.values()))
        if unknown or not self.sensors:
            raise ValueError(f"presence is told by some of {', '.join(SENSORS.values())}, got {list(self.sensors)}")
        if not self.low_degc < self.high_degc:
            raise ValueError(f"presence: {self.low_degc}..{self.high_degc} degC does not rise")


SENSORS: Final = {
    "presence": IS_OCCUPIED,
    "co2": CO2_PPM,
    "light": ILLUMINANCE_LX,
    "humidity": HUMIDITY_RATIO,
    "temperature": TEMPERATURE_DEGC,
}
"""What tells of people, by the word of the site file."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Rooms of one temperature: air, and walls as a store of their own where a mass is told."""

    id: str
    """Whose channel ``temperature_degc`` tells how warm it is."""
    _: KW_ONLY
    name: str = ""
    """What people call it; empty for its id."""
    loss_w_per_k: float
    """To the air outside."""
    air_wh_per_k: float
    mass_wh_per_k: float = 0.0
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
    share_ratio: float = 1.0
    """Of all heat, or cold, that is delivered: the size of its radiators or floor heating among all."""

    def __post_init__(self) -> None:
        if not self.air_wh_per_k > 0:
            raise ValueError(f"{self.id}: air_wh_per_k must be above 0, got {self.air_wh_per_k}")
        if self.mass_wh_per_k and not self.exchange_w_per_k > 0:
            raise ValueError(f"{self.id}: a mass that exchanges no heat with the air")
        if not 0 <= self.share_ratio <= 1:
            raise ValueError(f"{self.id}: a share of {self.share_ratio} of the heat")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two zones that touch: heat flows through walls, ceilings and open doors."""

    first: str
    second: str
    w_per_k: float


def zone_faults(zones: Sequence[Zone], between: Sequence[Neighbours]) -> list[str]:
    """Return what is wrong with several zones together; nothing where all fits."""
    ids, faults = [each.id for each in zones], []
    if len(zones) > ZONES_MOST:
        faults.append(f"{len(zones)} zones, {ZONES_MOST} at most")
    if len(set(ids)) < len(ids):
        faults.append(f"zones of one name: {', '.join(ids)}")
    if zones and abs(sum(each.share_ratio for each in zones) - 1.0) > 1e-6:
        faults.append(f"shares of the heat sum up to {sum(each.share_ratio for each in zones):.4g}, not to 1")
    for each in between:
        if each.first == each.second or not {each.first, each.second} <= set(ids) or not each.w_per_k > 0:
            faults.append(f"{each.first} and {each.second} with {each.w_per_k:g} W/K between are no two zones of it")
    return faults
