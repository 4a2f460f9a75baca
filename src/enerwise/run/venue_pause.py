"""A pause by the participant: the guard's order side refuses what is new, and what stands is taken back."""

import numpy as np

from enerwise.run.venue import Venue
from enerwise.run.venue_words import OWN


def pause(venue: Venue, party: int, reason: str, at_ns: int) -> int:
    """Let a participant trade no more until it resumes, and take its orders back; return how many stood.

    Raises:
        StoreError: Not everything could be kept; asked again it goes on where it was.
    """
    venue.halt(party, reason, at_ns, by=OWN)
    return withdraw(venue, party, at_ns)


def withdraw(venue: Venue, party: int, at_ns: int) -> int:
    """Take back every order of a participant that may still be filled; return how many."""
    count = 0
    for book in [each for each in venue.books.values() if at_ns < each.gate_ns]:
        numbers = np.flatnonzero(book.standing() & (book.orders["participant"] == party))
        if numbers.size:
            venue.take_out(book.slot.id, numbers, at_ns)
            count += int(numbers.size)
    return count
