"""What was booked for a participant in a slot, each entry with its way to the slot's root."""

from typing import Any

from enerwise.market.merkle import proof_of
from enerwise.market.product import Slot
from enerwise.market.settle import cash, energy, owed
from enerwise.run.venue import Venue
from enerwise.run.venue_facts import Party


def proofs(venue: Venue, party: Party, slot: Slot, *, begin: int, limit: int) -> dict[str, Any] | None:
    """Return entries of a settled slot that touch a participant; None where it is not settled."""
    closed = next((each for each in venue.ledger.closed_slots() if each.name == slot.id), None)
    if closed is None:
        return None
    entries = venue.ledger.entries(slot=slot.id)
    leaves = [each.hash for each in entries]
    own = {cash(party.id), energy(party.id), owed(party.id)}
    rows = [at for at, each in enumerate(entries) if own & {each.transfer.debit, each.transfer.credit}]
    items = list[dict[str, Any]]()
    for at in rows[begin : begin + limit]:
        transfer, way = entries[at].transfer, proof_of(leaves, at)
        items.append(
            {
                "entry": entries[at].number,
                "id": transfer.id,
                "kind": transfer.kind.value,
                "debit": transfer.debit,
                "credit": transfer.credit,
                "amount": transfer.amount,
                "leaf": leaves[at].hex(),
                "path": [each.hex() for each in way.path],
                "is_left": way.is_left,
            }
        )
    return {
        "participant": party.id,
        "start_utc": slot.start_utc,
        "root": closed.root.hex(),
        "signature": closed.signature.hex(),
        "items": items,
        "next": str(begin + limit) if begin + limit < len(rows) else None,
    }
