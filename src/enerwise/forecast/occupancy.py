"""Is somebody there? Told from a room's sensors and the clock, as a probability for each moment.

Each sensor is seen as it is and against its own mean over some minutes before, since people show in how air and warmth
change. Only the past of a moment is used. A logistic model on so few inputs can be read and does not overreach.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.core.time import TimeArray, local_fields
from enerwise.core.units import BoolArray, FloatArray

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

SPANS_S: Final = (300, 900, 1800)
"""Sensors are compared with their mean over so long."""
MEAN_SPAN_S: Final = 900
"""And this mean is looked at itself: single readings are noisy."""
STRENGTH: Final = 0.1
"""Inverse of the penalty on weights."""


@dataclass(frozen=True, slots=True)
class Room:
    """Sensors of a room on equal steps, local clock; a missing reading is the last one known. Shapes (step,)"""

    starts: TimeArray
    step_s: int
    sensors: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class OccupancyModel:
    """Fitted weights and the sensors they are for."""

    pipeline: "Pipeline"
    sensors: tuple[str, ...]

    def probability(self, room: Room) -> FloatArray:
        """Return how likely somebody is there. Shape (step,)

        Raises:
            KeyError: The room lacks a sensor the model was fitted with.
        """
        return np.asarray(self.pipeline.predict_proba(features(room, self.sensors))[:, 1], dtype=np.float64)


def fit(room: Room, is_occupied: BoolArray) -> OccupancyModel:
    """Learn from a room whose occupancy was seen.

    Args:
        room: Its sensors.
        is_occupied: Whether somebody was there. Shape (step,)

    Raises:
        ValueError: It was always occupied, or never: nothing can be learned.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if is_occupied.all() or not is_occupied.any():
        raise ValueError("the room was always occupied or never: nothing can be learned from it")
    sensors = tuple(room.sensors)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000))
    pipeline.fit(features(room, sensors), is_occupied)
    return OccupancyModel(pipeline, sensors)


def features(room: Room, sensors: tuple[str, ...]) -> FloatArray:
    """Return what is looked at, from each moment and its past. Shape (step, feature)"""
    columns: list[FloatArray] = []
    for name in sensors:
        value = _held(np.asarray(room.sensors[name], dtype=np.float64))
        columns.append(value)
        for span_s in SPANS_S:
            mean = _mean_before(value, max(1, span_s // room.step_s))
            columns.append(value - mean)
            if span_s == MEAN_SPAN_S:
                columns.append(mean)
    local = local_fields(room.starts, "UTC")
    turn = 2 * np.pi * local.second / 86_400
    columns += [np.sin(turn), np.cos(turn), (local.weekday >= 5).astype(np.float64)]
    return np.stack(columns, axis=1)


def _mean_before(value: FloatArray, count: int) -> FloatArray:
    """Return the mean of each value and those before it; the first stands for what was before. Shape (step,)"""
    padded = np.concatenate([np.full(count - 1, value[0]), value])
    total = np.cumsum(np.concatenate([[0.0], padded]))
    return np.asarray((total[count:] - total[:-count]) / count)


def _held(value: FloatArray) -> FloatArray:
    """Return a series in which a missing reading is the last one known, the first known one before that."""
    known = np.flatnonzero(np.isfinite(value))
    if not known.size:
        return np.zeros(value.size)
    last = np.searchsorted(known, np.arange(value.size), side="right") - 1
    return np.asarray(value[known[np.maximum(last, 0)]])
