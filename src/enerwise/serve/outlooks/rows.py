"""The same plan in words: a few rows of time, cut where a battery changes what it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from enerwise.core.time import Instant
from enerwise.serve.outlooks.blocks import Block, Lane
from enerwise.serve.outlooks.chances import energy_eur
from enerwise.serve.outlooks.made import Made
from enerwise.serve.outlooks.phrases import both, clock

MOST_ROWS: Final = 8
LONGEST_H: Final = 8.0
"""A row that is longer is cut in two: prices differ too much within it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One stretch of time."""

    start_utc: Instant
    end_utc: Instant
    price_low_eur_per_kwh: float
    price_high_eur_per_kwh: float
    words: Mapping[str, Mapping[str, str]]
    """By asset and language."""
    grid_kwh: float
    cost_eur: float


def rows(made: Made, lanes: Sequence[Lane]) -> tuple[Row, ...]:
    """Return the rows of a plan; together they are the whole, in energy and money."""
    cost_eur = energy_eur(made, made.plan.grid_power_w)
    edges = _edges(made, lanes)
    return tuple(_row(made, lanes, first, last, float(cost_eur[first:last].sum())) for first, last in pairwise(edges))


def _edges(made: Made, lanes: Sequence[Lane]) -> list[int]:
    steps = made.grid.step_count
    edges = {0, steps} | {each.first for lane in lanes if lane.kind == "battery" for each in lane.blocks}
    found = sorted(edges)
    while len(found) - 1 > MOST_ROWS:
        lengths = np.diff(found)
        # The shortest row joins its shorter neighbour.
        at = int(np.argmin(lengths))
        joins_next = at == 0 or (at < lengths.size - 1 and lengths[at + 1] <= lengths[at - 1])
        del found[at + 1 if joins_next else at]
    longest = max(1, round(LONGEST_H / made.grid.step_h))
    while len(found) - 1 < MOST_ROWS and (lengths := np.diff(found)).max() > longest:
        at = int(np.argmax(lengths))
        found.insert(at + 1, int(found[at] + lengths[at] // 2))
    return found


def _row(made: Made, lanes: Sequence[Lane], first: int, last: int, cost_eur: float) -> Row:
    buy = made.prices.import_eur_per_kwh[first:last]
    return Row(
        start_utc=made.grid.part(first, 1).start_utc,
        end_utc=made.grid.part(last, 1).start_utc,
        price_low_eur_per_kwh=float(buy.min()),
        price_high_eur_per_kwh=float(buy.max()),
        words={lane.asset: _words(made, lane, first, last) for lane in lanes},
        grid_kwh=float(made.plan.grid_power_w[first:last].sum()) * made.grid.step_h / 1e3,
        cost_eur=cost_eur,
    )


def _words(made: Made, lane: Lane, first: int, last: int) -> dict[str, str]:
    """Return what fills most of a row, and since or until when where it is not the whole."""
    inside = [each for each in lane.blocks if each.first < last and each.last > first]
    if not inside:
        return both("deed.night" if lane.kind == "pv" else "deed.off")
    most = max(inside, key=lambda each: _share(each, first, last))
    starts, ends = max(most.first, first), min(most.last, last)
    zone, deed = made.site.timezone, f"deed.{named(made, most)}"
    if starts > first:
        return both(f"{deed}.from", {"time": clock(most.start_utc, zone)})
    if ends < last:
        return both(f"{deed}.to", {"time": clock(most.end_utc, zone)})
    return both(deed, _level(made, most))


def _share(block: Block, first: int, last: int) -> tuple[int, int]:
    # Between equals, doing something is told before waiting.
    return min(block.last, last) - max(block.first, first), int(block.deed != "waits")


def named(made: Made, block: Block) -> str:
    """Return the deed as it is called: a battery that waits at its lowest or highest level says so."""
    if block.deed != "waits" or block.row >= len(made.batteries):
        return block.deed
    battery = made.batteries[block.row]
    level_wh = made.plan.energy_wh[block.row, block.first : block.last + 1]
    if level_wh.max() <= battery.energy_min_wh + 0.01 * battery.capacity_wh:
        return "waits_low"
    return "full" if level_wh.min() >= battery.energy_max_wh - 0.01 * battery.capacity_wh else "waits"


def _level(made: Made, block: Block) -> dict[str, float]:
    if block.row >= len(made.batteries):
        return {}
    return {"soc_ratio": float(made.plan.energy_wh[block.row, block.last] / made.batteries[block.row].capacity_wh)}


def block_words(made: Made, block: Block) -> dict[str, list[str]]:
    """Return what a block is called in each language, longest first: the page takes what fits."""
    facts = _level(made, block)
    long, short = both(f"deed.{named(made, block)}", facts), both(f"deed.{named(made, block)}.short", facts)
    return {language: list(dict.fromkeys((long[language], short[language]))) for language in long}
