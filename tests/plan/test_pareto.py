"""Fronts, strict orders and caps: nothing is given away between neighbours, and prices are what the next unit costs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.units import FloatArray
from enerwise.plan.aims import Aims, Carbon, Peak, SelfSufficiency
from enerwise.plan.pareto import LEAST_EUR, front, lexicographic, priced
from enerwise.plan.problem import Problem
from enerwise.plan.save import from_bytes, to_bytes
from enerwise.plan.solve import solve
from enerwise.site.aims import UNITS
from tests.builders import a_grid
from tests.plan.builders import a_problem

GRID = a_grid(step_s=3600, steps=8)
HOURS = np.arange(8)
KG_PER_KWH = np.array([0.1, 0.5, 0.2, 0.6, 0.3, 0.1, 0.7, 0.2])
BUY = np.array([0.30, 0.10, 0.28, 0.12, 0.20, 0.35, 0.40, 0.30])


def a_home(load_w: FloatArray | float = 1500.0, buy: FloatArray = BUY) -> Problem:
    problem = a_problem(grid=GRID, load_w=load_w, buy=buy, sell=0.02)
    return replace(problem, aims=Aims(carbon=Carbon(KG_PER_KWH)), end_value_eur_per_kwh=np.array([0.15]))


@pytest.mark.parametrize("aim", UNITS)
@settings(max_examples=10)
@given(
    load_w=st.lists(st.floats(0.0, 3000.0), min_size=8, max_size=8).map(np.array),
    buy=st.lists(st.floats(0.05, 0.6), min_size=8, max_size=8).map(np.array),
)
def test_no_plan_of_a_front_is_as_good_as_another_in_both(aim: str, load_w: FloatArray, buy: FloatArray) -> None:
    made = front(a_home(load_w, buy), aim, GRID.start_utc)
    money, amount = (np.array([getattr(each, name) for each in made.points]) for name in ("money_eur", "amount"))
    assert np.all(np.diff(money) > -1e-6) and np.all(np.diff(amount) < 0)
    assert np.all(np.diff(made.marginal_eur) > -1e-3), "each unit less costs at least as much as the one before"


@settings(max_examples=20)
@given(price=st.floats(0.01, 3.0))
def test_whatever_a_unit_is_worth_the_front_has_the_best_plan(price: float) -> None:
    made = front(a_home(), "carbon", GRID.start_utc, most_points=60)
    best_eur = min(each.money_eur + price * each.amount for each in made.points)
    asked = priced(replace(a_home(), stability_eur=0.0), "carbon", price)
    assert best_eur == pytest.approx(solve(asked, GRID.start_utc).total_eur, abs=1e-5)


def test_amounts_are_those_of_the_plans() -> None:
    made = front(a_home(), "carbon", GRID.start_utc)
    assert len(made.points) > 3
    for each in made.points:
        emitted_kg = float((np.maximum(each.plan.grid_power_w, 0.0) / 1e3) @ KG_PER_KWH)
        assert each.amount == pytest.approx(emitted_kg, abs=1e-5)


def test_the_widest_gap_is_filled_first_and_no_more_than_asked_for() -> None:
    counts = list[int]()
    made = front(a_home(), "carbon", GRID.start_utc, most_points=4, tell=counts.append)
    assert len(made.points) == 4 and counts == [2, 3, 4]


def test_where_nothing_can_be_traded_one_plan_is_the_front() -> None:
    nothing = np.zeros(0)
    bare = replace(a_home(), batteries=(), start_wh=nothing, end_wh=nothing, end_value_eur_per_kwh=nothing)
    made = front(bare, "carbon", GRID.start_utc)
    assert len(made.points) == 1 and made.marginal_eur == ()


def test_a_strict_order_gives_up_nothing_of_what_comes_first() -> None:
    least_kg = front(a_home(), "carbon", GRID.start_utc).points[-1].amount
    plan = lexicographic(a_home(), ("carbon", "peak"), GRID.start_utc)
    assert plan.cost_eur["carbon"] / LEAST_EUR == pytest.approx(least_kg, abs=1e-4) and not plan.broken
    other = lexicographic(a_home(), ("peak", "carbon"), GRID.start_utc)
    assert other.cost_eur["peak"] < plan.cost_eur["peak"] - 0.1 * LEAST_EUR
    assert other.cost_eur["carbon"] > plan.cost_eur["carbon"] + 0.1 * LEAST_EUR


@given(share=st.floats(0.0, 1.0))
def test_a_cap_is_kept_and_costs_no_more_than_it_must(share: float) -> None:
    dear, cheap = (priced(replace(a_home(), stability_eur=0.0), "carbon", price) for price in (100.0, 1e-4))
    least_kg, most_kg = (solve(each, GRID.start_utc).cost_eur["carbon"] / price
                         for each, price in ((dear, 100.0), (cheap, 1e-4)))  # fmt: skip
    most_eur = (least_kg + share * (most_kg - least_kg)) * 1e-4
    plan = solve(replace(cheap, caps=(("carbon", most_eur + 1e-9),)), GRID.start_utc)
    assert plan.cost_eur["carbon"] <= most_eur + 1e-7 and not plan.broken
    assert plan.total_eur >= solve(cheap, GRID.start_utc).total_eur - 1e-9


def test_a_cap_that_cannot_be_kept_is_named_and_kept_as_well_as_can_be() -> None:
    asked = priced(replace(a_home(), stability_eur=0.0), "self_sufficiency", 1.0)
    plan = lexicographic(a_home(), ("self_sufficiency",), GRID.start_utc)
    least = plan.cost_eur["self_sufficiency"] / LEAST_EUR
    plan = solve(replace(asked, caps=(("self_sufficiency", least - 2.0),)), GRID.start_utc)
    (told,) = plan.broken
    assert told.name == "self_sufficiency within its cap" and told.amount == pytest.approx(2.0, abs=1e-3)
    assert told.unit == "kWh"


def test_the_price_of_a_cap_is_what_the_next_unit_costs() -> None:
    """Against the difference of two plans, whose caps differ by a little."""
    cheap = priced(replace(a_home(), stability_eur=0.0), "carbon", 0.02)
    free = solve(cheap, GRID.start_utc)
    assert not free.marginal_eur
    most_kg = 0.9 * free.cost_eur["carbon"] / 0.02
    plan, other = (
        solve(replace(cheap, caps=(("carbon", kg * 0.02),)), GRID.start_utc) for kg in (most_kg, most_kg - 1e-3)
    )
    money_eur = [each.total_eur - each.cost_eur["carbon"] for each in (plan, other)]
    assert plan.marginal_eur["carbon"] == pytest.approx((money_eur[1] - money_eur[0]) / 1e-3, rel=1e-3)


def test_caps_travel_with_the_stored_problem() -> None:
    problem = replace(priced(a_home(), "peak", 2.0), caps=(("peak", 3.5),))
    assert from_bytes(to_bytes(problem)).caps == (("peak", 3.5),)


@pytest.mark.parametrize(
    ("ask", "place"),
    [
        (lambda: front(a_home(), "beauty", GRID.start_utc), "'beauty' is not known"),
        (lambda: front(replace(a_home(), aims=Aims()), "carbon", GRID.start_utc), "aims.carbon.kg_per_kwh"),
        (lambda: front(a_home(), "peak", GRID.start_utc, most_points=1), "most_points"),
        (lambda: lexicographic(a_home(), ("beauty",), GRID.start_utc), "'beauty' is not known"),
        (lambda: replace(a_home(), caps=(("peak", 1.0),)), r"caps\.peak"),
        (lambda: replace(a_home(), caps=(("energy", np.nan),)), r"caps\.energy"),
    ],
)
def test_what_cannot_be_asked_is_refused(ask: object, place: str) -> None:
    with pytest.raises(ProblemsFound, match=place):
        ask()  # type: ignore[operator]


def test_a_price_changes_nothing_else() -> None:
    home = a_home()
    asked = priced(priced(home, "peak", 1.5), "self_sufficiency", 0.2)
    assert asked.aims == replace(home.aims, peak=Peak(1.5), self_sufficiency=SelfSufficiency(0.2))
    assert asked.terms == (*home.terms, "peak", "self_sufficiency")
