"""The hot-water tank twin: layers of one temperature each, warmed from inside, cooled by the room and by what is drawn.

Who draws takes from the top; cold water follows at the bottom and pushes the rest up. How much is drawn is given, so
that temperatures follow a linear network whose couplings change with the step. One layer is a stirred tank; the more
layers, the sharper the border between warm and cold water, as plugs that push each other up.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import SECONDS_PER_HOUR, FloatArray
from enerwise.physics.thermal import Discrete, discrete

LAYERS_MOST: Final = 20
CELLAR_DEGC: Final = 18.0
"""Around a tank of which nobody tells where it stands."""
WATER_WH_PER_L_PER_K: Final = 1.163
"""Heat capacity of a litre of water at 20 to 60 degC."""


@dataclass(frozen=True, slots=True)
class Tank:
    """A tank of hot water."""

    volume_l: float
    loss_w_per_k: float
    """Of the whole tank to the room."""
    layers: int = 2
    """1 for a mixed tank, 2 for warm water above cold, more for a border between them that moves."""
    mixing_w_per_k: float = 5.0
    """Heat between its upper and its lower half at rest, by conduction and slow stirring."""
    heated_layers: int = 0
    """So many from the top are warmed, those above the heater; 0 for all of them."""

    def __post_init__(self) -> None:
        if not (self.volume_l > 0 and self.loss_w_per_k >= 0 and self.mixing_w_per_k >= 0):
            raise ValueError(f"tank of {self.volume_l} l, {self.loss_w_per_k} W/K and {self.mixing_w_per_k} W/K")
        if not 1 <= self.layers <= LAYERS_MOST:
            raise ValueError(f"a tank has 1 to {LAYERS_MOST} layers, not {self.layers}")
        if not 0 <= self.heated_layers <= self.layers:
            raise ValueError(f"{self.heated_layers} of {self.layers} layers are heated")

    @property
    def capacity_wh_per_k(self) -> float:
        """Heat the whole tank stores per degree."""
        return self.volume_l * WATER_WH_PER_L_PER_K

    @property
    def heated_wh_per_k(self) -> float:
        """Heat that the layers that are warmed store per degree."""
        return self.capacity_wh_per_k * ((self.heated_layers or self.layers) / self.layers)

    @property
    def heat_share(self) -> FloatArray:
        """Share of the heat that goes into each layer; all the same where it is warmed. Shape (layer,)"""
        count = self.heated_layers or self.layers
        return np.asarray((np.arange(self.layers) < count) / count)

    @property
    def between_w_per_k(self) -> float:
        """Heat between one layer and the next: the nearer their middles, the more."""
        return self.mixing_w_per_k * self.layers / 2.0

    def discrete(self, draw_l: FloatArray, step_s: float) -> Discrete:
        """Return the exact step for what is drawn in it, shapes (..., layer, layer)."""
        drawn = _flow_w_per_k(draw_l, step_s)
        still = self.between_w_per_k * (np.eye(self.layers, k=1) + np.eye(self.layers, k=-1))
        still -= np.diag(still.sum(axis=1) + self.loss_w_per_k / self.layers)
        # Each layer gives what is drawn to the one above and takes as much from the one below.
        coupling = still + drawn[..., None, None] * (np.eye(self.layers, k=1) - np.eye(self.layers))
        capacity = np.full(self.layers, self.capacity_wh_per_k / self.layers)
        return discrete(coupling, capacity, step_s)

    def inflow_w(self, draw_l: FloatArray, *, cold_degc: float, room_degc: float, step_s: float) -> FloatArray:
        """Return what flows into each layer from the room and with cold water, above 0 degC. Shape (..., layer)"""
        flow_w = np.zeros((*draw_l.shape, self.layers)) + self.loss_w_per_k / self.layers * room_degc
        flow_w[..., -1] += _flow_w_per_k(draw_l, step_s) * cold_degc
        return flow_w

    def energy_wh(self, layer_degc: FloatArray, cold_degc: float) -> FloatArray:
        """Return the heat above cold water. Shape (...)"""
        stored: FloatArray = (layer_degc - cold_degc).mean(axis=-1) * self.capacity_wh_per_k
        return stored


def step(
    tank: Tank,
    layer_degc: FloatArray,
    heat_w: FloatArray,
    draw_l: FloatArray | float,
    *,
    cold_degc: float,
    room_degc: float,
    step_s: float,
) -> FloatArray:
    """Advance a tank by one step.

    Args:
        tank: What it is.
        layer_degc: Temperatures at the start, top first. [degC], shape (layer,)
        heat_w: Heat into each layer. [W], shape (layer,)
        draw_l: Hot water drawn in the step. [l]
        cold_degc: Temperature of what follows.
        room_degc: Temperature around the tank.
        step_s: Length of the step, above zero. [s]

    Returns:
        Temperatures at the end. [degC], shape (layer,)

    Source: energy balance of stirred layers with plug inflow, solved exactly (`enerwise.physics.thermal`).
    Holds for: heat from the top down; a bottom warmer than the top is not overturned. Stirred layers blur the border of
        a real plug by about a layer's height.

    >>> tank = Tank(200.0, 2.0, layers=1)
    >>> step(tank, np.array([50.0]), np.array([60.0]), 0.0, cold_degc=10.0, room_degc=20.0, step_s=3600.0)
    array([50.])
    """
    drawn = np.asarray(draw_l, dtype=np.float64)
    exact = tank.discrete(drawn, step_s)
    flow_w = heat_w + tank.inflow_w(drawn, cold_degc=cold_degc, room_degc=room_degc, step_s=step_s)
    after: FloatArray = exact.keep @ layer_degc + exact.push @ flow_w
    return after


def _flow_w_per_k(draw_l: FloatArray, step_s: float) -> FloatArray:
    return np.asarray(draw_l, dtype=np.float64) * WATER_WH_PER_L_PER_K * SECONDS_PER_HOUR / step_s
