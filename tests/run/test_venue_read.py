"""A market file is read, or everything wrong with it is told at once."""

from pathlib import Path

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.market.mechanism import mechanism_names
from enerwise.market.mechanisms.area import Area
from enerwise.market.network import both_ways
from enerwise.run.venue_facts import Total
from enerwise.run.venue_read import read_market

from .venues import market_text

EXAMPLE = Path(__file__).parents[2] / "examples" / "market.yaml"


def test_the_example_reads_as_whole_numbers() -> None:
    facts = read_market(EXAMPLE.read_text(encoding="utf-8"))
    home, farm = facts.parties
    assert (home.site, home.deposit_ueur, home.limits.price_min_ueur_per_kwh) == ("lindenweg-8", 50_000_000, -100_000)
    assert (farm.accounts, farm.owner, farm.limits.volume_wh) == (frozenset({"key-7f3k"}), "municipal works", 900_000)
    assert (facts.balancing.spot_ueur_per_kwh, facts.horizon_s, facts.settle_after_s) == (250_000, 86_400, 900)


def test_the_example_with_areas_reads_as_lines_of_a_slot() -> None:
    facts = read_market((EXAMPLE.parent / "market_areas.yaml").read_text(encoding="utf-8"))
    assert facts.rule == Area(both_ways(0, 1, 1250, loss_ppm=20_000, fee_ueur_per_kwh=20_000))
    assert facts.area_of.tolist() == [0, 0, 1]
    assert facts.total == Total("station", 50_000)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("mechanism: uniform", "mechanism: unifrom", "mechanism (line 5): 'unifrom' is not installed; did you mean"),
        ("mechanism: uniform", "mechanism: mid_market", "supplier (line 1): is missing: the rule mid_market lets a"),
        ("mechanism: uniform", "mechanism: meshed", "mechanism (line 5): 'meshed' needs the cables"),
        (
            "mechanism: uniform",
            "mechanism: uniform\nlines: [{from: a, to: a, limit: 5 kW}]",
            "the rule uniform looks at no lines; write 'mechanism: area'",
        ),
        (
            "mechanism: uniform",
            "mechanism: area\nareas: [a]\nlines: [{from: a, to: b, limit: 5 kW}]",
            "lines[0].to (line 7): there is no area 'b'; use one of a",
        ),
        (
            "mechanism: uniform",
            "mechanism: area\nareas: [a]\nlines: [{from: a, to: a, limit: 5 kW}]",
            "leads from 'a' to itself",
        ),
        ("site: ahornweg-1", "site: ahornweg-1, area: b", "participants[1].area (line 10): there is no area 'b'; add"),
        (
            "mechanism: uniform",
            "mechanism: uniform\nsupplier: {import: 0.3 EUR/kWh, export: 0.1 EUR/kWh}",
            "the rule uniform lets no supplier fill orders",
        ),
        (
            "mechanism: uniform",
            "mechanism: mid_market\nsupplier: {import: 0.1 EUR/kWh, export: 0.3 EUR/kWh}",
            "the grid pays 300000 and takes 100000",
        ),
        ("meter: told", "meter: as_traded", "ada is real, and would be taken to do what it traded"),
        ("accounts: [cem-key]", "meter: site", "cem has no site whose meter could count"),
        (
            "mechanism: uniform",
            "mechanism: uniform\nsettings: {k_ppm: -1}",
            "k_ppm is -1; it lies within 0 and 1000000",
        ),
        ("mechanism: uniform", "mechanism: uniform\nsettings: {k: 1}", "unexpected keyword argument 'k'"),
        ("deposit: 10 EUR}", "deposit: ten}", "participants[0].deposit (line 9): 'ten' is no amount of money"),
        ("id: ben", "id: ada", "participants[1].id (line 10): 'ada' is that of participant 1 as well"),
        ("site: ahornweg-1", "site: lindenweg-8", "participants[1].site (line 10): 'lindenweg-8' is that of"),
        ("lowest_price: -0.10", "lowest_price: 2", "lowest_price 2 is above highest_price"),
        ("id: lindenweg\n", "id: a b\n", "id (line 1): 'a b' is no id"),
        ("balancing:", "balanced:", "balancing (line 1): is missing"),
        ("product: quarter_hour", "product: minute", "product (line 4): 'minute'"),
    ],
)
def test_what_is_wrong_is_told_with_line_value_and_remedy(old: str, new: str, words: str) -> None:
    text = market_text()
    assert old in text
    with pytest.raises(ProblemsFound) as found:
        read_market(text.replace(old, new, 1))
    assert words in str(found.value)


def test_everything_wrong_is_told_at_once() -> None:
    text = market_text().replace("deposit: 10 EUR", "deposit: x").replace("uniform", "guess")
    with pytest.raises(ProblemsFound) as found:
        read_market(text)
    assert str(found.value).count("is no amount of money") == 3
    assert "'guess' is not installed; use one of" in str(found.value)
    with pytest.raises(ProblemsFound, match="is empty"):
        read_market("")


@pytest.mark.parametrize("name", mechanism_names())
def test_every_rule_is_taken_or_refused_with_a_reason(name: str) -> None:
    try:
        taken = read_market(market_text(name)).rule.name
    except ProblemsFound as error:
        assert name == "meshed" or "supplier (line 1): is missing" in str(error)
    else:
        assert taken == name
