"""Statements: every micro-euro and watt-hour of a participant, by slot and by what it was for."""

import csv
from io import StringIO

import numpy as np

from enerwise.market.book import Book
from enerwise.market.imbalance import ImbalancePrices
from enerwise.market.ledger import Transfer
from enerwise.market.mechanism import mechanism
from enerwise.market.settle import BANK, Slot, accounts, cash, energy, owed, reserves
from enerwise.market.settle_pool import settlement
from enerwise.market.statement import Statement, own_accounts, statement, to_csv
from enerwise.store.ledger import MemoryLedger

WHO = ("Ada", "Ben")
SLOTS = ("2026-05-14T12:00Z/900", "2026-05-14T12:15Z/900")
QUARTER_NS = 900 * 10**9


def a_market() -> MemoryLedger:
    """Ada buys from Ben at 0.15 EUR/kWh, twice, with a fee; the second time Ben delivers too little."""
    ledger = MemoryLedger()
    ledger.open_accounts(accounts(WHO))
    ledger.submit([Transfer(f"deposit/{each}", cash(BANK), cash(each), 10**6) for each in WHO], 5)
    for name, sent in zip(SLOTS, (1000, 600), strict=True):
        slot = Slot(name, Book.of([(1, 0, True, 1000, 200_000), (2, 1, False, 1000, 100_000)]), WHO, 10_000)
        ledger.submit(reserves(slot), 6)
        prices = ImbalancePrices(150_000, 150_000, 5000)
        metered = np.array([1000, -sent])
        made = settlement(slot, mechanism().clear(slot.book), metered, prices, ledger.waiting(name))
        ledger.submit(made.transfers, 7)
        ledger.close_slot(name, 8)
    return ledger


def of(ledger: MemoryLedger, who: str, start_ns: int | None = None, end_ns: int | None = None) -> Statement:
    return statement(ledger.entries(), who, start_ns=start_ns, end_ns=end_ns)


def test_a_statement_comes_to_the_balances() -> None:
    ledger = a_market()
    for who in WHO:
        made, seen = of(ledger, who), ledger.balances()
        assert made.energy_wh == seen[energy(who)].net == sum(each.energy_wh for each in made.slots)
        assert made.after_ueur == made.money_ueur == seen[cash(who)].net + seen[owed(who)].net
        assert own_accounts(who) == (cash(who), energy(who), owed(who))


def test_each_slot_tells_what_was_for_what() -> None:
    deposit, first, second = of(a_market(), "Ada").slots
    assert (deposit.slot, deposit.parts_ueur["deposit"]) == ("", 10**6)
    assert (first.traded_wh, first.deviation_wh, first.money_ueur) == (1000, 0, -160_000)
    assert {part: ueur for part, ueur in first.parts_ueur.items() if ueur} == {"trade": -150_000, "fee": -10_000}
    assert (second.traded_wh, second.deviation_wh, second.money_ueur) == (1000, 0, -156_000), "a fee for 600 Wh"
    short = of(a_market(), "Ben").slots[2]
    assert (short.traded_wh, short.deviation_wh, short.energy_wh) == (-1000, 400, -600)
    assert (short.parts_ueur["trade"], short.parts_ueur["deviation"]) == (150_000, -62_000), "who is short pays"


def test_a_period_has_what_starts_in_it_and_carries_over_what_was_before() -> None:
    ledger = a_market()
    first, second = (each.about_ns for each in of(ledger, "Ben").slots[1:])
    assert second - first == QUARTER_NS
    early, late = of(ledger, "Ben", None, second), of(ledger, "Ben", second, second + QUARTER_NS)
    assert [each.slot for each in early.slots] == ["", SLOTS[0]] and [each.slot for each in late.slots] == [SLOTS[1]]
    assert late.before_ueur == early.after_ueur == 10**6 + 150_000
    assert late.after_ueur == of(ledger, "Ben").after_ueur


def test_csv_has_a_row_for_each_slot_and_sums_that_add_up() -> None:
    rows = list(csv.DictReader(StringIO(to_csv(of(a_market(), "Ada")))))
    assert [row["slot"] for row in rows] == ["", *SLOTS]
    assert rows[1]["start_utc"] == "2026-05-14T12:00:00Z"
    for row in rows:
        parts = [int(value) for name, value in row.items() if name.endswith("_ueur") and name != "money_ueur"]
        assert sum(parts) == int(row["money_ueur"])
    assert list(of(a_market(), "nobody").lines) == []
