"""Pools and areas at a venue: filled, settled and told, with grid, losses, fees and rent on accounts of their own."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enerwise.market.clearing import CONGESTION, FEES, GRID, LOSS
from enerwise.market.settle import ESCROW, cash, energy, owed
from enerwise.run.venue import Venue
from enerwise.run.venue_book import State
from enerwise.run.venue_read import read_market
from enerwise.run.venue_seen import position
from enerwise.store.journal import Journal
from enerwise.store.ledger import MemoryLedger
from enerwise.store.ledger_sqlite import SqliteLedger

from .venues import ADA, BEN, CEM, MIN, NOW_NS, SLOT, asked, market_text, taken

SUPPLIER = "supplier: {import: 0.30 EUR/kWh, export: 0.08 EUR/kWh}"
RULES = {
    "mid_market": f"mechanism: mid_market\n{SUPPLIER}",
    "supply_demand": f"mechanism: supply_demand\n{SUPPLIER}",
    "pooling": "mechanism: pooling\nsettings: {price_ueur_per_kwh: 190000}",
    "area": "mechanism: area\nareas: [north, south]\n"
    "lines: [{from: north, to: south, limit: 4 kW, loss: 5 %, fee: 2 ct/kWh}]",
}
BIDS = (("a", "buy", 2000, 300_000), ("b", "sell", 1200, 80_000), ("c", "sell", 500, 80_000))


def text(rule: str) -> str:
    made = market_text().replace("mechanism: uniform", RULES[rule])
    return made.replace("id: ada,", "id: ada, area: south,") if rule == "area" else made


def opened(folder: Path, rule: str) -> Venue:
    return Venue.open(read_market(text(rule)), MemoryLedger(), Journal(folder / "journal.db"), NOW_NS)


def cleared(venue: Venue) -> Venue:
    for party, order in zip((ADA, BEN, CEM), BIDS, strict=True):
        assert taken(venue, asked(party, order))[0].outcome == ["accepted"]
    venue.tick(venue.facts.gate_ns(SLOT))
    return venue


def net(venue: Venue, *names: str) -> int:
    return sum(venue.ledger.balances()[each].net for each in names)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counted=st.dictionaries(st.integers(0, 2), st.integers(-5000, 10_000)))
def test_whatever_meters_say_a_pool_is_settled_to_the_last_unit(
    tmp_path_factory: pytest.TempPathFactory, rule: str, counted: dict[int, int]
) -> None:
    venue = cleared(opened(tmp_path_factory.mktemp("venue"), rule))
    assert venue.meter(SLOT, counted, NOW_NS + 90 * MIN) == {}
    book = venue.books[SLOT.id]
    venue.tick(venue.settles_ns(book))
    balances = venue.ledger.balances()
    for units in (("energy:",), ("cash:", "owed:")):
        assert sum(each.net for name, each in balances.items() if name.startswith(units)) == 0
    assert net(venue, cash(ESCROW), energy(ESCROW)) == 0
    assert not any(each.debits_pending or each.credits_pending for each in balances.values())
    for party in (ADA, BEN, CEM):
        who, seen = venue.facts.names[party], position(book, party)
        assert net(venue, energy(who)) == counted.get(party, 0)
        assert net(venue, cash(who), owed(who)) == 10_000_000 - (seen.paid_ueur or 0) - (seen.deviation_ueur or 0)
        assert seen.is_unread == (party not in counted)


@pytest.mark.parametrize("rule", RULES)
def test_nobody_pays_more_or_gets_less_than_the_order_says(tmp_path: Path, rule: str) -> None:
    venue = cleared(opened(tmp_path, rule))
    book = venue.books[SLOT.id]
    seen = [position(book, each) for each in (ADA, BEN, CEM)]
    assert 0 < seen[0].agreed_ueur <= 300 * seen[0].bought_wh
    assert all(each.agreed_ueur <= -80 * each.sold_wh for each in seen[1:])
    assert sum(each.sold_wh for each in seen) > 0


def test_the_supplier_fills_what_neighbours_cannot(tmp_path: Path) -> None:
    venue = cleared(opened(tmp_path, "mid_market"))
    venue.meter(SLOT, {ADA: 2000, BEN: -1200, CEM: -500}, NOW_NS + 90 * MIN)
    venue.tick(venue.settles_ns(venue.books[SLOT.id]))
    assert (net(venue, energy(GRID)), net(venue, cash(GRID))) == (-300, 90_000), "300 Wh at 0.30 EUR/kWh"
    assert position(venue.books[SLOT.id], BEN).paid_ueur == -228_000, "1200 Wh at 0.19 EUR/kWh"


def test_an_order_that_does_not_take_the_suppliers_prices_is_refused(tmp_path: Path) -> None:
    venue = opened(tmp_path, "mid_market")
    low = taken(venue, asked(ADA, ("x", "buy", 10, 299_999)), asked(BEN, ("y", "sell", 10, 80_001)))
    assert [each.rule for each in low] == [["price"], ["price"]]
    assert taken(venue, asked(ADA, ("x", "buy", 10, 300_000)))[0].outcome == ["accepted"]


def test_lines_have_their_limit_losses_fee_and_rent(tmp_path: Path) -> None:
    venue = cleared(opened(tmp_path, "area"))
    book = venue.books[SLOT.id]
    assert position(book, ADA).bought_wh == 950, "4 kW for a quarter of an hour, less 5 %"
    (facts,) = [each.facts for each in venue.news if each.kind == "slot"]
    north, south = (facts["area_price_ueur_per_kwh"][each] for each in ("north", "south"))
    assert (facts["traded_wh"], north <= south) == (950, True)
    venue.meter(
        SLOT, {ADA: 950, BEN: position(book, BEN).sold_wh * -1, CEM: -position(book, CEM).sold_wh}, NOW_NS + 90 * MIN
    )
    venue.tick(venue.settles_ns(book))
    assert (net(venue, energy(LOSS)), net(venue, cash(FEES))) == (50, 20_000)
    assert net(venue, cash(CONGESTION)) == 950 * south // 1000 - 1000 * north // 1000 - 20_000
    assert net(venue, cash(CONGESTION)) > 0


@pytest.mark.parametrize("rule", RULES)
def test_a_pool_that_was_killed_comes_back_as_it_was(tmp_path: Path, rule: str) -> None:
    facts, places = read_market(text(rule)), (tmp_path / "market.db", tmp_path / "journal.db")
    venue = cleared(Venue.open(facts, SqliteLedger(places[0]), Journal(places[1]), NOW_NS))
    for step in (None, lambda: venue.settle(SLOT, NOW_NS + 100 * MIN)):
        if step:
            step()
        again = Venue.open(facts, SqliteLedger(places[0]), Journal(places[1]), NOW_NS)
        one, two = venue.books[SLOT.id], again.books[SLOT.id]
        assert two.filled_wh.tolist() == one.filled_wh.tolist()
        assert (two.state, again.ledger.head()) == (one.state, venue.ledger.head())
    assert venue.books[SLOT.id].state is State.SETTLED
