"""Aims in a site file: prices, caps and an order in people's units; what cannot be is told with place and remedy."""

import pytest

from enerwise.site.read import find_problems, read_site

HEAD = """name: Test
timezone: Europe/Berlin
connection: {import_limit: 20 kW, export_limit: 20 kW}
tariff: {import: 0.30 EUR/kWh}
assets: [{id: home, kind: load}]
"""
CARBON = "carbon: {grid: 363 g/kWh, source: UBA 2024}\n"
ALL = """aims:
  carbon: 100 EUR/t
  peak: 0.10 EUR/kW
  wear: {depth: {100 %: 0.03 EUR/kWh, 50 %: 0.01 EUR/kWh}, full: 90 %, standing: 0.0002 EUR/kWh}
  resilience: {outages_per_year: 0.5, lasts: 2 h, critical: 500 W, worth: 10 EUR/kWh}
  reserve: {up: 0.01 EUR/kW, block: 4 h, most: 3 kW, symmetric: yes}
  band: {draw: 4 kW, feed: 2 kW, price: 0.20 EUR/kWh, from: "17:00", to: "20:00"}
  schedule:
    price: 0.20 EUR/kWh
    tolerance: 300 W
    profile: [{draw: 2 kW, from: "06:00", to: "09:00", days: weekdays}, {feed: 1 kW, from: "12:00", to: "15:00"}]
  caps: {carbon: 5 kg/day, ramping: 40 kW a day}
  order: [self_sufficiency, cost]
"""


def test_aims_are_read_in_base_units() -> None:
    found = read_site(HEAD + CARBON + ALL).aims
    assert found.price_eur == {"carbon": pytest.approx(0.1), "peak": 0.1}
    assert found.most == {"carbon": 5.0, "ramping": 40.0} and found.order == ("self_sufficiency",)
    assert found.counted == ("carbon", "peak", "ramping", "self_sufficiency")
    assert found.wear is not None and found.wear.depth_ratio == (0.5, 1.0) and found.wear.full_ratio == 0.9
    assert found.outages is not None and (found.outages.lasts_h, found.outages.critical_w) == (2.0, 500.0)
    assert found.reserve is not None and (found.reserve.most_w, found.reserve.is_symmetric) == (3e3, True)
    assert found.schedule is not None and (found.schedule.eur_per_kwh, found.schedule.tolerance_w) == (0.2, 300.0)
    assert [each.grid_w for each in found.schedule.profile] == [2e3, -1e3]
    assert found.schedule.profile[0].window.days == frozenset(range(5))
    assert found.band is not None and (found.band.draw_w, found.band.feed_w) == (4e3, 2e3)


def test_without_aims_only_the_bill_counts() -> None:
    assert read_site(HEAD).aims.are_none


@pytest.mark.parametrize(
    ("wrong", "place", "words"),
    [
        ("caps: {carbon: 5 kg}", "aims.caps", "does not say in which time"),
        ("caps: {peak: 5 kW/day}", "aims.caps", "is a level, not an amount of a day"),
        ("caps: {peek: 5 kW}", "aims.caps", "did you mean 'peak'?"),
        ("caps: {carbon: 5 kWh/day}", "aims.caps", "unit of energy"),
        ("caps: {peak: -5 kW}", "aims.caps", "below zero"),
        ("order: [cost, peak]", "aims.order", "write 'cost' last"),
        ("order: [peak, peak]", "aims.order", "names an aim twice"),
        ("order: [beauty]", "aims.order", "'beauty' is none of"),
        ("{caps: {peak: 5 kW}, order: [peak]}", "aims", "caps 'peak' and puts it first"),
        ("wear: {depth: {50 %: 0.01 EUR/kWh}}", "aims.wear.depth", "100 %"),
        ("wear: {depth: {50 %: 0.02 EUR/kWh, 100 %: 0.01 EUR/kWh}}", "aims.wear.depth", "cheaper with depth"),
        ("schedule: {price: 0.2 EUR/kWh}", "aims.schedule.profile", "draw: 2 kW"),
        ("schedule: {price: 0.2 EUR/kWh, profile: []}", "aims.schedule.profile", "empty list"),
        ("schedule: {profile: [{draw: 2 kW}]}", "aims.schedule.price", "add 'price: 0.20 EUR/kWh'"),
        ("schedule: {price: 0.2 EUR, profile: [{draw: 2 kW}]}", "aims.schedule.price", "unit of money"),
        (
            "schedule: {price: 0.2 EUR/kWh, profile: [{draw: 2 kW, feed: 1 kW}]}",
            "aims.schedule.profile[0]",
            "both draws and feeds",
        ),
        ('schedule: {price: 0.2 EUR/kWh, profile: [{from: "06:00"}]}', "aims.schedule.profile[0]", "'draw: 0 W'"),
        ("carbon: 100 EUR", "aims.carbon", "unit of money"),
        ("resilience: {lasts: 2 h, critical: 500 W, worth: 10 EUR/kWh}", "aims.resilience.outages_per_year", "add"),
    ],
)
def test_what_cannot_be_is_told_with_place_and_remedy(wrong: str, place: str, words: str) -> None:
    found = find_problems(f"{HEAD}{CARBON}aims: {wrong if wrong[0] == '{' else '{' + wrong + '}'}\n")
    assert any(each.place.startswith(place) and words in str(each) for each in found), [str(each) for each in found]


@pytest.mark.parametrize("aims", ["{carbon: 100 EUR/t}", "{caps: {carbon: 5 kg/day}}", "{order: [carbon]}"])
def test_carbon_counts_only_where_somebody_has_told_what_a_kwh_emits(aims: str) -> None:
    assert any("add 'carbon: {grid" in str(each) for each in find_problems(f"{HEAD}aims: {aims}\n"))
    assert not find_problems(f"{HEAD}{CARBON}aims: {aims}\n")
