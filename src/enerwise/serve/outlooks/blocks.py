"""A plan as lanes of blocks: stretches of time in which one thing is done, with what it moves and what it costs.

The cost of a block is what the connection pays more or less because of it: against the same battery at rest, all else
as planned. Filling from the sun costs what selling would have earned; powering the home costs less than nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import Instant
from enerwise.core.units import FloatArray
from enerwise.plan.laws import RESTING_W
from enerwise.serve.deeds import Stretch, stretches
from enerwise.serve.outlooks.made import Made
from enerwise.serve.runs import equal_runs

BRIEF_S: Final = 1800
"""A change of mind no longer than this, and of little energy, is not told."""
BRIEF_WH: Final = 250.0
GIVES: Final = ("powers_home", "sells")
LEVELS: Final = {
    "fills_sun": "strong",
    "fills_grid": "strong",
    "sells": "strong",
    "powers_home": "soft",
    "produces": "soft",
    "held": "strong",
    "waits": "quiet",
    "on": "strong",
}


@dataclass(frozen=True, slots=True)
class Block:
    """Steps ``first`` up to, not including, ``last`` of one lane."""

    asset: str
    row: int
    """Among the plan's assets."""
    deed: str
    first: int
    last: int
    start_utc: Instant
    end_utc: Instant
    energy_wh: float
    """Moved, as a size."""
    cost_eur: float
    """Against rest; below zero where it spares or earns."""

    @property
    def id(self) -> str:
        """The same in every plan that begins the block at the same time."""
        return f"{self.asset}.{str(self.start_utc)[:16]}Z"

    @property
    def steps(self) -> slice:
        """Where it lies."""
        return slice(self.first, self.last)

    @property
    def average_eur_per_kwh(self) -> float | None:
        """Cost, or what is spared or earned, for each kWh moved; None where hardly any is."""
        return abs(self.cost_eur) / (self.energy_wh / 1e3) if self.energy_wh >= 10.0 else None


@dataclass(frozen=True, slots=True)
class Lane:
    """All blocks of one asset, in order."""

    asset: str
    kind: str
    blocks: tuple[Block, ...]


def lanes(made: Made) -> tuple[Lane, ...]:
    """Return a lane for each battery, each PV plant that delivers anything, and each machine."""
    found = [
        Lane(battery.id, "battery", tuple(_block(made, row, each) for each in deeds(made, row)))
        for row, battery in enumerate(made.batteries)
    ]
    for at, plant in enumerate(made.pvs):
        row = len(made.batteries) + at
        blocks = tuple(_block(made, row, each) for each in _sun_deeds(made, at))
        if blocks:
            found.append(Lane(plant.id, "pv", blocks))
    for at, machine in enumerate(made.problem.flexible):
        row = len(made.batteries) + len(made.pvs) + at
        blocks = tuple(_block(made, row, each) for each in _runs(made.machines_w[at]))
        found.append(Lane(machine.id, machine.kind, blocks))
    return tuple(found)


def _runs(power_w: FloatArray) -> list[Stretch]:
    """Return when a machine runs; its rests have no block."""
    runs = np.abs(power_w) > RESTING_W
    return [Stretch("on", each.start, each.stop) for each in equal_runs(runs) if runs[each.start]]


def deeds(made: Made, row: int) -> tuple[Stretch, ...]:
    """Return what a battery does, brief changes of mind left out; together they are the whole plan."""
    power_w = made.plan.power_w[row]
    raw = stretches(power_w, made.plan.grid_power_w)
    labels = np.array([each.deed for each in raw for _ in range(each.last - each.first)])
    for each in raw:
        span = slice(each.first, each.last)
        moved_wh = float(np.abs(power_w[span]).sum()) * made.grid.step_h
        is_brief = (each.last - each.first) * made.grid.step_s <= BRIEF_S or each.deed != "waits"
        if each.first > 0 and is_brief and moved_wh < BRIEF_WH and each.last - each.first < labels.size:
            labels[span] = labels[each.first - 1]
    return tuple(Stretch(str(labels[each.start]), each.start, each.stop) for each in equal_runs(labels))


