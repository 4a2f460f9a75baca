"""Days that have ended are reckoned once and kept; today is reckoned again with every minute."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Final

import numpy as np

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant
from enerwise.serve.outlooks.days import Day, days_of
from enerwise.serve.outlooks.measured import day_grid, local_day
from enerwise.serve.outlooks.per_site import PerSite
from enerwise.site.site import GRID, Site
from enerwise.store.store import Store

MOST_DAYS: Final = 1100
"""Three years: a day is a few kB."""
FRESH: Final = np.timedelta64(600, "s")
"""So long a finished day is believed before the store is asked whether readings came in late."""
Mark = tuple[int, int]
"""How many readings the connection has in a day, and when the newest became known."""


class DayBook:
    """The days of one site. Threads may share it."""

    def __init__(self, store: Store, site: Site) -> None:
        self._store, self._site = store, site
        self._kept: OrderedDict[int, tuple[Day, Mark, Instant]] = OrderedDict()
        self._today: tuple[int, Instant, Day] | None = None
        self._lock = Lock()

    def days(self, first: int, last: int, now: Instant) -> list[Day]:
        """Return the local days ``first`` to ``last``, both included, as far as they have begun by ``now``.

        Raises:
            StoreError: The store cannot be read.
        """
        today = local_day(now, self._site.timezone)
        with self._lock:
            ended = list(range(first, min(last, today - 1) + 1))
            self._refresh([day for day in ended if not self._is_fresh(day, now)], now)
            found = [self._kept[day][0] for day in ended]
            if first <= today <= last:
                found.append(self._of_today(today, now))
            while len(self._kept) > MOST_DAYS:
                self._kept.popitem(last=False)
        return found

    def _is_fresh(self, day: int, now: Instant) -> bool:
        if day not in self._kept:
            return False
        self._kept.move_to_end(day)
        return bool(np.timedelta64(0) <= now - self._kept[day][2] < FRESH)

    def _refresh(self, days: Sequence[int], now: Instant) -> None:
        changed = []
        for day in days:
            mark = self._mark(day)
            if day in self._kept and self._kept[day][1] == mark:
                self._kept[day] = (self._kept[day][0], mark, now)
            else:
                changed.append((day, mark))
        made = days_of(self._store, self._site, [day for day, _ in changed], now)
        for (day, mark), found in zip(changed, made, strict=True):
            self._kept[day] = (found, mark, now)

    def _mark(self, day: int) -> Mark:
        grid = day_grid(day, self._site.timezone)
        series = self._store.read(Key(GRID, POWER_W), grid.start_utc, grid.end_utc)
        return len(series), int(series.known_at.max().astype(np.int64)) if len(series) else 0

    def _of_today(self, today: int, now: Instant) -> Day:
        minute = now.astype("datetime64[m]").astype("datetime64[ms]")
        if self._today is None or self._today[:2] != (today, minute):
            self._today = (today, minute, days_of(self._store, self._site, [today], minute)[0])
        return self._today[2]


book_of: Final = PerSite(DayBook)
