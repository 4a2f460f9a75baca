"""Weather as feeds foresaw it, for forecasts: what stood there when each day was issued, never what was told later.

A feed tells the same hour again and again, each time better. A model that learned from the last word would count on a
weather nobody can know a day ahead, so each day is learned from what was known at its issue.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from enerwise.core.quantity import IRRADIANCE_W_PER_M2, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, TIME_TYPE, Instant, TimeArray, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.site.site import Site
from enerwise.site.wiring import FEED
from enerwise.store.store import Store

PROFILE: Final = "open_meteo"
QUANTITIES: Final = (TEMPERATURE_DEGC, IRRADIANCE_W_PER_M2)
HOUR_S: Final = 3600
DAY: Final = np.timedelta64(DAY_S * 1000, "ms")
AHEAD_DAYS: Final = 3
"""As far as feeds are asked to look."""


def weather_keys(site: Site) -> tuple[Key, ...]:
    """Return the channels of a site in which weather ahead stands; of several feeds the first counts."""
    for device in site.devices:
        if device.driver == FEED and device.profile == PROFILE:
            return tuple(Key(device.id, each) for each in QUANTITIES)
    return ()


def as_issued(
    store: Store, keys: Sequence[Key], grid: TimeGrid, issue: Instant, now: Instant
) -> tuple[FloatArray, TimeArray]:
    """Return weather on a grid as it was foreseen when each day was issued, and when that became known.

    Days before the newest issue hold what was known at theirs. From it on what is known now stands, as known at that
    issue: whoever asks, asks now.

    Args:
        store: What feeds have told.
        keys: Channels of weather.
        grid: From a whole day on; it may reach beyond ``now``.
        issue: Any moment at which days are issued, before ``now``; others are whole days away.
        now: Nothing that became known later is seen.

    Returns:
        Value, NaN where nothing was foreseen, and moment. Shapes (step, key)
    """
    newest = issue + (now - issue) // DAY * DAY
    value = np.full((grid.step_count, len(keys)), np.nan)
    starts = grid.starts_utc
    behind = (newest - starts) / DAY
    # Counted back from the newest issue; what it knows of the days after it is its own.
    day = np.where(starts < newest, np.ceil(behind), 0).astype(np.int64)
    is_told = any(len(store.read(each, grid.start_utc, grid.end_utc, as_of=now)) for each in keys)
    for back in np.unique(day) if is_told else ():
        rows = np.flatnonzero(day == back)
        as_of = now if back == 0 else newest - int(back) * DAY
        value[rows] = _foreseen(store, keys, grid.part(int(rows[0]), rows.size), as_of)
    at = newest - day * DAY
    return value, np.repeat(at[:, None], len(keys), axis=1).astype(TIME_TYPE)


def foreseen(store: Store, key: Key, grid: TimeGrid, now: Instant) -> FloatArray:
    """Return weather ahead as it is foreseen now, NaN where nobody foresaw it. Shape (step,)"""
    return _foreseen(store, [key], grid, now)[:, 0]


def _foreseen(store: Store, keys: Sequence[Key], grid: TimeGrid, as_of: Instant) -> FloatArray:
    """Return what feeds told on a grid: of the hour that holds a shorter step, the mean of those in a longer one."""
    hour = np.timedelta64(HOUR_S * 1000, "ms")
    first = grid.start_utc - (grid.start_utc - np.datetime64(0, "ms")) % hour
    hours = TimeGrid(first, HOUR_S, int(-((first - grid.end_utc) // hour)))
    value = store.read_frame(keys, hours, as_of=as_of).value
    if grid.step_s <= HOUR_S:
        return np.asarray(value[(grid.starts_utc - first) // hour])
    parts = grid.step_s // HOUR_S
    return np.asarray(value[: grid.step_count * parts].reshape(grid.step_count, parts, len(keys)).mean(axis=1))
