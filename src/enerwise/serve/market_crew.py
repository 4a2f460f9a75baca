"""What works beside a market: meters of the server's sites, simulated neighbours, and bids for both."""

from collections.abc import Callable, Mapping

import numpy as np

from enerwise.run.venue import Venue
from enerwise.run.venue_facts import Facts
from enerwise.serve.api.face import Desk
from enerwise.serve.market_bids import AHEAD_NS, Bidders, Outlook
from enerwise.serve.market_meters import reads_meters
from enerwise.serve.market_outlook import PlannedSite
from enerwise.serve.market_twins import SEED, Neighbours


def crew(
    facts: Facts, desks: Mapping[str, Desk], *, ahead_ns: int = AHEAD_NS, seed: int = SEED
) -> Callable[[Venue, int], None]:
    """Return what is done with each tick of a market, before what is due.

    Args:
        facts: The market.
        desks: The sites of this server, by id.
        ahead_ns: How far before its gate a slot is bid for. [ns]
        seed: Of the simulated neighbours.
    """
    neighbours, meters = Neighbours(facts, seed), reads_meters(facts, desks)
    outlooks: dict[str, Outlook] = {
        each.id: PlannedSite(desks[each.site], facts.id)
        for each in facts.parties
        if each.bidding is not None and each.site is not None and each.site in desks
    }
    bidders = Bidders(facts, outlooks | neighbours.outlooks(), np.random.default_rng(seed), ahead_ns)

    def do(venue: Venue, at_ns: int) -> None:
        meters(venue, at_ns)
        neighbours.read_meters(venue, at_ns)
        bidders(venue, at_ns)

    return do
