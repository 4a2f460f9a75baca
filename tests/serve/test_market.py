"""`enerwise market` as people type it: clear a file, look over a ledger, prove an entry, read a statement."""

import json
import sqlite3
from pathlib import Path

import pytest

from enerwise.store.ledger_sqlite import SqliteLedger
from tests.store.test_ledger import settle_all

from .builders import enerwise, said

ORDERS = """\
id,participant,side,quantity_wh,price_ueur_per_kwh,area,time
a1,Ada,buy,4000,300000,,2026-05-14T12:00:00Z
b1,Ben,buy,3000,200000,,2026-05-14T12:00:01Z
c1,Cem,sell,5000,80000,,2026-05-14T12:00:02Z
d1,Dora,sell,4000,160000,,
"""


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return path


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "market.db"
    made = SqliteLedger(path, salt=b"of this market")
    settle_all(made)
    made.close()
    return path


def test_a_file_of_orders_is_cleared_into_a_file_of_trades(orders: Path, tmp_path: Path) -> None:
    trades, sums = tmp_path / "trades.csv", tmp_path / "sums.json"
    result = enerwise("market", "clear", orders, "--out", trades, "--json", sums)
    assert result.exit_code == 0, said(result)
    assert "4 of 4 orders filled, 7.000 kWh bought, at 16.0000 ct/kWh" in said(result)
    assert trades.read_text(encoding="utf-8").splitlines()[1] == "a1,c1,Ada,Cem,4000,160000,160000,640000,640000"
    told = json.loads(sums.read_text(encoding="utf-8"))
    assert told["paid_ueur"] == {"Ada": 640_000, "Ben": 480_000, "Cem": -800_000, "Dora": -320_000}


def test_a_rule_without_partners_tells_its_fills_and_the_grids_money(orders: Path, tmp_path: Path) -> None:
    trades = tmp_path / "trades.csv"
    options = ("--mechanism", "mid_market", "--set", "retail_ueur_per_kwh=320000", "--out", trades)
    result = enerwise("market", "clear", orders, *options)
    assert result.exit_code == 0, said(result)
    assert "(grid)" in said(result)
    assert trades.read_text(encoding="utf-8").splitlines()[1] == "a1,Ada,buy,4000,200000"


def test_every_wrong_row_is_told_with_line_value_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "id,participant,side,quantity_wh,price_ueur_per_kwh,time\na,Ada,purchase,4.5,x,noon\nb,,buy,0,1,\nb,Ben,buy,1,1,\n",
        encoding="utf-8",
    )
    result = enerwise("market", "clear", path)
    assert result.exit_code == 2
    for words in (
        "line 2, side: 'purchase' is neither buy nor sell; write buy or sell",
        "line 2, quantity_wh: '4.5' is no whole number; write a whole number from 1 to 1099511627776",
        "line 2, price_ueur_per_kwh: 'x' is no whole number",
        "line 2, time: 'noon'",
        "line 3, quantity_wh: 0 is out of range",
        "line 3, participant: is empty",
    ):
        assert words in said(result), words
    path.write_text("id,participant,side,quantity_wh,price_ueur_per_kwh\n" + "b,Ben,buy,1,1\n" * 2, encoding="utf-8")
    assert "order 'b': this id is given to several orders" in said(enerwise("market", "clear", path))
    path.write_text("id,side\n", encoding="utf-8")
    assert "has no column participant, quantity_wh, price_ueur_per_kwh" in said(enerwise("market", "clear", path))
    assert "cannot be read" in said(enerwise("market", "clear", tmp_path / "none.csv"))


def test_rows_may_stand_in_any_sequence(orders: Path, tmp_path: Path) -> None:
    head, *rows = ORDERS.splitlines()
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join([head, *reversed(rows)]), encoding="utf-8")
    results = []
    for path in (orders, turned):
        enerwise("market", "clear", path, "--out", tmp_path / "trades.csv")
        results.append((tmp_path / "trades.csv").read_bytes())
    assert results[0] == results[1]


def test_rules_are_listed_and_wrong_numbers_of_theirs_told(orders: Path) -> None:
    assert "truthful" in said(enerwise("market", "mechanisms"))
    for setting, words in (("k=3", "uniform has no 'k'"), ("k_ppm=x", "no whole number"), ("k_ppm=-1", "k_ppm is -1")):
        result = enerwise("market", "clear", orders, "--set", setting)
        assert result.exit_code == 2
        assert words in said(result)
    assert "no plug-in 'guess'" in said(enerwise("market", "clear", orders, "--mechanism", "guess"))


def test_a_ledger_is_looked_over_and_what_was_altered_is_found(ledger: Path) -> None:
    result = enerwise("market", "verify", ledger)
    assert result.exit_code == 0, said(result)
    assert "1 closed slots, each root holds" in said(result)
    with sqlite3.connect(ledger) as file:
        file.executescript("DROP TRIGGER entry_stays; UPDATE entry SET amount = amount + 1 WHERE number = 3")
    result = enerwise("market", "verify", ledger)
    assert result.exit_code == 2
    assert "entry 3" in said(result)
    assert "does not follow from those before" in said(result)


def test_an_entry_is_proven_without_the_ledger(ledger: Path, tmp_path: Path) -> None:
    proof = tmp_path / "proof.json"
    entry = SqliteLedger(ledger).entries(slot="noon")[7]
    assert enerwise("market", "prove", ledger, "--entry", entry.number, "--out", proof).exit_code == 0
    (tmp_path / "root.txt").write_text(json.loads(proof.read_text(encoding="utf-8"))["root"], encoding="utf-8")
    result = enerwise("market", "verify", tmp_path / "root.txt", "--proof", proof)
    assert result.exit_code == 0, said(result)
    assert "The proof holds" in said(result)
    (tmp_path / "root.txt").write_text("00" * 32, encoding="utf-8")
    result = enerwise("market", "verify", tmp_path / "root.txt", "--proof", proof)
    assert result.exit_code == 2
    assert "does not lead to the root" in said(result)
    assert "there is no entry 99999" in said(enerwise("market", "prove", ledger, "--entry", 99_999, "--out", proof))
    assert "not closed yet" in said(enerwise("market", "prove", ledger, "--entry", 1, "--out", proof))


def test_a_statement_adds_up(ledger: Path, tmp_path: Path) -> None:
    path = tmp_path / "statement.csv"
    result = enerwise("market", "statement", ledger, "home-3", "--out", path)
    assert result.exit_code == 0, said(result)
    assert "noon" in said(result)
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    money = sum(int(row[-1]) for row in rows if row[4].startswith(("cash", "owed")) and row[3] != "pend")
    seen = SqliteLedger(ledger).balances()
    assert money == seen["cash:home-3"].net + seen["owed:home-3"].net
    assert "nobody is called 'nobody'; there are" in said(enerwise("market", "statement", ledger, "nobody"))
    assert "there is no such ledger" in said(enerwise("market", "verify", tmp_path / "none.db"))
