"""The carbon factor of the grid: read from the site file, or refused with place and remedy."""

import pytest

from enerwise.site.carbon import Carbon
from enerwise.site.read import find_problems, read_site

HOME = """\
name: Home
timezone: Europe/Berlin
connection: {import_limit: 9 kW, export_limit: 9 kW}
tariff: {import: 0.30 EUR/kWh}
assets: [{id: home, kind: load}]
"""


def test_a_site_without_a_factor_has_none() -> None:
    assert read_site(HOME).carbon is None


@pytest.mark.parametrize("written", ["363 g/kWh", "0.363 kg/kWh", "363 kg/MWh"])
def test_a_factor_is_read_in_any_of_its_units(written: str) -> None:
    site = read_site(f'{HOME}carbon: {{grid: {written}, source: "UBA 2024"}}\n')
    assert site.carbon == Carbon(363.0, "UBA 2024")
    assert site.carbon is not None
    assert site.carbon.emitted_kg(10_000.0) == pytest.approx(3.63)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{grid: 363 g/kWh}", "carbon.source (line 6): is missing; add 'source: UBA 2024'"),
        ("{source: UBA}", "carbon.grid (line 6): is missing; add 'grid: 363 g/kWh'"),
        ("{grid: -1 g/kWh, source: UBA}", "carbon.grid (line 6): '-1 g/kWh' is below 0 g/kWh"),
        ("{grid: 363, source: UBA}", "carbon.grid (line 6): '363' cannot be read; add the unit"),
        ("{grid: 363 W, source: UBA}", "'W' is a unit of power"),
        ("{gird: 363 g/kWh, grid: 1 g/kWh, source: UBA}", "did you mean 'grid'?"),
    ],
)
def test_what_is_wrong_with_a_factor_is_told_with_place_and_remedy(written: str, told: str) -> None:
    (problem,) = find_problems(f"{HOME}carbon: {written}\n")
    assert told in str(problem)


def test_a_factor_below_zero_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        Carbon(-1.0, "nobody")
