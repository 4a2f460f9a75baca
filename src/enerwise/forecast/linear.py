"""A linear map from a long look-back to a long horizon, in closed form: hard to beat, and seconds to fit.

Every channel is a sample of the same map. A window is first laid on its last value, so the map tells changes and
follows a level wherever it goes. The penalty is chosen on a validation part that lies between training and test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray

PENALTIES: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
"""Per window; the values between which validation chooses."""


@dataclass(frozen=True, slots=True)
class LinearMap:
    """Weights from look-back to horizon. Shape (look_back, horizon)"""

    weight: FloatArray
    penalty: float

    def predict(self, past: FloatArray) -> FloatArray:
        """Return what follows each window. Shape (..., look_back) -> (..., horizon)"""
        last = past[..., -1:]
        return np.asarray((past - last) @ self.weight + last)


def fit(series: FloatArray, validation: FloatArray, *, look_back: int, horizon: int) -> LinearMap:
    """Fit on one part of a series and choose the penalty on another.

    Args:
        series: Scaled values of the training part. Shape (step, channel)
        validation: The same of the validation part, with the look-back before it. Shape (step, channel)
        look_back: Steps seen.
        horizon: Steps told.

    Returns:
        The map of least squared error on the validation part, fitted on the training part alone.

    Raises:
        ValueError: A part holds no whole window.
    """
    past, future = windows(series, look_back, horizon)
    last = past[:, -1:]
    x, y = past - last, future - last
    gram, cross = x.T @ x, x.T @ y
    maps = [LinearMap(_solved(gram, cross, each * past.shape[0]), each) for each in PENALTIES]
    seen, told = windows(validation, look_back, horizon)
    return min(maps, key=lambda each: float(np.mean((each.predict(seen) - told) ** 2)))


def windows(series: FloatArray, look_back: int, horizon: int) -> tuple[FloatArray, FloatArray]:
    """Return all windows of all channels and what follows them. Shapes (window, look_back), (window, horizon)"""
    if series.shape[0] < look_back + horizon:
        raise ValueError(f"{series.shape[0]} steps hold no window of {look_back} + {horizon}")
    whole = np.lib.stride_tricks.sliding_window_view(series, look_back + horizon, axis=0)
    flat = whole.reshape(-1, look_back + horizon)
    return flat[:, :look_back], flat[:, look_back:]


def scores(model: LinearMap, series: FloatArray, *, look_back: int, horizon: int) -> Sequence[float]:
    """Return mean squared and mean absolute error over all windows and channels."""
    past, future = windows(series, look_back, horizon)
    error = model.predict(past) - future
    return float(np.mean(error**2)), float(np.mean(np.abs(error)))


def _solved(gram: FloatArray, cross: FloatArray, penalty: float) -> FloatArray:
    return np.asarray(np.linalg.solve(gram + penalty * np.eye(gram.shape[0]), cross), dtype=np.float64)
