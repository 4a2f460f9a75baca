"""The market of the demo home: a street of simulated neighbours, with the past that the home has lived through.

Nothing in it is made up for show: the past is played through the same venue, guard and ledger as what comes, with the
plans that the home had at the time and the meters of what it did.
"""

from contextlib import closing
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.core.time import Instant
from enerwise.serve.files import write_text
from enerwise.serve.sites import run_folder

if TYPE_CHECKING:
    from enerwise.run.venue_facts import Facts
    from enerwise.serve.api.face import Desk
    from enerwise.serve.demo_home import DemoFiles
    from enerwise.serve.market_desk import Places
    from enerwise.site.site import Site

ID: Final = "street"
PAST: Final = np.timedelta64(18 * 3600, "s")
"""So much of the past is played: enough for a picture of a day, and people wait for it."""
STEP_S: Final = 300
"""The past is looked at so often: at every gate, and at every end."""
NEAR_NS: Final = 2 * STEP_S * 1_000_000_000
"""In the past slots are bid for once, shortly before their gate."""
TEXT: Final = """\
# The market of `enerwise run --demo`: everybody in it but the demo home is a simulated neighbour.
id: {id}
name: Lindenweg
timezone: {zone}
product: quarter_hour
mechanism: uniform
horizon: 12 h
settle_after: 15 min
limits: {{lowest_price: 0 EUR/kWh, highest_price: 0.60 EUR/kWh, volume: 6 kWh, position: 5 kWh, budget: 3 EUR}}
balancing: {{spot: 0.17 EUR/kWh, margin: 0.02 EUR/kWh}}
participants:
  - {{id: {site}, name: {name}, site: {site}, deposit: 40 EUR,
     bids: {{strategy: truthful, reserve: 30 %, lowest_sale: 0.10 EUR/kWh, highest_buy: 0.40 EUR/kWh}}}}
  - {{id: lindenweg-2, name: Lindenweg 2, simulated: yes, shown_as: Lindenweg 2, deposit: 40 EUR,
     twin: {{peak: 7 kWp, battery: 8 kWh, buys_at: 0.33 EUR/kWh, sells_at: 0.08 EUR/kWh}},
     bids: {{strategy: zero_intelligence}}}}
  - {{id: lindenweg-3, name: Lindenweg 3, simulated: yes, shown_as: Lindenweg 3, deposit: 40 EUR,
     twin: {{flats: 3, peak: 6 kWp, buys_at: 0.31 EUR/kWh, sells_at: 0.08 EUR/kWh}}, bids: {{strategy: shaded}}}}
  - {{id: lindenweg-4, name: Lindenweg 4, simulated: yes, deposit: 40 EUR,
     twin: {{flats: 2, buys_at: 0.34 EUR/kWh, sells_at: 0.08 EUR/kWh}}, bids: {{strategy: shaded}}}}
  - {{id: linden-court, name: Linden court, simulated: yes, shown_as: Linden court, deposit: 80 EUR,
     twin: {{flats: 12, buys_at: 0.32 EUR/kWh, sells_at: 0.08 EUR/kWh}}, bids: {{strategy: zero_intelligence}}}}
  - {{id: bakery, name: Bakery, simulated: yes, shown_as: Bakery at the corner, deposit: 80 EUR,
     twin: {{flats: 8, peak: 9 kWp, buys_at: 0.30 EUR/kWh, sells_at: 0.08 EUR/kWh}},
     bids: {{strategy: zero_intelligence}}}}
  - {{id: mill, name: Water mill, simulated: yes, shown_as: Water mill, deposit: 40 EUR,
     twin: {{steady: 14 kW, buys_at: 0.30 EUR/kWh, sells_at: 0.08 EUR/kWh}},
     bids: {{strategy: shaded, lowest_sale: 0.09 EUR/kWh}}}}
"""


def market_text(site: "Site") -> str:
    """Return the market file of a street in which a site lives."""
    return TEXT.format(id=ID, zone=site.timezone, site=site.id, name=site.name)


def open_market(files: "DemoFiles", site: "Site", now: Instant, *, is_new: bool) -> Path:
    """Write the market of the demo and let it live through the last day; return its file.

    Args:
        files: Where the demo lies, its store filled.
        site: The demo home.
        now: The present.
        is_new: Whether the demo began anew, and with it its market.

    Raises:
        StoreError: Ledger or journal cannot be written.
    """
    from enerwise.run.venue_read import read_market
    from enerwise.serve.api.face import Desk, NoDoor, SocketLine
    from enerwise.serve.market_desk import Places
    from enerwise.serve.stores import open_store

    path, folder = files.folder / "market.yaml", run_folder(files.site)
    if is_new:
        for each in (path, *folder.glob(f"market-{ID}*")):
            each.unlink(missing_ok=True)
    if not path.is_file():
        write_text(path, market_text(site))
    facts = read_market(path.read_text(encoding="utf-8"), source=str(path))
    places = Places.within(folder, facts.id)
    if not places.journal.is_file():
        # Only once: what is missed while the demo is off stays missed, as it would for everybody.
        line, store = SocketLine(folder), open_store(files.store, read_only=True)
        try:
            live_through(facts, places, Desk(site, store, folder, NoDoor(), line, line), now - PAST, now)
        finally:
            store.close()
    return path


def live_through(facts: "Facts", places: "Places", desk: "Desk", start: Instant, end: Instant) -> None:
    """Let a market that nobody has opened yet live through a span that is over.

    Args:
        facts: The market.
        places: Where it will keep itself.
        desk: The site that takes part.
        start: When it opens.
        end: The present.

    Raises:
        StoreError: Ledger or journal cannot be written.
    """
    from enerwise.run.venue import Venue
    from enerwise.run.venue_facts import to_ns
    from enerwise.serve.market_crew import crew
    from enerwise.serve.market_desk import SALT_BYTES
    from enerwise.serve.market_keys import operator_key
    from enerwise.store.journal import Journal
    from enerwise.store.ledger_sqlite import SqliteLedger

    places.ledger.parent.mkdir(parents=True, exist_ok=True)
    step_ns = STEP_S * 1_000_000_000
    start_ns = to_ns(start) // step_ns * step_ns
    ledger = SqliteLedger(places.ledger, salt=token_bytes(SALT_BYTES), sign=operator_key(places.key))
    with closing(ledger), closing(Journal(places.journal)) as journal:
        venue = Venue.open(facts, ledger, journal, start_ns)
        beside = crew(facts, {desk.site.id: desk}, ahead_ns=NEAR_NS)
        for at_ns in range(start_ns, to_ns(end), step_ns):
            beside(venue, at_ns)
            venue.tick(at_ns)
