"""How often a site learns: a word of its file, weekly where nothing is written."""

import pytest

from enerwise.site.learning import Futures, Learning
from enerwise.site.read import find_problems, read_site

SITE = """
name: Lindenweg 8
timezone: Europe/Berlin
country: DE-BW
connection: {import_limit: 9 kW, export_limit: 9 kW}
tariff: {import: 0.30 EUR/kWh, export: 0.08 EUR/kWh}
assets: [{id: home, kind: load}]
"""


@pytest.mark.parametrize(
    ("line", "days"),
    [("", 7), ("forecast: {}", 7), ("forecast: {retrain: daily}", 1), ("forecast: {retrain: never}", None)],
)
def test_the_word_of_the_file_becomes_days(line: str, days: int | None) -> None:
    site = read_site(SITE + line)
    assert site.forecast.every_days == days and site.country == "DE-BW"


def test_another_word_is_refused_with_those_there_are() -> None:
    (problem,) = find_problems(SITE + "forecast: {retrain: weakly}")
    assert problem.place == "forecast.retrain (line 8)" and "weekly" in problem.remedy
    with pytest.raises(ValueError, match="daily, weekly, monthly, never"):
        Learning("hourly")


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", Futures()),
        ("planning: {after: [3 h, 12 h], branches: [3, 3]}", Futures((10_800, 43_200), (3, 3))),
        ("planning: {risk: 30 %, worst: 10 %}", Futures(risk_ratio=0.3, worst_ratio=0.1)),
    ],
)
def test_a_site_file_says_which_futures_are_weighed(text: str, wish: Futures) -> None:
    assert read_site(SITE + text).planning == wish


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("{after: [3 h], branches: [3, 3]}", "planning", "1 stages with 2 branches"),
        ("{after: [12 h, 3 h], branches: [3, 3]}", "planning", "do not rise"),
        ("{after: [1 h, 3 h], branches: [4, 4]}", "planning", "12 in all"),
        ("{after: [1 h], branches: [1]}", "planning.branches", "2"),
        ("{risk: 130 %}", "planning.risk", "130"),
    ],
)
def test_a_tree_that_is_none_is_told_with_its_place(text: str, place: str, words: str) -> None:
    (problem,) = find_problems(SITE + f"planning: {text}")
    assert problem.place.startswith(place)
    assert words in problem.message + problem.remedy
    assert problem.remedy
