"""Trade-offs: what less carbon, a lower peak or less import costs, as the plans between which nothing is given away.

A front of two aims is found from its ends: between two neighbours lies another plan, if any, where the aim is priced at
what it costs to come from one to the other. For linear programs that finds every corner of the front, and the prices
between corners are the marginal costs. (Source: Aneja and Nair 1979, Bicriteria transportation problem, Management
Science; the method is known as non-inferior set estimation, Cohon 1978.)

Several aims in strict order: each is made as small as those before it allow, and capped there.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from enerwise.core.errors import Problem as Fault
from enerwise.core.errors import ProblemsFound
from enerwise.core.outlook import Plan
from enerwise.core.time import Instant
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve
from enerwise.site.aims import UNITS

LEAST_EUR: Final = 1e-4
"""Price of the cheap end: between plans that cost the same the one with less of the aim."""
MOST_EUR: Final = 1e3
"""Price of the other end, above whatever money could outweigh."""
SAME: Final = 1e-6
POINTS: Final = 9


@dataclass(frozen=True, slots=True)
class Point:
    """One plan of a front."""

    plan: Plan
    money_eur: float
    """Everything that it costs, without the price of the aim."""
    amount: float
    """Of the aim, in its unit."""


@dataclass(frozen=True, slots=True)
class Front:
    """Plans from the cheapest to the one with least of the aim."""

    aim: str
    points: tuple[Point, ...]

    @property
    def unit(self) -> str:
        """What the amount counts."""
        return UNITS[self.aim]

    @property
    def marginal_eur(self) -> tuple[float, ...]:
        """What each unit less costs on the way from one plan to the next. [EUR/unit]"""
        return tuple(_price(one, other) for one, other in zip(self.points, self.points[1:], strict=False))


def front(
    problem: Problem,
    aim: str,
    issued_at: Instant,
    *,
    most_points: int = POINTS,
    tell: Callable[[int], None] = lambda count: None,
) -> Front:
    """Return the trade-off between money and one aim.

    Args:
        problem: What is planned; an aim that needs facts (carbon of each step) has them.
        aim: One of `UNITS`.
        issued_at: When.
        most_points: The most plans, two or more; the widest gap is filled first.
        tell: Called after each plan with how many there are.

    Raises:
        PlanError: The solver failed.
        ProblemsFound: The aim is not known, lacks facts, or fewer than two plans are asked for.
    """
    _check(problem, aim, most_points)
    ends = [_solved(problem, aim, price, issued_at) for price in (LEAST_EUR, MOST_EUR)]
    tell(2)
    if ends[0].amount - ends[1].amount <= SAME * max(1.0, abs(ends[0].amount)):
        return Front(aim, (ends[0],))
    found = {each.amount: each for each in ends}
    open_ = [(-1.0, 0, ends[0], ends[1])]
    span_eur, span = ends[1].money_eur - ends[0].money_eur, ends[0].amount - ends[1].amount
    while open_ and len(found) < most_points:
        _, _, one, other = heapq.heappop(open_)
        price = _price(one, other)
        between = _solved(problem, aim, price, issued_at)
        gain_eur = one.money_eur - between.money_eur + price * (one.amount - between.amount)
        if gain_eur <= SAME * max(1.0, abs(one.money_eur)):
            continue
        found[between.amount] = between
        tell(len(found))
        for pair in ((one, between), (between, other)):
            size = (pair[0].amount - pair[1].amount) / span + (pair[1].money_eur - pair[0].money_eur) / span_eur
            heapq.heappush(open_, (-size, len(found) * 2 + (pair[0] is between), pair[0], pair[1]))
    return Front(aim, tuple(found[amount] for amount in sorted(found, reverse=True)))


def lexicographic(problem: Problem, aims: Sequence[str], issued_at: Instant, *, slack: float = SAME) -> Plan:
    """Return the cheapest plan among those best in the first aim, then in the second, and so on; see `in_order`."""
    return solve(in_order(replace(problem, stability_eur=0.0), aims, issued_at, slack=slack), issued_at)


def in_order(problem: Problem, aims: Sequence[str], issued_at: Instant, *, slack: float = SAME) -> Problem:
    """Return the problem whose best plan is the cheapest among those best in the first aim, then in the second.

    Each aim is made as small as those before it allow and capped there, so that its price no longer matters: one that
    has none of its own gets a trifle, for the cap to count by.

    Args:
        problem: What is planned.
        aims: The most important first.
        issued_at: When.
        slack: How much worse than the best each aim may become for those after it, in its unit.

    Raises:
        PlanError: The solver failed.
        ProblemsFound: An aim is not known, or lacks facts.
    """
    asked = problem
    for aim in aims:
        _check(problem, aim, 2)
        alone = replace(priced(asked, aim, 1.0), stability_eur=0.0)
        # What comes before keeps its price, which its cap is counted by.
        alone = replace(alone, terms=tuple(dict.fromkeys([*_capped(asked), aim])))
        least = solve(alone, issued_at).cost_eur.get(aim, 0.0)
        price = asked.aims.unit_price(aim) or LEAST_EUR
        asked = priced(asked, aim, price)
        asked = replace(asked, caps=(*asked.caps, (aim, (least + slack) * price)))
    return asked


def priced(problem: Problem, aim: str, price_eur: float) -> Problem:
    """Return the problem with a price on each unit of an aim, and its term among the others."""
    aims, terms = problem.aims, tuple(dict.fromkeys([*problem.terms, aim]))
    match aim:
        case "carbon":
            aims = replace(aims, carbon=replace(aims.carbon, eur_per_kg=price_eur))
        case "peak":
            aims = replace(aims, peak=replace(aims.peak, eur_per_kw=price_eur))
        case "ramping":
            aims = replace(aims, ramping=replace(aims.ramping, eur_per_kw=price_eur))
        case _:
            aims = replace(aims, self_sufficiency=replace(aims.self_sufficiency, eur_per_kwh=price_eur))
    return replace(problem, aims=aims, terms=terms)


def _solved(problem: Problem, aim: str, price_eur: float, issued_at: Instant) -> Point:
    plan = solve(priced(replace(problem, stability_eur=0.0), aim, price_eur), issued_at)
    paid_eur = plan.cost_eur.get(aim, 0.0)
    return Point(plan, plan.total_eur - paid_eur, paid_eur / price_eur)


def _price(one: Point, other: Point) -> float:
    return (other.money_eur - one.money_eur) / (one.amount - other.amount)


def _capped(problem: Problem) -> list[str]:
    return [term for term, _ in problem.caps]


def _check(problem: Problem, aim: str, most_points: int) -> None:
    faults = list[Fault]()
    if aim not in UNITS:
        faults.append(Fault("aim", f"{aim!r} is not known", f"use one of {', '.join(UNITS)}"))
    if aim == "carbon" and problem.aims.carbon.kg_per_kwh.shape != (problem.grid.step_count,):
        remedy = "give the carbon of a kWh from the grid, for each step or as one factor"
        faults.append(Fault("aims.carbon.kg_per_kwh", "nobody has told what a kWh from the grid emits", remedy))
    if most_points < 2:
        faults.append(Fault("most_points", f"{most_points} shows no trade-off", "give two or more"))
    if faults:
        raise ProblemsFound("pareto", faults)
