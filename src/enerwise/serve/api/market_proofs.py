"""What was booked for a participant in a slot, as a proof that needs neither the ledger nor our word."""

from typing import Any

from enerwise.market.product import Slot
from enerwise.market.proofs import to_plain
from enerwise.market.settle import cash, energy, owed
from enerwise.run.venue import Venue
from enerwise.run.venue_facts import Party
from enerwise.store.ledger import proven


def proofs(venue: Venue, party: Party, slot: Slot) -> dict[str, Any] | None:
    """Return the proof of every entry of a settled slot that touches a participant; None where it is not settled."""
    if all(each.name != slot.id for each in venue.ledger.closed_slots()):
        return None
    own = {cash(party.id), energy(party.id), owed(party.id)}
    told = to_plain(proven(venue.ledger, slot.id, own))
    return {"participant": party.id, "start_utc": slot.start_utc, **told}
