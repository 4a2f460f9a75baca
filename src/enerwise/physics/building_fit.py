"""Buildings identified from data: what a zone loses, stores and gains, from its temperatures and what heated it.

The network is run through the whole record from its first temperature; resistance, capacities, window area and constant
gains are moved until it stays near what was measured (output error, Levenberg-Marquardt). The last quarter of the
record is only predicted, never learned from: its error says what a plan may trust.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S
from enerwise.core.units import FloatArray
from enerwise.physics.building import Building, one_node, two_nodes
from enerwise.physics.output_error import errors_by_day, nearest

LEAST_DAYS: Final = 4
LEARN_RATIO: Final = 0.75
# Where the search begins: a house of 150 m2 in central Europe.
BEGIN: Final = {
    "loss_w_per_k": 200.0,
    "air_wh_per_k": 2000.0,
    "aperture_m2": 3.0,
    "mass_wh_per_k": 10_000.0,
    "exchange_w_per_k": 1000.0,
}
WIDEST: Final = 100.0
"""No parameter leaves its beginning by more than this factor."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A zone as data tell it, and how well it foretells them."""

    building: Building
    aperture_m2: float
    """Area through which the sun heats as if it were open."""
    gain_w: float
    """Heat of people and devices that are always there, less what is lost in ways not foreseen."""
    mass_degc: float
    """Temperature of the mass at the start; that of the air where there is one node."""
    learned_k: float
    """Root mean square error where it learned."""
    held_out_k: float
    """The same in the last quarter, foretold from the start of the record without a look between."""
    error: Mapping[str, float]
    """Standard errors: of sizes (`BEGIN`) as a share of each, of ``gain_w`` in watts."""


@dataclass(frozen=True, slots=True)
class _Record:
    indoor_degc: FloatArray
    heat_w: FloatArray
    outdoor_degc: FloatArray
    irradiance_w_per_m2: FloatArray
    step_s: float


def fit(
    name: str,
    indoor_degc: FloatArray,
    heat_w: FloatArray,
    outdoor_degc: FloatArray,
    irradiance_w_per_m2: FloatArray,
    *,
    step_s: float,
    nodes: int = 2,
) -> Fitted:
    """Identify one zone.

    Args:
        name: Of the zone.
        indoor_degc: Measured at the start of each step; NaN where missing, but not at first. [degC], shape (step,)
        heat_w: Mean heat of each step, below zero where it was cooled. [W], shape (step,)
        outdoor_degc: Mean air temperature outside. [degC], shape (step,)
        irradiance_w_per_m2: Mean global irradiance. [W/m2], shape (step,)
        step_s: Length of a step. [s]
        nodes: 1 (1R1C) or 2 (2R2C).

    Raises:
        ValueError: Less than four days, arrays of different length, gaps in what drives the zone, or no heating at all.

    Source: output-error identification of grey-box models, as compared in Bacher and Madsen 2011, Identifying suitable
        models for the heat dynamics of buildings, Energy and Buildings 43(7), 1511-1522.
    Holds for: one zone at a time, records with heating and nights, constant ventilation.
    """
    record = _checked(_Record(indoor_degc, heat_w, outdoor_degc, irradiance_w_per_m2, step_s), nodes)
    learned = int(LEARN_RATIO * indoor_degc.size)
    weight = np.isfinite(indoor_degc).astype(np.float64)
    weight[learned:] = 0.0
    point, error = _searched(record, weight, nodes)
    miss_k = np.nan_to_num(_simulated(record, point[None])[0] - indoor_degc)
    later = np.isfinite(indoor_degc)
    later[:learned] = False
    building = _building(name, point, nodes)
    return Fitted(
        building=building,
        aperture_m2=float(np.exp(point[2])),
        gain_w=float(point[3] * 1e3),
        mass_degc=float(indoor_degc[0] + (point[6] if nodes == 2 else 0.0)),
        learned_k=float(np.sqrt(np.average(miss_k**2, weights=weight))),
        held_out_k=float(np.sqrt(np.mean(miss_k[later] ** 2))) if later.any() else float("nan"),
        error=_errors(error, nodes),
    )


