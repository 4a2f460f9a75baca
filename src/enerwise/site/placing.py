"""Rules placed at a site: which rule holds for which channel there, in which numbers.

Shares of a rating become watts, polling periods become seconds, and a rule whose channel nobody measures is left out.
What belongs to no asset, such as the connection or a door, concerns the whole site.
"""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.site.assets import KINDS, Battery, Load, Pv
from enerwise.site.machines import Machine
from enerwise.site.rules import BALANCE, FROZEN, NO_CHANNEL, NOMINAL, SILENT, Band, Derate, Level, Rules, Watch
from enerwise.site.site import GRID, Site

SECOND: Final = "#2"
"""What a second source of the same quantities adds to the name of an asset: ``battery#2``."""
SEEN_TWICE: Final = ("value", "rate", FROZEN, SILENT)
"""What is watched of both sources, so that the worse of the two wins."""
POLL_S: Final = 1.0
STALE_PERIOD_COUNT: Final = 3.0
STALE_MIN_S: Final = 2.0
"""Old is what has missed three polling periods, where no rule on silence says otherwise."""
CHEMISTRY: Final = "lfp"
CLOCK: Final = Watch(
    id="clock",
    source="a monotonic clock goes on",
    quantities=("clock_count",),
    kind="clock",
    assets=("site",),
    trip=Level(at=0.5),
)
"""What is watched at every site."""
WHOLE: Final = "*"
"""The subject that is no asset; the same as `enerwise.guard.trips.WHOLE_SITE`."""


@dataclass(frozen=True, slots=True)
class PlacedWatch:
    """A watch of one channel, its levels in the unit of that channel."""

    watch: Watch
    subject: str
    channel: Key
    second: Key | None = None
    """The other side of a comparison."""
    times: Key | None = None
    when: Key | None = None

    @property
    def unit(self) -> str:
        """Unit of its levels."""
        unit = self.channel.quantity.rpartition("_")[2]
        return {"rate": f"{unit}/s", FROZEN: "s", SILENT: "s"}.get(self.watch.kind, unit)


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A derating line over one channel."""

    derate: Derate
    subject: str
    channel: Key


@dataclass(frozen=True, slots=True)
class PlacedBand:
    """A band of one channel, in its unit."""

    name: str
    kind: str
    channel: Key
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class PlacedRules:
    """All rules of a site."""

    assets: tuple[str, ...]
    stale_s: Mapping[Key, float]
    """Every channel that is looked at, with the age beyond which its value is unknown."""
    required: frozenset[Key]
    """Channels that must be there."""
    members: tuple[Key, ...]
    """The connection's power, then all that hangs on it; nothing where one of them is not measured."""
    watches: tuple[PlacedWatch, ...]
    lines: tuple[PlacedLine, ...]
    bands: tuple[PlacedBand, ...]


def place(
    rules: Rules,
    site: Site,
    *,
    poll_s: Mapping[str, float] | None = None,
    chemistry: Mapping[str, str] | None = None,
    measured: Collection[Key] | None = None,
) -> PlacedRules:
    """Lay rules over a site.

    Args:
        rules: What is watched.
        site: Where.
        poll_s: Polling period of each asset's source; one second unless said. [s]
        chemistry: Chemistry of each battery; ``lfp`` unless said.
        measured: Channels that somebody measures; None where that is not known. Either way a channel that is never seen
            is no fault, unless its rule says that it is required.
    """
    return _Placing(site, poll_s or {}, chemistry or {}, measured).all(rules)


