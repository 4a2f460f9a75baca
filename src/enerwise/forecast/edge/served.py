"""A graph that serves: onnxruntime and numpy are all it needs."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.units import FloatArray
from enerwise.forecast.features import rows
from enerwise.forecast.frame import Known

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


@dataclass(frozen=True, slots=True)
class EdgeModel:
    """A column model behind which stands a graph."""

    session: "InferenceSession"
    names: tuple[str, ...]
    horizon: int

    @property
    def _size(self) -> str:
        return f"{self.horizon} steps of {len(self.names)} features"

    def predict(self, known: Known) -> FloatArray:
        """Return quantiles of the horizon. Shape (step, 19)

        Raises:
            ProblemsFound: The graph was made for other features or another horizon.
        """
        row = rows(known, np.array([known.past_count]), known.horizon)
        if row.names != self.names or known.horizon != self.horizon:
            message = f"is for {self._size}, not for {known.horizon} steps of {len(row.names)} features"
            raise ProblemsFound("graph", [Problem(known.name, message, "export it from a model of this series")])
        told: dict[str, Any] = {"x": row.x, "base": row.base, "scale": row.scale}
        return np.asarray(self.session.run(["quantiles"], told)[0], dtype=np.float64)


def load(graph: bytes) -> EdgeModel:
    """Open a graph from the bytes of its file; one thread serves.

    Raises:
        ProblemsFound: It is none of ours.
    """
    import onnxruntime

    from enerwise.forecast.edge.graph import HORIZON, NAMES

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, settings, providers=["CPUExecutionProvider"])
    told = session.get_modelmeta().custom_metadata_map
    if NAMES not in told or HORIZON not in told:
        message = "does not tell features and horizon"
        raise ProblemsFound("graph", [Problem("metadata", message, "export it with enerwise forecast export")])
    return EdgeModel(session, tuple(json.loads(told[NAMES])), int(told[HORIZON]))
