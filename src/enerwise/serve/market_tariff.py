"""What a site would pay and get without the market: its own tariff, in the slots and the whole numbers of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.errors import StoreError
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.market.product import Slot
from enerwise.run.feeds import fed
from enerwise.serve.api.face import Desk

UEUR: Final = 1e6


@dataclass(frozen=True, slots=True)
class TariffPrices:
    """What the supplier asks and gives in each slot; NaN where that is unknown. [micro-EUR/kWh], shapes (slot,)"""

    buy: FloatArray
    sell: FloatArray


def tariff_prices(desk: Desk | None, slots: Sequence[Slot]) -> TariffPrices:
    """Return what a site would pay and get without the market, slot by slot. Reads the site's store."""
    nothing = np.full(len(slots), np.nan)
    if desk is None or not slots:
        return TariffPrices(nothing, nothing)
    zone = desk.site.timezone
    try:
        tariff = fed(desk.site.tariff, desk.store, slots[0].start_utc, slots[-1].end_utc)
    except StoreError:
        return TariffPrices(nothing, nothing)
    is_even = len({each.length_s for each in slots}) == 1
    grids = (
        [TimeGrid(slots[0].start_utc, slots[0].length_s, len(slots))]
        if is_even
        else [TimeGrid(each.start_utc, each.length_s, 1) for each in slots]
    )
    sides = (tariff.import_eur_per_kwh, tariff.export_eur_per_kwh)
    buy, sell = (np.concatenate([side(each, zone) for each in grids]) * UEUR for side in sides)
    return TariffPrices(buy, sell)
