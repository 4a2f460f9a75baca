"""The network of a market: areas, lines that carry, lose and cost, and cables on which energy finds its own way."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.market.book import QUANTITY_MAX_WH

PPM: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line in one direction, over which as much is sent as a market decides; both ways are two lines."""

    source: int
    target: int
    limit_wh: int
    """The most that may be sent in a slot. [Wh]"""
    loss_ppm: int = 0
    """Of what is sent, per million."""
    fee_ueur_per_kwh: int = 0
    """Taken by the operator for what is sent. [micro-EUR/kWh]"""

    def __post_init__(self) -> None:
        _check_ends("line", self.source, self.target, self.limit_wh)
        if not 0 <= self.loss_ppm < PPM:
            raise ValueError(f"a line loses {self.loss_ppm} per million; write 0 to {PPM - 1}")
        if self.fee_ueur_per_kwh < 0:
            raise ValueError(f"a fee of {self.fee_ueur_per_kwh} micro-EUR/kWh would pay for sending in circles")

    def received_wh(self, sent_wh: int) -> int:
        """Return what arrives of what is sent; a broken watt-hour is lost. [Wh]

        >>> Line(0, 1, 100, loss_ppm=50_000).received_wh(99)
        94
        """
        return sent_wh * (PPM - self.loss_ppm) // PPM


@dataclass(frozen=True, slots=True)
class Cable:
    """A cable of a meshed network, either way: how energy divides over cables follows from their reactance."""

    one: int
    other: int
    limit_wh: int
    """The most that may flow in a slot, either way. [Wh]"""
    reactance_ohm: float = 1.0
    """For a market what counts is the relation between cables."""
    resistance_ohm: float = 0.0

    def __post_init__(self) -> None:
        _check_ends("cable", self.one, self.other, self.limit_wh)
        if not (0 < self.reactance_ohm < np.inf and 0 <= self.resistance_ohm < np.inf):
            told = f"{self.reactance_ohm} and {self.resistance_ohm} ohm"
            raise ValueError(f"a cable of reactance and resistance {told}; write above zero, and zero or above")


def both_ways(
    one: int, other: int, limit_wh: int, *, loss_ppm: int = 0, fee_ueur_per_kwh: int = 0
) -> tuple[Line, Line]:
    """Return the two lines of a cable that carries either way."""
    return Line(one, other, limit_wh, loss_ppm, fee_ueur_per_kwh), Line(
        other, one, limit_wh, loss_ppm, fee_ueur_per_kwh
    )


def _check_ends(what: str, one: int, other: int, limit_wh: int) -> None:
    if one == other or min(one, other) < 0:
        raise ValueError(f"a {what} leads from area {one} to area {other}; it joins two areas")
    if not 0 <= limit_wh <= QUANTITY_MAX_WH:
        raise ValueError(f"a {what} carries {limit_wh} Wh; write 0 to {QUANTITY_MAX_WH}")


# ---------------------------------------------------------------------------------------------------------------
# Circles


def circle(lines: tuple[Line, ...], used: IntArray) -> IntArray:
    """Return positions of lines that lead around in a circle; none where there is no circle.

    Args:
        lines: All lines.
        used: Positions of those that carry something.

    >>> circle((Line(0, 1, 5), Line(1, 2, 5), Line(2, 0, 5)), np.array([0, 1, 2])).tolist()
    [0, 1, 2]
    """
    left = used.tolist()
    # A line that ends where no other begins, or begins where none ends, is in no circle; drop such until none is left.
    while True:
        begins, ends = {lines[at].source for at in left}, {lines[at].target for at in left}
        inner = [at for at in left if lines[at].target in begins and lines[at].source in ends]
        if inner == left:
            break
        left = inner
    if not left:
        return np.zeros(0, np.int64)
    onward = {lines[at].source: at for at in reversed(left)}
    walk: list[int] = []
    at = left[0]
    while at not in walk:
        walk.append(at)
        at = onward[lines[at].target]
    return np.array(walk[walk.index(at) :], np.int64)


# ---------------------------------------------------------------------------------------------------------------
# Meshes


def ptdf(cables: tuple[Cable, ...], area_count: int) -> FloatArray:
    """Return how much of what one area gives into the mesh flows over each cable, from `one` to `other`.

    What is given and taken sums to zero within each part of the network that hangs together.

    Returns:
        Power transfer distribution factors. [ratio], shape (cable, area)

    Source: Wood, Wollenberg and Sheble 2013, Power Generation, Operation, and Control, chapter 7 (DC power flow).

    >>> factors = ptdf((Cable(0, 1, 9), Cable(1, 2, 9), Cable(0, 2, 9)), 3)
    >>> (factors @ np.array([3.0, 0.0, -3.0])).round(9)
    array([1., 1., 2.])
    """
    at, ends = np.arange(len(cables)), np.zeros((len(cables), area_count))
    ends[at, [each.one for each in cables]] = 1.0
    ends[at, [each.other for each in cables]] = -1.0
    stiffness = ends / np.array([each.reactance_ohm for each in cables], np.float64)[:, None]
    return np.asarray(stiffness @ np.linalg.pinv(ends.T @ stiffness, hermitian=True), np.float64)


def islands(cables: tuple[Cable, ...], area_count: int) -> IntArray:
    """Return for each area the lowest area that it hangs together with. Shape (area,)

    >>> islands((Cable(0, 2, 9),), 4).tolist()
    [0, 1, 0, 3]
    """
    island = np.arange(area_count)
    for each in cables:
        low, high = sorted((int(island[each.one]), int(island[each.other])))
        island[island == high] = low
    return island
