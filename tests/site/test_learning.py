"""How often a site learns: a word of its file, weekly where nothing is written."""

import pytest

from enerwise.site.learning import Learning
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
