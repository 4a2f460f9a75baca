"""What feeds have told, prices and weather: kept in the store with the moment it became known, and read from there.

A feed may be away for a day; a restart must not forget what was public; plans are made in another process. So nothing
goes from a feed to a plan but through the store. What lies ahead stands under the feed's own id, apart from what the
site measures: ``prices.price_import_eur_per_kwh``, ``sky.irradiance_w_per_m2`` (`enerwise.run.weather`).
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Protocol, runtime_checkable

import numpy as np

from enerwise.core.quantity import PRICE_EXPORT_EUR_PER_KWH, PRICE_IMPORT_EUR_PER_KWH
from enerwise.core.series import Frame, Key
from enerwise.core.time import QUARTER_S, Instant, TimeArray
from enerwise.core.units import BoolArray
from enerwise.devices.feeds.feed import FeedTable
from enerwise.run.weather import QUANTITIES
from enerwise.site.tariff import PriceSeries, Rate, Tariff
from enerwise.store.store import Store

BACK: Final = np.timedelta64(9, "D")
"""As far as prices of an earlier day stand in for ones that are not public yet."""
AHEAD: Final = np.timedelta64(8, "D")
PRICES: Final = (PRICE_IMPORT_EUR_PER_KWH, PRICE_EXPORT_EUR_PER_KWH)
WEATHER_EVERY: Final = np.timedelta64(3, "h")
"""Weather is told anew every hour, for days; so often a new word of it is kept."""
EVER: Final = (np.datetime64(0, "ms"), np.datetime64("2200-01-01", "ms"))


@runtime_checkable
class Telling(Protocol):
    """A driver that tells of what lies ahead."""

    @property
    def id(self) -> str: ...
    def tables(self) -> tuple[FeedTable, ...]: ...


class FeedKeeper:
    """Writes into the store what is new, as known when it was seen here: the site's clock cannot be set."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[Key, FeedTable] = {}
        """What was written last, by channel."""
        self._kept_at: dict[Key, Instant] = {}

    def keep(self, drivers: Iterable[object], now: Instant) -> int:
        """Append what feeds have told since the last call, and say how many rows that were.

        Prices are kept by quarters of an hour, weather by the hour.
        """
        told = [(each.id, table) for each in drivers if isinstance(each, Telling) for table in each.tables()]
        return sum(self._written(feed, table, now) for feed, table in told if self._is_wanted(feed, table, now))

    def _is_wanted(self, feed: str, table: FeedTable, now: Instant) -> bool:
        if table.key.quantity in PRICES:
            return True
        last = self._kept_at.get(Key(feed, table.key.quantity))
        return table.key.quantity in QUANTITIES and (last is None or bool(now - last >= WEATHER_EVERY))

    def _written(self, feed: str, table: FeedTable, now: Instant) -> int:
        key = Key(feed, table.key.quantity)
        is_new = np.isfinite(table.value) & ~_is_in(table, self._kept.get(key))
        if not is_new.any():
            return 0
        step_s = QUARTER_S if table.key.quantity in PRICES else table.step_s
        starts_utc, parts = _parts(table, is_new, step_s)
        value = np.repeat(table.value[is_new], parts)
        self._store.append(Frame.of(starts_utc, {key: value}, known_at=np.full(value.size, now)))
        self._kept[key], self._kept_at[key] = table, now
        return int(value.size)


def _is_in(table: FeedTable, before: FeedTable | None) -> BoolArray:
    """Tell which rows of a table stand in the one before, the same."""
    if before is None or before.step_s != table.step_s:
        return np.zeros(table.value.size, dtype=np.bool_)
    row = np.minimum(np.searchsorted(before.start_utc, table.start_utc), before.start_utc.size - 1)
    same: BoolArray = (before.start_utc[row] == table.start_utc) & (before.value[row] == table.value)
    return same


def fed(tariff: Tariff, store: Store, since: Instant, until: Instant, *, as_of: Instant | None = None) -> Tariff:
    """Return a tariff whose feeds' prices are those that the store holds of a span, as known ``as_of``."""

    def with_series(rate: Rate, quantity: str) -> Rate:
        if not rate.feed:
            return rate
        series = store.read(Key(rate.feed, quantity), since, until, as_of=as_of)
        if not len(series):
            return rate
        return replace(rate, series=PriceSeries(series.start_utc, series.value, QUARTER_S, series.known_at))

    return replace(
        tariff,
        import_rate=with_series(tariff.import_rate, PRICE_IMPORT_EUR_PER_KWH),
        export_rate=with_series(tariff.export_rate, PRICE_EXPORT_EUR_PER_KWH),
    )


def _parts(table: FeedTable, rows: BoolArray, step_s: int) -> tuple[TimeArray, int]:
    """Return rows by steps of one length: markets and feeds change that of their own."""
    parts = max(1, table.step_s // step_s)
    offsets = np.arange(parts) * np.timedelta64(step_s * 1000, "ms")
    return (table.start_utc[rows][:, None] + offsets).ravel(), parts
