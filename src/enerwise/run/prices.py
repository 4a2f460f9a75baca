"""Prices as they are known at an instant: the tariff's arrays, prepared once, and gaps filled by what was."""

from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.site.tariff import Rate, Tariff

BLOCK_DAYS: Final = 32
LOOK_BACK_DAYS: Final = 8


class PriceBook:
    """Answers what energy will cost, from nothing that was not public at the time."""

    def __init__(self, tariff: Tariff, zone: str, step_s: int) -> None:
        self._tariff, self._zone, self.step_s = tariff, zone, step_s
        self._blocks: dict[tuple[bool, int], FloatArray] = {}

    def import_eur_per_kwh(self, grid: TimeGrid, as_of: Instant) -> FloatArray:
        """Return what one more bought kWh costs, tax included; unpublished prices as one day, else a week before."""
        return self._known(self._tariff.import_rate, grid, as_of, is_import=True) * (1 + self._tariff.tax_ratio)

    def export_eur_per_kwh(self, grid: TimeGrid, as_of: Instant) -> FloatArray:
        """Return what one more sold kWh earns."""
        return self._known(self._tariff.export_rate, grid, as_of, is_import=False)

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
        return price

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
