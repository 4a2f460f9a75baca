"""What every cost term must satisfy: nothing while its price is zero, and its cost under its own name.

A plug-in's test inherits the suite, names its term and prices it::

    class TestMyTerm(TermContract):
        term = "my_term"

        def priced(self, problem: Problem, price: float) -> Problem:
            return replace(problem, my_price_eur_per_kwh=price)
"""

from dataclasses import replace
from typing import ClassVar

import numpy as np

from enerwise.core.plugin import load
from enerwise.core.time import TimeGrid, instant
from enerwise.core.units import FloatArray
from enerwise.plan.model import Model
from enerwise.plan.problem import DEFAULT_TERMS, Problem
from enerwise.plan.solve import build, solve
from enerwise.site.assets import Battery, Pv

NOON = instant("2024-07-01T12:00Z")


class TermContract:
    """Inherit, set ``term`` and say in `priced` where its price stands."""

    term: ClassVar[str]
    price: ClassVar[float] = 0.25
    """A price at which the contract's home pays or earns something."""

    def priced(self, problem: Problem, price: float) -> Problem:
        """Return the problem with this term's price, all other facts as they are."""
        raise NotImplementedError

    def names(self, problem: Problem) -> set[str]:
        """Return the names under which the term reports; its own, unless it reports by component."""
        return {self.term}

    def problem(self) -> Problem:
        """Return a day on which the battery has reason to move, with this term beside the others."""
        others = tuple(each for each in DEFAULT_TERMS if each != self.term)
        return replace(a_contract_problem(), terms=(*others, self.term))

    def test_is_registered(self) -> None:
        assert callable(load("enerwise.terms", self.term))

    def test_a_price_of_zero_changes_nothing(self) -> None:
        free = self.priced(self.problem(), 0.0)
        without = replace(free, terms=tuple(each for each in free.terms if each != self.term))
        with_term, without_term = solve(free, NOON), solve(without, NOON)
        assert np.allclose(with_term.power_w, without_term.power_w, atol=1e-3)
        assert abs(with_term.total_eur - without_term.total_eur) < 1e-9

    def test_a_weight_of_zero_costs_nothing(self) -> None:
        model = self._added(weight=0.0)
        assert not any(np.any(eur) for parts in model.costs.values() for _, eur in parts)
        assert not any(model.constants.values())

    def test_cost_grows_with_the_weight(self) -> None:
        half, whole = self._added(weight=0.5), self._added(weight=1.0)
        for term, parts in whole.costs.items():
            for (_, eur), (_, half_eur) in zip(parts, half.costs[term], strict=True):
                assert np.allclose(half_eur, eur / 2)
        assert {term: 2 * eur for term, eur in half.constants.items()} == dict(whole.constants)

    def test_cost_is_reported_under_its_own_name(self) -> None:
        priced = self.priced(self.problem(), self.price)
        assert set(self._added(weight=1.0).costs) == self.names(priced)
        cost_eur = solve(priced, NOON).cost_eur
        assert self.names(priced) <= set(cost_eur)
        assert any(abs(cost_eur[name]) > 1e-6 for name in self.names(priced)), "the contract's home does not feel it"

    def _added(self, *, weight: float) -> Model:
        """Return a model with nothing but the blocks' columns and this term's costs."""
        priced = self.priced(self.problem(), self.price)
        _, parts = build(replace(priced, terms=()))
        model = Model()
        model.weight = weight
        load("enerwise.terms", self.term)(model, priced, parts[0])
        return model


def a_contract_problem() -> Problem:
    """A day in hours: dear evenings, sun at noon, a battery half full that may sell."""
    grid = TimeGrid(NOON - np.timedelta64(12, "h"), 3600, 24)
    hour = np.arange(24) + 0.5
    load_w: FloatArray = 400.0 + 3000.0 * np.exp(-((hour - 19) ** 2) / 4)
    return Problem(
        grid=grid,
        batteries=(Battery("battery", 10_000.0, 4000.0, 4000.0),),
        pvs=(Pv("roof", 5000.0, can_curtail=True),),
        load_w=load_w[None],
        available_w=(0.0 - np.maximum(0.0, 4000.0 * np.sin((hour - 6) / 12 * np.pi)))[None, None],
        import_eur_per_kwh=np.where(hour > 14, 0.5, 0.2),
        export_eur_per_kwh=np.full(24, 0.08),
        import_limit_w=np.full(24, 9000.0),
        export_limit_w=np.full(24, 9000.0),
        start_wh=np.array([5000.0]),
        end_wh=np.array([np.nan]),
        end_value_eur_per_kwh=np.array([0.1]),
    )
