"""``aims``: what counts beside the bill, in the words and units of people."""

from collections.abc import Iterator
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, Field, model_validator

from enerwise.core.units import Dimension, parse
from enerwise.site.aims import COST, LEVELS, UNITS, Agreed, Aims, Band, Outages, Reserve, Schedule, Wear
from enerwise.site.document import Path, Raw, value_at
from enerwise.site.entry import Entry
from enerwise.site.machine_values import Hours
from enerwise.site.values import (
    Factor,
    PeakPrice,
    Power,
    PowerAboveZero,
    Ratio,
    Wrong,
    YesNo,
    quantity,
    suggestion,
)
from enerwise.site.values import Wear as EnergyPrice
from enerwise.site.window_entry import WindowEntry

AMOUNTS: Final = {
    "carbon": (Dimension.MASS, 1.0, "5 kg/day"),
    "peak": (Dimension.POWER, 1e-3, "6 kW"),
    "ramping": (Dimension.POWER, 1e-3, "40 kW/day"),
    "self_sufficiency": (Dimension.ENERGY, 1e-3, "10 kWh/day"),
}
"""Of each aim: what its amount is, how many units of `UNITS` a base unit is, and an example."""
DAILY: Final = ("/day", " a day", " per day")


def _caps(value: object) -> dict[str, float]:
    """Read the most there may be of each aim."""
    if not isinstance(value, dict) or not value:
        raise Wrong(f"{value!r} names no aims", "write such as {carbon: 5 kg/day, peak: 6 kW}")
    return {_aim(name): _amount(str(name), text) for name, text in value.items()}


def _aim(name: object) -> str:
    if str(name) not in UNITS:
        remedy = suggestion(str(name), tuple(UNITS)) or "cap one of these"
        raise Wrong(f"{name!r} is none of {', '.join(UNITS)}", remedy)
    return str(name)


def _amount(aim: str, text: object) -> float:
    dimension, units, example = AMOUNTS[aim]
    words = str(text).strip()
    amount = next((words.removesuffix(each) for each in DAILY if words.endswith(each)), "")
    if bool(amount) == (aim in LEVELS):
        what = "is a level, not an amount of a day" if amount else "does not say in which time"
        raise Wrong(f"{text!r} for {aim} {what}", f"write such as '{example}'")
    found = parse(amount or words, dimension) * units
    if not found >= 0:
        raise Wrong(f"{text!r} for {aim} is below zero", f"write such as '{example}'")
    return found


def _order(value: object) -> tuple[str, ...]:
    """Read which aims come before cost."""
    known = (*UNITS, COST)
    words = [str(each) for each in value] if isinstance(value, list) else []
    unknown = next((each for each in words if each not in known), None)
    if not words or unknown is not None:
        what = f"{unknown!r} is none of {', '.join(known)}" if words else f"{value!r} is no list"
        raise Wrong(what, suggestion(unknown or "", known) or "write such as [peak, cost]")
    if len(set(words)) < len(words):
        raise Wrong("names an aim twice", "keep one of the two")
    if COST in words[:-1]:
        after = words[words.index(COST) + 1]
        raise Wrong(f"puts {after!r} after cost, where nothing is left to decide", "write 'cost' last")
    return tuple(each for each in words if each != COST)


