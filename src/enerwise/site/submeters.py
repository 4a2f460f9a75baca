"""Sub-meters as a tree: what each of them counts, what of that is named, and what is left.

A sub-meter counts everything on its circuit. Above it only its count matters, whatever is known of the parts below: so
nothing is taken off twice, and a base load is what no sub-meter and no machine explains.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.site.circuits import Circuit, members

Power = TypeVar("Power", float, FloatArray)
CONNECTION: Final = ""


@dataclass(frozen=True, slots=True)
class Split(Generic[Power]):
    """One meter: what it counts and what of that is known. Positive is taken, one unit for all."""

    circuit: str
    """Empty for the connection."""
    counted: Power
    parts: Mapping[str, Power]
    """By id of an asset, or name of a sub-meter below."""
    unknown: tuple[str, ...] = ()
    """Assets on it of which nothing is known."""

    @property
    def left(self) -> Power:
        """What is counted and not known."""
        return self.counted - sum(self.parts.values())


def splits(
    circuits: Sequence[Circuit], assets: Sequence[str], known: Mapping[str, Power], whole: Power | None = None
) -> Iterator[Split[Power]]:
    """Yield the split of every meter that tells: that of the connection first, then sub-meters in their order.

    Args:
        circuits: Of the site.
        assets: Ids of all that stands there.
        known: Powers by id of an asset or name of a sub-meter; absent or NaN is unknown.
        whole: What the connection shows; None where nobody knows.
    """
    known = {name: value for name, value in known.items() if np.isfinite(value).any()}
    if whole is not None:
        loose = [each for each in assets if not any(each in circuit.members for circuit in circuits)]
        yield _split(circuits, CONNECTION, loose, known, whole)
    for each in circuits:
        if each.meter in known:
            yield _split(circuits, each.id, each.members, known, known[each.meter])


def _split(
    circuits: Sequence[Circuit], circuit: str, direct: Sequence[str], known: Mapping[str, Power], counted: Power
) -> Split[Power]:
    names, unknown = list(direct), list[str]()
    waiting = [each for each in circuits if each.parent == circuit]
    while waiting:
        each = waiting.pop(0)
        if each.meter in known:
            names.append(each.meter)
        else:
            names += each.members
            waiting += [other for other in circuits if other.parent == each.id]
    unknown = [name for name in names if name not in known]
    return Split(circuit, counted, {name: known[name] for name in names if name in known}, tuple(unknown))


def uncovered(circuits: Sequence[Circuit], names: Collection[str]) -> tuple[str, ...]:
    """Return the names that no other of them counts already: a car falls away where its sub-meter is named too.

    >>> garage = Circuit("garage", ("car",), meter="garage-meter", fuse_a=16.0)
    >>> uncovered((garage,), ("car", "garage-meter", "roof"))
    ('garage-meter', 'roof')
    """
    covered = set[str]()
    for each in circuits:
        if each.meter and each.meter in names:
            lower = [other.meter for other in circuits if _is_under(circuits, other, each)]
            covered |= {*members(circuits, each.id), *lower}
    return tuple(name for name in names if name not in covered)


def _is_under(circuits: Sequence[Circuit], circuit: Circuit, above: Circuit) -> bool:
    by_id = {each.id: each for each in circuits}
    while circuit.parent:
        circuit = by_id[circuit.parent]
        if circuit.id == above.id:
            return True
    return False
