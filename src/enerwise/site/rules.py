"""Rules of supervision as facts: what is watched, from where on it is wrong, and who says so. Read from TOML text.

A file holds tables of `Watch`, `Derate`, `Band`, `Input` and `Action`; each entry carries the source of its numbers,
its own or the one at the head of the file. Nothing here knows a site: `enerwise.site.placing` lays rules over one, and
the guard (`enerwise.guard.supervise`) looks at what is measured by them.
"""

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Any, Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.quantity import QUANTITIES
from enerwise.core.series import Key

Point = tuple[float, float]
SIDES: Final = ("above", "below", "beyond", "within")
"""Above or below a value; beyond or within it both ways from zero."""
KINDS: Final = ("value", "rate", "frozen", "silent", "differs", "opposes", "balance", "interval", "clock")
BEYOND: Final = 1e12
"""No number of a rule is so large."""
FROZEN: Final = "frozen"
SILENT: Final = "silent"
BALANCE: Final = "balance"
NO_CHANNEL: Final = ("interval", "clock")
RATING: Final = "rating_w"
NOMINAL: Final = "nominal_v"
SCALES: Final = ("", RATING, NOMINAL)


class Tier(StrEnum):
    """How bad it is: beyond normal operation, beyond what is recommended, beyond what may ever be."""

    INFO = "info"
    WARN = "warn"
    TRIP = "trip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """From where on a tier holds, after how long, and what is left of the asset's power then."""

    at: float
    until: float = math.nan
    """Where it ends again, on the good side of ``at``; unsaid it ends there."""
    after_s: float = 0.0
    """Violated time between samples, counted up, and down again while all is well."""
    after_count: float = 0.0
    """Violated samples instead of seconds."""
    charge_ratio: float = 1.0
    discharge_ratio: float = 1.0

    def __post_init__(self) -> None:
        _need(min(self.after_s, self.after_count) >= 0, "after must not be negative")
        _need(not (self.after_s and self.after_count), "write after_s or after_count, not both")
        _need(all(0 <= each <= 1 for each in (self.charge_ratio, self.discharge_ratio)), "ratios lie within 0..1")


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A condition on another quantity of the same asset."""

    quantity: str
    side: str
    at: float
    of: str = ""

    def __post_init__(self) -> None:
        _known(self.quantity, self.side, self.of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One thing watched: a signal made of measured quantities, and up to three levels of it."""

    id: str
    source: str
    quantities: tuple[str, ...]
    kind: str = "value"
    """The value itself; its rate per second; seconds it has been frozen or silent; its difference from another source;
    the smaller size of two that contradict in sign; the balance of the site; the interval between looks."""
    side: str = "above"
    info: Level | None = None
    warn: Level | None = None
    trip: Level | None = None
    assets: tuple[str, ...] = ("battery",)
    """Kinds or ids of assets, ``grid``, or any name under which something is measured; the last two are the site's."""
    chemistry: str = ""
    window_s: float = 0.0
    """Over which a rate is taken."""
    other: str = ""
    """The quantity to compare with; unsaid the same one from a second source."""
    times: str = ""
    """A quantity to multiply the other with."""
    factor: float = 1.0
    """A number to multiply the other with."""
    when: When | None = None
    of: str = ""
    """Levels are shares of the asset's rated power or of the nominal voltage."""
    period_count: float = 0.0
    """Silence is at least so many polling periods of the source."""
    resolution: float = 0.0
    """A change up to this much is none."""
    required: bool = False
    """A channel that has never been seen is silent from the start."""

    def __post_init__(self) -> None:
        _need(self.kind in KINDS, f"kind {self.kind!r} is not one of {', '.join(KINDS)}")
        others = (each for each in (self.other, self.times) if each)
        _known(*(() if self.kind in NO_CHANNEL else (*self.quantities, *others)), self.side, self.of)
        _need(self.side != "within", "only a condition has the side 'within'")
        _need(self.kind != "rate" or self.window_s > 0, "a rate needs window_s above 0")
        _need(self.kind != "frozen" or self.when is not None, "a frozen value needs a 'when' in which it should move")
        _need(self.kind == SILENT or not self.period_count, "only silence has a period_count")
        _need(bool(self.levels), "write at least one of info, warn, trip")
        sign = -1.0 if self.side == "below" else 1.0
        at = [sign * level.at for _, level in self.levels]
        _need(at == sorted(at), "info, warn and trip must follow each other")
        _need(not any(sign * each.until > sign * each.at for _, each in self.levels), "'until' lies beyond 'at'")

    @property
    def levels(self) -> tuple[tuple[Tier, Level], ...]:
        """The levels there are, mildest first."""
        found = ((Tier.INFO, self.info), (Tier.WARN, self.warn), (Tier.TRIP, self.trip))
        return tuple((tier, level) for tier, level in found if level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derate:
    """A line: the share of the limit one way, over a quantity."""

    id: str
    source: str
    quantities: tuple[str, ...]
    way: str
    points: tuple[Point, ...]
    """(value, share); straight between them, level outside."""
    rise_ratio_per_s: float = math.inf
    """How fast the share may rise again; it falls at once."""
    assets: tuple[str, ...] = ("battery",)
    chemistry: str = ""

    def __post_init__(self) -> None:
        _known(*self.quantities, "above", "")
        _need(self.way in ("charge", "discharge"), f"way {self.way!r} is not charge or discharge")
        values = [value for value, _ in self.points]
        _need(bool(values) and values == sorted(set(values)), "the values of the points must rise")
        _need(all(0 <= share <= 1 for _, share in self.points), "the shares of the points lie within 0..1")
        _need(self.rise_ratio_per_s > 0, "rise_ratio_per_s must be above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Where a quantity belongs; time inside, below and above is counted."""

    id: str
    source: str
    quantities: tuple[str, ...]
    lower: float
    upper: float
    kind: str = "value"
    of: str = ""
    assets: tuple[str, ...] = ("grid",)
    chemistry: str = ""

    def __post_init__(self) -> None:
        _known(*self.quantities, "above", self.of)
        _need(self.kind in ("value", "balance"), f"kind {self.kind!r} is not value or balance")
        _need(self.lower < self.upper, "lower must lie below upper")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One truth that interlocks ask for: true while a channel lies on its side."""

    id: str
    source: str
    channel: str
    """``asset.quantity``, or a quantity of the battery in question."""
    side: str
    at: float
    share_of: str = ""
    """The channel is taken as a share of this one."""
    required: bool = True
    """Whether it is missing where nobody measures it."""

    def __post_init__(self) -> None:
        _known(*(Key.parse(each).quantity for each in self.channels), self.side, "")

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels it looks at, as they are written."""
        return (self.channel, self.share_of) if self.share_of else (self.channel,)

    def key(self, channel: str, battery: str) -> Key:
        """Return a channel; one that names no asset is that of ``battery``."""
        return Key.parse(channel) if "." in channel else Key(battery, channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What may be done only while all it needs is true."""

    id: str
    source: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one file, or of several joined."""

    watches: tuple[Watch, ...] = ()
    derates: tuple[Derate, ...] = ()
    bands: tuple[Band, ...] = ()
    inputs: tuple[Input, ...] = ()
    actions: tuple[Action, ...] = ()

    def joined(self, *others: "Rules") -> "Rules":
        """Return these rules and all others, in this order."""
        parts = ([entry for each in (self, *others) for entry in getattr(each, part.name)] for part in fields(Rules))
        return Rules(*(tuple(part) for part in parts))


def parse_rules(text: str, *, source: str) -> Rules:
    """Read a file of rules.

    Args:
        text: TOML: ``source``, and if need be ``assets`` and ``chemistry``, for all entries that do not say their own;
            then ``[[watch]]``, ``[[derate]]``, ``[[band]]``, ``[[input]]``, ``[[action]]``.
        source: What to call the file in a report.

    Raises:
        ProblemsFound: Something is wrong; all of it is reported, each with its place.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProblemsFound(source, [Problem("the file", str(error), "write TOML")]) from None
    problems: list[Problem] = []
    heads: dict[str, object] = {name: raw.pop(name) for name in HEADS if name in raw}
    tables = {name: _table(kind, raw.pop(name, []), heads, problems) for name, kind in TABLES.items()}
    problems += [Problem(each, "is not known here", f"write {', '.join((*HEADS, *TABLES))}") for each in raw]
    if not problems:
        problems = list(_loose_ends(tables))
    if problems:
        raise ProblemsFound(source, problems)
    return Rules(*(tuple(entries) for entries in tables.values()))


HEADS: Final = ("source", "assets", "chemistry")
TABLES: Final[Mapping[str, type]] = {
    "watch": Watch,
    "derate": Derate,
    "band": Band,
    "input": Input,
    "action": Action,
}


def _table(kind: type, raw: object, heads: Mapping[str, object], problems: list[Problem]) -> list[Any]:
    name = kind.__name__.lower()
    if not isinstance(raw, list):
        problems.append(Problem(name, "is not a list of tables", f"write [[{name}]]"))
        return []
    mine = {head: value for head, value in heads.items() if head in {each.name for each in fields(kind)}}
    read = _entry(kind)
    places = [f"{name}[{at}]" for at in range(len(raw))]
    return [
        read({**mine, **each} if isinstance(each, dict) else each, place, problems)
        for place, each in zip(places, raw, strict=True)
    ]


Reader = Callable[[object, str, list[Problem]], object]


def _entry(kind: type) -> Reader:
    """Return a reader of one table; it returns None where there is a problem."""
    known = {each.name: each for each in fields(kind)}

    def read(raw: object, place: str, problems: list[Problem]) -> object:
        if not isinstance(raw, dict):
            problems.append(Problem(place, f"{raw!r} is not a table", f"write keys out of {', '.join(known)}"))
            return None
        before = len(problems)
        problems += [
            Problem(f"{place}.{name}", "is not known here", f"write keys out of {', '.join(known)}")
            for name in raw
            if name not in known
        ]
        problems += [
            Problem(f"{place}.{name}", "is missing")
            for name, each in known.items()
            if each.default is MISSING and name not in raw
        ]
        values = {
            name: READERS[each.type](raw[name], f"{place}.{name}", problems)
            for name, each in known.items()
            if name in raw
        }
        if len(problems) > before:
            return None
        try:
            return kind(**values)
        except ValueError as error:
            problems.append(Problem(place, str(error)))
            return None

    return read


def _plain(is_right: Callable[[Any], bool], make: Callable[[Any], object], wanted: str) -> Reader:
    def read(raw: object, place: str, problems: list[Problem]) -> object:
        if not is_right(raw):
            problems.append(Problem(place, f"{raw!r} is not {wanted}"))
            return None
        return make(raw)

    return read


def _is_number(raw: object) -> bool:
    return type(raw) in (int, float) and abs(raw) < BEYOND  # type: ignore[arg-type]


def _is_text(raw: object) -> bool:
    return isinstance(raw, str) and bool(raw)


def _is_list(raw: object, holds: Callable[[object], bool]) -> bool:
    return isinstance(raw, list) and bool(raw) and all(holds(each) for each in raw)


def _is_point(raw: object) -> bool:
    return _is_list(raw, _is_number) and len(raw) == 2  # type: ignore[arg-type]


def _points(raw: list[list[float]]) -> tuple[Point, ...]:
    return tuple((float(value), float(share)) for value, share in raw)


READERS: Final[Mapping[object, Reader]] = {
    str: _plain(_is_text, str, "a text"),
    float: _plain(_is_number, float, "a number"),
    bool: _plain(lambda raw: isinstance(raw, bool), bool, "true or false"),
    tuple[str, ...]: _plain(lambda raw: _is_list(raw, _is_text), tuple, "a list of texts"),
    tuple[Point, ...]: _plain(lambda raw: _is_list(raw, _is_point), _points, "a list of [value, share]"),
    Level | None: _entry(Level),
    When | None: _entry(When),
}


def _loose_ends(tables: Mapping[str, list[Any]]) -> list[Problem]:
    """Return what is wrong between entries: ids that occur twice, needs that no input meets."""
    found = []
    for name, entries in tables.items():
        ids = [each.id for each in entries]
        found += [Problem(f"{name} {each!r}", "occurs twice") for each in sorted({x for x in ids if ids.count(x) > 1})]
    inputs = {each.id for each in tables["input"]}
    for action in tables["action"]:
        found += [Problem(f"action {action.id!r}", f"no input {each!r}") for each in action.needs if each not in inputs]
    return found


def _known(*words: str) -> None:
    """Check quantities, then a side, then a scale."""
    *quantities, side, of = words
    for each in quantities:
        _need(each in QUANTITIES, f"quantity {each!r} is not known")
    _need(side in SIDES, f"side {side!r} is not one of {', '.join(SIDES)}")
    _need(of in SCALES, f"of {of!r} is not one of {', '.join(SCALES[1:])}")


def _need(is_right: bool, otherwise: str) -> None:
    if not is_right:
        raise ValueError(otherwise)
