"""Is everything wrong with a community file told at once, with place and remedy?"""

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.run.community_read import read_community
from tests.run.community_builders import a_text


def problems_of(text: str) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        read_community(text)
    return [str(each) for each in found.value.problems]


def test_a_community_is_read_in_peoples_units() -> None:
    entry = read_community(a_text(count=12))
    assert entry.prices.import_.otherwise == 0.32
    assert entry.homes[0].count == 12
    assert entry.homes[0].battery is not None
    assert entry.homes[0].battery.soc == (0.1, 0.8)
    assert str(entry.start_utc) == "2024-06-02T22:00:00.000"


def test_all_problems_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = """\
name: Birkenhof
step: 7 min
prices: {import: 0.32, export: 8 ct/kWh}
market: {mechanism: unifrom, strategy: guess}
homes:
  - count: none
    pv: {share: 60, peak: [9 kWp, 3 kWp]}
    batery: {capacity: 10 kWh}
  - vehicle: {leaves: "18:00"}
"""
    told = problems_of(text)
    assert len(told) == 9
    assert "step (line 2): '7 min' is no slot of the market; write '15 min', '30 min' or '1 h'" in told
    assert "market.mechanism (line 4): 'unifrom' is not installed; did you mean 'uniform'?" in told
    assert any(each.startswith("market.strategy (line 4): 'guess' is not installed") for each in told)
    assert any("homes[0].pv.share (line 7): '60' is above 1; write '60 %'" in each for each in told)
    assert any("homes[0].batery (line 8): is not known here; did you mean 'battery'?" in each for each in told)
    assert any("homes[1].vehicle (line 9): comes home before it leaves" in each for each in told)
    places = [each.split("(line ")[1].split(")")[0] for each in told]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file: is empty"),
        ("- a\n- b\n", "is not a set of keys with values"),
        (a_text().replace("homes:", "areas: [north]\nhomes:").replace("- count", "- area: south\n    count"), "south"),
        (a_text().replace("count: 6", "name: house"), "does not say how many homes there are"),
        (a_text().replace("0.32 EUR/kWh", "{feed: prices, otherwise: 0.1 EUR/kWh}"), "only while a site runs"),
        (a_text().replace("count: 6", "recorded: {file: a.csv}"), "does not say which rows are whose"),
        (a_text().replace("homes:", "homes: []\nunused:"), "is an empty list"),
        (a_text().replace("start: 2024-06-03", "start: someday"), "is no date"),
    ],
)
def test_what_cannot_be_is_told(text: str, told: str) -> None:
    assert any(told in each for each in problems_of(text))
