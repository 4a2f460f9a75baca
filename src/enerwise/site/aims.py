"""What the owner wants of a plan beside a low bill: what it is worth, the most of it there may be, what comes first.

Amounts are counted as in `UNITS`; what is no aim of a front (bands, wear, outages, reserve) only has a price.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from enerwise.site.calendar import Window

UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {"carbon": "kg", "peak": "kW", "ramping": "kW", "self_sufficiency": "kWh"}
)
"""Aims that can be capped and ordered, and what they count: emitted, highest import, changes summed, import."""
LEVELS: Final = ("peak",)
"""Aims that are a level; of all others a cap is told by the day."""
COST: Final = "cost"


@dataclass(frozen=True, slots=True)
class Wear:
    """Prices of wear: of each kWh taken out by the depth it comes from, and of standing nearly full."""

    depth_ratio: tuple[float, ...] = ()
    """Where each band of depth ends, rising to 1."""
    depth_eur_per_kwh: tuple[float, ...] = ()
    full_ratio: float = 1.0
    full_eur_per_kwh_h: float = 0.0


@dataclass(frozen=True, slots=True)
class Outages:
    """What must go on when the grid fails."""

    per_year: float
    lasts_h: float
    eur_per_kwh: float
    """What a kWh that fails is worth."""
    critical_w: float


@dataclass(frozen=True, slots=True)
class Reserve:
    """Power held ready for the grid, and what an hour of it pays."""

    up_eur_per_kw_h: float = 0.0
    down_eur_per_kw_h: float = 0.0
    lasts_h: float = 0.25
    block_h: float = 4.0
    most_w: float = float("inf")
    is_symmetric: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """Powers at the connection that cost nothing more, in a window; sizes."""

    draw_w: float
    feed_w: float
    eur_per_kwh: float
    window: Window


@dataclass(frozen=True, slots=True)
class Agreed:
    """Power that was agreed for a window, import less export."""

    grid_w: float
    window: Window


@dataclass(frozen=True, slots=True)
class Schedule:
    """An agreed profile of power at the connection, and what a kWh beside it costs."""

    profile: tuple[Agreed, ...]
    """The first window that holds counts; where none does nothing was agreed."""
    eur_per_kwh: float
    tolerance_w: float = 0.0
    """So far off costs nothing."""


@dataclass(frozen=True, slots=True)
class Aims:
    """All of them."""

    price_eur: Mapping[str, float] = field(default_factory=dict)
    """Of each unit of an aim of `UNITS`."""
    wear: Wear | None = None
    outages: Outages | None = None
    reserve: Reserve | None = None
    band: Band | None = None
    most: Mapping[str, float] = field(default_factory=dict)
    """Caps: the most of an aim, by the day but for `LEVELS`."""
    order: tuple[str, ...] = ()
    """Aims that come before cost, the most important first."""
    schedule: Schedule | None = None

    @property
    def counted(self) -> tuple[str, ...]:
        """Aims of `UNITS` that are priced, capped or ordered."""
        return tuple(each for each in UNITS if each in {*self.price_eur, *self.most, *self.order})

    @property
    def are_none(self) -> bool:
        """Whether only the bill counts."""
        return not (self.counted or self.wear or self.outages or self.reserve or self.band or self.schedule)