@dataclass(frozen=True, slots=True)
class _Placing:
    site: Site
    poll_s: Mapping[str, float]
    chemistry: Mapping[str, str]
    measured: Collection[Key] | None

    def all(self, rules: Rules) -> PlacedRules:
        watches = tuple(found for watch in (*rules.watches, CLOCK) for found in self.watches(watch))
        lines = tuple(found for derate in rules.derates for found in self.lines(derate))
        bands = tuple(found for band in rules.bands for found in self.bands(band))
        placed = [each for each in watches if each.watch.kind not in NO_CHANNEL]
        members = self.members()
        asked = (
            each.key(text, battery) for each in rules.inputs for text in each.channels for battery in self.batteries
        )
        keys = [
            *(key for each in placed for key in (each.channel, each.second, each.times, each.when) if key),
            *members,
            *(line.channel for line in lines),
            *(band.channel for band in bands),
            *filter(self.is_measured, asked),
        ]
        silence_s = {e.channel: e.watch.levels[0][1].at for e in reversed(placed) if e.watch.kind == SILENT}
        return PlacedRules(
            assets=tuple(each.id for each in self.site),
            stale_s={key: silence_s.get(key, self.silence_s(key)) for key in dict.fromkeys(keys)},
            required=frozenset(each.channel for each in placed if each.watch.required),
            members=members,
            watches=watches,
            lines=lines,
            bands=bands,
        )

    @property
    def batteries(self) -> list[str]:
        return [each.id for each in self.site.of_kind(Battery)]

    def is_measured(self, key: Key | None) -> bool:
        return key is None or self.measured is None or key in self.measured

    def members(self) -> tuple[Key, ...]:
        keys = tuple(Key(each, POWER_W) for each in (GRID, *(asset.id for asset in self.site)))
        return keys if all(self.is_measured(key) for key in keys) else ()

    def watches(self, watch: Watch) -> Iterator[PlacedWatch]:
        for base, key in self.keys(watch, is_twice=watch.kind in SEEN_TWICE):
            second = times = when = None
            if watch.kind in ("differs", "opposes"):
                second = Key(base, watch.other) if watch.other else Key(base + SECOND, key.quantity)
                times = Key(base, watch.times) if watch.times else None
            if watch.when:
                when = Key(base, watch.when.quantity)
            is_there = watch.required or watch.kind in NO_CHANNEL or self.is_measured(key)
            if watch.kind == BALANCE:
                is_there = bool(self.members())
            scaled = self.scaled(watch, base, key)
            if scaled and is_there and all(self.is_measured(each) for each in (second, times, when)):
                yield PlacedWatch(scaled, self.subject(base), key, second, times, when)

    def lines(self, derate: Derate) -> Iterator[PlacedLine]:
        for base, key in self.keys(derate, is_twice=True):
            if self.is_measured(key):
                yield PlacedLine(derate, self.subject(base), key)

    def bands(self, band: Band) -> Iterator[PlacedBand]:
        for base, key in self.keys(band):
            scale = self.scale(base, band.of)
            is_there = bool(self.members()) if band.kind == BALANCE else self.is_measured(key)
            if is_there and scale:
                yield PlacedBand(f"{band.id} {key}", band.kind, key, band.lower * scale, band.upper * scale)

    def keys(self, entry: Watch | Derate | Band, *, is_twice: bool = False) -> Iterator[tuple[str, Key]]:
        """Yield the bases an entry holds for, and the channels there."""
        for base in self.bases(entry):
            for source in (base, base + SECOND) if is_twice else (base,):
                yield from ((base, Key(source, quantity)) for quantity in entry.quantities)

    def bases(self, entry: Watch | Derate | Band) -> Iterator[str]:
        ids = {asset.id for asset in self.site}
        for asset in self.site:
            is_meant = asset.kind in entry.assets or asset.id in entry.assets
            if is_meant and entry.chemistry in ("", self.chemistry.get(asset.id, CHEMISTRY)):
                yield asset.id
        yield from (each for each in entry.assets if each not in ids and each not in KINDS)

    def subject(self, base: str) -> str:
        return base if any(asset.id == base for asset in self.site) else WHOLE

    def period_s(self, source: str) -> float:
        return self.poll_s.get(source, self.poll_s.get(source.removesuffix(SECOND), POLL_S))

    def silence_s(self, key: Key) -> float:
        return max(STALE_PERIOD_COUNT * self.period_s(key.asset), STALE_MIN_S)

    def scaled(self, watch: Watch, base: str, key: Key) -> Watch | None:
        """Return a watch in the units of its channel, None where what it is a share of is not known."""
        scale, least = self.scale(base, watch.of), watch.period_count * self.period_s(key.asset)
        when_scale = self.scale(base, watch.when.of) if watch.when else 1.0
        if not scale or not when_scale:
            return None
        levels: dict[str, Any] = {
            str(tier): replace(level, at=max(level.at, least) if least else level.at * scale, until=level.until * scale)
            for tier, level in watch.levels
        }
        when = watch.when and replace(watch.when, at=watch.when.at * when_scale)
        return replace(watch, when=when, **levels)

    def scale(self, base: str, of: str) -> float:
        """Return what a share is taken of, 0 where that is not known."""
        if not of:
            return 1.0
        if of == NOMINAL:
            return self.site.connection.nominal_v
        rating_w = self.rating_w(base)
        return rating_w if math.isfinite(rating_w) else 0.0

    def rating_w(self, base: str) -> float:
        connection = self.site.connection
        limits_w = connection.import_limit.otherwise_w, connection.export_limit.otherwise_w
        match next((asset for asset in self.site if asset.id == base), None):
            case Battery() as battery:
                return max(battery.charge_limit_w, battery.discharge_limit_w)
            case Pv() as plant:
                return plant.output_limit_w
            case Load(switch_power_w=power_w) if power_w > 0:
                return power_w
            case Machine() as machine:
                return max(machine.power_max_w, machine.give_max_w)
            case _:
                return min(connection.fuse_power_w, max(limits_w))
