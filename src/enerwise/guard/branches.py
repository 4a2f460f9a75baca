"""Branches: what the circuits of a site leave to what hangs on them, as further rows beside that of the connection.

A circuit has one row for its limit, and one for each line its fuse guards where what hangs on it does not spread
alike. Where a sub-meter counts it, what nobody controls there is the meter less what is controlled; without one it is
the sum of what its own meters tell. Unknown is taken for the worst of both sides, as at the connection.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.site.circuits import ONE_LINE, Circuit, Lines, deepest_first, lines_of, members
from enerwise.site.machines import LINE_V, Charger
from enerwise.site.site import Site


@dataclass(frozen=True, slots=True)
class Branch:
    """What hangs together on one circuit, or on one line of it. [W]"""

    circuit: str
    share: Mapping[str, float]
    """Of the power of each asset that can be moved and hangs on it."""
    range_w: tuple[float, float]
    """What it carries: the most it gives, below zero, and the most it takes."""
    others_share: float = 1.0
    """Of the power of what nobody controls on the circuit."""
    fixed_low_w: float = 0.0
    """Least that PV nobody can hold back may take there, below zero."""


@dataclass(frozen=True, slots=True)
class Row:
    """A branch now: everything together stays within its bounds. [W]"""

    circuit: str
    share: Mapping[str, float]
    lower_w: float
    upper_w: float
    others_low_w: float
    others_high_w: float


@dataclass(frozen=True, slots=True)
class Others:
    """What nobody controls on a circuit, and how old that is."""

    power_w: float = math.nan
    age_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Tree:
    """The circuits of a site, prepared once; the deepest first."""

    branches: tuple[Branch, ...] = ()

    @classmethod
    def of(cls, site: Site, movable: Sequence[str], fixed_w: Mapping[str, float]) -> "Tree":
        """Prepare the limited circuits.

        Args:
            site: Whose.
            movable: Ids of what can be moved.
            fixed_w: Most that PV nobody can hold back may deliver, below zero, by id.
        """
        own = {each.id: ONE_LINE[each.line - 1] for each in site.of_kind(Charger) if each.phases == 1}
        lines, found = lines_of(site.circuits, own), list[Branch]()
        for each in deepest_first(site.circuits):
            below = members(site.circuits, each.id)
            hanging = {member: lines[member] for member in below if member in movable}
            low_w = sum(fixed_w.get(member, 0.0) for member in below)
            found += _branches(each, hanging, low_w) if hanging and each.is_limited else []
        return cls(tuple(found))

    def rows(self, others: Mapping[str, Others], idle_w: Mapping[str, float], stale_after_s: float) -> tuple[Row, ...]:
        """Return what holds now.

        Args:
            others: What nobody controls on each circuit.
            idle_w: What machines take by themselves below their least power, which nobody can set. [W]
            stale_after_s: Age beyond which a value counts as unknown. [s]
        """
        return tuple(_row(each, others.get(each.circuit, Others()), idle_w, stale_after_s) for each in self.branches)


def _branches(circuit: Circuit, hanging: Mapping[str, Lines], low_w: float) -> list[Branch]:
    limit_w, line_w = circuit.power_limit_w, circuit.fuse_a * LINE_V
    carried_w = (-limit_w, limit_w) if circuit.inverter is None else circuit.inverter.range_w
    found = [Branch(circuit.id, dict.fromkeys(hanging, 1.0), carried_w, fixed_low_w=low_w)]
    # Spread alike, the lines say no more than their sum.
    if not circuit.line and math.isfinite(line_w) and len(set(hanging.values()) | {(1 / 3,) * 3}) > 1:
        found += [
            Branch(
                circuit.id,
                {each: lines[at] for each, lines in hanging.items() if lines[at]},
                (-line_w, line_w),
                others_share=1 / 3,
                fixed_low_w=low_w / 3,
            )
            for at in range(3)
        ]
    return [each for each in found if each.share]


def _row(branch: Branch, others: Others, idle_w: Mapping[str, float], stale_after_s: float) -> Row:
    is_known = math.isfinite(others.power_w) and 0.0 <= others.age_s <= stale_after_s
    known_w = others.power_w * branch.others_share
    low_w, high_w = (known_w, known_w) if is_known else (branch.fixed_low_w, branch.range_w[1])
    high_w += sum(share * idle_w.get(each, 0.0) for each, share in branch.share.items())
    return Row(branch.circuit, branch.share, *branch.range_w, low_w, high_w)


def seen_others(
    site: Site, movable: Sequence[str], live: Mapping[Key, float], age_s: Mapping[Key, float]
) -> dict[str, Others]:
    """Return what nobody controls on each circuit: its meter less what is controlled, else the sum of what tells."""
    found = dict[str, Others]()
    for each in deepest_first(site.circuits):
        children = [found[other.id] for other in site.circuits if other.parent == each.id]
        metered = _metered(site, each, movable, live, age_s) if each.meter else Others()
        loose = [Key(member, POWER_W) for member in each.members if member not in movable]
        summed_w = sum(live.get(key, math.nan) for key in loose) + sum(child.power_w for child in children)
        ages_s = [*(age_s.get(key, math.inf) for key in loose), *(child.age_s for child in children)]
        found[each.id] = metered if math.isfinite(metered.power_w) else Others(summed_w, max(ages_s, default=0.0))
    return found


def _metered(
    site: Site, circuit: Circuit, movable: Sequence[str], live: Mapping[Key, float], age_s: Mapping[Key, float]
) -> Others:
    controlled = [Key(each, POWER_W) for each in members(site.circuits, circuit.id) if each in movable]
    keys = [Key(circuit.meter, POWER_W), *controlled]
    power_w = live.get(keys[0], math.nan) - sum(live.get(key, math.nan) for key in controlled)
    return Others(power_w, max(age_s.get(key, math.inf) for key in keys))