def _sun_deeds(made: Made, plant: int) -> list[Stretch]:
    """Return when a plant produces and when it is held back; nights have no block."""
    offered_w = np.minimum(made.available_w[plant], 0.0)
    held = made.pv_w[plant] - offered_w > RESTING_W
    label = np.where(offered_w > -RESTING_W, 0, np.where(held, 2, 1))
    names = ("", "produces", "held")
    return [Stretch(names[label[each.start]], each.start, each.stop) for each in equal_runs(label) if label[each.start]]


def _block(made: Made, row: int, stretch: Stretch) -> Block:
    steps = slice(stretch.first, stretch.last)
    power_w = made.plan.power_w[row, steps]
    return Block(
        asset=made.plan.assets[row],
        row=row,
        deed=stretch.deed,
        first=stretch.first,
        last=stretch.last,
        start_utc=made.grid.part(stretch.first, 1).start_utc,
        end_utc=made.grid.part(stretch.last, 1).start_utc,
        energy_wh=float(np.abs(power_w).sum()) * made.grid.step_h,
        cost_eur=against_rest_eur(made, row, steps),
    )


def others_w(made: Made, row: int) -> FloatArray:
    """Return the power at the connection without one asset. Shape (step,)"""
    return np.asarray(made.plan.grid_power_w - made.plan.power_w[row])


def against_rest_eur(made: Made, row: int, steps: slice) -> float:
    """Return what the connection pays more because an asset does not rest in some steps. [EUR]"""
    with_it, without = made.plan.grid_power_w[steps], others_w(made, row)[steps]
    return float((_paid(made, steps, with_it) - _paid(made, steps, without)).sum())


def _paid(made: Made, steps: slice, grid_w: FloatArray) -> FloatArray:
    buy, sell = made.prices.import_eur_per_kwh[steps], made.prices.export_eur_per_kwh[steps]
    paid: FloatArray = (np.maximum(grid_w, 0) * buy - np.maximum(-grid_w, 0) * sell) * made.grid.step_h / 1e3
    return paid


def binding(made: Made, block: Block) -> list[str]:
    """Return the limits that hold a block, by name."""
    steps, problem = block.steps, made.problem
    grid_w, power_w = made.plan.grid_power_w[steps], made.plan.power_w[block.row, steps]
    if block.row < len(made.batteries):
        battery = made.batteries[block.row]
        level_wh = made.plan.energy_wh[block.row, block.first + 1 : block.last + 1]
        is_full = level_wh >= battery.energy_max_wh - 0.005 * battery.capacity_wh
        is_empty = level_wh <= battery.energy_min_wh + 0.005 * battery.capacity_wh
        fills = [("charge_limit", power_w >= battery.charge_limit_w - RESTING_W), ("full", is_full)]
        gives = [("discharge_limit", power_w <= -battery.discharge_limit_w + RESTING_W), ("empty", is_empty)]
        rests = [("full", is_full), ("empty", is_empty)]
        checks = fills if block.deed.startswith("fills") else gives if block.deed in GIVES else rests
    elif block.deed == "on":
        checks = []
    else:
        plant = made.pvs[block.row - len(made.batteries)]
        checks = [("inverter", power_w <= -plant.output_limit_w + RESTING_W)]
    checks = [
        *checks,
        ("import_limit", grid_w >= problem.import_limit_w[steps] - RESTING_W),
        ("export_limit", grid_w <= -problem.export_limit_w[steps] + RESTING_W),
        ("peak_ceiling", grid_w >= made.plan.grid_ceiling_w[steps] - RESTING_W),
    ]
    # A ceiling at which nothing is bought holds nobody back.
    return [name for name, holds in checks if holds.any() and not (name == "peak_ceiling" and grid_w.max() < RESTING_W)]
