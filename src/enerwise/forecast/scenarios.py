"""Scenarios: a few joint paths of load and sun, each a group of days on which we were wrong in the same way.

The errors of the last four weeks are cut into days that begin at the present time of day. Days are ranked by how much
more net energy was used than foreseen, and grouped; a scenario is the centre plus the mean error path of its group.
So load and sun, and hours of one day, keep the correlation they really had, and no distribution is assumed.
The first step is the same in every scenario: what is happening now is known too well to be gambled with.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod
from typing import Final

import numpy as np

from enerwise.core.outlook import Forecast
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.banded import Banded, positions
from enerwise.forecast.past import Past

PROBABILITY: Final = (0.3, 0.4, 0.3)
LEAST_DAYS: Final = 5
"""With fewer days of errors there is one scenario: the centre."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of several channels: quantiles of each, and joint scenarios."""

    grid: TimeGrid
    forecasts: tuple[Forecast, ...]
    value: FloatArray
    """Joint paths. Shape (scenario, channel, step)"""
    probability: FloatArray
    """Of each scenario. Shape (scenario,)"""
    node: IntArray | None = None
    """What looks alike until then, for each path and step the first path of its node; None where paths share the first
    step and nothing later. Shape (scenario, step)"""


def outlook(
    channels: Sequence[tuple[Banded, Past]],
    grid: TimeGrid,
    issued_at: Instant,
    probability: Sequence[float] = PROBABILITY,
) -> Outlook:
    """Return forecasts and joint scenarios of channels that add up to one net load.

    Args:
        channels: A fitted forecaster and the past it may see, for each channel; all in the house sign.
        grid: Steps to foresee.
        issued_at: The moment of issue.
        probability: Of the scenarios, from the least to the most net load; their sum is 1.
    """
    if not channels:
        return Outlook(grid, (), np.zeros((1, 0, grid.step_count)), np.ones(1))
    centre = np.stack([forecaster.expected(past, grid) for forecaster, past in channels])
    forecasts = tuple(
        forecaster.around(path, past, grid, issued_at)
        for path, (forecaster, past) in zip(centre, channels, strict=True)
    )
    error = _error_days(channels, grid)
    if error.shape[1] < LEAST_DAYS:
        return Outlook(grid, forecasts, _reachable(centre[None], channels), np.ones(1))
    share = np.asarray(probability, dtype=np.float64)
    groups = _groups(error.sum(axis=(0, 2)), share)
    if not all(group.size for group in groups):  # Too few days for a share so small.
        return Outlook(grid, forecasts, _reachable(centre[None], channels), np.ones(1))
    value = np.stack([centre + error[:, group].mean(axis=1) for group in groups])
    value[:, :, :1] = np.tensordot(share, value[:, :, :1], axes=1)
    return Outlook(grid, forecasts, _reachable(value, channels), share)


def branched(
    channels: Sequence[tuple[Banded, Past]],
    grid: TimeGrid,
    issued_at: Instant,
    *,
    stages: Sequence[int],
    ways: Sequence[int],
) -> Outlook:
    """Return forecasts and a tree of joint scenarios: what becomes known at each stage parts the days we were wrong on.

    At a stage the days of a node are ranked by how much more net energy they used until the next one, and parted into
    groups of about equal size. Paths of a node differ before they part, though nobody can tell them apart: what is
    decided there is decided for all of them. With too few days for so many groups the outlook is that of `outlook`.

    Args:
        channels: A fitted forecaster and the past it may see, for each channel.
        grid: Steps to foresee.
        issued_at: The moment of issue.
        stages: First step of each stage after the first, rising; those beyond the grid are left out.
        ways: Into how many groups each node parts there.
    """
    found = outlook(channels, grid, issued_at)
    inside = [(stage, way) for stage, way in zip(stages, ways, strict=True) if 0 < stage < grid.step_count]
    if found.probability.size == 1 or not inside:
        return found
    error = _error_days(channels, grid)
    edges = [*(stage for stage, _ in inside), grid.step_count]
    leaves = [np.arange(error.shape[1])]
    if leaves[0].size < 2 * prod(way for _, way in inside):
        return found
    centre = np.stack([forecaster.expected(past, grid) for forecaster, past in channels])
    above = [(0, edges[0], leaves)]
    for (begin, end), (_, way) in zip(pairwise(edges), inside, strict=True):
        net = error[:, :, begin:end].sum(axis=(0, 2))
        leaves = [part for group in leaves for part in _parted(group, net, way)]
        above.append((begin, end, leaves))
    share = np.array([leaf.size for leaf in leaves], dtype=np.float64) / error.shape[1]
    value = np.stack([centre + error[:, leaf].mean(axis=1) for leaf in leaves])
    value[:, :, :1] = np.tensordot(share, value[:, :, :1], axes=1)
    node = _nodes(above, leaves, grid.step_count)
    return replace(found, value=_reachable(value, channels), probability=share, node=node)


def _parted(group: IntArray, net: FloatArray, ways: int) -> list[IntArray]:
    """Return the days of a node in groups, from the least to the most net energy."""
    return np.array_split(group[np.argsort(net[group], kind="stable")], ways)


def _nodes(above: Sequence[tuple[int, int, list[IntArray]]], leaves: Sequence[IntArray], steps: int) -> IntArray:
    """Return for each leaf and step the first leaf of its node. Shape (leaf, step)"""
    node = np.zeros((len(leaves), steps), dtype=np.int64)
    for begin, end, groups in above:
        of = [next(at for at, group in enumerate(groups) if np.isin(leaf[0], group)) for leaf in leaves]
        node[:, begin:end] = np.array([of.index(at) for at in of])[:, None]
    return node


def _error_days(channels: Sequence[tuple[Banded, Past]], grid: TimeGrid) -> FloatArray:
    """Return past errors as days that begin at the grid's time of day, known to all. Shape (channel, day, step)"""
    spans = []
    for forecaster, past in channels:
        if forecaster.errors is None or forecaster.errors_end_utc is None:
            return np.zeros((len(channels), 0, grid.step_count))
        first = past.grid.step_at(forecaster.errors_end_utc) - forecaster.errors.size
        scale = forecaster.band_scale(past, positions(past, grid))
        spans.append((past.grid.step_at(grid.start_utc) - first, forecaster.errors, scale))
    day = DAY_S // grid.step_s
    # Counted back from the grid, so that a day is the same day in every channel even where one fell silent earlier.
    nearest = max(-(-(begin + grid.step_count - error.size) // day) for begin, error, _ in spans)
    days_back = np.arange(min(begin // day for begin, _, _ in spans), nearest - 1, -1)
    step = np.arange(grid.step_count) - day * days_back[:, None]
    return np.stack([np.nan_to_num(error[begin + step]) * scale for begin, error, scale in spans])


def _groups(net: FloatArray, share: FloatArray) -> list[IntArray]:
    """Return the days of each group, ranked by net energy."""
    order = np.argsort(net, kind="stable")
    edges = np.rint(np.cumsum(share)[:-1] * net.size).astype(np.int64)
    return [np.sort(group) for group in np.split(order, edges)]


def _reachable(value: FloatArray, channels: Sequence[tuple[Banded, Past]]) -> FloatArray:
    """Keep every path between the least and the most its channel ever showed."""
    bounds = [
        (np.nanmin(past.value), np.nanmax(past.value)) if np.isfinite(past.value).any() else (0.0, 0.0)
        for _, past in channels
    ]
    lower, upper = (np.array([bound[side] for bound in bounds])[None, :, None] for side in (0, 1))
    return np.clip(value, lower, upper)
