"""Do days, months and weeks add up to the whole, also when clocks change?"""

import numpy as np
import pytest

from enerwise.serve.scenes import energy_cost_eur, typical_week
from enerwise.serve.totals import bills, days, months
from tests.builders import BERLIN, a_demand, a_grid, a_site, a_tariff


def test_days_have_their_length() -> None:
    grid = a_grid("2024-03-30", steps=96 + 92 + 96, zone=BERLIN)
    assert [(each.name, each.grid.step_count) for each in days(grid, BERLIN)] == [
        ("2024-03-30", 96),
        ("2024-03-31", 92),
        ("2024-04-01", 96),
    ]


def test_months_are_those_of_the_site() -> None:
    grid = a_grid("2024-06-30T20:00Z", steps=16)
    assert [(each.name, each.steps) for each in months(grid, BERLIN)] == [
        ("2024-06", slice(0, 8)),
        ("2024-07", slice(8, 16)),
    ]


def test_bills_of_parts_are_the_bill_of_the_whole() -> None:
    site = a_site(tariff=a_tariff(fixed_eur_per_day=0.4, demand=[a_demand()]))
    grid = a_grid("2024-06-28", steps=96 * 6, zone=BERLIN)
    grid_w = 3000 * np.sin(np.arange(grid.step_count) / 9.0)
    whole = site.tariff.bill(grid, grid_w, BERLIN).total_eur
    for parts in (list(days(grid, BERLIN)), list(months(grid, BERLIN))):
        assert sum(bill.total_eur for bill in bills(site, parts, grid_w)) == pytest.approx(whole)


def test_typical_week_is_the_median_one_and_begins_on_a_monday() -> None:
    """Three weeks that saved 1, 9 and 4: the third is typical. 1 July 2024 is a Monday."""
    grid = a_grid("2024-06-30", steps=96 * 23, zone=BERLIN)
    saved_eur = np.concatenate([np.zeros(96), *(np.full(96 * 7, each) for each in (1.0, 9.0, 4.0)), np.zeros(96)])
    assert typical_week(grid, BERLIN, saved_eur) == slice(96 + 96 * 14, 96 + 96 * 21)


def test_span_without_a_whole_week_shows_its_beginning() -> None:
    grid = a_grid("2024-07-03", steps=96 * 3, zone=BERLIN)
    assert typical_week(grid, BERLIN, np.zeros(96 * 3)) == slice(0, 96 * 3)


def test_energy_cost_is_buying_less_selling() -> None:
    grid = a_grid(steps=2, step_s=3600)
    assert energy_cost_eur(a_site(), grid, np.array([1000.0, -1000.0])) == pytest.approx([0.30, -0.08])