def _depth(value: object) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Read what a kWh costs by the depth it is taken from."""
    example = "write such as {50 %: 0.01 EUR/kWh, 100 %: 0.03 EUR/kWh}"
    if not isinstance(value, dict) or not value:
        raise Wrong(f"{value!r} tells no prices by depth", example)
    pairs = sorted((parse(at, Dimension.RATIO), parse(each, Dimension.ENERGY_PRICE)) for at, each in value.items())
    edges, prices = zip(*pairs, strict=True)
    if not edges[0] > 0 or abs(edges[-1] - 1.0) > 1e-9 or len(set(edges)) < len(edges):
        raise Wrong("does not go from above 0 % to 100 %, counted from a full battery", example)
    if prices[0] < 0 or list(prices) != sorted(prices):
        raise Wrong("gets cheaper with depth, or costs less than nothing", "let deeper energy cost at least as much")
    return edges, prices


CarbonPrice = Annotated[float, quantity(Dimension.CARBON_PRICE, at_least=0), Field(examples=["100 EUR/t"])]
Caps = Annotated[dict[str, float], BeforeValidator(_caps)]
Order = Annotated[tuple[str, ...], BeforeValidator(_order)]
Depth = Annotated[tuple[tuple[float, ...], tuple[float, ...]], BeforeValidator(_depth)]


class WearAimEntry(Entry):
    """``wear``: what batteries lose by deep cycles and by standing nearly full."""

    depth: Annotated[Depth, Field(examples=["{50 %: 0.01 EUR/kWh, 100 %: 0.03 EUR/kWh}"])] = ((), ())
    full: Annotated[Ratio, Field(examples=["90 %"])] = 1.0
    standing: Annotated[EnergyPrice, Field(examples=["0.0002 EUR/kWh"])] = 0.0

    def wear(self) -> Wear:
        """Hand over the prices."""
        return Wear(*self.depth, self.full, self.standing)


class OutageEntry(Entry):
    """``resilience``: how often the grid fails, for how long, and what must go on then."""

    outages_per_year: Annotated[Factor, Field(examples=["0.5"])]
    lasts: Annotated[Hours, Field(examples=["2 h"])]
    critical: Annotated[PowerAboveZero, Field(examples=["500 W"])]
    worth: Annotated[EnergyPrice, Field(examples=["10 EUR/kWh"])]

    def outages(self) -> Outages:
        """Hand over the facts."""
        return Outages(self.outages_per_year, self.lasts / 3600.0, self.worth, self.critical)


class ReserveEntry(Entry):
    """``reserve``: power that batteries hold ready for the grid, paid for each kilowatt and hour."""

    up: Annotated[PeakPrice, Field(examples=["0.010 EUR/kW"])] = 0.0
    down: Annotated[PeakPrice, Field(examples=["0.004 EUR/kW"])] = 0.0
    lasts: Annotated[Hours, Field(examples=["15 min"])] = 900.0
    block: Annotated[Hours, Field(examples=["4 h"])] = 4 * 3600.0
    most: Annotated[PowerAboveZero | None, Field(examples=["3 kW"])] = None
    symmetric: YesNo = False

    def reserve(self) -> Reserve:
        """Hand over the prices."""
        most_w = float("inf") if self.most is None else self.most
        return Reserve(self.up, self.down, self.lasts / 3600.0, self.block / 3600.0, most_w, self.symmetric)


class BandEntry(WindowEntry):
    """``band``: powers at the connection, beyond which a kWh costs more than its price."""

    draw: Annotated[Power, Field(examples=["4 kW"])]
    feed: Annotated[Power, Field(examples=["2 kW"])]
    price: Annotated[EnergyPrice, Field(examples=["0.20 EUR/kWh"])]

    def band(self, calendar: str | None) -> Band:
        """Hand over the band."""
        return Band(self.draw, self.feed, self.price, self.window(calendar))


class AgreedEntry(WindowEntry):
    """A power that was agreed for a window, drawn or fed."""

    draw: Annotated[Power | None, Field(examples=["2 kW"])] = None
    feed: Annotated[Power | None, Field(examples=["1 kW"])] = None

    @model_validator(mode="after")
    def _goes_one_way(self) -> Self:
        if (self.draw is None) == (self.feed is None):
            what = "tells neither what is drawn nor what is fed" if self.draw is None else "both draws and feeds"
            raise Wrong(what, "write one of the two, such as 'draw: 2 kW'; 'draw: 0 W' where nothing shall flow")
        return self

    def agreed(self, calendar: str | None) -> Agreed:
        """Hand over the power with its window."""
        return Agreed((self.draw or 0.0) - (self.feed or 0.0), self.window(calendar))


class ScheduleEntry(Entry):
    """``schedule``: what was agreed with others to flow at the connection, and what being off costs."""

    price: Annotated[EnergyPrice, Field(examples=["0.20 EUR/kWh"])]
    tolerance: Annotated[Power, Field(examples=["300 W"])] = 0.0
    profile: Annotated[list[AgreedEntry], Field(min_length=1, examples=['[{draw: 2 kW, from: "06:00", to: "09:00"}]'])]

    def schedule(self, calendar: str | None) -> Schedule:
        """Hand over the profile."""
        return Schedule(tuple(each.agreed(calendar) for each in self.profile), self.price, self.tolerance)


class AimsEntry(Entry):
    """``aims``: what counts beside the bill."""

    carbon: CarbonPrice = 0.0
    peak: Annotated[PeakPrice, Field(examples=["0.20 EUR/kW"])] = 0.0
    ramping: Annotated[PeakPrice, Field(examples=["0.02 EUR/kW"])] = 0.0
    self_sufficiency: Annotated[EnergyPrice, Field(examples=["0.05 EUR/kWh"])] = 0.0
    wear: Annotated[WearAimEntry | None, Field(examples=["{depth: {100 %: 0.02 EUR/kWh}}"])] = None
    resilience: Annotated[
        OutageEntry | None,
        Field(examples=["{outages_per_year: 0.5, lasts: 2 h, critical: 500 W, worth: 10 EUR/kWh}"]),
    ] = None
    reserve: Annotated[ReserveEntry | None, Field(examples=["{up: 0.010 EUR/kW, most: 3 kW}"])] = None
    band: Annotated[BandEntry | None, Field(examples=["{draw: 4 kW, feed: 2 kW, price: 0.20 EUR/kWh}"])] = None
    schedule: Annotated[
        ScheduleEntry | None,
        Field(examples=['{price: 0.20 EUR/kWh, profile: [{draw: 2 kW, from: "06:00", to: "09:00"}]}']),
    ] = None
    caps: Annotated[Caps, Field(examples=["{carbon: 5 kg/day, peak: 6 kW}"])] = Field(default_factory=dict)
    order: Annotated[Order, Field(examples=["[peak, cost]"])] = ()

    @model_validator(mode="after")
    def _is_not_capped_twice(self) -> Self:
        for each in self.order:
            if each in self.caps:
                raise Wrong(f"caps {each!r} and puts it first", "keep one: what comes first is as small as it can be")
        return self

    def aims(self, calendar: str | None) -> Aims:
        """Hand over the aims."""
        prices = {each: getattr(self, each) for each in UNITS}
        return Aims(
            {each: price for each, price in prices.items() if price},
            None if self.wear is None else self.wear.wear(),
            None if self.resilience is None else self.resilience.outages(),
            None if self.reserve is None else self.reserve.reserve(),
            None if self.band is None else self.band.band(calendar),
            self.caps,
            self.order,
            None if self.schedule is None else self.schedule.schedule(calendar),
        )


def aim_findings(data: Raw) -> Iterator[tuple[Path, str, str]]:
    """Yield path, message and remedy where carbon counts and nobody has told what a kWh emits."""
    if value_at(data, "carbon") is not None:
        return
    order = value_at(data, "aims", "order")
    places: list[Path] = [("aims", "carbon"), ("aims", "caps", "carbon")]
    counted = [place for place in places if value_at(data, *place) is not None]
    counted += [("aims", "order")] if isinstance(order, list) and "carbon" in order else []
    for place in counted:
        remedy = "add 'carbon: {grid: 363 g/kWh, source: UBA 2024}' to the site"
        yield place, "counts carbon, and nobody has told what a kWh from the grid emits", remedy
