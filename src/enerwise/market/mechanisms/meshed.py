"""Areas in a mesh: one price for each area, where energy divides over cables as physics has it and not as one wishes.

What areas give and take decides the flow over every cable (`enerwise.market.network.ptdf`), so one full cable may part
the prices of areas that it does not touch. The program is that of `enerwise.market.mechanisms.area` with a limit either
way on each cable in place of lines; it knows no losses and no fees. Whether voltages and losses of the real network
allow what was traded is for `enerwise.market.network_check`.

What areas give is made whole by the largest remainder, so that each part of the network that hangs together still sums
to zero. Where that breaks the limit of a cable by a watt-hour or two, the program is solved again with that much less.

Source: Wood, Wollenberg and Sheble 2013, Power Generation, Operation, and Control, chapters 7 and 8 (linear OPF).
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.core.units import FloatArray, IntArray
from enerwise.market.book import Book
from enerwise.market.clearing import CONGESTION, Clearing, Flow
from enerwise.market.curves import Steps, steps_of
from enerwise.market.mechanism import Promise
from enerwise.market.mechanisms.areas import accepting_wh, filled_around, price_between
from enerwise.market.network import PPM, Cable, islands, ptdf
from enerwise.market.program import Program, dual_span, solved

PROMISES: Final = frozenset({Promise.LIMITS, Promise.PERMUTATION, Promise.SPLIT})
WHOLE: Final = 1e-6
"""Watt-hours nearer than this to a whole number are that number; flows as near to a limit keep it."""


@dataclass(frozen=True, slots=True)
class Meshed:
    """Locational prices in a mesh of cables; without cables every area is a market of its own."""

    cables: tuple[Cable, ...] = ()
    k_ppm: int = PPM // 2
    """Where between lowest and highest prices the prices lie."""
    name: str = "meshed"
    promises: frozenset[Promise] = PROMISES

    def __post_init__(self) -> None:
        if not 0 <= self.k_ppm <= PPM:
            raise ValueError(f"k_ppm is {self.k_ppm}; it lies within 0 and {PPM}")

    def clear(self, book: Book) -> Clearing:
        """Clear all areas together."""
        count = 1 + max([int(book.area.max(initial=0)), *(max(each.one, each.other) for each in self.cables)])
        mesh = Mesh(ptdf(self.cables, count), np.array([each.limit_wh for each in self.cables], np.float64))
        island = islands(self.cables, count)
        solution = self._solved(book, mesh, island)
        if not mesh.carries(solution.given_wh):
            solution = self._solved(book, mesh.narrowed(), island)
        given = solution.given_wh
        wanted, offered = accepting_wh(book, solution.price)
        # Nothing given and taken is always possible, so halving ends.
        while not (mesh.carries(given) and bool((given <= offered).all()) and bool((-given <= wanted).all())):
            given = whole(np.trunc(given / 2), island)
        filled = filled_around(book, solution.price, -given)
        return _told(book, self.cables, mesh, replace(solution, given_wh=given), filled)

    def _solved(self, book: Book, mesh: "Mesh", island: IntArray) -> "Solution":
        steps, count = steps_of(book), island.size
        program = program_of(steps, mesh, island)
        optimum = solved(program)
        assert optimum is not None, "no flow and no trade is always a point"
        low, high = dual_span(program, optimum, np.arange(count))
        worth = np.abs((low + high)[program.row_lower.size - mesh.limit_wh.size :]) / 2
        given = optimum.column[len(steps) :]
        return Solution(whole(given, island), price_between(low[:count], high[:count], self.k_ppm), worth)


@dataclass(frozen=True, slots=True)
class Solution:
    """What a program comes to, made whole."""

    given_wh: IntArray
    """What each area gives into the mesh; taken below zero. [Wh], shape (area,)"""
    price: IntArray
    """[micro-EUR/kWh], shape (area,)"""
    worth: FloatArray
    """What more of each cable would be worth. [micro-EUR/kWh], shape (cable,)"""


@dataclass(frozen=True, slots=True)
class Mesh:
    """How energy divides over cables, and what each may carry."""

    factor: FloatArray
    """Shape (cable, area)"""
    limit_wh: FloatArray
    """[Wh], shape (cable,)"""

    def carries(self, given_wh: IntArray) -> bool:
        """Tell whether every cable keeps its limit."""
        return bool((np.abs(self.factor @ given_wh) <= self.limit_wh + WHOLE).all())

    def narrowed(self) -> "Mesh":
        """Return the mesh with so much less that whole watt-hours keep the true limits, as far as there is room."""
        return replace(self, limit_wh=np.maximum(self.limit_wh - np.abs(self.factor).sum(axis=1), 0.0))


def program_of(steps: Steps, mesh: Mesh, island: IntArray) -> Program:
    """Return the program: columns are steps, then what areas give; rows are areas, islands, and cables."""
    step_count, count = len(steps), island.size
    area, factor = np.arange(count), np.where(np.abs(mesh.factor) > 1e-12, mesh.factor, 0.0)
    cable, at = np.nonzero(factor)
    none, free = np.zeros(2 * count), np.full(count, np.inf)
    # sold - bought - given = 0 in each area; given sums to zero in each island; factors times given are within limits.
    return Program(
        cost=np.concatenate([-steps.sign * steps.price_ueur_per_kwh.astype(np.float64), np.zeros(count)]),
        lower=np.concatenate([np.zeros(step_count), -free]),
        upper=np.concatenate([steps.quantity_wh.astype(np.float64), free]),
        row_lower=np.concatenate([none, -mesh.limit_wh]),
        row_upper=np.concatenate([none, mesh.limit_wh]),
        row=np.concatenate([steps.area, area, count + island, 2 * count + cable]),
        column=np.concatenate([np.arange(step_count), step_count + area, step_count + area, step_count + at]),
        value=np.concatenate([-steps.sign, -np.ones(count), np.ones(count), factor[cable, at]]).astype(np.float64),
    )


def whole(given: FloatArray, island: IntArray) -> IntArray:
    """Return whole watt-hours that sum to zero in each island, none a whole one away from what is given.

    >>> whole(np.array([2.5, -1.25, -1.25]), np.array([0, 0, 0])).tolist()
    [2, -1, -1]
    """
    down = np.floor(given + WHOLE).astype(np.int64)
    rest = given - down
    for each in np.unique(island):
        rows = np.flatnonzero(island == each)
        ranked = rows[np.argsort(-rest[rows], kind="stable")]
        short = -int(down[rows].sum())
        down[ranked[: max(short, 0)]] += 1
        down[ranked[ranked.size + min(short, 0) :]] -= 1
    return down


def _told(book: Book, cables: tuple[Cable, ...], mesh: Mesh, solution: Solution, filled: IntArray) -> Clearing:
    price, flow = solution.price, np.rint(mesh.factor @ solution.given_wh).astype(np.int64)
    paid = sum(-wh * each for wh, each in zip(solution.given_wh.tolist(), price.tolist(), strict=True))
    rent = max(paid // 1000, 0) if solution.worth.any() else 0
    one, other = (np.array([getattr(each, end) for each in cables], np.int64) for end in ("one", "other"))
    return Clearing(
        filled,
        price[book.area],
        accounts_ueur={CONGESTION: -rent} if rent else {},
        area_price_ueur_per_kwh=price,
        flow=Flow(
            np.where(flow >= 0, one, other),
            np.where(flow >= 0, other, one),
            np.abs(flow),
            np.zeros(len(cables), np.int64),
            np.rint(solution.worth).astype(np.int64),
        ),
    )
