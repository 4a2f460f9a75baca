"""Does `enerwise community simulate` show, and write, what came of it?"""

import json
from pathlib import Path
from xml.etree import ElementTree

from enerwise.store.ledger_sqlite import SqliteLedger
from tests.run.community_builders import a_text
from tests.serve.builders import enerwise, said


def a_file(folder: Path, text: str | None = None) -> Path:
    path = folder / "community.yaml"
    path.write_text(text or a_text(count=4))
    return path


def test_all_strategies_are_shown_side_by_side_and_written(tmp_path: Path) -> None:
    out = tmp_path / "result"
    told = said(enerwise("community", "simulate", a_file(tmp_path), "--out", out))
    assert "Birkenhof: 4 homes, 1 days, rule uniform" in told
    for words in ("No market", "Marginal value", "Truthful", "Zero intelligence", "Welfare optimum", "Gini"):
        assert words in told
    assert "Marginal value: trading gains" in told
    assert "than without a market" in told
    summary = json.loads((out / "summary.json").read_text())
    assert summary["homes"] == 4
    figures = summary["strategies"]["marginal_value"]
    assert set(figures) >= {"welfare_eur", "gini", "losers", "least_off", "peak_w", "balancing_ueur", "lost_wh"}
    assert (out / "homes.csv").read_text().splitlines()[0].startswith("home,")
    assert len((out / "homes.csv").read_text().splitlines()) == 5
    assert len((out / "slots.csv").read_text().splitlines()) == 25
    assert ElementTree.fromstring((out / "community.svg").read_text()).tag.endswith("svg")


def test_one_strategy_is_held_against_no_market(tmp_path: Path) -> None:
    told = enerwise("community", "simulate", a_file(tmp_path), "--strategy", "truthful", "--json", "-")
    summary = json.loads(told.stdout)
    assert list(summary["strategies"]) == ["no_market", "truthful"]
    assert summary["strategies"]["no_market"]["market_ueur"] == 0


def test_what_is_wrong_with_the_file_is_told_at_once(tmp_path: Path) -> None:
    text = a_text().replace("1 h", "1 week").replace("uniform", "lottery")
    result = enerwise("community", "simulate", a_file(tmp_path, text))
    assert result.exit_code == 2
    assert "2 problems" in said(result)


def test_an_unknown_strategy_is_told_with_those_there_are(tmp_path: Path) -> None:
    result = enerwise("community", "simulate", a_file(tmp_path), "--strategy", "marginal")
    assert result.exit_code == 2
    assert "did you mean 'marginal_value'?" in said(result)


def test_what_was_settled_is_kept_in_a_ledger_that_is_never_overwritten(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    asked = ("community", "simulate", a_file(tmp_path), "--strategy", "truthful", "--ledger", ledger)
    assert f"Written: {ledger}" in said(enerwise(*asked))
    kept = SqliteLedger(ledger)
    assert len(kept.closed_slots()) == 24
    assert sum(each.net for each in kept.balances().values()) == 0
    kept.close()
    again = enerwise(*asked)
    assert again.exit_code == 2
    assert "never overwritten" in said(again)
