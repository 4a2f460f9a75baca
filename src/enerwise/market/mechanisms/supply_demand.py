"""The supply-demand ratio: the scarcer local energy is, the nearer its price lies to the grid's.

With S = supply / demand up to one, sellers get r f / ((r - f) S + f) and buyers pay that for the local share and r for
the rest; above one, both prices are f. Everybody is filled; prices of orders are not looked at.

Source: Liu et al. 2017, energy-sharing model with price-based demand response for microgrids. Holds for: r >= f > 0; a
feed-in price of zero or below has a pole at S = -f / (r - f), so there the mid-market rate takes over.
"""

from dataclasses import dataclass
from typing import Final

from enerwise.market.book import Book
from enerwise.market.clearing import Clearing
from enerwise.market.mechanism import Promise
from enerwise.market.mechanisms.mid_market import PROMISES as FILLS_ALL
from enerwise.market.mechanisms.mid_market import MidMarket, check_grid_prices, totals_wh, with_grid

PROMISES: Final = FILLS_ALL


@dataclass(frozen=True, slots=True)
class SupplyDemand:
    """A price that falls as local energy becomes plenty. [micro-EUR/kWh]"""

    retail_ueur_per_kwh: int = 300_000
    feed_in_ueur_per_kwh: int = 80_000
    name: str = "supply_demand"
    promises: frozenset[Promise] = PROMISES

    def __post_init__(self) -> None:
        check_grid_prices(self.retail_ueur_per_kwh, self.feed_in_ueur_per_kwh)

    def clear(self, book: Book) -> Clearing:
        """Fill everybody; the grid takes or gives what neighbours cannot."""
        retail, feed_in = self.retail_ueur_per_kwh, self.feed_in_ueur_per_kwh
        if feed_in <= 0:
            return MidMarket(retail, feed_in).clear(book)
        supply_wh, demand_wh = totals_wh(book)
        buy = sell = feed_in
        if supply_wh <= demand_wh and demand_wh:
            sell = retail * feed_in * demand_wh // ((retail - feed_in) * supply_wh + feed_in * demand_wh)
            buy = (sell * supply_wh + retail * (demand_wh - supply_wh)) // demand_wh
        return with_grid(book, buy, sell, retail=retail, feed_in=feed_in)
