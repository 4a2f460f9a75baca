"""Prices as they are known at an instant: the tariff's arrays, prepared once, and gaps filled by what was."""

from typing import Final

import numpy as np

from enerwise.core.errors import StoreError
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.run.feeds import AHEAD, BACK, fed
from enerwise.site.tariff import Rate, Tariff
from enerwise.store.store import Store

BLOCK_DAYS: Final = 32
LOOK_BACK_DAYS: Final = 8
FEED_AGE: Final = np.timedelta64(60, "s")
"""How long the store is not asked again."""


class PriceBook:
    """Answers what energy will cost, from nothing that was not public at the time."""

    def __init__(self, tariff: Tariff, zone: str, step_s: int, *, store: Store | None = None) -> None:
        """Prepare prices in steps of ``step_s``; ``store`` holds what feeds have told, where any has."""
        self._tariff, self._zone, self.step_s = tariff, zone, step_s
        self._blocks: dict[tuple[bool, int], FloatArray] = {}
        self._store = store if tariff.import_rate.feed or tariff.export_rate.feed else None
        self._fed: tuple[Instant, Tariff] | None = None

    def tariff(self, as_of: Instant) -> Tariff:
        """Return the tariff with what feeds had told by then, or up to a minute before."""
        if self._store is None:
            return self._tariff
        # Read once: settlement asks from another thread.
        last = self._fed
        if last is not None and np.timedelta64(0) <= as_of - last[0] < FEED_AGE:
            return last[1]
        try:
            found = fed(self._tariff, self._store, as_of - BACK, as_of + AHEAD, as_of=as_of)
        except StoreError:
            # A disk that fails costs news, never a turn.
            return self._tariff if last is None else last[1]
        # Whoever has told nothing yet may do so at any moment.
        is_told = all(each.series is not None for each in (found.import_rate, found.export_rate) if each.feed)
        self._fed = (as_of, found) if is_told else None
        return found

    def import_eur_per_kwh(self, grid: TimeGrid, as_of: Instant) -> FloatArray:
        """Return what one more bought kWh costs, tax included; unpublished prices as one day, else a week before."""
        return self._known(self.tariff(as_of).import_rate, grid, as_of, is_import=True) * (1 + self._tariff.tax_ratio)

    def export_eur_per_kwh(self, grid: TimeGrid, as_of: Instant) -> FloatArray:
        """Return what one more sold kWh earns."""
        return self._known(self.tariff(as_of).export_rate, grid, as_of, is_import=False)

    def _known(self, rate: Rate, grid: TimeGrid, as_of: Instant, *, is_import: bool) -> FloatArray:
        if rate.series is None:
            return self._windowed(rate, grid, is_import=is_import)
        price = rate.at(grid, self._zone, as_of)
        for days in range(1, LOOK_BACK_DAYS):
            missing = np.isnan(price)
            if not missing.any():
                break
            earlier = TimeGrid(grid.start_utc - np.timedelta64(days, "D"), grid.step_s, grid.step_count)
            price = np.where(missing, rate.at(earlier, self._zone, as_of), price)
        return np.where(np.isnan(price), rate.stand_in_eur_per_kwh, price) if rate.feed else price

    def _windowed(self, rate: Rate, grid: TimeGrid, *, is_import: bool) -> FloatArray:
        """Cut the grid out of whole blocks: a calendar looked up once a month instead of with every plan."""
        first = int(grid.start_utc.astype("datetime64[s]").astype(np.int64))
        steps = BLOCK_DAYS * DAY_S // self.step_s
        block, offset = divmod(first // self.step_s, steps)
        if first % self.step_s or grid.step_s != self.step_s:
            return rate.at(grid, self._zone)
        parts = [
            self._block(rate, each, is_import=is_import)
            for each in range(block, block + 1 + (offset + grid.step_count) // steps)
        ]
        return np.concatenate(parts)[offset : offset + grid.step_count]

    def _block(self, rate: Rate, block: int, *, is_import: bool) -> FloatArray:
        key = (is_import, block)
        if key not in self._blocks:
            steps = BLOCK_DAYS * DAY_S // self.step_s
            start_utc = np.datetime64(block * steps * self.step_s * 1000, "ms")
            self._blocks[key] = rate.at(TimeGrid(start_utc, self.step_s, steps), self._zone)
        return self._blocks[key]
