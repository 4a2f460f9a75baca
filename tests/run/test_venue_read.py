"""A market file is read, or everything wrong with it is told at once."""

from pathlib import Path

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.market.mechanism import mechanism_names
from enerwise.run.venue_read import read_market

from .venues import market_text

EXAMPLE = Path(__file__).parents[2] / "examples" / "market.yaml"


def test_the_example_reads_as_whole_numbers() -> None:
    facts = read_market(EXAMPLE.read_text(encoding="utf-8"))
    home, farm = facts.parties
    assert (home.site, home.deposit_ueur, home.limits.price_min_ueur_per_kwh) == ("lindenweg-8", 50_000_000, -100_000)
    assert (farm.accounts, farm.owner, farm.limits.volume_wh) == (frozenset({"key-7f3k"}), "municipal works", 900_000)
    assert (facts.balancing.spot_ueur_per_kwh, facts.horizon_s, facts.settle_after_s) == (250_000, 86_400, 900)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("mechanism: uniform", "mechanism: unifrom", "mechanism (line 5): 'unifrom' is not installed; did you mean"),
        ("mechanism: uniform", "mechanism: mid_market", "lets everybody trade with a pool"),
        ("mechanism: uniform", "mechanism: area", "lets everybody trade with a pool"),
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
        assert "nobody has a partner" in str(error)
    else:
        assert taken == name
