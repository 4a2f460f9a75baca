"""Rules as numbers: each channel, signal and level of a site has an index, and a look at all is a few operations.

Signals stand in one row: the channels themselves, a one for whoever needs none, the age of each channel, then rates,
times of standing still, differences, contradictions, the balance, the interval between looks, the state of the clock.
What the numbers mean is decided in `enerwise.guard.supervise`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from enerwise.core.series import Key
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.site.placing import PlacedLine, PlacedRules, PlacedWatch
from enerwise.site.rules import BALANCE, FROZEN, NO_CHANNEL, SILENT, Level, Tier

WAYS: Final = ("discharge", "charge")
"""The order in which what is left of an asset's power is given."""
SIGN: Final = {"above": 1.0, "below": -1.0, "beyond": 1.0, "within": -1.0}
ONE: Final = -1
"""Index of the one that stands behind the channels."""

Signal = tuple[str, int]
"""A signal by its block and its place there."""
Gate = tuple[Signal, str, float]
"""A signal, a side, and a value there."""
ALWAYS: Final[Gate] = (("one", 0), "above", 0.0)


@dataclass(frozen=True, slots=True)
class Gates:
    """Thresholds on signals, turned so that beyond them means above. Shapes (gate,)"""

    signal: IntArray
    sign: FloatArray
    is_size: BoolArray
    """Whether the size of the signal counts, whatever its sign."""
    at: FloatArray


@dataclass(frozen=True, slots=True)
class Levels:
    """All levels of a site. Shapes (level,)"""

    gates: Gates
    until: FloatArray
    after: FloatArray
    is_counted: BoolArray
    """Whether ``after`` counts samples, not seconds."""
    when: Gates
    """Where a level is looked at at all."""
    ratio: FloatArray
    """What is left while it is active. Shape (way, level)"""
    asset: IntArray
    """Whose power that is; the index behind the last asset means all of them."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Which channels are followed, over which windows. Shapes (trend,)"""

    channel: IntArray
    window_s: FloatArray


@dataclass(frozen=True, slots=True)
class Movers:
    """Channels that should move while a condition holds. Shapes (mover,)"""

    channel: IntArray
    resolution: FloatArray
    when: Gates


@dataclass(frozen=True, slots=True)
class Pairs:
    """Channels to be compared: the first with the second times a third times a factor. Shapes (pair,)"""

    first: IntArray
    second: IntArray
    times: IntArray
    factor: FloatArray


@dataclass(frozen=True, slots=True)
class Members:
    """The connection and all that hangs on it; empty where one of them is not measured. Shapes (member,)"""

    channel: IntArray
    sign: FloatArray


@dataclass(frozen=True, slots=True)
class Line:
    """One derating line and all places it holds for. Shapes (point,) and (place,)"""

    way: int
    value: FloatArray
    share: FloatArray
    channel: IntArray
    asset: IntArray


@dataclass(frozen=True, slots=True)
class Bands:
    """What belongs where. Shapes (band,)"""

    names: tuple[str, ...]
    signal: IntArray
    lower: FloatArray
    upper: FloatArray


