"""A small market for tests: four who trade, a memory ledger, and a journal in a file."""

from pathlib import Path

import numpy as np

from enerwise.core.time import instant
from enerwise.market.product import Slot
from enerwise.run.venue import Venue
from enerwise.run.venue_book import Batch
from enerwise.run.venue_read import read_market
from enerwise.run.venue_words import Answer, Asked
from enerwise.store.journal import Journal
from enerwise.store.ledger import LedgerStore, MemoryLedger

MARKET = """\
id: lindenweg
name: Lindenweg
timezone: Europe/Berlin
product: {product}
mechanism: {mechanism}
limits: {{lowest_price: -0.10 EUR/kWh, highest_price: 1 EUR/kWh, volume: 50 kWh, position: 40 kWh, budget: 20 EUR}}
balancing: {{spot: 0.25 EUR/kWh, margin: 0.01 EUR/kWh}}
participants:
  - {{id: ada, name: Ada, site: lindenweg-8, meter: told, deposit: 10 EUR}}
  - {{id: ben, name: Ben, site: ahornweg-1, meter: told, deposit: 10 EUR, shown_as: Ben from no. 1}}
  - {{id: cem, name: Cem, accounts: [cem-key], deposit: 10 EUR}}
  - {{id: dora, name: Dora, accounts: [dora-key], owner: cem, simulated: yes}}
connection: {{import_limit: 40 kW, export_limit: 20 kW}}
"""
ADA, BEN, CEM, DORA = range(4)
NOW = instant("2026-05-14T10:02:00Z")
NOW_NS = int(NOW.astype("datetime64[ns]").astype(np.int64))
S, MIN = 10**9, 60 * 10**9
SLOT = Slot(instant("2026-05-14T11:00:00Z"), 900)


def market_text(mechanism: str = "uniform", product: str = "quarter_hour") -> str:
    return MARKET.format(mechanism=mechanism, product=product)


def a_venue(folder: Path, mechanism: str = "uniform", *, ledger: LedgerStore | None = None) -> Venue:
    facts = read_market(market_text(mechanism, "intraday" if mechanism == "continuous" else "quarter_hour"))
    return Venue.open(facts, ledger or MemoryLedger(), Journal(folder / "journal.db"), NOW_NS)


def asked(party: int, *orders: tuple[str, str, int, int], slot: Slot | None = SLOT) -> Asked:
    """Ask with orders as (id, side, Wh, micro-EUR/kWh)."""
    names, sides, quantity, price = zip(*orders, strict=True)
    batch = Batch(
        np.full(len(orders), party, np.int64),
        list(names),
        np.array([each == "buy" for each in sides]),
        np.array(quantity, np.int64),
        np.array(price, np.int64),
    )
    return Asked(party, slot, batch)


def taken(venue: Venue, *requests: Asked, at_ns: int = NOW_NS) -> list[Answer]:
    return venue.take(requests, at_ns)
