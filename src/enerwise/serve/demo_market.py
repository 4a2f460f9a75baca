"""The market of the demo home: a street of simulated neighbours, with the past that the home has lived through.

Nothing in it is made up for show: the past is played through the same venue, guard and ledger as what comes, with the
plans that the home had at the time and the meters of what it did.
"""

from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.core.time import Instant
from enerwise.serve.files import write_text
from enerwise.serve.sites import run_folder

if TYPE_CHECKING:
    from enerwise.serve.demo_home import DemoFiles
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
balancing: {{spot: 0.20 EUR/kWh, margin: 0.02 EUR/kWh}}
participants:
  - {{id: {site}, name: {name}, site: {site}, deposit: 40 EUR,
     bids: {{strategy: truthful, reserve: 30 %, lowest_sale: 0.10 EUR/kWh, highest_buy: 0.40 EUR/kWh}}}}
  - {{id: lindenweg-2, name: Lindenweg 2, simulated: yes, shown_as: Lindenweg 2, deposit: 40 EUR,
     twin: {{peak: 7 kWp, battery: 8 kWh, buys_at: 0.33 EUR/kWh, sells_at: 0.08 EUR/kWh}},
     bids: {{strategy: zero_intelligence}}}}
  - {{id: lindenweg-3, name: Lindenweg 3, simulated: yes, shown_as: Lindenweg 3, deposit: 40 EUR,
     twin: {{peak: 12 kWp, buys_at: 0.31 EUR/kWh, sells_at: 0.08 EUR/kWh}}, bids: {{strategy: shaded}}}}
  - {{id: lindenweg-4, name: Lindenweg 4, simulated: yes, deposit: 40 EUR,
     twin: {{buys_at: 0.34 EUR/kWh, sells_at: 0.08 EUR/kWh}}, bids: {{strategy: truthful}}}}
  - {{id: lindenweg-5, name: Lindenweg 5, simulated: yes, shown_as: Lindenweg 5, deposit: 40 EUR,
     twin: {{battery: 14 kWh, peak: 9 kWp, buys_at: 0.32 EUR/kWh, sells_at: 0.08 EUR/kWh}},
     bids: {{strategy: shaded, lowest_sale: 0.12 EUR/kWh}}}}
  - {{id: bakery, name: Bakery, simulated: yes, shown_as: Bakery at the corner, deposit: 40 EUR,
     twin: {{peak: 20 kWp, buys_at: 0.30 EUR/kWh, sells_at: 0.08 EUR/kWh}}, bids: {{strategy: zero_intelligence}}}}
  - {{id: mill, name: Water mill, simulated: yes, shown_as: Water mill, deposit: 40 EUR,
     twin: {{steady: 9 kW, buys_at: 0.30 EUR/kWh, sells_at: 0.08 EUR/kWh}},
     bids: {{strategy: zero_intelligence, lowest_sale: 0.09 EUR/kWh}}}}
"""


def market_path(files: "DemoFiles") -> Path:
    """Return the market file of the demo."""
    return files.folder / "market.yaml"


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
    path, folder = market_path(files), run_folder(files.site)
    if is_new:
        for each in (path, *folder.glob(f"market-{ID}*")):
            each.unlink(missing_ok=True)
    if not path.is_file():
        write_text(path, TEXT.format(id=ID, zone=site.timezone, site=site.id, name=site.name))
    _live_through(files, site, path, folder, now)
    return path


def _live_through(files: "DemoFiles", site: "Site", path: Path, folder: Path, now: Instant) -> None:
    from enerwise.run.venue import Venue
    from enerwise.run.venue_facts import to_ns
    from enerwise.run.venue_read import read_market
    from enerwise.serve.api.face import Desk, NoDoor, SocketLine
    from enerwise.serve.market_crew import crew
    from enerwise.serve.market_desk import SALT_BYTES, Places
    from enerwise.serve.market_keys import operator_key
    from enerwise.serve.stores import open_store
    from enerwise.store.journal import Journal
    from enerwise.store.ledger_sqlite import SqliteLedger

    facts, places = read_market(path.read_text(encoding="utf-8"), source=str(path)), Places.within(folder, ID)
    if places.journal.is_file():
        # What was missed while the demo was off stays missed, as it would for everybody.
        return
    folder.mkdir(parents=True, exist_ok=True)
    line, store = SocketLine(folder), open_store(files.store, read_only=True)
    try:
        desk = Desk(site, store, folder, NoDoor(), line, line)
        start_ns, step_ns = to_ns(now - PAST), STEP_S * 1_000_000_000
        start_ns -= start_ns % step_ns
        ledger = SqliteLedger(places.ledger, salt=token_bytes(SALT_BYTES), sign=operator_key(places.key))
        journal = Journal(places.journal)
        venue = Venue.open(facts, ledger, journal, start_ns)
        beside = crew(facts, {site.id: desk}, ahead_ns=NEAR_NS)
        for at_ns in range(start_ns, to_ns(now), step_ns):
            beside(venue, at_ns)
            venue.tick(at_ns)
        journal.close()
        ledger.close()
    finally:
        store.close()
