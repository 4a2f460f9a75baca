"""From a fitted member to an ONNX graph in double precision, which says what the member says.

A graph takes what `features.rows` returns for one issue: ``x`` (step, feature), ``base`` (step,) and ``scale`` (step,),
and gives ``quantiles`` (step, 19). The step is the row, so a graph serves the horizon it was fitted for. Its metadata
hold the names of the features, in order, and the horizon.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.forecast.columns.ridge import CUT_DEVIATIONS, RidgeModel
from enerwise.forecast.columns.trees import CENTRES, LEVELS, TreesModel
from enerwise.forecast.edge.ensembles import ensemble
from enerwise.forecast.frame import QUANTILES, ColumnModel

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET: Final = 17
OPSET_ML: Final = 5
"""The first in which trees answer in doubles."""
IR_VERSION: Final = 10
NAMES: Final = "enerwise.features"
HORIZON: Final = "enerwise.horizon"


@dataclass
class Graph:
    """Nodes and constants of a graph under way."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def put(self, name: str, value: NDArray[Any]) -> str:
        """Add a constant and return its name."""
        from onnx.numpy_helper import from_array

        self.constants.append(from_array(value, name))
        return name

    def do(self, operation: str, inputs: list[str], result: str, **settings: Any) -> str:
        """Add a step of the computation and return the name of its result."""
        from onnx.helper import make_node

        self.nodes.append(make_node(operation, inputs, [result], **settings))
        return result


def exported(model: ColumnModel, names: tuple[str, ...], horizon: int) -> "ModelProto":
    """Return a fitted member as a checked graph.

    Args:
        model: Ridge or trees.
        names: Of its features, in order.
        horizon: Steps it was fitted for.

    Raises:
        ProblemsFound: It is of another kind, for which there is no graph.
    """
    graph = Graph()
    match model:
        case RidgeModel():
            scaled = _ridge(graph, model)
        case TreesModel():
            scaled = _trees(graph, model)
        case _:
            message = f"{type(model).__name__} has no graph"
            raise ProblemsFound("export", [Problem("--member", message, "export ridge or trees")])
    based = graph.do(
        "Add", [scaled, graph.do("Unsqueeze", ["base", graph.put("last", np.array([1]))], "base_column")], "based"
    )
    size = graph.do("Unsqueeze", ["scale", "last"], "scale_column")
    graph.do("Mul", [based, size], "quantiles")
    return _model(graph, {NAMES: json.dumps(names), HORIZON: str(horizon)}, len(names))


def _model(graph: Graph, told: Mapping[str, str], feature_count: int) -> "ModelProto":
    from onnx import TensorProto, checker, helper

    def tensor(name: str, *shape: int | str) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.DOUBLE, shape)

    inputs = [tensor("x", "step", feature_count), tensor("base", "step"), tensor("scale", "step")]
    outputs = [tensor("quantiles", "step", QUANTILES.size)]
    made = helper.make_graph(graph.nodes, "enerwise", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", OPSET_ML)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=IR_VERSION, producer_name="enerwise")
    helper.set_model_props(model, dict(told))
    checker.check_model(model)
    return model


def _ridge(graph: Graph, model: RidgeModel) -> str:
    """Add the line through standardised features and the quantiles of its errors."""
    kept = graph.do("Gather", ["x", graph.put("kept", np.flatnonzero(model.kept))], "kept_x", axis=1)
    centred = graph.do("Sub", [kept, graph.put("mean", model.mean)], "centred")
    standard = graph.do("Div", [centred, graph.put("deviation", model.deviation)], "standard")
    missing = graph.do("IsNaN", [standard], "is_missing")
    filled = graph.do("Where", [missing, graph.put("zero", np.array(0.0)), standard], "filled")
    limits = [graph.put("least", np.array(-CUT_DEVIATIONS)), graph.put("most", np.array(CUT_DEVIATIONS))]
    cut = graph.do("Clip", [filled, *limits], "cut")
    line = graph.do("MatMul", [cut, graph.put("weight", model.weight[:, None])], "line")
    return graph.do("Add", [line, graph.put("errors", model.table + model.level)], "scaled")


def _trees(graph: Graph, model: TreesModel) -> str:
    """Add all trees as one ensemble, the mean of its centres, and straight lines between centre and levels."""
    boosters = (*model.centres, *model.levels)
    said = graph.do("TreeEnsemble", ["x"], "said", domain="ai.onnx.ml", **ensemble(boosters))
    whole = np.array([float(each.is_whole) for each in CENTRES])
    share = np.zeros((len(boosters), 1))
    share[: len(CENTRES)] = 1.0 / len(CENTRES)
    mean = graph.do("MatMul", [said, graph.put("centre_share", share)], "mean_said")
    column = graph.do("Unsqueeze", ["base", graph.put("axis", np.array([1]))], "base_of_centre")
    off = graph.do("Mul", [column, graph.put("whole_share", np.array([[whole.mean()]]))], "off")
    centre = graph.do("Sub", [mean, off], "centre")
    half = len(CENTRES) + len(LEVELS) // 2
    below = graph.do("Gather", [said, graph.put("below_at", np.arange(len(CENTRES), half))], "below", axis=1)
    above = graph.do("Gather", [said, graph.put("above_at", np.arange(half, len(boosters)))], "above", axis=1)
    below = graph.do("Min", [below, centre], "below_centre")
    above = graph.do("Max", [above, centre], "above_centre")
    points = graph.do("Concat", [below, centre, above], "points", axis=1)
    count = graph.put("point_count", np.array([len(LEVELS) + 1]))
    from onnx.helper import make_node

    graph.nodes.append(make_node("TopK", [points, count], ["rising", "place"], axis=1, largest=0, sorted=1))
    return graph.do("MatMul", ["rising", graph.put("lines", _lines())], "scaled")


def _lines() -> NDArray[np.float64]:
    """Return the weights that make 19 quantiles of centre and levels. Shape (point, 19)"""
    levels = np.array([*LEVELS[: len(LEVELS) // 2], 0.5, *LEVELS[len(LEVELS) // 2 :]])
    return np.stack([np.interp(QUANTILES, levels, row) for row in np.eye(levels.size)])