class Label(NamedTuple):
    """What is to be said of a level, but for the measured value."""

    id: str
    subject: str
    """An asset, or the whole site."""
    tier: Tier
    channel: Key
    limit: float
    unit: str
    source: str
    """Who says where the limit lies."""
    cause: str
    """Name of the trip it latches: one of a kind for each subject."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """The rules of one site; made once by `numbered`."""

    assets: tuple[str, ...]
    channels: Mapping[Key, int]
    stale_s: FloatArray
    """Age beyond which a value is unknown. Shape (channel,)"""
    is_required: BoolArray
    windows: Windows
    movers: Movers
    differing: Pairs
    opposing: Pairs
    members: Members
    levels: Levels
    labels: tuple[Label, ...]
    trip_of: Mapping[tuple[str, str], int]
    """Number of each level of tier TRIP, by subject and cause."""
    lines: tuple[Line, ...]
    rise_ratio_per_s: FloatArray
    """How fast the share of each asset may rise. Shape (asset,)"""
    bands: Bands
    signal_count: int


Row = tuple[PlacedWatch, Signal, Gate, Tier, Level]
Specs = dict[str, dict[tuple[Any, ...], int]]
"""What a derived signal is made of, by block, in the order of their numbers."""


def numbered(rules: PlacedRules) -> Numbered:
    """Give every channel, signal and level of a site its number."""
    channels = {key: at for at, key in enumerate(rules.stale_s)}
    assets = {each: at for at, each in enumerate(rules.assets)}
    specs: Specs = {"rate": {}, FROZEN: {}, "differs": {}, "opposes": {}}
    rows = [
        (each, signal, when, *level)
        for each in rules.watches
        for signal, when in [_signal(each, channels, specs)]
        for level in each.watch.levels
    ]
    starts = _starts(len(channels), specs)
    labels = tuple(_label(each, tier, level) for each, _, _, tier, level in rows)
    movers_at, resolution = _columns([each[:2] for each in specs[FROZEN]], int, float)
    members = [(channels[key], -1.0 if at else 1.0) for at, key in enumerate(rules.members)]
    bands = [
        (starts[BALANCE] if each.kind == BALANCE else channels[each.channel], each.lower, each.upper)
        for each in rules.bands
    ]
    return Numbered(
        assets=rules.assets,
        channels=channels,
        stale_s=np.array(list(rules.stale_s.values())),
        is_required=np.array([key in rules.required for key in channels], dtype=bool),
        windows=Windows(*_columns(specs["rate"], int, float)),
        movers=Movers(movers_at, resolution, _gates([gate for *_, gate in specs[FROZEN]], starts)),
        differing=Pairs(*_columns(specs["differs"], int, int, int, float)),
        opposing=Pairs(*_columns(specs["opposes"], int, int, int, float)),
        members=Members(*_columns(members, int, float)),
        levels=_levels(rows, starts, assets),
        labels=labels,
        trip_of={(each.subject, each.cause): at for at, each in enumerate(labels) if each.tier is Tier.TRIP},
        lines=_lines(rules.lines, channels, assets),
        rise_ratio_per_s=_rises(rules.lines, assets),
        bands=Bands(tuple(each.name for each in rules.bands), *_columns(bands, int, float, float)),
        signal_count=starts[NO_CHANNEL[-1]] + 1,
    )


def _signal(placed: PlacedWatch, channels: Mapping[Key, int], specs: Specs) -> tuple[Signal, Gate]:
    """Return the signal a watch looks at, and the condition under which it does."""
    watch, at, when = placed.watch, channels.get(placed.channel, 0), ALWAYS
    if watch.when and placed.when:
        when = ("value", channels[placed.when]), watch.when.side, watch.when.at
    if watch.kind == FROZEN:
        # What should move looks at its condition while it counts.
        return _derived(FROZEN, specs, at, watch.resolution, when), ALWAYS
    if watch.kind == "rate":
        return _derived("rate", specs, at, watch.window_s), when
    if placed.second:
        times = channels[placed.times] if placed.times else ONE
        return _derived(watch.kind, specs, at, channels[placed.second], times, watch.factor), when
    return (watch.kind, at if watch.kind in ("value", SILENT) else 0), when


def _derived(kind: str, specs: Specs, *spec: object) -> Signal:
    return kind, specs[kind].setdefault(spec, len(specs[kind]))


def _starts(channel_count: int, specs: Specs) -> dict[str, int]:
    """Return where each block of signals begins."""
    sizes = {
        "value": channel_count,
        "one": 1,
        SILENT: channel_count,
        **{kind: len(each) for kind, each in specs.items()},
    }
    ends = np.cumsum(list(sizes.values())).tolist()
    return dict(zip((*sizes, BALANCE, *NO_CHANNEL), (0, *ends, ends[-1] + 1, ends[-1] + 2), strict=True))


def _label(placed: PlacedWatch, tier: Tier, level: Level) -> Label:
    watch, cause = placed.watch, f"{placed.watch.id} {placed.channel}"
    return Label(watch.id, placed.subject, tier, placed.channel, level.at, placed.unit, watch.source, cause)


def _levels(rows: Sequence[Row], starts: Mapping[str, int], assets: Mapping[str, int]) -> Levels:
    gates = _gates([(signal, each.watch.side, level.at) for each, signal, _, _, level in rows], starts)
    columns = [
        (
            level.at if math.isnan(level.until) else level.until,
            max(level.after_s, level.after_count),
            level.after_count > 0,
            0.0 if tier is Tier.TRIP else level.discharge_ratio,
            0.0 if tier is Tier.TRIP else level.charge_ratio,
            assets.get(each.subject, len(assets)),
        )
        for each, _, _, tier, level in rows
    ]
    until, after, is_counted, discharge_ratio, charge_ratio, asset = _columns(
        columns, float, float, bool, float, float, int
    )
    when = _gates([when for _, _, when, _, _ in rows], starts)
    return Levels(gates, gates.sign * until, after, is_counted, when, np.stack([discharge_ratio, charge_ratio]), asset)


def _lines(lines: Sequence[PlacedLine], channels: Mapping[Key, int], assets: Mapping[str, int]) -> tuple[Line, ...]:
    found = []
    for derate in dict.fromkeys(each.derate for each in lines):
        mine = [each for each in lines if each.derate == derate]
        places = [(channels[each.channel], assets.get(each.subject, len(assets))) for each in mine]
        found.append(Line(WAYS.index(derate.way), *_columns(derate.points, float, float), *_columns(places, int, int)))
    return tuple(found)


def _rises(lines: Sequence[PlacedLine], assets: Mapping[str, int]) -> FloatArray:
    rise = dict.fromkeys(assets, math.inf)
    for each in lines:
        rise[each.subject] = min(rise.get(each.subject, math.inf), each.derate.rise_ratio_per_s)
    return np.array([rise[each] for each in assets])


def _gates(gates: Sequence[Gate], starts: Mapping[str, int]) -> Gates:
    return Gates(
        *_columns(
            [
                (starts[block] + at, SIGN[side], side in ("beyond", "within"), SIGN[side] * value)
                for (block, at), side, value in gates
            ],
            int,
            float,
            bool,
            float,
        )
    )


def _columns(rows: Iterable[Sequence[Any]], *kinds: type) -> list[Any]:
    """Return one array for each column of some rows, or of none."""
    rows = list(rows)
    return [np.array([row[at] for row in rows], dtype=kind) for at, kind in enumerate(kinds)]
