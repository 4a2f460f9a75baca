"""Scenario trees: paths that share a node decide the same there, for nobody can know yet which of them it is.

Without a tree only the first step is shared, and everything later is taken to be known by then: a fan.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.units import FloatArray, IntArray
from enerwise.plan.flexible import tie_steps
from enerwise.plan.model import Model
from enerwise.plan.parts import Parts


def fan(scenarios: int, steps: int, shared: int = 1) -> IntArray:
    """Return the nodes of paths that share their first steps and nothing later. Shape (scenario, step)

    >>> fan(2, 4, shared=2)
    array([[0, 0, 0, 0],
           [0, 0, 1, 1]])
    """
    node = np.repeat(np.arange(scenarios)[:, None], steps, axis=1)
    node[:, :shared] = 0
    return node


def tree(paths: FloatArray, stages: Sequence[int], ways: Sequence[int]) -> IntArray:
    """Return the nodes of a tree: what looks alike until a stage ends is decided together until it begins.

    At each stage the paths of a node are ordered by their mean over the stage and parted into groups of about equal
    size.

    Args:
        paths: What is uncertain, net load say. Shape (scenario, step)
        stages: First step of each stage after the first, rising.
        ways: Into how many groups each node parts there, at most.

    Returns:
        For each path and step the first of the paths that it shares its node with. Shape (scenario, step)

    Raises:
        ValueError: Stages do not rise within the steps, or their number differs from that of ways.
    """
    count, steps = paths.shape
    edges = [0, *stages, steps]
    if len(ways) != len(stages) or any(one >= other for one, other in pairwise(edges)):
        raise ValueError(f"stages {list(stages)} with {list(ways)} ways do not rise within {steps} steps")
    node = np.zeros((count, steps), dtype=np.int64)
    groups = [np.arange(count)]
    for (begin, end), parts in zip(pairwise(edges[1:]), ways, strict=True):
        groups = [each for group in groups for each in _parted(paths[group, begin:end].mean(axis=1), group, parts)]
        for group in groups:
            node[group, begin:] = group.min()
    return node


def _parted(mean: FloatArray, group: IntArray, parts: int) -> list[IntArray]:
    ordered = group[np.argsort(mean, kind="stable")]
    return [each for each in np.array_split(ordered, parts) if each.size]


def node_faults(node: IntArray, scenarios: int, steps: int) -> list[Fault]:
    """Return what keeps nodes from being a tree over so many paths and steps."""
    if node.shape != (scenarios, steps):
        return [Fault("node", f"shape {node.shape}, expected {(scenarios, steps)}", "give one node a path and step")]
    if sharing(node)[:, 0].any():
        return [Fault("node", "paths part before the first step", "let all share the first step")]
    again = [path for path in range(scenarios) if not _only_parts(node, path)]
    return [
        Fault(f"node[{path}]", "meets a path again that it has left", "paths part and stay apart") for path in again
    ]


def _only_parts(node: IntArray, path: int) -> bool:
    """Whoever shares a node with a path later has shared it before."""
    shared = node == node[path]
    return not np.any(shared[:, 1:] & ~shared[:, :-1])


def sharing(node: IntArray) -> IntArray:
    """Return for each path and step the first path of its node. Shape (scenario, step)"""
    same = node[:, None, :] == node[None, :, :]
    found: IntArray = same.argmax(axis=1)
    return found


def share(model: Model, parts: Sequence[Parts], node: IntArray) -> None:
    """Tie what the paths of a site decide in the steps of a shared node: the energy stored, the power taken."""
    first = sharing(node)
    for path, mine in enumerate(parts):
        for other in np.unique(first[path]).tolist():
            at = np.flatnonzero(first[path] == other)
            if other == path:
                continue
            for own, its in zip(parts[other].batteries, mine.batteries, strict=True):
                tie = model.rows(0.0, 0.0, at.size)
                model.put(tie, own.energy[at], 1.0)
                model.put(tie, its.energy[at], -1.0)
            for part, same in zip(parts[other].flexible, mine.flexible, strict=True):
                tie_steps(model, part, same, at)
