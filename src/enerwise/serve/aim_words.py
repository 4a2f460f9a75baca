"""Aims in words: what each counted in a plan, how near it came to its cap, and what the next unit would cost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from enerwise.core.outlook import Plan
from enerwise.core.units import show_energy, show_power
from enerwise.plan.pareto import LEAST_EUR
from enerwise.plan.problem import Problem
from enerwise.serve.words import Fact, catalogue, sentence
from enerwise.site.aims import UNITS, Aims


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of the catalogue about an aim."""

    aim: str
    key: str
    facts: Mapping[str, Fact]


def aims_told(problem: Problem, plan: Plan, aims: Aims, language: str = "en") -> Iterator[Told]:
    """Yield what is to be told of the aims of a plan; nothing where only the bill counts."""
    if aims.are_none:
        return
    weighed_eur = sum(abs(each) for each in plan.cost_eur.values())
    caps = dict(problem.caps)
    for term in (each for each in problem.terms if f"aim.name.{each}" in catalogue(language)):
        aim_eur, price = plan.cost_eur.get(term, 0.0), problem.aims.unit_price(term)
        facts: dict[str, Fact] = {"aim": sentence(f"aim.name.{term}", {}, language), "aim_eur": aim_eur}
        facts["share_ratio"] = abs(aim_eur) / weighed_eur if weighed_eur else 0.0
        if price:
            facts["amount"] = amount(term, aim_eur / price, language)
        if price != LEAST_EUR:
            yield Told(term, "aim.weighed_amount" if price else "aim.weighed", facts)
        if term in caps and price:
            facts |= {"most": amount(term, caps[term] / price, language), "unit": UNITS[term]}
            yield Told(term, _cap_key(term, plan, aims), facts | {"marginal_eur": plan.marginal_eur.get(term)})


def _cap_key(term: str, plan: Plan, aims: Aims) -> str:
    if term in aims.order:
        return "aim.first"
    if any(each.name == f"{term} within its cap" for each in plan.broken):
        return "aim.cap_broken"
    return "aim.cap_binds" if term in plan.marginal_eur else "aim.cap_free"


def amount(aim: str, value: float, language: str = "en") -> str:
    """Return an amount of an aim as people read it.

    >>> amount("carbon", 4.2), amount("peak", 1.5, "de")
    ('4.20 kg', '1,50 kW')
    """
    unit = UNITS[aim]
    texts = {"kW": show_power(value * 1e3), "kWh": show_energy(value * 1e3)}
    text = texts.get(unit, f"{value:.2f} {unit}")
    return text.replace(".", ",") if language == "de" else text
