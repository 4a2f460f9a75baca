"""Several rooms identified together: what each loses, stores and gains, and what flows between them.

Rooms warm each other, so that each by itself looks leaky or tight depending on its neighbours. All temperatures are
run together through the record from their first values (`enerwise.physics.output_error`); the last quarter is foretold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from enerwise.core.time import DAY_S
from enerwise.core.units import FloatArray
from enerwise.physics.building import Building
from enerwise.physics.building_fit import LEARN_RATIO, LEAST_DAYS
from enerwise.physics.output_error import errors_by_day, nearest

# Where the search begins: a room of 25 m2 in central Europe.
BEGIN: Final = {
    "loss": 40.0, "capacity": 800.0, "aperture": 1.0, "between": 40.0, "mass": 3000.0, "exchange": 250.0,
}  # fmt: skip
WIDEST: Final = 200.0
"""No size leaves its beginning by more than this factor."""
GAIN_KW: Final = 3.0
OFFSET_K: Final = 10.0
"""Walls begin no farther from the air of their room."""
ZONES_MOST: Final = 12


@dataclass(frozen=True, slots=True)
class FittedZones:
    """Rooms as data tell them, and how well they foretell these. Shapes (zone,)"""

    building: Building
    aperture_m2: FloatArray
    """Area through which the sun heats as if it were open."""
    gain_w: FloatArray
    """Heat that is always there, less what is lost in ways not foreseen."""
    learned_k: FloatArray
    """Root mean square error where they learned."""
    held_out_k: FloatArray
    """The same in the last quarter, foretold from the start of the record without a look between."""
    error: Mapping[str, FloatArray]
    """Standard errors: of ``loss``, ``capacity`` and ``aperture`` as a share of each, of ``gain`` in W, shapes (zone,);
    of ``between`` as a share of each, shape (zone, zone), zero where rooms do not touch; of ``mass`` and ``exchange``
    as a share, shapes (room with walls,). Infinite where the search ran into its bounds."""


@dataclass(frozen=True, slots=True)
class _Record:
    names: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    indoor_degc: FloatArray
    heat_w: FloatArray
    outdoor_degc: FloatArray
    irradiance_w_per_m2: FloatArray
    step_s: float
    heavy: tuple[int, ...]
    """Rooms with walls of their own."""


def fit_zones(
    names: Sequence[str],
    indoor_degc: FloatArray,
    heat_w: FloatArray,
    outdoor_degc: FloatArray,
    irradiance_w_per_m2: FloatArray,
    *,
    step_s: float,
    neighbours: Sequence[tuple[str, str]] | None = None,
    heavy: Sequence[str] = (),
) -> FittedZones:
    """Identify rooms that exchange heat, each of one resistance and one capacity, or with walls as a second.

    Args:
        names: Of the rooms.
        indoor_degc: Measured at the start of each step; NaN where missing, but not at first. [degC], shape (zone, step)
        heat_w: Mean heat of each step, below zero where it was cooled. [W], shape (zone, step)
        outdoor_degc: Mean air temperature outside. [degC], shape (step,)
        irradiance_w_per_m2: Mean global irradiance. [W/m2], shape (step,)
        step_s: Length of a step. [s]
        neighbours: Rooms that touch; None takes every pair.
        heavy: Rooms whose walls store heat of their own, behind the air; they are further nodes of the building.

    Raises:
        ValueError: Shapes do not fit, less than four days, gaps in what drives the rooms, no room was heated or cooled,
            a neighbour is no room, or there are more than twelve.

    Holds for: records in which rooms are heated at different times, or kept at different temperatures; rooms that
        always move together do not show what flows between them.
    """
    if unknown := sorted(set(heavy) - set(names)):
        raise ValueError(f"{', '.join(unknown)} is told to have walls and is none of {', '.join(names)}")
    pairs, walls = _pairs(names, neighbours), tuple(sorted(names.index(each) for each in set(heavy)))
    driven = (indoor_degc, heat_w, outdoor_degc, irradiance_w_per_m2, step_s)
    record = _checked(_Record(tuple(names), pairs, *driven, walls))
    learned = int(LEARN_RATIO * outdoor_degc.size)
    known = np.isfinite(indoor_degc)
    weight = known.astype(np.float64)
    weight[:, learned:] = 0.0
    begin, room = _begin(len(names), len(pairs), len(walls))
    found = nearest(lambda points: _simulated(record, points), indoor_degc.ravel(), weight.ravel(), begin, room)
    point = found.point
    miss_k = np.nan_to_num(_simulated(record, point[None])[0].reshape(indoor_degc.shape) - indoor_degc)
    _, _, aperture, gain_w, _, _ = _parts(point[None], record)
    # Where the search ran into its bounds the record tells no size: no error bounds it either.
    is_at_edge = np.abs(point - begin) >= room - 1e-6
    return FittedZones(
        _building(record, point),
        aperture[0],
        gain_w[0],
        _root_mean_square(miss_k[:, :learned], known[:, :learned]),
        _root_mean_square(miss_k[:, learned:], known[:, learned:]),
        _errors(record, np.where(is_at_edge, np.inf, errors_by_day(found, round(DAY_S / step_s), zones=len(names)))),
    )


def _pairs(names: Sequence[str], neighbours: Sequence[tuple[str, str]] | None) -> tuple[tuple[int, int], ...]:
    if neighbours is None:
        return tuple(combinations(range(len(names)), 2))
    unknown = sorted({each for pair in neighbours for each in pair} - set(names))
    if unknown:
        raise ValueError(f"{', '.join(unknown)} is named as a neighbour and is none of {', '.join(names)}")
    places = [tuple(sorted(names.index(each) for each in pair)) for pair in neighbours]
    found = tuple(sorted({(first, second) for first, second in places if first != second}))
    return found


def _checked(record: _Record) -> _Record:
    shape = (len(record.names), record.outdoor_degc.size)
    if not 1 <= shape[0] <= ZONES_MOST or len(set(record.names)) < shape[0]:
        raise ValueError(f"{shape[0]} rooms: give 1 to {ZONES_MOST}, each with a name of its own")
    if record.indoor_degc.shape != shape or record.heat_w.shape != shape:
        told = f"{record.indoor_degc.shape} and {record.heat_w.shape}"
        raise ValueError(f"temperatures and heat have shapes {told}, expected {shape}")
    if record.irradiance_w_per_m2.shape != shape[1:]:
        raise ValueError("outdoor air and irradiance differ in length")
    if (days := shape[1] * record.step_s / DAY_S) < LEAST_DAYS:
        raise ValueError(f"{days:.1f} days are too few to learn rooms from; give at least {LEAST_DAYS}")
    drives = record.heat_w, record.outdoor_degc, record.irradiance_w_per_m2, record.indoor_degc[:, 0]
    if not all(np.isfinite(each).all() for each in drives):
        raise ValueError("heat, outdoor air, irradiance and the first temperatures must be known; fill the gaps first")
    if not np.any(record.heat_w):
        raise ValueError("no room was heated or cooled: losses cannot be told from capacities")
    return record


def _begin(zones: int, pairs: int, walls: int) -> tuple[FloatArray, FloatArray]:
    """Return where the search begins and how far it may go: logarithms of sizes, gains in kW, offsets of walls in K."""
    sizes = [np.full(zones, np.log(BEGIN[each])) for each in ("loss", "capacity", "aperture")]
    behind = [np.full(walls, np.log(BEGIN[each])) for each in ("mass", "exchange")]
    between = np.full(pairs, np.log(BEGIN["between"]))
    begin = np.concatenate([*sizes, np.full(zones, 0.05), between, *behind, np.zeros(walls)])
    room = np.full(begin.size, np.log(WIDEST))
    room[3 * zones : 4 * zones] = GAIN_KW
    room[begin.size - walls :] = OFFSET_K
    return begin, room


class _Walls(NamedTuple):
    """Stores behind the air of some rooms. Shapes (point, room with walls)"""

    mass: FloatArray
    exchange: FloatArray
    offset_k: FloatArray
    """Above the air at the start."""


def _parts(
    points: FloatArray, record: _Record
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, _Walls]:
    """Return losses, capacities, apertures, gains in W, conductances between rooms, and walls. Shapes (point, ...)"""
    zones, walls, first = len(record.names), len(record.heavy), 4 * len(record.names) + len(record.pairs)
    loss, capacity, aperture = (np.exp(points[:, at * zones : (at + 1) * zones]) for at in range(3))
    mass, exchange, offset = (points[:, first + at * walls : first + (at + 1) * walls] for at in range(3))
    between = np.exp(points[:, 4 * zones : first])
    gain_w = points[:, 3 * zones : 4 * zones] * 1e3
    return loss, capacity, aperture, gain_w, between, _Walls(np.exp(mass), np.exp(exchange), offset)


def _building(record: _Record, point: FloatArray) -> Building:
    loss, capacity, _, _, between, walls = _parts(point[None], record)
    zones, nodes = len(record.names), len(record.names) + len(record.heavy)
    table = np.zeros((nodes, nodes))
    for (first, second), each in zip(record.pairs, between[0], strict=True):
        table[first, second] = table[second, first] = each
    for node, (zone, each) in enumerate(zip(record.heavy, walls.exchange[0], strict=True), start=zones):
        table[zone, node] = table[node, zone] = each
    outdoor = np.concatenate([loss[0], np.zeros(nodes - zones)])
    return Building(np.concatenate([capacity[0], walls.mass[0]]), table, outdoor, record.names)


def _errors(record: _Record, error: FloatArray) -> dict[str, FloatArray]:
    """Return the errors of parameters by their names, as in `FittedZones`."""
    count, first = len(record.names), 4 * len(record.names) + len(record.pairs)
    found = {name: error[at * count : (at + 1) * count] for at, name in enumerate(("loss", "capacity", "aperture"))}
    between, walls = np.zeros((count, count)), len(record.heavy)
    for (one, other), each in zip(record.pairs, error[4 * count : first], strict=True):
        between[one, other] = between[other, one] = each
    found |= {"mass": error[first : first + walls], "exchange": error[first + walls : first + 2 * walls]}
    return {**found, "gain": error[3 * count : 4 * count] * 1e3, "between": between}


def _simulated(record: _Record, points: FloatArray) -> FloatArray:
    """Run all rooms through the record, for each point. Shape (point, zone x step)"""
    zones, steps = record.indoor_degc.shape
    exact = [_building(record, point).discrete(record.step_s) for point in points]
    keep, push = np.stack([each.keep for each in exact]), np.stack([each.push for each in exact])
    loss, _, aperture, gain_w, _, walls = _parts(points, record)
    into_w = record.heat_w.T[:, None, :] + loss * record.outdoor_degc[:, None, None] + gain_w
    into_w = into_w + aperture * record.irradiance_w_per_m2[:, None, None]
    driven = np.einsum("pij,spj->spi", push[:, :, :zones], into_w)
    air = np.broadcast_to(record.indoor_degc[:, 0], (len(points), zones))
    degc = np.concatenate([air, air[:, list(record.heavy)] + walls.offset_k], axis=1)
    found = np.empty((steps, len(points), zones))
    for step in range(steps):
        found[step] = degc[:, :zones]
        degc = np.einsum("pij,pj->pi", keep, degc) + driven[step]
    return found.transpose(1, 2, 0).reshape(len(points), -1)


def _root_mean_square(miss_k: FloatArray, known: np.ndarray) -> FloatArray:
    count = known.sum(axis=1)
    square = np.where(known, miss_k**2, 0.0).sum(axis=1)
    return np.sqrt(np.where(count > 0, square / np.maximum(count, 1), np.nan))
