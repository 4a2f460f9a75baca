"""LightGBM's trees as the attributes of ONNX's `TreeEnsemble`, in double precision.

Converters write single precision, and a threshold that is rounded sends a row down the other branch; so the trees are
written here, from the dump that LightGBM documents. Several boosters become one ensemble with an output each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound

if TYPE_CHECKING:
    from lightgbm import Booster

BRANCH_LEQ: Final = 0
SUM: Final = 1


@dataclass
class Ensemble:
    """Branches and leaves under way. A branch: feature, split, true place, is it a leaf, the same of false, missing."""

    branches: list[list[Any]] = field(default_factory=list)
    roots: list[int] = field(default_factory=list)
    leaves: list[tuple[int, float]] = field(default_factory=list)
    """Output and value of each."""

    def add(self, root: dict[str, Any], target: int) -> None:
        """Add a dumped tree whose leaves count for an output."""
        self.roots.append(len(self.branches))
        if "leaf_value" in root:  # A tree of one leaf: both ways lead there.
            leaf = self._leaf(root, target)
            self.branches.append([0, 0.0, leaf, 1, leaf, 1, 0])
            return
        waiting = [(root, self._branch(root))]
        while waiting:
            node, at = waiting.pop()
            for side, place in (("left_child", 2), ("right_child", 4)):
                child = node[side]
                is_leaf = "leaf_value" in child
                number = self._leaf(child, target) if is_leaf else self._branch(child)
                self.branches[at][place : place + 2] = [number, int(is_leaf)]
                waiting += [] if is_leaf else [(child, number)]

    def _branch(self, node: dict[str, Any]) -> int:
        if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
            message = f"a split {node['decision_type']!r} with {node['missing_type']!r} as missing has no counterpart"
            raise ProblemsFound("export", [Problem("trees", message, "train without categories and zero_as_missing")])
        # A missing value goes as the tree was taught, or as zero where it never saw one.
        split = float(node["threshold"])
        goes_left = bool(node["default_left"]) if node["missing_type"] == "NaN" else split >= 0.0
        self.branches.append([int(node["split_feature"]), split, 0, 0, 0, 0, int(goes_left)])
        return len(self.branches) - 1

    def _leaf(self, node: dict[str, Any], target: int) -> int:
        self.leaves.append((target, float(node["leaf_value"])))
        return len(self.leaves) - 1


def ensemble(boosters: "Sequence[Booster]") -> dict[str, Any]:
    """Return the attributes of one ensemble whose outputs are what the boosters predict. Shape (row, booster)

    Raises:
        ProblemsFound: A tree splits in a way ONNX does not know.
    """
    from onnx.numpy_helper import from_array

    made = Ensemble()
    for target, booster in enumerate(boosters):
        for tree in booster.dump_model()["tree_info"]:
            made.add(tree["tree_structure"], target)
    feature, split, true, true_leaf, false, false_leaf, missing = (
        list(each) for each in zip(*made.branches, strict=True)
    )
    return {
        "n_targets": len(boosters),
        "aggregate_function": SUM,
        "tree_roots": made.roots,
        "nodes_featureids": feature,
        "nodes_splits": from_array(np.array(split, dtype=np.float64), "splits"),
        "nodes_modes": from_array(np.full(len(split), BRANCH_LEQ, dtype=np.uint8), "modes"),
        "nodes_truenodeids": true,
        "nodes_trueleafs": true_leaf,
        "nodes_falsenodeids": false,
        "nodes_falseleafs": false_leaf,
        "nodes_missing_value_tracks_true": missing,
        "leaf_targetids": [target for target, _ in made.leaves],
        "leaf_weights": from_array(np.array([value for _, value in made.leaves]), "leaves"),
    }
