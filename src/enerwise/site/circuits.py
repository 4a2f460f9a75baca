"""Circuits: what hangs behind which fuse, as a tree under the connection, and which sub-meter counts it.

Several chargers behind one fuse are the common case. A fuse guards each line by itself; what has three phases, and a
load that nobody controls, is taken to be spread over the lines alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final, Protocol

import numpy as np

from enerwise.site.inverter import Inverter
from enerwise.site.machines import LINE_V

THREE_LINES: Final = (1 / 3, 1 / 3, 1 / 3)
ONE_LINE: Final = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
Lines = tuple[float, float, float]
"""Share of a power on each line of a three-phase supply."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """A sub-distribution. Limits as sizes, the same for what is drawn and what is fed."""

    id: str
    members: tuple[str, ...] = ()
    """Ids of the assets that hang on it directly."""
    _: KW_ONLY
    parent: str = ""
    """The circuit it hangs on; empty for the connection."""
    limit_w: float = np.inf
    fuse_a: float = np.inf
    """Of each line."""
    line: int = 0
    """The only line there is of a circuit of one phase, 1 to 3; zero for three phases."""
    meter: str = ""
    """The name under which its sub-meter is measured; empty where there is none."""
    name: str = ""
    """What people call it; empty for its id."""
    one_way_ratio: float | None = None
    """What arrives of what passes it, if it is a hybrid inverter, its members on the direct-current side."""

    def __post_init__(self) -> None:
        if not (self.limit_w >= 0 and self.fuse_a > 0):
            raise ValueError(f"{self.id}: a limit of {self.limit_w} W and a fuse of {self.fuse_a} A")
        if self.line not in (0, 1, 2, 3):
            raise ValueError(f"{self.id}: line {self.line}")

    @property
    def inverter(self) -> Inverter | None:
        """The hybrid inverter it is; None where nothing is converted."""
        return None if self.one_way_ratio is None else Inverter(self.limit_w, self.one_way_ratio)

    @property
    def power_limit_w(self) -> float:
        """What it carries over all its lines, evenly loaded, both ways."""
        return min(self.limit_w, self.fuse_a * LINE_V * (1 if self.line else 3))

    @property
    def range_w(self) -> tuple[float, float]:
        """The least and the most that what hangs on it may take together."""
        size_w = self.power_limit_w if self.line else self.limit_w
        return (-size_w, size_w) if self.inverter is None else self.inverter.range_w

    @property
    def is_limited(self) -> bool:
        """Whether it limits anything."""
        return bool(np.isfinite(self.power_limit_w))


class Hanging(Protocol):
    """What a tree is drawn from."""

    @property
    def id(self) -> str: ...
    @property
    def members(self) -> Sequence[str]: ...
    @property
    def parent(self) -> str: ...
    @property
    def meter(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TreeFault:
    """What is wrong with one circuit: its position, the key, what and what to do."""

    at: int
    key: str
    message: str
    remedy: str


def tree_faults(circuits: Sequence[Hanging], assets: Sequence[str], taken: Sequence[str]) -> Iterator[TreeFault]:
    """Yield what is wrong with a tree of circuits.

    Args:
        circuits: In the order of the file.
        assets: Ids of what stands at the site.
        taken: Further names that no circuit and no meter may have.
    """
    ids = [each.id for each in circuits]
    names, place = {*assets, *taken}, dict[str, str]()
    for at, each in enumerate(circuits):
        for key, name in (("id", each.id), ("meter", each.meter)):
            if name and name in names:
                yield TreeFault(at, key, f"{name!r} is the name of something else", "choose another name")
            names |= {name}
        yield from _member_faults(at, each, assets, ids, place)
        if each.parent and each.parent not in ids:
            known = ", ".join(name for name in ids if name != each.id) or "leave it out for the connection"
            yield TreeFault(at, "parent", f"{each.parent!r} is no circuit of this site", f"write one of: {known}")
        elif each.id in _above(circuits, each.parent):
            remedy = "draw them as a tree: leave 'parent' out of the one that hangs on the connection"
            yield TreeFault(at, "parent", f"{each.id!r} hangs on itself", remedy)


def _member_faults(
    at: int, circuit: Hanging, assets: Sequence[str], ids: Sequence[str], place: dict[str, str]
) -> Iterator[TreeFault]:
    for member in circuit.members:
        if member not in assets:
            is_circuit = member in ids
            remedy = f"write 'parent: {circuit.id}' at {member!r}" if is_circuit else f"one of: {', '.join(assets)}"
            message = f"{member!r} is {'a circuit, no asset' if is_circuit else 'no asset of this site'}"
            yield TreeFault(at, "members", message, remedy)
        elif member in place:
            yield TreeFault(at, "members", f"{member!r} hangs on {place[member]!r} already", "name it in one of them")
        place.setdefault(member, circuit.id)


def _above(circuits: Sequence[Hanging], circuit_id: str) -> tuple[str, ...]:
    """Return a circuit and those it hangs on; a ring ends where it began."""
    parent, found = {each.id: each.parent for each in circuits}, dict[str, None]()
    while circuit_id in parent and circuit_id not in found:
        found[circuit_id] = None
        circuit_id = parent[circuit_id]
    return tuple(found)


def inside(circuits: Sequence[Hanging], circuit_id: str) -> tuple[str, ...]:
    """Return the circuits under one, itself first, in the order of the file."""
    below = [each.id for each in circuits if each.id != circuit_id and circuit_id in _above(circuits, each.id)]
    return (circuit_id, *below)


def members(circuits: Sequence[Hanging], circuit_id: str) -> tuple[str, ...]:
    """Return the assets that hang on a circuit, directly or through others."""
    chosen = inside(circuits, circuit_id)
    return tuple(member for each in circuits if each.id in chosen for member in each.members)


def deepest_first(circuits: Sequence[Circuit]) -> tuple[Circuit, ...]:
    """Return circuits such that each comes before the one it hangs on."""
    return tuple(sorted(circuits, key=lambda each: -len(_above(circuits, each.id))))


def lines_of(circuits: Sequence[Circuit], own: Mapping[str, Lines]) -> dict[str, Lines]:
    """Return how the power of each member spreads over the lines.

    A circuit of one phase puts all that hangs on it on its line, whatever it would do by itself.

    Args:
        circuits: All of the site.
        own: Of the assets that do not spread alike.
    """
    found = {}
    by_id = {each.id: each for each in circuits}
    for each in circuits:
        line = next((by_id[above].line for above in _above(circuits, each.id) if by_id[above].line), 0)
        for member in each.members:
            found[member] = ONE_LINE[line - 1] if line else own.get(member, THREE_LINES)
    return found
