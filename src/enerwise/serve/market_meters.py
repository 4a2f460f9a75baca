"""Meters of a market: what the server's own sites have counted in a slot, told to the venue when the slot is over."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from enerwise.core.errors import StoreError
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid
from enerwise.market.product import Slot
from enerwise.run.venue import Venue
from enerwise.run.venue_book import State
from enerwise.run.venue_facts import Facts
from enerwise.serve.api.face import Desk
from enerwise.site.site import GRID
from enerwise.store.store import Store

STEP_S: Final = 60
LATE_NS: Final = 60_000_000_000
"""A minute becomes known at its end, and is on disk a little later."""
AGAIN_NS: Final = 30_000_000_000
"""A meter that has told nothing is asked again so much later."""


def reads_meters(facts: Facts, desks: Mapping[str, Desk]) -> Callable[[Venue, int], None]:
    """Return what tells a venue the meters of those participants that are sites of this server."""
    stores = {each.id: desks[each.site].store for each in facts.parties if each.site is not None and each.site in desks}

    read_ns = 0

    def read(venue: Venue, at_ns: int) -> None:
        nonlocal read_ns
        if at_ns - read_ns < AGAIN_NS:
            return
        read_ns = at_ns
        for book in list(venue.books.values()):
            if book.state is State.CLEARED and venue.facts.ends_ns(book.slot) + LATE_NS <= at_ns:
                _read(venue, book.slot, book.metered, stores, at_ns)

    return read


def _read(venue: Venue, slot: Slot, known: Mapping[int, int], stores: Mapping[str, Store], at_ns: int) -> None:
    counted = dict[int, int]()
    for name, store in stores.items():
        number = venue.facts.number_of(name)
        if number is not None and number not in known and (energy_wh := metered_wh(store, slot)) is not None:
            counted[number] = energy_wh
    venue.meter(slot, counted, at_ns)


def metered_wh(store: Store, slot: Slot) -> int | None:
    """Return what a site has taken in at its connection, below zero sent out; None where a minute is missing. [Wh]"""
    grid = TimeGrid.between(slot.start_utc, slot.end_utc, STEP_S)
    try:
        power_w = store.read_frame([Key(GRID, POWER_W)], grid).value[:, 0]
    except StoreError:
        return None
    return None if np.isnan(power_w).any() else round(float(power_w.sum()) * grid.step_h)
