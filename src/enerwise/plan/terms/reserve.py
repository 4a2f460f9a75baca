"""Reserve: power that batteries hold ready for the grid, and what is paid for holding it.

Up means that the site would draw less or give more. Each battery can be called at any moment of a step, from whatever
it is doing then, and must last: its level at both ends of the step leaves room for a whole call. What is offered is the
same all through a block, and the connection could carry it.
"""

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.plan.aims import Reserve
from enerwise.plan.blocks.battery import conversion
from enerwise.plan.model import Model
from enerwise.plan.parts import BatteryPart, Parts
from enerwise.plan.problem import Problem


def add(model: Model, problem: Problem, parts: Parts) -> None:
    """Pay for what is held ready, block by block."""
    reserve = problem.aims.reserve
    if not reserve.is_priced:
        return
    held = [
        (part, start_wh / 1e3)
        for part, start_wh in zip(parts.batteries, problem.start_wh.tolist(), strict=True)
        if part.asset.energy_min_wh <= start_wh <= part.asset.energy_max_wh
    ]
    if not held:
        return
    up = _offered(model, problem, "reserve up", reserve.up_eur_per_kw_h)
    down = _offered(model, problem, "reserve down", reserve.down_eur_per_kw_h)
    if reserve.is_symmetric:
        same = model.rows(0.0, 0.0, up.size)
        model.put(same, up, 1.0)
        model.put(same, down, -1.0)
    block = blocks(reserve, problem.grid.step_count)
    ups = [_held(model, reserve, part, start_kwh, is_up=True) for part, start_kwh in held]
    downs = [_held(model, reserve, part, start_kwh, is_up=False) for part, start_kwh in held]
    for offered, columns in ((up, ups), (down, downs)):
        rows = model.rows(0.0, np.inf, block.size)
        for each in columns:
            model.put(rows, each, 1.0)
        model.put(rows, offered[block], -1.0)
    _carried(model, problem, parts, up[block], down[block])


def blocks(reserve: Reserve, steps: int) -> IntArray:
    """Return the block of each step. Shape (step,)"""
    return np.arange(steps) // reserve.block_steps


def offered_w(problem: Problem, power_w: FloatArray, energy_wh: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what a plan of batteries leaves to be offered up and down, before the connection's limits. Shapes (block,)

    Args:
        problem: What was asked.
        power_w: Of each battery. Shape (battery, step)
        energy_wh: At the edges of the steps. Shape (battery, step + 1)
    """
    reserve, steps = problem.aims.reserve, problem.grid.step_count
    up_w, down_w = np.zeros(steps), np.zeros(steps)
    for asset, taken_w, held_wh in zip(problem.batteries, power_w, energy_wh, strict=True):
        gain, drain = conversion(asset)
        low_wh = np.minimum(held_wh[:-1], held_wh[1:]) - asset.energy_min_wh
        room_wh = asset.energy_max_wh - np.maximum(held_wh[:-1], held_wh[1:])
        up_w += np.maximum(0.0, np.minimum(asset.discharge_limit_w + taken_w, low_wh / reserve.lasts_h / drain))
        down_w += np.maximum(0.0, np.minimum(asset.charge_limit_w - taken_w, room_wh / reserve.lasts_h / gain))
    begins = np.arange(0, steps, reserve.block_steps)
    up_w, down_w = (np.minimum(reserve.most_w, np.minimum.reduceat(each, begins)) for each in (up_w, down_w))
    return (np.minimum(up_w, down_w),) * 2 if reserve.is_symmetric else (up_w, down_w)


def _offered(model: Model, problem: Problem, name: str, eur_per_kw_h: FloatArray) -> IntArray:
    """Return what is offered block by block: the same in every scenario, for it is promised before."""
    reserve = problem.aims.reserve
    block = blocks(reserve, problem.grid.step_count)
    price = eur_per_kw_h if eur_per_kw_h.size else np.zeros(block.size)
    paid = np.bincount(block, price * problem.grid.step_h).astype(np.float64)
    offered = model.common(name, paid.size, 0.0, reserve.most_w / 1e3)
    model.cost("reserve", offered, -paid)
    return offered


def _held(model: Model, reserve: Reserve, part: BatteryPart, start_kwh: float, *, is_up: bool) -> IntArray:
    """Hold power to give (up) or to take: within the limit, from whatever it does, with energy or room at both ends."""
    asset, steps = part.asset, part.energy.size
    gain, drain = conversion(asset)
    sign, limit_w = (1.0, asset.discharge_limit_w) if is_up else (-1.0, asset.charge_limit_w)
    held = model.columns(steps, 0.0, np.inf)
    rows = model.rows(-np.inf, limit_w / 1e3, steps)
    for columns, factor in ((held, 1.0), (part.discharge, sign), (part.charge, -sign)):
        model.put(rows, columns, factor)
    if is_up:
        _levels(model, part, held, start_kwh, need=-reserve.lasts_h * drain, bounds=(asset.energy_min_wh / 1e3, np.inf))
    else:
        _levels(model, part, held, start_kwh, need=reserve.lasts_h * gain, bounds=(-np.inf, asset.energy_max_wh / 1e3))
    return held


def _levels(
    model: Model, part: BatteryPart, held: IntArray, start_kwh: float, *, need: float, bounds: tuple[float, float]
) -> None:
    """Keep ``level + need * held`` within bounds at both ends of every step."""
    steps, (low, high) = part.energy.size, bounds
    at_end = model.rows(low, high, steps)
    model.put(at_end, part.energy, 1.0)
    model.put(at_end, held, need)
    start = np.zeros(steps)
    start[0] = start_kwh
    at_begin = model.rows(low - start, high - start, steps)
    model.put(at_begin[1:], part.energy[:-1], 1.0)
    model.put(at_begin, held, need)


def _carried(model: Model, problem: Problem, parts: Parts, up: IntArray, down: IntArray) -> None:
    """Keep what a call would make of the power at the connection within its limits, as far as they are kept at all."""
    point, steps = parts.connection, problem.grid.step_count
    for offered, sign, limit_w in ((up, -1.0, problem.export_limit_w), (down, 1.0, problem.import_limit_w)):
        rows = model.rows(-np.inf, limit_w / 1e3, steps)
        model.put(rows, point.bought, sign)
        model.put(rows, point.sold, -sign)
        model.put(rows, offered, 1.0)