def _checked(record: _Record, nodes: int) -> _Record:
    drives = (record.heat_w, record.outdoor_degc, record.irradiance_w_per_m2)
    if nodes not in (1, 2):
        raise ValueError(f"a zone is identified with 1 or 2 nodes, not {nodes}")
    if any(each.shape != record.indoor_degc.shape for each in drives):
        raise ValueError("temperature, heat, outdoor air and irradiance differ in length")
    days = record.indoor_degc.size * record.step_s / DAY_S
    if days < LEAST_DAYS:
        raise ValueError(f"{days:.1f} days are too few to learn a building from; give at least {LEAST_DAYS}")
    if not all(np.isfinite(each).all() for each in drives) or not np.isfinite(record.indoor_degc[0]):
        raise ValueError("heat, outdoor air, irradiance and the first temperature must be known; fill the gaps first")
    if not np.any(record.heat_w):
        raise ValueError("the zone was never heated or cooled: its losses cannot be told from its capacity")
    return record


def _searched(record: _Record, weight: FloatArray, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Return the parameters nearest to the record and their standard errors.

    They are logarithms of sizes, the gain in kW, the offset of the mass in K.
    """
    begin = _begin(nodes)
    found = nearest(lambda points: _simulated(record, points), record.indoor_degc, weight, begin, _room(begin.size))
    return found.point, errors_by_day(found, round(DAY_S / record.step_s))


def _errors(error: FloatArray, nodes: int) -> dict[str, float]:
    names = ("loss_w_per_k", "air_wh_per_k", "aperture_m2", "gain_w", "mass_wh_per_k", "exchange_w_per_k")
    told = dict(zip(names[: 4 if nodes == 1 else 6], error.tolist(), strict=False))
    return told | {"gain_w": told["gain_w"] * 1e3}


def _begin(nodes: int) -> FloatArray:
    sizes = [np.log(BEGIN[each]) for each in ("loss_w_per_k", "air_wh_per_k", "aperture_m2")]
    more = [np.log(BEGIN["mass_wh_per_k"]), np.log(BEGIN["exchange_w_per_k"]), 0.0] if nodes == 2 else []
    return np.array([*sizes, 0.2, *more])


def _room(count: int) -> FloatArray:
    """Sizes stay within a factor of their beginning, the gain within 5 kW, and the mass within 10 K of the air."""
    room = np.full(count, np.log(WIDEST))
    room[3] = 5.0
    room[6:] = 10.0
    return room


def _simulated(record: _Record, points: FloatArray) -> FloatArray:
    """Run several zones through the record. Shape (zone, step)"""
    nodes = 2 if points.shape[1] > 4 else 1
    networks = [_building("zone", point, nodes) for point in points]
    exact = [each.discrete(record.step_s) for each in networks]
    keep, push = np.stack([each.keep for each in exact]), np.stack([each.push for each in exact])
    into_w = np.zeros((record.heat_w.size, len(points), nodes))
    loss = np.array([each.outdoor_w_per_k[0] for each in networks])
    sun_w = np.exp(points[:, 2]) * record.irradiance_w_per_m2[:, None]
    into_w[:, :, 0] = record.heat_w[:, None] + loss * record.outdoor_degc[:, None] + points[:, 3] * 1e3 + sun_w
    driven = np.einsum("zij,szj->szi", push, into_w)
    node_degc = np.full((len(points), nodes), record.indoor_degc[0])
    if nodes == 2:
        node_degc[:, 1] += points[:, 6]
    air = np.empty((len(points), record.heat_w.size))
    for step in range(record.heat_w.size):
        air[:, step] = node_degc[:, 0]
        node_degc = np.einsum("zij,zj->zi", keep, node_degc) + driven[step]
    return air


def _building(name: str, point: FloatArray, nodes: int) -> Building:
    loss, air = float(np.exp(point[0])), float(np.exp(point[1]))
    if nodes == 1:
        return one_node(name, loss_w_per_k=loss, capacity_wh_per_k=air)
    mass, exchange = float(np.exp(point[4])), float(np.exp(point[5]))
    return two_nodes(name, loss_w_per_k=loss, air_wh_per_k=air, mass_wh_per_k=mass, exchange_w_per_k=exchange)
