"""The designs between which nothing is given away: found by evolution, twelve weeks a design.

Source: NSGA-II, Deb, Pratap, Agarwal and Meyarivan 2002, and for three aims NSGA-III, Deb and Jain 2014, as in pymoo.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import product
from typing import Any, Final

import numpy as np

from enerwise.core.errors import PluginError, ProblemsFound
from enerwise.core.errors import Problem as Fault
from enerwise.core.units import IntArray
from enerwise.run.design import Choice, Design, Home, Judged

NEEDS: Final = "sizing needs pymoo: pip install 'enerwise[design]'"
AIMS: Final = ("cost", "invest", "import")
"""All to be small: yearly cost, investment, yearly import."""
SIZES: Final = 40
"""Steps between nothing and the most that may be bought."""
RECURRENCE: Final = 1.22074408460575947536 ** -np.arange(1.0, 4.0)


def search(
    home: Home,
    *,
    aims: Sequence[str] = ("cost", "invest"),
    generations: int = 12,
    population: int = 32,
    seed: int = 1,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Judged, ...]:
    """Return the designs between which nothing is given away, by the weeks of the search, the cheapest to buy first.

    Args:
        home: Whose.
        aims: Two or three of `AIMS`, all to be small: yearly cost, investment, yearly import.
        generations: How often the search improves.
        population: Designs in each.
        seed: Of the search; the same one finds the same.
        tell: Called after each generation with how many are done, and of how many.

    Raises:
        PluginError: The extra "design" is not installed.
        ProblemsFound: Aims are not known, or fewer than two.
    """
    _check_aims(aims)
    try:
        _minimise(home, aims, generations, population, seed, tell)
    except ModuleNotFoundError as error:
        raise PluginError(NEEDS) from error
    # Everything that was met on the way counts, not only what the last generation still holds.
    return tuple(sorted(undominated(home.judged, aims), key=lambda each: (each.invest_eur, each.cost_eur)))


def _check_aims(aims: Sequence[str]) -> None:
    unknown = [each for each in aims if each not in AIMS]
    if unknown or not 2 <= len(set(aims)) == len(aims):
        told = f"{', '.join(aims)} are no two or three different aims"
        raise ProblemsFound("design", [Fault("aims", told, f"choose among {', '.join(AIMS)}")])


def _minimise(
    home: Home,
    aims: Sequence[str],
    generations: int,
    population: int,
    seed: int,
    tell: Callable[[int, int], None],
) -> None:
    problem, minimize = import_module("pymoo.core.problem"), import_module("pymoo.optimize").minimize

    class Sizes(problem.Problem):  # type: ignore[misc, name-defined]
        """Steps of battery and PV, and the number of a tariff."""

        def __init__(self) -> None:
            most = [SIZES * bool(home.choice.battery.most), SIZES * bool(home.choice.pv.most)]
            most.append(len(home.choice.tariffs) - 1)
            self.begin = first_steps(np.array(most), population)
            super().__init__(n_var=3, n_obj=len(aims), xl=np.zeros(3), xu=np.array(most), vtype=int)

        def _evaluate(self, steps: Any, out: dict[str, Any], *args: Any, **more: Any) -> None:
            out["F"] = [_figures(home.judge(designed(home.choice, each)), aims) for each in steps.astype(int)]

    generation = iter(range(1, generations + 1))
    sizes = Sizes()
    minimize(
        sizes,
        _algorithm(len(aims), population, sizes.begin),
        ("n_gen", generations),
        seed=seed,
        callback=lambda algorithm: tell(next(generation), generations),
    )


def first_steps(most: IntArray, population: int) -> IntArray:
    """Return where a search begins: every corner, and points spread evenly between them. Shape (point, 3)

    The points follow an additive recurrence of low discrepancy. (Source: Roberts 2018, The unreasonable effectiveness
    of quasirandom sequences.)
    """
    corners = np.array(list(product(*([0, int(each)] for each in most[:2]), range(int(most[2]) + 1))))
    at = np.arange(1, max(0, population - len(corners)) + 1)[:, None]
    spread = np.floor((at * RECURRENCE % 1.0) * (most + 1)).astype(np.int64)
    begin: IntArray = np.unique(np.concatenate([corners, spread]), axis=0)
    return begin


def _algorithm(aims: int, population: int, begin: IntArray) -> Any:
    operators = import_module("pymoo.operators.crossover.sbx"), import_module("pymoo.operators.mutation.pm")
    rounding = import_module("pymoo.operators.repair.rounding").RoundingRepair()
    facts = {
        "pop_size": population,
        "sampling": begin,
        "crossover": operators[0].SBX(vtype=float, repair=rounding),
        "mutation": operators[1].PM(vtype=float, repair=rounding),
        "eliminate_duplicates": True,
    }
    if aims == 2:
        return import_module("pymoo.algorithms.moo.nsga2").NSGA2(**facts)
    directions = import_module("pymoo.util.ref_dirs").get_reference_directions("das-dennis", aims, n_partitions=6)
    return import_module("pymoo.algorithms.moo.nsga3").NSGA3(ref_dirs=directions, **facts)


def designed(choice: Choice, steps: Any) -> Design:
    """Return the design of some steps: of the battery, of PV, and the number of the tariff."""
    battery, pv, tariff = (int(each) for each in steps)
    return Design(choice.battery.most * battery / SIZES, choice.pv.most * pv / SIZES, tariff)


def _figures(judged: Judged, aims: Sequence[str]) -> list[float]:
    figures = {"cost": judged.cost_eur, "invest": judged.invest_eur, "import": judged.import_wh / 1e3}
    return [figures[each] for each in aims]


def undominated(judged: Sequence[Judged], aims: Sequence[str]) -> list[Judged]:
    """Return those that no other one equals or betters in every aim."""
    figures = np.array([_figures(each, aims) for each in judged])
    at_least = (figures[:, None, :] <= figures[None, :, :] + 1e-9).all(axis=2)
    better = at_least & (figures[:, None, :] < figures[None, :, :] - 1e-9).any(axis=2)
    beaten = np.flatnonzero(np.any(better, axis=0)).tolist()
    return [each for at, each in enumerate(judged) if at not in beaten]
