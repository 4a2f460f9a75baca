"""Meters of a market: what the server's own sites have counted in a slot, told to the venue when the slot is over."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from enerwise.core.errors import StoreError
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import TimeGrid
from enerwise.core.units import SECONDS_PER_HOUR, FloatArray
from enerwise.market.product import Slot
from enerwise.run.venue import Venue
from enerwise.run.venue_book import SlotBook, State
from enerwise.run.venue_facts import Facts, MeterKind
from enerwise.serve.api.face import Desk
from enerwise.site.site import GRID
from enerwise.store.store import Store

STEP_S: Final = 60
LATE_NS: Final = 60_000_000_000
"""A minute becomes known at its end, and is on disk a little later."""
TOTAL: Final = ""
"""Stands for the meter of all together; no participant is called so."""
AGAIN_NS: Final = 30_000_000_000
"""A meter that has told nothing is asked again so much later."""


def reads_meters(facts: Facts, desks: Mapping[str, Desk]) -> Callable[[Venue, int], None]:
    """Return what tells a venue the meters of those participants that are sites of this server."""
    counts = {each.id: each.site for each in facts.parties if each.meter is MeterKind.SITE}
    sites = {**counts, TOTAL: None if facts.total is None else facts.total.site}
    found = {name: desks[site] for name, site in sites.items() if site is not None and site in desks}
    stores = {name: (each.store, each.site.control.step_s) for name, each in found.items()}
    read_ns = 0

    def read(venue: Venue, at_ns: int) -> None:
        nonlocal read_ns
        if at_ns - read_ns < AGAIN_NS:
            return
        read_ns = at_ns
        for book in list(venue.books.values()):
            if book.state is State.CLEARED and venue.facts.ends_ns(book.slot) + LATE_NS <= at_ns:
                _read(venue, book, stores, at_ns)

    return read


def _read(venue: Venue, book: SlotBook, stores: Mapping[str, tuple[Store, int]], at_ns: int) -> None:
    counted, has_reading = dict[int, int](), book.counted.has_reading
    for name, (store, step_s) in stores.items():
        number = None if name == TOTAL else venue.facts.number_of(name)
        if number is not None and not has_reading[number]:
            energy_wh = metered_wh(store, book.slot, step_s)
            counted |= {} if energy_wh is None else {number: energy_wh}
    if counted:
        venue.meter(book.slot, counted, at_ns, source=MeterKind.SITE)
    if TOTAL in stores and book.total_wh is None:
        total_wh = metered_wh(stores[TOTAL][0], book.slot, stores[TOTAL][1])
        if total_wh is not None:
            venue.meter_total(book.slot, total_wh, at_ns)


def metered_wh(store: Store, slot: Slot, step_s: int = STEP_S) -> int | None:
    """Return what a site has taken in at its connection, below zero sent out; None where something is missing. [Wh]

    Minutes count, as machines tell them; where there are none, whole steps of ``step_s``, as a simulation keeps them.
    """
    try:
        minutes_w = _read_w(store, slot, STEP_S)
        if not np.isnan(minutes_w).any():
            return round(float(minutes_w.sum()) * STEP_S / SECONDS_PER_HOUR)
        key = Key(GRID, POWER_W)
        seen = store.read(key, slot.start_utc, slot.end_utc)
    except StoreError:
        return None
    wanted = slot.start_utc + np.arange(slot.length_s // step_s) * np.timedelta64(step_s * 1000, "ms")
    if not wanted.size or not np.array_equal(seen.start_utc, wanted):
        return None
    return round(float(seen.value.sum()) * step_s / SECONDS_PER_HOUR)


def _read_w(store: Store, slot: Slot, step_s: int) -> FloatArray:
    grid = TimeGrid.between(slot.start_utc, slot.end_utc, step_s)
    found: FloatArray = store.read_frame([Key(GRID, POWER_W)], grid).value[:, 0]
    return found
