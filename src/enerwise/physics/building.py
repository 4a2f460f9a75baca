"""The building twin: a thermal network of resistances and capacities, from one zone of one node to several of two.

A zone is air and what follows it at once; with two nodes its walls and floors are a store of their own (1R1C, 2R2C and
so on). Heat flows in from heaters, the sun, people and neighbours; everything is elementwise over leading axes.
"""

from dataclasses import dataclass

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.physics.thermal import Discrete, discrete


@dataclass(frozen=True, slots=True)
class Building:
    """Nodes that store heat. Zones are those of them in which people live."""

    capacity_wh_per_k: FloatArray
    """Shape (node,)"""
    between_w_per_k: FloatArray
    """Conductance between nodes, symmetric, zero on the diagonal. Shape (node, node)"""
    outdoor_w_per_k: FloatArray
    """Conductance to the air outside. Shape (node,)"""
    zones: tuple[str, ...]
    """Names of the zones, which are the first nodes."""

    def __post_init__(self) -> None:
        count = self.capacity_wh_per_k.size
        if self.between_w_per_k.shape != (count, count) or self.outdoor_w_per_k.shape != (count,):
            raise ValueError(f"a building of {count} nodes has conductances {self.between_w_per_k.shape}")
        if not 1 <= len(self.zones) <= count:
            raise ValueError(f"a building of {count} nodes has {len(self.zones)} zones")
        if not (np.all(self.capacity_wh_per_k > 0) and np.all(self.outdoor_w_per_k >= 0)):
            raise ValueError("capacities must be above zero, conductances not below")
        if np.any(self.between_w_per_k < 0) or not np.allclose(self.between_w_per_k, self.between_w_per_k.T):
            raise ValueError("conductances between nodes must be symmetric and not below zero")

    def discrete(self, step_s: float) -> Discrete:
        """Return the exact step of the building."""
        lost = self.between_w_per_k.sum(axis=1) + self.outdoor_w_per_k
        return discrete(self.between_w_per_k - np.diag(lost), self.capacity_wh_per_k, step_s)


def one_node(name: str, *, loss_w_per_k: float, capacity_wh_per_k: float) -> Building:
    """Return a zone of one resistance and one capacity (1R1C)."""
    return Building(np.array([capacity_wh_per_k]), np.zeros((1, 1)), np.array([loss_w_per_k]), (name,))


def two_nodes(
    name: str, *, loss_w_per_k: float, air_wh_per_k: float, mass_wh_per_k: float, exchange_w_per_k: float
) -> Building:
    """Return a zone of air and mass (2R2C): the air loses to the outside, the mass exchanges with the air."""
    between = np.array([[0.0, exchange_w_per_k], [exchange_w_per_k, 0.0]])
    capacity = np.array([air_wh_per_k, mass_wh_per_k])
    return Building(capacity, between, np.array([loss_w_per_k, 0.0]), (name,))


def step(
    building: Building,
    temperature_degc: FloatArray,
    heat_w: FloatArray,
    outdoor_degc: FloatArray | float,
    *,
    step_s: float,
) -> FloatArray:
    """Advance the temperatures of all nodes by one step.

    Args:
        building: The network.
        temperature_degc: At the start. [degC], shape (..., node)
        heat_w: Mean heat into each node, below zero where it is cooled. [W], shape (..., node)
        outdoor_degc: Mean air temperature outside. [degC], shape (...)
        step_s: Length of the step, above zero. [s]

    Returns:
        Temperatures at the end. [degC], shape (..., node)

    Source: linear network, solved exactly (`enerwise.physics.thermal`).
    Holds for: heat and air that are constant inside the step; no radiation, moisture or wind.

    >>> house = one_node("living", loss_w_per_k=100.0, capacity_wh_per_k=5000.0)
    >>> step(house, np.array([20.0]), np.array([2000.0]), 0.0, step_s=3600.0)
    array([20.])
    """
    return advance(building, building.discrete(step_s), temperature_degc, heat_w, outdoor_degc)


def advance(
    building: Building,
    exact: Discrete,
    temperature_degc: FloatArray,
    heat_w: FloatArray,
    outdoor_degc: FloatArray | float,
) -> FloatArray:
    """Do what `step` does, with a step that was worked out before: for many steps of one length."""
    flow_w = heat_w + building.outdoor_w_per_k * np.asarray(outdoor_degc)[..., None]
    after: FloatArray = temperature_degc @ exact.keep.T + flow_w @ exact.push.T
    return after


def heat_flow_w(building: Building, temperature_degc: FloatArray, outdoor_degc: FloatArray | float) -> FloatArray:
    """Return the heat that all nodes together lose to the outside at these temperatures. [W], shape (...)"""
    lost: FloatArray = (building.outdoor_w_per_k * (temperature_degc - np.asarray(outdoor_degc)[..., None])).sum(
        axis=-1
    )
    return lost
